"""Invented cytology of the two computed breast cases: what an aspirate of such a lump could measure, of nobody.

Written to fit the planted look: large uneven nuclei beside the irregular lesion, small even ones beside the cyst. Radius,
perimeter and area agree with one another; the error of a mean and the worst nuclei lie where they do in such aspirates.
"""

from __future__ import annotations

from typing import Any

_QUANTITIES = (
    "radius",
    "texture",
    "perimeter",
    "area",
    "smoothness",
    "compactness",
    "concavity",
    "concave_points",
    "symmetry",
    "fractal_dimension",
)
_INVENTED = "Synthetic: every value of this aspirate is invented."


def _values(mean: tuple[float, ...], error: tuple[float, ...], worst: tuple[float, ...]) -> dict[str, float]:
    return {
        f"nuclear_{quantity}_{statistic}": value
        for statistic, values in (("mean", mean), ("error", error), ("worst", worst))
        for quantity, value in zip(_QUANTITIES, values, strict=True)
    }


SUSPICIOUS = _values(
    (18.4, 22.6, 121.0, 1052.0, 0.105, 0.141, 0.172, 0.094, 0.194, 0.0608),
    (0.61, 1.17, 4.2, 68.0, 0.0066, 0.031, 0.041, 0.0151, 0.0186, 0.0039),
    (22.1, 30.4, 147.0, 1490.0, 0.147, 0.372, 0.436, 0.191, 0.318, 0.0891),
)
BLAND = _values(
    (11.9, 16.8, 76.1, 436.0, 0.089, 0.071, 0.033, 0.0209, 0.169, 0.0612),
    (0.24, 1.06, 1.7, 18.1, 0.0062, 0.0152, 0.0171, 0.0086, 0.0184, 0.0027),
    (13.0, 22.1, 84.6, 521.0, 0.122, 0.161, 0.129, 0.0702, 0.262, 0.0758),
)


def written_aspirate(identifier: str, age_years: float, values: dict[str, float]) -> dict[str, Any]:
    """Return a written patient with an aspirate, in the JSON form of ``PatientRecord``."""
    return {
        "schema_version": 1,
        "identifier": identifier,
        "age_years": age_years,
        "sex": "F",
        "values": values,
        "provenance": "written sample patient",
        "notes": [_INVENTED],
        "synthetic": True,
    }
