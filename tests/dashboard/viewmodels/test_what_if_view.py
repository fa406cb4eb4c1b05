"""What if in words: moves, warnings, the path in the units shown, answers as rows."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from dashboard.catalogue import counted, text
from dashboard.viewmodels.patient.contributions import signed_points
from dashboard.viewmodels.patient.what_if import OutcomeMove, build_answers, build_path, build_what_if, variable_words
from model_zoo.bench.what_if import reference_record
from model_zoo.patients.changeable import trait
from model_zoo.patients.counterfactuals import find_counterfactuals
from model_zoo.patients.reference_groups import load_reference
from model_zoo.patients.risk_models import risk_model
from model_zoo.patients.what_if import ASSOCIATION, risk_path, what_if

MODEL = risk_model("heart-failure")
RECORD = reference_record(MODEL)
SPECS = {spec.name: spec for spec in MODEL.specs}


def move_words(side: str, move: OutcomeMove) -> str:
    """Return how a move of the heart failure model is told that ends on a side of the threshold."""
    before, after = f"{move.before:.1f}", f"{move.after:.1f}"
    points = signed_points(move.points)
    return text(f"patient.what_if.move.{side}", before=before, after=after, points=points, threshold="28.7")


def test_a_move_is_told_with_its_side_of_the_threshold():
    view = build_what_if(what_if(MODEL, RECORD, {"creatinine": 300, "age": 45}), MODEL)
    (move,) = view.moves
    assert move.points == pytest.approx(move.after - move.before)
    assert "28.7 %" in move.words
    assert "→" in view.changes[0]
    assert any(warning.startswith("Age") for warning in view.warnings)
    assert view.limits == ASSOCIATION


def test_without_a_change_nothing_moves():
    view = build_what_if(what_if(MODEL, RECORD, {}), MODEL)
    assert view.changes == ()
    (move,) = view.moves
    assert move.words in (move_words("above", move), move_words("below", move))


def test_a_crossing_says_now():
    low = what_if(MODEL, RECORD, {"creatinine": 60, "ejection_fraction": 60})
    high = what_if(MODEL, RECORD, {"creatinine": 600, "ejection_fraction": 20})
    moves = [build_what_if(asked, MODEL).moves[0] for asked in (low, high)]
    assert any(move.words in (move_words("now_above", move), move_words("now_below", move)) for move in moves)


def test_the_path_stands_in_the_units_shown():
    spec = SPECS["creatinine_umol_l"]
    path = risk_path(MODEL, what_if(MODEL, RECORD, {"creatinine": 200}).record, "creatinine")
    si = build_path(path, spec, "death_in_follow_up", 0.2869, RECORD.value(spec.name))
    us = build_path(path, spec, "death_in_follow_up", 0.2869, RECORD.value(spec.name), "US")
    assert si.x[si.current] == 200
    assert us.x[us.current] == pytest.approx(200 / 88.4)
    assert us.axis == "Creatinine (mg/dL)"
    assert us.training == pytest.approx(tuple(end / 88.4 for end in si.training))
    assert si.risk == us.risk
    assert si.logarithmic
    assert si.x[si.original] == pytest.approx(RECORD.value(spec.name), rel=0.05)
    assert all(low <= risk <= high for low, risk, high in zip(si.low, si.risk, si.high, strict=True))
    assert si.words.endswith(text("patient.what_if.path_now", value="200 µmol/L", risk=f"{si.risk[si.current]:.1f}"))


def test_a_gap_stays_a_gap():
    model = risk_model("liver-andhra")
    record = reference_record(model)
    path = risk_path(model, record, "age")
    view = build_path(path, model.specs[0], "liver_patient", 0.5, record.age_years)
    assert any(math.isnan(risk) for risk in view.risk)
    assert np.isfinite([risk for risk, age in zip(view.risk, view.x, strict=True) if age >= 18]).all()
    assert "nan" not in view.words


def test_answers_as_rows():
    found = find_counterfactuals(MODEL, RECORD, load_reference(MODEL))
    view = build_answers(found, MODEL, "US")
    assert len(view.rows) == len(found.answers) >= 1
    assert f"{100 * found.probability:.1f} %" in view.heading
    for row, answer in zip(view.rows, found.answers, strict=True):
        assert dict(row.changes) == {change.name: change.after for change in answer.changes}
        assert row.detail == counted("patient.what_if.distance", len(answer.changes), distance=f"{answer.distance:.1f}")
    reason = trait(SPECS["age_years"])[1]
    assert text("patient.what_if.held", title="Age", reason=reason) in view.held
    none = build_answers(replace(found, answers=()), MODEL)
    assert none.rows == ()


def test_a_variable_is_introduced():
    span = text("patient.training", range=text("patient.range", low="44 µmol/L", high="831 µmol/L"))
    assert variable_words(SPECS["creatinine_umol_l"]).endswith(span)
    for name, kind in (("age_years", "rises"), ("sex", "never")):
        spec = SPECS[name]
        said = text(f"patient.what_if.trait.{kind}", title=spec.title, reason=trait(spec)[1])
        assert variable_words(spec).startswith(said)
