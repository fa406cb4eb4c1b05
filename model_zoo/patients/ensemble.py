"""The network of a risk model: bootstrap members that read the same encoded patient, computed together.

A patient is two rows of numbers, one per feature: the value (SI unit, 0 or 1 for a flag, the index of a choice) and
whether it was measured. Each value becomes ramps between knots, so that a U-shaped effect such as that of a heart rate
is linear in the encoding. A feature that was not measured puts exact zeros in its own channels and a one into its
"not measured" channel: no number is invented for it, and what stands behind the mask has no effect.

References: Gorishniy et al. 2022, arXiv:2203.05556 (piecewise-linear encoding); Lakshminarayanan et al. 2017,
arXiv:1612.01474 (ensembles), here with bootstrap samples of the patients.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn

from model_zoo.finite import finite_weights

_ENCODING = ("feature", "lower", "width", "code", "centre", "log_floor")


class RiskEnsemble(nn.Module):
    """Members of one shape: logit = linear part + small interaction network, on one shared encoding.

    Buffers (float32), D channels of F features: ``feature`` (D,) the feature of each channel; ``lower``, ``width`` (D,)
    of its ramp, or width 0 for a choice channel that answers to ``code`` (D,); ``centre`` (D,) the mean channel of the
    training patients in whom the feature was measured; ``log_floor`` (F,): above 0, the feature is read as
    log(max(value, floor)), because laboratory values spread over orders of magnitude.
    """

    feature: torch.Tensor
    lower: torch.Tensor
    width: torch.Tensor
    code: torch.Tensor
    centre: torch.Tensor
    log_floor: torch.Tensor

    def __init__(
        self, encoding: Mapping[str, torch.Tensor], members: int, hidden: int, outcomes: int, dropout: float = 0.0
    ) -> None:
        super().__init__()
        for name in _ENCODING:
            self.register_buffer(name, encoding[name].clone())
        width = len(self.feature) + len(self.log_floor)
        self.linear = nn.Parameter(torch.zeros(members, width, outcomes))
        self.bias = nn.Parameter(torch.zeros(members, 1, outcomes))
        self.first = nn.Parameter(torch.randn(members, width, hidden) / width**0.5)
        self.first_bias = nn.Parameter(torch.zeros(members, 1, hidden))
        self.second = nn.Parameter(torch.randn(members, hidden, hidden) / hidden**0.5)
        self.second_bias = nn.Parameter(torch.zeros(members, 1, hidden))
        # Zero, so that training starts from the linear part alone.
        self.last = nn.Parameter(torch.zeros(members, hidden, outcomes))
        self.dropout = nn.Dropout(dropout)

    @classmethod
    def from_state(cls, state: Mapping[str, torch.Tensor]) -> RiskEnsemble:
        """Return the network that a state dictionary describes, in float64, in eval mode, without gradients."""
        members, _, hidden = state["first"].shape
        network = cls({name: state[name].float() for name in _ENCODING}, members, hidden, state["bias"].shape[-1])
        network.load_state_dict({name: tensor.float() for name, tensor in finite_weights(state).items()})
        # float64: the network is tiny, and sums of contributions then agree with the risk to the last printed digit.
        return network.double().eval().requires_grad_(False)

    @property
    def members(self) -> int:
        return int(self.bias.shape[0])

    @property
    def channel_feature(self) -> torch.Tensor:
        """The feature of every encoded channel, "not measured" channels included: int64 (D + F,)."""
        return torch.cat([self.feature.long(), torch.arange(len(self.log_floor))])

    def encode(self, values: torch.Tensor, measured: torch.Tensor) -> torch.Tensor:
        """Return the encoding (..., D + F) of values and mask (..., F); values behind a mask of 0 have no effect."""
        return self.masked(self.channels(torch.where(measured > 0, values, torch.zeros_like(values))), measured)

    def channels(self, values: torch.Tensor) -> torch.Tensor:
        """Return the centred channels (..., D) of finite values (..., F), as if all were measured."""
        floor = self.log_floor.clamp(min=torch.finfo(values.dtype).tiny)
        read = torch.where(self.log_floor > 0, torch.log(torch.maximum(values, floor)), values)
        own = read[..., self.feature.long()]
        ramp = ((own - self.lower) / self.width.clamp(min=1e-12)).clamp(0, 1)
        return torch.where(self.width > 0, ramp, (own == self.code).to(values.dtype)) - self.centre

    def masked(self, channels: torch.Tensor, measured: torch.Tensor) -> torch.Tensor:
        """Return the encoding (..., D + F) of channels (..., D) of which only the measured (..., F) count."""
        return torch.cat([channels * measured[..., self.feature.long()], 1 - measured], dim=-1)

    def member_logits(self, encoded: torch.Tensor) -> torch.Tensor:
        """Return the logits (members, patients, outcomes) of encoded patients (patients, D + F) or (members, patients, D + F)."""
        hidden = self.dropout(nn.functional.silu(encoded @ self.first + self.first_bias))
        hidden = self.dropout(nn.functional.silu(hidden @ self.second + self.second_bias))
        logits: torch.Tensor = encoded @ self.linear + self.bias + hidden @ self.last
        return logits

    def forward(self, values: torch.Tensor, measured: torch.Tensor) -> torch.Tensor:
        """Return the mean logit over the members: (patients, outcomes)."""
        return self.member_logits(self.encode(values, measured)).mean(dim=0)
