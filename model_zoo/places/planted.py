"""How often the words of a place are right: computed scans whose lesion is planted in a known zone, maps of the shipped networks.

Two shares: of the maps of the network, and of a perfect map, the planted mask itself. The first holds the errors of
network, method and words together, the second those of the words and of the outline they rest on.

Measured so far: the place of the perfect map was the planted one on all 150 scans. Of Grad-CAM it was on 0.53 (0.41 to 0.65) of
60 adult chests, 0.23 (0.12 to 0.41) of 30 chests of children, of which the network flagged two, 0.40 (0.25 to 0.58) of 30 heads,
and 0.93 (0.79 to 0.98) of 30 breasts: what the words say is where the map points, not where the lesion is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from model_zoo.case import CaseReview, ReadRequest, begin_review, with_regions
from model_zoo.engine import InferenceEngine
from model_zoo.evaluation.curves import wilson
from model_zoo.phantoms.brain.examination import AXIS, render_head
from model_zoo.phantoms.brain.mass import BrainKind, random_mass
from model_zoo.phantoms.brain.space import MIDDLE_MM, PLANES
from model_zoo.phantoms.breast.examination import random_breast
from model_zoo.phantoms.chest.lesions import LesionSpec
from model_zoo.phantoms.chest.phantom import Body, Phantom, render_phantom
from model_zoo.phantoms.files import write_phantom_dicom
from model_zoo.phantoms.picture import stream
from model_zoo.phantoms.picture_files import write_picture_dicom
from model_zoo.phantoms.settings import SAMPLE_SETTINGS
from model_zoo.places.place import SEVERAL
from model_zoo.places.placing import place_of
from model_zoo.results import Attribution
from model_zoo.scans import decode_scan
from model_zoo.scans.geometry import Geometry

# Far from the seeds of samples, training, quality assurance, evaluation and labelled series.
FIRST_SEED = 1_700_000
FILM_SIZE = 256
METHODS = ("grad-cam", "integrated-gradients")
PERFECT = "planted mask"
# Kind of scan -> how many; of the adults ten in each of six zones.
COUNTS = {"chest, adults": 60, "chest, children": 30, "brain": 30, "breast": 30}


@dataclass(frozen=True, eq=False)
class PlantedScan:
    """A scan as a file. mask: bool (rows, cols), what was planted. zone: key of its place, known from how it was computed."""

    model: str
    target: str
    data: bytes
    mask: np.ndarray
    zone: str


def measure_places(
    counts: dict[str, int] | None = None,
    methods: Sequence[str] = METHODS,
    on_step: Callable[[str], None] = lambda step: None,
) -> list[dict[str, Any]]:
    """Return, by kind of scan and map, how many places were right, in several places, near-empty, and on the right side.

    Scans on which the finding is below its threshold count too; ``flagged`` gives the share among the others.

    Parameters
    ----------
    counts
        Computed scans of each kind; by default as many as are reported.
    methods
        Names of methods.
    on_step
        Called with what is measured now.
    """
    rows = []
    for kind, count in (counts or COUNTS).items():
        found: list[tuple[str, bool, str, str | None]] = []
        engines: dict[str, InferenceEngine] = {}
        for done, planted in enumerate(_scans(kind, count), start=1):
            on_step(f"{kind}: {done} of {count}")
            engine = engines.setdefault(planted.model, InferenceEngine(planted.model))
            found += _placed(engine, planted, methods)
        rows += [_row(kind, method, [f[1:] for f in found if f[0] == method]) for method in (*methods, PERFECT)]
    return rows


def _placed(
    engine: InferenceEngine, planted: PlantedScan, methods: Sequence[str]
) -> Iterator[tuple[str, bool, str, str | None]]:
    """Yield map, whether the finding is flagged, the planted zone, and the place that was named."""
    scan = decode_scan(planted.data)
    review, model_input = begin_review(engine, scan, ReadRequest(insist=True))
    review = with_regions(engine, review, scan, model_input)
    flagged = review.prediction.finding(planted.target).above_threshold
    for method in methods:
        attribution = engine.explain(model_input, method, planted.target)
        yield method, flagged, planted.zone, _key(attribution, review)
    perfect = perfect_map(planted.mask, planted.target, model_input.geometry)
    yield PERFECT, flagged, planted.zone, _key(perfect, review)


def perfect_map(mask: np.ndarray, target: str, geometry: Geometry) -> Attribution:
    """Return the map that points at what was planted, and at nothing else. mask: bool (rows, cols) of the scan."""
    return Attribution(
        PERFECT, PERFECT, target, geometry.to_model(mask.astype(np.float32)), geometry, False, "share", {}
    )


def _key(attribution: Attribution, review: CaseReview) -> str | None:
    place = place_of(attribution, review)
    return None if place is None else place.key


def _row(kind: str, method: str, found: list[tuple[bool, str, str | None]]) -> dict[str, Any]:
    flagged = [(zone, key) for above, zone, key in found if above]
    keys = [(zone, key) for _, zone, key in found]
    return {
        "kind": kind,
        "map": method,
        "maps": len(keys),
        "right": _share(keys, lambda zone, key: zone == key),
        # A sector of the picture has no side of its own.
        "right_side": None
        if kind == "breast"
        else _share(keys, lambda zone, key: key is not None and zone.rsplit(".", 1)[0] in key),
        "right_of_flagged": _share(flagged, lambda zone, key: zone == key),
        "several": sum(key == SEVERAL for _, key in keys),
        "outside": sum(key == "lung.outside" for _, key in keys),
        "of_the_picture": sum(key is not None and key.startswith("picture.") for _, key in keys),
        "near_empty": sum(key is None for _, key in keys),
    }


def _share(pairs: list[tuple[str, str | None]], right: Callable[[str, str | None], bool]) -> dict[str, float] | None:
    if not pairs:
        return None
    value = sum(right(*pair) for pair in pairs) / len(pairs)
    low, high = wilson(value, len(pairs))
    return {"value": value, "low": low, "high": high, "n": len(pairs)}


def _scans(kind: str, count: int) -> Iterator[PlantedScan]:
    make = {
        "chest, adults": lambda seed: _chest(seed, "adult"),
        "chest, children": lambda seed: _chest(seed, "child"),
        "brain": _head,
        "breast": _breast,
    }[kind]
    for i in range(count):
        yield make(FIRST_SEED + i)


def _chest(seed: int, body: Body) -> PlantedScan:
    """Plant an opacity anywhere in a lung; upper, middle and lower third of that lung's own field, and both sides, are equal."""
    rng = np.random.default_rng(seed)
    side, third = ("R", "L")[seed % 2], seed // 2 % 3
    height = (third + rng.uniform(0.2, 0.8)) / 3
    spec = LesionSpec(
        "opacity",
        "R" if side == "R" else "L",
        (float(rng.uniform(0.3, 0.75)), height),
        float(rng.uniform(0.10, 0.20)),
        float(rng.uniform(0.35, 0.95)),
    )
    view: Literal["PA", "AP"] = "AP" if body == "child" else "PA"
    phantom = render_phantom(SAMPLE_SETTINGS, seed, [spec], FILM_SIZE, view, body)
    age, target = (3, "pneumonia") if body == "child" else (55, "lung_opacity")
    data = write_phantom_dicom(phantom, "PHANTOM", age, "M")
    mask = phantom.lesions[0].mask
    return PlantedScan("chest-xray", target, data, mask, f"lung.{_side(spec.side)}.{_third(phantom, mask)}")


