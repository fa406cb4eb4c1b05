"""Read a folder of new films without labels, for drift: scores, distance in feature space and technical tags of each."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from model_zoo.engine.inference import InferenceEngine
from model_zoo.errors import DataNotFound, ZooError
from model_zoo.evaluation.drift_report import GateReference, NewFilms
from model_zoo.scans import accepted_extensions, decode_scan
from model_zoo.scans.limits import DEFAULT_LIMITS
from model_zoo.scans.scan import Scan
from model_zoo.scans.tags import technical_tags
from model_zoo.trust.trust_card import section_of

# Five hundred films show a shift of a tenth with certainty and take half a minute.
MOST_FILMS = 500
# A mistyped root of a disk must not be walked to its end.
MOST_SEEN = 100_000


def read_new_films(
    engine: InferenceEngine,
    folder: Path,
    population: str | None = None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    most: int = MOST_FILMS,
) -> NewFilms:
    """Read the films below ``folder``, at most ``most`` of them, evenly over the sorted list.

    Parameters
    ----------
    engine
        Of the model.
    folder
        Where the files lie.
    population
        For films that do not state an age; without it the population of most films that do is read, and the others are
        counted as uncovered.
    on_progress
        Called with how many are done and how many there are.
    most
        Films at most.

    Raises
    ------
    DataNotFound
        When the folder holds no film of a population of the model.
    """
    paths = _evenly(sorted(_films(folder)), most)
    if not paths:
        raise DataNotFound("The folder holds no film.", "Give a folder with DICOM, PNG, JPEG or TIFF files.")
    read: list[tuple[str | None, np.ndarray, float | None, dict[str, str] | None]] = []
    unreadable = 0
    for done, path in enumerate(paths, start=1):
        try:
            data = _read(path)
            scan = decode_scan(data)
            name = _population(engine, scan) or population
            if name is not None:
                read.append((name, *_reading(engine, scan, name), technical_tags(data)))
            else:
                read.append((None, np.empty(0), None, None))
        except (ZooError, OSError):
            unreadable += 1
        on_progress(done, len(paths))
    stated = [name for name, *_ in read if name is not None]
    if not stated:
        raise DataNotFound(
            "No film of this folder belongs to a population of the model.",
            "Name the population, for files that do not state the age.",
        )
    chosen = population or max(sorted(set(stated)), key=stated.count)
    kept = [entry for entry in read if entry[0] == chosen]
    if not kept:
        raise DataNotFound("No film of this folder belongs to the population named.", "Choose another population.")
    card = engine.card
    logits = np.stack([values for _, values, _, _ in kept])
    return NewFilms(
        population=chosen,
        logits={output.name: logits[:, card.index(output.name)] for output in card.outputs_of(chosen)},
        distances=np.array([distance for *_, distance, _ in kept if distance is not None]),
        tags=tuple(tags for *_, tags in kept if tags is not None),
        n_films=len(kept),
        unreadable=unreadable,
        uncovered=len(read) - len(kept),
    )


def gate_reference(engine: InferenceEngine, population: str) -> GateReference | None:
    """Return the gate of a population as its trust card states it; ``None`` where none was fitted."""
    section = section_of(engine.trust, "gate") or {}
    found = (section.get("populations") or {}).get(population)
    if found is None:
        return None
    return GateReference(tuple(found["quantiles"]), found["threshold"], section["accept"])


def folder_tags(paths: list[Path], most: int = MOST_FILMS) -> tuple[dict[str, str], ...]:
    """Return the technical tags of those files that are DICOM; unreadable ones are left out."""
    found = []
    for path in _evenly(paths, most):
        try:
            tags = technical_tags(_read(path))
        except (ZooError, OSError):
            continue
        if tags is not None:
            found.append(tags)
    return tuple(found)


def _reading(engine: InferenceEngine, scan: Scan, population: str) -> tuple[np.ndarray, float | None]:
    item = engine.prepare(scan, population)
    gate = engine.judge_distribution(item)
    return engine.logits(item.tensor)[0], None if gate is None else gate.distance


def _population(engine: InferenceEngine, scan: Scan) -> str | None:
    age = scan.metadata.age_years
    for population in engine.card.populations:
        if age is not None and population.age_years[0] <= age < population.age_years[1]:
            return population.name
    return None


def _films(folder: Path) -> Iterator[Path]:
    """Yield the files that may be films; linked folders are followed, as in a labelled folder, each of them once."""
    endings = {f".{extension}" for extension in accepted_extensions()} | {""}
    seen: set[str] = set()
    count = 0
    for place, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(place)
        if real in seen:  # a link that leads back up
            folders.clear()
            continue
        seen.add(real)
        found = [Path(place) / name for name in names if Path(name).suffix.lower() in endings]
        yield from (path for path in found if path.is_file())
        count += len(names)
        if count > MOST_SEEN:
            return


def _read(path: Path) -> bytes:
    DEFAULT_LIMITS.check_file(path.stat().st_size)
    return path.read_bytes()


def _evenly(paths: list[Path], most: int) -> list[Path]:
    if len(paths) <= most:
        return paths
    return [paths[round(i)] for i in np.linspace(0, len(paths) - 1, most)]
