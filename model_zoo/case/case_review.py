"""The case as it was read: every number with the model, weights, parameters and library versions it came from."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from model_zoo.case.assessment import CaseAssessment
from model_zoo.case.marks import Mark
from model_zoo.case.outlines.regions import ScanRegion
from model_zoo.engine.study import StudyReading
from model_zoo.errors import UnknownName
from model_zoo.patients.attribution import RiskAttribution
from model_zoo.patients.record import PatientRecord
from model_zoo.patients.risk import RiskEstimate
from model_zoo.protocols.proposal import Proposal
from model_zoo.results import Attribution, Prediction
from model_zoo.scans.coverage import StatedFacts
from model_zoo.scans.geometry import Geometry
from model_zoo.scans.orientation import Orientation
from model_zoo.scans.scan import Scan
from model_zoo.stored import CaseName, Count, Length, Moment, Sha256, Side
from model_zoo.trust.check import CheckResult
from model_zoo.trust.in_distribution import GateResult
from model_zoo.trust.masking import MaskingEffect
from model_zoo.trust.number_block import NumberBlock
from model_zoo.trust.shortcuts import ShortcutReport
from model_zoo.trust.state import State, finding_state
from model_zoo.trust.verdict import PENDING, MapVerdict

# Version 2 added the trust layer: gate, number blocks, shortcut probes, checks and verdicts; version 3 the state of every finding
# and the marks of the reader. All are still opened.
SCHEMA_VERSION = 3
NOTICE = "Reading aid for demonstration, model review and research. Not a medical device."
# Whatever can change a number of a review.
_LIBRARIES = ("torch", "torchvision", "captum", "numpy", "pillow", "pydicom", "safetensors")


@dataclass(frozen=True)
class ScanSummary:
    """What a stored case keeps of the scan: never pixels, never who it is.

    orientation: where the patient lies in the picture, as the file states it; cases saved before that have none. planted: the
    outputs that a synthetic scan holds, ``None`` where that is not known.
    """

    sha256: Sha256
    format: str
    rows: Side
    cols: Side
    frames: Side
    frame: Count
    spacing_mm: tuple[Length, Length] | None
    modality: str | None
    body_part: str | None
    laterality: str | None
    synthetic: bool
    notes: tuple[str, ...]
    orientation: Orientation | None = None
    planted: tuple[str, ...] | None = None

    @classmethod
    def of(cls, scan: Scan, frame: int) -> ScanSummary:
        """Summarise one frame of a decoded scan."""
        meta = scan.metadata
        rows, cols = scan.shape
        return cls(
            scan.sha256,
            scan.format,
            rows,
            cols,
            scan.n_frames,
            frame,
            scan.spacing_mm,
            meta.modality,
            meta.body_part,
            meta.laterality,
            meta.synthetic,
            scan.notes,
            meta.orientation,
        )


@dataclass(frozen=True, eq=False)
class ExplainedMap:
    """One attribution and what covering its marked region does to the finding.

    checks: of the panel, as far as they have run. verdict: what they come to. alarms: sentences, where the map lies where no
    lung finding can. ``verdict`` is ``None`` before the first check and in cases saved before there were any.
    """

    attribution: Attribution
    effect: MaskingEffect
    checks: tuple[CheckResult, ...] = ()
    verdict: MapVerdict | None = None
    alarms: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class CaseReview:
    """One case. Steps of the reading return a new review with more in it; none changes an earlier one.

    violations: what speaks against reading this scan with this model; the reader insisted when there are any.
    risk_absent: why there is no risk, ``None`` when there is one. gate: how like the training films the scan is; ``None``
    where no gate was fitted. numbers: one block per finding with a measured coverage. shortcuts: what border, corners and
    surroundings do to each finding. regions: what was outlined on the frame; empty too for cases saved before there were any.
    protocol: which one the scan was taken to belong to, and by what; study: all frames of the file read together; both
    ``None`` where that was not asked. whole: what stands beside it, ``None`` where the case was kept without.
    marks: what the reader marked on the frames of the scan.
    """

    case_id: CaseName
    created_at: Moment
    scan: ScanSummary
    stated: StatedFacts
    violations: tuple[str, ...]
    remarks: tuple[str, ...]
    prediction: Prediction
    geometry: Geometry
    maps: tuple[ExplainedMap, ...] = ()
    record: PatientRecord | None = None
    risk: RiskEstimate | None = None
    risk_absent: str | None = "No patient record was given."
    risk_attributions: tuple[RiskAttribution, ...] = ()
    versions: Mapping[str, str] | None = None
    gate: GateResult | None = None
    numbers: tuple[NumberBlock, ...] = ()
    shortcuts: tuple[ShortcutReport, ...] = ()
    regions: tuple[ScanRegion, ...] = ()
    protocol: Proposal | None = None
    study: StudyReading | None = None
    whole: CaseAssessment | None = None
    marks: tuple[Mark, ...] = ()

    def with_map(self, explained: ExplainedMap) -> CaseReview:
        """Return the review with one more map; a map of the same method and target is replaced in its place."""
        key = (explained.attribution.method, explained.attribution.target)
        keys = [(m.attribution.method, m.attribution.target) for m in self.maps]
        if key not in keys:
            return replace(self, maps=(*self.maps, explained))
        return replace(self, maps=tuple(explained if k == key else m for k, m in zip(keys, self.maps, strict=True)))

    def state_of(self, output: str) -> State:
        """Return the state of one finding at the coverage of the number blocks, or raise UnknownName."""
        return finding_state(self.prediction, output, self.numbers)

    def judged(self, output: str) -> bool:
        """Tell whether the map of a finding has been judged: not where there is none, nor while it is being checked."""
        verdicts = [m.verdict.verdict for m in self.maps if m.attribution.target == output and m.verdict is not None]
        return any(verdict != PENDING for verdict in verdicts)

    def shortcut_of(self, output: str) -> ShortcutReport | None:
        """Return the probe of one finding, ``None`` where there is none."""
        return next((report for report in self.shortcuts if report.output == output), None)

    def map_of(self, method: str, target: str) -> ExplainedMap:
        """Return the map of a method for a target, or raise UnknownName."""
        for explained in self.maps:
            if (explained.attribution.method, explained.attribution.target) == (method, target):
                return explained
        raise UnknownName("map", f"{method} of {target}", (m.attribution.method for m in self.maps))


@cache
def library_versions() -> Mapping[str, str]:
    """Return the versions of everything that can change a number."""
    found = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
