"""Stacking two models: a gain is shown where there is one, not where there is none, and never on a handful of events."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from model_zoo.card import WEIGHTS_ROOT
from model_zoo.evaluation.metrics import auroc
from model_zoo.fusion.measured import FUSION_FILE, NOT_SHOWN, SHOWN, TOO_FEW
from model_zoo.training.patient_models.covid_tables import films_with_values
from model_zoo.training.patient_models.film_and_values import PAGE, RISK_MODEL, SCAN_MODEL, fusion_page
from model_zoo.training.patient_models.stacking import PENALTIES, _fitted, out_of_fold, stacked


def drawn(count: int, share: float, second: float, seed: int = 2) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (label, first, second) log odds; second: how far the event moves the second part, 0 for noise."""
    rng = np.random.default_rng(seed)
    label = (np.arange(count) < share * count).astype(float)
    return label, rng.normal(1.2 * label), rng.normal(second * label)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model_zoo.training.patient_models.stacking.REPETITIONS", 2)
    monkeypatch.setattr("model_zoo.training.patient_models.stacking.out_of_fold.__defaults__", (2,))


@pytest.mark.usefixtures("quick")
def test_two_parts_that_both_know_something_gain() -> None:
    label, film, values = drawn(400, 0.4, 1.2)
    found = stacked({"film": film, "values": values}, label)
    assert found["verdict"] == SHOWN
    assert found["both_minus"]["values"]["auc"]["low"] > 0
    assert found["both_minus"]["film"]["brier"]["high"] < 0
    assert found["alone_and_both"]["both"]["brier"]["value"] < found["brier_of_the_share_of_events"]["value"]


@pytest.mark.usefixtures("quick")
def test_a_part_of_noise_gains_nothing() -> None:
    label, film, noise = drawn(300, 0.4, 0.0)
    found = stacked({"film": film, "values": noise}, label)
    assert found["verdict"] == NOT_SHOWN
    assert found["both_minus"]["film"]["auc"]["low"] <= 0


@pytest.mark.usefixtures("quick")
def test_a_handful_of_events_shows_nothing_however_clear() -> None:
    label, film, values = drawn(60, 0.1, 4.0)
    assert stacked({"film": film, "values": values}, label)["verdict"] == TOO_FEW


def test_nobody_is_predicted_by_a_line_that_saw_them() -> None:
    # Labels drawn at a coin: a prediction that saw them would be above chance, one out of fold is not.
    rng = np.random.default_rng(4)
    label = (np.arange(120) % 2).astype(float)
    parts = rng.normal(size=(120, 6))
    seen = auroc(label, parts @ np.linalg.lstsq(parts, label - 0.5, rcond=None)[0])
    held = auroc(label, out_of_fold(parts, label, 2))
    assert seen is not None
    assert held is not None
    assert seen > 0.55
    assert held < 0.55


def test_the_ridge_is_that_of_scikit_learn() -> None:
    label, film, values = drawn(60, 0.2, 1.0)
    both = np.stack([film, values], axis=1)
    standard = (both - both.mean(axis=0)) / both.std(axis=0)
    for penalty in PENALTIES:
        theirs = LogisticRegression(C=penalty, tol=1e-10).fit(standard, label).decision_function(standard)
        np.testing.assert_allclose(_fitted(both, label, both, penalty), theirs, atol=1e-5)


def film(patient: str, admission: str, died: str = "0", icu: str = "0", **values: tuple[str, str]) -> dict[str, str]:
    row = {"patient_id": patient, "admission_offset": admission, "died_in_stay": died, "icu_ever": icu, "file": ""}
    for name in ("crp", "ldh", "d-dimer", "lymphocytes", "neutrophils"):
        row[f"{name}_offset"], row[f"{name}_val"] = values.get(name, ("", ""))
    return row


def test_the_first_film_with_values_of_its_own_days_counts() -> None:
    rows = [
        film("a", "-6", crp=("0", "200"), died="1"),
        film("a", "-2", crp=("1", "90"), ldh=("-5", "300")),
        film("a", "0"),  # no value: not the first that counts
        film("b", "0", crp=("0", "inf"), ldh=("3", "250")),  # beyond the limit of detection, and too late
        film("c", "", crp=("0", "10")),  # nobody knows when
    ]
    (found,) = films_with_values(rows)
    assert (found["patient_id"], found["crp_val"], found["ldh_val"]) == ("a", "90", "")
    assert (found["died_in_stay"], found["icu_ever"]) == ("1", "0")


def test_the_stored_measurement_is_of_the_shipped_weights_and_its_page_is_written_from_it() -> None:
    folder = WEIGHTS_ROOT / RISK_MODEL
    found = json.loads((folder / FUSION_FILE).read_text(encoding="utf-8"))
    assert (folder / PAGE).read_text(encoding="utf-8") == fusion_page(found)
    for model, key in ((SCAN_MODEL, "scan_weights_sha256"), (RISK_MODEL, "risk_weights_sha256")):
        card = json.loads((WEIGHTS_ROOT / model / "card.json").read_text(encoding="utf-8"))
        assert found[key] == card["weights_sha256"]
    for outcome in found["outcomes"].values():
        assert outcome["verdict"] in (SHOWN, NOT_SHOWN, TOO_FEW)
        assert outcome["view_alone_auc"]["low"] is not None
    assert found["missing_values"]["least"] > 0
