"""The sample cases of breast, brain and eye: two computed pictures each, and one sequence each of breast and brain.

Nothing here comes from a person: every picture is rendered on request from a fixed seed, and the patient is invented. The
seeds were chosen among computed pictures that the shipped network reads as planted and its gate lets pass (of the eighteen
seeds 103 to 120 twelve of the solid lesion and nine of the cyst pass, of eighteen one of the mass on the dura); each
description says so, because a chosen case is a demonstration and no evidence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from model_zoo.errors import UnknownName
from model_zoo.phantoms.brain.examination import render_head, render_stack
from model_zoo.phantoms.brain.mass import BrainMass
from model_zoo.phantoms.breast.examination import render_breast, render_sweep
from model_zoo.phantoms.breast.lesion import BreastLesion
from model_zoo.phantoms.eye.examination import render_fundus
from model_zoo.phantoms.eye.lesions import Retinopathy
from model_zoo.phantoms.picture import ComputedPicture, ComputedSequence, Protocol
from model_zoo.phantoms.picture_files import write_picture_dicom, write_sequence_dicom
from model_zoo.phantoms.written_cytology import BLAND, SUSPICIOUS, written_aspirate

CHOSEN = (
    "Chosen among computed pictures because the network reads it as planted and its gate lets it pass: a demonstration, not "
    "evidence."
)


@dataclass(frozen=True)
class PictureCase:
    """One case to open with a click; the same names as ``SampleCase`` where both have them.

    name: key. title, description: for the page; both say that the case is synthetic. patient: a written patient in the JSON
    form of ``PatientRecord``, or ``None`` where the protocol has no patient model. planted: the outputs of the protocol's
    image model that name what was planted. render: computes the picture, or the
    sequence of a multi-frame case.
    """

    name: str
    title: str
    description: str
    protocol: Protocol
    sex: Literal["F", "M"]
    identifier: str
    age_years: int
    study_date: str
    label: str
    planted: frozenset[str]
    render: Callable[[], ComputedPicture | ComputedSequence] = field(repr=False, compare=False)
    patient: dict[str, Any] | None = field(default=None, compare=False)
    prior: None = None

    @property
    def file_name(self) -> str:
        return f"SYNTHETIC_{self.name}.dcm"

    @property
    def prior_file_name(self) -> str | None:
        return None

    def phantom(self) -> ComputedPicture:
        """Return the picture with its truth; of a sequence the frame on which the lesion is largest."""
        made = _made(self)
        if isinstance(made, ComputedPicture):
            return made
        return max(made.pictures, key=lambda picture: sum(int(lesion.mask.sum()) for lesion in picture.lesions))

    def sequence(self) -> ComputedSequence | None:
        """Return all frames of a multi-frame case with their truth, ``None`` for a single picture."""
        made = _made(self)
        return made if isinstance(made, ComputedSequence) else None

    def scan_bytes(self) -> bytes:
        """Return the case as a DICOM file (RLE compressed), computed once per process."""
        return _bytes(self)

    def prior_bytes(self) -> bytes | None:
        return None


def picture_case(name: str) -> PictureCase:
    """Return the sample case of that name, still or multi-frame. Raises UnknownName."""
    for case in (*PICTURE_CASES, *SEQUENCE_CASES):
        if case.name == name:
            return case
    raise UnknownName("sample case", name, [case.name for case in (*PICTURE_CASES, *SEQUENCE_CASES)])


def cases_of(protocol: str) -> tuple[PictureCase, ...]:
    """Return the still sample cases of one protocol, in the order of the page; empty where it has none here."""
    return tuple(case for case in PICTURE_CASES if case.protocol == protocol)


@lru_cache(maxsize=4)
def _made(case: PictureCase) -> ComputedPicture | ComputedSequence:
    return case.render()


@lru_cache(maxsize=8)
def _bytes(case: PictureCase) -> bytes:
    made = _made(case)
    facts = (case.identifier, case.age_years, case.sex, case.study_date, case.label)
    return (
        write_picture_dicom(made, *facts) if isinstance(made, ComputedPicture) else write_sequence_dicom(made, *facts)
    )


PICTURE_CASES: tuple[PictureCase, ...] = (
    PictureCase(
        name="breast-solid",
        title="Synthetic case 4: woman of 58, irregular solid lesion of the left breast",
        description=(
            "Computed ultrasound with a planted lesion that looks suspicious: irregular, taller than wide, spiculated, with "
            f"a shadow behind it. {CHOSEN}"
        ),
        protocol="breast",
        sex="F",
        identifier="PHANTOM-004",
        age_years=58,
        study_date="2024-06-11",
        label="case 4",
        planted=frozenset({"malignant"}),
        patient=written_aspirate("PHANTOM-004", 58, SUSPICIOUS),
        render=lambda: render_breast(109, BreastLesion("malignant", (-0.05, 0.45), 11.0, 1.2), laterality="L"),
    ),
    PictureCase(
        name="breast-cyst",
        title="Synthetic case 5: woman of 43, simple cyst of the right breast",
        description=(
            "Computed ultrasound with a planted cyst: no echo inside, a thin smooth wall, brighter tissue behind it. "
            f"{CHOSEN}"
        ),
        protocol="breast",
        sex="F",
        identifier="PHANTOM-005",
        age_years=43,
        study_date="2024-06-18",
        label="case 5",
        planted=frozenset({"benign"}),
        patient=written_aspirate("PHANTOM-005", 43, BLAND),
        render=lambda: render_breast(115, BreastLesion("cyst", (-0.08, 0.45), 12.0, 0.75), laterality="R"),
    ),
    PictureCase(
        name="brain-ring",
        title="Synthetic case 6: man of 61, ring-enhancing mass of the left hemisphere",
        description=(
            "Computed axial T1 slice after contrast with a planted mass within the brain: an irregular enhancing ring around "
            f"necrosis, with oedema and displaced ventricles, as gliomas look. {CHOSEN}"
        ),
        protocol="brain",
        sex="M",
        identifier="PHANTOM-006",
        age_years=61,
        study_date="2024-07-02",
        label="case 6",
        planted=frozenset({"glioma"}),
        render=lambda: render_head(103, BrainMass("glioma", (34.0, -12.0, 20.0), 19.0, 4.5, 15.0), "axial"),
    ),
    PictureCase(
        name="brain-dural",
        title="Synthetic case 7: woman of 54, enhancing mass on the dura",
        description=(
            "Computed coronal T1 slice after contrast with a planted mass on the dura: evenly enhancing, with a tail and a "
            f"cleft of fluid against the brain, as meningiomas look. {CHOSEN}"
        ),
        protocol="brain",
        sex="F",
        identifier="PHANTOM-007",
        age_years=54,
        study_date="2024-07-09",
        label="case 7",
        planted=frozenset({"meningioma"}),
        render=lambda: render_head(102, BrainMass("meningioma", (-36.0, 12.0, 46.0), 17.0), "coronal"),
    ),
    PictureCase(
        name="eye-referable",
        title="Synthetic case 8: man of 57, diabetic retinopathy of the right eye",
        description=(
            "Computed fundus photograph with planted microaneurysms, haemorrhages, hard and soft exudates (grade 2, "
            f"referable). {CHOSEN}"
        ),
        protocol="eye",
        sex="M",
        identifier="PHANTOM-008",
        age_years=57,
        study_date="2024-08-20",
        label="case 8",
        planted=frozenset({"referable_retinopathy"}),
        render=lambda: render_fundus(123, Retinopathy(18, 11, 2, 3, 1), "R"),
    ),
    PictureCase(
        name="eye-clear",
        title="Synthetic case 9: woman of 46, left eye without planted signs",
        description=f"Computed fundus photograph of an eye in which nothing was planted (grade 0). {CHOSEN}",
        protocol="eye",
        sex="F",
        identifier="PHANTOM-009",
        age_years=46,
        study_date="2024-08-27",
        label="case 9",
        planted=frozenset(),
        render=lambda: render_fundus(113, Retinopathy(), "L"),
    ),
)

SEQUENCE_CASES: tuple[PictureCase, ...] = (
    PictureCase(
        name="brain-stack",
        title="Synthetic case 10: man of 61, twenty slices, ring-enhancing mass",
        description="Computed stack of axial T1 slices of one head; the planted mass is on some of them, and it is known on which.",
        protocol="brain",
        sex="M",
        identifier="PHANTOM-010",
        age_years=61,
        study_date="2024-07-02",
        label="case 10",
        planted=frozenset({"glioma"}),
        render=lambda: render_stack(103, BrainMass("glioma", (34.0, -12.0, 20.0), 19.0, 4.5, 15.0)),
    ),
    PictureCase(
        name="breast-sweep",
        title="Synthetic case 11: woman of 58, sweep over an irregular solid lesion",
        description="Computed sweep of the probe; the planted lesion enters and leaves, and it is known in which frames.",
        protocol="breast",
        sex="F",
        identifier="PHANTOM-011",
        age_years=58,
        study_date="2024-06-11",
        label="case 11",
        planted=frozenset({"malignant"}),
        render=lambda: render_sweep(103, BreastLesion("malignant", (-0.05, 0.45), 11.0, 1.2), laterality="L"),
    ),
)
