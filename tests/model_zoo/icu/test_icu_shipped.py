"""The shipped hourly and beat models: speed, additivity and synthetic stays; with the data sets, the figures of their cards."""

from __future__ import annotations

import itertools
import os
import time
from pathlib import Path

import numpy as np
import pytest

from model_zoo.ecg.beats import CLASSES, load_ecg_model
from model_zoo.ecg.demo import synthetic_strip
from model_zoo.ecg.strip import read_strip
from model_zoo.evaluation.metrics import auroc
from model_zoo.icu.attribution import attribute_risk_at
from model_zoo.icu.demo import SCENARIOS, synthetic_stay
from model_zoo.icu.risk import load_icu_model
from model_zoo.icu.variables import FORMS
from model_zoo.training.ecg.beats import read_beats
from model_zoo.training.ecg.page import card_page as ecg_page
from model_zoo.training.icu.card import card_page
from model_zoo.training.icu.tables import REPORTED, read_deaths, read_sepsis

MODELS = tuple(FORMS)
# Measured at 0.1 to 0.2 s on two free cores; a machine that is busy with other work takes several times as long.
BATCH_SECONDS = 3.0


@pytest.fixture
def data() -> Path:
    return Path(os.environ["DIAPHANE_DATA"])


@pytest.mark.parametrize("name", MODELS)
def test_the_page_is_written_from_the_card(name: str) -> None:
    model = load_icu_model(name)
    written = Path(__file__).parents[3] / "model_zoo" / "weights" / name / "CARD.md"
    assert written.read_text(encoding="utf-8") == card_page(model.card)


def test_the_page_of_the_beat_model_is_written_from_its_card() -> None:
    written = Path(__file__).parents[3] / "model_zoo" / "weights" / "ecg-beats" / "CARD.md"
    assert written.read_text(encoding="utf-8") == ecg_page(load_ecg_model().card)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_risk_of_a_synthetic_stay_is_shared_out_within_one_percent(name: str, scenario: str) -> None:
    model, stay = load_icu_model(name), synthetic_stay(scenario, name)
    for hour in (6, 47):
        found = attribute_risk_at(model, stay.values, facts=stay.facts, at_hour=hour)
        assert abs(found.completeness_delta) < 0.01 * found.risk


@pytest.mark.parametrize("name", MODELS)
def test_the_synthetic_scenarios_differ_as_they_should(name: str) -> None:
    model = load_icu_model(name)
    risk = {}
    for scenario in SCENARIOS:
        stay = synthetic_stay(scenario, name)
        risk[scenario] = model.risk_by_hour(stay.values, facts=stay.facts).risk
    assert risk["deteriorating"][-1] > 2 * risk["stable"][-1]
    assert risk["deteriorating"][-1] > risk["deteriorating"][12]
    assert risk["recovering"][-1] < risk["recovering"][8]


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_risk_without_facts_lies_within_what_facts_could_make_of_it(name: str, scenario: str) -> None:
    model, stay = load_icu_model(name), synthetic_stay(scenario, name)
    likely = {"Age": (20.0, 90.0), "HoursBefore": (0.0, 500.0)}
    ends = [likely.get(fact.name) or tuple(code for code, _ in fact.choices) for fact in model.form.statics]
    given = np.array(list(itertools.product(*ends)))
    risks = model.risks(np.repeat(stay.values[None], len(given), axis=0), given)
    bare = model.risk_by_hour(stay.values).risk
    assert (bare <= risks.max(axis=0)).all()
    assert (bare >= risks.min(axis=0)).all()


@pytest.mark.parametrize("name", MODELS)
def test_an_hour_of_100_patients_is_quick(name: str) -> None:
    model, stay = load_icu_model(name), synthetic_stay("deteriorating", name)
    many = np.repeat(stay.values[None], 100, axis=0)
    model.risks(many[:2])
    started = time.process_time()
    found = model.risks(many)
    assert time.process_time() - started < BATCH_SECONDS
    assert found.shape == (100, 48)


def test_the_early_wide_beats_of_the_synthetic_strip_are_called_ventricular() -> None:
    strip = synthetic_strip()
    found = read_strip(strip.microvolts, strip.rate_hz)
    named = load_ecg_model().classify(found.windows, found.rr).label
    truth = [strip.labels[place] for place in found.beats]
    assert all(name == "V" for name, label in zip(named, truth, strict=True) if label == "V")
    assert np.mean([name == label for name, label in zip(named, truth, strict=True)]) > 0.9


@pytest.mark.data
@pytest.mark.slow
def test_the_auroc_after_48_hours_on_set_b_is_that_of_the_card(data: Path) -> None:
    model, table = load_icu_model("icu-mortality"), read_deaths(data, "b")
    risk = np.concatenate(
        [model.risks(table.values[i : i + 500], table.facts[i : i + 500]) for i in range(0, 4000, 500)]
    )
    stated = model.card["metrics"]["by_time"]
    for hour in (6, 48):
        found = auroc(table.event, risk[:, hour - 1])
        assert found == pytest.approx(stated[f"{hour} hours"]["auroc"]["value"], abs=1e-3)


@pytest.mark.data
@pytest.mark.slow
def test_the_hourly_auroc_on_the_last_fifth_is_that_of_the_card(data: Path) -> None:
    everyone = read_sepsis(data)
    model, table = load_icu_model("icu-sepsis"), everyone.take(everyone.fold == REPORTED)
    label, risk = [], []
    for start in range(0, len(table.ids), 100):
        part = table.take(np.arange(start, min(start + 100, len(table.ids))))
        inside = ~np.isnan(part.labels)
        label.append(part.labels[inside])
        risk.append(model.risks(part.values, part.facts)[inside])
    found = auroc(np.concatenate(label), np.concatenate(risk))
    assert found == pytest.approx(model.card["metrics"]["by_time"]["every hour"]["auroc"]["value"], abs=1e-3)


@pytest.mark.data
def test_the_beat_figures_on_ds2_are_those_of_the_card(data: Path) -> None:
    model, table = load_ecg_model(), read_beats(data)
    assert not set(table.record[table.test]) & set(table.record[~table.test])
    named = model.classify(table.microvolts[table.test], table.rr[table.test]).label
    label = table.label[table.test]
    for i, name in enumerate(CLASSES):
        found = np.mean([called == name for called, true in zip(named, label, strict=True) if true == i])
        assert found == pytest.approx(model.card["metrics"]["classes"][name]["sensitivity"]["value"], abs=1e-3)


@pytest.mark.data
def test_what_agreement_of_the_members_is_worth_is_that_of_the_card(data: Path) -> None:
    model, table = load_ecg_model(), read_beats(data)
    found = model.classify(table.microvolts[table.test], table.rr[table.test])
    right = np.array(found.label) == np.array(CLASSES)[table.label[table.test]]
    weight = table.stands_for[table.test]
    for words, chosen in (("unanimous", found.unanimous), ("divided", ~found.unanimous)):
        stated = model.card["metrics"]["agreement"][words]
        assert stated["beats"] == chosen.sum()
        assert np.average(right[chosen], weights=weight[chosen]) == pytest.approx(stated["right"]["value"], abs=1e-3)


@pytest.mark.data
def test_attributions_add_up_on_real_beats(data: Path) -> None:
    model, table = load_ecg_model(), read_beats(data)
    for place in np.flatnonzero(table.test)[::400]:
        found = model.attribute(table.microvolts[place], table.rr[place], "V")
        assert abs(found.completeness_delta) < 0.01 * max(1.0, abs(found.log_odds - found.reference_log_odds))
