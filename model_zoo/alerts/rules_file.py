"""The rules from their file: TOML in, checked ``Rule`` objects out; a damaged file is refused with its line and reason."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from model_zoo.alerts.rule import BOUNDS, KEYS, LEVELS, NEWS2_AGGREGATE, VALUE, Condition, Rule
from model_zoo.errors import DataNotFound, ZooError
from model_zoo.patients.catalogue import CATALOGUE

SCHEMA_VERSION = 1
RULES_FILE = Path(__file__).parent / "alerts.toml"
MOST = 1e300  # no limit and no step of a rule is larger
MAX_BYTES = 2**20  # some thousand rules
_TEXTS = ("id", "level", "title", "reason", "suggestion", "limits", "source")
_OPTIONAL = ("group", "again_by")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_START = re.compile(r"\s*\[\[\s*rule\s*\]\]")
_SHOWN = 40  # characters of a word of the file that are repeated


class AlertRulesInvalid(ZooError):
    """The rules file is damaged; ``problems`` names line and reason of each. No rule of such a file is used."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(
            f"The alert rules were not loaded: {'; '.join(problems[:8])}.", "Correct these lines of the rules file."
        )
        self.problems = tuple(problems)


@lru_cache(maxsize=4)
def _shipped(path: Path) -> tuple[Rule, ...]:
    return parse_rules(_text(path))


def load_rules(path: Path | None = None) -> tuple[Rule, ...]:
    """Return the rules of a file, by default of the shipped ``alerts.toml``, in its order.

    Raises DataNotFound where there is none, AlertRulesInvalid with line and reason for a damaged one.
    """
    return _shipped(RULES_FILE) if path is None else parse_rules(_text(path))


def parse_rules(text: str) -> tuple[Rule, ...]:
    """Return the rules of a TOML text. Raises AlertRulesInvalid."""
    lines = text.splitlines()
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else max(1, len(lines))
        raise AlertRulesInvalid([f"line {line}: this is not TOML ({_cause(error)})"]) from error
    problems: list[str] = []
    if content.get("schema_version") != SCHEMA_VERSION:
        problems.append(f"line {_line(lines, 0, 'schema_version')}: schema_version has to be {SCHEMA_VERSION}")
    problems += [
        f"line {_line(lines, 0, key)}: '{key[:_SHOWN]}' is not known"
        for key in content
        if key not in ("schema_version", "rule")
    ]
    entries = content.get("rule", [])
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, Mapping) for entry in entries):
        raise AlertRulesInvalid([*problems, "line 1: the file holds no [[rule]]"])
    starts = [number for number, line in enumerate(lines, start=1) if _START.match(line)]
    if len(starts) != len(entries):
        raise AlertRulesInvalid([*problems, "line 1: write each rule under its own line [[rule]]"])
    rules: list[Rule] = []
    for start, entry in zip(starts, entries, strict=True):
        found_problems = _problems(entry)
        problems += [f"line {_line(lines, start, key)}: {what}" for key, what in found_problems]
        if not found_problems:
            rules.append(_rule(entry, start))
    seen: dict[str, int] = {}
    for rule in rules:
        if rule.id in seen:
            problems.append(f"line {rule.line}: the id '{rule.id}' stands already at line {seen[rule.id]}")
        seen.setdefault(rule.id, rule.line)
    if problems:
        raise AlertRulesInvalid(problems)
    return tuple(rules)


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataNotFound(
            "There is no readable file of alert rules.", "Check its path, or restore alerts.toml."
        ) from error
    if len(data) > MAX_BYTES:
        raise AlertRulesInvalid([f"line 1: the file is larger than {MAX_BYTES // 2**20} MB"])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise AlertRulesInvalid([f"line {line}: the file is not UTF-8 text"]) from error


def _cause(error: Exception) -> str:
    return re.sub(r"\s*\(at .*\)$", "", str(error)) or "nested too deeply"


def _line(lines: list[str], start: int, key: str) -> int:
    """Return the line of a key of the rule that starts at a line, else the start itself. start: 0 for the head."""
    for number, line in enumerate(lines[start:], start=start + 1):
        if line.lstrip().startswith("["):
            break
        if re.match(rf"\s*{re.escape(key)}\b[^=]*=", line):
            return number
    return max(1, start)


