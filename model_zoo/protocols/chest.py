"""Chest: a frontal film, and the values of a seriously ill adult, of a patient with heart failure or with COVID-19 pneumonia."""

from model_zoo.protocols.protocol import NOTE, VITAL_SIGNS, ReadingProtocol

PROTOCOL = ReadingProtocol(
    name="chest",
    title="Chest",
    scan_title="Chest X-ray",
    image_models=("chest-xray", "lungs"),
    patient_models=("support-respiratory", "heart-failure", "covid-pneumonia"),
    methods=("grad-cam", "integrated-gradients"),
    modalities=("CR", "DX", "DR", "RG"),
    body_parts=("CHEST", "THORAX", "LUNG"),
    order=1,
    beside=(NOTE, VITAL_SIGNS),
)
