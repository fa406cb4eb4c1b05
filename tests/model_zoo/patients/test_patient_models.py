"""The shipped patient models: for whom they speak, that contributions add up, what is flagged, that cards are honest."""

import math
from dataclasses import replace

import numpy as np
import pytest

from model_zoo.errors import DuplicateName
from model_zoo.patients import PatientRecord, parse_patient
from model_zoo.patients.attribution import attribute_risk, reference_tensors
from model_zoo.patients.catalogue import CATALOGUE
from model_zoo.patients.risk import WEIGHTS_FOLDER, RiskNotApplicable, estimate_risk, record_of, tensors
from model_zoo.patients.risk_models import all_specs, definitions, risk_model
from model_zoo.training.patient_models.common.additivity import measured_sets
from model_zoo.training.patient_models.common.page import card_page
from model_zoo.training.patient_models.recipes import PATIENT_RECIPES

LEAKS = {
    "heart-failure": {"time", "DEATH_EVENT"},
    "heart-disease": {"num", "target", "ca", "thal", "slope"},
    "covid-pneumonia": {"outcome", "los_days", "Interleukin 6", "ferritin", "Hypersensitive cardiac troponinI"},
    "liver-hannover": {"Category", "target_liver_disease"},
    "liver-andhra": {"selector", "target_liver"},
    "breast-cytology": {"malignant"},
    "leukaemia-type": {"label", "split", "patient"},
}


@pytest.fixture(params=[recipe.name for recipe in PATIENT_RECIPES])
def model(request):
    return _loaded(request.param)


_LOADED = {}


def _loaded(name):
    if name not in _LOADED:
        _LOADED[name] = risk_model(name)
    return _LOADED[name]


def reference_record(model, **changed):
    stored = dict(model.card["reference_patient"]["values"]) | changed
    ages = model.definition.applicability.ages
    # Where age and sex are no features they may still decide whether the model speaks.
    age, sex = stored.pop("age_years", max(ages[0], 40)), stored.pop("sex", None)
    return PatientRecord(None, age, sex, stored)


def made_records(model, count, seed=11):
    draw = np.random.default_rng(seed)
    for _ in range(count):
        row = []
        for spec in model.specs:
            known = draw.random() > 0.1 or spec.name in ("age_years", *model.definition.applicability.needed)
            value = draw.uniform(*spec.training) if spec.kind == "numeric" else draw.integers(0, len(spec.choices) or 2)
            row.append(float(value) if known else math.nan)
        record = record_of(model.specs, row)
        low, high = model.definition.applicability.ages
        yield replace(record, age_years=float(np.clip(record.age_years or 40, low, high)))


def test_the_seven_are_there_and_each_has_its_recipe():
    assert set(LEAKS) == {recipe.name for recipe in PATIENT_RECIPES} <= set(definitions())
    assert len(LEAKS) == 7


def test_contributions_and_reference_reach_the_risk_within_one_percent(model):
    for record in made_records(model, 12):
        (found,) = attribute_risk(model, record)
        (outcome,) = estimate_risk(model, record).outcomes
        total = found.reference_risk + found.missingness_contribution + sum(c.contribution for c in found.contributions)
        assert found.risk == pytest.approx(outcome.probability, abs=1e-12)
        assert abs(total - found.risk) <= 0.01 * found.risk
        assert total + found.residual == pytest.approx(found.risk, abs=1e-12)
        assert outcome.low <= outcome.probability <= outcome.high
        assert outcome.above_threshold == (outcome.probability >= outcome.threshold)
        assert all(c.contribution == 0 for c in found.contributions if c.value is None)


def test_the_reference_is_named_and_has_no_contributions(model):
    record = reference_record(model)
    (found,) = attribute_risk(model, record)
    assert "median" in found.reference
    assert found.risk == pytest.approx(found.reference_risk, abs=1e-9)
    assert all(abs(c.contribution) < 1e-9 for c in found.contributions)


def test_population_and_warnings_stand_beside_every_number(model):
    estimate = estimate_risk(model, reference_record(model))
    assert estimate.population.startswith(model.definition.population)
    assert model.definition.warnings
    page = (WEIGHTS_FOLDER / model.name / "CARD.md").read_text(encoding="utf-8")
    for warning in model.definition.warnings:
        assert warning in estimate.population
        assert warning in page


