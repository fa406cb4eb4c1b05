"""Comparison on common pictures, and scoring of a folder through the path of the page."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

from model_zoo.errors import DataNotFound
from model_zoo.evaluation import exclusive
from model_zoo.upkeep.comparing import compare_tables
from model_zoo.upkeep.held_out import HeldOut, read_held_out
from model_zoo.upkeep.scoring import score_folder


def table(labels, logits, start=0, outputs=("a", "b", "c")):
    names = np.array([f"{i:04d}" for i in range(start, start + len(labels))])
    return HeldOut(outputs, names, names, np.asarray(labels), np.asarray(logits, float))


@pytest.fixture(scope="module")
def three():
    generator = np.random.default_rng(5)
    labels = np.arange(90) % 3
    good = generator.normal(size=(90, 3)) + 3 * np.eye(3)[labels]
    poor = generator.normal(size=(90, 3)) + 0.3 * np.eye(3)[labels]
    return labels, good, poor


def test_figures_agree_with_scikit_learn(three):
    labels, logits, _ = three
    found = exclusive.all_classes(("a", "b", "c"), labels, logits, np.arange(90))["figures"]
    truth = np.eye(3)[labels]
    assert found["macro_auc"]["value"] == pytest.approx(roc_auc_score(truth, logits, average="macro"))
    assert found["macro_auprc"]["value"] == pytest.approx(average_precision_score(truth, logits, average="macro"))
    assert found["macro_f1"]["value"] == pytest.approx(f1_score(labels, logits.argmax(1), average="macro"))
    assert found["accuracy"]["value"] == pytest.approx((labels == logits.argmax(1)).mean())


def test_the_better_one_is_better_whichever_comes_first(three):
    labels, good, poor = three
    forward = compare_tables(table(labels, poor), table(labels, good), ("poor", "good"))
    backward = compare_tables(table(labels, good), table(labels, poor), ("good", "poor"))
    assert not forward.worse
    assert backward.worse
    assert forward.difference["value"] == pytest.approx(-backward.difference["value"])
    assert forward.difference["low"] > 0 > backward.difference["high"]


def test_only_common_pictures_count(three):
    labels, good, poor = three
    found = compare_tables(table(labels, poor), table(labels[:60], good[30:], start=30), ("a", "b"))
    assert found.pictures == 60


def test_nothing_in_common_and_other_classes_are_refused(three):
    labels, good, poor = three
    with pytest.raises(DataNotFound, match="cannot be compared"):
        compare_tables(table(labels, poor), table(labels, good, start=500), ("a", "b"))
    with pytest.raises(DataNotFound, match="same classes"):
        compare_tables(table(labels, poor), table(labels, good, outputs=("a", "b", "d")), ("a", "b"))


def test_a_folder_is_scored_as_the_held_out_pictures_were(discs, pictures):
    scored, kept = score_folder("discs@2", pictures), read_held_out(discs.place / "2")
    place = {scan: i for i, scan in enumerate(scored.scans)}
    rows = [place[scan] for scan in kept.scans]
    np.testing.assert_allclose(scored.logits[rows], kept.logits, atol=1e-4)
    assert (scored.labels[rows] == kept.labels).all()


def test_other_classes_of_a_folder_are_refused(discs, tmp_path, pictures):
    (tmp_path / "cats").mkdir()
    for path in sorted((pictures / "disc").iterdir())[:2]:
        (tmp_path / "cats" / path.name).write_bytes(path.read_bytes())
    with pytest.raises(DataNotFound, match="not those of 'discs'"):
        score_folder("discs", tmp_path)


def test_probabilities_are_worse_only_beyond_their_paired_interval(three):
    labels, good, poor = three
    first, noise = table(labels, good), np.random.default_rng(8).normal(size=(2, *good.shape))
    alike = compare_tables(first, first, ("a", "b"), stated=(good + noise[0], good + noise[1]))
    found = alike.figures["brier_calibrated"]["difference"]
    assert found["low"] <= 0 <= found["high"]
    assert (alike.worse, alike.worse_probabilities, alike.better) == (False, False, False)
    worse = compare_tables(first, first, ("a", "b"), stated=(good, poor))
    assert (worse.worse, worse.worse_probabilities, worse.better) == (False, True, False)
    expected = np.mean([((1 / (1 + np.exp(-poor[:, k])) - (labels == k)) ** 2).mean() for k in range(3)])
    assert worse.figures["brier_calibrated"]["second"] == pytest.approx(expected)
    assert compare_tables(first, first, ("a", "b"), stated=(poor, good)).better
    # Where nothing is stated, nothing is said of probabilities.
    assert not compare_tables(first, first, ("a", "b")).worse_probabilities
