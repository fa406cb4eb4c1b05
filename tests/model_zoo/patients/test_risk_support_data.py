"""The SUPPORT2 table: folds, rows whose physiology is theirs, and the figures of the card recomputed."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from model_zoo.errors import DataNotFound
from model_zoo.evaluation.metrics import auroc
from model_zoo.patients.catalogue import feature
from model_zoo.patients.risk_models import risk_model
from model_zoo.patients.risk_models.support_respiratory import MODEL
from model_zoo.training.patient_models.common.risk_figures import TOO_FEW, subgroup_aucs
from model_zoo.training.patient_models.support.recipe import evaluate, platt, threshold_for
from model_zoo.training.patient_models.support.table import (
    COLUMNS,
    PHYSIOLOGY,
    RUNS,
    _find,
    _number,
    _rows,
    fold_of,
    read_support_table,
    realigned,
)


def written_table(folder, rows):
    names = ["id", *dict.fromkeys([*COLUMNS.values(), *PHYSIOLOGY]), "death", "hospdead", "d.time", "surv2m", "surv6m"]
    with (folder / "support2.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return folder


def test_a_table_in_the_original_form_is_read_in_si_units_as_it_stands(tmp_path):
    person = {
        "age": 60,
        "sex": "male",
        "dzgroup": "COPD",
        "ca": "no",
        "crea": 2,
        "temp": 37,
        "pafi": 300,
        "alb": "",
        "hospdead": 0,
    }
    rows = [
        person | {"id": 1, "death": 1, "d.time": 180, "surv2m": 0.7, "surv6m": 0.6},
        person | {"id": 2, "death": 1, "d.time": 181, "surv2m": 0.7, "surv6m": 0.6},
        person | {"id": 3, "death": 0, "d.time": 400, "dzgroup": "CHF", "surv2m": 0.9, "surv6m": 0.8},
    ]
    table = read_support_table(written_table(tmp_path, rows))
    assert table.row_id.tolist() == [1, 2]
    assert table.labels.tolist() == [[0, 1], [0, 0]]
    assert table.published[0].tolist() == pytest.approx([0.3, 0.4])
    assert table.column("creatinine_umol_l")[0] == pytest.approx(176.8)
    assert table.column("temperature_celsius")[0] == 37.0
    assert table.column("pao2_fio2_kpa")[0] == pytest.approx(40.0, abs=0.01)
    assert (table.column("diagnosis")[0], table.column("sex")[0]) == (1.0, 1.0)
    assert np.isnan(table.column("albumin_g_l")).all()
    others = read_support_table(tmp_path, other_groups=True)
    assert others.row_id.tolist() == [3]
    # A code that no choice of the form has: no record can be read as a patient of these groups.
    assert others.column("diagnosis")[0] >= len(feature("diagnosis").choices)


def test_a_missing_or_foreign_table_is_named(tmp_path):
    with pytest.raises(DataNotFound, match="not found"):
        read_support_table(tmp_path)
    (tmp_path / "support2.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(DataNotFound, match="lacks the columns"):
        read_support_table(tmp_path)


def test_folds_follow_the_stated_rule():
    assert [fold_of(row) for row in range(1, 9)] == [0, 4, 0, 0, 0, 4, 2, 1]
    assert np.bincount([fold_of(row) for row in range(1, 9106)]).min() > 1700


def test_realigned_rows_take_their_physiology_from_below_and_nothing_else():
    rows = [{"row_id": str(i), "age": str(i), **dict.fromkeys(PHYSIOLOGY, str(i))} for i in range(1, 9106)]
    shift_of = {row: shift for first, last, shift in RUNS for row in range(first, last + 1)}
    found = realigned(rows)
    assert len(found) == len(shift_of) == 7262
    assert all(row["age"] == row["row_id"] for row in found)
    assert all(int(row["crea"]) - int(row["row_id"]) == shift_of[int(row["row_id"])] for row in found)
    assert len({row["crea"] for row in found}) == len(found)


def test_the_threshold_reaches_its_sensitivity():
    label, risk = np.array([0, 0, 1, 1, 1, 1, 1]), np.array([0.1, 0.9, 0.2, 0.4, 0.6, 0.7, 0.8])
    assert threshold_for(label, risk, 0.8) == 0.4
    assert threshold_for(label, risk, 1.0) == 0.2


def test_platt_recovers_a_known_scaling():
    draw = np.random.default_rng(0)
    logit = draw.normal(0, 2, 40_000)
    label = (draw.random(40_000) < 1 / (1 + np.exp(-(0.5 * logit - 1)))).astype(float)
    assert platt(logit, label) == pytest.approx((0.5, -1.0), abs=0.05)


def test_small_groups_show_too_few():
    label, risk = np.array([1.0] * 49 + [0.0] * 100), np.linspace(0, 1, 149)
    groups = {"all": np.ones(149, bool), "few": np.arange(149) < 60}
    found = subgroup_aucs(np.append(label[1:], 1.0), risk, np.arange(149), groups)
    assert found["few"] == {"patients": 60, "events": 48, "auc": TOO_FEW}
    assert found["all"]["auc"] == TOO_FEW


@pytest.mark.data
def test_physiology_belongs_to_its_row_in_every_run_and_only_after_the_shift():
    rows = _rows(_find(Path(os.environ["DIAPHANE_DATA"])))
    names = ("crea", "bili", "meanbp", "hrt", "resp", "wblc", "sod")

    def design(places):
        column = np.array([[_number(rows[place][name]) for name in names] for place in places])
        column = np.where(np.isnan(column), np.nanmedian(column, axis=0), column)
        return np.column_stack([np.ones(len(places)), column, (column - np.nanmedian(column, axis=0)) ** 2])

    def score(places):
        return np.nan_to_num([_number(rows[place]["aps"]) for place in places], nan=40)

    fitted = np.linalg.lstsq(design(range(1256)), score(range(1256)), rcond=None)[0]
    for first, last, shift in RUNS:
        own, below = range(first - 1, last), range(first - 1 + shift, last + shift)
        assert np.corrcoef(design(below) @ fitted, score(own))[0, 1] > 0.5
        if shift:
            assert abs(np.corrcoef(design(own) @ fitted, score(own))[0, 1]) < 0.2


@pytest.mark.data
def test_the_reported_figures_are_recomputed_from_the_shipped_weights():
    found = evaluate(Path(os.environ["DIAPHANE_DATA"]))
    card = risk_model(MODEL.name).card["metrics"]
    for name, stored in card["outcomes"].items():
        again = found["outcomes"][name]
        assert again["patients"] == stored["patients"]
        assert again["auc"]["value"] == pytest.approx(stored["auc"]["value"], abs=2e-4)
        assert again["auc"]["low"] == pytest.approx(stored["auc"]["low"], abs=5e-4)
        assert again["brier"]["value"] == pytest.approx(stored["brier"]["value"], abs=2e-4)
        for baseline in ("logistic", "logistic_spline"):
            difference = again["baselines"][baseline]["auc_difference"]
            assert difference["low"] > -0.01


@pytest.mark.data
def test_the_published_score_reproduces_the_paper_and_folds_are_disjoint():
    table = read_support_table(Path(os.environ["DIAPHANE_DATA"]))
    assert auroc(table.labels[:, 1], table.published[:, 1]) == pytest.approx(0.78, abs=0.015)
    assert len(set(table.row_id.tolist())) == len(table.row_id) == 4288
    assert set(table.fold.tolist()) == {0, 1, 2, 3, 4}
