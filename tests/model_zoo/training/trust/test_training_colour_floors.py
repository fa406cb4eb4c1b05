from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model_zoo.evaluation.labels import FilmLabels, LabelTable
from model_zoo.explainers import EXPLAINERS
from model_zoo.results import Attribution
from model_zoo.scans.geometry import Box, Geometry
from model_zoo.training.trust.colour_floors import (
    COSTLY_FILMS_EACH,
    FloorMeasurement,
    films_of,
    measure_floors,
    two_digits,
    upper_end,
)
from tests.tiny_zoo import made_scan, tiny_engine


def test_the_rule_is_the_median_of_films_with_opacity_and_a_third_of_it_for_signed_maps() -> None:
    ends = np.array([0.1, 0.3, 9.0]), np.array([5.0, 5.0, 5.0])
    assert FloorMeasurement("any", False, *ends).floor == 0.3
    assert FloorMeasurement("any", True, *ends).floor == 0.1


@pytest.mark.parametrize(
    ("value", "wanted"), [(0.0, 0.0), (0.01234, 0.012), (0.0996, 0.1), (1.07, 1.1), (237.0, 240.0), (-0.0126, -0.013)]
)
def test_two_significant_digits(value: float, wanted: float) -> None:
    assert two_digits(value) == pytest.approx(wanted)


def test_one_hot_pixel_does_not_set_the_upper_end() -> None:
    values = np.full((128, 128), -0.5, dtype=np.float32)
    values[3, 3] = 100.0
    geometry = Geometry((128, 128), Box(0, 0, 128, 128), (128, 128))
    assert upper_end(Attribution("any", "Any", "lung_opacity", values, geometry, True, "logit", {})) == 0.5


def test_films_have_the_label_and_come_from_as_many_patients() -> None:
    rows = tuple(
        FilmLabels(f"{i}.png", f"patient {i // 3}", {"read_as_normal": (1, 0, None)[i // 3 % 3]}) for i in range(60)
    )
    table = LabelTable(Path(), ("read_as_normal",), rows)
    chosen = films_of(table, "read_as_normal", 5)
    assert chosen == films_of(table, "read_as_normal", 5)
    assert all(rows[line].labels["read_as_normal"] == 1 for line in chosen)
    assert len({rows[line].patient_id for line in chosen}) == len(chosen) == 5
    assert len(films_of(table, "read_as_normal", 100)) == 7


def test_each_method_is_measured_on_its_films_and_costly_ones_on_fewer(tmp_path: Path) -> None:
    engine = tiny_engine(tmp_path)
    films = [engine.prepare(made_scan(seed), "adult") for seed in range(COSTLY_FILMS_EACH + 2)]
    cheap, costly = measure_floors(engine, films, films[:3], ["layer-cam", "integrated-gradients"])
    assert (cheap.method, cheap.signed, costly.method, costly.signed) == (
        "layer-cam",
        False,
        "integrated-gradients",
        True,
    )
    assert (len(cheap.with_opacity), len(cheap.read_as_normal)) == (len(films), 3)
    assert (len(costly.with_opacity), len(costly.read_as_normal)) == (COSTLY_FILMS_EACH, 3)
    assert cheap.with_opacity[0] == upper_end(engine.explain(films[0], "layer-cam", "lung_opacity"))
    assert costly.floor == two_digits(float(np.median(costly.with_opacity)) / 3)


def test_every_method_has_a_floor() -> None:
    floors = [explainer.colour_floor.value for explainer in EXPLAINERS]
    assert all(floor > 0 and floor == two_digits(floor) for floor in floors)
