"""The shipped risk model: what it may see, for whom it speaks, how it explains, and that card and weights agree."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import torch

from model_zoo.artefact import CARD_FILE, WEIGHTS_FILE
from model_zoo.errors import CardInvalid, DataNotFound, UnknownName, WeightsMismatch
from model_zoo.patients import CATALOGUE, PatientRecord, parse_patient
from model_zoo.patients.attribution import attribute_risk, reference_tensors
from model_zoo.patients.risk import WEIGHTS_FOLDER, RiskNotApplicable, estimate_risk, tensors
from model_zoo.patients.risk_models import all_specs, definitions, risk_model
from model_zoo.patients.risk_models.support_respiratory import EXCLUDED, FEATURES, LEAKS, MODEL, applicability
from model_zoo.training.patient_models.support.table import COLUMNS
from tests.model_zoo.patients.patient_cases import GIVEN, random_record

RECORD = parse_patient(GIVEN, CATALOGUE)


@pytest.fixture(scope="module")
def model():
    return risk_model("support-respiratory")


def changed(**values):
    return replace(RECORD, values=dict(RECORD.values) | values)


def test_leaks_and_social_columns_are_no_inputs():
    named = {
        "death", "hospdead", "d_time", "slos", "charges", "totcst", "totmcst", "avtisst", "sfdm2", "dnr", "dnrday", "adlp",
        "adls", "adlsc", "surv2m", "surv6m", "prg2m", "prg6m", "dead_60d", "dead_180d",
    }  # fmt: skip
    assert named == set(LEAKS)
    assert set(EXCLUDED) == {"race", "income", "edu", "sps", "aps"}
    assert not (set(LEAKS) | set(EXCLUDED)) & set(COLUMNS.values())
    assert tuple(COLUMNS) == FEATURES == tuple(spec.name for spec in MODEL.specs)


def test_the_registry_finds_the_file_and_names_the_nearest():
    assert definitions()["support-respiratory"] is MODEL
    assert {spec.name for spec in all_specs()} >= set(FEATURES)
    with pytest.raises(UnknownName, match="Did you mean 'support-respiratory'"):
        risk_model("support-respiratori")


def test_an_estimate_says_what_it_is(model):
    estimate = estimate_risk(model, RECORD)
    assert "1989 to 1994" in estimate.population
    assert "US" in estimate.population
    assert set(estimate.not_measured) == {"Urine output", "Urea (BUN)", "Glucose", "Bilirubin, total"}
    assert [outcome.horizon_days for outcome in estimate.outcomes] == [None, 180]
    for outcome in estimate.outcomes:
        assert 0 < outcome.low <= outcome.probability <= outcome.high < 1
        assert outcome.above_threshold == (outcome.probability >= outcome.threshold)
        assert 0.2 < outcome.base_rate < 0.6


def test_sicker_is_riskier(model):
    worse = changed(coma_score=100.0, mean_arterial_pressure_mmhg=45.0, creatinine_umol_l=400.0)
    for before, after in zip(estimate_risk(model, RECORD).outcomes, estimate_risk(model, worse).outcomes, strict=True):
        assert after.probability > before.probability + 0.1


def test_values_outside_the_training_range_are_flagged(model):
    assert estimate_risk(model, RECORD).flags == RECORD.notes
    flags = estimate_risk(model, changed(sodium_mmol_l=95.0)).flags
    assert any("Sodium lies outside the training patients" in flag for flag in flags)


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (replace(RECORD, age_years=17.9), "adults"),
        (replace(RECORD, age_years=None), "age is not known"),
        (changed(diagnosis="other"), "none of the model's diagnosis groups"),
        (changed(diagnosis=None), "not given"),
        (PatientRecord(None, 60, "F", {"diagnosis": "copd"}), "3 of 23 quantities"),
    ],
)
def test_where_there_is_no_risk_a_sentence_says_why(model, record, words):
    assert words in applicability(record)
    for call in (estimate_risk, attribute_risk):
        with pytest.raises(RiskNotApplicable, match=words):
            call(model, record)


def test_an_adult_of_the_groups_has_a_risk():
    assert applicability(replace(RECORD, age_years=18)) is None


def test_contributions_add_up_for_many_patients(model):
    for seed in range(25):
        record = random_record(seed)
        for found, outcome in zip(attribute_risk(model, record), estimate_risk(model, record).outcomes, strict=True):
            total = (
                found.reference_risk + found.missingness_contribution + sum(c.contribution for c in found.contributions)
            )
            assert found.risk == pytest.approx(outcome.probability, abs=1e-12)
            assert total + found.residual == pytest.approx(found.risk, abs=1e-12)
            assert abs(found.residual) < 1e-4


def test_a_feature_not_measured_has_no_share_and_the_mask_has_its_exact_one(model):
    record = changed(sodium_mmol_l=None)
    _, everything = reference_tensors(model)
    _, measured = tensors(model, record)
    values, _ = reference_tensors(model)
    expected = model.probabilities(values, measured)[0] - model.probabilities(values, everything)[0]
    for i, found in enumerate(attribute_risk(model, record)):
        shares = {c.name: c.contribution for c in found.contributions}
        assert all(shares[name] == 0.0 for name in FEATURES if record.value(name) is None)
        assert found.missingness_contribution == pytest.approx(float(expected[0, i]), abs=1e-12)
        assert found.missingness_contribution != 0.0


def test_the_reference_patient_has_no_contributions(model):
    stored = dict(model.card["reference_patient"]["values"])
    record = PatientRecord(None, stored.pop("age_years"), stored.pop("sex"), stored)
    for found in attribute_risk(model, record):
        assert found.risk == found.reference_risk
        assert all(c.contribution == 0.0 for c in found.contributions)
        assert found.missingness_contribution == 0.0


def test_the_value_behind_a_missing_mask_changes_no_risk(model):
    values, measured = tensors(model, RECORD)
    before = model.probabilities(values, measured)
    poisoned = torch.where(measured > 0, values, torch.tensor(1e6, dtype=values.dtype))
    after = model.probabilities(poisoned, measured)
    assert torch.equal(before[0], after[0])
    zero = torch.where(measured > 0, measured, torch.ones_like(measured))
    assert not torch.allclose(before[0], model.probabilities(values, zero)[0])


def test_the_same_from_eight_threads(model):
    records = [random_record(seed) for seed in range(16)]
    alone = [(estimate_risk(model, record), attribute_risk(model, record)) for record in records]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda record: (estimate_risk(model, record), attribute_risk(model, record)), records))
    assert together == alone


def test_other_weights_are_refused(tmp_path):
    shutil.copytree(WEIGHTS_FOLDER / MODEL.name, tmp_path / "copy")
    file = tmp_path / "copy" / WEIGHTS_FILE
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(bytes(data))
    with pytest.raises(WeightsMismatch):
        risk_model(MODEL.name, tmp_path / "copy")
    with pytest.raises(DataNotFound, match="not there"):
        risk_model(MODEL.name, tmp_path)


def test_a_card_that_lacks_something_or_lists_other_features_is_refused(tmp_path):
    shutil.copytree(WEIGHTS_FOLDER / MODEL.name, tmp_path / "copy")
    file = tmp_path / "copy" / CARD_FILE
    card = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({key: value for key, value in card.items() if key != "population"}), encoding="utf-8")
    with pytest.raises(CardInvalid, match="population"):
        risk_model(MODEL.name, tmp_path / "copy")
    file.write_text(json.dumps(card | {"features": card["features"][1:]}), encoding="utf-8")
    with pytest.raises(CardInvalid, match="other features"):
        risk_model(MODEL.name, tmp_path / "copy")


def test_the_card_agrees_with_the_network(model):
    card = model.card
    assert (card["name"], card["task"]) == (MODEL.name, "risk")
    assert list(card["outputs"]) == [outcome.name for outcome in MODEL.outcomes] == list(card["thresholds"])
    assert model.network.members == card["training"]["members"] == 20
    assert model.network.bias.shape[-1] == len(MODEL.outcomes)
    assert len(model.network.log_floor) == len(card["features"]) == len(FEATURES)
    assert set(model.network.feature.long().tolist()) == set(range(len(FEATURES)))
    assert card["training"]["float16_largest_change_in_logit"] < 0.01
    assert "1989 to 1994" in card["population"]
    for name in MODEL.outcomes:
        found = card["metrics"]["outcomes"][name.name]
        assert found["baselines"]["logistic"]["non_inferior_within_0_01"]
        assert found["baselines"]["logistic_spline"]["non_inferior_within_0_01"]
    page = (WEIGHTS_FOLDER / MODEL.name / "CARD.md").read_text(encoding="utf-8")
    assert card["weights_sha256"][:16] in page
    assert "1989 to 1994" in page
