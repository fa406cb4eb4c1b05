"""The smallest plausible sets of changes after which the model's risk lies on the other side of its threshold.

Search: every single change first, then a beam over sets of two to four features, each value from the stored quantiles of the
training patients; what crosses is shrunk back towards the patient as far as it still crosses, and is kept only if no part of
it crosses by itself. Cost: the number of changes, then the distance in standard deviations. A beam is no proof: a smaller set
may exist, and the answer says how far was searched.

An answer speaks of the model, not of a treatment: patients who differ like this differ in their risk, in this model.

References: Wachter, Mittelstadt and Russell 2018, Harv J Law Technol 31:841 (the idea); Mothilal, Sharma and Tan 2020,
arXiv:1905.07697 (several diverse answers); the search here is its own, because patients' values are few and have quantiles.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch

from model_zoo.errors import UnknownName
from model_zoo.patients.changeable import PARTS, may_be_tried, trait
from model_zoo.patients.features import FeatureSpec, Value
from model_zoo.patients.record import PatientRecord
from model_zoo.patients.reference_groups import quantiles, read_scale
from model_zoo.patients.risk import RiskModel, RiskNotApplicable, tensors
from model_zoo.patients.what_if import ASSOCIATION, Change, unseen

MOST_CHANGES = 4
MOST_ANSWERS = 4
BEAM = 8  # sets carried on from one size to the next: an answer takes up to four tenths of a second
# Of the stored quantiles, the tails among them; finer ones move an answer by less than a laboratory's own error.
_LEVELS_EACH = 11
_MOST_SHRUNK = 12  # crossing sets of one size that are shrunk; four are shown
_CROSSED = 0.0

Side = Literal["below", "above"]
Move = tuple[int, float]  # place of the feature, value as the network reads it


@dataclass(frozen=True)
class Counterfactual:
    """One set of changes. probability: the risk after them. distance: sum over the changes, in standard deviations."""

    changes: tuple[Change, ...]
    probability: float
    distance: float


@dataclass(frozen=True)
class Counterfactuals:
    """Answers by cost, cheapest first; none is a finding too, and ``words`` says so.

    side: where the risk should come to lie. tried: titles of the features that were moved. held: (title, why) of measured
    features that stay. words: what was found, with its limits.
    """

    outcome: str
    outcome_title: str
    probability: float
    threshold: float
    side: Side
    answers: tuple[Counterfactual, ...]
    tried: tuple[str, ...]
    held: tuple[tuple[str, str], ...]
    words: str


def find_counterfactuals(
    model: RiskModel, record: PatientRecord, stored: Mapping[str, Any], outcome: str | None = None
) -> Counterfactuals:
    """Search the changes that take one outcome across the model's operating threshold, from whichever side it lies.

    Parameters
    ----------
    model
        The fitted model.
    record
        The patient.
    stored
        The aggregates of ``load_reference``.
    outcome
        By default the model's first.

    Raises
    ------
    RiskNotApplicable
        Where the record has no risk.
    UnknownName
        For another outcome.
    """
    reason = model.definition.applicability(record)
    if reason is not None:
        raise RiskNotApplicable(reason, "Start from a record that the model has a risk for.")
    names = [found.name for found in model.definition.outcomes]
    if outcome is not None and outcome not in names:
        raise UnknownName("outcome", outcome, names)
    index = 0 if outcome is None else names.index(outcome)
    search = _Search(model, record, stored, index)
    answers = tuple(search.answer(moves) for moves in search.run())
    return Counterfactuals(
        names[index],
        model.definition.outcomes[index].title,
        search.probability,
        search.threshold,
        search.side,
        answers,
        tuple(model.specs[i].title for i in search.grids),
        search.held,
        _words(search, answers),
    )


class _Search:
    """One patient, one outcome. grids: {place of a feature: values to try}; held: the measured features that stay."""

    def __init__(self, model: RiskModel, record: PatientRecord, stored: Mapping[str, Any], index: int) -> None:
        self.model, self.record, self.index = model, record, index
        self.values, self.measured = tensors(model, record)
        self.threshold = float(model.card["thresholds"][model.definition.outcomes[index].name]["value"])
        self.probability = float(self._risks([()])[0])
        self.side: Side = "below" if self.probability >= self.threshold else "above"
        self.spread = {i: stored["scale"][spec.name] for i, spec in enumerate(model.specs)}
        self.grids: dict[int, tuple[float, ...]] = {}
        held = []
        for i, spec in enumerate(model.specs):
            if float(self.measured[0, i]) == 0:
                continue
            grid = self._grid(i, spec, stored)
            if grid:
                self.grids[i] = grid
            else:
                kind, why = trait(spec)
                held.append(
                    (spec.title, why if kind != "free" else "no other value lies inside the training patients' range")
                )
        self.held = tuple(held)
        self._singly = self._helping()

    def run(self) -> list[tuple[Move, ...]]:
        """Return the chosen sets of changes, cheapest first."""
        found: dict[frozenset[int], tuple[Move, ...]] = {}
        beam: list[tuple[Move, ...]] = [()]
        for size in range(1, MOST_CHANGES + 1):
            tried = self._extended(beam, found)
            if not tried:
                break
            gaps = self._gaps(tried)
            for moves in self._best_per_set(tried, gaps, crossed=True)[:_MOST_SHRUNK]:
                smaller = self._shrunk(moves)
                if self._no_part_crosses(smaller):
                    found.setdefault(frozenset(i for i, _ in smaller), smaller)
            beam = self._best_per_set(tried, gaps, crossed=False)[: BEAM if size > 1 else len(self.grids)]
            if size >= 2 and len(found) >= 3 * MOST_ANSWERS:
                break  # enough to choose from, and what would follow is longer
        return self._diverse(sorted(found.values(), key=lambda moves: (len(moves), self._distance(moves))))

    def answer(self, moves: tuple[Move, ...]) -> Counterfactual:
        changes = []
        for i, number in moves:
            spec = self.model.specs[i]
            after: Value = spec.choices[int(number)][0] if spec.kind == "choice" else number
            changes.append(Change(spec.name, spec.title, self.record.value(spec.name), after))
        return Counterfactual(tuple(changes), float(self._risks([moves])[0]), self._distance(moves))

    def _grid(self, place: int, spec: FeatureSpec, stored: Mapping[str, Any]) -> tuple[float, ...]:
        """Return the plausible other values, as they are shown, so that the answer a reader types in is the one computed."""
        before = float(self.values[0, place])
        if spec.kind != "numeric":
            shares = stored["bands"][0]["features"].get(spec.name, {}).get("shares", {})
            texts = [choice for choice, _ in spec.choices] if spec.kind == "choice" else ["0", "1"]
            # Without stored shares (a rare choice) every choice that the network knows may be tried.
            known = [
                code
                for code, text in enumerate(texts)
                if (text in shares if shares else spec.kind == "flag" or not unseen(self.model, spec, text))
            ]
            return tuple(float(code) for code in known if may_be_tried(spec, before, float(code)))
        marks = quantiles(stored, spec.name)
        if not marks:
            return ()
        low, high = marks[0][1], marks[-1][1]
        if spec.normal is not None:
            # Towards health, not beyond it: nobody would aim at five litres of urine or an albumin above normal.
            low, high = max(low, min(before, spec.normal[0])), min(high, max(before, spec.normal[1]))
        picked = np.unique(np.round(np.linspace(0, len(marks) - 1, _LEVELS_EACH)).astype(int))
        digits = 0 if spec.whole else spec.decimals[0]
        rounded = {round(marks[i][1], digits) for i in picked}
        return tuple(sorted(v for v in rounded if low <= v <= high and may_be_tried(spec, before, v)))

    def _helping(self) -> dict[int, tuple[float, ...]]:
        """Return of each grid the values that by themselves bring the risk nearer: the only ones worth combining."""
        singles: list[tuple[Move, ...]] = [((i, value),) for i, grid in self.grids.items() for value in grid]
        found: dict[int, list[float]] = {i: [] for i in self.grids}
        if singles:
            start = float(self._gaps([()])[0])
            for ((i, value),), gap in zip(singles, self._gaps(singles), strict=True):
                if gap < start:
                    found[i].append(value)
        return {i: tuple(values) for i, values in found.items()}

    def _extended(
        self, beam: Iterable[tuple[Move, ...]], found: Mapping[frozenset[int], object]
    ) -> list[tuple[Move, ...]]:
        """Return every set of the beam with one more change, but those that hold an answer already."""
        tried = []
        seen: set[tuple[Move, ...]] = set()
        for moves in beam:
            used = {i for i, _ in moves}
            for i in self.grids:
                if i in used or any(answer <= used | {i} for answer in found):
                    continue
                for value in self._singly[i]:
                    longer = tuple(sorted((*moves, (i, value))))
                    if longer not in seen and self._whole(longer):
                        seen.add(longer)
                        tried.append(longer)
        return tried

    def _whole(self, moves: tuple[Move, ...]) -> bool:
        """Return whether no part exceeds its whole because of these changes."""
        places = {spec.name: i for i, spec in enumerate(self.model.specs)}
        moved = dict(moves)
        for part, whole in PARTS:
            i, j = places.get(part), places.get(whole)
            if i is None or j is None or not {i, j} & moved.keys() or not self._known(i) or not self._known(j):
                continue
            if moved.get(i, float(self.values[0, i])) > moved.get(j, float(self.values[0, j])):
                return False
        return True

    def _known(self, place: int) -> bool:
        return float(self.measured[0, place]) > 0

    def _risks(self, sets: list[tuple[Move, ...]]) -> np.ndarray:
        """Return the risk after each set of changes, in one pass."""
        values = self.values.repeat(len(sets), 1)
        for row, moves in enumerate(sets):
            for i, value in moves:
                values[row, i] = value
        with torch.no_grad():
            logits = self.model.network(values, self.measured.expand(len(sets), -1))
            risks: np.ndarray = self.model.calibrated(logits)[:, self.index].numpy()
        return risks

    def _gaps(self, sets: list[tuple[Move, ...]]) -> np.ndarray:
        """Return what is left to the threshold in log odds; zero or less where it is crossed."""
        risk, limit = np.clip(self._risks(sets), 1e-12, 1 - 1e-12), self.threshold
        odds, wanted = np.log(risk / (1 - risk)), np.log(limit / (1 - limit))
        # At the threshold itself a risk counts as above.
        crossed = risk < limit if self.side == "below" else risk >= limit
        gap = odds - wanted if self.side == "below" else wanted - odds
        return np.where(crossed, np.minimum(gap, _CROSSED), np.maximum(gap, 1e-12))

    def _best_per_set(self, tried: list[tuple[Move, ...]], gaps: np.ndarray, crossed: bool) -> list[tuple[Move, ...]]:
        """Return one set of changes for each set of features: the nearest that crosses, or the one that comes closest."""
        best: dict[frozenset[int], tuple[float, tuple[Move, ...]]] = {}
        for moves, gap in zip(tried, gaps, strict=True):
            if (gap <= _CROSSED) != crossed:
                continue
            cost = self._distance(moves) if crossed else float(gap)
            key = frozenset(i for i, _ in moves)
            if key not in best or cost < best[key][0]:
                best[key] = (cost, moves)
        return [moves for _, moves in sorted(best.values(), key=lambda entry: entry[0])]

    def _shrunk(self, moves: tuple[Move, ...]) -> tuple[Move, ...]:
        """Return the changes moved back towards the patient, one grid step at a time, while they still cross."""
        while True:
            options = []
            for place, (i, value) in enumerate(moves):
                here = self._step(i, value)
                for other in self._singly[i]:
                    if self._step(i, other) < here:
                        smaller = (*moves[:place], (i, other), *moves[place + 1 :])
                        if self._whole(smaller):
                            options.append(smaller)
            if not options:
                return moves
            fitting = [o for o, gap in zip(options, self._gaps(options), strict=True) if gap <= _CROSSED]
            if not fitting:
                return moves
            moves = min(fitting, key=self._distance)

    def _no_part_crosses(self, moves: tuple[Move, ...]) -> bool:
        parts = [part for size in range(1, len(moves)) for part in itertools.combinations(moves, size)]
        return not parts or bool((self._gaps(parts) > _CROSSED).all())

    def _diverse(self, answers: list[tuple[Move, ...]]) -> list[tuple[Move, ...]]:
        """Return the cheapest answers of which none shares more than half of its features with an earlier one."""
        chosen: list[tuple[Move, ...]] = []
        for moves in answers:
            features = {i for i, _ in moves}
            if all(len(features & {i for i, _ in other}) <= len(features) / 2 for other in chosen):
                chosen.append(moves)
        return chosen[:MOST_ANSWERS]

    def _step(self, place: int, value: float) -> float:
        """Return how far a value lies from the patient's own, in standard deviations; another choice counts as one."""
        if self.model.specs[place].kind != "numeric":
            return float(value != float(self.values[0, place]))
        scale = self.spread[place]
        gap = read_scale(value, scale["floor"]) - read_scale(float(self.values[0, place]), scale["floor"])
        return abs(gap) / max(scale["spread"], 1e-9)

    def _distance(self, moves: tuple[Move, ...]) -> float:
        return sum(self._step(i, value) for i, value in moves)


def _words(search: _Search, answers: tuple[Counterfactual, ...]) -> str:
    where = f"{search.side} the threshold"
    if not search.grids:
        return (
            f"None sought: no measured value of this model is declared changeable, so nothing can take the risk {where}. "
            "Each is listed with the reason why it stays."
        )
    if not answers:
        return (
            f"None found within the training range: no {MOST_CHANGES} or fewer plausible changes of the {len(search.grids)} "
            f"changeable values that were tried take the risk {where}. {ASSOCIATION}"
        )
    count = "One set of changes was" if len(answers) == 1 else f"{len(answers)} sets of changes were"
    return (
        f"{count} found that take{'s' if len(answers) == 1 else ''} the risk {where}; a search of sets is no proof, and a smaller "
        f"one may exist. {ASSOCIATION}"
    )
