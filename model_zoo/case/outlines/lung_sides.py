"""Both lungs apart: which pieces of the outline belong to the right lung and which to the left, where that can be told."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import label

# The smaller of two lungs has at least this share of what is outlined: less is a stray piece, or a lung that was not found.
LEAST_SHARE = 0.15
JOINED = "Left and right are not told apart: one piece, or one of them not found, or a film that shows no side."


def split_sides(plane: np.ndarray, threshold: float) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the plane of the lung on the left of the picture and that on its right, float32 (rows, cols) each.

    Each has what belongs to the other pushed below the threshold. ``None`` where the two largest pieces are no pair of lungs:
    one of them too small, or both on the same side of the other's middle. Small pieces go to the nearer lung.
    """
    pieces, count = label(plane >= threshold, structure=np.ones((3, 3)))
    if count < 2:
        return None
    sizes = np.bincount(pieces.ravel())[1:]
    first, second = (np.argsort(sizes)[::-1][:2] + 1).tolist()
    if sizes[second - 1] < LEAST_SHARE * sizes.sum():
        return None
    rows, cols = np.nonzero(pieces)
    names = pieces[rows, cols]
    middles = {piece: (rows[names == piece].mean(), cols[names == piece].mean()) for piece in range(1, count + 1)}
    left, right = sorted((first, second), key=lambda piece: middles[piece][1])
    # Two lungs lie beside each other; two halves of one lung, cut by an opacity, lie one above the other.
    (top, start), (bottom, end) = middles[left], middles[right]
    if end - start <= abs(bottom - top):
        return None
    nearer_left = [
        piece
        for piece, (row, col) in middles.items()
        if piece == left or (piece != right and np.hypot(row - top, col - start) < np.hypot(row - bottom, col - end))
    ]
    of_left = np.isin(pieces, nearer_left)
    of_right = (pieces > 0) & ~of_left
    below = np.minimum(plane, np.float32(0.999 * threshold))
    return np.where(of_right, below, plane), np.where(of_left, below, plane)
