"""The phantom series is fixed: its specification has a known hash, and along a curve only contrast changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model_zoo.phantoms.samples import SAMPLE_CASES
from model_zoo.phantoms.series import CHESTS, CONTRASTS, SIZES, quality_series, render_film, series_sha256
from model_zoo.scans import decode_scan
from model_zoo.training.chest import phantoms as chest_phantoms

# A release is recorded for exactly this series. Whoever changes it raises VERSION and records a release again.
SERIES_SHA256 = "35b238b8d363af4c234a56d01203fc740ae1107ad4f846603160960f84e7969a"


def pixels(film):
    return decode_scan(render_film(film).png).presentation()


def test_the_series_is_the_one_of_the_release():
    assert series_sha256(quality_series()) == SERIES_SHA256


def test_any_change_of_a_film_changes_the_hash():
    films = quality_series()
    altered = (*films[:-1], replace(films[-1], contrast=0.84))
    assert series_sha256(altered) != series_sha256(films)
    assert series_sha256(films[:-1]) != series_sha256(films)


def test_the_hash_covers_the_settings_and_the_sizes(monkeypatch):
    before = series_sha256(quality_series())
    monkeypatch.setitem(SIZES, "large", 0.19)
    assert series_sha256(quality_series()) != before


def test_every_chest_is_there_at_every_contrast_and_size():
    films = quality_series()
    assert len({film.name for film in films}) == len(films)
    planted = {(f.seed, f.size, f.contrast) for f in films if f.size}
    assert planted == {(c.seed, size, contrast) for c in CHESTS for size in SIZES for contrast in CONTRASTS}
    assert {c.seed for c in CHESTS} < {f.seed for f in films if f.size is None}
    assert list(CONTRASTS) == sorted(CONTRASTS)


def test_the_seeds_are_those_of_no_other_phantom():
    seeds = {film.seed for film in quality_series()}
    films = [film for case in SAMPLE_CASES for film in (case.film, case.prior) if film]
    samples = {film.seed for film in films} | {film.exposure_seed for film in films}
    evaluation = set(range(chest_phantoms.FIRST_SEED, chest_phantoms.FIRST_SEED + chest_phantoms.COUNT))
    assert seeds.isdisjoint(samples | evaluation)


@pytest.fixture(scope="module")
def one_chest():
    films = [f for f in quality_series() if f.seed == CHESTS[0].seed]
    clear = next(f for f in films if f.size is None)
    return clear, [f for f in films if f.size == "large"], [f for f in films if f.size == "small"]


def test_a_film_is_rendered_alike_each_time(one_chest):
    film = one_chest[1][-1]
    again = render_film.__wrapped__(film)
    assert again.png == render_film(film).png
    assert np.array_equal(again.lesion, render_film(film).lesion)


def test_only_the_lesion_changes_and_it_rises_with_contrast(one_chest):
    clear, large, _ = one_chest
    base = pixels(clear)
    lesion = render_film(large[-1]).lesion
    rises = []
    for film in large:
        rendered = render_film(film)
        assert np.array_equal(rendered.lesion, lesion)
        rises.append(float((pixels(film) - base)[lesion].mean()))
        # Scatter and local contrast reach a little beyond the lesion; far from it the film is the same.
        rows, cols = np.nonzero(lesion)
        far = np.ones_like(lesion)
        far[max(rows.min() - 45, 0) : rows.max() + 45, max(cols.min() - 45, 0) : cols.max() + 45] = False
        assert np.abs(pixels(film) - base)[far].max() < 0.03
    assert rises == sorted(rises)
    assert rises[0] > 0


def test_a_larger_lesion_covers_more_and_a_clear_film_has_none(one_chest):
    clear, large, small = one_chest
    assert render_film(clear).lesion is None
    assert render_film(clear).chance is None
    assert render_film(large[0]).lesion.sum() > 2 * render_film(small[0]).lesion.sum() > 0
    assert 0 < render_film(small[0]).chance < render_film(large[0]).chance < 0.5


def test_films_say_that_they_are_synthetic(one_chest):
    assert decode_scan(render_film(one_chest[0]).png).metadata.synthetic
