"""The words of the cards of the lesion models: whom they are for, what each output means, what is not assessed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from model_zoo.training.data_sources import BRAIN_DATA, BREAST_DATA, FUNDUS_DATA


@dataclass(frozen=True)
class OutputWords:
    """One output.

    sensitivity: share of its pictures that the operating threshold has to flag on the calibration fold; ``None`` for one of
    several kinds, which is named where it is more likely than all others together. condition: under which it means anything.
    """

    title: str
    sensitivity: float | None
    caution: str | None = None
    condition: str | None = None


@dataclass(frozen=True)
class LesionWords:
    """What the card of one model says in words.

    scan: what the model reads, with its article. masks: title of each outline. expects: outputs that go with an outline, by
    mask: named without it, or it without them, the two contradict each other. group: what stands for a patient in the
    folds and intervals. references: published figures on the same data, with why they differ.
    """

    title: str
    scan: str
    modalities: tuple[str, ...]
    body_parts: tuple[str, ...]
    aspect_range: tuple[float, float]
    population: dict[str, Any]
    outputs: dict[str, OutputWords]
    intended_use: str
    not_for: tuple[str, ...]
    not_assessed: tuple[str, ...]
    data: dict[str, str]
    group: str
    cautions: tuple[str, ...]
    masks: dict[str, str] | None = None
    expects: dict[str, tuple[str, ...]] | None = None
    box_title: str | None = None
    colour: bool = False


_NO_DECISION = "diagnosis, triage or treatment of patients"

LESION_WORDS = {
    "breast-ultrasound": LesionWords(
        title="Breast ultrasound",
        scan="a breast ultrasound picture",
        modalities=("US",),
        body_parts=("BREAST",),
        aspect_range=(0.6, 1.9),
        population={
            "name": "adult",
            "title": "Women (18 and over)",
            "age_years": [18, 121],
            "crop": "whole",
            "views": [],
            "sexes": ["F"],
            "note": "Baheya Hospital, Cairo; women of 25 to 75 years, one picture chosen by the examiner.",
        },
        outputs={
            "no_lesion": OutputWords(
                "No lesion in this picture",
                None,
                "Evidence of this one picture, not of the breast: what the examiner did not keep cannot be seen here.",
            ),
            "benign": OutputWords("Benign-looking lesion", None, "A look, not a histology; it rules out no cancer."),
            "malignant": OutputWords(
                "Malignant-looking lesion",
                0.90,
                "A look, not a histology. Measurement crosses are commoner on lesions.",
            ),
        },
        intended_use="Reading aid for demonstration, model review and research on single breast ultrasound pictures.",
        not_for=(
            _NO_DECISION,
            "screening: every picture was chosen by an examiner",
            "men, children, the axilla, elastography and Doppler pictures",
            "ruling anything out: no output says that a breast is normal",
        ),
        not_assessed=(
            "lymph nodes and the axilla",
            "calcifications",
            "BI-RADS category",
            "the rest of the breast outside the picture",
            "implants, skin and chest wall",
            "any comparison with an earlier examination",
        ),
        data=BREAST_DATA,
        group="groups of near-duplicate pictures (the set has no patient ids: women may share folds)",
        cautions=(
            "169 near-duplicate pairs, 7 of them with different labels: kept in one fold, but patients are not known.",
            "Some pictures carry crosses, text or arrows, more often on lesions; random crosses were painted in training.",
            "How the least outline that is drawn is chosen on fold 3 was settled after fold 4 had been seen.",
        ),
        masks={"lesion": "Lesion"},
        expects={"lesion": ("benign", "malignant")},
    ),
    "brain-mri-tumour": LesionWords(
        title="Brain MRI: type of a tumour",
        scan="a contrast-enhanced T1 brain slice",
        modalities=("MR",),
        body_parts=("BRAIN", "HEAD"),
        aspect_range=(0.7, 1.4),
        population={
            "name": "adult",
            "title": "Patients with a brain tumour (18 and over)",
            "age_years": [18, 121],
            "crop": "whole",
            "views": [],
            "note": "Two hospitals in China. Every slice shows a glioma, a meningioma or a pituitary tumour; ages not stated.",
        },
        outputs={
            name: OutputWords(
                title,
                None,
                "Holds only where one of the three tumours is known to be there; the type follows the place.",
                condition="if one of the three tumours is on this slice",
            )
            for name, title in (
                ("glioma", "Glioma"),
                ("meningioma", "Meningioma"),
                ("pituitary", "Pituitary tumour"),
            )
        },
        intended_use=(
            "Reading aid for demonstration, model review and research: which of three tumours a slice with a known tumour "
            "shows, and where."
        ),
        not_for=(
            _NO_DECISION,
            "telling whether there is a tumour: no slice without one was in the data",
            "other tumours, metastases, other sequences, slices without contrast medium, children",
            "ruling anything out",
        ),
        not_assessed=(
            "whether there is a tumour at all",
            "metastases, lymphoma, abscess, demyelination, stroke, bleeding",
            "grade and molecular type",
            "oedema, mass effect, hydrocephalus",
            "any slice that was not given",
            "any comparison with an earlier examination",
        ),
        data=BRAIN_DATA,
        group="blocks of 13 consecutive slices of a class (no patient ids; 13 slices a patient on average)",
        cautions=(
            "Folds are contiguous blocks of slices: at most 4 patients per class are shared between folds.",
            "Axial, coronal and sagittal slices are mixed, and plane and place go with the type.",
        ),
        box_title="Tumour",
    ),
    "fundus-retinopathy": LesionWords(
        title="Fundus photograph: diabetic retinopathy",
        scan="a fundus photograph",
        modalities=("OP", "XC", "OT"),
        body_parts=("EYE", "RETINA"),
        aspect_range=(0.9, 1.6),
        colour=True,
        population={
            "name": "adult",
            "title": "Adults with diabetes (18 and over)",
            "age_years": [18, 121],
            "crop": "whole",
            "views": [],
            "note": "One eye clinic in Nanded, India, one camera (Kowa VX-10 alpha, 50 degrees); ages not stated.",
        },
        outputs={
            "referable_retinopathy": OutputWords(
                "Referable diabetic retinopathy (grade 2 or more)",
                0.85,
                "Learned from a few hundred photographs of one camera; read in grey.",
            )
        },
        intended_use=(
            "Reading aid for demonstration, model review and research on macula-centred colour fundus photographs, cropped "
            "to the retina."
        ),
        not_for=(
            _NO_DECISION,
            "screening: one clinic, one camera, 396 graded photographs",
            "other cameras, wide-field, red-free or fluorescein pictures, children",
            "ruling anything out: no output says that an eye is normal",
        ),
        not_assessed=(
            "macular oedema",
            "glaucoma and the optic nerve",
            "age-related macular degeneration",
            "vessel occlusion",
            "new vessels and laser scars as such",
            "grade of retinopathy beyond referable or not",
            "picture quality",
        ),
        data=FUNDUS_DATA,
        group="photographs and their duplicates (eyes of one patient are not marked: patients may share folds)",
        cautions=(
            "Lesion masks come from 51 photographs; soft exudates are drawn on 24 of them.",
            "The photographs with masks are graded ones under another name; pairs are kept in one fold.",
            "How the least outline that is drawn is chosen on fold 3 was settled after fold 4 had been seen.",
        ),
        masks={
            "microaneurysms": "Microaneurysms",
            "haemorrhages": "Haemorrhages",
            "hard_exudates": "Hard exudates",
            "soft_exudates": "Soft exudates",
            "optic_disc": "Optic disc",
        },
        expects=dict.fromkeys(
            ("microaneurysms", "haemorrhages", "hard_exudates", "soft_exudates"), ("referable_retinopathy",)
        ),
    ),
}
