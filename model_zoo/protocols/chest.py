"""Chest: a frontal film, and the values of a seriously ill adult."""

from model_zoo.protocols.protocol import ReadingProtocol

PROTOCOL = ReadingProtocol(
    name="chest",
    title="Chest",
    scan_title="Chest X-ray",
    image_models=("chest-xray",),
    patient_models=("support-respiratory",),
    methods=("grad-cam", "integrated-gradients"),
    modalities=("CR", "DX", "DR", "RG"),
    body_parts=("CHEST", "THORAX", "LUNG"),
    order=1,
)
