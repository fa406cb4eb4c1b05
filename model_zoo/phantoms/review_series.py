"""Which computed series a model can be reviewed on: the one whose outputs are its own."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from model_zoo.phantoms import labelled
from model_zoo.phantoms.labelled_pictures import PICTURE_SERIES, write_drifted_pictures, write_labelled_pictures

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class ReviewSeries:
    """A computed series. source: in words. caption, drift_caption: for the page. write, write_drifted: (folder, count,
    on_progress)."""

    name: str
    outputs: tuple[str, ...]
    source: str
    caption: str
    drift_caption: str
    count: int
    drifted_count: int
    write: Callable[[Path, int, Progress], object]
    write_drifted: Callable[[Path, int, Progress], object]


_WARNING = "They show how the page works, not accuracy on patients."
_MACHINE = "from an older machine, blurred and noisy: drift should be found."
# By protocol: what is computed, and what is planted.
_WORDS = {
    "breast": ("breast ultrasound pictures", "a third clear, a third with a cyst or an oval lesion, a third spiculated"),
    "brain": ("brain slices", "a third with the look of each of the three tumours"),
    "eye": ("fundus photographs", "half with signs of referable retinopathy"),
}  # fmt: skip

SERIES: tuple[ReviewSeries, ...] = (
    ReviewSeries(
        "chest",
        (labelled.OUTPUT,),
        "synthetic series of computed chests",
        f"{labelled.COUNT} computed chests, half with a planted opacity. {_WARNING}",
        f"{labelled.DRIFTED_COUNT} computed chests from an old mobile unit, all AP: drift should be found.",
        labelled.COUNT,
        labelled.DRIFTED_COUNT,
        labelled.write_labelled_series,
        labelled.write_drifted_series,
    ),
    *(
        ReviewSeries(
            series.name,
            series.outputs,
            f"synthetic series of computed {_WORDS[series.name][0]}",
            f"{series.count} computed {_WORDS[series.name][0]}, {_WORDS[series.name][1]}. {_WARNING}",
            f"{series.drifted_count} computed {_WORDS[series.name][0]} {_MACHINE}",
            series.count,
            series.drifted_count,
            partial(write_labelled_pictures, series),
            partial(write_drifted_pictures, series),
        )
        for series in PICTURE_SERIES
    ),
)


def series_of(outputs: Collection[str]) -> ReviewSeries | None:
    """Return the series for a model with these outputs, ``None`` where no series has any of them."""
    return next((series for series in SERIES if set(series.outputs) & set(outputs)), None)