def test_an_empty_record_and_one_outside_the_ages_have_a_reason_and_no_risk(model):
    low, high = model.definition.applicability.ages
    assert "none of the" in model.definition.applicability(PatientRecord())
    beyond = [age for age in (low - 1, high + 1) if 0 <= age <= 125]
    for age in beyond:
        record = replace(reference_record(model), age_years=float(age))
        assert f"{low} to {high} years" in model.definition.applicability(record)
        with pytest.raises(RiskNotApplicable):
            estimate_risk(model, record)
        with pytest.raises(RiskNotApplicable):
            attribute_risk(model, record)


def test_too_few_values_have_a_reason(model):
    kept = ("age_years", "sex", *model.definition.applicability.needed)
    record = reference_record(model)
    numeric = [spec.name for spec in model.specs if spec.kind == "numeric" and spec.name not in kept]
    few = replace(record, values={name: v for name, v in record.values.items() if name in (*kept, numeric[0])})
    assert "at least" in model.definition.applicability(few)


def test_cytology_speaks_of_women_only_and_heart_disease_needs_the_complaint():
    cytology, heart = _loaded("breast-cytology"), _loaded("heart-disease")
    assert "women only" in cytology.definition.applicability(replace(reference_record(cytology), sex="M"))
    assert cytology.definition.applicability(replace(reference_record(cytology), sex=None, age_years=None)) is None
    assert "Chest pain must be known" in heart.definition.applicability(reference_record(heart, chest_pain=None))
    assert "age is not known" in heart.definition.applicability(replace(reference_record(heart), age_years=None))


def test_a_value_outside_the_training_range_is_flagged_and_read_as_its_end(model):
    spec = next(
        s for s in model.specs if s.kind == "numeric" and s.name != "age_years" and s.training[1] < s.plausible[1]
    )
    inside, outside = (reference_record(model, **{spec.name: v}) for v in (spec.training[1], spec.plausible[1]))
    assert not any(spec.title in flag for flag in estimate_risk(model, inside).flags)
    flags = [flag for flag in estimate_risk(model, outside).flags if flag.startswith(f"{spec.title} lies outside")]
    assert len(flags) == 1
    assert "the model reads it as" in flags[0]
    near, far = (estimate_risk(model, record).outcomes[0].probability for record in (inside, outside))
    assert near == pytest.approx(far, abs=1e-6)


def test_missing_is_neither_zero_nor_the_reference(model):
    spec = next(
        s
        for s in model.specs
        if s.kind == "numeric" and s.name not in ("age_years", *model.definition.applicability.needed)
    )
    record = reference_record(model, **{spec.name: None})
    (found,) = attribute_risk(model, record)
    values, everything = reference_tensors(model)
    _, measured = tensors(model, record)
    expected = model.probabilities(values, measured)[0] - model.probabilities(values, everything)[0]
    assert found.missingness_contribution == pytest.approx(float(expected[0, 0]), abs=1e-12)
    assert spec.title in estimate_risk(model, record).not_measured


def test_no_leaking_column_is_read(model):
    assert not LEAKS[model.name] & set(PATIENT_RECIPES.get(model.name).form.columns.values())


def test_the_card_reports_failures_beside_the_figures(model):
    metrics = model.card["metrics"]
    (entry,) = metrics["outcomes"].values()
    assert metrics["folds"] == [4]
    assert entry["baselines"]["logistic"]["auc"]["value"] is not None
    assert entry["auc"]["low"] is not None
    sets = [metrics, *metrics["external"]]
    assert all(found["additivity"]["within_1_percent"] for found in sets)
    assert sum(found["additivity"]["patients"] for found in sets) == sum(found["patients"] for found in sets)
    assert metrics["additivity_of_the_table"]["patients"] == model.card["data"]["counts"]["patients"]
    assert max(found["largest_share_of_risk"] for _, found in measured_sets(metrics)) <= 0.01
    recipe = PATIENT_RECIPES.get(model.name)
    assert [test["name"] for test in metrics["external"]] == [test.name for test in recipe.externals]
    for test in metrics["external"]:
        assert len(test["recalibration"]["versions"]) == 3
        assert test["recalibration"]["brier_of_the_prevalence"]["low"] is not None
        (figures,) = test["outcomes"].values()
        assert figures["missing_values"]["most"] >= len(test["never_measured"])
    # Everyone of the table is held out once, unless the table brings its own split.
    if recipe.own_split:
        assert metrics["rotation"] is None
    else:
        assert metrics["rotation"]["patients"] == model.card["data"]["counts"]["patients"]


