"""The thirty nuclear measurements of a fine-needle aspirate, as the Wisconsin group made them from digitised pictures.

Ten measurements of each nucleus, and over the nuclei of a picture three statistics: mean, standard error, and "worst" (the
mean of the three largest). Lengths and areas are in units of the digitised picture; the published files state no scale,
so a value of another microscope is no value of this quantity.

References: Street, Wolberg and Mangasarian 1993, SPIE 1905:861-870; UCI Machine Learning Repository 17, wdbc.names.
"""

from __future__ import annotations

from model_zoo.patients.declaring import CYTOLOGY, number
from model_zoo.patients.features import FeatureSpec

# key, title, unit, help, decimals, and what "mean", "standard error" and "worst" can plausibly reach: about twice the
# largest value of the published files.
_MEASUREMENTS: tuple[tuple[str, str, str, str, int, tuple[float, float, float]], ...] = (
    ("radius", "radius", "picture units", "Mean distance from the centre of a nucleus to its outline.", 2, (60, 6, 75)),
    ("texture", "texture", "grey levels", "Standard deviation of the grey levels of a nucleus.", 2, (80, 10, 100)),
    ("perimeter", "perimeter", "picture units", "Length of the outline.", 1, (380, 44, 500)),
    ("area", "area", "picture units²", "Area within the outline.", 0, (5000, 1100, 8500)),
    ("smoothness", "smoothness", "", "Local variation of the radius.", 4, (0.4, 0.1, 0.5)),
    ("compactness", "compactness", "", "Perimeter² / area - 1.", 4, (0.8, 0.3, 2.2)),
    ("concavity", "concavity", "", "How deep the concave parts of the outline are.", 4, (0.9, 0.8, 2.6)),
    ("concave_points", "concave points", "", "Share of the outline that is concave.", 4, (0.5, 0.12, 0.6)),
    ("symmetry", "asymmetry", "", "Difference between the halves beside the longest axis.", 4, (0.7, 0.2, 1.4)),
    ("fractal_dimension", "fractal dimension", "", "Ruggedness of the outline, coastline approximation - 1.", 4, (0.3, 0.1, 0.5)),
)  # fmt: skip
STATISTICS = (("mean", "mean"), ("error", "standard error"), ("worst", "worst"))


def _specs() -> tuple[FeatureSpec, ...]:
    found = []
    for place, (statistic, words) in enumerate(STATISTICS):
        for key, title, unit, help_text, decimals, highest in _MEASUREMENTS:
            # A standard error is a tenth of its quantity, so it shows a digit more.
            digits = decimals + 1 if statistic == "error" else decimals
            found.append(
                number(
                    f"nuclear_{key}_{statistic}", f"nuclear_{key}_{statistic}", f"Nuclear {title}, {words}", CYTOLOGY, unit,
                    help=help_text, plausible=(0, highest[place]), decimals=(digits, digits),
                )
            )  # fmt: skip
    return tuple(found)


CYTOLOGY_FEATURES: tuple[FeatureSpec, ...] = _specs()
