"""Computed series for reviews of breast, brain and eye: the same each time, labelled as planted, marked synthetic."""

from dataclasses import replace

import numpy as np
import pytest

from model_zoo.engine.inference import CLASSIFIERS
from model_zoo.evaluation.labels import read_labels
from model_zoo.phantoms.breast.examination import random_breast
from model_zoo.phantoms.labelled_pictures import PICTURE_SERIES, write_drifted_pictures, write_labelled_pictures
from model_zoo.phantoms.review_series import SERIES, series_of
from model_zoo.scans import decode_scan

BREAST = PICTURE_SERIES[0]


def test_every_model_of_the_zoo_has_its_series():
    found = {name: series_of(CLASSIFIERS.get(name).card.labels) for name in CLASSIFIERS.built_in()}
    assert {name: series.name for name, series in found.items()} == {
        "chest-xray": "chest",
        "breast-ultrasound": "breast",
        "brain-mri-tumour": "brain",
        "fundus-retinopathy": "eye",
    }
    assert series_of(("disc", "square")) is None
    for series in SERIES:
        assert "accuracy on patients" in series.caption


@pytest.mark.parametrize("series", PICTURE_SERIES, ids=lambda series: series.name)
def test_a_series_is_labelled_as_planted_and_readable(series, tmp_path):
    # A quarter of the size: the truth is the same, and drawing takes a moment.
    renders = {"breast": random_breast}
    small = (
        replace(series, render=lambda seed, kind: renders["breast"](seed, "none", 80)) if series is BREAST else series
    )
    table = write_labelled_pictures(small, tmp_path, len(small.kinds) if series is BREAST else 2)
    read = read_labels(tmp_path, series.outputs)
    assert read.outputs == series.outputs
    for i, row in enumerate(read.rows):
        assert {name for name, value in row.labels.items() if value} == set(series.kinds[i])
        scan = decode_scan(read.path(i).read_bytes())
        assert scan.metadata.synthetic
        assert row.age_years >= 18
        assert row.sex == "F" or series.sex is None
    assert len(table) == len(read)


def test_the_other_machine_blurs_and_flattens(tmp_path):
    small = replace(BREAST, render=lambda seed, kind: random_breast(seed, "none", 120))
    for name, write in (("a", write_labelled_pictures), ("b", write_drifted_pictures)):
        write(small, tmp_path / name, 1)
    own, other = (decode_scan(next((tmp_path / name).glob("*.dcm")).read_bytes()).presentation() for name in ("a", "b"))
    assert np.std(other) < np.std(own)
    assert not (tmp_path / "b" / "labels.csv").exists()
    write_drifted_pictures(small, tmp_path / "c", 1)
    first, again = ((next((tmp_path / name).glob("*.dcm"))).read_bytes() for name in ("b", "c"))
    assert first == again
