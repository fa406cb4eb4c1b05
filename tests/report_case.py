"""One case with every part filled, without any network: what the tests of the report read."""

from __future__ import annotations

import numpy as np

from model_zoo.case.assessment import (
    AgreementSummary,
    AlertSummary,
    CaseAssessment,
    NoteCondition,
    NoteFact,
    NoteSummary,
    VitalComponent,
    VitalsSummary,
)
from model_zoo.case.case_review import CaseReview, ExplainedMap, ScanSummary
from model_zoo.case.outlines.regions import ScanRegion
from model_zoo.patients.attribution import FeatureContribution, RiskAttribution
from model_zoo.patients.record import PatientRecord
from model_zoo.patients.risk import OutcomeRisk, RiskEstimate
from model_zoo.results import Attribution, Finding, Prediction
from model_zoo.scans.coverage import StatedFacts
from model_zoo.scans.geometry import Box, Geometry
from model_zoo.scans.scan import Scan, ScanMetadata, Window
from model_zoo.trust.masking import MaskingEffect
from model_zoo.trust.verdict import BELIEVED, MapVerdict

NAME, DATE, LABEL = "ZZ-PLANTED-NAME-4711", "1987-06-05", "ZZ planted label"
TARGET = "lung_opacity"
# Neither square pixels nor a square film: a picture that is stretched shows.
ROWS, COLS, SPACING_MM = 300, 500, (0.8, 0.4)
# Width over height in millimetres of the patient.
ASPECT = COLS * SPACING_MM[1] / (ROWS * SPACING_MM[0])
GEOMETRY = Geometry((ROWS, COLS), Box(20, 40, 240, 400), (128, 128))
# Marked on the film: a bright square in an otherwise grey field, and the map on it.
SQUARE = (60, 120, 60, 100)


def example_scan(**metadata: object) -> Scan:
    """Return a film with a bright square; its metadata name a patient and a date."""
    y, x = np.mgrid[0:ROWS, 0:COLS]
    frame = (400 + 200 * np.sin(x / 40) * np.cos(y / 25)).astype(np.float32)
    top, left, height, width = SQUARE
    frame[top : top + height, left : left + width] = 1000
    facts = {"modality": "DX", "body_part": "CHEST", "view": "PA", "patient_id": NAME, "study_date": DATE} | metadata
    return Scan("ab" * 32, "DICOM", frame[None], Window(500.0, 1000.0), SPACING_MM, metadata=ScanMetadata(**facts))


def example_map(verdict: str = BELIEVED) -> ExplainedMap:
    """Return a Grad-CAM of the square."""
    values = np.zeros((16, 16), np.float32)
    values[3:7, 3:8] = 0.2
    attribution = Attribution("grad-cam", "Grad-CAM", TARGET, values, GEOMETRY, False, "change in logit", {})
    effect = MaskingEffect(TARGET, "probability", 0.81, 0.34, 0.8, 0.7, 0.85, 0.1, "Covering lowers it.")
    return ExplainedMap(attribution, effect, verdict=MapVerdict(verdict, (), False, "How often it is right."))


def example_case(scan: Scan | None = None, texts: str = "") -> tuple[CaseReview, Scan]:
    """Return a whole case and its scan. texts: stands in every text that may come from elsewhere."""
    scan = example_scan() if scan is None else scan
    findings = (
        Finding(TARGET, f"Lung opacity{texts}", "probability", 1.0, 90.0, 60.0, True, 0.34, (0.25, 0.44), 0.11),
        Finding("pleural_effusion", "Pleural effusion", "report_score", -1.0, 40.0, 69.0, False),
    )
    prediction = Prediction("chest-xray", "1.0", "cd" * 32, scan.sha256, 0, "adult", findings, True)
    outcomes = (
        OutcomeRisk("death_in_hospital", "Death in hospital", 0.44, 0.32, 0.52, None, 0.2, True, 0.23),
        OutcomeRisk("death_180_days", "Death within 180 days", 0.25, 0.2, 0.3, 180, 0.4, False, 0.38),
    )
    shares = (
        FeatureContribution("arterial_ph", "Arterial pH", 7.31, 7.4, 0.125),
        FeatureContribution("heart_rate", "Heart rate", 118.0, 80.0, 0.0625),
    )
    whys = tuple(RiskAttribution(o.name, o.probability, f"a reference{texts}", 0.1, shares, 0.0, 0.0) for o in outcomes)
    record = PatientRecord(NAME, 63.0, "M", {"arterial_ph": 7.31}, f"file of {NAME}")
    risk = RiskEstimate(
        "support-respiratory", f"Risk{texts}", "ef" * 32, outcomes, "A population.", "An interval", (), ()
    )
    region = ScanRegion(
        "lesion", "Lesion", "lesion", (((70, 130), (70, 200), (110, 200), (110, 130)),), 1, 2800.0, 896.0, 0.02, 0.7,
        None, 0.7, 0.5, True,
    )  # fmt: skip
    review = CaseReview(
        "ca5e00000001",
        "2026-01-02T03:04:05+00:00",
        ScanSummary.of(scan, 0),
        StatedFacts(63.0, "M", "PA"),
        (),
        (f"A remark{texts}.",),
        prediction,
        GEOMETRY,
        maps=(example_map(),),
        record=record,
        risk=risk,
        risk_absent=None,
        risk_attributions=whys,
        versions={"torch": "2.0"},
        regions=(region,),
        whole=example_whole(texts),
    )
    return review, scan


def example_whole(texts: str = "") -> CaseAssessment:
    """Return what stands beside the scan."""
    note = NoteSummary(
        (
            NoteFact("finding", "cough", f"cough{texts}", None, "", False, "patient", ()),
            NoteFact("finding", "haemoptysis", "haemoptysis", None, "", True, "patient", ()),
        ),
        (NoteCondition("Bronchitis", "J20", 3, 0.52, False),),
        None,
        "symptoms-transformer",
        "A caution.",
        ("sepsis",),
    )
    vitals = VitalsSummary(
        15, 30, True, None, "NEWS2 17, clinical risk high", 17, 17, False, (),
        (VitalComponent("respiration_rate", 3, "25 /min"),),
    )  # fmt: skip
    agreement = AgreementSummary("signs of a lung infection", "agree", (), (), (), (), f"Both are raised{texts}.")
    alerts = tuple(
        AlertSummary(f"rule-{level}-{hour}", level, f"An alert{texts}", hour, "A reason.", "", "", "")
        for level, hour in (("attention", None), ("emergency", 13.0), ("emergency", 15.0))
    )
    return CaseAssessment(note, vitals, (agreement,), None, "Nothing is pooled.", alerts)
