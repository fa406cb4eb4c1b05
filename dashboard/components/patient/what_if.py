"""The What if panel below the risks: play with a value, see what would cross the threshold, and where the patient stands.

A fragment: moving a slider runs this panel alone. What is tried lives beside the case and never in it; only "Use in the
record" writes, and says so in the record.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import streamlit as st

from dashboard.boundary import render_error
from dashboard.catalogue import counted, text
from dashboard.components.page.chart import render_chart
from dashboard.components.page.theme import theme_name
from dashboard.components.patient.risks import blocking_conflicts
from dashboard.figures.contributions import contributions_figure
from dashboard.figures.percentiles import percentiles_figure
from dashboard.figures.what_if import path_figure
from dashboard.redraw import redraw
from dashboard.services import patient_model, reference_patients
from dashboard.session import Session
from dashboard.viewmodels.patient.contributions import build_contributions
from dashboard.viewmodels.patient.percentiles import build_percentiles
from dashboard.viewmodels.patient.what_if import build_answers, build_path, build_what_if, variable_words
from model_zoo.errors import ZooError
from model_zoo.patients.changeable import trait
from model_zoo.patients.counterfactuals import Counterfactuals, find_counterfactuals
from model_zoo.patients.features import FeatureSpec, Units, Value
from model_zoo.patients.record import PatientRecord
from model_zoo.patients.reference_groups import reference_of
from model_zoo.patients.risk import RiskModel
from model_zoo.patients.what_if import RiskPath, WhatIf, risk_path, what_if
from model_zoo.plain import plain

_KEY = "what-if"
CHANGE, CROSS, STANDING = "change", "cross", "standing"
_ROWS = 6  # contributions with a bar of their own: the panel stands in the narrow column


@dataclass(eq=False)
class Play:
    """What is being tried on one record with one model. changes: by stored name, SI units."""

    record: PatientRecord
    model: str
    changes: dict[str, Value] = field(default_factory=dict)
    found: dict[str, Counterfactuals] = field(default_factory=dict)


def render_what_if(state: Session) -> None:
    """Draw the panel where there is a risk of this record; nothing while a wrong patient is possible."""
    review = state.reading.review
    if review is None or review.risk is None or state.record is None:
        return
    if review.record is not state.record or blocking_conflicts(state):
        return
    with st.expander(text("patient.what_if.title"), icon=":material/tune:"):
        _panel(state)


@st.fragment
def _panel(state: Session) -> None:
    review = state.reading.review
    if review is None or review.risk is None or state.record is None:
        return
    model, play = patient_model(review.risk.model), _play(state)
    view = st.segmented_control(
        text("patient.what_if.view"),
        (CHANGE, CROSS, STANDING),
        default=CHANGE,
        format_func=lambda name: text(f"patient.what_if.view.{name}"),
        key=f"{_KEY}-view",
        label_visibility="collapsed",
    )
    try:
        if view == CROSS:
            _render_crossing(state, model, play)
        elif view == STANDING:
            _render_standing(state, model)
        else:
            _render_change(state, model, play)
    except ZooError as error:
        render_error(error)
        st.button(text("patient.what_if.reset"), key=f"{_KEY}-reset-after-error", on_click=play.changes.clear)


def _play(state: Session) -> Play:
    """Return what is tried on the present record; a new record or model starts anew."""
    held = st.session_state.get(_KEY)
    model = (
        state.reading.review.risk.model
        if state.reading.review is not None and state.reading.review.risk is not None
        else ""
    )
    if not isinstance(held, Play) or held.record is not state.record or held.model != model:
        held = Play(state.record or PatientRecord(), model)
        st.session_state[_KEY] = held
    return held


def _units(state: Session) -> Units:
    return "US" if state.units == "US" else "SI"


def _render_change(state: Session, model: RiskModel, play: Play) -> None:
    units, by_name = _units(state), {spec.name: spec for spec in model.specs}
    name = st.selectbox(
        text("patient.what_if.variable"),
        list(by_name),
        index=list(by_name).index(_first(model, play.record)),
        format_func=lambda n: by_name[n].title,
        key=f"{_KEY}-variable-{model.name}",
    )
    spec = by_name[name]
    st.caption(plain(variable_words(spec, units)))
    own_path = risk_path(model, play.record, name)
    _render_controls(play, spec, own_path, units)
    asked = what_if(
        model, play.record, play.changes, before=state.reading.review.risk if state.reading.review is not None else None
    )
    shown = build_what_if(asked, model, units)
    if shown.changes:
        st.markdown(f":material/compare_arrows: {plain('; '.join(shown.changes))}")
    for move in shown.moves:
        st.markdown(text("patient.risks.outcome", title=plain(move.title), risk=plain(move.words)))
    for warning in shown.warnings:
        st.warning(plain(warning), icon=":material/warning:")
    outcome = _outcome(model)
    path = risk_path(model, asked.record, name)
    threshold = next(o.threshold for o in asked.after.outcomes if o.name == outcome)
    curve = build_path(path, spec, outcome, threshold, play.record.value(name), units)
    render_chart(path_figure(curve, theme_name()), key=f"{_KEY}-path")
    st.caption(plain(curve.words))
    st.markdown(text("patient.what_if.why"))
    attribution = next(found for found in asked.attributions if found.outcome == outcome)
    title = next(o.title for o in asked.after.outcomes if o.name == outcome)
    contributions = build_contributions(attribution, model.specs, units, top=_ROWS, outcome_title=title)
    render_chart(contributions_figure(contributions, theme_name()), key=f"{_KEY}-contributions")
    st.caption(f"{plain(contributions.check)} {plain(shown.limits)}")
    if asked.changes:
        _render_use(state, play, asked)


def _render_controls(play: Play, spec: FeatureSpec, own_path: RiskPath, units: Units) -> None:
    value = play.changes.get(spec.name, play.record.value(spec.name))
    if spec.kind != "numeric":
        key = f"{_KEY}-choice-{spec.name}"
        options = [choice for choice, _ in spec.choices] if spec.kind == "choice" else [1.0, 0.0]
        st.session_state[key] = value
        st.selectbox(
            plain(spec.title),
            options,
            format_func=lambda option: spec.show(option),
            key=key,
            index=None,
            placeholder=text("patient.not_known"),
            on_change=_take_choice,
            args=(play, spec.name, key),
        )
        return
    slider, number = st.columns([3, 2], vertical_alignment="bottom")
    steps = [value for value, beyond in zip(own_path.values, own_path.beyond, strict=True) if not beyond]
    slider_key, number_key = f"{_KEY}-slider-{spec.name}-{units}", f"{_KEY}-number-{spec.name}-{units}"
    digits = spec.decimals[1 if units == "US" else 0]
    st.session_state[slider_key] = _nearest(steps, value)
    st.session_state[number_key] = None if value is None else float(spec.to_units(float(value), units))
    with slider:
        st.select_slider(
            text("patient.what_if.slider"),
            list(range(len(steps))),
            format_func=lambda place: spec.show(steps[place], units),
            key=slider_key,
            on_change=_take_step,
            args=(play, spec, steps, slider_key, units),
        )
    low, high = (None, None) if spec.plausible is None else spec.plausible
    with number:
        st.number_input(
            text("patient.what_if.exactly_in", unit=plain(spec.unit(units)))
            if spec.unit(units)
            else text("patient.what_if.exactly"),
            min_value=None if low is None else float(spec.to_units(low, units)),
            max_value=None if high is None else float(spec.to_units(high, units)),
            value=None,
            step=10.0**-digits,
            format=f"%.{digits}f",
            key=number_key,
            placeholder=text("patient.not_measured"),
            on_change=_take_number,
            args=(play, spec, number_key, units),
        )


def _render_use(state: Session, play: Play, asked: WhatIf) -> None:
    with st.container(horizontal=True, gap="small"):
        used = st.button(
            counted("patient.what_if.use", len(asked.changes)),
            key=f"{_KEY}-use",
            icon=":material/edit:",
            help=text("patient.what_if.use_help"),
        )
        st.button(text("patient.what_if.reset"), key=f"{_KEY}-reset", on_click=play.changes.clear)
    if used:
        _use(state, asked)
        redraw()


def _use(state: Session, asked: WhatIf) -> None:
    """Write the changed record into the case, with a note of what was changed; a confirmed pair stays confirmed."""
    confirmed = state.confirmed_pair is not None and state.pair() == state.confirmed_pair
    same_person = all(change.name not in ("age_years", "sex") for change in asked.changes)
    notes = tuple(text("patient.what_if.note", title=change.title) for change in asked.changes)
    state.set_record(replace(asked.record, notes=tuple(dict.fromkeys((*asked.record.notes, *notes)))))
    if confirmed and same_person:
        state.confirmed_pair = state.pair()


def _render_crossing(state: Session, model: RiskModel, play: Play) -> None:
    outcome = _outcome(model)
    st.caption(text("patient.what_if.search_help"))
    if (
        st.button(text("patient.what_if.search"), key=f"{_KEY}-search", icon=":material/search:")
        or outcome in play.found
    ):
        if outcome not in play.found:
            play.found[outcome] = find_counterfactuals(model, play.record, reference_patients(model.name), outcome)
        view = build_answers(play.found[outcome], model, _units(state))
        st.markdown(f"**{plain(view.heading)}**")
        for i, row in enumerate(view.rows):
            words, button = st.columns([4, 1], vertical_alignment="center")
            words.markdown(
                text(
                    "patient.what_if.answer",
                    changes=plain(row.words),
                    risk=plain(row.risk_words),
                    detail=plain(row.detail),
                )
            )
            button.button(
                text("patient.what_if.try"), key=f"{_KEY}-try-{i}", on_click=_try, args=(play, dict(row.changes))
            )
        st.caption(plain(view.words))
        if view.held:
            st.caption(text("patient.what_if.not_moved", reasons=plain("; ".join(view.held))))


def _render_standing(state: Session, model: RiskModel) -> None:
    record = state.record
    if record is None:
        return
    view = build_percentiles(reference_of(model, record, reference_patients(model.name)), model.specs, _units(state))
    st.caption(plain(view.compared))
    render_chart(percentiles_figure(view, theme_name()), key=f"{_KEY}-percentiles")
    st.markdown(plain(view.nearest))
    if view.others:
        st.caption(plain("; ".join(view.others)) + ".")


def _outcome(model: RiskModel) -> str:
    titles = {outcome.name: outcome.title for outcome in model.definition.outcomes}
    first = next(iter(titles))
    if len(titles) == 1:
        return first
    return (
        st.segmented_control(
            text("patient.what_if.outcome"),
            list(titles),
            default=first,
            format_func=lambda name: plain(titles[name]),
            key=f"{_KEY}-outcome-{model.name}",
            label_visibility="collapsed",
        )
        or first
    )


def _first(model: RiskModel, record: PatientRecord) -> str:
    """Return the first measured number that can change, else the first feature."""
    fitting = (
        s.name
        for s in model.specs
        if s.kind == "numeric" and trait(s)[0] == "free" and record.value(s.name) is not None
    )
    return next(fitting, model.specs[0].name)


def _nearest(steps: list[float | str], value: Value) -> int:
    """Return the place of the step nearest to a value; the middle where it is not measured."""
    if value is None:
        return len(steps) // 2
    return min(range(len(steps)), key=lambda i: abs(float(steps[i]) - float(value)))


def _take(play: Play, name: str, value: Value) -> None:
    if value == play.record.value(name):
        play.changes.pop(name, None)
    else:
        play.changes[name] = value


def _take_choice(play: Play, name: str, key: str) -> None:
    _take(play, name, st.session_state[key])


def _take_step(play: Play, spec: FeatureSpec, steps: list[float | str], key: str, units: Units) -> None:
    place = int(st.session_state[key])
    value = float(steps[place])
    if place not in (0, len(steps) - 1) and value != play.record.value(spec.name):
        # As it is shown, but for the ends of the range, which rounding could leave.
        value = spec.from_units(round(spec.to_units(value, units), spec.decimals[1 if units == "US" else 0]), units)
    _take(play, spec.name, value)


def _take_number(play: Play, spec: FeatureSpec, key: str, units: Units) -> None:
    typed = st.session_state[key]
    if typed is None:
        _take(play, spec.name, None)
        return
    value = spec.from_units(float(typed), units)
    _take(play, spec.name, float(round(value)) if spec.whole else value)


def _try(play: Play, changes: dict[str, Value]) -> None:
    """Put an answer of the search into play, in the view that shows it."""
    play.changes = changes
    st.session_state[f"{_KEY}-view"] = CHANGE
