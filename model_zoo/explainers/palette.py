"""Colours and colour ranges of maps, the same on the page and in the pictures of the command line.

Numbers, picture and palette are kept apart: nothing here changes a value. A range is fixed by the values of the map and
the floor of its method, is shown beside the map, and is never rescaled silently.
"""

from __future__ import annotations

from collections.abc import Mapping

Stops = tuple[tuple[float, int, int, int], ...]

# Overlay opacity as a share of the colour range: nothing below 2 % (a near-empty map looks empty), full from 60 %.
VISIBLE_FROM, OPAQUE_FROM = 0.02, 0.60
# Pixels above this quantile of |value| may saturate, so that one hot pixel does not set the scale of the others.
RANGE_QUANTILE = 0.999
# The smallest upper end of the colour range, by method and in its unit, so that a map of little looks like little.
# Rule: the 99.9 % quantile of a map for lung opacity, median over films with opacity of fold 3, held out of training; a
# third of it for signed maps, which are as strong on clear films. Measured by model_zoo.training.trust.colour_floors, at the
# defaults of each method. The first two were set by hand before; the rule gives 0.020 and 0.028 for them. On films read
# as normal Grad-CAM stays under 0.007 in 19 of 20: a third of the range means "as on a clear film".
RANGE_FLOORS: Mapping[str, float] = {
    "grad-cam": 0.024,
    "integrated-gradients": 0.030,
    "grad-cam-plus-plus": 0.52,
    "gradient-shap": 0.023,
    "guided-backprop": 0.00096,
    "layer-cam": 0.22,
    "occlusion": 0.46,
    "region-masking": 0.36,
    "smooth-grad": 0.029,
}
# For a method without a floor of its own: no more than a guard against an empty range.
OTHER_FLOOR = 1e-6
# Cells of the maps that the floors were measured on, of methods that share the logit out: the same logit over more cells is less
# in each. What is covered as a whole has the same effect on any grid.
CELLS_OF_FLOOR: Mapping[str, int] = {
    "grad-cam": 16 * 16,
    "layer-cam": 16 * 16,
    "integrated-gradients": 128 * 128,
    "gradient-shap": 128 * 128,
    "guided-backprop": 128 * 128,
    "smooth-grad": 128 * 128,
}
# A map whose strongest value stays under this share of its colour range looks empty, and is called near-empty.
NEAR_EMPTY = 0.25


def range_floor(method: str, cells: int) -> float:
    """Return the smallest upper end of the colour range of a map of so many cells, in the unit of its method."""
    floor = RANGE_FLOORS.get(method, OTHER_FLOOR)
    return floor * CELLS_OF_FLOOR[method] / max(1, cells) if method in CELLS_OF_FLOOR else floor


# Sequential: the bright three quarters of inferno (perceptually uniform, legible with every colour vision deficiency);
# its near-black start would darken the film under a weak value instead of marking it.
SEQUENTIAL: Stops = (
    (0.0, 87, 16, 110),
    (1 / 6, 136, 34, 106),
    (2 / 6, 188, 55, 84),
    (3 / 6, 227, 89, 51),
    (4 / 6, 249, 142, 9),
    (5 / 6, 249, 203, 53),
    (1.0, 252, 255, 164),
)
# Diverging: blue against orange, the pair that all common colour vision deficiencies keep apart; equally light at equal
# distance from the middle. The middle itself is transparent.
DIVERGING: Stops = (
    (0.0, 150, 214, 255),
    (0.25, 74, 153, 236),
    (0.499, 36, 96, 190),
    (0.501, 176, 74, 8),
    (0.75, 240, 128, 36),
    (1.0, 255, 205, 120),
)
# A map that must not be used keeps its shape and loses its colour; its sign is not told apart.
GREY: Stops = ((0.0, 110, 110, 110), (1.0, 205, 205, 205))
GREY_SIGNED: Stops = ((0.0, 205, 205, 205), (0.499, 110, 110, 110), (0.501, 110, 110, 110), (1.0, 205, 205, 205))
