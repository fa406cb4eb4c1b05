"""The percentile strip in words: order, units, bounds, and what has no place on it."""

from __future__ import annotations

from dataclasses import replace

from dashboard.catalogue import counted
from dashboard.viewmodels.patient.percentiles import build_percentiles
from model_zoo.bench.what_if import reference_record
from model_zoo.patients.reference_groups import load_reference, reference_of
from model_zoo.patients.risk_models import risk_model

MODEL = risk_model("heart-failure")


def view_of(units="SI", top=None, **values):
    record = reference_record(MODEL)
    record = replace(record, values={**record.values, **values})
    return build_percentiles(reference_of(MODEL, record, load_reference(MODEL)), MODEL.specs, units, top)


def test_the_most_unusual_value_comes_first():
    view = view_of(creatinine_umol_l=800.0)
    first = view.rows[0]
    assert (first.title, first.bound, first.unusual) == ("Creatinine", "above", True)
    assert first.label.startswith("> ")
    distances = [abs(row.percentile - 50) for row in view.rows]
    assert distances == sorted(distances, reverse=True)
    assert view.compared == counted("patient.standing.compared", 240, group="all training patients")


def test_units_of_the_page_and_how_many_rows():
    view = view_of("US", top=2, creatinine_umol_l=800.0)
    assert len(view.rows) == 2
    assert view.rows[0].value_words == "9.05 mg/dL"
    assert "9.05 mg/dL" in view.rows[0].words
    assert "µmol" not in view.rows[0].words


def test_what_has_no_place_is_said_beside():
    view = view_of(sodium_mmol_l=None)
    assert "Sodium" not in {row.title for row in view.rows}
    assert "Sodium: not measured" in view.others
    assert any(words.startswith("Diabetes no: ") for words in view.others)
    assert "not a forecast" in view.nearest


def test_no_groups_have_a_reason():
    model = risk_model("leukaemia-type")
    view = build_percentiles(reference_of(model, reference_record(model), load_reference(model)), model.specs)
    assert "too few" in view.nearest
