"""From a folder to a review, and from a folder of new films to their drift, with the tiny network on computed chests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from model_zoo.engine import InferenceEngine
from model_zoo.engine.model_review import run_model_review
from model_zoo.engine.new_films import folder_tags, gate_reference, read_new_films
from model_zoo.errors import DataNotFound, UnknownName
from model_zoo.evaluation.drift_report import build_drift_report
from model_zoo.evaluation.labels import FilmLabels, LabelTable, read_labels
from model_zoo.model_review.candidates import candidate, candidates
from model_zoo.phantoms import SAMPLE_SETTINGS, render_phantom, write_phantom_png
from model_zoo.phantoms.labelled import (
    COUNT,
    OUTPUT,
    drifted_series,
    labelled_series,
    write_drifted_series,
    write_labelled_series,
)
from model_zoo.scans import decode_scan
from model_zoo.scans.tags import technical_tags
from tests.tiny_zoo import tiny_engine

FILMS = 12


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> InferenceEngine:
    return tiny_engine(tmp_path_factory.mktemp("zoo"))


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("synthetic") / "films"
    write_labelled_series(folder, FILMS)
    return folder


@pytest.fixture(scope="module")
def drifted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("synthetic") / "new"
    write_drifted_series(folder, 4)
    return folder


def test_the_series_is_balanced_and_reaches_the_bound_of_a_subgroup() -> None:
    series = labelled_series()
    assert len(series) == COUNT
    for group in (lambda f: f.view, lambda f: f.sex):
        values = {group(f) for f in series}
        assert all(sum(f.positive for f in series if group(f) == value) == 50 for value in values)
    assert labelled_series() == series
    assert len({f.seed for f in (*series, *drifted_series())}) == COUNT + len(drifted_series())
    assert all(bool(f.lesions) and f.lesions[0].kind == "opacity" for f in series if f.positive)
    assert not any(lesion.kind == "opacity" for f in series if not f.positive for lesion in f.lesions)


def test_every_film_says_that_it_is_synthetic(films: Path, drifted: Path) -> None:
    for path in (next(films.glob("*.dcm")), next(drifted.glob("*.dcm"))):
        assert decode_scan(path.read_bytes()).metadata.synthetic
        assert "SYNTHETIC" in path.name


def test_a_labelled_folder_gives_a_review_with_a_second_model(engine: InferenceEngine, films: Path) -> None:
    told: list[float] = []
    ran = run_model_review(
        engine,
        read_labels(films, engine.card.labels),
        "synthetic",
        synthetic=True,
        other=("the same again", engine),
        on_progress=lambda share, words: told.append(share),
        resamples=20,
    )
    (output,) = ran.review.outputs
    assert (output.name, output.n_films, output.n_positive_films) == (OUTPUT, FILMS, FILMS // 2)
    # The tiny model has no thumbnail baseline: the review does without it.
    (other,) = output.comparisons
    assert other.title == "the same again"
    assert other.delong is not None
    assert (other.delong.difference, other.delong.p_value) == (0, 1)
    assert told == sorted(told)
    assert told[-1] == 1
    assert ran.predictions.labels.rows[0].file.endswith(".dcm")


def test_a_folder_without_a_known_label_is_refused(engine: InferenceEngine, films: Path) -> None:
    table = read_labels(films, engine.card.labels)
    empty = LabelTable(table.folder, table.outputs, tuple(replace(row, labels={OUTPUT: None}) for row in table.rows))
    with pytest.raises(DataNotFound, match="label for an output"):
        run_model_review(engine, empty, "a folder")


def test_new_films_of_another_machine_change_the_tags(engine: InferenceEngine, films: Path, drifted: Path) -> None:
    (drifted / "broken.dcm").write_bytes(b"no film")
    new = read_new_films(engine, drifted)
    assert (new.n_films, new.unreadable, new.uncovered) == (4, 1, 0)
    assert set(new.logits) == {o.name for o in engine.card.outputs_of("adult")}
    assert gate_reference(engine, "adult") is None  # the tiny model has no gate
    tags = folder_tags(sorted(films.glob("*.dcm")))
    report = build_drift_report(engine.card, new, None, tags, "new")
    changed = {tag.tag: tag for tag in report.tags}
    assert changed["Manufacturer"].distance == 1
    assert changed["ViewPosition"].new == (("AP", 1.0),)
    assert changed["Modality"].distance == 0
    assert "PHANTOM-" not in repr(report)


def test_no_tag_names_a_patient(films: Path) -> None:
    tags = technical_tags(next(films.glob("*.dcm")).read_bytes())
    assert tags is not None
    assert {"Modality", "Manufacturer", "ViewPosition", "Columns x Rows", "Age group"} <= set(tags)
    assert not {"PatientID", "PatientName", "StudyDate", "PatientAge"} & set(tags)
    assert technical_tags(b"\x89PNG") is None
    assert technical_tags(bytes(128) + b"DICM" + b"\xff" * 40) is None


def test_films_without_an_age_need_a_population(engine: InferenceEngine, tmp_path: Path) -> None:
    (tmp_path / "film.png").write_bytes(write_phantom_png(render_phantom(SAMPLE_SETTINGS, 5, size=128)))
    with pytest.raises(DataNotFound, match="population"):
        read_new_films(engine, tmp_path)
    assert read_new_films(engine, tmp_path, "adult").n_films == 1
    with pytest.raises(DataNotFound, match="no film"):
        read_new_films(engine, tmp_path / "nowhere")


def test_every_candidate_loads_and_reads_alike_in_shape() -> None:
    found = candidates()
    assert found[0].key == "chest-xray"
    assert {entry.key for entry in found} >= {"chest-xray", "chest-xray/fold0"}
    sister = candidate("chest-xray/fold0").load()
    shipped = candidate("chest-xray").load()
    x = np.zeros((1, *shipped.card.input_shape), np.float32)
    a, b = (e.logits(torch.from_numpy(x)) for e in (shipped, sister))
    assert a.shape == b.shape
    assert not np.allclose(a, b)
    with pytest.raises(UnknownName):
        candidate("chest-xray/fold9")


def test_labels_row_is_the_film_that_was_made(films: Path) -> None:
    table = read_labels(films)
    row, made = table.rows[3], labelled_series(FILMS)[3]
    assert isinstance(row, FilmLabels)
    assert (row.file, row.age_years, row.sex, row.view) == (made.file, made.age_years, made.sex, made.view)


def test_linked_folders_are_followed_and_a_circle_ends(engine: InferenceEngine, films: Path, tmp_path: Path) -> None:
    (tmp_path / "linked").symlink_to(films)
    (tmp_path / "circle").symlink_to(tmp_path)
    assert read_new_films(engine, tmp_path).n_films == FILMS
