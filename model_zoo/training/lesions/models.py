"""What tells the three lesion models apart for training: data, grid, outputs, augmentation, schedule. The rest is shared."""

from __future__ import annotations

from dataclasses import dataclass, field

from model_zoo.errors import UnknownName

# The first is what is noise: 6 pixels of 128 x 160.
LEAST_SHARES = (3e-4, 1e-3, 3e-3, 1e-2)


@dataclass(frozen=True)
class LesionOptions:
    """How one network is fitted; every field goes into the card.

    epochs: of the schedule. stop_after: epochs that are run, where the schedule is longer than the run; the averaged weights
    of that epoch ship.
    """

    epochs: int
    batch: int
    stop_after: int | None = None
    seed: int = 11
    peak_rate: float = 2e-3
    weight_decay: float = 0.05
    average_decay: float = 0.995
    # Weights of the parts of the loss beside the image reading, which counts 1.
    local_weight: float = 0.5
    mask_weight: float = 1.0
    box_weight: float = 1.0
    label_smoothing: float = 0.05
    # Share of a batch drawn from pictures that have masks but no class (fundus).
    drawn_share: float = 0.0
    degrees: float = 10.0
    scale: float = 0.2
    aspect: float = 0.12
    shift: float = 0.08
    calipers: bool = False


@dataclass(frozen=True)
class LesionModel:
    """One model: data set, grid (rows, cols), outputs and what its network predicts beside them.

    labels: of the data set, one per output, for exclusive classes. local: outputs whose local evidence is taught by the
    masks. mask_codes: of the data set's mask files. landmark_masks: masks that are no lesion. least_shares: of a picture,
    among which the smallest outline that is drawn is chosen. balanced_outlines: whether pictures with and without a lesion
    weigh the same in that choice, however many there are of each.
    """

    name: str
    data: str
    shape: tuple[int, int]
    outputs: tuple[str, ...]
    exclusive: bool
    options: LesionOptions
    labels: tuple[str, ...] = ()
    local: tuple[str, ...] = ()
    masks: tuple[str, ...] = ()
    mask_codes: tuple[str, ...] = ()
    landmark_masks: tuple[str, ...] = ()
    boxes: bool = False
    least_shares: tuple[float, ...] = LEAST_SHARES
    balanced_outlines: bool = False
    cross_validation: LesionOptions | None = field(default=None)


LESION_MODELS = {
    model.name: model
    for model in (
        LesionModel(
            name="breast-ultrasound",
            data="breast_ultrasound",
            # Most pictures are a quarter wider than high; 160 columns keep a 3 mm lesion at several pixels.
            shape=(128, 160),
            outputs=("no_lesion", "benign", "malignant"),
            labels=("normal", "benign", "malignant"),
            exclusive=True,
            local=("benign", "malignant"),
            masks=("lesion",),
            options=LesionOptions(epochs=120, batch=16, calipers=True),
            # A fifth of the shipped run's length: five networks, whose figures are marked as theirs.
            cross_validation=LesionOptions(epochs=24, batch=16, calipers=True),
        ),
        LesionModel(
            name="brain-mri-tumour",
            data="brain_mri_tumour",
            shape=(160, 160),
            outputs=("glioma", "meningioma", "pituitary"),
            labels=("glioma", "meningioma", "pituitary"),
            exclusive=True,
            local=("glioma", "meningioma", "pituitary"),
            boxes=True,
            options=LesionOptions(epochs=24, batch=24, degrees=15.0, shift=0.1),
        ),
        LesionModel(
            name="fundus-retinopathy",
            data="fundus_retinopathy",
            # Four fifths of the files' 512 columns: microaneurysms keep about two pixels, and a CPU can train on it.
            shape=(352, 416),
            outputs=("referable_retinopathy",),
            exclusive=False,
            local=("referable_retinopathy",),
            masks=("microaneurysms", "haemorrhages", "hard_exudates", "soft_exudates", "optic_disc"),
            mask_codes=("MA", "HE", "EX", "SE", "OD"),
            landmark_masks=("optic_disc",),
            # A lesion of the eye may be a speck. Chosen freely on the 10 photographs of fold 3, the least share came out at 1 %
            # for haemorrhages, and half of those with one got no outline on fold 4: no more than a thousandth is left out.
            least_shares=LEAST_SHARES[:2],
            balanced_outlines=True,  # most of the graded photographs of fold 3 have no lesion at all
            options=LesionOptions(epochs=50, batch=6, drawn_share=1 / 3, degrees=25.0, scale=0.12, shift=0.05),
        ),
    )
}


def lesion_model(name: str) -> LesionModel:
    """Return the declaration of that name, or raise UnknownName."""
    if name not in LESION_MODELS:
        raise UnknownName("lesion model", name, LESION_MODELS)
    return LESION_MODELS[name]
