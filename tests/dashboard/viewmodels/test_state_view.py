"""Every state has its word, its sentence and its look on the page; only what is flagged looks like an alarm."""

from __future__ import annotations

from dashboard.figures.theme import PALETTES, state_colour
from dashboard.viewmodels.case.state import build_state
from model_zoo.trust.state import SENTENCES, State


def test_every_state_is_told_apart_by_word_colour_and_sign() -> None:
    views = [build_state(state) for state in State]
    for one in zip(*views, strict=True):
        assert len(set(one)) == len(State)
    assert {state: build_state(state).sentence for state in State} == SENTENCES


def test_only_what_is_flagged_has_the_colour_of_an_alarm() -> None:
    assert [state for state in State if build_state(state).colour == "orange"] == [State.FLAGGED]
    for colours in PALETTES.values():
        assert [state for state in State if state_colour(state, colours) == colours.raised] == [State.FLAGGED]
