"""The state of a finding as the page draws it: word, sentence, colour and sign; only what is flagged has the colour of an alarm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from dashboard.catalogue import text
from model_zoo.trust.state import State

BadgeColour = Literal["orange", "blue", "violet", "gray"]


class StateView(NamedTuple):
    """word: the state alone. sentence: what it means; below the threshold, that nothing is excluded. icon: of Material."""

    word: str
    sentence: str
    colour: BadgeColour
    icon: str


_DRAWN: dict[State, tuple[BadgeColour, str]] = {
    State.FLAGGED: ("orange", ":material/flag:"),
    State.UNDECIDED: ("violet", ":material/help:"),
    State.NOT_FLAGGED: ("blue", ":material/outlined_flag:"),
    State.NOT_OFFERED: ("gray", ":material/block:"),
}


def is_known_wrong(state: State, output: str, planted: Sequence[str] | None) -> bool:
    """Tell whether a finding is flagged where none was planted. planted: see ``ScanSummary``."""
    return planted is not None and state is State.FLAGGED and output not in planted


def state_word(state: State, known_wrong: bool = False) -> str:
    """Return the word of a state. known_wrong: see ``is_known_wrong``."""
    word = text(f"state.{state.name.lower()}")
    return text("state.wrong", state=word) if known_wrong else word


def build_state(state: State) -> StateView:
    """Return how a state is drawn."""
    return StateView(state_word(state), text(f"state.sentence.{state.name.lower()}"), *_DRAWN[state])