def _problems(entry: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (key, what is wrong) for one rule."""
    found = [
        (key, f"'{key}' has to be a text that is not empty")
        for key in _TEXTS
        if not isinstance(entry.get(key), str) or not entry[key].strip()
    ]
    found += [
        (str(key), f"'{str(key)[:_SHOWN]}' is not known") for key in entry if key not in (*_TEXTS, *_OPTIONAL, "when")
    ]
    if not isinstance(entry.get("group", ""), str):
        found.append(("group", "'group' has to be a text"))
    if found:
        return found
    if not _ID.fullmatch(entry["id"]):
        found.append(("id", "an id is made of small letters, digits and hyphens"))
    if entry["level"] not in LEVELS:
        found.append(("level", f"the level has to be one of {', '.join(LEVELS)}"))
    if entry["reason"].count("{found}") != 1:
        found.append(("reason", "the reason has to hold {found} once, which becomes what was found"))
    found += [("when", what) for what in _condition_problems(entry.get("when"))]
    return found + [("again_by", what) for what in _again_problems(entry)]


def _again_problems(entry: Mapping[str, Any]) -> list[str]:
    step = entry.get("again_by")
    if step is None:
        return []
    # Compared before it is converted: a whole number of TOML may be larger than any float.
    if isinstance(step, bool) or not isinstance(step, (int, float)) or not 0 < step <= MOST:
        return ["'again_by' has to be a number above 0"]
    when = entry.get("when")
    graded = isinstance(when, Mapping) and when.get("kind") in (VALUE, NEWS2_AGGREGATE)
    return [] if graded else [f"'again_by' is for {NEWS2_AGGREGATE} and {VALUE} alone, which have a degree"]


def _condition_problems(when: Any) -> list[str]:
    if not isinstance(when, Mapping) or when.get("kind") not in KEYS:
        return [f"'when' has to hold a kind, one of {', '.join(KEYS)}"]
    kind = str(when["kind"])
    allowed = KEYS[kind]
    found = [f"'{str(key)[:_SHOWN]}' is not known for {kind}" for key in when if key != "kind" and key not in allowed]
    for key in allowed:
        if key not in BOUNDS and (not isinstance(when.get(key), str) or not when[key]):
            found.append(f"{kind} needs '{key}'")
    bounds = [key for key in BOUNDS if key in when]
    if kind in (VALUE, NEWS2_AGGREGATE):
        if len(bounds) != 1:
            found.append(f"{kind} needs one of {', '.join(key for key in allowed if key in BOUNDS)}")
        elif isinstance(when[bounds[0]], bool) or not isinstance(when[bounds[0]], (int, float)):
            found.append(f"'{bounds[0]}' has to be a number")
        elif not abs(when[bounds[0]]) <= MOST:
            found.append(f"'{bounds[0]}' has to be finite")
    if kind == VALUE and isinstance(when.get("quantity"), str) and not _known_quantity(when["quantity"]):
        found.append(f"there is no quantity named '{when['quantity'][:_SHOWN]}'")
    return found


def _known_quantity(name: str) -> bool:
    from model_zoo.vital_signs.variables import MONITORED

    return any(spec.name == name and spec.kind == "numeric" for spec in (*MONITORED, *CATALOGUE))


def _rule(entry: Mapping[str, Any], line: int) -> Rule:
    when = entry["when"]
    bound = next((key for key in BOUNDS if key in when), "")
    condition = Condition(
        kind=when["kind"],
        model=when.get("model", ""),
        outcome=when.get("outcome", ""),
        output=when.get("output", ""),
        quantity=when.get("quantity", ""),
        bound=bound,
        limit=float(when[bound]) if bound else None,
    )
    words = {key: " ".join(entry[key].split()) for key in _TEXTS}
    again = entry.get("again_by")
    return Rule(
        **words,
        when=condition,
        group=entry.get("group", ""),
        line=line,
        again_by=None if again is None else float(again),
    )
