"""The lung segmenter on adults: looked at, not measured, because no outlines of adults exist in the training data.

``python -m model_zoo.training.chest.lungs_on_adults FILE.png`` draws the named random sample with its outlines again (real films:
keep the picture out of any repository). What was seen on it stands in ``SEEN`` and on the trust card.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.ndimage import binary_erosion

from model_zoo.segmenters import SEGMENTERS
from model_zoo.segmenters.lungs import lung_probability
from model_zoo.training.chest.films import load_adult_films

FOLD, SEED, FILMS, COLUMNS, SCALE = 4, 2026, 24, 6, 2
SEEN = {
    "sample": f"{FILMS} films of fold {FOLD}, numpy default_rng({SEED}).choice without replacement",
    "good": 19,
    "usable": 4,
    "poor": 1,
    "words": (
        "Looked at by one person who is no radiologist. Good: 19 of 24. Usable: 4 (a stray piece beside the body, the stomach "
        "bubble included, or both lungs joined below the heart). Poor: 1 (a lung whited out is guessed at)."
    ),
}


def draw_sample() -> Image.Image:
    """Return the sample as a sheet of films with the outline in orange."""
    films = load_adult_films((FOLD,))
    chosen = np.random.default_rng(SEED).choice(len(films), FILMS, replace=False)
    segmenter = SEGMENTERS.get("lungs").load()
    tiles = []
    for index in chosen:
        film = films.images[index].astype(np.float32) / 255
        lungs = np.kron(lung_probability(segmenter, film) > 0.5, np.ones((SCALE, SCALE), bool))
        tile = np.repeat(np.kron(film, np.ones((SCALE, SCALE)))[..., None], 3, axis=2)
        tile[lungs & ~binary_erosion(lungs)] = (1.0, 0.6, 0.0)
        tiles.append(tile)
    rows = [np.concatenate(tiles[i : i + COLUMNS], axis=1) for i in range(0, FILMS, COLUMNS)]
    return Image.fromarray((255 * np.concatenate(rows)).astype(np.uint8))


if __name__ == "__main__":
    draw_sample().save(Path(sys.argv[1]))
