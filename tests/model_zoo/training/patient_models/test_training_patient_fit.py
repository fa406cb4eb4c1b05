"""The shared recipe on invented patients: what it writes can be loaded, and its figures come from patients it never saw."""

import csv
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from model_zoo.patients.applicability import Applicability
from model_zoo.patients.catalogue import feature
from model_zoo.patients.record import PatientRecord
from model_zoo.patients.risk import Outcome, RiskModelDefinition, estimate_risk, load_risk_model
from model_zoo.training.patient_models.common import fit as patient_fit
from model_zoo.training.patient_models.common.ensembles import Recipe
from model_zoo.training.patient_models.common.figures import additivity, evaluate, named_figures, recalibrations
from model_zoo.training.patient_models.common.page import verdict
from model_zoo.training.patient_models.common.parts import platt
from model_zoo.training.patient_models.common.recipe import ExternalTest, PatientModelRecipe
from model_zoo.training.patient_models.common.tables import TableForm, read_table
from model_zoo.training.patient_models.common.training import train_patient_model
from model_zoo.training.patient_models.recipes.leukaemia_type import signal_to_noise
from model_zoo.words import spanned

SPECS = tuple(feature(name) for name in ("age_years", "sex", "sodium_mmol_l", "creatinine_umol_l"))
FORM = TableForm(
    title="a table of the test",
    files=("t.csv",),
    salt="test",
    columns={"age_years": "age", "sex": "sex", "sodium_mmol_l": "na", "creatinine_umol_l": "crea"},
    label=lambda row: float(row["dead"]),
    words={"sex": {"0": "F", "1": "M"}},
)
RECIPE = PatientModelRecipe(
    definition=RiskModelDefinition(
        "invented",
        "Invented",
        SPECS,
        (Outcome("death", "Death", 30),),
        "Nobody.",
        Applicability(SPECS, 2),
        ("A warning.",),
    ),
    form=FORM,
    intended_use="Tests.",
    not_for="anything else",
    data={"source": "invented", "licence": "none", "citation": "none"},
    excluded={"nothing": "all is invented"},
    reference="all",
    reference_words="the median invented patient",
    published="Nothing.",
    candidates={"lines": Recipe(hidden=4, knots=0, epochs=6, batch=64, learning_rate=2e-2)},
    penalties=(0.1,),
    externals=(ExternalTest("there", "There", replace(FORM, files=("there.csv",), salt="there"), "Elsewhere."),),
)


def write_patients(path, n, seed, sicker=0.0):
    draw = np.random.default_rng(seed)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["age", "sex", "na", "crea", "dead"])
        for _ in range(n):
            age, sodium = draw.uniform(30, 90), draw.normal(138, 5)
            risk = expit(np.array(0.08 * (age - 60) - 0.2 * (sodium - 138) + sicker))
            cell = "" if draw.random() < 0.2 else f"{draw.uniform(50, 200):.0f}"
            writer.writerow([f"{age:.1f}", draw.integers(2), f"{sodium:.1f}", cell, int(draw.random() < risk)])


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("invented")
    write_patients(folder / "t.csv", 150, 1)
    write_patients(folder / "there.csv", 80, 2, sicker=1.5)
    patch = pytest.MonkeyPatch()
    patch.setattr(patient_fit, "MEMBERS", 3)
    patch.setattr(patient_fit, "SELECTION_MEMBERS", 2)
    patch.setattr("model_zoo.training.patient_models.common.risk_figures.RESAMPLES", 40)
    try:
        card = train_patient_model(RECIPE, folder, folder / "out")
        again = train_patient_model(RECIPE, folder, folder / "again")
        evaluated = evaluate(RECIPE, folder, folder=folder / "out")
    finally:
        patch.undo()
    return folder, card, again, evaluated


def test_the_same_seed_gives_the_same_weights(trained):
    _, card, again, _ = trained
    assert card["weights_sha256"] == again["weights_sha256"]


