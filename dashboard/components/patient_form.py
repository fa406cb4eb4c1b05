"""The patient form, built from the FeatureSpecs of the risk model: units, ranges, "not measured", all problems at once."""

from __future__ import annotations

import streamlit as st

from dashboard.boundary import render_error
from dashboard.services import patient_model
from dashboard.state import Session
from model_zoo.errors import InvalidPatientRecord
from model_zoo.patients.features import FeatureSpec, Units
from model_zoo.patients.parsing import GCS_FIELD, parse_patient
from model_zoo.patients.record import PatientRecord

_COLUMNS = 3


@st.dialog("Patient values", width="large")
def edit_patient(state: Session) -> None:
    """Ask for the values of one patient; on success the session holds the new record."""
    specs = patient_model().specs
    units: Units = st.radio(
        "Units",
        ("SI", "US"),
        index=("SI", "US").index(state.units),
        horizontal=True,
        key="patient-units",
        help="SI: µmol/L, mmol/L, kPa, °C. US: mg/dL, mm Hg, °F. Values already entered are converted.",
    )
    state.units = units
    with st.form("patient-form", border=False):
        fields: dict[str, object] = {
            "identifier": st.text_input(
                "Identifier (optional)",
                value=(state.record.identifier or "") if state.record else "",
                help="Only compared with the scan's to warn of a wrong patient; never stored with a case.",
                autocomplete="off",
            ),
            "synthetic": "yes" if state.record is not None and state.record.synthetic else "no",
        }
        for group in dict.fromkeys(spec.group for spec in specs):
            st.markdown(f"**{group}**")
            columns = st.columns(_COLUMNS)
            for position, spec in enumerate(s for s in specs if s.group == group):
                with columns[position % _COLUMNS]:
                    fields[spec.key] = _ask(spec, state.record, units)
        fields[GCS_FIELD] = st.text_input(
            "Glasgow Coma Scale (3 to 15) instead of the coma score",
            placeholder="leave empty when the coma score is given",
            help="Mapped to the SUPPORT coma score by a stated, approximate table.",
        )
        st.caption("Leave empty what was not measured: the model knows the difference between missing and normal.")
        if not st.form_submit_button("Use these values", type="primary"):
            return
    if not str(fields[GCS_FIELD]).strip():
        del fields[GCS_FIELD]
    elif fields.get("coma_score") in (None, ""):
        fields.pop("coma_score", None)
    try:
        state.set_record(parse_patient(fields, specs, units, "entered in the form"))
    except InvalidPatientRecord as error:
        render_error(error)
        return
    st.rerun()


def _ask(spec: FeatureSpec, record: PatientRecord | None, units: Units) -> object:
    value = None if record is None else record.value(spec.name)
    label = f"{spec.title} ({spec.unit(units)})" if spec.unit(units) else spec.title
    key = f"patient-{spec.name}-{units}"
    if spec.kind == "numeric":
        shown = "" if value is None else f"{spec.to_units(float(value), units):.6g}"
        return st.text_input(
            label, value=shown, key=key, placeholder="not measured", help=_help(spec, units), autocomplete="off"
        )
    options = [choice for choice, _ in spec.choices] if spec.kind == "choice" else ["1", "0"]
    titles = dict(spec.choices) if spec.kind == "choice" else {"1": "Yes", "0": "No"}
    current = None if value is None else str(value) if spec.kind == "choice" else f"{float(value):.0f}"
    return st.selectbox(
        label,
        options,
        index=options.index(current) if current in options else None,
        format_func=titles.__getitem__,
        key=key,
        placeholder="not known",
        help=spec.help or None,
    )


def _help(spec: FeatureSpec, units: Units) -> str:
    digits = spec.decimals[1 if units == "US" else 0]

    def span(ends: tuple[float, float]) -> str:
        low, high = (spec.to_units(end, units) for end in ends)
        return f"{low:.{digits}f} to {high:.{digits}f} {spec.unit(units)}".strip()

    parts = [spec.help] if spec.help else []
    if spec.normal:
        parts.append(f"Normal: {span(spec.normal)}.")
    if spec.training:
        parts.append(f"Training patients: {span(spec.training)}.")
    if spec.plausible:
        parts.append(f"Accepted: {span(spec.plausible)}.")
    return " ".join(parts)
