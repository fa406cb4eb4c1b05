"""What one browser session holds: one value under one key. Nothing of it is shared between sessions, nor written anywhere."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

import streamlit as st

from dashboard.session.asked_file import AskedFile
from dashboard.session.case import MOST_HELD_BYTES, Case, OpenScan
from dashboard.session.ecg import EcgSession
from dashboard.session.model_review import ReviewSession
from dashboard.session.note import NoteSession
from dashboard.session.part import Part
from dashboard.session.reading import Reading
from dashboard.session.stay import MonitoringSession
from model_zoo.case.request import DEFAULT_METHODS, NO_RECORD, ReadRequest
from model_zoo.engine.worker import Wanted
from model_zoo.errors import InvalidPatientRecord, ZooError
from model_zoo.patients.record import TYPED, PatientRecord
from model_zoo.protocols import ReadingProtocol, patient_models_beside, protocol_of_model, risk_model_for
from model_zoo.trust.conformal import DEFAULT_COVERAGE

if TYPE_CHECKING:  # the first page is drawn before torch is imported
    from model_zoo.case.assessment import CaseAssessment
    from model_zoo.engine.study import StudyReading

__all__ = ["MOST_HELD_BYTES", "Case", "OpenScan", "Reading", "Session", "session"]

_KEY = "diaphane_session"
DEFAULT_MODEL = "chest-xray"


@dataclass(eq=False)
class Session(Part):
    """All that one tab holds, the case on its screen before all.

    note, stay, ecg: beside the scan; confirmed: which of them the reader said to be of the patient on the screen, by kind, scan
    and generation. model: by name, which image model reads the scan. patient_models: by protocol, which risk model the reader
    chose instead of its first. patient_error: the last refusal, shown until the next attempt; asked_patient: a file of values
    with a number that was asked about. confirmed_pair: the scan, facts
    and record that the reader confirmed to be one person's. record_of_other_scan: the record was brought for the scan before.
    methods: whose maps are shown, one to four. study: all frames of a file read together, by scan, weights and population.
    editing: whether the form of the patient is open; form_error: what is wrong with what was typed in it. saved_assessment: what
    stood beside the reading when it was saved. wanted: on whose behalf a network is asked; what the session moved on from is
    dropped there. generation: part of the keys of input widgets, so that another case starts with fresh ones; likewise
    prior_generation and patient_generation of what is brought to it.
    """

    OF_THE_TAB: ClassVar[frozenset[str]] = frozenset({"wanted", "model_review"})

    case: Case = field(default_factory=Case)
    reading: Reading = field(default_factory=Reading)
    note: NoteSession = field(default_factory=NoteSession)
    stay: MonitoringSession = field(default_factory=MonitoringSession)
    ecg: EcgSession = field(default_factory=EcgSession)
    model_review: ReviewSession = field(default_factory=ReviewSession)
    confirmed: set[tuple[str, str, int]] = field(default_factory=set)
    model: str = DEFAULT_MODEL
    methods: tuple[str, ...] = DEFAULT_METHODS
    parameters: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    study: tuple[tuple[str, str, str], StudyReading] | None = None
    record: PatientRecord | None = None
    patient_models: dict[str, str] = field(default_factory=dict)
    units: str = "SI"
    confirmed_pair: tuple[object, ...] | None = None
    record_of_other_scan: bool = False
    patient_error: ZooError | None = None
    asked_patient: AskedFile | None = None
    editing: bool = False
    form_error: InvalidPatientRecord | None = None
    saved_assessment: CaseAssessment | None = None
    wanted: Wanted = field(default_factory=Wanted)
    generation: int = 0
    prior_generation: int = 0
    patient_generation: int = 0

    def open_scan(self, opened: OpenScan) -> None:
        """Begin another case with a scan; what was computed for the old one goes.

        The patient record stays, but has to be confirmed: it was brought for another scan.
        """
        earlier = self.case.current
        if earlier is not None and earlier.scan.sha256 != opened.scan.sha256 and self.record is not None:
            self.record_of_other_scan = True
        self.case = Case(case_id=uuid.uuid4().hex[:12], current=opened)
        self.generation += 1
        self.forget_reading()

    def take(self, kept: Session) -> None:
        """Put a case on the screen of this tab, with fresh widgets: none of them shows what it had before.

        kept: as ``copied`` gave it. What it holds by a counter of its own is found again under the new one.
        """
        self.wanted.drop()
        before = {"note": kept.note.generation, "stay": kept.stay.generation}
        self.take_over(kept)
        now = {"note": self.note.generation, "stay": self.stay.generation}
        self.stay.playing = False
        self.stay.risks = {(now["stay"], *key[1:]): value for key, value in self.stay.risks.items()}
        self.confirmed = {(what, scan, now[what]) for what, scan, was in kept.confirmed if before[what] == was}

    def empty(self) -> None:
        """Let go of the case, as for a reader who has just come."""
        self.take(Session())

    def ask(self, request: ReadRequest) -> None:
        """Read the scan under other stated facts; an earlier insistence does not carry over to them."""
        if request == self.case.request:
            return
        facts, earlier = (request.age_years, request.sex, request.view), self.case.request
        if facts != (earlier.age_years, earlier.sex, earlier.view):
            request = replace(request, insist=False, population=None)
        self.case.request = request
        self.forget_reading()

    @property
    def protocol(self) -> ReadingProtocol | None:
        """The protocol of the model that reads, ``None`` for a folder model."""
        return protocol_of_model(self.model)

    @property
    def patient_model(self) -> str | None:
        """The risk model beside the scan: the chosen one, else the first of the protocol that is installed, if it has any."""
        chosen = self.patient_models.get(self._protocol_name)
        return chosen if chosen in patient_models_beside(self.model) else risk_model_for(self.model)

    @property
    def _protocol_name(self) -> str:
        return "" if self.protocol is None else self.protocol.name

    def choose_patient_model(self, name: str | None) -> None:
        """Put another risk model beside scans of this protocol, by default its first; the record stays as it is."""
        earlier = self.patient_model
        if name is None:
            self.patient_models.pop(self._protocol_name, None)
        else:
            self.patient_models[self._protocol_name] = name
        if self.patient_model == earlier:
            return
        self.patient_error = None
        self.editing, self.form_error = False, None
        self.reading.saved_id = None
        # The risk of the other model goes; the record on the screen is then attached anew.
        if self.reading.review is not None:
            self.reading.review = replace(
                self.reading.review, record=None, risk=None, risk_attributions=(), risk_absent=NO_RECORD
            )

    def choose_model(self, name: str) -> None:
        """Read with another model; what was stated of the scan stays, an insistence does not."""
        if name == self.model:
            return
        self.model = name
        self.case.request = replace(self.case.request, insist=False, population=None, target=None)
        self.case.coverage = DEFAULT_COVERAGE
        self.case.prevalence = {}
        self.forget_reading()

    def forget_reading(self) -> None:
        self.wanted.drop()
        self.reading = Reading()

    def stated_age_of_patient(self) -> float | None:
        """Return the age that this reader typed among the values of this case's patient, ``None`` where it came with a file."""
        record = self.record
        if record is None or record.synthetic or record.provenance != TYPED:
            return None
        return record.age_years

    def study_of(self, scan: str, weights: str, population: str) -> StudyReading | None:
        """Return the reading of all frames of a scan by a network for a population, where it was made."""
        if self.study is None or self.study[0] != (scan, weights, population):
            return None
        return self.study[1]

    def keep_study(self, scan: str, weights: str, study: StudyReading) -> None:
        self.study = ((scan, weights, study.population), study)

    def set_prior(self, prior: OpenScan | None) -> None:
        """Put an earlier film beside the scan, or take it away. Raises ScanTooLarge as ``Case.set_prior`` does."""
        self.case.set_prior(prior)
        self.prior_generation += 1

    def set_record(self, record: PatientRecord | None) -> None:
        """Take another patient record; the scan's reading stays."""
        self.record = record
        self.patient_error = self.asked_patient = None
        self.confirmed_pair = None
        self.record_of_other_scan = False
        self.reading.saved_id = None
        self.patient_generation += 1

    def pair(self) -> tuple[object, ...] | None:
        """Identify the scan, what is stated of it, and the record on the screen together."""
        if self.case.current is None or self.record is None:
            return None
        stated = (self.case.request.age_years, self.case.request.sex)
        return self.case.current.scan.sha256, stated, hash((self.record, self.record.identifier))

    def pending_methods(self) -> tuple[str, ...]:
        """Methods whose map of the selected finding is not computed yet, or was computed with other parameters."""
        if self.reading.review is None or self.reading.target is None:
            return ()
        done = {
            m.attribution.method
            for m in self.reading.review.maps
            if m.attribution.target == self.reading.target
            and all(
                m.attribution.parameters.get(k) == v for k, v in self.parameters.get(m.attribution.method, {}).items()
            )
        }
        return tuple(name for name in self.methods if name not in done and name not in self.reading.explain_errors)


def session() -> Session:
    """Return the one object this browser session owns."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = Session()
    return st.session_state[_KEY]


def held_session() -> Session | None:
    """Return the object of this browser session, ``None`` where there is none yet."""
    held = st.session_state.get(_KEY)
    return held if isinstance(held, Session) else None


def note_session() -> NoteSession:
    """Return the one note this browser session owns."""
    return session().note


def monitoring_session() -> MonitoringSession:
    """Return the one stay this browser session owns."""
    return session().stay


def ecg_session() -> EcgSession:
    """Return the one ECG strip this browser session owns."""
    return session().ecg


def review_session() -> ReviewSession:
    """Return the one model review this browser session owns."""
    return session().model_review
