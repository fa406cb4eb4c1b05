"""The network of the ECG beat model: a small convolution over one beat, with the rhythm around it.

Members of one shape, each trained with other records left out; the log-probability of a class is that of their mean logit.
Everything is smooth (SiLU, average pooling), so that attributions on the waveform add up to the difference they explain.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import nn

from model_zoo.finite import finite_weights

SAMPLES = 78  # of a beat: 0.25 s before the R peak and 0.4 s from it on, at 120 Hz
RATE_HZ, R_SAMPLE = 120.0, 30
RHYTHM = ("before_against_past", "after_against_past", "before", "before_against_after", "before_against_long_past")
INTERVALS = 4  # seconds: before, mean of the past ten, after, median of the long past
PAST_INTERVALS = 10  # in front of the interval before the beat: about the last ten seconds
LONG_PAST_INTERVALS = 250  # some minutes: in a run of ectopic beats the last ten are ectopic themselves
_MICROVOLTS_PER_MILLIVOLT = 1000.0


def rhythm_features(rr: torch.Tensor) -> torch.Tensor:
    """Return what the network reads of the rhythm (B, 5), in the order of RHYTHM, from ``rhythm_intervals`` (B, 4).

    Log ratios of intervals, and the log of the one before: a premature beat has a short one before and a long one after.
    """
    before, past, after, long_past = rr.clamp(min=0.1).log().unbind(-1)  # intervals under 0.1 s are no heart beats
    return torch.stack([before - past, after - past, before, before - after, before - long_past], dim=-1)


def rhythm_intervals(times: np.ndarray, place: int) -> tuple[float, float, float, float]:
    """Return the INTERVALS of one beat, in seconds. times: (P,) of all beats in order; place: 1 to P - 2.

    What lies behind the beat counts, and the one interval after it. Where there is no past, the interval before stands for it.
    """
    before, after = times[place] - times[place - 1], times[place + 1] - times[place]
    past = np.diff(times[max(0, place - 1 - LONG_PAST_INTERVALS) : place])
    if not past.size:
        return float(before), float(before), float(after), float(before)
    return float(before), float(past[-PAST_INTERVALS:].mean()), float(after), float(np.median(past))


class BeatMember(nn.Module):
    """One member: (B, 78) in mV and (B, 5) -> logits (B, classes)."""

    def __init__(self, classes: int, width: int = 16, hidden: int = 24, dropout: float = 0.3) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv1d(1, width, 7, padding=3),
            nn.BatchNorm1d(width),
            nn.SiLU(),
            nn.AvgPool1d(2),
            nn.Conv1d(width, 2 * width, 5, padding=2),
            nn.BatchNorm1d(2 * width),
            nn.SiLU(),
            nn.AvgPool1d(3),
            nn.Conv1d(2 * width, 2 * width, 3, padding=1),
            nn.BatchNorm1d(2 * width),
            nn.SiLU(),
        )
        self.rhythm = nn.BatchNorm1d(len(RHYTHM))
        self.head = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(2 * width * (SAMPLES // 6) + len(RHYTHM), hidden),
            nn.SiLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, classes),
        )

    def forward(self, millivolts: torch.Tensor, rhythm: torch.Tensor) -> torch.Tensor:
        shape = self.body(millivolts[:, None]).flatten(1)
        logits: torch.Tensor = self.head(torch.cat([shape, self.rhythm(rhythm)], dim=1))
        return logits


class BeatNetwork(nn.Module):
    """The members together. reference: (78,) microvolts, the mean normal beat of the training records."""

    reference: torch.Tensor
    reference_rhythm: torch.Tensor

    def __init__(self, members: int, classes: int) -> None:
        super().__init__()
        self.members = nn.ModuleList(BeatMember(classes) for _ in range(members))
        self.register_buffer("reference", torch.zeros(SAMPLES))
        self.register_buffer("reference_rhythm", torch.zeros(len(RHYTHM)))

    @classmethod
    def from_state(cls, state: Mapping[str, torch.Tensor]) -> BeatNetwork:
        """Return the network that a state dictionary describes, in float64, in eval mode, without gradients."""
        members = 1 + max(int(name.split(".")[1]) for name in state if name.startswith("members."))
        classes = state["members.0.head.4.bias"].shape[0]
        network = cls(members, classes)
        network.load_state_dict(
            {
                name: tensor if tensor.dtype == torch.int64 else tensor.float()
                for name, tensor in finite_weights(state).items()
            }
        )
        return network.double().eval().requires_grad_(False)

    def member_logits(self, microvolts: torch.Tensor, rhythm: torch.Tensor) -> torch.Tensor:
        """Return the logits (members, B, classes) of beats (B, 78) and their rhythm (B, 5)."""
        millivolts = microvolts / _MICROVOLTS_PER_MILLIVOLT
        return torch.stack([member(millivolts, rhythm) for member in self.members])

    def forward(self, microvolts: torch.Tensor, rhythm: torch.Tensor) -> torch.Tensor:
        """Return the mean logits over the members: (B, classes)."""
        return self.member_logits(microvolts, rhythm).mean(dim=0)
