"""What one browser session holds: one typed object under one key. Nothing here is shared between sessions."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard.viewmodels.viewer.film import ViewerScan
from model_zoo.engine.worker import Wanted
from model_zoo.errors import InvalidPatientRecord, ScanTooLarge, ZooError
from model_zoo.patients.record import TYPED, PatientRecord
from model_zoo.protocols import (
    Proposal,
    ReadingProtocol,
    patient_models_beside,
    protocol_of_model,
    risk_model_for,
)
from model_zoo.review.marks import Mark
from model_zoo.review.request import DEFAULT_METHODS, NO_RECORD, ReadRequest
from model_zoo.scans import Scan
from model_zoo.trust.conformal import DEFAULT_COVERAGE

if TYPE_CHECKING:  # the first page is drawn before torch is imported
    from model_zoo.engine.results import ModelInput
    from model_zoo.engine.study import StudyReading
    from model_zoo.review import CaseReview, Opening
    from model_zoo.review.whole import WholeCase

_KEY = "diaphane_session"
DEFAULT_MODEL = "chest-xray"
# Of decoded pixels in one session: any scan that is read, and beside it an earlier film of the largest detectors.
MOST_HELD_BYTES = 384 * 2**20


@dataclass(eq=False)
class OpenScan:
    """A decoded file and its packed form for the viewer."""

    scan: Scan
    viewer: ViewerScan
    label: str

    @property
    def held_bytes(self) -> int:
        return self.scan.frames.nbytes + (0 if self.scan.colour is None else self.scan.colour.nbytes)


@dataclass(eq=False)
class Session:
    """The case on the screen.

    case_id: names the case from opening to closing, whatever is stated of it meanwhile. planted: outputs that a synthetic case
    holds, ``None`` where that is not known.
    request: what the reader stated of the scan. review: what has been computed so far; the methods still missing in it
    are the pending steps. scan_error, patient_error: the last refusal, shown until the next attempt. confirmed_pair:
    the scan, facts and record that the reader confirmed to be one person's. record_of_other_scan: the record was brought
    for the scan before. explain_errors: why a method gave no map, until the reader tries again. coverage: asked of the
    prediction sets. methods: whose maps are shown, one to four. check_errors: why a map could not be checked, by method and
    finding. shared_checks: a finding, and what the checks of its maps have in common. prevalence: local share of ill
    patients by output, as stated for this case; none is assumed. outlined: whether
    the outlines of this reading were asked for; added: how many of the steps that add to its number were done.
    proposal: which protocol the scan on the screen belongs to, and by what; ``None`` before it was asked.
    study: all frames of a file read together, by scan, weights and population. opening: at which of several frames it was
    opened and why; ``None`` before that is known. next_frame: which the field of the sidebar is to show from the next run on.
    model: by name, which image model reads the scan. patient_models: by protocol, which risk model the reader chose instead
    of its first.
    editing: whether the form of the patient is open; form_error: what is wrong with what was typed in it.
    pooled_prevalence: share of such patients with the outcome that several parts estimate, as stated. saved_whole: what stood
    beside the reading when it was saved. marks: what the reader marked on the scan. printed: a state of the case, and
    its report for the printer. shown_map: that the reader asked for on the large film, and how often one was asked for.
    case_key: under which the case is open in its browser, as it stands in the address; kept: whether it is in the store under it.
    finding_asked: by the address, until the reading says which findings there are.
    wanted: on whose behalf a network is asked; what the session moved on from is dropped there.
    generation: part of the keys of input widgets, so that another case starts with fresh ones; likewise prior_generation
    and patient_generation of what is brought to it.
    """

    case_id: str = ""
    model: str = DEFAULT_MODEL
    proposal: Proposal | None = None
    current: OpenScan | None = None
    planted: frozenset[str] | None = None
    prior: OpenScan | None = None
    request: ReadRequest = field(default_factory=ReadRequest)
    model_input: ModelInput | None = None
    review: CaseReview | None = None
    target: str | None = None
    parameters: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    coverage: float = DEFAULT_COVERAGE
    prevalence: dict[str, float] = field(default_factory=dict)
    record: PatientRecord | None = None
    patient_models: dict[str, str] = field(default_factory=dict)
    units: str = "SI"
    confirmed_pair: tuple[object, ...] | None = None
    record_of_other_scan: bool = False
    methods: tuple[str, ...] = DEFAULT_METHODS
    explain_errors: dict[str, ZooError] = field(default_factory=dict)
    check_errors: dict[tuple[str, str], ZooError] = field(default_factory=dict)
    shared_checks: tuple[str, dict[str, Any]] | None = None
    scan_error: ZooError | None = None
    prior_error: ZooError | None = None
    patient_error: ZooError | None = None
    read_error: ZooError | None = None
    outlined: bool = False
    added: int = 0
    outline_error: ZooError | None = None
    saved_id: str | None = None
    study: tuple[tuple[str, str, str], StudyReading] | None = None
    opening: Opening | None = None
    next_frame: int | None = None
    stored: CaseReview | None = None
    editing: bool = False
    form_error: InvalidPatientRecord | None = None
    pooled_prevalence: float | None = None
    saved_whole: WholeCase | None = None
    case_key: str | None = None
    kept: bool = False
    finding_asked: str | None = None
    marks: tuple[Mark, ...] = ()
    shown_map: tuple[str, int] | None = None
    printed: tuple[CaseReview, str] | None = None
    wanted: Wanted = field(default_factory=Wanted)
    generation: int = 0
    prior_generation: int = 0
    patient_generation: int = 0

    def open_scan(self, opened: OpenScan) -> None:
        """Put a new scan on the screen; what was computed for the old one goes.

        The patient record stays, but has to be confirmed: it was brought for another scan.
        """
        if self.current is not None and self.current.scan.sha256 != opened.scan.sha256 and self.record is not None:
            self.record_of_other_scan = True
        self.case_key, self.kept, self.finding_asked = None, False, None
        self.current = opened
        self.case_id, self.planted = uuid.uuid4().hex[:12], None
        self.proposal = None
        self.prior = None
        self.marks, self.printed, self.shown_map = (), None, None
        self.request = ReadRequest()
        self.opening = self.next_frame = None
        self.scan_error = self.prior_error = None
        self.stored = None
        self.coverage = DEFAULT_COVERAGE
        self.prevalence = {}
        self.pooled_prevalence = None
        self.generation += 1
        self.forget_reading()

    def empty(self) -> None:
        """Let go of everything, as for a reader who has just come."""
        self.wanted.drop()
        vars(self).update(vars(Session(generation=self.generation + 1)))

    def ask(self, request: ReadRequest) -> None:
        """Read the scan under other stated facts; an earlier insistence does not carry over to them."""
        if request == self.request:
            return
        facts, earlier = (request.age_years, request.sex, request.view), self.request
        if facts != (earlier.age_years, earlier.sex, earlier.view):
            request = replace(request, insist=False, population=None)
        self.request = request
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
        self.saved_id = None
        # The risk of the other model goes; the record on the screen is then attached anew.
        if self.review is not None:
            self.review = replace(self.review, record=None, risk=None, risk_attributions=(), risk_absent=NO_RECORD)

    def choose_model(self, name: str) -> None:
        """Read with another model; what was stated of the scan stays, an insistence does not."""
        if name == self.model:
            return
        self.model = name
        self.request = replace(self.request, insist=False, population=None, target=None)
        self.coverage = DEFAULT_COVERAGE
        self.prevalence = {}
        self.forget_reading()

    def forget_reading(self) -> None:
        self.wanted.drop()
        self.model_input = None
        self.review = None
        self.target = None
        self.read_error = None
        self.explain_errors = {}
        self.check_errors = {}
        self.shared_checks = None
        self.outline_error, self.outlined, self.added = None, False, 0
        self.saved_id = None

    def stated_age_of_patient(self) -> float | None:
        """Return the age that this reader typed among the values of this case's patient, ``None`` where it came with a file."""
        record = self.record
        if record is None or record.synthetic or record.provenance != TYPED:
            return None
        return record.age_years

    def show_map(self, title: str) -> None:
        """Put a map on the large film, by its title there."""
        self.shown_map = (title, 1 if self.shown_map is None else self.shown_map[1] + 1)

    def study_of(self, scan: str, weights: str, population: str) -> StudyReading | None:
        """Return the reading of all frames of a scan by a network for a population, where it was made."""
        if self.study is None or self.study[0] != (scan, weights, population):
            return None
        return self.study[1]

    def keep_study(self, scan: str, weights: str, study: StudyReading) -> None:
        self.study = ((scan, weights, study.population), study)

    def forget_errors_of(self, method: str) -> None:
        """Forget why a method gave no map or could not be checked: it is tried anew."""
        self.explain_errors.pop(method, None)
        self.check_errors = {key: error for key, error in self.check_errors.items() if key[0] != method}

    def set_prior(self, prior: OpenScan | None) -> None:
        """Put an earlier film beside the scan, or take it away.

        Raises ScanTooLarge where both need more memory than one session may hold.
        """
        if prior is not None and self.current is not None:
            held = self.current.held_bytes + prior.held_bytes
            if held > MOST_HELD_BYTES:
                raise ScanTooLarge(
                    f"The two scans need {held / 2**20:.0f} MiB together; one reader may hold {MOST_HELD_BYTES // 2**20}.",
                    "Export the earlier film at a lower resolution, or only its frames of interest.",
                )
        self.prior = prior
        self.prior_error = None
        self.prior_generation += 1

    def set_record(self, record: PatientRecord | None) -> None:
        """Take another patient record; the scan's reading stays."""
        self.record = record
        self.patient_error = None
        self.confirmed_pair = None
        self.record_of_other_scan = False
        self.saved_id = None
        self.patient_generation += 1

    def pair(self) -> tuple[object, ...] | None:
        """Identify the scan, what is stated of it, and the record on the screen together."""
        if self.current is None or self.record is None:
            return None
        stated = (self.request.age_years, self.request.sex)
        return self.current.scan.sha256, stated, hash((self.record, self.record.identifier))

    def pending_methods(self) -> tuple[str, ...]:
        """Methods whose map of the selected finding is not computed yet, or was computed with other parameters."""
        if self.review is None or self.target is None:
            return ()
        done = {
            m.attribution.method
            for m in self.review.maps
            if m.attribution.target == self.target
            and all(
                m.attribution.parameters.get(k) == v for k, v in self.parameters.get(m.attribution.method, {}).items()
            )
        }
        return tuple(name for name in self.methods if name not in done and name not in self.explain_errors)

    def shared_for(self, target: str) -> dict[str, Any]:
        """Return the results that all maps of a finding have in common, empty for a new finding."""
        if self.shared_checks is None or self.shared_checks[0] != target:
            self.shared_checks = (target, {})
        return self.shared_checks[1]


def session() -> Session:
    """Return the one object this browser session owns."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = Session()
    return st.session_state[_KEY]


def held_session() -> Session | None:
    """Return the object of this browser session, ``None`` where there is none yet."""
    held = st.session_state.get(_KEY)
    return held if isinstance(held, Session) else None
