"""The network of the hourly ICU models: a gated recurrent unit with decays for what was not measured (GRU-D).

A stay is a grid of hours and variables, most cells empty. Every value becomes ramps between knots, centred on the training
mean, so that a U-shaped effect is linear in them. A cell that is empty repeats the last measured ramps of its variable,
which decay towards the training mean (zero) the longer ago they were measured, each variable at a rate of its own; the
state of the unit decays too. The hour of a risk sees its own and earlier cells, never a later one.

A network may have a second reader beside the recurrent unit, see ``icu_summaries``; its logits are added.

Members of an ensemble have one shape and are computed together, because a loop over hours costs the same for ten members.

Departures from the paper: ramps instead of plain values, a recency channel per variable, and a linear part from the
inputs straight to the output, so that additive effects need no hidden units.

References: Che et al. 2018, Scientific Reports 8:6085, doi:10.1038/s41598-018-24271-9 (GRU-D); Gorishniy et al. 2022,
arXiv:2203.05556 (piecewise-linear encoding); Lakshminarayanan et al. 2017, arXiv:1612.01474 (ensembles).
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn

from model_zoo.finite import finite_weights
from model_zoo.icu.summaries import SummaryReader

ENCODING = ("variable", "lower", "width", "centre", "log_floor", "fact", "fact_lower", "fact_width", "fact_code",
            "fact_centre", "fact_log_floor")  # fmt: skip
RECENCY_HOURS = 12.0  # a value of half a day ago counts as a third: one nursing shift, the rhythm of routine laboratory
_DELAY_SCALE = 24.0  # days, so that weights and their decay start at the same size as all others
_CLOCK_SCALE = 4.0  # log(1 + 48 h) is about 4


class IcuNetwork(nn.Module):
    """Members of one shape: logit of every hour = linear part + gated recurrent part, on one shared encoding.

    Buffers (float32), D channels of V variables: ``variable`` (D,) of each channel; ``lower``, ``width``, ``centre`` (D,)
    of its ramp; ``log_floor`` (V,). C channels of S facts known at admission: ``fact`` (C,); ``fact_lower``,
    ``fact_width`` of a ramp, or width 0 for a channel that answers to ``fact_code``; ``fact_centre`` (C,);
    ``fact_log_floor`` (S,).
    """

    variable: torch.Tensor
    lower: torch.Tensor
    width: torch.Tensor
    centre: torch.Tensor
    log_floor: torch.Tensor
    fact: torch.Tensor
    fact_lower: torch.Tensor
    fact_width: torch.Tensor
    fact_code: torch.Tensor
    fact_centre: torch.Tensor
    fact_log_floor: torch.Tensor

    def __init__(
        self, encoding: Mapping[str, torch.Tensor], members: int, hidden: int, dropout: float = 0.0, beside: int = 0
    ) -> None:
        super().__init__()
        for name in ENCODING:
            self.register_buffer(name, encoding[name].clone())
        variables, facts = len(self.log_floor), len(self.fact_log_floor)
        width = len(self.variable) + 2 * variables + 1 + len(self.fact) + facts
        known = len(self.fact) + facts
        self.beside = SummaryReader(len(self.variable), variables, known, members, beside, dropout) if beside else None
        self.value_decay = nn.Parameter(torch.full((members, 1, 1, variables), -3.0))  # softplus: 0.05 per hour
        self.state_decay = nn.Parameter(torch.zeros(members, variables, hidden))
        self.state_decay_bias = nn.Parameter(torch.full((members, 1, hidden), -1.0))
        self.into = nn.Parameter(torch.randn(members, width, 3 * hidden) / width**0.5)
        self.into_bias = nn.Parameter(torch.zeros(members, 1, 3 * hidden))
        self.around = nn.Parameter(torch.randn(members, hidden, 3 * hidden) / hidden**0.5)
        # Zero, so that training starts from the base rate alone.
        self.linear = nn.Parameter(torch.zeros(members, width, 1))
        self.last = nn.Parameter(torch.zeros(members, hidden, 1))
        self.bias = nn.Parameter(torch.zeros(members, 1, 1))
        self.dropout = nn.Dropout(dropout)

    @classmethod
    def from_state(cls, state: Mapping[str, torch.Tensor]) -> IcuNetwork:
        """Return the network that a state dictionary describes, in float64, in eval mode, without gradients."""
        members, hidden, _ = state["last"].shape
        beside = state["beside.last"].shape[1] if "beside.last" in state else 0
        network = cls({name: state[name].float() for name in ENCODING}, members, hidden, beside=beside)
        network.load_state_dict({name: tensor.float() for name, tensor in finite_weights(state).items()})
        # float64: sums of attributions then agree with the risk to the last printed digit.
        return network.double().eval().requires_grad_(False)

    @property
    def members(self) -> int:
        return int(self.bias.shape[0])

    def channels(self, values: torch.Tensor, measured: torch.Tensor) -> torch.Tensor:
        """Return the centred ramps (..., D), zero where the cell (..., V) is empty; what stands there has no effect."""
        known = torch.where(measured > 0, values, torch.ones_like(values))
        floor = self.log_floor.clamp(min=torch.finfo(values.dtype).tiny)
        read = torch.where(self.log_floor > 0, torch.log(torch.maximum(known, floor)), known)
        index = self.variable.long()
        ramp = ((read[..., index] - self.lower) / self.width).clamp(0, 1)
        return (ramp - self.centre) * measured[..., index]

    def fact_channels(self, facts: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
        """Return the centred channels (..., C) of the facts (..., S), zero where not known."""
        given = torch.where(known > 0, facts, torch.ones_like(facts))
        floor = self.fact_log_floor.clamp(min=torch.finfo(facts.dtype).tiny)
        read = torch.where(self.fact_log_floor > 0, torch.log(torch.maximum(given, floor)), given)
        own = read[..., self.fact.long()]
        ramp = ((own - self.fact_lower) / self.fact_width.clamp(min=1e-12)).clamp(0, 1)
        channel = torch.where(self.fact_width > 0, ramp, (own == self.fact_code).to(facts.dtype))
        return (channel - self.fact_centre) * known[..., self.fact.long()]

    def member_logits(
        self, channels: torch.Tensor, measured: torch.Tensor, fact_channels: torch.Tensor, known: torch.Tensor
    ) -> torch.Tensor:
        """Return the logits (members, stays, hours).

        channels: (stays, hours, D). measured: (stays, hours, V). fact_channels: (stays, C). known: (stays, S).
        """
        stays, hours, variables = measured.shape
        members, hidden = self.members, self.last.shape[1]
        delay, ever, carried = _carried(channels, measured, self.variable.long())
        fade = torch.exp(-nn.functional.softplus(self.value_decay) * delay)[..., self.variable.long()]
        clock = torch.log1p(torch.arange(hours, dtype=channels.dtype, device=channels.device)) / _CLOCK_SCALE
        shared = torch.cat(
            [
                measured,
                ever * torch.exp(-delay / RECENCY_HOURS),
                clock[None, :, None].expand(stays, -1, -1),
                fact_channels[:, None].expand(-1, hours, -1),
                known[:, None].expand(-1, hours, -1),
            ],
            dim=-1,
        )
        inputs = torch.cat([fade * carried, shared.expand(members, -1, -1, -1)], dim=-1)
        inputs = inputs.reshape(members, stays * hours, -1)
        gates = torch.baddbmm(self.into_bias, inputs, self.into).view(members, stays, hours, -1).unbind(2)
        waited = (delay.clamp(max=2 * _DELAY_SCALE) / _DELAY_SCALE).reshape(1, stays * hours, variables)
        decay = torch.baddbmm(self.state_decay_bias, waited.expand(members, -1, -1), self.state_decay)
        kept = torch.exp(-nn.functional.softplus(decay)).view(members, stays, hours, hidden).unbind(2)
        state = channels.new_zeros(members, stays, hidden)
        states = []
        for hour in range(hours):
            state = kept[hour] * state
            from_state = torch.bmm(state, self.around)
            reset, update = torch.sigmoid(gates[hour][..., : 2 * hidden] + from_state[..., : 2 * hidden]).chunk(2, -1)
            new = torch.tanh(gates[hour][..., 2 * hidden :] + reset * from_state[..., 2 * hidden :])
            state = torch.lerp(new, state, update)
            states.append(state)
        outward = self.dropout(torch.stack(states, dim=2).view(members, stays * hours, hidden))
        logits = torch.baddbmm(self.bias, outward, self.last) + torch.bmm(self.dropout(inputs), self.linear)
        logits = logits.view(members, stays, hours)
        if self.beside is not None:
            at_admission = torch.cat([fact_channels, known], dim=-1)
            logits = logits + self.beside(channels, measured, carried, delay, at_admission, self.variable.long())
        return logits

    def forward(
        self, values: torch.Tensor, measured: torch.Tensor, facts: torch.Tensor, known: torch.Tensor
    ) -> torch.Tensor:
        """Return the mean logit over the members: (stays, hours). values: (stays, hours, V); facts: (stays, S)."""
        return self.member_logits(
            self.channels(values, measured), measured, self.fact_channels(facts, known), known
        ).mean(dim=0)


def _carried(
    channels: torch.Tensor, measured: torch.Tensor, variable: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return hours since the last measurement, whether there was one (stays, hours, V), and its channels (stays, hours, D).

    A variable that was never measured waits since the hour before the stay.
    """
    hours = measured.shape[1]
    index = torch.arange(hours, device=measured.device)[None, :, None].expand_as(measured)
    last = torch.cummax(torch.where(measured > 0, index, torch.full_like(index, -1)), dim=1).values
    carried = torch.gather(channels, 1, last.clamp(min=0)[..., variable])
    return (index - last).to(channels.dtype), (last >= 0).to(channels.dtype), carried
