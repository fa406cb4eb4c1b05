"""The network of the ECG beat model: a small convolution over one beat, with the rhythm around it.

Members of one shape, each trained with other records left out; the log-probability of a class is that of their mean logit.
Everything is smooth (SiLU, average pooling), so that attributions on the waveform add up to the difference they explain.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn

SAMPLES = 78  # of a beat: 0.25 s before the R peak and 0.4 s from it on, at 120 Hz
RATE_HZ, R_SAMPLE = 120.0, 30
RHYTHM = ("rhythm_before", "rhythm_after", "beat_interval", "before_against_after")
_MICROVOLTS_PER_MILLIVOLT = 1000.0


def rhythm_features(rr: torch.Tensor) -> torch.Tensor:
    """Return what the network reads of the rhythm (B, 4), from rr in seconds (B, 3): before, mean of the past, after.

    Log ratios of the interval before and after to the mean of the past intervals, the log of the interval before, and the
    log ratio of before to after: a premature beat has a short one before and a long one after.
    """
    before, past, after = rr.clamp(min=0.1).log().unbind(-1)  # intervals under 0.1 s are no heart beats
    return torch.stack([before - past, after - past, before, before - after], dim=-1)


class BeatMember(nn.Module):
    """One member: (B, 78) in mV and (B, 4) -> logits (B, classes)."""

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
            {name: tensor if tensor.dtype == torch.int64 else tensor.float() for name, tensor in state.items()}
        )
        return network.double().eval().requires_grad_(False)

    def member_logits(self, microvolts: torch.Tensor, rhythm: torch.Tensor) -> torch.Tensor:
        """Return the logits (members, B, classes) of beats (B, 78) and their rhythm (B, 4)."""
        millivolts = microvolts / _MICROVOLTS_PER_MILLIVOLT
        return torch.stack([member(millivolts, rhythm) for member in self.members])

    def forward(self, microvolts: torch.Tensor, rhythm: torch.Tensor) -> torch.Tensor:
        """Return the mean logits over the members: (B, classes)."""
        return self.member_logits(microvolts, rhythm).mean(dim=0)