def test_the_support_card_holds_the_residual_of_every_patient_too():
    metrics = risk_model("support-respiratory").card["metrics"]
    for _, found in measured_sets(metrics):
        assert found["within_1_percent"]
    assert metrics["additivity_of_the_table"]["patients"] > metrics["additivity"]["patients"] == metrics["patients"]


def test_the_page_is_written_from_the_card(model):
    assert (WEIGHTS_FOLDER / model.name / "CARD.md").read_text(encoding="utf-8") == card_page(model.card)


def test_the_card_agrees_with_the_network(model):
    card = model.card
    assert card["task"] == "risk"
    assert model.network.members == card["training"]["members"] == 20
    assert model.network.bias.shape[-1] == len(card["outputs"]) == 1
    assert len(model.network.log_floor) == len(card["features"]) == len(model.definition.specs)
    assert card["training"]["float16_largest_change_in_logit"] < 0.05
    fit = card["calibration"][model.definition.outcomes[0].name]
    assert fit["slope"] > 0


def test_the_original_split_and_the_deciding_genes_of_the_leukaemias():
    card = _loaded("leukaemia-type").card
    assert (card["training"]["patients"], card["metrics"]["patients"]) == (38, 34)
    assert len(card["features"]) == 50
    assert len(card["metrics"]["additivity"]["deciding"]) == 10
    # Zyxin leads every list that was made from these arrays.
    assert any("Zyxin" in entry["title"] for entry in card["features"])


def test_the_sex_bias_of_the_indian_table_is_on_the_card():
    (entry,) = _loaded("liver-andhra").card["metrics"]["rotation"]["outcomes"].values()
    for group in ("women", "men"):
        assert entry["groups"][group]["sensitivity"]["low"] is not None
        assert entry["groups"][group]["specificity"]["low"] is not None
    assert "women" in (WEIGHTS_FOLDER / "liver-andhra" / "CARD.md").read_text(encoding="utf-8")


def test_one_record_in_either_unit_system_serves_several_models():
    us = {
        "age": 61, "sex": "M", "creatinine": 1.9, "sodium": 129, "platelets": 210, "ejection_fraction": 22,
        "creatine_kinase": 180, "anaemia": "yes", "diabetes": "no", "hypertension": "no", "smoking": "no", "albumin": 2.9,
        "bilirubin": 1.4, "alt": 61, "ast": 80, "alp": 140, "total_protein": 6.1, "ggt": 90, "cholesterol": 170, "crp": 9,
        "ldh": 400, "lymphocytes": 0.6, "neutrophils": 8, "haemoglobin": 11,
    }  # fmt: skip
    record = parse_patient(us, all_specs(), "US")
    assert record.values["creatinine_umol_l"] == pytest.approx(167.96)
    assert record.values["crp_mg_l"] == pytest.approx(90)
    assert record.values["cholesterol_mmol_l"] == pytest.approx(4.396, abs=1e-3)
    speaking = {name for name, definition in definitions().items() if definition.applicability(record) is None}
    assert speaking == {"heart-failure", "covid-pneumonia", "liver-hannover", "liver-andhra"}
    risks = {name: estimate_risk(_loaded(name), record).outcomes[0].probability for name in speaking}
    again = PatientRecord.from_json(record.to_json())
    assert {name: estimate_risk(_loaded(name), again).outcomes[0].probability for name in speaking} == risks


def test_the_same_quantity_is_one_definition():
    used = {spec.name: spec for spec in all_specs()}
    assert [used[spec.name] for spec in CATALOGUE] == list(CATALOGUE)


def test_a_quantity_defined_twice_is_an_error(monkeypatch):
    found = definitions()
    other = found["heart-failure"]
    wrong = replace(other, specs=(replace(other.specs[0], plausible=(0, 9)), *other.specs[1:]))
    monkeypatch.setattr("model_zoo.patients.risk_models.definitions", lambda: found | {"heart-failure": wrong})
    with pytest.raises(DuplicateName, match="age_years"):
        all_specs()


def test_a_table_row_and_its_record_are_the_same_patient(model):
    record = next(made_records(model, 1))
    values, measured = tensors(model, record)
    row = np.where(measured[0].numpy() > 0, values[0].numpy(), np.nan)
    again = record_of(model.specs, row)
    assert {spec.name: again.value(spec.name) for spec in model.specs} == {
        spec.name: record.value(spec.name) for spec in model.specs
    }
