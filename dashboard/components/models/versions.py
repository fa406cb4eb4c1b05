"""Your own models: their versions, the record, and the two buttons that change which version is read with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.boundary import render_error
from dashboard.catalogue import text
from dashboard.redraw import redraw
from dashboard.viewmodels.models.card_page import below
from dashboard.viewmodels.models.versions import (
    VersionRow,
    action_words,
    event_words,
    roll_back_target,
    unusable_models,
    version_rows,
)
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
    st.header(text("models.own"))
    st.caption(text("models.own.from", folder=plain(models_root())))
    if (done := st.session_state.pop(_DONE, None)) is not None:
        st.success(plain(done), icon=":material/check_circle:")
    for name, error in unusable.items():
        st.markdown(text("models.own.unusable", name=plain(name)))
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
        text(
            "models.own.named",
            title=plain(card.title),
            name=plain(model.name),
            version=plain(card.version),
            outputs=plain(", ".join(output.title for output in card.outputs)),
        )
    )
    rows = version_rows(model)
    for row in rows:
        version, figures, weights = plain(row.version), plain(row.figures), plain(row.weights)
        st.markdown(
            text("models.version.in_use", version=version, figures=figures, weights=weights)
            if row.current
            else text("models.version.not_in_use", version=version, figures=figures, weights=weights)
        )
    if rows:
        _render_switch(model, rows)
    with st.expander(text("models.own.card"), icon=":material/description:"):
        st.markdown(below(folder_page(card.raw), 2, text("models.column")))
    events = history.read(model.place)
    if events:
        with st.expander(text("models.own.record", n=len(events)), icon=":material/history:"):
            for event in reversed(events):
                st.markdown(plain(event_words(event)))


def _render_switch(model: ModelFolder, rows: tuple[VersionRow, ...]) -> None:
    """Draw comparison, promotion and roll-back; each asks for who and why, and each is recorded."""
    others = [row.version for row in rows if not row.current]
    back = roll_back_target(model)
    if not others:
        return
    version_column, who_column, reason_column = st.columns([1, 1, 2])
    chosen = version_column.selectbox(text("models.switch.version"), others, key=f"version-{model.name}")
    who = who_column.text_input(
        text("models.switch.who"), key=f"who-{model.name}", placeholder=text("models.switch.who_empty")
    )
    reason = reason_column.text_input(text("models.switch.reason"), key=f"reason-{model.name}")
    override = st.checkbox(text("models.switch.override"), key=f"override-{model.name}")
    with st.container(horizontal=True):
        compare = st.button(
            text("models.switch.compare"), key=f"compare-{model.name}", icon=":material/compare_arrows:"
        )
        forward = st.button(
            text("models.switch.promote", version=plain(chosen)), key=f"promote-{model.name}", icon=":material/upgrade:"
        )
        backward = back is not None and st.button(
            text("models.switch.roll_back", version=plain(back)),
            key=f"roll-back-{model.name}",
            icon=":material/undo:",
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
            model.folder_of(current),
            model.folder_of(version),
            (text("models.version", version=current), text("models.version", version=version)),
        )
    except ZooError as error:
        render_error(error)
        return
    st.markdown(plain(found.words))
    figures = [
        {
            text("models.compare.figure"): name.replace("_", " "),
            found.first: entry["first"],
            found.second: entry["second"],
            text("models.compare.difference"): entry["difference"]["value"],
            text("models.compare.low"): entry["difference"]["low"],
            text("models.compare.high"): entry["difference"]["high"],
        }
        for name, entry in found.figures.items()
    ]
    st.dataframe(figures, hide_index=True, width="stretch")
    st.caption(text("models.compare.caption"))


def _switch(change: Callable[[], dict[str, Any]], name: str) -> None:
    try:
        event = change()
    except ZooError as error:
        render_error(error)
        return
    st.session_state[_DONE] = text("models.switched", name=name, done=action_words(event), who=event["who"])
    redraw()
