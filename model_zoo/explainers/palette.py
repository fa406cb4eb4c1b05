"""Colours and colour ranges of maps, the same on the page and in the pictures of the command line.

Numbers, picture and palette are kept apart: nothing here changes a value. A range is fixed by the values of the map and
the floor of its method, is shown beside the map, and is never rescaled silently.
"""

from __future__ import annotations

Stops = tuple[tuple[float, int, int, int], ...]

# Overlay opacity as a share of the colour range: nothing below 2 % (a near-empty map looks empty), full from 60 %.
VISIBLE_FROM, OPAQUE_FROM = 0.02, 0.60
# Pixels above this quantile of |value| may saturate, so that one hot pixel does not set the scale of the others.
RANGE_QUANTILE = 0.999
# A map whose strongest value stays under this share of its colour range looks empty, and is called near-empty.
NEAR_EMPTY = 0.25

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