def _third(phantom: Phantom, mask: np.ndarray) -> str:
    """Return the third of the height of its own lung that holds the middle of what was planted."""
    cols = np.nonzero(mask)[1]
    half = phantom.lung_mask.shape[1] // 2
    own = phantom.lung_mask[:, :half] if cols.mean() < half else phantom.lung_mask[:, half:]
    rows = np.flatnonzero(own.any(axis=1))
    share = (np.nonzero(mask)[0].mean() - rows[0]) / (rows[-1] + 1 - rows[0])
    return ("upper", "middle", "lower")[int(np.clip(share * 3, 0, 2))]


def _side(side: str | None) -> str:
    return "right" if side == "R" else "left"


def _head(seed: int) -> PlantedScan:
    """Cut a random mass in one of the three planes; its zone follows from its centre in the head."""
    rng = stream("brain", seed, "choice")
    kind: BrainKind = ("glioma", "meningioma")[seed % 2]
    plane = PLANES[seed // 2 % 3]
    mass = random_mass(kind, rng)
    picture = render_head(seed, mass, plane, mass.centre_mm[AXIS[plane]], 256)
    x, y, z = (at - middle for at, middle in zip(mass.centre_mm, MIDDLE_MM[plane], strict=True))
    side = "midline" if abs(x) < 11 else "left" if x > 0 else "right"
    depth, height = "front" if y > 0 else "back", "upper" if z > 0 else "lower"
    zone = {"axial": (side, depth), "coronal": (side, height), "sagittal": (depth, height)}[plane]
    data = write_picture_dicom(picture, "PHANTOM", 55, "M", "2024-01-01", "places")
    return PlantedScan("brain-mri-tumour", kind, data, picture.lesions[0].mask, f"brain.{'.'.join(zone)}")


def _breast(seed: int) -> PlantedScan:
    kind = ("cyst", "malignant")[seed % 2]
    picture = random_breast(seed, kind, 320)
    mask = picture.lesions[0].mask
    row, col = (int(3 * place.mean() / side) for place, side in zip(np.nonzero(mask), mask.shape, strict=True))
    down, across = ("upper", "", "lower")[row], ("left", "", "right")[col]
    zone = "_".join(filter(None, (down, across))) or "centre"
    data = write_picture_dicom(picture, "PHANTOM", 55, "F", "2024-01-01", "places")
    target = "benign" if kind == "cyst" else "malignant"
    return PlantedScan("breast-ultrasound", target, data, mask, f"picture.{zone}")