def test_what_is_written_is_loaded_and_finds_the_effect(trained):
    folder, card, _, _ = trained
    model = load_risk_model(RECIPE.definition, folder / "out")
    old, young = (
        estimate_risk(model, PatientRecord(None, age, "F", {"sodium_mmol_l": sodium})).outcomes[0].probability
        for age, sodium in ((88, 130), (35, 145))
    )
    assert old > young + 0.3
    assert card["metrics"]["rotation"]["patients"] == 150
    assert card["metrics"]["patients"] + card["training"]["patients"] == 150


def test_figures_are_recomputed_by_evaluate(trained):
    _, card, _, evaluated = trained
    assert {key: card["metrics"][key] for key in evaluated} == evaluated


def test_other_places_are_shown_with_their_prevalence(trained):
    _, card, _, _ = trained
    (there,) = card["metrics"]["external"]
    versions = there["recalibration"]["versions"]
    assert there["recalibration"]["prevalence"] > there["recalibration"]["training_prevalence"]
    shipped, moved = versions["as shipped"], versions["moved to the prevalence of the place"]
    assert moved["mean_risk"] > shipped["mean_risk"]
    assert abs(moved["calibration_intercept"]["value"]) < abs(shipped["calibration_intercept"]["value"])


def test_the_page_holds_every_table_and_the_warning(trained):
    folder, card, _, _ = trained
    page = (folder / "out" / "CARD.md").read_text(encoding="utf-8")
    for words, entry in named_figures(card["metrics"], "death"):
        assert f"| {words} | {entry['events']} of {entry['patients']} | {spanned(entry['auc'])} |" in page
    for words in (
        "A warning.",
        "## External test: There",
        "**Additivity.**",
        "**What decides**",
        "the median invented",
    ):
        assert words in page


def test_contributions_of_table_rows_add_up(trained):
    folder, *_ = trained
    model = load_risk_model(RECIPE.definition, folder / "out")
    found = additivity(model, read_table(FORM, SPECS, folder).values[:20])
    assert found["within_1_percent"]
    assert found["deciding"][0]["name"] in ("age_years", "sodium_mmol_l")


def test_platt_stays_finite_where_patients_are_separated():
    logit = np.array([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0])
    slope, intercept = platt(logit, (logit > 0).astype(float), smoothed=True)
    assert 0 < slope < 5
    assert intercept == pytest.approx(0, abs=1e-3)
    # The most that six patients can say: Platt's target of an event is 4 in 5.
    assert expit(np.array(slope * 1 + intercept)) < 0.95


def test_recalibration_never_sees_the_patient_it_is_measured_on():
    draw = np.random.default_rng(3)
    label = (draw.random(200) < 0.5).astype(float)
    noise = draw.random(200)
    refitted = recalibrations(label, noise, np.arange(200), 0.5)["versions"][
        "slope and intercept refitted, out of fold"
    ]
    # Noise recalibrated on itself would look a little better than the prevalence; out of fold it must not.
    assert refitted["brier"]["value"] >= 0.25 - 0.003


def test_signal_to_noise_takes_the_genes_that_differ():
    draw = np.random.default_rng(5)
    values = draw.lognormal(6, 0.3, (30, 200))
    label = np.array([1.0] * 12 + [0.0] * 18)
    values[:12, 7] *= 20
    values[12:, 11] *= 20
    chosen = signal_to_noise(values, label, ())
    assert len(set(chosen)) == 50
    assert chosen[0] == 7
    assert chosen[25] == 11


@pytest.mark.parametrize(
    ("low", "high", "better", "within", "words"),
    [
        (0.01, 0.03, True, True, "better"),
        (-0.03, -0.01, False, False, "worse"),
        (-0.005, 0.01, False, True, "no worse by 0.01"),
        (-0.05, 0.05, False, False, "no difference shown"),
        (None, None, False, False, "not defined"),
    ],
)
def test_verdicts(low, high, better, within, words):
    difference = {"value": 0.0, "low": low, "high": high}
    found = {"auc_difference": difference, "better": better, "non_inferior_within_0_01": within}
    assert verdict({"events": 10, "patients": 20}, found) == words
    assert verdict({"events": 9, "patients": 100}, found) == verdict({"events": 11, "patients": 20}, found) == "too few"
