"""At which frame a file of several is opened, when nobody has chosen one: where the reading of all of them looks first.

The first frame of a stack seldom shows anything, and a network that was trained on slices with a tumour names a type on
any slice. So all frames are read first where the model has a head that weighs them, and the heaviest is opened; elsewhere
the middle one. Either is said.
"""

from __future__ import annotations

from dataclasses import dataclass

from model_zoo.case.request import ReadRequest
from model_zoo.engine.inference import InferenceEngine
from model_zoo.engine.study import StudyReading, load_head, read_study
from model_zoo.errors import ZooError
from model_zoo.scans.coverage import check_coverage, stated_facts
from model_zoo.scans.scan import Scan

# Where frames are parallel slices of a body and not moments of a film.
_SLICED = ("CT", "MR", "PT")


@dataclass(frozen=True, eq=False)
class StartFrame:
    """frame: index of the frame to read. sentence: which it is and why. study: all frames, where they were read for it."""

    frame: int
    sentence: str
    study: StudyReading | None = None


def find_start_frame(engine: InferenceEngine, scan: Scan, request: ReadRequest) -> StartFrame | None:
    """Return where a scan is opened; ``None`` for a single frame, and for a scan that would be refused in any case."""
    if scan.n_frames < 2:
        return None
    coverage = check_coverage(engine.card, scan, stated_facts(scan, request.age_years, request.sex, request.view))
    if coverage.violations and not request.insist:
        return None
    population = request.population if coverage.population is None else coverage.population.name
    if population is None:
        return None
    middle, last = scan.n_frames // 2, scan.n_frames
    kind = "slice" if (scan.metadata.modality or "").upper() in _SLICED else "frame"
    at_middle = f"Opened at {kind} {middle + 1} of {last}, the middle one"
    try:
        if load_head(engine)[0] is None:
            return StartFrame(middle, f"{at_middle}: this model has no head that weighs the {kind}s of a study.")
        study = read_study(engine, scan, population)
    except ZooError as error:
        return StartFrame(middle, f"{at_middle}: the {kind}s could not be weighed. {error.message}")
    weights = study.weights or ()
    heaviest = study.frames[max(range(len(weights)), key=weights.__getitem__)]
    return StartFrame(
        heaviest, f"Opened at {kind} {heaviest + 1} of {last}, which the study reading weighs most.", study
    )
