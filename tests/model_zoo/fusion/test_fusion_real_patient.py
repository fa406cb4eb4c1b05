"""One real patient end to end: the film and the laboratory values of the same person, through the flow that a reader uses.

No file and no value of the patient is in the repository: the test takes the first film with values of the table in
DIAPHANE_DATA.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.viewmodels.together.assessment import build_assessment_view
from model_zoo.case import ReadRequest, read_case
from model_zoo.case.assembly import parts_of
from model_zoo.engine.inference import InferenceEngine
from model_zoo.errors import ScanNotCovered
from model_zoo.evaluation.metrics import auroc
from model_zoo.fusion import NotPooled, pool
from model_zoo.fusion.measured import measured_of
from model_zoo.patients import PatientRecord
from model_zoo.patients.attribution import shared_out
from model_zoo.patients.risk import record_of
from model_zoo.patients.risk_models import risk_model
from model_zoo.scans import decode_scan
from model_zoo.training.patient_models.common.tables import read_table, table_rows
from model_zoo.training.patient_models.covid_tables import FILMS_WITH_VALUES
from model_zoo.training.patient_models.film_patients import FOLDER, read_film_patients

STATED_AGE = 60.0  # the source blanks the age out: what a reader would have to state

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def data() -> Path:
    return Path(os.environ["DIAPHANE_DATA"])


@pytest.fixture(scope="module")
def engine() -> InferenceEngine:
    return InferenceEngine("chest-xray")


@pytest.fixture(scope="module")
def patient(data, engine):
    """Return (scan, record) of the first patient whose film the gate lets pass."""
    model = risk_model("covid-pneumonia")
    table = read_table(FILMS_WITH_VALUES, model.specs, data)
    rows = table_rows(FILMS_WITH_VALUES, data)
    for place, values in zip(table.row, table.values, strict=True):
        scan = decode_scan((data / FOLDER / rows[place - 1]["file"]).read_bytes())
        gate = engine.judge_distribution(engine.prepare(scan, "adult"))
        if gate is None or gate.accepted:
            view = rows[place - 1]["projection"].upper()
            return replace(scan, metadata=replace(scan.metadata, view=view)), record_of(model.specs, values)
    pytest.fail("the gate refuses every film of the table")


@pytest.fixture(scope="module")
def read(patient, engine):
    scan, record = patient
    request = ReadRequest(
        age_years=STATED_AGE, view=scan.metadata.view, methods=(), checks=False, patient_model="covid-pneumonia"
    )
    return read_case(engine, scan, request, replace(record, age_years=STATED_AGE))


def test_the_film_is_read_only_when_its_population_is_known(patient, engine):
    scan, _ = patient
    with pytest.raises(ScanNotCovered):
        read_case(engine, scan, ReadRequest(methods=(), checks=False))


def test_the_film_gives_its_findings_with_probability_and_interval(read):
    assert read.prediction.covered
    finding = read.prediction.finding("lung_opacity")
    low, high = finding.probability_interval
    assert 0 < low <= finding.probability <= high < 1
    assert {f.output for f in read.prediction.findings} == {"lung_opacity", "report_effusion", "report_emphysema"}


def test_the_values_are_too_few_for_a_risk_and_the_reason_stands_there(read):
    assert read.risk is None
    assert "quantities are known, at least 10 are needed" in read.risk_absent
    assert len([v for v in read.record.values.values() if v is not None]) < 10


def test_without_an_age_the_reason_is_the_age(patient):
    _, record = patient
    assert "the age is not known" in risk_model("covid-pneumonia").definition.applicability(record)


def test_what_the_weights_would_say_adds_up_with_most_values_missing(patient):
    model, (_, record) = risk_model("covid-pneumonia"), patient
    (found,) = shared_out(model, record)
    missing = [entry for entry in found.contributions if entry.value is None]
    assert len(missing) >= 12
    assert all(entry.contribution == 0 for entry in missing)
    total = (
        found.reference_risk + found.missingness_contribution + sum(entry.contribution for entry in found.contributions)
    )
    assert 0 < found.risk < 1
    assert abs(total - found.risk) <= 0.01 * found.risk


def test_the_case_as_a_whole_names_what_is_missing_and_makes_no_one_number(read):
    parts = parts_of(read, None)
    said = {part.modality: part for part in parts}
    assert said["scan"].absent is None
    assert "at least 10" in said["patient values"].absent
    assert said["monitoring"].absent == "No vital signs were given."
    view = build_assessment_view(parts, 0.1)
    assert view.pooled is None
    assert view.pooled_words.startswith("Not one number")
    (row,) = view.agreements
    assert "one part alone" in row.badge
    for reason in ("at least 10 are needed", "No vital signs were given", "No note was given"):
        assert reason in row.sentence
    with pytest.raises(NotPooled):
        pool(parts, 0.1)


def test_completed_by_a_reader_the_risk_stands_beside_the_film_and_is_not_fused(patient, engine):
    # The laboratory values that the source lacks, at the reference patient's: stated here, measured on nobody.
    scan, record = patient
    stored = dict(risk_model("covid-pneumonia").card["reference_patient"]["values"])
    known = {name: value for name, value in record.values.items() if value is not None}
    whole = PatientRecord(
        None, STATED_AGE, record.sex, {n: v for n, v in stored.items() if n not in ("age_years", "sex")} | known
    )
    request = ReadRequest(
        age_years=STATED_AGE, view=scan.metadata.view, methods=(), checks=False, patient_model="covid-pneumonia"
    )
    review = read_case(engine, scan, request, whole)
    assert review.risk is not None
    assert "Tongji" in review.risk.population
    view = build_assessment_view(parts_of(review, None), 0.1)
    assert view.pooled is None
    assert "patients of Hannover who have both" in view.pooled_words
    assert "stay apart" in view.pooled_words


def test_the_stored_measurement_rests_on_what_the_shipped_models_say(data, engine):
    people = read_film_patients(data, engine, risk_model("covid-pneumonia"), "lung_opacity")
    stored = measured_of("covid-pneumonia")
    assert (len(people.files), int(people.refused.sum())) == (stored["patients"], stored["films_refused_by_the_gate"])
    assert people.missing.min() == stored["missing_values"]["least"]
    for name, label in (("death_in_hospital", people.death), ("intensive_care", people.intensive_care)):
        kept = stored["outcomes"][name]
        assert label.sum() == kept["events"]
        assert auroc(label, people.film) == pytest.approx(kept["as_shipped_auc"]["film"]["value"], abs=0.01)
        assert auroc(label, people.values) == pytest.approx(kept["as_shipped_auc"]["values"]["value"], abs=0.01)
