"""What is stored is checked when it is read: types to the letter, finite numbers, no unknown field, ranges stated once.

The ranges stand on the fields of the dataclasses themselves (``probability: Share``); ``rebuild`` holds plain values of JSON
against them, whatever of the dataclasses lies inside another.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, cast

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError

from model_zoo.finite import number, rising

Share = Annotated[float, Field(ge=0, le=1)]  # a probability, or a share of patients, films or pixels
Percent = Annotated[float, Field(ge=0, le=100)]
Amount = Annotated[float, Field(ge=0)]
Length = Annotated[float, Field(gt=0)]
Age = Annotated[float, Field(ge=0, le=150)]  # years
# Nothing that is counted here comes near: a number beyond it is damage, and would not fit where it is used.
_MOST = 10**9
Count = Annotated[int, Field(ge=0, le=_MOST)]
Side = Annotated[int, Field(ge=1, le=_MOST)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
# As files are named: lower case, no dot and no slash, so that no name leads out of a folder.
CaseName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]


def _moment(text: str) -> str:
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("a time without its zone")
    return text


def _rising(ends: tuple[float, float]) -> tuple[float, float]:
    if ends[0] > ends[1]:
        raise ValueError("an interval upside down")
    return ends


def _plain(value: Any, depth: int = 3) -> Any:
    """Let through numbers, texts, and lists and tables of them to a depth that a page can show."""
    if isinstance(value, list | Mapping):
        if not depth:
            raise ValueError("nested too deeply")
        for inner in value.values() if isinstance(value, Mapping) else value:
            _plain(inner, depth - 1)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        number(value)
    return value


def _increasing(values: tuple[float, ...]) -> tuple[float, ...]:
    return rising(values)


Rising = Annotated[tuple[float, ...], AfterValidator(_increasing)]  # quantiles, or the two ends of a range
Ends = Annotated[tuple[float, float], AfterValidator(_increasing)]
Moment = Annotated[str, AfterValidator(_moment)]  # ISO 8601, with its zone
Interval = Annotated[tuple[Share, Share], AfterValidator(_rising)]
Plain = Annotated[Mapping[str, Any], AfterValidator(_plain)]  # what a method reports of itself, by name

# A name goes into keys of the page, and into names of files: no slash, and no dot to begin with.
Label = Annotated[str, Field(pattern=r"^[^/\\\x00-\x1f\x7f.][^/\\\x00-\x1f\x7f]{0,119}$")]
Title = Annotated[str, Field(min_length=1, max_length=600)]

Form = TypeVar("Form")


def rebuild(form: type[Form], raw: Any, extra: Literal["forbid", "ignore"] = "forbid") -> Form:
    """Return the dataclass ``form`` of plain values as JSON gives them: lists are tuples, tables are dataclasses.

    Parameters
    ----------
    form
        A dataclass of the standard library, with the ranges on its fields.
    raw
        Plain values.
    extra
        "ignore" where fields that ``form`` does not name may be there.

    Raises
    ------
    ValueError
        For anything else: a word for a number, true for 1, a missing or an unknown field, NaN, what lies outside its range, what
        is nested too deeply. Its message names fields and repeats values: it is for no reader and no log.
    """
    return cast(Form, _read(form, raw, extra))


def conforms(form: Any, raw: Any) -> None:
    """Hold plain values against a dataclass that names what is read of them; what else they hold may be anything finite.

    Raises ValueError as ``rebuild`` does.
    """
    _read(form, raw, "ignore")


def places(error: Exception) -> tuple[str, ...]:
    """Return which fields are wrong, each once, such as "outputs 0 title": names of the form, and none of its values."""
    if not isinstance(error, ValidationError):
        return ()
    found = [entry["loc"][1:] for entry in error.errors(include_url=False, include_context=False, include_input=False)]
    return tuple(dict.fromkeys(" ".join(str(part) for part in place) for place in found))


def schema_of(form: Any, extra: Literal["forbid", "ignore"] = "forbid") -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of what ``rebuild`` takes for a dataclass, or ``conforms`` with "ignore"."""
    every = _adapter(form, extra).json_schema()
    (own,) = every["prefixItems"]
    form_schema = every["$defs"].pop(own["$ref"].rpartition("/")[2])
    named: dict[str, Any] = _unnamed({**form_schema, "$defs": every["$defs"]})
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **named}


def _unnamed(node: Any) -> Any:
    """Leave out what is generated from docstrings and names of fields: a contract changes with what it allows alone."""
    if isinstance(node, list):
        return [_unnamed(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _unnamed(value)
        for key, value in node.items()
        if not (key in ("title", "description") and isinstance(value, str))
    }


def _read(form: Any, raw: Any, extra: Literal["forbid", "ignore"]) -> Any:
    try:
        return _reader(form, extra)(f"[{json.dumps(raw, allow_nan=False)}]")[0]
    except (RecursionError, TypeError) as error:
        raise ValueError("no plain values, or nested too deeply") from error


def _reader(form: Any, extra: Literal["forbid", "ignore"]) -> Callable[[str], Any]:
    return _adapter(form, extra).validate_json


@cache
def _adapter(form: Any, extra: Literal["forbid", "ignore"]) -> TypeAdapter[Any]:
    # Inside a tuple: only there does one configuration reach all dataclasses, which are the standard library's own.
    strict = ConfigDict(strict=True, extra=extra, allow_inf_nan=False, hide_input_in_errors=True)
    return TypeAdapter(tuple[form], config=strict)
