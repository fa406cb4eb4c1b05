"""First card: the finding that is looked at, with its number and one word for its state, and the others as lines to choose from."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.catalogue import counted, text
from dashboard.viewmodels.case.cards import FindingCard, FindingLine
from dashboard.viewmodels.case.state import build_state, state_word
from model_zoo.plain import plain
from model_zoo.trust.state import State


def state_badge(state: State, known_wrong: bool = False) -> str:
    """Return the word of a state in its colour, as Markdown."""
    return f":{build_state(state).colour}-badge[{plain(state_word(state, known_wrong))}]"


def render_finding_card(card: FindingCard, key: str, choose: Callable[[str], None] | None = None) -> None:
    """Draw the card. key: of the choice, another for every case. choose: takes the chosen output; none for a saved case."""
    line = card.line
    st.markdown(f"## {plain(line.title)} {state_badge(line.state, line.known_wrong)}")
    st.markdown(_number(card))
    if line.known_wrong:
        st.caption(text("finding.known_wrong"))
    elif line.state is not State.FLAGGED:  # number and threshold say it
        st.caption(text(f"finding.says.{line.state.name.lower()}"))
    if card.few is not None:
        st.caption(counted("finding.few", card.few))
    for alarm in card.alarms:
        st.error(plain(alarm), icon=":material/campaign:")
    if len(card.lines) > 1:  # remarks beside them: under them they would lie below the edge of the card
        choice, said = st.columns(2, gap="small")
        with choice:
            _choose(card, key, choose)
    else:
        said = st.container()
    with said:
        for remark in card.remarks:
            st.caption(plain(remark))


def _choose(card: FindingCard, key: str, choose: Callable[[str], None] | None) -> None:
    line = card.line
    lines = {one.output: one for one in card.lines}
    options = list(lines)
    chosen = st.radio(
        text("finding.others"),
        options,
        index=options.index(line.output),
        format_func=lambda output: _line(lines[output]),
        key=key,
        disabled=choose is None,
        label_visibility="collapsed",
    )
    if choose is not None and chosen != line.output:
        choose(str(chosen))


def _line(line: FindingLine) -> str:
    title, value, state = plain(line.title), plain(line.value_words), plain(state_word(line.state, line.known_wrong))
    return text("finding.line", title=title, value=value, state=state)


def _number(card: FindingCard) -> str:
    value, threshold, given = plain(card.line.value_words), plain(card.threshold), plain(card.condition)
    if card.is_score:
        return text("finding.score", value=value, threshold=threshold)
    if card.condition:
        return text(
            "finding.number_given", value=value, low=plain(card.low), high=plain(card.high), threshold=threshold,
            condition=given,
        )  # fmt: skip
    return text("finding.number", value=value, low=plain(card.low), high=plain(card.high), threshold=threshold)
