from __future__ import annotations

import pytest
import torch
from torch import nn

from model_zoo.errors import ExplainerNotApplicable
from model_zoo.explainers import EXPLAINERS, read_parameters
from model_zoo.explainers.baseline import build_baseline

METHOD = EXPLAINERS.get("occlusion")
SIDE = 32


class Linear(nn.Module):
    """Two logits, each a weighted sum of the pixels of all channels."""

    def __init__(self, channels: int = 1) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(5)
        self.weight = nn.Parameter(torch.randn(2, channels, SIDE, SIDE, generator=generator))
        self.pictures = 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.pictures += len(x)
        return torch.einsum("nchw,kchw->nk", x, self.weight)


def _input(channels: int = 1) -> torch.Tensor:
    return torch.randn(1, channels, SIDE, SIDE, generator=torch.Generator().manual_seed(0)).clamp(-1.5, 1.5)


def _by_hand(network: Linear, x: torch.Tensor, target: int, window: int, stride: int, kind: str) -> torch.Tensor:
    """Cover each window, note the drop, and give each pixel the mean of the windows over it."""
    contribution = (network.weight[target].detach() * (x - build_baseline(x, kind))[0]).sum(0)
    total, count = torch.zeros(SIDE, SIDE), torch.zeros(SIDE, SIDE)
    for top in range(0, SIDE - window + stride, stride):
        for left in range(0, SIDE - window + stride, stride):
            place = (slice(top, top + window), slice(left, left + window))
            total[place] += contribution[place].sum()
            count[place] += 1
    return total / count


@pytest.mark.parametrize("kind", ["blurred", "mean", "mirrored"])
@pytest.mark.parametrize(("window", "stride", "channels"), [(8, 8, 1), (16, 8, 1), (12, 8, 1), (16, 4, 2)])
def test_on_a_linear_network_the_drop_is_what_the_window_took_away(
    window: int, stride: int, channels: int, kind: str
) -> None:
    network, x = Linear(channels), _input(channels)
    raw = METHOD.attribute(network, "", x, 1, window=window, stride=stride, baseline=kind)
    wanted = _by_hand(network, x, 1, window, stride, kind)
    torch.testing.assert_close(torch.from_numpy(raw.values), wanted, rtol=1e-4, atol=1e-4)


def test_covering_what_speaks_for_the_target_is_positive_and_what_speaks_against_it_negative() -> None:
    network, x = Linear(), torch.zeros(1, 1, SIDE, SIDE)
    with torch.no_grad():
        network.weight.zero_()
        network.weight[0, 0, :8, :8], network.weight[0, 0, 24:, 24:] = 1.0, -1.0
    x[..., :8, :8] = x[..., 24:, 24:] = 1.0
    values = METHOD.attribute(network, "", x, 0, window=8, stride=8, baseline="mean").values
    assert values[:8, :8].min() > 0 > values[24:, 24:].max()
    assert not values[:8, 8:].any()


def test_the_cost_is_the_pictures_that_go_through_the_network() -> None:
    """Counted at 128 px: 15 x 15 windows and the scan itself."""
    assert METHOD.passes(read_parameters(METHOD, {})) == 226
    network = Linear()
    raw = METHOD.attribute(network, "", _input(), 0, window=16, stride=8, baseline="mean")
    assert raw.details == {"windows": 9}
    assert network.pictures in (10, 11)  # the library asks for the scan once or twice


@pytest.mark.parametrize(("window", "stride", "word"), [(8, 16, "gaps"), (64, 8, "larger than the picture")])
def test_windows_that_leave_gaps_or_do_not_fit_are_refused_in_words(window: int, stride: int, word: str) -> None:
    with pytest.raises(ExplainerNotApplicable, match=word):
        METHOD.attribute(Linear(), "", _input(), 0, window=window, stride=stride, baseline="mean")
