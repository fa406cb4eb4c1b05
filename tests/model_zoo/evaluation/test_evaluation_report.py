"""The report: that each number is the metric on the right films, and that small groups give no number."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model_zoo.errors import DataNotFound
from model_zoo.evaluation import metrics
from model_zoo.evaluation.labels import FilmLabels, LabelTable
from model_zoo.evaluation.predictions import OutputScores, PredictionTable, write_predictions
from model_zoo.evaluation.report import ReportedOutput, age_group, summarise, to_markdown

OUTPUTS = (ReportedOutput("opacity", threshold=0.4), ReportedOutput("report_effusion", report_label=True))
FEW = 100  # resamples; the tests below read no interval closely


def predictions(n: int = 900, seed: int = 0, folds: bool = True) -> PredictionTable:
    """Two films per patient; every tenth film has no opacity label, film 7 no score. AP films are few."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n)
    rows = tuple(
        FilmLabels(
            file=f"{i}.png",
            patient_id=f"p{i // 2:04d}",
            labels={"opacity": None if i % 10 == 0 else int(y[i]), "report_effusion": int(y[i])},
            age_years=None if i % 50 == 3 else float(20 + i // 2 % 60),
            sex="FM"[i // 2 % 2],
            view="AP" if i % 18 == 1 else "PA",
            fold=i // 2 % 5 if folds else None,
            population="adult",
        )
        for i in range(n)
    )
    logit = 1.5 * y - 0.75 + rng.normal(size=n)
    logit[7] = np.nan
    probability = 1 / (1 + np.exp(-logit))
    scores = {
        "opacity": OutputScores(logit, probability, {"thumbnail": rng.normal(size=n) + 0.3 * y}),
        "report_effusion": OutputScores(rng.normal(size=n)),
    }
    return PredictionTable(LabelTable(Path("films"), ("opacity", "report_effusion"), rows), scores)


@pytest.fixture(scope="module")
def summary() -> dict:
    return summarise(predictions(folds=False), OUTPUTS, "chest-xray", resamples=FEW)


def test_is_plain_json_without_nan(summary: dict) -> None:
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary
    assert summary["schema_version"] == "1.0"
    assert summary["interval"] == {"level": 0.95, "resamples": FEW, "resampled": "patients", "seed": 0}


def test_overall_numbers_are_the_metrics_of_the_labelled_and_scored_films(summary: dict) -> None:
    table = predictions(folds=False)
    y, scores = table.labels.labels("opacity"), table.scores["opacity"]
    keep = np.isfinite(y) & np.isfinite(scores.logit)
    y, logit, p, thumbnail = (
        y[keep],
        scores.logit[keep],
        scores.probability[keep],
        scores.comparisons["thumbnail"][keep],
    )
    out = summary["outputs"][0]
    assert (out["n_films"], out["n_films_without_score"]) == (int(keep.sum()), 1)
    assert out["n_patients"] == len(set(table.labels.patient_ids[keep]))
    assert out["n_positive_patients"] == len(set(table.labels.patient_ids[keep][y == 1]))
    assert out["prevalence"] == pytest.approx(y.mean())
    for name, metric, score in (
        ("auroc", metrics.auroc, logit),
        ("average_precision", metrics.average_precision, logit),
        ("brier", metrics.brier, p),
        ("calibration_slope", metrics.calibration_slope, p),
        ("calibration_intercept", metrics.calibration_intercept, p),
        ("expected_calibration_error", metrics.expected_calibration_error(10), p),
        ("sensitivity", metrics.sensitivity(0.4), p),
        ("specificity", metrics.specificity(0.4), p),
        ("ppv", metrics.ppv(0.4), p),
        ("npv", metrics.npv(0.4), p),
    ):
        assert out[name]["value"] == metric(y, score), name
    compared = out["comparisons"]["thumbnail"]
    assert compared["auroc"]["value"] == metrics.auroc(y, thumbnail)
    assert compared["auroc_difference"]["value"] == metrics.auroc(y, logit) - metrics.auroc(y, thumbnail)
    assert compared["auroc_difference"]["low"] > 0


def test_an_output_without_probability_or_threshold_has_no_such_numbers(summary: dict) -> None:
    out = summary["outputs"][1]
    assert out["report_label"] is True
    for name in ("brier", "calibration_slope", "expected_calibration_error", "sensitivity", "npv"):
        assert out[name] is None
    assert out["auroc"]["value"] is not None


def test_threshold_of_an_output_without_probability_is_on_the_logit() -> None:
    table = predictions(folds=False)
    out = summarise(table, (ReportedOutput("report_effusion", threshold=-0.5),), "m", resamples=FEW)["outputs"][0]
    expected = metrics.sensitivity(-0.5)(table.labels.labels("report_effusion"), table.scores["report_effusion"].logit)
    assert out["sensitivity"]["value"] == expected


def test_subgroups_are_the_metrics_of_their_films(summary: dict) -> None:
    table = predictions(folds=False)
    y, logit = table.labels.labels("opacity"), table.scores["opacity"].logit
    keep = np.isfinite(y) & np.isfinite(logit)
    women = keep & np.array([row.sex == "F" for row in table.labels.rows])
    group = next(g for g in summary["outputs"][0]["subgroups"]["sex"] if g["group"] == "female")
    assert group["auroc"]["value"] == metrics.auroc(y[women], logit[women])
    assert group["n_films"] == int(women.sum())
    assert set(group["comparisons"]) == {"thumbnail"}


def test_every_film_is_in_one_group_of_each_kind(summary: dict) -> None:
    out = summary["outputs"][1]
    ages = [g["group"] for g in out["subgroups"]["age_years"]]
    assert ages == ["18-39", "40-59", "60+", "adult, age not stated"]
    assert [g["group"] for g in out["subgroups"]["view"]] == ["AP", "PA"]
    assert sum(g["n_films"] for g in out["subgroups"]["sex"]) == out["n_films"]


def test_a_group_with_few_positive_patients_gives_their_number_and_nothing_else(summary: dict) -> None:
    group = next(g for g in summary["outputs"][0]["subgroups"]["view"] if g["group"] == "AP")
    assert group == {"group": "AP", "too_few": True, "n_positive_patients": group["n_positive_patients"]}
    assert 0 < group["n_positive_patients"] < 50


@pytest.mark.parametrize(("patients", "too_few"), [(49, True), (50, False)])
def test_the_bound_counts_positive_patients_and_not_films(patients: int, too_few: bool) -> None:
    n = 4 * patients  # two positive films and two negative ones each
    rows = tuple(FilmLabels(f"{i}.png", str(i // 4), {"x": int(i % 4 < 2)}, 50.0, "F", "PA") for i in range(n))
    table = PredictionTable(LabelTable(Path(), ("x",), rows), {"x": OutputScores(np.arange(n) % 7 * 1.0)})
    out = summarise(table, (ReportedOutput("x"),), "m", resamples=FEW)["outputs"][0]
    assert out["subgroups"]["view"][0]["too_few"] is too_few
    assert out["few_positive_patients"] is too_few
    assert out["auroc"]["value"] is not None


def test_only_the_reported_fold_is_used_unless_all_are_asked_for() -> None:
    table = predictions()
    fourth = table.labels.folds == 4
    one = summarise(table, OUTPUTS, "m", resamples=FEW)
    every = summarise(table, OUTPUTS, "m", all_folds=True, resamples=FEW)
    assert (one["fold"], one["n_films"]) == (4, int(fourth.sum()))
    assert (every["fold"], every["n_films"]) == (None, len(table.labels))
    assert one == summarise(table.where(fourth), OUTPUTS, "m", resamples=FEW)


def test_scores_of_other_folds_change_nothing() -> None:
    table = predictions()
    other = table.labels.folds != 4
    changed = {name: replace(s, logit=np.where(other, 0.0, s.logit)) for name, s in table.scores.items()}
    assert summarise(PredictionTable(table.labels, changed), OUTPUTS, "m", resamples=FEW) == summarise(
        table, OUTPUTS, "m", resamples=FEW
    )


def test_without_the_reported_fold_there_is_no_report() -> None:
    table = predictions()
    with pytest.raises(DataNotFound, match="--all"):
        summarise(table.where(table.labels.folds == 3), OUTPUTS, "m")


def test_an_output_without_any_label_is_said_and_not_computed() -> None:
    table = predictions(40, folds=False)
    scores = {"effusion": OutputScores(np.zeros(40), np.full(40, 0.5), {"thumbnail": np.zeros(40)})}
    result = summarise(PredictionTable(table.labels, scores), (ReportedOutput("effusion", 0.5),), "m", resamples=FEW)
    out = result["outputs"][0]
    assert (out["n_films"], out["prevalence"], out["auroc"]["value"], out["brier"]["value"]) == (0, None, None, None)
    assert "not defined" in to_markdown(result)


@pytest.mark.parametrize(
    ("age", "population", "group"),
    [
        (0.5, None, "0-17"),
        (17.99, None, "0-17"),
        (18, None, "18-39"),
        (39.9, None, "18-39"),
        (40, None, "40-59"),
        (60, "child", "60+"),
        (None, "child", "child, age not stated"),
        (None, "adult", "adult, age not stated"),
        (None, None, "not stated"),
    ],
)
def test_age_groups(age: float | None, population: str | None, group: str) -> None:
    assert age_group(FilmLabels("a.png", "1", {}, age_years=age, population=population)) == group


def test_markdown_shows_the_numbers_and_names_report_labels_as_such(summary: dict) -> None:
    text = to_markdown(summary)
    auc = summary["outputs"][0]["auroc"]
    assert f"{auc['value']:.3f} [{auc['low']:.3f}, {auc['high']:.3f}]" in text
    assert "effusion (score for a report label)" in text
    assert "| opacity | view AP |" in text
    assert "too few (under 50)" in text
    tables = [block.splitlines() for block in text.split("\n\n") if block.startswith("|")]
    assert len(tables) == 4
    for table in tables:
        assert len({line.count("|") for line in table}) == 1


def test_a_view_cannot_break_the_table() -> None:
    table = predictions(40, folds=False)
    rows = tuple(replace(row, view="A|B") for row in table.labels.rows)
    changed = PredictionTable(replace(table.labels, rows=rows), table.scores)
    assert "A/B" in to_markdown(summarise(changed, OUTPUTS, "m", resamples=FEW))


def test_predictions_file_has_one_row_per_film_and_tells_floats_apart(tmp_path: Path) -> None:
    table = predictions(20)
    write_predictions(table, tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == [
        "file",
        "patient_id",
        "opacity_logit",
        "opacity_probability",
        "opacity_thumbnail",
        "report_effusion_logit",
    ]
    assert [row["file"] for row in rows] == [row.file for row in table.labels.rows]
    assert rows[7]["opacity_logit"] == ""
    written = np.array([float(row["report_effusion_logit"]) for row in rows], dtype=np.float32)
    np.testing.assert_array_equal(written, table.scores["report_effusion"].logit.astype(np.float32))


def test_scores_must_fit_the_films() -> None:
    table = predictions(20)
    with pytest.raises(ValueError, match="same films"):
        PredictionTable(table.labels, {"opacity": OutputScores(np.zeros(19))})
    with pytest.raises(ValueError, match="one length"):
        OutputScores(np.zeros(3), np.zeros(2))
    with pytest.raises(ValueError, match="from 0 to 1"):
        OutputScores(np.zeros(2), np.array([0.5, 1.5]))
