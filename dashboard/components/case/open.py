"""The case in the address: opened from there, kept in the server's memory for the browser, and written there.

A page that is drawn first asks ``attach_case`` what the address names. A reload, a second tab, the back button and a connection
that was lost all come by this way; a case that the server no longer has is said to be gone, at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal, NamedTuple

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.boundary import render_error
from dashboard.catalogue import text
from dashboard.components.case.held import HeldCase, held_case, keep_case
from dashboard.components.case.inputs import open_sample
from dashboard.open_cases import OpenCasesFull, open_cases
from dashboard.resources import resources
from dashboard.session import Session
from dashboard.starting import collect_garbage
from dashboard.viewmodels.case.address import FINDING, FRAME, HOUR, MAP, NAMES, Address, sample_number
from model_zoo.case.request import DEFAULT_METHODS
from model_zoo.errors import ZooError
from model_zoo.phantoms.all_samples import ALL_CASES

_SAME_HOUR = 0.01  # an address writes hours to six digits


class Attached(NamedTuple):
    """what: there is a case on the screen, there is none, or the one in the address is gone. refused: why it is not kept."""

    what: Literal["attached", "nothing", "gone"]
    refused: ZooError | None = None


def attach_case(state: Session) -> Attached:
    """Open what the address names, keep the case, and write its address; called first in every run of the reading page."""
    held, asked, found = held_case(state), _asked(), True
    if is_navigation() or state.case.current is None:
        found = _go_to(held, asked)
    if state.case.current is None:
        return Attached("nothing" if found else "gone")
    try:
        if not keep_case(held):
            state.empty()
            _write(Address())
            return Attached("gone")
        refused = None
    except OpenCasesFull as error:
        refused = error.kept()
    take_finding(state)
    _write(_address(state, asked))
    return Attached("attached", refused)


def attach_other_parts(state: Session) -> Attached:
    """Do the same on a page beside the reading. Its address names no case where the menu led to it: that closes none."""
    if not _asked().case and (is_navigation() or state.case.current is None):
        return Attached("nothing")
    return attach_case(state)


def write_case_address(state: Session) -> None:
    """Write the address of what is on the screen; of a part that is drawn without the page around it."""
    asked = _asked()
    if state.case.kept and (asked.case or not is_navigation()):
        _write(_address(state, asked))


def render_attached(attached: Attached) -> None:
    """Say that a case is gone and what to bring again, or that this one is not kept."""
    if attached.what == "gone":
        st.set_page_config(initial_sidebar_state="expanded")  # to bring it again
        with st.container(key="case-gone"):
            st.warning(text("open_case.gone"), icon=":material/folder_off:")
            st.caption(text("open_case.gone.hint"))
    if attached.refused is not None:
        render_error(attached.refused)


def render_forget(state: Session) -> None:
    """Draw the button that lets go of the case, in the server's memory and in every tab."""
    st.button(
        text("open_case.forget"), key="forget-case", icon=":material/delete:", on_click=forget_case, args=(state,)
    )


def forget_case(state: Session) -> None:
    """Let go of the case and its pictures in the server's memory, in this tab and in the address; of a button."""
    held = held_case(state)
    if held.owner is not None:
        if state.case.key is not None:
            open_cases().forget(state.case.key, held.owner)
        resources().forget(held.owner)
    state.empty()
    collect_garbage()
    _write(Address())


def key_on_screen(state: Session) -> str | None:
    """Return the key of the case that this run will show: that of the address where it is followed, else that of the tab."""
    if is_navigation() or state.case.current is None:
        return _asked().case or None
    return state.case.key if state.case.kept else None


def is_navigation() -> bool:
    """Tell whether the reader went back or on in the history of the browser: the address leads, and not the page."""
    running = get_script_run_ctx()
    return running is not None and running.is_history_navigation


