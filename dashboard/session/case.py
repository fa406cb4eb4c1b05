"""The scan on the screen, what its reader stated of it, and under which names the case is open."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dashboard.session.part import Part
from dashboard.viewmodels.viewer.scan import ViewerScan
from model_zoo.case.marks import Mark
from model_zoo.case.request import ReadRequest
from model_zoo.errors import ScanTooLarge, ZooError
from model_zoo.protocols import Proposal
from model_zoo.scans import Scan
from model_zoo.trust.conformal import DEFAULT_COVERAGE

if TYPE_CHECKING:  # the first page is drawn before torch is imported
    from model_zoo.case import CaseReview, StartFrame

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
class Case(Part):
    """One open case; another scan begins another.

    case_id: names the case from opening to closing, whatever is stated of it meanwhile. planted: outputs that a synthetic case
    holds, ``None`` where that is not known. request: what the reader stated of the scan. proposal: which protocol the scan
    belongs to, and by what; ``None`` before it was asked. start_frame: at which of several frames it was opened and why; ``None``
    before that is known. next_frame: which the field of the sidebar is to show from the next run on. coverage: asked of the
    prediction sets. prevalence: local share of ill patients by output, as stated for this case; none is assumed.
    pooled_prevalence: share of such patients with the outcome that several parts estimate, as stated. marks: what the reader
    marked on the scan. shown_map: that the reader asked for on the large film, and how often one was asked for.
    printed: a state of the case, and its report for the printer.
    key: under which the case is open in its browser, as it stands in the address; kept: whether it is in the store under
    it. finding_asked: by the address, until the reading says which findings there are. *_error: the last refusal, shown until
    the next attempt.
    """

    case_id: str = ""
    current: OpenScan | None = None
    planted: tuple[str, ...] | None = None
    proposal: Proposal | None = None
    prior: OpenScan | None = None
    request: ReadRequest = field(default_factory=ReadRequest)
    start_frame: StartFrame | None = None
    next_frame: int | None = None
    coverage: float = DEFAULT_COVERAGE
    prevalence: dict[str, float] = field(default_factory=dict)
    pooled_prevalence: float | None = None
    marks: tuple[Mark, ...] = ()
    shown_map: tuple[str, int] | None = None
    printed: tuple[CaseReview, str] | None = None
    key: str | None = None
    kept: bool = False
    finding_asked: str | None = None
    scan_error: ZooError | None = None
    prior_error: ZooError | None = None

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
        self.prior, self.prior_error = prior, None

    def show_map(self, title: str) -> None:
        """Put a map on the large film, by its title there."""
        self.shown_map = (title, 1 if self.shown_map is None else self.shown_map[1] + 1)
