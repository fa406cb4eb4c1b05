"""Films that the network is confidently wrong about: what is said of each, its picture, and its map with the verdict."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from dashboard.catalogue import text
from dashboard.viewmodels.explain.comparison import reduced_scan
from dashboard.viewmodels.explain.maps import colour_range
from dashboard.viewmodels.explain.trust import build_trust
from model_zoo.card import OutputCard
from model_zoo.case.case_review import CaseReview
from model_zoo.evaluation.mistakes import MISSED, Mistake
from model_zoo.evaluation.review_words import Nouns
from model_zoo.explainers.picture import blend, colours
from model_zoo.scans.scan import Scan
from model_zoo.trust.verdict import NOT_TO_BE_USED

METHOD = "grad-cam"
THUMBNAIL_SIDE = 320
_FILMS = Nouns()


@dataclass(frozen=True)
class MistakeView:
    """One film. name: its place in the table, because a file name may name a patient. index: of the film. colour: of its kind."""

    index: int
    name: str
    kind: str
    colour: str
    score: str
    margin: str


@dataclass(frozen=True)
class ExplainedMistake:
    """The map over the film: PNG bytes; verdict, reasons and what covering the marked region does, in words."""

    png: bytes
    verdict: str
    colour: str
    reasons: str
    effect: str
    caption: str


def build_mistakes(
    mistakes: tuple[Mistake, ...], output: OutputCard, on_probability: bool, nouns: Nouns = _FILMS
) -> tuple[MistakeView, ...]:
    """Return the mistakes in words, in their order."""
    calibration = output.calibration if on_probability else None
    limit = output.threshold_logit if calibration is None else calibration.probability(output.threshold_logit)
    return tuple(
        MistakeView(
            index=mistake.index,
            name=text("review.mistake", picture=nouns.picture.capitalize(), n=mistake.index + 1),
            kind=text("review.mistake.missed") if mistake.kind == MISSED else text("review.mistake.false_alarm"),
            colour="red" if mistake.kind == MISSED else "orange",
            score=_score_words(f"{mistake.score:.3f}", f"{limit:.3f}", on_probability),
            margin=text("review.mistake.margin", logits=f"{mistake.margin:.1f}"),
        )
        for mistake in mistakes
    )


def thumbnail(scan: Scan) -> bytes:
    """Return a film as it is shown, at most ``THUMBNAIL_SIDE`` pixels along its longer side, as PNG."""
    frame = Image.fromarray(np.ascontiguousarray(scan.frames[0]))
    scale = THUMBNAIL_SIDE / max(frame.size)
    if scale < 1:
        frame = frame.resize((round(frame.width * scale), round(frame.height * scale)), Image.Resampling.BILINEAR)
    shown = replace(scan, frames=np.asarray(frame, dtype=np.float32)[None].copy()).presentation()
    return _png(np.round(shown * 255).astype(np.uint8))


def build_explained(review: CaseReview, scan: Scan, target: str) -> ExplainedMistake:
    """Return the picture and the words of the map of one film."""
    explained = review.map_of(METHOD, target)
    attribution, verdict = explained.attribution, explained.verdict
    film, geometry = reduced_scan(scan, review.scan.frame, review.geometry)
    low, high = colour_range(attribution)
    grey = verdict is not None and verdict.verdict == NOT_TO_BE_USED
    layer = colours(geometry.to_scan(attribution.values), low, high, attribution.signed, grey)
    trust = build_trust(explained)
    return ExplainedMistake(
        png=_png(blend(film, layer)),
        verdict=trust.headline,
        colour=trust.colour,
        reasons=" ".join(trust.reasons[:3]),
        effect=explained.effect.sentence,
        caption=text(
            "review.mistake.map",
            method=attribution.title,
            low=f"{low:.2g}",
            high=f"{high:.2g}",
            unit=attribution.unit,
        ),
    )


def _score_words(value: str, threshold: str, on_probability: bool) -> str:
    if on_probability:
        return text("review.mistake.probability", value=value, threshold=threshold)
    return text("review.mistake.logit", value=value, threshold=threshold)


def _png(picture: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
