"""Shortcut probes: a network that reads a corner is caught, one that reads the lungs is not, a dead one is said to be dead."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from model_zoo.card import OutputCard
from model_zoo.scans.regions import FilmRegions, border_mask, corner_mask
from model_zoo.trust.shortcuts import PLACES, build_shortcut_reports, probe_pictures, spread_of

CARD = OutputCard("a", "Shadow", "adult", "report_score", 0.0, "", tuple(np.linspace(-2, 2, 101)))
SIDE = 64


def regions() -> FilmRegions:
    lungs = np.zeros((SIDE, SIDE), bool)
    lungs[16:48, 14:50] = True
    return FilmRegions(lungs, np.zeros_like(lungs), border_mask(SIDE, SIDE), corner_mask(SIDE, SIDE))


class Reader(nn.Module):
    """Ten times the mean of a named region."""

    def __init__(self, mask: np.ndarray) -> None:
        super().__init__()
        self.mask = torch.from_numpy(mask).float()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return 10 * (x * self.mask).flatten(1).sum(1, keepdim=True) / self.mask.sum()


def report(network: nn.Module, section=None, view: str | None = None):
    film = torch.full((1, 1, SIDE, SIDE), 0.3)
    clear = torch.zeros(1, 1, SIDE, SIDE)
    logits = network(probe_pictures(film, clear, regions())).numpy()
    (found,) = build_shortcut_reports(logits, [(0, CARD)], regions(), section, view)
    return found


def test_a_network_that_reads_the_corners_is_caught_with_the_measured_effect() -> None:
    found = report(Reader(corner_mask(SIDE, SIDE)))
    effects = {place.place: place for place in found.places}
    assert effects["corners"].alarming
    # The soft edge of the mask keeps a little of the corner.
    assert effects["corners"].effect == pytest.approx(3.0, rel=0.15)
    assert effects["corners"].alone == pytest.approx(3.0, rel=0.15)
    assert any("the corners" in alarm and alarm.startswith("Reading for the wrong reason?") for alarm in found.alarms)


def test_a_network_that_reads_the_lungs_raises_no_alarm() -> None:
    found = report(Reader(regions().lungs))
    assert found.alarms == ()
    assert found.lungs_effect == pytest.approx(3.0, rel=0.15)
    assert not found.constant


def test_a_network_that_answers_the_same_without_the_film_is_said_to() -> None:
    dead = nn.Sequential(nn.Flatten(), nn.Linear(SIDE * SIDE, 1))
    nn.init.zeros_(dead[1].weight)
    with torch.no_grad():
        found = report(dead)
    assert found.constant
    assert any("same value with and without this film" in alarm for alarm in found.alarms)


def test_limits_are_counted_in_spreads() -> None:
    spread = spread_of(CARD)
    assert spread == pytest.approx(0.68 * 4 / 2, rel=1e-6)
    loose = {"outputs": {"a": {"limits": dict.fromkeys(PLACES, 100.0)}}}
    assert report(Reader(corner_mask(SIDE, SIDE)), loose).alarms == ()
    wider = replace(CARD, score_quantiles=tuple(10 * q for q in CARD.score_quantiles))
    assert spread_of(wider) == pytest.approx(10 * spread)


def test_the_view_alone_is_said_with_its_number_of_films() -> None:
    section = {"outputs": {"a": {"limits": {}, "view_rates": {"AP": {"value": 0.41, "n_films": 120}}}}}
    assert any(
        "AP, 41 % of the 120 training films" in s for s in report(Reader(regions().lungs), section, "ap").sentences
    )
    assert report(Reader(regions().lungs), section, "PA").view_rate is None


def test_a_report_is_plain_values() -> None:
    from dataclasses import asdict

    assert json.loads(json.dumps(asdict(report(Reader(regions().lungs)))))["output"] == "a"
