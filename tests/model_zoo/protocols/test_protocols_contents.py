"""What each protocol names is there: models, maps, checks; and what it leaves out stands behind it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from model_zoo.engine.inference import CLASSIFIERS
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
from model_zoo.trust import check as trust_check
from model_zoo.trust.check import MAP_CHECKS, ordered_checks


@pytest.mark.parametrize("named", ordered_protocols(), ids=lambda p: p.name)
def test_everything_that_a_protocol_names_is_there(named: ReadingProtocol) -> None:
    assert named.image_models[0] in CLASSIFIERS.built_in()
    assert set(named.patient_models) <= set(definitions())
    assert set(named.methods) <= set(EXPLAINERS.names())


@pytest.mark.parametrize("named", ordered_protocols(), ids=lambda p: p.name)
def test_only_a_check_that_cannot_be_made_is_left_out(named: ReadingProtocol) -> None:
    outlined = CLASSIFIERS.get(named.image_models[0]).segmenter is not None
    for model in named.image_models:
        left_out = {check.name for check in ordered_checks()} - {check.name for check in checks_for(model)}
        assert left_out == (set() if outlined else {"anatomy"})


def test_maps_get_the_checks_in_the_order_of_the_panel() -> None:
    for named in PROTOCOLS:
        orders = [check.order for check in checks_for(named.image_models[0])]
        assert len(orders) > 3
        assert orders == sorted(orders)
    assert checks_for("a-model-of-a-folder") == ordered_checks()


def test_a_check_that_is_added_is_made_without_a_word_in_any_protocol(monkeypatch: pytest.MonkeyPatch) -> None:
    another = replace(MAP_CHECKS.get("completeness"), name="another", order=99)  # type: ignore[type-var]
    monkeypatch.setattr(trust_check, "MAP_CHECKS", [*MAP_CHECKS, another])
    assert {checks_for(named.image_models[0])[-1].name for named in PROTOCOLS} == {"another"}


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
