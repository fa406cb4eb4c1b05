"""A case goes to JSON and comes back equal; damage and newer forms are refused; nothing says who it is."""

from __future__ import annotations

import copy
import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from model_zoo.case import CaseReview, case_from_json, case_to_json
from model_zoo.engine import InferenceEngine
from model_zoo.engine.study import StudyReading
from model_zoo.errors import CaseUnreadable
from model_zoo.protocols.proposal import Proposal
from tests.tiny_zoo import IDENTIFIER, example_review


@pytest.fixture(scope="module")
def review(engine: InferenceEngine) -> CaseReview:
    return example_review(engine)


@pytest.fixture
def raw(review: CaseReview) -> dict[str, Any]:
    return json.loads(json.dumps(case_to_json(review)))


def test_there_and_back_is_the_same(review: CaseReview, raw: dict[str, Any]) -> None:
    back = case_from_json(raw)
    assert json.loads(json.dumps(case_to_json(back))) == raw
    for name in ("scan", "stated", "violations", "remarks", "prediction", "geometry", "risk", "risk_attributions"):
        assert getattr(back, name) == getattr(review, name), name
    for mine, theirs in zip(back.maps, review.maps, strict=True):
        assert mine.attribution.values.tobytes() == theirs.attribution.values.tobytes()
        assert mine.attribution.values.dtype == np.float32
        assert np.array_equal(mine.attribution.on_scan(), theirs.attribution.on_scan())
        assert mine.effect == theirs.effect
    assert back.record is not None
    assert review.record is not None
    assert back.record.values == review.record.values
    assert back.record.identifier is None


def test_a_case_without_patient_goes_there_and_back(engine: InferenceEngine) -> None:
    review = example_review(engine, with_patient=False)
    form = case_to_json(review)
    assert form["record"] is None
    assert case_to_json(case_from_json(json.loads(json.dumps(form)))) == form


def test_no_identifier_and_no_date_of_the_study_is_in_the_form(review: CaseReview, raw: dict[str, Any]) -> None:
    text = json.dumps(raw)
    assert review.record is not None
    assert review.record.identifier == IDENTIFIER
    assert IDENTIFIER not in text
    assert "2024-05-06" not in text
    assert "identifier" not in text
    assert "patient_id" not in text


def test_everything_that_can_change_a_number_is_in_the_form(review: CaseReview, raw: dict[str, Any]) -> None:
    assert raw["prediction"]["model"] == "tiny"
    assert len(raw["prediction"]["weights_sha256"]) == 64
    assert {"torch", "captum", "numpy", "python", "pydicom"} <= set(raw["versions"])
    ig = next(entry for entry in raw["maps"] if entry["method"] == "integrated-gradients")
    assert ig["parameters"] == {"baseline": "blurred", "steps": 8}
    assert "completeness_delta" in ig["details"]
    assert raw["notice"].endswith("Not a medical device.")


def test_without_maps_the_report_of_each_map_stays(review: CaseReview) -> None:
    small = case_to_json(review, with_maps=False)
    full = case_to_json(review)
    for mine, theirs in zip(small["maps"], full["maps"], strict=True):
        assert mine == theirs | {"values_float32": None}
    with pytest.raises(CaseUnreadable):
        case_from_json(small)


@pytest.mark.parametrize("version", [0, 4, "1", None])
def test_another_version_is_refused_with_the_way_out(raw: dict[str, Any], version: object) -> None:
    with pytest.raises(CaseUnreadable, match="the version of Diaphane that saved it"):
        case_from_json(raw | {"schema_version": version})


def test_a_case_of_version_1_is_still_opened_without_what_it_lacked(raw: dict[str, Any]) -> None:
    old = {key: value for key, value in raw.items() if key not in ("gate", "numbers", "shortcuts")}
    old["schema_version"] = 1
    old["maps"] = [
        {k: v for k, v in entry.items() if k not in ("checks", "verdict", "alarms")}
        | {"masking": {k: v for k, v in entry["masking"].items() if k != "over_random"}}
        for entry in old["maps"]
    ]
    review = case_from_json(old)
    assert review.gate is None
    assert review.numbers == review.shortcuts == ()
    assert all(explained.verdict is None and explained.checks == () for explained in review.maps)


@pytest.mark.parametrize("wrong", [None, [], "case", 3, {}])
def test_what_is_no_case_is_refused(wrong: Any) -> None:
    with pytest.raises(CaseUnreadable):
        case_from_json(wrong)


KEYS = (
    "case_id", "created_at", "scan", "stated", "violations", "remarks", "prediction", "geometry", "maps", "record", "risk",
    "risk_absent", "risk_attributions", "versions",
)  # fmt: skip


# May be missing: a case of version 1 has none of them.
NEW_IN_2 = ("gate", "numbers", "shortcuts")
# May be missing in version 2 as well: cases saved before anything was outlined or marked.
OPTIONAL = ("regions", "protocol", "study", "whole", "marks")


@pytest.mark.parametrize("key", KEYS)
def test_a_case_that_lacks_a_part_is_damaged(raw: dict[str, Any], key: str) -> None:
    del raw[key]
    with pytest.raises(CaseUnreadable, match="damaged"):
        case_from_json(raw)


def test_the_parts_are_all_there(raw: dict[str, Any]) -> None:
    assert set(raw) == {*KEYS, *NEW_IN_2, *OPTIONAL, "schema_version", "notice"}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("scan", "spacing_mm"), []),
        (("scan", "extra"), 1),
        (("scan",), []),
        (("stated",), None),
        (("prediction", "findings"), [{}]),
        (("prediction", "findings"), None),
        (("geometry", "scan_shape"), [1]),
        (("geometry", "crop"), {}),
        (("maps", 0, "values_float32"), "AAAA"),
        (("maps", 0, "values_float32"), "no base 64"),
        (("maps", 0, "shape"), [3, 5]),
        (("maps", 0, "masking"), None),
        (("maps",), "x"),
        (("record", "age_years"), "sixty"),
        (("record", "schema_version"), 9),
        (("record",), []),
        (("risk", "outcomes"), [1]),
        (("risk", "flags"), None),
        (("risk_attributions", 0, "contributions"), [[]]),
        (("versions",), None),
    ],
)
def test_damage_inside_is_found(raw: dict[str, Any], path: tuple[Any, ...], value: Any) -> None:
    damaged = copy.deepcopy(raw)
    inner: Any = damaged
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    with pytest.raises(CaseUnreadable):
        case_from_json(damaged)


def test_protocol_and_study_come_back_as_they_were(raw: dict[str, Any]) -> None:
    proposal = Proposal("brain", "gate", "Like brain slices.", {"brain": 1.5, "chest": -math.inf})
    study = StudyReading(
        "m", "adult", (0, 2), {"glioma": (10.0, 90.0)}, (0.2, 0.8), {"glioma": 70.0}, {"glioma": 2}, "Two frames."
    )
    kept = replace(case_from_json(raw), protocol=proposal, study=study)
    again = case_from_json(json.loads(json.dumps(case_to_json(kept), allow_nan=False)))
    assert again.protocol == proposal
    assert again.study is not None
    assert vars(again.study) == vars(study)
