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
# Measured once, by hand, for lung opacity on fold 3, held out of training (99.9 % quantile of a map). Grad-CAM: films with
# opacity reach 0.023 in the median, films read as normal stay under 0.012 in 95 of 100; so half the range means "as on a
# clear film". Integrated Gradients: films reach 0.04 to 0.14 per pixel.
RANGE_FLOORS: Mapping[str, float] = {"grad-cam": 0.024, "integrated-gradients": 0.030}
# For a method without a floor of its own: no more than a guard against an empty range.
OTHER_FLOOR = 1e-6

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
