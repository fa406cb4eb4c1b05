"""The controls of the value that is tried: a slider with a field for the exact number, or a choice."""

from __future__ import annotations

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.patient.what_if.trial import KEY, Trial
from model_zoo.patients.features import FeatureSpec, Units, Value
from model_zoo.patients.what_if import RiskPath
from model_zoo.plain import plain


def render_controls(trial: Trial, spec: FeatureSpec, own_path: RiskPath, units: Units) -> None:
    value = trial.changes.get(spec.name, trial.record.value(spec.name))
    if spec.kind != "numeric":
        key = f"{KEY}-choice-{spec.name}"
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
            args=(trial, spec.name, key),
        )
        return
    slider, number = st.columns([3, 2], vertical_alignment="bottom")
    steps = [value for value, beyond in zip(own_path.values, own_path.beyond, strict=True) if not beyond]
    slider_key, number_key = f"{KEY}-slider-{spec.name}-{units}", f"{KEY}-number-{spec.name}-{units}"
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
            args=(trial, spec, steps, slider_key, units),
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
            args=(trial, spec, number_key, units),
        )


def _nearest(steps: list[float | str], value: Value) -> int:
    """Return the place of the step nearest to a value; the middle where it is not measured."""
    if value is None:
        return len(steps) // 2
    return min(range(len(steps)), key=lambda i: abs(float(steps[i]) - float(value)))


def _take(trial: Trial, name: str, value: Value) -> None:
    if value == trial.record.value(name):
        trial.changes.pop(name, None)
    else:
        trial.changes[name] = value


def _take_choice(trial: Trial, name: str, key: str) -> None:
    _take(trial, name, st.session_state[key])


def _take_step(trial: Trial, spec: FeatureSpec, steps: list[float | str], key: str, units: Units) -> None:
    place = int(st.session_state[key])
    value = float(steps[place])
    if place not in (0, len(steps) - 1) and value != trial.record.value(spec.name):
        # As it is shown, but for the ends of the range, which rounding could leave.
        value = spec.from_units(round(spec.to_units(value, units), spec.decimals[1 if units == "US" else 0]), units)
    _take(trial, spec.name, value)


def _take_number(trial: Trial, spec: FeatureSpec, key: str, units: Units) -> None:
    typed = st.session_state[key]
    if typed is None:
        _take(trial, spec.name, None)
        return
    value = spec.from_units(float(typed), units)
    _take(trial, spec.name, float(round(value)) if spec.whole else value)
