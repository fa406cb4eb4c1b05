"""Runs of slices for the sequence head: painted slices lose the box and nothing else, runs keep to one type and fold."""

from __future__ import annotations

import numpy as np

from model_zoo.scans.scan import Scan, Window
from model_zoo.training.lesions.pictures import PAINTED_MARGIN, painted_over
from model_zoo.training.lesions.sequence_head import RUN, _runs


def test_a_painted_slice_shows_the_other_side_in_the_box_and_is_untouched_elsewhere() -> None:
    image = np.zeros((60, 80), np.float32)
    image[20:30, 10:25] = 9.0  # the tumour, on the left
    scan = Scan("0", "PNG", image[None].copy(), Window(4.5, 9.0))
    painted = painted_over(scan, (10.0, 20.0, 15.0, 10.0))
    assert painted[20:30, 10:25].max() == 0.0
    far = np.ones_like(image, dtype=bool)
    far[20 - PAINTED_MARGIN : 30 + PAINTED_MARGIN, 10 - PAINTED_MARGIN : 25 + PAINTED_MARGIN] = False
    assert np.array_equal(painted[far], image[far])


def test_runs_hold_one_type_of_one_fold_and_do_not_overlap() -> None:
    labels = np.repeat([0, 1, 2], 50)
    folds = np.tile(np.repeat([0, 4], 25), 3)
    runs = _runs(labels, folds, (4,))
    assert len(runs) == 3 * (25 // RUN)
    assert all(len(set(labels[run])) == 1 and set(folds[run]) == {4} for run in runs)
    assert len(np.unique(np.concatenate(runs))) == len(runs) * RUN
