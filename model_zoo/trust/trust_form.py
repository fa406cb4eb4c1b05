"""What is read of a trust card: types and ranges, held against every card when it is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from model_zoo.stored import Amount, Count, Length, Sha256, Share, Side, Title


@dataclass(frozen=True)
class _Figure:
    """A measured share or ratio; ``None`` where the films do not define it."""

    value: Amount | None
    low: Amount | None = None
    high: Amount | None = None


@dataclass(frozen=True)
class _ShareFigure:
    value: Share | None
    low: Share | None = None
    high: Share | None = None


@dataclass(frozen=True)
class _Cuts:
    present_from: float | None
    absent_up_to: float | None


@dataclass(frozen=True)
class _Sets:
    n_present_films: Count
    n_absent_films: Count
    thresholds: Mapping[str, _Cuts]


@dataclass(frozen=True)
class _Coverage:
    overall: _ShareFigure


@dataclass(frozen=True)
class _Subgroup:
    group: Title
    too_few: bool
    n_positive_patients: Count
    coverage: Mapping[str, _ShareFigure] | None


@dataclass(frozen=True)
class _Ratios:
    plus: _Figure
    minus: _Figure


@dataclass(frozen=True)
class _Baseline:
    commoner: Title
    always_commoner: _ShareFigure


@dataclass(frozen=True)
class _NumberMeasured:
    n_films: Count
    n_patients: Count
    n_positive_patients: Count
    coverage: Mapping[str, _Coverage]
    subgroups: Mapping[str, tuple[_Subgroup, ...]]
    likelihood_ratios: _Ratios | None
    baseline: _Baseline | None = None


@dataclass(frozen=True)
class _NumberOutput:
    sets: _Sets
    prevalence: Share | None
    measured: _NumberMeasured | None = None


@dataclass(frozen=True)
class _Number:
    outputs: Mapping[str, _NumberOutput]


@dataclass(frozen=True)
class _Population:
    inside: float
    outside: float
    threshold: float
    quantiles: tuple[float, ...]
    neighbourhoods: tuple[Title, ...]


@dataclass(frozen=True)
class _Gate:
    layer: Title
    cells: Side
    accept: Share
    populations: Mapping[str, _Population]


@dataclass(frozen=True)
class _ShortcutsOfOutput:
    limits: Mapping[str, Length]
    view_rates: Mapping[Literal["AP", "PA"], _ShareFigure]


@dataclass(frozen=True)
class _Shortcuts:
    outputs: Mapping[str, _ShortcutsOfOutput]


@dataclass(frozen=True)
class _Verdict:
    n_films: Count
    n_patients: Count
    believed: _ShareFigure
    doubtful: _ShareFigure
    one_point: _ShareFigure
    told_apart: bool
    validated: bool


@dataclass(frozen=True)
class _Method:
    limits: Mapping[str, float | None] = field(default_factory=dict)
    verdict: Mapping[str, _Verdict] = field(default_factory=dict)


@dataclass(frozen=True)
class _Maps:
    methods: Mapping[str, _Method]


@dataclass(frozen=True)
class TrustForm:
    """The sections of a trust card; ``None`` for what was not measured."""

    schema_version: Literal[1]
    weights_sha256: Sha256
    number: _Number | None = None
    gate: _Gate | None = None
    shortcuts: _Shortcuts | None = None
    maps: _Maps | None = None
    tensors_sha256: Sha256 | None = None
