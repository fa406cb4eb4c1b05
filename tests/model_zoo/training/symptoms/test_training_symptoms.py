"""Texts of synthetic patients, folds, figures with known answers, and the shipped models against their cards."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model_zoo.card import WEIGHTS_ROOT
from model_zoo.symptoms import consider, explain_condition, installed_symptom_models, symptom_model
from model_zoo.symptoms.history import phrases
from model_zoo.text.negation import find_negations
from model_zoo.training.data_folder import data_folder
from model_zoo.training.symptoms.card import card_page
from model_zoo.training.symptoms.figures import VARIANTS, compared, figures
from model_zoo.training.symptoms.fit import TRAINING, altered
from model_zoo.training.symptoms.texts import (
    CHOOSING,
    REPORTED,
    Statement,
    SyntheticPatient,
    denied_statements,
    first_complaint,
    misspelled,
    question_text,
    read_symptom_set,
    statement_text,
)

FEVER = Statement("E_91", (), "Do you have a fever (either felt or measured with a thermometer)?")
PLACE = Statement("E_55", ("cheek(L)", "chin"), "Do you feel pain somewhere?")
PATIENT = SyntheticPatient(40, "F", "Influenza", (FEVER, PLACE), PLACE, 0)


def test_a_patient_in_three_wordings():
    assert question_text(PATIENT).endswith("Yes. Do you feel pain somewhere? cheek(L), chin.")
    assert statement_text(PATIENT) == "40 year old female. fever. pain in the left cheek and chin."
    assert first_complaint(PATIENT) == "40 year old female. I feel pain in the left cheek and chin."


def test_altered_texts_are_drawn_anew_and_again_alike():
    drawn = [altered(PATIENT, np.random.default_rng(seed), ["E_201", "E_148", "E_66"]) for seed in (1, 1, 2, 3, 4)]
    assert drawn[0] == drawn[1]
    assert len(set(drawn)) > 2


def test_misspelling_keeps_first_letters_short_words_and_the_rate():
    text = "severe headache and cough " * 200
    found = misspelled(text, np.random.default_rng(0), 0.2)
    pairs = list(zip(text.split(), found.split(), strict=True))
    assert all(a == b for a, b in pairs if len(a) < 4)
    assert all(a[0] == b[0] for a, b in pairs)
    long = [a != b for a, b in pairs if len(a) >= 4]
    assert 0.15 < np.mean(long) < 0.25


def test_denials_are_of_what_the_patient_does_not_have_and_are_found():
    codes = list(phrases()["symptoms"])
    for seed in range(20):
        for denial in denied_statements(PATIENT, codes, np.random.default_rng(seed), 3):
            assert "fever" not in denial.split()
            assert find_negations(denial), denial


def test_no_stated_wording_is_taken_for_a_denial():
    for section in ("symptoms", "history"):
        for rows in phrases()[section].values():
            assert [row for row in rows[:2] if find_negations(row)] == []


def test_figures_of_a_known_ranking():
    p = np.array([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.5, 0.3, 0.2], [0.5, 0.3, 0.2]] * 10)
    labels = np.array([0, 1, 1, 2] * 10)
    found = figures(p, labels)
    assert found["top1"]["value"] == pytest.approx(0.5)
    assert found["top3"]["value"] == 1.0
    assert found["macro_f1"]["value"] == pytest.approx((0.5 + 2 / 3 + 0) / 3)
    assert found["brier"]["value"] == pytest.approx((0.14 + 0.26 + 0.78 + 0.98) / 4)
    assert found["top1"]["low"] < 0.5 < found["top1"]["high"]
    assert compared(p, p, labels)["verdict"] == "no difference shown"
    assert compared(np.eye(3)[labels], p, labels)["verdict"] == "better"


@pytest.mark.parametrize("name", installed_symptom_models())
def test_a_shipped_model_keeps_its_card(name):
    model = symptom_model(name)
    metrics = model.card["metrics"]
    assert len(model.conditions) == 49
    assert set(metrics["variants"]) == set(VARIANTS)
    for entry in metrics["variants"].values():
        assert set(entry["baselines"]) == {"tfidf", "tfidf_altered"}
        assert entry["top1"]["low"] <= entry["top1"]["value"] <= entry["top1"]["high"]
    page = (WEIGHTS_ROOT / name / "CARD.md").read_text(encoding="utf-8")
    assert page == card_page(model.card)
    assert "synthetic" in page
    assert sum(path.stat().st_size for path in (WEIGHTS_ROOT / name).iterdir()) < 5 * 2**20


@pytest.mark.parametrize("name", installed_symptom_models())
def test_a_shipped_model_considers_what_is_stated_and_not_what_is_denied(name):
    model = symptom_model(name)
    base = "35 year old female. I have difficulty breathing and wheezing. Symptoms are worse at night. I have a cough."
    stated, denied = consider(model, f"{base} I have been coughing up blood. I have lost weight without wanting to."), consider(
        model, f"{base} No coughing up blood. Denies weight loss."
    )  # fmt: skip
    plain = consider(model, base)
    p = [{c.name: c.probability for c in found.ranked} for found in (plain, stated, denied)]
    raised = max(p[0], key=lambda condition: p[1][condition] - p[0][condition])
    assert p[1][raised] > p[0][raised]
    assert p[2][raised] < p[1][raised]
    explained = explain_condition(model, plain, plain.ranked[0].name)
    assert explained.converged


@pytest.mark.data
def test_the_folds_hold_every_patient_once_and_like_shares():
    found = read_symptom_set(data_folder())
    assert len(found.patients) == 2611
    assert len(found.conditions) == 49
    sizes = [len(found.of(fold)) for fold in (*TRAINING, CHOOSING, REPORTED)]
    assert sum(sizes) == 2611
    assert max(sizes) - min(sizes) < 30
    again = read_symptom_set(Path(data_folder()))
    assert [p.fold for p in again.patients] == [p.fold for p in found.patients]
    texts = [{statement_text(p) for p in found.of(*folds)} for folds in (TRAINING, (REPORTED,))]
    assert not texts[0] & texts[1]


@pytest.mark.data
def test_every_evidence_of_the_set_has_a_wording():
    found = read_symptom_set(data_folder())
    known = {code for section in phrases().values() for code in section}
    assert {s.code for p in found.patients for s in p.statements} <= known
