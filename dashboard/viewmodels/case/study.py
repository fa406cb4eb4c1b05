"""A study of several frames as the page says it: one strip per finding, the frames that counted, and what was read."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.catalogue import counted, text
from model_zoo.card import ModelCard
from model_zoo.engine.study import StudyReading
from model_zoo.trust.state import State, state_of


@dataclass(frozen=True)
class StudyStrip:
    """One finding over the frames.

    threshold: operating threshold in units of the score. states: of each frame by itself; a frame has no prediction set.
    strongest: its 1-based frame.
    """

    output: str
    title: str
    scores: tuple[float, ...]
    threshold: float
    states: tuple[State, ...]
    strongest: int
    study_words: str


@dataclass(frozen=True)
class StudyView:
    """frames: 1-based numbers as the page counts them. weights: percent, empty without a head. current: the frame read now."""

    frames: tuple[int, ...]
    strips: tuple[StudyStrip, ...]
    weights: tuple[float, ...]
    current: int
    sentence: str
    headline: str


def build_study(study: StudyReading, card: ModelCard, current_frame: int, covered: bool) -> StudyView:
    """Turn a study into strips. current_frame: index of the frame that the page reads. covered: within the intended use."""
    strips = []
    for output in card.outputs_of(study.population):
        if output.name not in study.scores:
            continue  # a stored study of an earlier version, which had other outputs
        scores = study.scores[output.name]
        threshold = output.score(output.threshold_logit)
        whole = study.study_scores.get(output.name)
        words = "" if whole is None else text("study.whole", rank=f"{whole:.0f}")
        strips.append(
            StudyStrip(
                output.name,
                output.title,
                scores,
                threshold,
                tuple(state_of(covered, score, threshold) for score in scores),
                study.strongest[output.name] + 1,
                words,
            )
        )
    weights = tuple(100 * w for w in study.weights or ())
    headline = counted("study.frames", len(study.frames))
    if weights:
        heaviest = study.frames[max(range(len(weights)), key=lambda i: weights[i])] + 1
        headline = counted("study.frames_weighted", len(study.frames), frame=f"{heaviest:d}")
    return StudyView(
        tuple(f + 1 for f in study.frames), tuple(strips), weights, current_frame + 1, study.sentence, headline
    )
