"""Coverage by a card of another kind of scan: without views, for one sex, in colour."""

from __future__ import annotations

from dataclasses import replace

import pytest

from model_zoo.card import ModelCard, read_card
from model_zoo.scans.coverage import check_coverage, stated_facts
from tests.tiny_zoo import made_scan, tiny_card, write_card


@pytest.fixture
def card(tmp_path) -> ModelCard:
    raw = tiny_card() | {"weights_sha256": "0" * 64}
    raw["populations"] = [raw["populations"][0] | {"title": "Women", "views": [], "sexes": ["F"]}]
    raw["outputs"] = [o for o in raw["outputs"] if o["population"] == "adult"]
    raw["input"] |= {"modalities": ["US"], "body_parts": ["BREAST"], "scan": "a breast ultrasound picture"}
    write_card(tmp_path, raw)
    return read_card(tmp_path)


def covered(card, scan, sex="F"):
    return check_coverage(card, scan, stated_facts(scan, 60, sex, None))


def ultrasound(**metadata):
    return made_scan(**({"modality": "US", "body_part": "BREAST", "view": None, "sex": None} | metadata))


def test_a_scan_without_views_gets_no_remark_about_its_view(card):
    coverage = covered(card, ultrasound())
    assert coverage.violations == ()
    assert coverage.remarks == ()


def test_a_file_without_modality_is_read_as_what_the_model_reads(card):
    remarks = covered(card, ultrasound(modality=None)).remarks
    assert remarks == ("The file does not state its modality; read as a breast ultrasound picture on your word.",)


def test_another_sex_is_outside(card):
    assert covered(card, ultrasound(), "M").violations == ("The model was trained on women alone",)
    unstated = covered(card, ultrasound(), None)
    assert unstated.violations == (), "one group alone: it is read, and says for whom the model was made"
    assert any("sex of the patient is not stated" in remark for remark in unstated.remarks)
    assert covered(card, ultrasound(), "F").violations == ()
    assert "The file says sex M, you state F" in covered(card, ultrasound(sex="M"), "F").violations


def test_colour_is_outside_unless_the_card_reads_it(card):
    scan = replace(ultrasound(), is_colour=True)
    assert covered(card, scan).violations == ("The picture is in colour; a breast ultrasound picture is grey",)
    assert covered(replace(card, colour=True), scan).violations == ()


def test_masks_and_boxes_are_read_from_the_card(tmp_path):
    raw = tiny_card() | {
        "weights_sha256": "0" * 64,
        "masks": [{"name": "lesion", "title": "Lesion", "kind": "lesion", "threshold": 0.4}],
        "boxes": {"title": "Tumour", "threshold": 0.3},
    }
    write_card(tmp_path, raw)
    card = read_card(tmp_path)
    assert (card.masks[0].name, card.masks[0].threshold, card.box_threshold) == ("lesion", 0.4, 0.3)
