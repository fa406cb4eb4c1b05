"""The lungs read by a model of their own: outlines with areas, no finding, and the refusals of the chest model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model_zoo.case import ReadRequest, case_from_json, case_to_json, read_case, with_regions
from model_zoo.case.reading import strongest_finding
from model_zoo.engine.inference import CLASSIFIERS, InferenceEngine
from model_zoo.engine.outlines import OutlineEngine, open_engine, outlining_models, reading_card, reading_models
from model_zoo.errors import ScanNotCovered, UnknownName
from model_zoo.phantoms import sample_case
from model_zoo.phantoms.all_samples import any_case
from model_zoo.protocols import protocol_of_model
from model_zoo.scans import decode_scan
from model_zoo.segmenters import SEGMENTERS
from model_zoo.segmenters.figures import held_out_sentences


@pytest.fixture(scope="module")
def lungs() -> InferenceEngine:
    return open_engine("lungs")


@pytest.fixture(scope="module")
def film():
    return decode_scan(sample_case("opacity").scan_bytes())


def test_the_lungs_are_a_model_that_reads_and_belong_to_the_chest() -> None:
    assert outlining_models() == ("lungs",)
    assert set(reading_models()) == {*CLASSIFIERS.names(), "lungs"}
    assert "lungs" not in CLASSIFIERS.names()
    assert protocol_of_model("lungs").name == "chest"
    card, like = reading_card("lungs"), reading_card("chest-xray")
    assert card.outputs == ()
    assert [(p.name, p.age_years, p.views) for p in card.populations] == [
        (p.name, p.age_years, p.views) for p in like.populations
    ]
    assert card.weights_sha256 == SEGMENTERS.get("lungs").card["weights_sha256"]
    with pytest.raises(UnknownName):
        open_engine("lung")


def test_a_film_gives_outlines_and_no_finding(lungs: InferenceEngine, film) -> None:
    assert isinstance(lungs, OutlineEngine)
    review = with_regions(lungs, read_case(lungs, film, ReadRequest()), film)
    assert (review.prediction.model, review.prediction.findings) == ("lungs", ())
    assert (review.maps, review.numbers, review.shortcuts, strongest_finding(review)) == ((), (), (), None)
    right, left, both = review.regions
    assert [r.name for r in review.regions] == ["right-lung", "left-lung", "lungs"]
    assert right.area_px + left.area_px == both.area_px
    assert right.area_mm2 == pytest.approx(right.area_px * film.spacing_mm[0] * film.spacing_mm[1])
    # The right lung lies on the left of the picture, and both are drawn without being asked for.
    assert np.mean([x for _, x in right.contours[0]]) < np.mean([x for _, x in left.contours[0]])
    assert {right.kind, left.kind} == {"landmark"}
    assert case_from_json(case_to_json(review)).regions == review.regions


def test_the_outline_is_that_of_the_chest_reading(lungs: InferenceEngine, film) -> None:
    chest = InferenceEngine("chest-xray")
    np.testing.assert_array_equal(lungs.lungs(film), chest.lungs(film))


def test_what_the_chest_model_refuses_is_refused(lungs: InferenceEngine, film) -> None:
    with pytest.raises(ScanNotCovered) as brain:
        read_case(lungs, decode_scan(any_case("brain-ring").scan_bytes()), ReadRequest())
    assert any("modality MR" in violation for violation in brain.value.violations)
    assert any("unlike the pictures" in violation for violation in brain.value.violations)
    unaged = replace(film, metadata=replace(film.metadata, age_years=None))
    with pytest.raises(ScanNotCovered, match="12 years"):
        read_case(lungs, unaged, ReadRequest(age_years=12.0))


def test_the_figures_of_the_card_stand_with_interval_and_trivial_mask() -> None:
    sentences = held_out_sentences(SEGMENTERS.get("lungs").card)
    assert "Dice 0.953 (95 % interval 0.951 to 0.955)" in sentences[0]
    assert "0.826" in sentences[0]
    assert "No figure for adults" in sentences[1]
    assert held_out_sentences({}) == ()
