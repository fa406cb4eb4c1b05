"""The randomisation check flags an edge detector posing as an explanation and passes a gradient map."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from model_zoo.explainers import EXPLAINERS, read_parameters
from model_zoo.trust.check import FATAL, INFORMS, PASSED
from model_zoo.trust.checks.randomisation import CHECK, redraw, similarity, weighted_layers
from tests.model_zoo.trust.subjects import EdgesPosing, picture, subject
from tests.tiny_zoo import LAYER, randomise, tiny_network

SIDE = 64


def examined(explainer, parameters):
    network = tiny_network().eval()
    randomise(network)
    x = picture(3)
    values = explainer.attribute(network, LAYER, x, 0, **parameters).values
    return CHECK.run(
        subject(values, x=x, network=network, target_layer=LAYER, explainer=explainer, parameters=parameters)
    )


def test_an_edge_detector_posing_as_an_explanation_is_flagged() -> None:
    result = examined(EdgesPosing(), {})
    assert result.outcome == FATAL
    assert result.measure == pytest.approx(1.0)
    assert "picture, not the network" in result.sentence


@pytest.mark.parametrize("method", ["integrated-gradients", "smooth-grad"])
def test_a_gradient_map_passes(method: str) -> None:
    explainer = EXPLAINERS.get(method)
    result = examined(explainer, read_parameters(explainer, {}))
    assert result.outcome == PASSED
    assert result.measure < 0.7
    assert len(result.figures["rank_correlation"]) == 3


def test_redrawing_changes_the_layers_nearest_to_the_output_and_leaves_the_network_alone() -> None:
    network = tiny_network().eval()
    randomise(network)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    changed = redraw(network, 0.3)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    same = [
        torch.equal(a.weight, b.weight) for a, b in zip(weighted_layers(network), weighted_layers(changed), strict=True)
    ]
    count = max(1, round(0.3 * len(same)))
    assert same == [True] * (len(same) - count) + [False] * count


def test_redrawn_weights_keep_mean_and_spread() -> None:
    network = tiny_network().eval()
    randomise(network)
    old, new = weighted_layers(network)[2].weight, weighted_layers(redraw(network, 1.0))[2].weight
    assert float(new.std()) == pytest.approx(float(old.std()), rel=0.3)


def test_similarity_is_one_for_a_map_and_its_negative_and_zero_for_a_flat_one() -> None:
    values = np.random.default_rng(0).normal(size=(16, 16)).astype(np.float32)
    assert similarity(values, -values) == pytest.approx(1.0)
    assert similarity(values, np.ones_like(values)) == 0.0
    assert np.isnan(similarity(np.ones_like(values), values))
    assert CHECK.decide(None, None, {}) == INFORMS
    other = np.random.default_rng(1).normal(size=(16, 16)).astype(np.float32)
    assert abs(similarity(values, other)) < 0.25
