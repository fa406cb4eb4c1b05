"""Your own models: their versions, the record, and the two buttons that change which version is read with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.boundary import render_error
from dashboard.catalogue import text
from dashboard.viewmodels.models.card_page import below
from dashboard.viewmodels.models.choice import VersionRow, roll_back_target, unusable_models, version_rows
from model_zoo.classifiers.folder_page import folder_page
from model_zoo.classifiers.models_folder import ModelFolder, folder_models, models_root
from model_zoo.errors import ZooError
from model_zoo.plain import plain
from model_zoo.upkeep import history
from model_zoo.upkeep.comparing import compare_folders
from model_zoo.upkeep.promotion import promote, roll_back

_DONE = "model-switch-done"


def render_folder_models() -> None:
    """Draw every folder model with its versions, and what in the folder cannot be used and why."""
    models, unusable = folder_models(), unusable_models()
    st.divider()
    st.header("Your own models")
    st.caption(f"From {plain(models_root())}. A new one: python -m model_zoo train NAME --data FOLDER")
    if (done := st.session_state.pop(_DONE, None)) is not None:
        st.success(plain(done), icon=":material/check_circle:")
    for name, error in unusable.items():
        st.markdown(f"**{plain(name)}** cannot be used.")
        render_error(error)
    for model in models:
        if model.name in unusable:
            continue
        with st.container(border=True, key=f"model-{model.name}"):
            try:
                _render_model(model)
            except ZooError as error:  # of one model: the others are shown all the same
                render_error(error)


def _render_model(model: ModelFolder) -> None:
    card = model.entry().card
    st.markdown(
        f"**{plain(card.title)}** "
        + plain(f"({model.name}, version {card.version}): {', '.join(o.title for o in card.outputs)}")
    )
    rows = version_rows(model)
    for row in rows:
        mark = ":green-badge[in use]" if row.current else ":gray-badge[not in use]"
        st.markdown(f"{mark} Version **{plain(row.version)}**: {plain(row.figures)} :gray[{plain(row.weights)}]")
    if rows:
        _render_switch(model, rows)
    with st.expander("Card", icon=":material/description:"):
        st.markdown(below(folder_page(card.raw), 2, text("models.column")))
    events = history.read(model.place)
    if events:
        with st.expander(f"Record ({len(events)})", icon=":material/history:"):
            for event in reversed(events):
                reason = f": {event['reason']}" if event.get("reason") else ""
                told = f"{event['at']} · {event['who']} · {event['action']} version {event['version']}{reason}"
                st.markdown(plain(told))


def _render_switch(model: ModelFolder, rows: tuple[VersionRow, ...]) -> None:
    """Draw comparison, promotion and roll-back; each asks for who and why, and each is recorded."""
    others = [row.version for row in rows if not row.current]
    back = roll_back_target(model)
    if not others:
        return
    version_column, who_column, reason_column = st.columns([1, 1, 2])
    chosen = version_column.selectbox("Version", others, key=f"version-{model.name}")
    who = who_column.text_input("Your name or initials", key=f"who-{model.name}", placeholder="the account")
    reason = reason_column.text_input("Reason", key=f"reason-{model.name}")
    override = st.checkbox(
        "Switch although something speaks against it (a reason is needed)", key=f"override-{model.name}"
    )
    with st.container(horizontal=True):
        compare = st.button(
            "Compare with the version in use", key=f"compare-{model.name}", icon=":material/compare_arrows:"
        )
        forward = st.button(f"Promote version {plain(chosen)}", key=f"promote-{model.name}", icon=":material/upgrade:")
        backward = back is not None and st.button(
            f"Roll back to version {plain(back)}", key=f"roll-back-{model.name}", icon=":material/undo:"
        )
    if compare:
        _render_comparison(model, chosen)
    if forward:
        _switch(lambda: promote(model.name, chosen, reason, override, who or None), model.name)
    if backward:
        _switch(lambda: roll_back(model.name, reason, override, who or None), model.name)


def _render_comparison(model: ModelFolder, version: str) -> None:
    current = model.current()
    try:
        found = compare_folders(
            model.folder_of(current), model.folder_of(version), (f"version {current}", f"version {version}")
        )
    except ZooError as error:
        render_error(error)
        return
    st.markdown(plain(found.words))
    figures = [
        {
            "figure": name.replace("_", " "),
            found.first: entry["first"],
            found.second: entry["second"],
            "difference": entry["difference"]["value"],
            "low": entry["difference"]["low"],
            "high": entry["difference"]["high"],
        }
        for name, entry in found.figures.items()
    ]
    st.dataframe(figures, hide_index=True, width="stretch")
    st.caption("Second minus first on the same pictures; 95 % interval by paired bootstrap over patients.")


def _switch(change: Callable[[], dict[str, Any]], name: str) -> None:
    try:
        event = change()
    except ZooError as error:
        render_error(error)
        return
    st.session_state[_DONE] = f"'{name}': {event['action']} version {event['version']}, recorded for {event['who']}."
    st.rerun()
