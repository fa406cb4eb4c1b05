"""A stored case is taken as it is or refused in words: old versions open, and nothing in it may be of another type or range."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from model_zoo.case import case_from_json, case_to_json
from model_zoo.errors import CaseUnreadable
from model_zoo.scans.orientation import Orientation
from model_zoo.trust.conformal import WITH
from model_zoo.trust.state import OUTSIDE, State

STORED = Path(__file__).parent / "stored"
# Fields that are no field of a case, and the tables whose names are free: other names may stand there.
FREE = {
    "versions",
    "parameters",
    "details",
    "figures",
    "values",
    "room",
    "shares",
    "scores",
    "study_scores",
    "strongest",
}


def stored(version: int = 3) -> dict[str, Any]:
    return json.loads((STORED / f"synthetic_case_version_{version}.json").read_text(encoding="utf-8"))


def changed(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    raw = stored()
    inner: Any = raw
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return raw


def walk(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in inner:
        yield (*path, key), child
        yield from walk(child, (*path, key))


def without_states(prediction: dict[str, Any]) -> dict[str, Any]:
    findings = [{name: value for name, value in f.items() if name != "state"} for f in prediction["findings"]]
    return prediction | {"findings": findings}


def test_cases_of_all_versions_open_and_are_written_as_they_are_now() -> None:
    now = stored()
    assert json.loads(json.dumps(case_to_json(case_from_json(now)))) == now
    assert json.loads(json.dumps(case_to_json(case_from_json(stored(2))))) == now | {"marks": []}
    old = case_from_json(stored(1))
    assert (old.gate, old.numbers, old.shortcuts, old.regions, old.whole) == (None, (), (), (), None)
    assert [explained.checks for explained in old.maps] == [()] * len(stored(1)["maps"])
    kept = json.loads(json.dumps(case_to_json(old)))
    for name in ("scan", "geometry", "record", "risk", "risk_attributions"):
        assert kept[name] == stored(1)[name] == stored(2)[name]
    assert without_states(kept["prediction"]) == stored(1)["prediction"] == stored(2)["prediction"]


def test_the_state_of_an_older_case_is_derived() -> None:
    first, second = (f["output"] for f in stored(2)["prediction"]["findings"])
    for version, states in ((1, (State.NOT_FLAGGED, State.FLAGGED)), (2, (State.UNDECIDED, State.FLAGGED))):
        review = case_from_json(stored(version))
        assert (review.state_of(first), review.state_of(second)) == states
    assert [block.prediction_set for block in case_from_json(stored(2)).numbers] == [(WITH,)]


def test_a_block_of_a_scan_that_was_not_covered_says_so_in_the_words_of_today() -> None:
    raw = stored(2)
    raw["prediction"]["covered"] = False
    raw["numbers"][0] |= {"prediction_set": None, "answer": "", "abstains": True}
    (block,) = case_from_json(raw).numbers
    assert (block.state, block.set_absent, block.prediction_set) == (State.NOT_OFFERED, OUTSIDE, None)


def test_the_orientation_of_a_scan_is_kept() -> None:
    opened = case_from_json(changed(("scan", "orientation"), {"across": "R", "down": "F"}))
    assert opened.scan.orientation == Orientation("R", "F")
    assert case_to_json(opened)["scan"]["orientation"] == {"across": "R", "down": "F"}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("scan", "orientation"), {"across": "L", "down": "R"}),
        (("scan", "orientation"), {"across": "up", "down": "F"}),
        (("record", "values", "arterial_ph"), "word"),
        (("record", "values", "arterial_ph"), -1e9),
        (("record", "values", "urea_mmol_l"), 1e308),
        (("record", "values", "diagnosis"), 3.0),
        (("whole", "pooled", "shares", "scan"), -1e9),
        (("prediction", "findings", 0, "probability"), "high"),
        (("prediction", "findings", 0, "probability"), 1.7),
        (("prediction", "findings", 0, "probability"), -0.1),
        (("prediction", "findings", 0, "probability"), float("nan")),
        (("prediction", "findings", 0, "probability"), True),
        (("prediction", "findings", 0, "probability_interval"), [0.9, 0.1]),
        (("prediction", "findings", 0, "probability_interval"), [0.1]),
        (("prediction", "findings", 0, "probability_interval"), "0.1 to 0.9"),
        (("prediction", "findings", 0, "score"), 101),
        (("prediction", "findings", 0, "logit"), float("inf")),
        (("prediction", "findings", 0, "above_threshold"), 1),
        (("prediction", "findings", 0, "title"), 3),
        (("prediction", "findings", 0, "extra"), 3),
        (("prediction", "findings", 1, "output"), "lung_opacity"),
        (("prediction", "frame"), -1),
        (("prediction", "frame"), 1),
        (("prediction", "frame"), 0.5),
        (("prediction", "covered"), "yes"),
        (("prediction", "scan_sha256"), "0" * 63 + "1"),
        (("case_id",), "../x"),
        (("case_id",), 3),
        (("created_at",), "yesterday"),
        (("created_at",), "2026-01-02T03:04:05"),
        (("scan", "rows"), 10**12),
        (("scan", "rows"), -60),
        (("scan", "sha256"), "x"),
        (("scan", "spacing_mm"), [0.0, 0.2]),
        (("scan", "notes"), "a note"),
        (("stated", "age_years"), -4),
        (("stated", "age_years"), 4000),
        (("violations",), "outside"),
        (("remarks",), [3]),
        (("geometry", "scan_shape"), [60, 53]),
        (("geometry", "model_shape"), [0, 32]),
        (("geometry", "model_shape"), [10**6, 10**6]),
        (("geometry", "crop", "left"), 40),
        (("geometry", "crop", "height"), -1),
        (("maps", 0, "shape"), [2, 4]),
        (("maps", 0, "shape"), [4, 4, 1]),
        (("maps", 0, "shape"), [-4, -4]),
        (("maps", 0, "values_float32"), "AAAA"),
        (("maps", 0, "values_float32"), "AADAf" * 16),
        (("maps", 0, "target"), "fracture"),
        (("maps", 0, "signed"), "no"),
        (("maps", 0, "masking", "marked_share"), 1.2),
        (("maps", 0, "checks", 0, "outcome"), "splendid"),
        (("maps", 0, "checks", 0, "measure"), "0.4"),
        (("maps", 0, "checks", 0, "figures"), {"deletion": ["high", "low"]}),
        (("maps", 0, "verdict", "verdict"), "proven"),
        (("maps", 1, "details", "completeness_delta"), "small"),
        (("maps", 1, "details"), {"completeness_delta": 0.1}),
        (("maps", 1, "details", "deep"), [[[[[1]]]]]),
        (("record", "age_years"), True),
        (("record", "age_years"), -1),
        (("record", "sex"), "woman"),
        (("record", "values", "arterial_ph"), [7.3]),
        (("record", "notes"), "a note"),
        (("risk", "outcomes", 0, "probability"), 1.7),
        (("risk", "outcomes", 0, "horizon_days"), 0),
        (("risk", "flags"), "a flag"),
        (("risk_attributions", 0, "outcome"), "birth"),
        (("risk_attributions", 0, "contributions", 0, "contribution"), "much"),
        (("versions", "torch"), 2.1),
        (("gate", "rank"), 2),
        (("gate", "accepted"), None),
        (("numbers", 0, "measured", "n_films"), -100),
        (("numbers", 0, "measured", "overall", "value"), 1.1),
        (("numbers", 0, "predictive", "prevalence"), 5),
        (("numbers", 0, "predictive", "ppv", "high"), 1.3),
        (("shortcuts", 0, "places", 0, "alarming"), "yes"),
        (("shortcuts", 0, "view_rate"), 1.01),
        (("regions", 0, "kind"), "tumour"),
        (("regions", 0, "contours"), [[[1.0]]]),
        (("regions", 0, "pieces"), -1),
        (("regions", 1, "box", "width"), "wide"),
        (("protocol", "room"), {"chest": "much"}),
        (("study", "frames"), []),
        (("study", "weights"), [0.5]),
        (("study", "strongest"), {}),
        (("study", "scores", "lung_opacity"), [10.0]),
        (("whole", "note", "conditions", 0, "severity"), 6),
        (("whole", "note", "conditions", 0, "probability"), "likely"),
        (("whole", "vital_signs", "aggregate"), -1),
        (("whole", "pooled", "probability"), 1.5),
        (("whole", "alerts", 0, "level"), "loud"),
        (("whole", "agreements"), {}),
        (("prediction", "findings", 0, "state"), "absent"),
        (("prediction", "findings", 0, "state"), "flagged"),
        (("numbers", 0, "state"), "not flagged"),
        (("numbers", 0, "output"), "fracture"),
        (("numbers", 0, "prediction_set"), ["present"]),
        (("marks",), None),
        (("marks",), [{"kind": "point", "points": [[1.0, 1.0]], "frame": 0, "word": ""}] * 101),
        (("marks", 0, "kind"), "circle"),
        (("marks", 0, "points"), [[1.0, 1.0]]),
        (("marks", 0, "points", 0), [1.0]),
        (("marks", 0, "points", 0, 0), -1.0),
        (("marks", 0, "points", 0, 0), 10_000.0),
        (("marks", 0, "points", 0, 0), float("nan")),
        (("marks", 0, "frame"), 1),
        (("marks", 0, "word"), "x" * 81),
        (("marks", 0, "word"), "two\nlines"),
        (("schema_version",), True),
    ],
)
def test_what_is_of_another_type_or_range_is_an_unreadable_case(path: tuple[Any, ...], value: Any) -> None:
    with pytest.raises(CaseUnreadable):
        case_from_json(changed(path, value))


# In turn at every place of a case, where most of them are wrong: none may pass for an incident.
WRONG: tuple[Any, ...] = ("high", -1, 1.7, 10**30, 10**400, float("nan"), True, None, [], {}, [[]], {"x": 1})


def test_no_place_of_a_case_turns_damage_into_an_incident() -> None:
    for index, (path, _) in enumerate(walk(stored())):
        try:
            review = case_from_json(changed(path, WRONG[index % len(WRONG)]))
        except CaseUnreadable:
            continue
        json.dumps(case_to_json(review), allow_nan=False)


def test_a_field_that_no_version_knows_is_refused_wherever_it_stands() -> None:
    tables = [(), *(path for path, value in walk(stored()) if isinstance(value, dict))]
    known = [path for path in tables if not FREE & set(path[-1:])]
    assert len(known) > 30
    for path in known:
        with pytest.raises(CaseUnreadable):
            case_from_json(changed((*path, "unknown"), 1))


@pytest.mark.parametrize("wrap", [lambda x: [x], lambda x: {"x": x}])
def test_a_case_nested_without_end_is_refused(wrap: Any) -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = wrap(deep)
    for path in (("maps", 0, "details"), ("record",), ("whole",), ("notice",)):
        with pytest.raises(CaseUnreadable):
            case_from_json(changed(path, deep))
    while isinstance(deep, list | dict):  # taken apart by hand: its own end would be as deep
        deep = deep[0] if isinstance(deep, list) else deep["x"]


def test_the_stored_example_is_not_changed_by_reading() -> None:
    raw = stored()
    before = copy.deepcopy(raw)
    case_from_json(raw)
    assert raw == before
