"""The strip of a study: frames counted from one, thresholds in units of the score, weights in per cent."""

from __future__ import annotations

import pytest

from dashboard.catalogue import counted, text
from dashboard.figures.study import study_figure
from dashboard.figures.theme import PALETTES, state_colour
from dashboard.viewmodels.case.study import build_study
from model_zoo.engine import InferenceEngine
from model_zoo.engine.study import read_study
from model_zoo.trust.state import State, state_of
from tests.model_zoo.engine.test_engine_study import sequence
from tests.tiny_zoo import tiny_engine


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> InferenceEngine:
    return tiny_engine(tmp_path_factory.mktemp("weights"))


@pytest.fixture
def study(engine: InferenceEngine):
    return read_study(engine, sequence(4), "adult")


def test_frames_are_counted_from_one_and_the_strongest_is_named(engine: InferenceEngine, study) -> None:
    view = build_study(study, engine.card, 2, True)
    assert view.frames == (1, 2, 3, 4)
    assert view.current == 3
    for strip in view.strips:
        assert strip.scores[strip.strongest - 1] == max(strip.scores)
        assert strip.study_words == ""
    assert view.headline == counted("study.frames", 4)


def test_with_a_head_the_frame_that_counted_most_is_named(engine: InferenceEngine, study) -> None:
    object.__setattr__(study, "weights", (0.1, 0.2, 0.6, 0.1))
    object.__setattr__(study, "study_scores", dict.fromkeys(study.scores, 80.4))
    view = build_study(study, engine.card, 0, True)
    assert view.headline == counted("study.frames_weighted", 4, frame="3")
    assert view.weights == pytest.approx((10, 20, 60, 10))
    assert view.strips[0].study_words == text("study.whole", rank="80")
    figure = study_figure(view)
    assert len(figure.data) == len(view.strips) + 1
    assert list(figure.data[-1].x) == [1, 2, 3, 4]


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_finding_has_its_row_of_bars(engine: InferenceEngine, study, theme: str) -> None:
    view = build_study(study, engine.card, 0, True)
    figure = study_figure(view, theme)
    assert [bar.name for bar in figure.data] == [strip.title for strip in view.strips]
    strip = view.strips[0]
    assert list(strip.states) == [state_of(True, score, strip.threshold) for score in strip.scores]
    assert list(figure.data[0].marker.color) == [state_colour(state, PALETTES[theme]) for state in strip.states]
    outside = build_study(study, engine.card, 0, False)
    assert {state for strip in outside.strips for state in strip.states} == {State.NOT_OFFERED}
    assert study_figure(None).layout.annotations
