"""What each protocol names is there: models, maps, checks; and what it leaves out stands behind it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from model_zoo.engine.inference import CLASSIFIERS
from model_zoo.errors import UnknownName
from model_zoo.explainers import EXPLAINERS
from model_zoo.patients.risk_models import definitions
from model_zoo.protocols import (
    PROTOCOLS,
    ReadingProtocol,
    checks_for,
    ordered_protocols,
    patient_models_beside,
    protocol,
    risk_model_for,
)
from model_zoo.trust.check import MAP_CHECKS, ordered_checks


@pytest.mark.parametrize("named", ordered_protocols(), ids=lambda p: p.name)
def test_everything_that_a_protocol_names_is_there(named: ReadingProtocol) -> None:
    assert named.image_models[0] in CLASSIFIERS.built_in()
    assert set(named.patient_models) <= set(definitions())
    assert set(named.methods) <= set(EXPLAINERS.names())
    assert named.checks
    assert len(set(named.checks)) == len(named.checks)
    unknown = [name for name in named.checks if name not in MAP_CHECKS.names()]
    assert unknown == [], f"the protocol '{named.name}' names checks that are not there"


@pytest.mark.parametrize("named", ordered_protocols(), ids=lambda p: p.name)
def test_only_a_check_that_cannot_be_made_is_left_out(named: ReadingProtocol) -> None:
    outlined = CLASSIFIERS.get(named.image_models[0]).segmenter is not None
    left_out = {check.name for check in ordered_checks()} - set(named.checks)
    assert left_out == (set() if outlined else {"anatomy"})


def test_maps_get_the_checks_of_their_protocol_in_its_order() -> None:
    for named in PROTOCOLS:
        assert [check.name for check in checks_for(named.image_models[0])] == list(named.checks)
    assert checks_for("a-model-of-a-folder") == ordered_checks()


def test_an_unknown_check_is_said_with_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = replace(PROTOCOLS.get("chest"), checks=("completness",))
    monkeypatch.setattr(protocol, "protocol_of_model", lambda model: wrong)
    with pytest.raises(UnknownName, match="completeness"):
        checks_for("chest-xray")


@pytest.mark.parametrize("model", [*(p.image_models[0] for p in ordered_protocols()), "a-model-of-a-folder"])
def test_every_patient_model_may_stand_beside_a_scan_those_of_the_protocol_first(model: str) -> None:
    found = patient_models_beside(model)
    assert sorted(found) == sorted(definitions())
    own = protocol.protocol_of_model(model)
    expected = (protocol.DEFAULT_RISK_MODEL,) if own is None else own.patient_models
    assert found[: len(expected)] == expected
    assert risk_model_for(model) == (found[0] if expected else None)


def test_a_chest_film_stands_beside_three_patient_models_the_ill_adult_first() -> None:
    assert PROTOCOLS.get("chest").patient_models == ("support-respiratory", "heart-failure", "covid-pneumonia")
