"""Eye: a fundus photograph of a patient with diabetes."""

from model_zoo.protocols.protocol import ReadingProtocol

PROTOCOL = ReadingProtocol(
    name="eye",
    title="Eye",
    scan_title="Fundus photograph",
    image_models=("fundus-retinopathy",),
    patient_models=(),
    methods=("grad-cam", "integrated-gradients"),
    # Without anatomy, which asks for outlined lungs.
    modalities=("OP", "XC"),
    body_parts=("EYE", "RETINA"),
    order=4,
)