def _go_to(held: HeldCase, asked: Address) -> bool:
    """Put on the screen what an address names; returns False where there is no such case. A kept case is put away for it."""
    state = held.session
    if asked.case and asked.case == state.case.key:
        home = _home(state)
        if asked.beyond(home) != _shown(state, home):
            state.generation += 1
            _show(state, asked.or_else(home))
        return True
    entry = open_cases().find(asked.case, held.owner) if held.owner is not None else None
    number = sample_number(asked.case)
    if entry is not None:
        state.take(entry.case)
        state.case.key, state.case.kept = asked.case, True
    elif number is not None and number <= len(ALL_CASES):
        open_sample(state, ALL_CASES[number - 1])
    else:
        if state.case.kept:
            state.empty()
        return not asked.case
    _show(state, asked)
    return True


def _show(state: Session, asked: Address) -> None:
    """Show of the case on the screen what an address names of it; what it does not name stays as it is."""
    from model_zoo.case import StartFrame
    from model_zoo.explainers import EXPLAINERS

    stay = state.stay
    state.case.finding_asked = asked.finding
    absent = _unread(asked)
    if set(asked.maps) <= set(EXPLAINERS.names()):
        state.methods = asked.maps or state.methods
    else:
        absent.add(MAP)
    frames = 1 if state.case.current is None else state.case.current.scan.n_frames
    if asked.frame is not None and asked.frame >= frames:
        absent.add(FRAME)
    elif asked.frame is not None and asked.frame != state.case.request.frame:
        state.ask(replace(state.case.request, frame=asked.frame))
        state.case.start_frame = state.case.start_frame or StartFrame(asked.frame, "")
    if asked.hour is not None and min((abs(own - asked.hour) for own in stay.hours), default=1.0) > _SAME_HOUR:
        absent.add(HOUR)
    elif asked.hour is not None:
        stay.home = stay.now if stay.home is None else stay.home
        stay.go(asked.hour)
        stay.turn += 1
    if absent:
        _say_absent(absent)


def _unread(asked: Address) -> set[str]:
    """Return the names in the address whose value cannot be one."""
    return {name for name in NAMES if st.query_params.get(name)} - set(asked.parameters())


def _say_absent(names: Iterable[str]) -> None:
    parts = ", ".join(text(f"open_case.part.{name}") for name in sorted(names))
    st.toast(text("open_case.part_absent", parts=parts), icon=":material/link_off:")


def take_finding(state: Session) -> None:
    """Choose the finding that the address asked for, once it is known which there are."""
    if state.reading.review is None or state.case.finding_asked is None:
        return
    if any(finding.output == state.case.finding_asked for finding in state.reading.review.prediction.findings):
        state.reading.target = state.case.finding_asked
    else:
        _say_absent([FINDING])
    state.case.finding_asked = None


def _home(state: Session) -> Address:
    """Return what the case shows by itself."""
    from model_zoo.case.reading import strongest_finding

    stay = state.stay
    if stay.home is None and stay.series is not None:
        stay.home = stay.now
    return Address(
        state.case.key or "",
        None if state.reading.review is None else strongest_finding(state.reading.review),
        DEFAULT_METHODS,
        0 if state.case.start_frame is None else state.case.start_frame.frame,
        stay.home,
    )


def _shown(state: Session, home: Address) -> Address:
    """Return what the screen shows of the case, as far as it is not what the case shows by itself."""
    stay = state.stay
    return Address(
        state.case.key or "",
        state.reading.target,
        state.methods,
        state.case.request.frame,
        None if stay.series is None else stay.now,
    ).beyond(home)


def _address(state: Session, asked: Address) -> Address:
    """Return the address of what is on the screen: the one that is there, where it names the same."""
    home = _home(state)
    shown = _shown(state, home)
    if asked.case != shown.case:
        asked = Address()
    if state.reading.review is None:  # which finding, and of several frames which one, is known after the reading
        shown = replace(
            shown,
            finding=state.case.finding_asked,
            frame=asked.frame if state.case.start_frame is None else shown.frame,
        )
    if state.stay.playing:
        shown = replace(shown, hour=asked.hour)
    return asked if asked.beyond(home) == shown.beyond(home) else shown


def _asked() -> Address:
    return Address.read({name: st.query_params.get_all(name) for name in NAMES})


def _write(address: Address) -> None:
    """Write an address where the browser shows another; one message, so one step in its history."""
    if address == _asked() and not _unread(address):
        return
    foreign = {name: st.query_params.get_all(name) for name in st.query_params if name not in NAMES}
    st.query_params.from_dict(foreign | address.parameters())
