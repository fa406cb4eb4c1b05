"""Breast: ultrasound of a lump and the cytology of its fine-needle aspirate, two legs of the triple assessment."""

from model_zoo.protocols.protocol import ReadingProtocol

PROTOCOL = ReadingProtocol(
    name="breast",
    title="Breast",
    scan_title="Breast ultrasound",
    image_models=("breast-ultrasound",),
    patient_models=("breast-cytology",),
    methods=("grad-cam", "integrated-gradients"),
    # Without anatomy, which asks for outlined lungs.
    modalities=("US",),
    body_parts=("BREAST",),
    order=2,
)
