"""The drift of a folder of new films, gathered: distance, refusals, scores and tags, each with its corrected test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from model_zoo.card import ModelCard
from model_zoo.evaluation.drift import (
    ALPHA,
    LEAST_FILMS,
    LEAST_SHIFT,
    RefusedShare,
    Shift,
    TagShift,
    compare_tags,
    compare_with_quantiles,
    holm,
    refused_share,
)

STABLE, DRIFTED, TOO_FEW = "no drift seen", "drift", "too few films"


@dataclass(frozen=True)
class GateReference:
    """The gate of one population as its trust card states it: distances of held-out films at 0 ... 100 %, threshold."""

    quantiles: tuple[float, ...]
    threshold: float
    accept: float


@dataclass(frozen=True, eq=False)
class NewFilms:
    """What was read of a folder of new films, all of one population.

    logits: (films, outputs of the population) by output name. distances: of the gate, empty without one. tags: of the files
    that are DICOM. unreadable: files that are no film; uncovered: films of another or no population.
    """

    population: str
    logits: Mapping[str, np.ndarray]
    distances: np.ndarray
    tags: tuple[Mapping[str, str], ...]
    n_films: int
    unreadable: int
    uncovered: int


@dataclass(frozen=True)
class DriftReport:
    """What changed. verdict: ``STABLE``, ``DRIFTED`` or ``TOO_FEW``. sentence: says it, with what to do.

    values: sorted new values and reference quantiles by name, for the plots. tag_reference: films the tags were held
    against, 0 where there was no DICOM to compare with.
    """

    verdict: str
    sentence: str
    source: str
    population: str
    n_films: int
    unreadable: int
    uncovered: int
    refused: RefusedShare | None
    shifts: tuple[Shift, ...]
    tags: tuple[TagShift, ...]
    tag_reference: int
    values: Mapping[str, tuple[tuple[float, ...], tuple[float, ...]]]


def build_drift_report(
    card: ModelCard,
    new: NewFilms,
    gate: GateReference | None,
    reference_tags: Sequence[Mapping[str, str]],
    source: str,
) -> DriftReport:
    """Hold new films against the card's score quantiles, the gate's distances and the tags of a reference folder.

    Parameters
    ----------
    card
        Of the model.
    new
        Scores, distances and tags of the new films.
    gate
        Distances of the held-out films; ``None`` for a model without a gate.
    reference_tags
        Tags of the films that the new ones are held against, one mapping a film.
    source
        Of the new films, in words without a path.
    """
    shifts: list[Shift] = []
    values: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {}
    if gate is not None and new.distances.size:
        shifts.append(
            compare_with_quantiles(
                "distance", "Distance in feature space", new.distances, gate.quantiles, _films_of(card, new.population)
            )
        )
        values["distance"] = (_sorted(new.distances), gate.quantiles)
    for output in card.outputs_of(new.population):
        logits = new.logits.get(output.name, np.empty(0))
        if logits.size:
            title = f"Score: {output.title}"
            count = _films_of(card, new.population)
            shifts.append(compare_with_quantiles(output.name, title, logits, output.score_quantiles, count))
            values[output.name] = (_sorted(logits), output.score_quantiles)
    refused = None
    if gate is not None and new.distances.size:
        refused = refused_share(new.distances, gate.threshold, 1 - gate.accept)
    tags = list(compare_tags(reference_tags, new.tags)) if reference_tags and new.tags else []
    enough = new.n_films >= LEAST_FILMS
    shifts, refused, tags = _corrected(shifts, refused, tags, enough)
    verdict, sentence = _verdict(shifts, refused, tags, new.n_films, enough)
    return DriftReport(
        verdict,
        sentence,
        source,
        card.population(new.population).title,
        new.n_films,
        new.unreadable,
        new.uncovered,
        refused,
        tuple(shifts),
        tuple(tags),
        len(reference_tags),
        values,
    )


def _corrected(
    shifts: Sequence[Shift], refused: RefusedShare | None, tags: Sequence[TagShift], enough: bool
) -> tuple[list[Shift], RefusedShare | None, list[TagShift]]:
    """Return all comparisons with p-values corrected for their number, and drift called where it is due."""
    tested = [shift.p_value for shift in shifts]
    tested += [refused.p_value] if refused is not None else []
    tested += [tag.p_value for tag in tags if tag.p_value is not None]
    corrected = iter(holm(tested))

    def due(p_value: float, size: float) -> bool:
        return enough and p_value < ALPHA and size >= LEAST_SHIFT

    new_shifts = []
    for shift in shifts:
        p = next(corrected)
        new_shifts.append(replace(shift, p_value=p, drifted=due(p, shift.statistic)))
    if refused is not None:
        p, excess = next(corrected), refused.refused / refused.n_films - refused.expected
        refused = replace(refused, p_value=p, drifted=enough and p < ALPHA and excess > 0)
    new_tags = []
    for tag in tags:
        p_value = None if tag.p_value is None else next(corrected)
        new_tags.append(replace(tag, p_value=p_value, drifted=p_value is not None and due(p_value, tag.distance)))
    return new_shifts, refused, new_tags


def _verdict(
    shifts: Sequence[Shift], refused: RefusedShare | None, tags: Sequence[TagShift], n_films: int, enough: bool
) -> tuple[str, str]:
    if not enough:
        return TOO_FEW, f"{n_films} films are too few to judge: give at least {LEAST_FILMS}."
    changed = [shift.title.lower() for shift in shifts if shift.drifted]
    if refused is not None and refused.drifted:
        changed.insert(0, f"the gate refuses {100 * refused.refused / refused.n_films:.0f} of 100 films")
    named = [tag.tag for tag in tags if tag.drifted]
    if named:
        changed.append(f"DICOM tags ({', '.join(named)})")
    if not changed:
        return (
            STABLE,
            "These films look to the network like those it was measured on. That says nothing about its errors.",
        )
    return DRIFTED, (
        f"Changed: {'; '.join(changed)}. The held-out figures do not carry over to these films: label a sample of them and "
        "evaluate again."
    )


def _films_of(card: ModelCard, population: str) -> int:
    """Return on how many held-out films the quantiles of a population rest; 100, their number, where the card is silent."""
    found = (card.raw.get("metrics") or {}).get(population) or {}
    return int(found.get("n_films") or 100)


def _sorted(values: np.ndarray) -> tuple[float, ...]:
    """Return at most 201 quantiles of the values: what a plot can show, and no film's own number in a large folder."""
    return tuple(float(v) for v in np.quantile(values, np.linspace(0, 1, min(values.size, 201))))
