"""The second reader of the hourly network: what it reads, by hand; it bends nowhere on the way from the average stay."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from model_zoo.icu.summaries import CLOCK_KNOTS, RECENCIES_HOURS, clock_ramps, course, pattern
from model_zoo.training.icu.baselines import taught_risks
from tests.model_zoo.icu.tiny_icu import tiny_fit, tiny_model, tiny_table

MEASURED = torch.tensor([[[0.0], [1.0], [0.0], [1.0], [0.0], [0.0], [0.0], [1.0]]], dtype=torch.float64)
CHANNELS = torch.tensor([[[0.0], [0.4], [0.0], [-0.2], [0.0], [0.0], [0.0], [0.1]]], dtype=torch.float64)
CARRIED = torch.tensor([[[9.0], [0.4], [0.4], [-0.2], [-0.2], [-0.2], [-0.2], [0.1]]], dtype=torch.float64)
DELAY = torch.tensor([[[1.0], [0.0], [1.0], [0.0], [1.0], [2.0], [3.0], [0.0]]], dtype=torch.float64)


def test_the_course_of_a_variable_by_hand() -> None:
    last, mean, high, low, change = course(CHANNELS, MEASURED, CARRIED, torch.tensor([0]))[0].T.tolist()
    assert last == pytest.approx([0, 0.4, 0.4, -0.2, -0.2, -0.2, -0.2, 0.1])
    assert mean == pytest.approx([0, 0.4, 0.4, 0.1, 0.1, 0.1, 0.1, 0.1])
    assert high == pytest.approx([0, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4])
    assert low == pytest.approx([0, 0.4, 0.4, -0.2, -0.2, -0.2, -0.2, -0.2])
    # Six hours before hour 7 stood the first value; before that there was nothing to compare with.
    assert change == pytest.approx([0, 0, 0, 0, 0, 0, 0, -0.3])


def test_the_course_grows_in_proportion_on_the_way_from_the_average_stay() -> None:
    rng = torch.Generator().manual_seed(4)
    measured = (torch.rand(3, 12, 2, generator=rng, dtype=torch.float64) < 0.4).double()
    channels = (torch.rand(3, 12, 2, generator=rng, dtype=torch.float64) - 0.5) * measured
    variable = torch.tensor([0, 1])
    whole = course(channels, measured, channels, variable)
    for share in (0.1, 0.5, 0.9):
        torch.testing.assert_close(course(share * channels, measured, share * channels, variable), share * whole)


def test_counts_and_ages_look_at_the_pattern_alone() -> None:
    found = pattern(MEASURED, DELAY)[0].T
    assert len(found) == 2 + len(RECENCIES_HOURS)
    assert found[0, -1] == pytest.approx(np.log(4) / 4)
    assert found[1].tolist() == pytest.approx([0, 1 / 2, 1 / 3, 2 / 4, 2 / 5, 2 / 6, 2 / 7, 3 / 8])
    assert found[2].tolist() == pytest.approx([0, 1, np.exp(-0.5), 1, np.exp(-0.5), np.exp(-1), np.exp(-1.5), 1])


def test_the_hour_is_a_ramp_between_each_pair_of_knots() -> None:
    found = clock_ramps(10, torch.tensor(CLOCK_KNOTS))
    assert found.shape == (10, len(CLOCK_KNOTS) - 1)
    assert not found[0].any()
    assert found[5, 4] == 0.5  # halfway from hour 4 to hour 6
    assert (found[9, :6] == 1).all()


def test_a_network_with_summaries_survives_storing() -> None:
    state = tiny_fit(beside=5).state
    assert state["beside.last"].shape[1] == 5
    assert tiny_model(beside=5).network.beside is not None
    assert tiny_model().network.beside is None


def test_a_teacher_never_saw_the_fold_of_the_member_it_teaches() -> None:
    table = tiny_table()
    taught = taught_risks(table, 5, 5, 0)
    assert taught.shape == (len(set(table.fold.tolist())), *table.labels.shape)
    for held, risks in enumerate(taught):
        assert np.isnan(risks[table.fold == held]).all()
        seen = risks[table.fold != held]
        np.testing.assert_array_equal(np.isnan(seen), np.isnan(table.labels[table.fold != held]))
    other = tiny_fit(beside=3, teacher=taught, taught=0.7).state
    alone = tiny_fit(beside=3).state
    assert not torch.equal(other["beside.last"], alone["beside.last"])
    unheard = tiny_fit(beside=3, teacher=taught, taught=0.0).state
    assert all(torch.equal(unheard[name], alone[name]) for name in alone)
