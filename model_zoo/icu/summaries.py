"""A second reader beside the recurrent unit: the course of every variable so far, how often was measured, and the hour itself.

A recurrent unit could learn all of this by itself, but not from a few hundred events. Every input looks back only. The course
of a variable (last, mean, highest, lowest, change) is made from its centred channels alone and is positively homogeneous in
them: along the straight line from the average stay each part grows in proportion, so that it bends nowhere on the way and
attributions stay additive; a share falls to the cells of that variable it was made from. Counts, ages and the hour do not
look at values and belong to the pattern of measurements.
"""

from __future__ import annotations

import torch
from torch import nn

# Hours of the unit between which the risk may bend: fine in the first day, where admission, laboratory rounds and the first
# treatment fall, coarse later.
CLOCK_KNOTS = (0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 18.0, 24.0, 36.0, 48.0, 72.0, 120.0, 168.0, 240.0, 336.0)
RECENCIES_HOURS = (2.0, 6.0, 24.0, 72.0)  # from within the hour to within days
CHANGE_HOURS = 6  # the change since then: the shortest step between two routine laboratory samples
_COUNT_SCALE = 4.0  # log(1 + 48 measurements) is about 4
_COURSES = 5  # parts of ``course`` per channel
_BEYOND = 9.0  # any centred ramp lies between -1 and 1


class SummaryReader(nn.Module):
    """Members of one shape: a linear part and one hidden layer over the summaries of every hour; gives logits to be added.

    channels: D of V variables. facts: channels of what is known at admission. hidden: of the layer.
    """

    knots: torch.Tensor

    def __init__(self, channels: int, variables: int, facts: int, members: int, hidden: int, dropout: float) -> None:
        super().__init__()
        width = _COURSES * channels + variables * (2 + len(RECENCIES_HOURS)) + len(CLOCK_KNOTS) - 1 + facts
        self.register_buffer("knots", torch.tensor(CLOCK_KNOTS))
        self.members, self.hidden = members, hidden
        self.into = nn.Parameter(torch.randn(members, width, hidden) / width**0.5)
        self.into_bias = nn.Parameter(torch.zeros(members, 1, hidden))
        # Zero, so that training starts from the base rate alone.
        self.linear = nn.Parameter(torch.zeros(members, width, 1))
        self.last = nn.Parameter(torch.zeros(members, hidden, 1))
        self.rate = dropout

    def forward(
        self,
        channels: torch.Tensor,
        measured: torch.Tensor,
        carried: torch.Tensor,
        delay: torch.Tensor,
        facts: torch.Tensor,
        variable: torch.Tensor,
    ) -> torch.Tensor:
        """Return logits (members, stays, hours).

        channels: (stays, hours, D), zero where not measured. measured, delay: (stays, hours, V). carried: (stays, hours, D),
        the last measured channels. facts: (stays, F). variable: (D,) of each channel.
        """
        stays, hours, _ = measured.shape
        inputs = torch.cat(
            [
                course(channels, measured, carried, variable),
                pattern(measured, delay),
                clock_ramps(hours, self.knots).to(channels.dtype).expand(stays, -1, -1),
                facts[:, None].expand(-1, hours, -1),
            ],
            dim=-1,
        )
        if self.training:
            # An input is left out for a whole stay: neighbouring hours would give away what was dropped in one of them.
            kept = (torch.rand(stays, 1, inputs.shape[-1]) >= self.rate).to(inputs.dtype) / (1 - self.rate)
            inputs = inputs * kept
        both = torch.cat([self.into, self.linear], dim=2).permute(1, 0, 2).reshape(inputs.shape[-1], -1)
        found = (inputs.reshape(stays * hours, -1) @ both).view(stays * hours, self.members, self.hidden + 1)
        bent = nn.functional.silu(found[..., :-1].transpose(0, 1) + self.into_bias)
        bent = nn.functional.dropout(bent, self.rate, self.training)
        logits = torch.bmm(bent, self.last)[..., 0] + found[..., -1].transpose(0, 1)
        return logits.view(self.members, stays, hours)


def clock_ramps(hours: int, knots: torch.Tensor) -> torch.Tensor:
    """Return one ramp from 0 to 1 between each pair of neighbouring knots: (hours, K - 1)."""
    at = torch.arange(hours, dtype=knots.dtype, device=knots.device)[:, None]
    return ((at - knots[:-1]) / (knots[1:] - knots[:-1])).clamp(0, 1)


def course(
    channels: torch.Tensor, measured: torch.Tensor, carried: torch.Tensor, variable: torch.Tensor
) -> torch.Tensor:
    """Return per channel the last, mean, highest and lowest so far, and the change: (stays, hours, 5 D).

    Shapes as in ``SummaryReader``. Zero where nothing was measured yet, and for a change where there was nothing to compare with.
    """
    seen = measured[..., variable]
    count = seen.cumsum(dim=1)
    ever = (count > 0).to(channels.dtype)
    high = torch.where(seen > 0, channels, torch.full_like(channels, -_BEYOND)).cummax(dim=1).values
    low = torch.where(seen > 0, channels, torch.full_like(channels, _BEYOND)).cummin(dim=1).values
    last = carried * ever
    before = nn.functional.pad(last, (0, 0, CHANGE_HOURS, 0))[:, : last.shape[1]]
    compared = nn.functional.pad(ever, (0, 0, CHANGE_HOURS, 0))[:, : ever.shape[1]]
    return torch.cat(
        [last, channels.cumsum(dim=1) / count.clamp(min=1), high * ever, low * ever, (last - before) * compared], dim=-1
    )


def pattern(measured: torch.Tensor, delay: torch.Tensor) -> torch.Tensor:
    """Return per variable how often it was measured, in what share of the hours, and how long ago: (stays, hours, 6 V)."""
    count = measured.cumsum(dim=1)
    ever = (count > 0).to(measured.dtype)
    elapsed = torch.arange(1, measured.shape[1] + 1, dtype=measured.dtype, device=measured.device)[None, :, None]
    return torch.cat(
        [
            torch.log1p(count) / _COUNT_SCALE,
            count / elapsed,
            *(ever * torch.exp(-delay / length) for length in RECENCIES_HOURS),
        ],
        dim=-1,
    )
