"""A new hour of many patients: the numbers that every stay gets alone, however long the others are, and how long it takes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from model_zoo.bench.monitoring import HOURS, LIMIT_SECONDS, measure_monitoring, ward
from model_zoo.icu.hourly_models import hourly_models
from model_zoo.icu.ward import new_hour
from model_zoo.vital_signs.news2_hours import score_hours
from model_zoo.vital_signs.series import InvalidSeries, VitalSeries

SCHEMA = json.loads((Path(__file__).parents[2] / "contracts" / "bench.schema.json").read_text(encoding="utf-8"))


def test_every_stay_gets_the_numbers_that_it_gets_alone():
    models = hourly_models()[0]
    whole, facts = ward(4, 30)
    stays = [stay.up_to(hour) for stay, hour in zip(whole, (3, 29, 12, 20), strict=True)]
    found = new_hour(models, stays, facts)
    assert set(found.risk) == {"icu-sepsis", "icu-mortality"}
    for place, (stay, own) in enumerate(zip(stays, facts, strict=True)):
        for model in models:
            alone = model.risk_by_hour(stay, own)
            assert found.risk[model.card.name][place] == pytest.approx(alone.risk[-1], abs=1e-12)
            assert found.alert[model.card.name][place] == (alone.risk[-1] >= alone.threshold)
        assert found.news2[place] == score_hours(stay).scores[-1]


def test_a_value_that_is_not_plausible_counts_as_not_measured_here_too():
    models = hourly_models()[0]
    (stay,), facts = ward(1, 6)
    values = stay.values.copy()
    values[-1, stay.variables.index("heart_rate_per_min")] = 5000.0
    wild = VitalSeries(stay.hours, stay.variables, values)
    values[-1, stay.variables.index("heart_rate_per_min")] = np.nan
    without = VitalSeries(stay.hours, stay.variables, values)
    for name, risk in new_hour(models, [wild], facts).risk.items():
        assert risk == new_hour(models, [without], facts).risk[name]


def test_a_stay_without_rows_is_named():
    empty = VitalSeries(np.empty(0), ("heart_rate_per_min",), np.empty((0, 1)))
    with pytest.raises(InvalidSeries):
        new_hour(hourly_models()[0], [empty])


def test_an_hour_of_100_patients_keeps_the_contract_of_bench():
    found = measure_monitoring(1)
    Draft202012Validator({"$defs": SCHEMA["$defs"], **SCHEMA["properties"]["monitoring"]}).validate(found)
    assert (found["hours_of_each_stay"], found["limit_seconds"]) == (HOURS, LIMIT_SECONDS)
    assert set(found["models"]) == {"icu-sepsis", "icu-mortality"}
    assert set(found["seconds"]) == {"hour_of_all", "news2", "icu_sepsis", "icu_mortality"}
    # Two cores have two seconds of processor time in the second; measured: 0.3 to 0.5.
    assert found["processor_seconds"] < 2 * LIMIT_SECONDS


def test_the_invented_ward_is_the_same_every_time():
    (first, facts), (second, again) = ward(2, 5), ward(2, 5)
    assert first == second
    assert facts == again
    assert all(stay.synthetic for stay in first)
