"""The phantom run: its rates by hand, its JSON form, the band, and a drifted network that has to be caught."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from model_zoo.engine import InferenceEngine
from model_zoo.engine.inference import CLASSIFIERS
from model_zoo.errors import CaseUnreadable, ZooError
from model_zoo.quality.release import (
    FILE,
    TOLERANCE_LOGIT,
    build_release,
    inside,
    read_release,
    release_to_json,
    write_release,
)
from model_zoo.quality.result import result_from_json, result_to_json
from model_zoo.quality.series import TARGET, device_words, run_quality
from model_zoo.quality.verdict import INSIDE, NO_RELEASE, NOT_COMPARABLE, OTHER_WEIGHTS, OUTSIDE, compare
from tests.quality_runs import THRESHOLD, made_result, shifted, short_series
from tests.tiny_zoo import tiny_registries, write_tiny_zoo

RELEASE = build_release(made_result())


class TestRates:
    def test_rates_are_those_counted_by_hand(self):
        result = made_result()
        assert [(v.size, v.contrast, v.detection, v.localisation) for v in result.levels] == [
            ("small", 0.1, 0.0, 0.0), ("small", 0.3, 0.5, 0.25), ("small", 0.6, 1.0, 0.5),
            ("large", 0.1, 0.5, 0.25), ("large", 0.3, 1.0, 0.75), ("large", 0.6, 1.0, 1.0),
        ]  # fmt: skip
        assert {v.n for v in result.levels} == {4}
        assert [v.chance for v in result.levels] == pytest.approx([0.03] * 3 + [0.08] * 3)
        assert result.false_positive_rate == 0.25

    def test_a_logit_at_the_threshold_is_a_call(self):
        film = made_result().films[0]
        at = made_result(films=(replace(film, logit=THRESHOLD),))
        assert at.false_positive_rate == 1.0
        assert made_result(films=(replace(film, logit=np.nextafter(THRESHOLD, -9)),)).false_positive_rate == 0.0

    def test_without_clear_films_there_is_no_false_positive_rate(self):
        result = made_result(films=tuple(f for f in made_result().films if f.size))
        assert result.false_positive_rate is None
        assert build_release(result).false_positives is None
        assert compare(result, build_release(result)).passed


class TestJson:
    def test_a_result_comes_back_equal(self):
        result = made_result()
        assert result_from_json(json.loads(json.dumps(result_to_json(result)))) == result

    def test_what_is_derived_is_written_and_derived_again(self):
        raw = result_to_json(made_result())
        assert raw["false_positives"] == {"n": 4, "rate": 0.25}
        raw["levels"][0]["detection"] = 0.9
        assert result_from_json(raw).levels[0].detection == 0.0

    @pytest.mark.parametrize(
        "damage",
        [
            lambda raw: raw.update(schema_version=2),
            lambda raw: raw.pop("series"),
            lambda raw: raw.update(films=[]),
            lambda raw: raw["films"][0].update(logit=None),
            lambda raw: raw["films"][-1].update(contrast="high"),
            lambda raw: raw["films"][0].update(patient="x"),
            lambda raw: raw.update(versions=None),
        ],
    )
    def test_a_damaged_result_is_refused(self, damage):
        raw = result_to_json(made_result())
        damage(raw)
        with pytest.raises(CaseUnreadable):
            result_from_json(raw)


class TestRelease:
    def test_a_record_comes_back_equal_and_is_written_whole(self, tmp_path):
        assert write_release(RELEASE, tmp_path) == tmp_path / FILE
        assert read_release(tmp_path) == RELEASE
        assert [path.name for path in tmp_path.iterdir()] == [FILE]

    def test_no_record_is_none_and_a_damaged_one_an_error(self, tmp_path):
        assert read_release(tmp_path) is None
        told = release_to_json(RELEASE)
        for text in (
            "{",
            "[]",
            "[" * 100_000,
            json.dumps({**told, "bands": [{}]}),
            json.dumps({**told, "schema_version": 9}),
        ):
            (tmp_path / FILE).write_text(text)
            with pytest.raises(CaseUnreadable):
                read_release(tmp_path)

    def test_bands_hold_the_release_and_are_never_narrower_than_a_film(self):
        for level in RELEASE.result.levels:
            band = RELEASE.band(level.size, level.contrast)
            for value, (low, high) in ((level.detection, band.detection), (level.localisation, band.localisation)):
                assert 0 <= low <= value <= high <= 1
                assert low <= max(value - 0.25, 0)
                assert high >= min(value + 0.25, 1)
        # Two of four: resampled, all four may be hits or none.
        assert RELEASE.band("small", 0.3).detection == (0.0, 1.0)
        assert RELEASE.band("small", 0.6).detection == (0.75, 1.0)

    def test_the_ends_of_a_band_are_inside(self):
        assert inside(0.75, (0.75, 1.0))
        assert inside(1 - 0.1 - 0.1, (0.8, 1.0))
        assert not inside(0.74, (0.75, 1.0))


class TestVerdict:
    def test_the_same_run_is_inside_and_constant(self):
        verdict = compare(made_result(created_at="2026-04-01T07:05:00+00:00"), RELEASE)
        assert (verdict.status, verdict.passed, verdict.largest_change_logit) == (INSIDE, True, 0.0)
        assert (verdict.reasons, verdict.differences, verdict.next_step) == ((), (), "")

    def test_noise_of_another_device_is_inside_and_the_device_is_named(self):
        verdict = compare(shifted(made_result(device="GPU, X"), 0.9 * TOLERANCE_LOGIT), RELEASE)
        assert verdict.passed
        assert verdict.differences == ("device: CPU, 2 of 2 cores at release, GPU, X now",)

    def test_one_film_beyond_the_tolerance_is_outside_though_every_rate_is_the_same(self):
        verdict = compare(shifted(made_result(), 2 * TOLERANCE_LOGIT, only="2-large-0.3"), RELEASE)
        assert (verdict.status, verdict.largest_change_film) == (OUTSIDE, "2-large-0.3")
        assert verdict.largest_change_logit == pytest.approx(2 * TOLERANCE_LOGIT)
        assert len(verdict.reasons) == 1
        assert "Do not read" in verdict.next_step

    def test_lost_detection_names_the_curve_and_the_contrast(self):
        verdict = compare(shifted(made_result(), -0.6), RELEASE)
        assert verdict.status == OUTSIDE
        (small,) = [reason for reason in verdict.reasons if "small" in reason]
        assert small == "Detection of small opacities is outside its band: 0 % at contrast 0.60 (accepted 75 to 100 %)"

    def test_lost_localisation_and_false_calls_are_named(self):
        result = made_result()
        lost = tuple(replace(f, peak_inside=False if f.size else None) for f in result.films)
        verdict = compare(replace(result, films=lost), RELEASE)
        assert any(reason.startswith("Localisation of large") for reason in verdict.reasons)
        called = tuple(f if f.size else replace(f, logit=0.0) for f in result.films)
        verdict = compare(replace(result, films=called), RELEASE)
        assert "100 % of the clear phantoms are flagged (accepted 0 to 75 %)" in verdict.reasons

    def test_other_weights_are_said_and_constancy_is_not_judged(self):
        verdict = compare(shifted(made_result(weights_sha256="c" * 64), 0.2), RELEASE)
        assert (verdict.status, verdict.passed, verdict.largest_change_logit) == (OTHER_WEIGHTS, False, None)
        assert "cccccccc instead of aaaaaaaa" in verdict.sentence
        assert "quality --record" in verdict.next_step

    def test_other_weights_outside_the_band_are_outside(self):
        verdict = compare(shifted(made_result(weights_sha256="c" * 64), -5), RELEASE)
        assert verdict.status == OUTSIDE
        assert verdict.reasons

    def test_another_series_or_model_is_not_compared(self):
        result = made_result()
        other = replace(result, series=replace(result.series, sha256="0" * 64, version=2))
        assert compare(other, RELEASE).status == NOT_COMPARABLE
        assert compare(made_result(model="other"), RELEASE).status == NOT_COMPARABLE

    def test_without_a_release_the_next_step_is_to_record_one(self):
        verdict = compare(made_result(), None)
        assert (verdict.status, verdict.passed) == (NO_RELEASE, False)
        assert "--record" in verdict.next_step

    def test_everything_that_differs_is_listed(self):
        result = made_result(
            threshold_logit=-2.01, segmenter_sha256=None, versions={"torch": "2.1", "numpy": "2.1", "captum": "1"}
        )
        result = replace(result, series=replace(result.series, pixels_sha256="7" * 64))
        told = " ".join(compare(result, RELEASE).differences)
        assert "numpy" not in told
        for what in ("torch: 2.0 at release, 2.1 now", "captum: none at release", "threshold", "segmenter", "pixels"):
            assert what in told


@pytest.fixture(scope="module")
def zoo(tmp_path_factory):
    return write_tiny_zoo(tmp_path_factory.mktemp("weights"))


@pytest.fixture
def tiny(zoo):
    """An engine of its own for each test: some of them damage its network."""
    with tiny_registries(zoo):
        yield InferenceEngine("tiny", torch.device("cpu"))


class TestRun:
    def test_a_run_reads_every_film_the_way_of_an_upload(self, tiny):
        films, steps = short_series(), []
        result = run_quality(tiny, lambda done, total: steps.append((done, total, tiny.queue_length)), films)
        assert [reading.name for reading in result.films] == [film.name for film in films]
        assert steps == [(done, len(films), 0) for done in range(len(films) + 1)]
        assert result.weights_sha256 == tiny.card.weights_sha256
        assert len(result.segmenter_sha256) == 64
        assert result.target == TARGET
        assert all((f.peak_inside is None) == (f.size is None) for f in result.films)
        assert result_from_json(json.loads(json.dumps(result_to_json(result), allow_nan=False))) == result

    def test_the_same_network_passes_and_a_perturbed_one_is_caught(self, tiny):
        release = build_release(run_quality(tiny, films=short_series()))
        again = compare(run_quality(tiny, films=short_series()), release)
        assert (again.status, again.largest_change_logit) == (INSIDE, 0.0)
        generator = torch.Generator().manual_seed(5)
        with torch.no_grad():
            for value in tiny._network.parameters():
                value.mul_(1 + 0.05 * torch.randn(value.shape, generator=generator))
        drifted = run_quality(tiny, films=short_series())
        assert drifted.weights_sha256 == release.result.weights_sha256  # the file is untouched; only the numbers tell
        verdict = compare(drifted, release)
        assert verdict.status == OUTSIDE
        assert verdict.largest_change_logit > release.tolerance_logit

    def test_an_interrupted_run_leaves_the_engine_usable(self, tiny):
        def stop(done, total):
            if done == 2:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            run_quality(tiny, stop, short_series())
        assert tiny.queue_length == 0
        assert len(run_quality(tiny, films=short_series()[:1]).films) == 1

    def test_a_network_that_gives_no_number_is_an_error_in_words(self, tiny):
        with torch.no_grad():
            for value in tiny._network.parameters():
                value.fill_(float("nan"))
        with pytest.raises(ZooError, match="no number for phantom"):
            run_quality(tiny, films=short_series()[:1])

    def test_the_device_is_said_in_words(self):
        assert device_words(torch.device("cpu")).startswith("CPU, ")
        assert device_words(torch.device("meta")) == "meta"


def test_the_shipped_network_reads_its_phantoms_as_at_release():
    engine = InferenceEngine("chest-xray", torch.device("cpu"))
    release = read_release(CLASSIFIERS.get("chest-xray").folder)
    assert release is not None
    assert release.result.weights_sha256 == engine.card.weights_sha256
    assert release == build_release(release.result)
    then = {film.name: film for film in release.result.films}
    for film in run_quality(engine, films=short_series()).films:
        assert film.logit == pytest.approx(then[film.name].logit, abs=release.tolerance_logit)
        assert film.peak_inside == then[film.name].peak_inside


def test_the_release_rises_with_contrast_and_beats_chance():
    """What makes the series a phantom worth scanning: nothing at the lowest contrast, nearly all at the highest."""
    release = read_release(CLASSIFIERS.get("chest-xray").folder)
    for size in ("small", "large"):
        levels = [level for level in release.result.levels if level.size == size]
        detection = [level.detection for level in levels]
        assert detection == sorted(detection)
        assert detection[-1] > detection[0] + 0.5
        assert levels[-1].localisation > 4 * levels[-1].chance
