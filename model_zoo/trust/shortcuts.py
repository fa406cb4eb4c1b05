"""Reading for the wrong reason: what border, corners and surroundings do to a finding, and what they alone would say.

Every film is compared with a clear computed chest (``reference``). A region is *taken away* by putting that of the clear
chest in its place, and *shown alone* by putting it on the clear chest. A network that reads markers, collimation or the
table instead of the patient gives itself away by a large effect; so does a network that answers the same whatever it is
shown. What the view alone says is the share of training films of that view that had the finding.

References: Zech et al. 2018, doi:10.1371/journal.pmed.1002683; Badgeley et al. 2019, doi:10.1038/s41746-019-0105-1;
DeGrave et al. 2021, doi:10.1038/s42256-021-00338-7.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from model_zoo.card import OutputCard
from model_zoo.scans.regions import FilmRegions
from model_zoo.stored import Share
from model_zoo.trust.masking import soften

# The regions where no lung finding can lie, in the words of the page.
PLACES: Mapping[str, str] = {
    "border": "the border",
    "corners": "the corners",
    "outside_body": "the area outside the body",
}
# An effect is counted in spreads (half the distance from the 16th to the 84th percentile of held-out logits). Without
# fitted limits one whole spread is alarming: it moves a film by a third of the ranking.
OTHERWISE = 1.0
# Two answers closer than this, in spreads, are the same answer.
SAME_ANSWER = 0.01


@dataclass(frozen=True)
class PlaceEffect:
    """One region of one finding, in logits.

    effect: logit of the film minus that with the region taken away. alone: logit of the region alone minus that of the
    clear chest. limit: the largest effect that raises no alarm.
    """

    place: str
    effect: float
    alone: float
    limit: float
    alarming: bool


@dataclass(frozen=True)
class ShortcutReport:
    """What speaks for or against one finding being read from the patient.

    lungs_effect: logit of the film minus that with the lungs taken away; ``None`` where no lungs were found. view_rate:
    share of training films of the stated view with the finding, ``None`` where not known. constant: whether the network
    answers the same without the film. alarms: sentences, empty when all is well. sentences: what was measured.
    """

    output: str
    logit: float
    clear_chest_logit: float
    places: tuple[PlaceEffect, ...]
    lungs_effect: float | None
    view: str | None
    view_rate: Share | None
    constant: bool
    alarms: tuple[str, ...]
    sentences: tuple[str, ...]


def probe_pictures(x: torch.Tensor, clear: torch.Tensor, regions: FilmRegions) -> torch.Tensor:
    """Return the pictures that ``build_shortcut_reports`` needs the logits of, float32 (N, 1, H, W).

    Parameters
    ----------
    x, clear
        (1, 1, H, W), stretched alike. Order: film, clear chest, flat grey, without the lungs, then for each of ``PLACES``
        the film without it and the clear chest with it alone.
    regions
        Lungs, heart, body and border on the grid of the input.
    """
    masks = {
        name: _soft(getattr(regions, name) & ~regions.lungs if name != "corners" else regions.corners)
        for name in PLACES
    }
    lungs = _soft(regions.lungs)
    pictures = [x, clear, torch.zeros_like(x), x * (1 - lungs) + clear * lungs]
    for mask in masks.values():
        pictures += [x * (1 - mask) + clear * mask, clear * (1 - mask) + x * mask]
    return torch.cat(pictures)


def build_shortcut_reports(
    logits: np.ndarray,
    outputs: Sequence[tuple[int, OutputCard]],
    regions: FilmRegions,
    section: Mapping[str, Any] | None,
    view: str | None,
    covered: bool = True,
) -> tuple[ShortcutReport, ...]:
    """Read the logits (N, outputs) of ``probe_pictures`` for each output (column, card).

    Parameters
    ----------
    logits
        (N, outputs), of ``probe_pictures``.
    outputs
        Column and card of each.
    regions
        Lungs, heart, body and border on the grid of the input.
    section
        The section "shortcuts" of the trust card with fitted limits and view rates.
    view
        As stated, or ``None``.
    covered
        False leaves every probability out of the sentences, as in the prediction itself.
    """
    return tuple(
        _report(
            logits[:, column].astype(float),
            card,
            regions,
            (section or {}).get("outputs", {}).get(card.name, {}),
            view,
            _number(card, covered),
        )
        for column, card in outputs
    )


def spread_of(card: OutputCard) -> float:
    """Return half the distance from the 16th to the 84th percentile of the held-out logits."""
    low, high = np.interp([16, 84], np.linspace(0, 100, len(card.score_quantiles)), card.score_quantiles)
    return max(float(high - low) / 2, 1e-6)


def _report(
    logits: np.ndarray,
    card: OutputCard,
    regions: FilmRegions,
    fitted: Mapping[str, Any],
    view: str | None,
    number: Callable[[float], str],
) -> ShortcutReport:
    film, clear, grey, without_lungs = (float(v) for v in logits[:4])
    spread = spread_of(card)
    limits = fitted.get("limits", {})
    places = []
    for i, place in enumerate(PLACES):
        effect, alone = film - float(logits[4 + 2 * i]), float(logits[5 + 2 * i]) - clear
        limit = float(limits.get(place, OTHERWISE)) * spread
        places.append(PlaceEffect(place, effect, alone, limit, abs(effect) > limit))
    constant = max(abs(film - clear), abs(film - grey), abs(film - without_lungs)) < SAME_ANSWER * spread
    rate = fitted.get("view_rates", {}).get((view or "").upper())
    view_rate = None if rate is None else float(rate["value"])
    lungs_effect = film - without_lungs if regions.lungs_found else None
    alarms = [
        f"Reading for the wrong reason? Taking away {PLACES[p.place]} alone moves {card.title.lower()} from "
        f"{number(film)} to {number(film - p.effect)}: no finding of the lungs lies there."
        for p in places
        if p.alarming
    ]
    if constant:
        alarms.append(
            f"The network gives {card.title.lower()} the same value with and without this film: something is wrong "
            "with the picture or the installation."
        )
    sentences = [_alone_sentence(places, clear, number)]
    if lungs_effect is not None:
        sentences.append(f"Taking away the lungs moves it from {number(film)} to {number(without_lungs)}.")
    if view_rate is not None and rate is not None:
        sentences.append(
            f"Knowing only that the view is {(view or '').upper()}, {100 * view_rate:.0f} % of the {rate['n_films']} training "
            "films of that view had it."
        )
    return ShortcutReport(
        card.name,
        film,
        clear,
        tuple(places),
        lungs_effect,
        view,
        view_rate,
        constant,
        tuple(alarms),
        tuple(sentences),
    )


def _alone_sentence(places: Sequence[PlaceEffect], clear: float, number: Callable[[float], str]) -> str:
    shown = ", ".join(f"{PLACES[p.place]} alone {number(clear + p.alone)}" for p in places)
    return f"On a clear computed chest the network says {number(clear)}; with {shown} of this film put on it."


def _number(card: OutputCard, covered: bool) -> Callable[[float], str]:
    calibration = card.calibration
    if covered and card.kind == "probability" and calibration is not None:
        return lambda logit: f"{calibration.probability(logit):.2f}"
    return lambda logit: f"score {card.score(logit):.0f}"


def _soft(mask: np.ndarray) -> torch.Tensor:
    return soften(torch.from_numpy(mask[None, None]).float())
