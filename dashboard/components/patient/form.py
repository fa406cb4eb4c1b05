"""The patient form, built from the FeatureSpecs of the chosen risk model: units, ranges, "not measured", all problems at once."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.boundary import render_error
from dashboard.catalogue import text
from dashboard.components.page.decimal_question import render_decimal_question
from dashboard.redraw import redraw
from dashboard.services import patient_model
from dashboard.session import Session
from model_zoo.errors import InvalidPatientRecord
from model_zoo.patients.features import FeatureSpec, Units
from model_zoo.patients.merging import merge_form
from model_zoo.patients.parsing import GCS_FIELD, parse_patient
from model_zoo.patients.record import TYPED, PatientRecord
from model_zoo.plain import plain
from model_zoo.quantities.numbers import Decimal, TwoReadings, Unreadable, one_meaning
from model_zoo.quantities.reading import read_quantity

_COLUMNS = 3
_UNITS_KEY, _IDENTIFIER_KEY, _GCS_KEY = "patient-units", "patient-identifier", "patient-gcs"


def edit_patient(state: Session) -> None:
    """Open the form with the values of the present record; it stays open until it is used or put away.

    While it is open no check of a map runs: what a click sends would wait for it, and be lost with the rerun that follows.
    """
    state.editing, state.form_error = True, None
    st.session_state[_UNITS_KEY] = state.units
    st.session_state[_IDENTIFIER_KEY] = (state.record.identifier or "") if state.record else ""
    st.session_state[_GCS_KEY] = ""
    for spec in patient_model(state.patient_model).specs:
        st.session_state[_key(spec)] = _as_typed(spec, state.record, "US" if state.units == "US" else "SI")


def render_patient_form(state: Session) -> None:
    """Draw the form while it is open, in every run of the page: one that does not draw it would close it."""
    if _UNITS_KEY not in st.session_state:
        _put_away(state)  # left by another page, which takes what was typed with it: it would come back empty
    if state.editing:
        st.dialog(text("patient.form.title"), width="large", on_dismiss=lambda: _put_away(state))(_form)(state)


def _put_away(state: Session) -> None:
    state.editing, state.form_error = False, None


def _form(state: Session) -> None:
    if not state.editing:
        redraw()
    model = patient_model(state.patient_model)
    specs = model.specs
    st.caption(text("patient.form.asked_by", model=plain(model.definition.title)))
    units: Units = st.radio(
        text("patient.form.units"),
        ("SI", "US"),
        horizontal=True,
        key=_UNITS_KEY,
        on_change=_convert,
        args=(state,),
        help=text("patient.form.units_help"),
    )
    st.text_input(
        text("patient.form.identifier"),
        key=_IDENTIFIER_KEY,
        help=text("patient.form.identifier_help"),
        autocomplete="off",
    )
    for group in dict.fromkeys(spec.group for spec in specs):
        st.markdown(f"**{plain(group)}**")
        columns = st.columns(_COLUMNS)
        for position, spec in enumerate(s for s in specs if s.group == group):
            with columns[position % _COLUMNS]:
                _ask(spec, units)
                _problem(state, spec.name)
    if any(spec.name == "coma_score" for spec in specs):
        st.text_input(
            text("patient.form.gcs"),
            key=_GCS_KEY,
            placeholder=text("patient.form.gcs_empty"),
            help=text("patient.form.gcs_help"),
        )
        _problem(state, GCS_FIELD)
    st.caption(text("patient.form.leave_empty"))
    if state.form_error is not None:  # where the reader is who just pressed the button below
        render_error(state.form_error)
    st.button(text("patient.form.use"), type="primary", on_click=_use, args=(state,))


def _problem(state: Session, name: str) -> None:
    """Say at a field what was wrong with it when the form was last used."""
    error = state.form_error
    if error is None:
        return
    if name in error.asked:
        readings = error.asked[name]
        render_decimal_question(readings, f"patient-decimal-{name}", partial(_answer, state, name, readings))
    elif name in error.by_field:
        st.markdown(f":red[{plain(error.by_field[name])}]")


def _answer(state: Session, name: str, readings: TwoReadings, mark: Decimal) -> None:
    """Write the number in the way that has this meaning alone, and take the form again."""
    key = _key(next(spec for spec in patient_model(state.patient_model).specs if spec.name == name))
    meant = one_meaning(f"{readings.by_mark[mark]:.15g}")
    st.session_state[key] = str(st.session_state[key]).replace(readings.written, meant)
    _use(state)


def _use(state: Session) -> None:
    """Take what stands in the form; a callback, because it also runs where a rerun of the whole page comes between."""
    specs, held = patient_model(state.patient_model).specs, st.session_state
    fields: dict[str, object] = {
        "identifier": held.get(_IDENTIFIER_KEY),
        "synthetic": "yes" if state.record is not None and state.record.synthetic else "no",
        **{spec.key: held.get(_key(spec)) for spec in specs},
    }
    gcs = str(held.get(_GCS_KEY) or "")
    if gcs.strip():
        fields[GCS_FIELD] = gcs
        if not str(fields.get("coma_score") or "").strip():
            fields.pop("coma_score", None)
    units: Units = held[_UNITS_KEY]
    try:
        record = parse_patient(fields, specs, units, TYPED, comma=True)
    except InvalidPatientRecord as error:
        state.form_error = error
        return
    state.units = units
    state.set_record(merge_form(state.record, record, specs))
    _put_away(state)


def _convert(state: Session) -> None:
    """Carry what is typed over to the other unit system; what cannot be read stays as it is, and the form says why when used."""
    units: Units = st.session_state[_UNITS_KEY]
    earlier: Units = "US" if units == "SI" else "SI"
    for spec in patient_model(state.patient_model).specs:
        if spec.kind != "numeric" or not spec.differs_by_unit:
            continue
        try:
            value = read_quantity(spec, str(st.session_state.get(_key(spec)) or ""), units=earlier, comma=True)
        except Unreadable:
            continue
        st.session_state[_key(spec)] = _number_words(spec, value, units)
    state.units = units


def _ask(spec: FeatureSpec, units: Units) -> None:
    title = plain(spec.title)
    label = text("patient.form.field", title=title, unit=plain(spec.unit(units))) if spec.unit(units) else title
    if spec.kind == "numeric":
        st.text_input(
            label,
            key=_key(spec),
            placeholder=text("patient.not_measured"),
            help=plain(_help(spec, units)),
            autocomplete="off",
        )
        return
    options = [choice for choice, _ in spec.choices] if spec.kind == "choice" else ["1", "0"]
    titles = (
        dict(spec.choices) if spec.kind == "choice" else {"1": text("patient.form.yes"), "0": text("patient.form.no")}
    )
    st.selectbox(
        label,
        options,
        index=None,
        format_func=titles.__getitem__,
        key=_key(spec),
        placeholder=text("patient.not_known"),
        help=plain(spec.help) or None,
    )


def _key(spec: FeatureSpec) -> str:
    return f"patient-{spec.name}"


def _as_typed(spec: FeatureSpec, record: PatientRecord | None, units: Units) -> str | None:
    value = None if record is None else record.value(spec.name)
    if spec.kind == "numeric":
        return "" if value is None else _number_words(spec, float(value), units)
    if value is None:
        return None
    return str(value) if spec.kind == "choice" else f"{float(value):.0f}"


def _number_words(spec: FeatureSpec, value: float, units: Units) -> str:
    """Write a value with one decimal more than is shown elsewhere, so that converting there and back changes nothing seen."""
    digits = spec.decimals[1 if units == "US" else 0] + 1
    return f"{spec.to_units(value, units):.{digits}f}".rstrip("0").rstrip(".")


def _help(spec: FeatureSpec, units: Units) -> str:
    digits = spec.decimals[1 if units == "US" else 0]

    def span(ends: tuple[float, float]) -> str:
        low, high = (f"{spec.to_units(end, units):.{digits}f}" for end in ends)
        return text("patient.range", low=low, high=f"{high} {spec.unit(units)}".strip())

    parts = [spec.help] if spec.help else []
    if spec.normal:
        parts.append(text("patient.form.normal", range=span(spec.normal)))
    if spec.training:
        parts.append(text("patient.training", range=span(spec.training)))
    if spec.plausible:
        parts.append(text("patient.form.accepted", range=span(spec.plausible)))
    return " ".join(parts)
