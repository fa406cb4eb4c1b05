"""Tables, baselines and figures of the hourly models, against numbers worked out by hand."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import numpy as np
import pytest

from model_zoo.errors import DataNotFound
from model_zoo.icu.variables import MORTALITY, SEPSIS
from model_zoo.training.icu.baselines import boosted, carried_forward, hour_table, partial_news2, score_risk
from model_zoo.training.icu.figures import (
    alert_figures,
    balanced,
    best_threshold,
    calibrated,
    early_peak,
    fit_calibration,
    lead_times,
    onsets,
    own_best,
    threshold_for_stays,
)
from model_zoo.training.icu.tables import folds_by_patient, read_deaths, read_sepsis
from tests.model_zoo.icu.tiny_icu import tiny_table

NAN = np.nan


def _write(path: Path, rows: list[dict[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    data = stream.getvalue().encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


def test_deaths_are_laid_on_a_grid_and_slips_dropped(tmp_path: Path) -> None:
    folder = tmp_path / "tabular" / "physionet2012_icu"
    blank = {variable.name: "" for variable in MORTALITY.variables}
    _write(
        folder / "static_outcomes_a.csv",
        [
            {"RecordID": 7, "Age": 60.0, "Gender": "", "ICUType": 2.0, "In_hospital_death": 1},
            {"RecordID": 5, "Age": 50.0, "Gender": 1.0, "ICUType": 3.0, "In_hospital_death": 0},
        ],
    )
    _write(
        folder / "hourly_a.csv.gz",
        [
            {"RecordID": 7, "hour": 47, **blank, "HR": 80.5},
            {"RecordID": 5, "hour": 0, **blank, "HR": 900, "GCS": 15},
        ],
    )
    table = read_deaths(tmp_path, "a")
    assert table.ids.tolist() == [5, 7]
    assert table.values.shape == (2, 48, 26)
    assert table.values[1, 47, 0] == 80.5
    assert np.isnan(table.values[0, 0, 0])
    assert table.dropped == 1
    assert table.labels[1].tolist() == [1.0] * 48
    assert np.isnan(table.facts[1, 1])


def test_sepsis_hours_start_with_the_unit(tmp_path: Path) -> None:
    row = {variable.name: "" for variable in SEPSIS.variables} | {"Age": 70, "Gender": 1, "Unit1": 0, "Unit2": 1}
    rows = [
        {"patient_id": "p1", **row, "HR": 90, "HospAdmTime": -5.5, "ICULOS": 2, "SepsisLabel": 0},
        {"patient_id": "p1", **row, "HR": 95, "HospAdmTime": -5.5, "ICULOS": 3, "SepsisLabel": 1},
    ]
    _write(tmp_path / "tabular" / "physionet2019_sepsis" / "sepsis_setB_5000.csv.gz", rows)
    table = read_sepsis(tmp_path)
    np.testing.assert_array_equal(table.labels, [[NAN, 0, 1]])
    np.testing.assert_array_equal(table.values[0, :, 0], [NAN, 90, 95])
    np.testing.assert_allclose(table.facts[0], [70, 1, 2, 5.5])
    assert table.event.tolist() == [1]


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataNotFound):
        read_sepsis(tmp_path)


def test_folds_are_by_name_and_balanced() -> None:
    names, event = [f"p{i}" for i in range(50)], np.r_[np.ones(10), np.zeros(40)]
    fold = folds_by_patient(names, event, "x")
    assert np.bincount(fold[:10]).tolist() == [2] * 5
    assert np.bincount(fold[10:]).tolist() == [8] * 5
    turned = folds_by_patient(names[::-1], event[::-1], "x")
    np.testing.assert_array_equal(turned[::-1], fold)


@pytest.mark.parametrize(
    ("measured", "points"),
    [
        ({}, 0),
        ({"RespRate": 8}, 3),
        ({"RespRate": 9}, 1),
        ({"RespRate": 12}, 0),
        ({"RespRate": 21}, 2),
        ({"RespRate": 25}, 3),
        ({"SaO2": 91}, 3),
        ({"SaO2": 92}, 2),
        ({"SaO2": 94}, 1),
        ({"SaO2": 96}, 0),
        ({"FiO2": 0.21}, 0),
        ({"FiO2": 0.4}, 2),
        ({"SysABP": 90}, 3),
        ({"NISysABP": 91}, 2),
        ({"NISysABP": 110}, 1),
        ({"SysABP": 111, "NISysABP": 80}, 0),
        ({"SysABP": 220}, 3),
        ({"HR": 40}, 3),
        ({"HR": 50}, 1),
        ({"HR": 90}, 0),
        ({"HR": 91}, 1),
        ({"HR": 130}, 2),
        ({"HR": 131}, 3),
        ({"GCS": 15}, 0),
        ({"GCS": 14}, 3),
        ({"Temp": 35.0}, 3),
        ({"Temp": 35.1}, 1),
        ({"Temp": 38.0}, 0),
        ({"Temp": 39.0}, 1),
        ({"Temp": 39.1}, 2),
        ({"RespRate": 26, "SaO2": 90, "FiO2": 0.5, "SysABP": 85, "HR": 135, "GCS": 10, "Temp": 39.5}, 19),
    ],
)
def test_partial_news2_has_the_published_bands(measured: dict[str, float], points: int) -> None:
    names = [variable.name for variable in MORTALITY.variables]
    values = np.full((1, 1, len(names)), np.nan)
    for name, value in measured.items():
        values[0, 0, names.index(name)] = value
    assert partial_news2(MORTALITY, values)[0, 0] == points


def test_a_vital_sign_is_carried_for_a_day() -> None:
    values = np.full((1, 27, 1), NAN)
    values[0, 1] = 5.0
    carried, ago = carried_forward(values, 24)
    np.testing.assert_array_equal(np.flatnonzero(~np.isnan(carried[0, :, 0])), np.arange(1, 25))
    assert ago[0, 24, 0] == 23
    assert np.isfinite(carried_forward(values)[0][0, 1:]).all()


def test_min_of_sensitivity_and_ppv() -> None:
    label = np.array([1.0, 1, 0, 0, 1])
    score = np.array([0.9, 0.7, 0.8, 0.2, 0.1])
    assert balanced(0.7)(label, score) == pytest.approx(2 / 3)
    assert own_best(label, score) == pytest.approx(2 / 3)
    assert best_threshold(label, score) == 0.7
    assert own_best(label, np.ones(5)) == pytest.approx(3 / 5)


def test_scores_that_are_missing_count_as_the_median() -> None:
    score, label = np.array([1.0, 2, 3, 4, NAN, 2.5]), np.array([0.0, 0, 1, 1, 0, 1])
    found = score_risk(score, label, np.array([NAN, 2.5]))
    assert found[0] == pytest.approx(found[1])


def test_onset_is_six_hours_after_the_label_and_early_peaks_lie_before_it() -> None:
    labels = np.full((3, 30), 0.0)
    labels[0, 14:23] = 1
    labels[0, 23:] = NAN
    labels[1, :3] = 1
    labels[1, 3:] = NAN
    assert onsets(labels)[:2].tolist() == [20, 6]
    assert np.isnan(onsets(labels)[2])
    risk = np.zeros((3, 30))
    risk[0, [5, 10, 21]] = 0.9, 0.4, 0.8
    risk[1, [2, 4]] = 0.3, 0.9
    peaks = early_peak(risk, labels)
    assert peaks[:2].tolist() == [0.4, 0.3]
    assert np.isnan(peaks[2])
    assert threshold_for_stays(peaks, 1.0) == pytest.approx(0.3, abs=2e-5)
    assert threshold_for_stays(peaks, 0.5) == pytest.approx(0.4, abs=2e-5)
    lead = lead_times(risk, labels, 0.35)
    assert lead["alerted_within_12_hours_before_onset"] == 1
    assert lead["hours_before_onset_in_the_window"]["median"] == 10
    assert lead["hours_before_onset_of_the_first_alert_of_the_stay"]["median"] == 15


def test_alerts_are_counted_per_100_patient_days() -> None:
    labels = np.zeros((4, 24))
    risk = np.zeros((4, 24))
    risk[0] = 1
    risk[1, 3] = 1
    found = alert_figures(risk, labels, risk.max(axis=1), np.array([1.0, 0, 1, 0]), 0.5)
    assert found["alerts_per_100_patient_days"]["value"] == 100.0
    assert found["sensitivity"]["value"] == 0.5
    assert found["share_of_alerted_stays_with_the_event"]["value"] == 0.5


def test_calibration_is_recovered() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (400, 20))
    labels = (rng.random(logits.shape) < 1 / (1 + np.exp(-(0.5 * logits - 1)))).astype(float)
    calibration = fit_calibration(logits, labels)
    assert calibrated(calibration, logits).mean() == pytest.approx(labels.mean(), abs=0.01)
    assert calibration["slope"] + 0.5 * calibration["slope_by_clock"] == pytest.approx(0.5, abs=0.08)


def test_boosted_rows_are_predicted_by_models_that_did_not_see_them() -> None:
    table = tiny_table()
    rows, label, place = hour_table(table)
    assert len(rows) == int(table.length.sum())
    oof, other = boosted(rows, label, table.fold[place], rows, 5, 5, 0)
    assert np.isfinite(oof).all()
    assert ((other - label) ** 2).mean() < ((oof - label) ** 2).mean()
