"""Where the patient's values stand among the training patients, as a strip: one row per measured number."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.catalogue import counted
from model_zoo.patients.features import FeatureSpec, Units
from model_zoo.patients.reference_groups import Reference, Standing

# The middle nine tenths of the training patients: outside, a value is drawn as unusual.
USUAL = (5.0, 95.0)


@dataclass(frozen=True)
class PercentileRow:
    """One value. percentile: 0 to 100. bound: "below" or "above" where only the side is known. unusual: outside USUAL."""

    title: str
    value_words: str
    percentile: float
    bound: str
    unusual: bool
    label: str
    words: str


@dataclass(frozen=True)
class PercentilesView:
    """rows: numbers, the most unusual first. others: choices, flags and what is not measured, as sentences.

    compared: with whom. nearest: the sentence on the nearest group, or why there is none.
    """

    compared: str
    rows: tuple[PercentileRow, ...]
    others: tuple[str, ...]
    nearest: str


def build_percentiles(
    reference: Reference, specs: tuple[FeatureSpec, ...], units: Units = "SI", top: int | None = None
) -> PercentilesView:
    """Turn a reference into rows. top: how many rows; by default all."""
    known = {spec.name: spec for spec in specs}
    rows = [_row(s, known[s.name], units) for s in reference.standings if s.percentile is not None]
    rows.sort(key=lambda row: -abs(row.percentile - 50))
    others = tuple(s.words for s in reference.standings if s.percentile is None)
    nearest = reference.remark if reference.nearest is None else f"{reference.nearest.words} {reference.remark}"
    return PercentilesView(
        counted("patient.standing.compared", reference.band_patients, group=reference.band),
        tuple(rows if top is None else rows[:top]),
        others,
        nearest,
    )


def _row(standing: Standing, spec: FeatureSpec, units: Units) -> PercentileRow:
    percentile = standing.percentile or 0.0
    sign = {"below": "< ", "above": "> ", "": ""}[standing.bound]
    shown = spec.show(standing.value, units)
    words = standing.words.replace(spec.show(standing.value), shown)
    unusual = bool(standing.bound) or not USUAL[0] <= percentile <= USUAL[1]
    return PercentileRow(standing.title, shown, percentile, standing.bound, unusual, f"{sign}{percentile:.0f}", words)
