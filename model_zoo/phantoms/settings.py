"""What a phantom may look like: ranges of anatomy, texture, detector and display that the generator draws from.

Two sets exist and are kept apart on purpose. A network that saw phantoms during training must not meet its own
generator again in the sample cases and in quality assurance, or it would be tested on what it learned by heart.
``DISJOINT_FIELDS`` names the ranges in which the two sets do not touch; a test verifies them.
"""

from __future__ import annotations

from dataclasses import dataclass

Range = tuple[float, float]


@dataclass(frozen=True)
class PhantomSettings:
    """Ranges (low, high) of a family of phantoms; lengths in mm of an adult, scaled down for a child.

    Anatomy: half width and height of the lungs, cardiothoracic ratio, axis of the heart against the horizontal,
    fall of a rib from spine to front, distance of ribs, height of the diaphragm's outer slope, body wall.
    Texture: exponent of the power spectrum of the lung's fine structure (larger is coarser) and its amplitude as a
    share of the lung's attenuation, number of main vessels per lung, angle between two daughter vessels, and the
    raggedness of the edge of an opacity.
    Detector: blur (standard deviation), photons per square mm behind no object, scatter-to-primary ratio,
    and ``detail``, the share of local contrast that the manufacturer's processing adds.
    Display: slope of the S-shaped tone curve, the grey that the lung gets, and
    the fog that lies over the film (a negative draw is no fog).
    """

    name: str
    lung_half_width_mm: Range
    lung_height_mm: Range
    cardiothoracic_ratio: Range
    heart_axis_deg: Range
    rib_fall_mm: Range
    rib_distance_mm: Range
    diaphragm_slope_mm: Range
    body_wall_mm: Range
    texture_exponent: Range
    texture_amplitude: Range
    n_main_vessels: tuple[int, int]
    vessel_angle_deg: Range
    opacity_raggedness: Range
    blur_mm: Range
    photons_per_mm2: Range
    scatter_to_primary: Range
    detail: Range
    tone_slope: Range
    lung_grey: Range
    fog: Range
    rotation_deg: Range
    field_margin: Range
    collimation_probability: float


# Wide where only exposure and build differ, because training should cover the world; the generator-specific ranges
# (texture, vessels, ribs, heart axis, detector) stop short of those of the samples.
TRAINING_SETTINGS = PhantomSettings(
    name="training",
    lung_half_width_mm=(112.0, 146.0),
    lung_height_mm=(175.0, 250.0),
    cardiothoracic_ratio=(0.38, 0.49),
    heart_axis_deg=(30.0, 41.0),
    rib_fall_mm=(48.0, 74.0),
    rib_distance_mm=(22.0, 27.0),
    diaphragm_slope_mm=(30.0, 60.0),
    body_wall_mm=(14.0, 44.0),
    texture_exponent=(2.0, 2.7),
    texture_amplitude=(0.02, 0.09),
    n_main_vessels=(5, 7),
    vessel_angle_deg=(18.0, 29.0),
    opacity_raggedness=(0.10, 0.22),
    blur_mm=(0.55, 1.20),
    photons_per_mm2=(6.0e3, 3.0e4),
    scatter_to_primary=(0.10, 0.35),
    detail=(0.0, 0.45),
    tone_slope=(1.8, 4.6),
    lung_grey=(0.10, 0.45),
    fog=(-0.25, 0.30),
    rotation_deg=(-4.0, 4.0),
    field_margin=(1.18, 1.60),
    collimation_probability=0.35,
)

SAMPLE_SETTINGS = PhantomSettings(
    name="sample",
    lung_half_width_mm=(128.0, 138.0),
    lung_height_mm=(212.0, 236.0),
    cardiothoracic_ratio=(0.40, 0.46),
    heart_axis_deg=(43.0, 48.0),
    rib_fall_mm=(78.0, 92.0),
    rib_distance_mm=(24.0, 26.0),
    diaphragm_slope_mm=(40.0, 52.0),
    body_wall_mm=(18.0, 28.0),
    texture_exponent=(2.9, 3.3),
    texture_amplitude=(0.03, 0.05),
    n_main_vessels=(8, 9),
    vessel_angle_deg=(31.0, 36.0),
    opacity_raggedness=(0.25, 0.34),
    blur_mm=(0.20, 0.40),
    photons_per_mm2=(4.0e4, 8.0e4),
    scatter_to_primary=(0.14, 0.22),
    detail=(0.15, 0.35),
    tone_slope=(2.6, 3.4),
    lung_grey=(0.18, 0.24),
    fog=(0.0, 0.02),
    rotation_deg=(-1.0, 1.0),
    field_margin=(1.36, 1.44),
    collimation_probability=1.0,
)

DISJOINT_FIELDS = (
    "heart_axis_deg",
    "rib_fall_mm",
    "texture_exponent",
    "n_main_vessels",
    "vessel_angle_deg",
    "opacity_raggedness",
    "blur_mm",
    "photons_per_mm2",
)
