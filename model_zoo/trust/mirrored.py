"""Is a frontal chest film of an adult mirrored? Read off the heart and the stomach bubble, never off a side marker.

The score is ``f(x) - f(mirror image of x)``: above 0 the heart lies where a film as it is hung shows it, below 0 on the other
side, and the mirror image of a film has the same score with the other sign. Markers are kept out on purpose: in the training
films a marker stands nearly always in the corner beside the left shoulder, so a network that saw it would call every film
with its marker in the other corner mirrored. The upper corners and the outer rim are therefore blanked, here as in training.

A remark comes of it and nothing else: no film is turned or mirrored. It cannot tell a mirrored film from a heart that
truly lies on the right (dextrocardia, situs inversus, a shifted mediastinum).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from model_zoo.artefact import WEIGHTS_FILE, WeightsCard, fill, read_card_json
from model_zoo.card import WEIGHTS_ROOT
from model_zoo.classifiers.residual import ConvNormAct, ResidualBlock
from model_zoo.scans.intensity import stretch
from model_zoo.stored import Length

NAME = "chest-mirrored"
SIZE = 96
# Blanked, as shares of the film: where technologists put markers, and where no heart and no stomach bubble lies.
RIM, CORNER_HEIGHT, CORNER_WIDTH = 0.06, 0.26, 0.30


class SideNet(nn.Module):
    """Residual network whose score changes its sign, and nothing else, when the film is mirrored.

    ``forward`` maps float32 (N, 1, 96, 96), as ``side_input`` makes them, to scores (N,). The head is linear in the last
    map (6 x 6), so that it knows where on the film it looks.
    """

    def __init__(self, widths: tuple[int, ...] = (16, 32, 64, 96), dropout: float = 0.3) -> None:
        super().__init__()
        self.stem = ConvNormAct(1, widths[0], kernel=5, stride=2)
        blocks = [ResidualBlock(low, high, 2) for low, high in pairwise(widths)]
        self.blocks = nn.Sequential(*blocks)
        cells = SIZE // 2 ** len(widths)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(widths[-1] * cells**2, 1, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        both = self.head(self.dropout(self.blocks(self.stem(torch.cat([x, x.flip(-1)]))).flatten(1)))[:, 0]
        as_shown, other = both.float().chunk(2)
        return as_shown - other


def kept_part() -> torch.Tensor:
    """Return the part of a film that is read, float32 (96, 96) of 0 and 1; its own mirror image."""
    kept = torch.ones(SIZE, SIZE)
    rim, height, width = round(RIM * SIZE), round(CORNER_HEIGHT * SIZE), round(CORNER_WIDTH * SIZE)
    kept[:rim] = kept[SIZE - rim :] = 0
    kept[:, :rim] = kept[:, SIZE - rim :] = 0
    kept[:height, :width] = kept[:height, SIZE - width :] = 0
    return kept


def side_input(films: torch.Tensor) -> torch.Tensor:
    """Prepare whole films (N, 1, H, W), grey on any scale, for the network: float32 (N, 1, 96, 96)."""
    return stretch(shrunk(films)) * kept_part()


def shrunk(films: torch.Tensor) -> torch.Tensor:
    """Return films (N, 1, H, W) at the size that is read."""
    return functional.interpolate(films, size=(SIZE, SIZE), mode="bilinear", align_corners=False, antialias=True)


@dataclass(frozen=True)
class SideReading:
    """Where heart and stomach bubble appear on one film.

    score: above 0 for the usual side. threshold: above 0; held-out films as they are seldom fall below its negative.
    """

    score: float
    threshold: float

    @property
    def looks_mirrored(self) -> bool:
        return self.score < -self.threshold

    @property
    def looks_usual(self) -> bool:
        return self.score > self.threshold


@dataclass(frozen=True, eq=False)
class SideReader:
    """The network with its threshold, as the card beside its weights states it."""

    network: nn.Module
    threshold: float

    @torch.no_grad()
    def scores(self, films: torch.Tensor) -> np.ndarray:
        """Return the score of each whole film (N, 1, H, W), grey on any scale, float64 (N,)."""
        return self.network(side_input(films)).double().numpy()

    def read(self, film: torch.Tensor) -> SideReading:
        """Read one whole film (1, 1, H, W), grey on any scale."""
        return SideReading(float(self.scores(film)[0]), self.threshold)


def load_side_reader(folder: Path | None = None) -> SideReader:
    """Return the network from its weights folder, checked against the card. Raises CardInvalid, WeightsMismatch."""
    place = WEIGHTS_ROOT / NAME if folder is None else folder
    card = read_side_card(place)
    network = SideNet()
    fill(network, place / WEIGHTS_FILE, card["weights_sha256"])
    return SideReader(network, float(card["threshold"]["score"]))


@dataclass(frozen=True)
class _Threshold:
    score: Length


@dataclass(frozen=True)
class _Card(WeightsCard):
    threshold: _Threshold


def read_side_card(folder: Path) -> dict[str, Any]:
    """Return card.json, checked to name weights and a threshold above 0."""
    return read_card_json(folder, _Card)


def side_remark(reading: SideReading, side_at_left: str | None = None) -> str | None:
    """Return what a reader should know of the side, ``None`` where there is nothing to say.

    side_at_left: the side of the patient at the left edge of the picture as the file states it, "R" as films are hung, "L" on
    a mirrored one; ``None`` where it states none. Where picture and file differ, both are named.
    """
    if reading.looks_mirrored:
        if side_at_left == "L":
            return f"The file states that this film is mirrored, and {_OTHER_SIDE}. {_NOT_FLIPPED}"
        stated = ", although the file states the usual orientation" if side_at_left == "R" else ""
        return f"{_MAY_BE}{stated}: {_OTHER_SIDE}. {_CHECK} {_TRUE_RIGHT}"
    if side_at_left == "L" and reading.looks_usual:
        return f"{_YET} heart and stomach bubble appear on the usual side. {_CHECK}"
    return None


def side_in_doubt(remarks: Sequence[str]) -> bool:
    """Tell whether one of the remarks of a reading says that picture and file, or picture and custom, differ on the side."""
    return any(remark.startswith((_MAY_BE, _YET)) for remark in remarks)


_MAY_BE = "This film may be mirrored"
_YET = "The file states that this film is mirrored, yet"
_OTHER_SIDE = "heart and stomach bubble appear on the other side"
_NOT_FLIPPED = "Nothing was flipped."
_CHECK = "Check the side marker; nothing was flipped."
_TRUE_RIGHT = "A heart that truly lies on the right looks the same."
