"""Which words speak for a condition: layer integrated gradients on the embedding of the pieces, summed over each word.

The baseline is a text of as many empty pieces (the padding vector, zeros) under the same mask, so that what is shared out is
the change of the centred logit from "that many words without content" to the text. A departure from Captum's default: the
steps are doubled until the convergence delta is small or the most are used, and the delta is part of the result.

References: Sundararajan et al. 2017, arXiv:1703.01365; Captum, LayerIntegratedGradients.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch

from model_zoo.symptoms.model import SymptomModel
from model_zoo.symptoms.reading import ReadText, batch

FIRST_STEPS, MOST_STEPS = 32, 256
# Of the logit difference that is shared out; the house rule for additivity.
LARGEST_DELTA_SHARE = 0.01
SMALLEST_SCALE = 1.0  # logit; below, a share of a difference near zero would ask for endless steps


@dataclass(frozen=True)
class WordAttribution:
    """contribution: change of the centred logit. start, end: half-open characters of the text as given.

    read_as: the word in whose place it was read, where it was taken for a slip, or the evidence that it was mapped to.
    """

    text: str
    start: int
    end: int
    contribution: float
    read_as: str | None


@dataclass(frozen=True)
class TextAttribution:
    """logit = baseline_logit + sum of contributions + delta. converged: the delta is at most 1 % of the difference."""

    condition: str
    words: tuple[WordAttribution, ...]
    logit: float
    baseline_logit: float
    delta: float
    steps: int
    converged: bool


def attribute_text(model: SymptomModel, read: ReadText, target: int) -> TextAttribution:
    """Attribute the centred logit of one condition to the words of a text that was read.

    Parameters
    ----------
    model
        The fitted model.
    read
        The text as read.
    target
        Index of the condition.
    """
    from captum.attr import LayerIntegratedGradients  # no reading waits for its import

    ids, mask = batch([read.pieces])
    empty = torch.zeros_like(ids)
    with model.lock:
        method = LayerIntegratedGradients(model.network, model.network.embedding)
        with torch.no_grad():
            logit = float(model.network(ids, mask)[0, target])
            baseline = float(model.network(empty, mask)[0, target])
        steps, allowed = FIRST_STEPS, LARGEST_DELTA_SHARE * max(abs(logit - baseline), SMALLEST_SCALE)
        while True:
            shares = method.attribute(
                ids, empty, target=target, additional_forward_args=(mask,), n_steps=steps, internal_batch_size=32
            )
            per_piece = shares.detach().double().sum(dim=-1)[0].numpy()
            delta = logit - baseline - float(per_piece.sum())
            if abs(delta) <= allowed or steps >= MOST_STEPS:
                break
            steps *= 2
    totals = np.zeros(len(read.words))
    if read.word_of:
        np.add.at(totals, np.array(read.word_of), per_piece[: len(read.word_of)])
    words = _per_place(read, totals)
    return TextAttribution(model.conditions[target].name, words, logit, baseline, delta, steps, abs(delta) <= allowed)


def _per_place(read: ReadText, totals: np.ndarray) -> tuple[WordAttribution, ...]:
    """Return one entry per word, and one per mapped stretch of the note with the sum of the words that were read for it.

    Two evidences of one stretch share its entry: nothing is lost from the sum. totals: (words,).
    """
    found: list[WordAttribution] = []
    places: dict[tuple[int, int], int] = {}
    for entry, total in zip(read.words, totals, strict=True):
        place = (entry.word.start, entry.word.end)
        if entry.said_as is None:
            found.append(WordAttribution(entry.word.text, *place, float(total), entry.read_as))
        elif place in places:
            known = found[places[place]]
            read_as = known.read_as or entry.said_as
            if entry.said_as not in read_as.split("; "):
                read_as = f"{read_as}; {entry.said_as}"
            found[places[place]] = replace(known, contribution=known.contribution + float(total), read_as=read_as)
        else:
            places[place] = len(found)
            found.append(WordAttribution(read.text[slice(*place)], *place, float(total), entry.said_as))
    return tuple(found)
