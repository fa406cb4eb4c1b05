"""Counterfactuals: they cross, no part of them does, they stay inside the stored percentiles, and none is said honestly."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from model_zoo.bench.what_if import reference_record
from model_zoo.errors import UnknownName
from model_zoo.patients.changeable import trait
from model_zoo.patients.counterfactuals import MOST_CHANGES, find_counterfactuals
from model_zoo.patients.record import PatientRecord
from model_zoo.patients.reference_groups import load_reference, quantiles
from model_zoo.patients.risk import estimate_risk
from model_zoo.patients.risk_models import definitions, risk_model

# What was measured in one sample cannot change: these two have a test of their own below.
OF_ONE_SAMPLE = ("breast-cytology", "leukaemia-type")
MODELS = tuple(name for name in definitions() if name not in OF_ONE_SAMPLE)
LOADED = {name: (risk_model(name), load_reference(risk_model(name))) for name in MODELS}


def with_changes(record, changes):
    return replace(record, values={**record.values, **{change.name: change.after for change in changes}})


def made(model, seed):
    """A written patient: the reference patient with half of the numbers drawn from the training range."""
    draw = np.random.default_rng(seed)
    record = reference_record(model)
    values = dict(record.values)
    for spec in model.specs:
        if spec.kind == "numeric" and spec.name in values and draw.random() < 0.5:
            drawn = float(draw.uniform(*spec.training))
            values[spec.name] = float(round(drawn)) if spec.whole else drawn
    return replace(record, values=values)


@pytest.fixture(scope="module", params=MODELS)
def searched(request):
    model, stored = LOADED[request.param]
    records = [reference_record(model), *(made(model, seed) for seed in (1, 2, 3))]
    return model, stored, [(record, find_counterfactuals(model, record, stored)) for record in records]


def risk_of(model, record, outcome):
    return next(o for o in estimate_risk(model, record).outcomes if o.name == outcome)


def test_every_answer_crosses_when_the_model_is_asked_again(searched):
    model, _, cases = searched
    assert any(found.answers for _, found in cases)
    for record, found in cases:
        start = risk_of(model, record, found.outcome)
        assert found.side == ("below" if start.above_threshold else "above")
        for answer in found.answers:
            after = risk_of(model, with_changes(record, answer.changes), found.outcome)
            assert after.above_threshold != start.above_threshold
            assert after.probability == pytest.approx(answer.probability, abs=1e-12)


def test_no_part_of_an_answer_suffices(searched):
    model, _, cases = searched
    for record, found in cases:
        start = risk_of(model, record, found.outcome).above_threshold
        for answer in found.answers:
            assert 1 <= len(answer.changes) <= MOST_CHANGES
            for size in range(1, len(answer.changes)):
                for part in itertools.combinations(answer.changes, size):
                    assert risk_of(model, with_changes(record, part), found.outcome).above_threshold == start


def test_immutable_values_stay_and_others_stay_inside_the_percentiles(searched):
    model, stored, cases = searched
    specs = {spec.name: spec for spec in model.specs}
    for record, found in cases:
        for change in itertools.chain.from_iterable(answer.changes for answer in found.answers):
            spec = specs[change.name]
            kind, _ = trait(spec)
            assert kind in ("free", "falls")
            assert change.before == record.value(change.name) != change.after
            if spec.kind == "numeric":
                levels, values = zip(*quantiles(stored, change.name), strict=True)
                assert levels[0] >= 0.01
                assert levels[-1] <= 0.99
                assert values[0] <= change.after <= values[-1]


def test_answers_are_cheapest_first_and_differ(searched):
    for _, found in searched[2]:
        cost = [(len(answer.changes), answer.distance) for answer in found.answers]
        assert cost == sorted(cost)
        sets = [{change.name for change in answer.changes} for answer in found.answers]
        assert all(len(a & b) <= max(len(a), len(b)) / 2 for a, b in itertools.combinations(sets, 2))
        assert "not the effect of a treatment" in found.words


def test_what_was_not_measured_is_not_moved():
    model, stored = LOADED["heart-failure"]
    record = replace(reference_record(model), values={**reference_record(model).values, "creatinine_umol_l": None})
    found = find_counterfactuals(model, record, stored)
    assert "Creatinine" not in found.tried
    assert all(change.name != "creatinine_umol_l" for answer in found.answers for change in answer.changes)


def test_none_found_is_said():
    model, stored = LOADED["heart-disease"]
    # Only the smallest number of values is known, and none of those that could change moves the risk far enough.
    known = {
        "chest_pain": "non_anginal",
        "cholesterol_mmol_l": 6.2,
        "fasting_hyperglycaemia": 0.0,
        "resting_ecg": "normal",
    }
    record = PatientRecord(None, 30.0, "F", known)
    found = find_counterfactuals(model, record, stored)
    assert found.answers == ()
    assert found.words.startswith("None found within the training range")
    assert {title for title, _ in found.held} == {"Age", "Sex", "Chest pain"}


@pytest.mark.parametrize("name", OF_ONE_SAMPLE)
def test_a_model_of_one_sample_has_nothing_to_change(name):
    model = risk_model(name)
    found = find_counterfactuals(model, reference_record(model), load_reference(model))
    assert (found.answers, found.tried) == ((), ())
    assert found.words.startswith("None sought")
    assert len(found.held) == len(model.specs)


def test_another_outcome_and_an_unknown_one():
    model, stored = LOADED["support-respiratory"]
    found = find_counterfactuals(model, reference_record(model), stored, "death_180_days")
    assert found.outcome == "death_180_days"
    with pytest.raises(UnknownName):
        find_counterfactuals(model, reference_record(model), stored, "weather")
