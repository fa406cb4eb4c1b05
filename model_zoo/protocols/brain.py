"""Brain: the type of a tumour that is known to be there, on contrast-enhanced T1 slices."""

from model_zoo.protocols.protocol import NOTE, VITAL_SIGNS, ReadingProtocol

PROTOCOL = ReadingProtocol(
    name="brain",
    title="Brain",
    scan_title="Brain MRI (T1 with contrast)",
    image_models=("brain-mri-tumour",),
    patient_models=(),
    methods=("grad-cam", "integrated-gradients"),
    # Without anatomy, which asks for outlined lungs.
    modalities=("MR",),
    body_parts=("BRAIN", "HEAD"),
    order=3,
    beside=(NOTE, VITAL_SIGNS),
)
