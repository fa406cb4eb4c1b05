"""Proposing a protocol: tags first, then the gates; where nothing knows the picture nothing is proposed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import SimpleNamespace

import pytest

from model_zoo.errors import CardInvalid
from model_zoo.protocols import PROTOCOLS, propose_protocol, protocol_of_model
from model_zoo.protocols.protocol import ordered_protocols
from tests.tiny_zoo import made_scan


@dataclass
class Gate:
    """An engine reduced to a gate that leaves a picture a ``margin``; ``None`` for a model without a gate."""

    margin: float | None

    @property
    def card(self):
        return SimpleNamespace(populations=(SimpleNamespace(name="a"), SimpleNamespace(name="b")))

    def prepare(self, scan, population, frame):
        return population

    def judge_distribution(self, population):
        if self.margin is None:
            return None
        # The second population fits worse: the best one counts.
        return SimpleNamespace(threshold=1.0, distance=1.0 - self.margin + (3.0 if population == "b" else 0.0))


def engines(**margins: float | None):
    """Return the engines of all protocols, refusing where no margin is named."""
    by_model = {p.image_models[0]: Gate(margins.get(p.name, -2.0)) for p in ordered_protocols()}
    return by_model.__getitem__


def scan_of(modality: str | None, body_part: str | None):
    scan = made_scan()
    return replace(scan, metadata=replace(scan.metadata, modality=modality, body_part=body_part))


@pytest.mark.parametrize(
    ("modality", "body_part", "name"),
    [
        ("DX", "CHEST", "chest"),
        ("US", "BREAST", "breast"),
        ("MR", "BRAIN", "brain"),
        ("MR", None, "brain"),
        ("OP", None, "eye"),
    ],
)
def test_a_file_that_says_what_it_shows_is_taken_at_its_word(modality, body_part, name) -> None:
    found = propose_protocol(scan_of(modality, body_part), engines(**{name: 0.5}))
    assert (found.protocol, found.source) == (name, "tags")
    assert modality in found.sentence


def test_a_file_whose_picture_contradicts_its_tags_says_so() -> None:
    found = propose_protocol(scan_of("MR", "BRAIN"), engines(breast=0.5))
    assert found.protocol == "brain"
    assert "Breast" in found.sentence
    assert "Check the file" in found.sentence


def test_without_tags_the_gate_with_the_widest_margin_proposes() -> None:
    found = propose_protocol(scan_of(None, None), engines(chest=0.1, eye=0.4))
    assert (found.protocol, found.source) == ("eye", "gate")
    assert found.margin["eye"] == pytest.approx(0.4)


def test_a_foreign_body_part_is_left_to_the_gates() -> None:
    found = propose_protocol(scan_of("MR", "KNEE"), engines())
    assert (found.protocol, found.source) == (None, "nothing")
    assert "choose the protocol yourself" in found.sentence


def test_a_model_without_a_gate_claims_no_picture() -> None:
    found = propose_protocol(scan_of(None, None), engines(chest=None, breast=None, brain=None, eye=None))
    assert found.protocol is None


def test_every_protocol_names_its_models_and_no_two_claim_the_same_tags() -> None:
    seen: set[tuple[str, str]] = set()
    for protocol in PROTOCOLS:
        assert protocol_of_model(protocol.image_models[0]) == protocol
        tags = {(m, b) for m in protocol.modalities for b in protocol.body_parts}
        assert not seen & tags
        seen |= tags
    assert protocol_of_model("nobody's") is None


def test_a_damaged_model_does_not_keep_the_others_from_being_asked() -> None:
    working = engines(eye=0.3)

    def engine_of(model: str):
        if model == "breast-ultrasound":
            raise CardInvalid("The card of this model cannot be read.", "Restore it.")
        return working(model)

    found = propose_protocol(scan_of(None, None), engine_of)
    assert found.protocol == "eye"
    assert found.margin["breast"] == float("-inf")


def test_a_file_of_another_kind_is_not_said_to_be_silent() -> None:
    found = propose_protocol(scan_of("CT", "ABDOMEN"), engines(brain=0.2))
    assert found.sentence.startswith("The file says CT, abdomen, which no protocol reads")
    unplaced = propose_protocol(scan_of("US", None), engines(breast=0.2))
    assert "no body part" in unplaced.sentence
