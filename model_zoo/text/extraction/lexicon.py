"""The names and units of lexicon.toml as compiled patterns, and the quantities that a note holds beyond the patient models."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from model_zoo.patients.declaring import CYTOLOGY, GENES, HEART, ILLNESS, LABORATORY, VITALS, number
from model_zoo.patients.features import FeatureSpec, Units
from model_zoo.text.extraction.items import Kind

LEXICON_FILE = Path(__file__).parent / "lexicon.toml"
# Announcement in notes, and read by no patient model of the table: shown, and left for the monitoring.
BEYOND: tuple[FeatureSpec, ...] = (
    number("spo2_percent", "spo2", "Oxygen saturation", VITALS, "%", normal=(94, 100), plausible=(30, 100), decimals=(0, 0)),
    number("oxygen_l_per_min", "oxygen", "Oxygen given", VITALS, "L/min", plausible=(0, 80)),
    number(
        "diastolic_pressure_mmhg", "diastolic_pressure", "Diastolic blood pressure", VITALS, "mm Hg",
        normal=(60, 90), plausible=(10, 200), decimals=(0, 0),
    ),
    number("gcs", "gcs", "Glasgow Coma Scale", VITALS, "", normal=(15, 15), plausible=(3, 15), whole=True, decimals=(0, 0)),
)  # fmt: skip
# BUN is urea in other words: the same quantity, another number. BM is glucose at the bedside, in mmol/L.
_SAME = {"bun": "urea_mmol_l", "bm": "glucose_mmol_l"}
_KINDS: Mapping[str, Kind] = {VITALS: "vital", LABORATORY: "laboratory", HEART: "heart", ILLNESS: "other"}
_PRESSURE_NAME = re.compile(r"(?:(?:arterial )?blood pressure|bp|nibp)(?!\w)", re.IGNORECASE)
_STATISTICS = {"mean": r"mean", "error": r"(?:standard error|se|error)", "worst": r"worst"}


@dataclass(frozen=True)
class Quantity:
    """pattern: the name in a note. table: plain unit to system and factor. short: a pattern of letters that need company, or None.

    needs_unit, doubtful_bare: as in lexicon.toml.
    """

    spec: FeatureSpec
    pattern: re.Pattern[str]
    table: Mapping[str, tuple[Units, float]]
    short: re.Pattern[str] | None = None
    needs_unit: bool = False
    doubtful_bare: tuple[float, float] | None = None

    @property
    def kind(self) -> Kind:
        return _KINDS.get(self.spec.group, "other")


def quantities(specs: Iterable[FeatureSpec]) -> tuple[Quantity, ...]:
    """Return what can be looked for: the given numeric specs and BEYOND; genes by accession, cytology by its titles."""
    numeric = {spec.name: spec for spec in (*specs, *BEYOND) if spec.kind == "numeric"}
    found = []
    for name, entry in _named().items():
        if spec := numeric.get(_SAME.get(name, name)):
            found.append(Quantity(spec, entry.pattern, entry.table, entry.short, entry.needs_unit, entry.doubtful_bare))
    found += [titled for spec in numeric.values() if (titled := _by_title(spec)) is not None]
    return tuple(found)


def named_at(text: str, start: int) -> tuple[int, int] | None:
    """Return the span of the name of a quantity or of a blood pressure that begins at a place, the longest; else None."""
    patterns = (_PRESSURE_NAME, *(entry.pattern for entry in _named().values()))
    ends = [match.end() for pattern in patterns if (match := pattern.match(text, start))]
    return (start, max(ends)) if ends else None


@dataclass(frozen=True)
class _Entry:
    pattern: re.Pattern[str]
    table: Mapping[str, tuple[Units, float]]
    short: re.Pattern[str] | None
    needs_unit: bool
    doubtful_bare: tuple[float, float] | None


@cache
def _named() -> dict[str, _Entry]:
    content: dict[str, Any] = tomllib.loads(LEXICON_FILE.read_text(encoding="utf-8"))
    found = {}
    for name, entry in content["quantities"].items():
        table = entry.get("units") or content[entry["table"]]
        units: dict[str, tuple[Units, float]] = {
            unit: (system, float(factor)) for unit, (system, factor) in table.items()
        }
        # The longest name first, so that "direct bilirubin" is not read as "bilirubin".
        names = "|".join(sorted(entry["names"], key=len, reverse=True))
        short = "|".join(entry.get("short", ()))
        found[name] = _Entry(
            re.compile(
                rf"(?<![\w/+-])(?:{names})(?:(?!\w)|(?<=inpt d)|(?<=[a-z]{{2}})(?<!ck)(?<!pt)(?=\d{{2,3}}(?:\.\d+)?(?!\w))"
                rf"|(?<=\bt)(?=\d\d\.\d))",
                re.IGNORECASE,
            ),
            units,
            re.compile(rf"(?<![\w/+-])(?:{short})(?![A-Za-z])") if short else None,
            entry.get("needs_unit", False),
            tuple(entry["doubtful_bare"]) if "doubtful_bare" in entry else None,
        )
    return found


def _by_title(spec: FeatureSpec) -> Quantity | None:
    none: dict[str, tuple[Units, float]] = {"": ("SI", 1.0)}
    if spec.group == GENES:
        accession = spec.title.rsplit("(", 1)[-1].removesuffix(")")
        return Quantity(spec, re.compile(rf"(?<!\w){re.escape(accession)}(?!\w)"), none)
    if spec.group == CYTOLOGY:
        statistic = _STATISTICS[spec.name.rsplit("_", 1)[1]]
        words = re.escape(spec.title.removeprefix("Nuclear ").rsplit(",", 1)[0])
        pattern = rf"(?<!\w)(?:{statistic} (?:nuclear )?{words}|(?:nuclear )?{words},? \(?{statistic}\)?)(?!\w)"
        return Quantity(spec, re.compile(pattern, re.IGNORECASE), none)
    return None
