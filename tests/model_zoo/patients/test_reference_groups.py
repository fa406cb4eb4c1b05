"""Reference patients: aggregates of at least ten, percentiles of known answers, the nearest group, and no row anywhere."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from model_zoo.bench.what_if import reference_record
from model_zoo.errors import CardInvalid, DataNotFound
from model_zoo.patients.reference_groups import (
    REFERENCE_FILE,
    SMALLEST_BAND,
    SMALLEST_CELL,
    SMALLEST_GROUP,
    band_of,
    load_reference,
    reference_of,
)
from model_zoo.patients.risk_models import definitions, risk_model
from model_zoo.training.data_folder import data_folder
from model_zoo.training.patient_models.reference_groups import aggregates, smoothed_quantiles, training_patients


def standing(reference, name):
    return next(found for found in reference.standings if found.name == name)


@pytest.mark.parametrize("name", definitions())
def test_what_is_stored_rests_on_enough_patients(name):
    model = risk_model(name)
    stored = load_reference(model)
    assert stored["patients"] == model.card["training"]["patients"]
    for i, band in enumerate(stored["bands"]):
        assert band["patients"] >= (SMALLEST_BAND if i else SMALLEST_CELL)
        for entry in band["features"].values():
            assert entry["measured"] >= SMALLEST_CELL
            for share in entry.get("shares", {}).values():
                assert share * entry["measured"] >= SMALLEST_CELL - 0.5
            assert entry.get("levels", []) == sorted(entry.get("levels", []))
            assert entry.get("values", []) == sorted(entry.get("values", []))
    for group in stored["groups"]:
        assert group["patients"] >= SMALLEST_GROUP
        for entry in group["events"].values():
            assert 0 <= entry["low"] < entry["high"] <= 1
            if entry["share"] is not None:
                events = entry["share"] * group["patients"]
                assert SMALLEST_CELL - 0.5 <= events <= group["patients"] - SMALLEST_CELL + 0.5
    if not stored["groups"]:
        assert "too few" in stored["groups_remark"]


def test_a_stored_quantile_is_nobodys_value():
    seen = np.arange(1.0, 101.0)
    levels, values = smoothed_quantiles(seen)
    assert levels[0] == 0.05
    assert values[0] == 5.5
    assert values[-1] == 95.5
    # One value far away moves no stored number as far as itself.
    far = smoothed_quantiles(np.append(seen[:-1], 10_000.0))[1]
    assert far[-1] < 2_000
    assert far[:-2] == values[:-2]
    assert len(smoothed_quantiles(np.arange(10.0))[0]) == 1


def test_percentiles_of_known_answers():
    model = risk_model("heart-failure")
    entry = {"measured": 100, "levels": [0.1, 0.5, 0.9], "values": [100.0, 200.0, 400.0]}
    stored = json.loads(json.dumps(load_reference(model)))
    stored["bands"] = [{**stored["bands"][0], "features": {"creatinine_umol_l": entry}}]
    record = reference_record(model)

    def of(value):
        changed = replace(record, values={**record.values, "creatinine_umol_l": value})
        return standing(reference_of(model, changed, stored), "creatinine_umol_l")

    assert of(150.0).percentile == pytest.approx(30)
    assert of(200.0).words == "Creatinine 200 µmol/L: 50th percentile of 100 patients"
    assert (of(50.0).bound, of(50.0).percentile) == ("below", pytest.approx(10))
    assert "among the highest 10 %" in of(900.0).words
    assert of(None).words == "Creatinine: not measured"
    assert "fewer than 10" in standing(reference_of(model, record, stored), "sodium_mmol_l").words


def test_the_narrowest_band_is_taken():
    model = risk_model("support-respiratory")
    stored, record = load_reference(model), reference_record(model)
    old = band_of(stored, replace(record, age_years=70.0, sex="F"))
    assert (old["sex"], old["ages"]) == ("F", [65, 80])
    nobody = band_of(stored, replace(record, age_years=None, sex=None))
    assert nobody["title"] == "all training patients"


def test_the_nearest_group_of_its_own_centre():
    model = risk_model("covid-pneumonia")
    stored, record = load_reference(model), reference_record(model)
    for group in stored["groups"]:
        centre = {name: value for name, value in group["centre"].items() if isinstance(value, float)}
        age = centre.pop("age_years")
        found = reference_of(model, replace(record, age_years=age, values=centre), stored).nearest
        assert found.patients == group["patients"]
        assert "not a forecast" in found.words


def test_missing_and_foreign_files_are_named(tmp_path):
    model = risk_model("heart-failure")
    with pytest.raises(DataNotFound, match="reference-groups"):
        load_reference(model, tmp_path)
    (tmp_path / REFERENCE_FILE).write_text("{", encoding="utf-8")
    with pytest.raises(CardInvalid, match="not valid JSON"):
        load_reference(model, tmp_path)
    other = load_reference(risk_model("heart-disease"))
    (tmp_path / REFERENCE_FILE).write_text(json.dumps(other), encoding="utf-8")
    with pytest.raises(CardInvalid, match="another model"):
        load_reference(model, tmp_path)


@pytest.mark.data
@pytest.mark.parametrize("name", ["heart-failure", "liver-andhra"])
def test_what_is_shipped_is_what_the_recipe_writes(name):
    model = risk_model(name)
    written = json.loads(json.dumps(aggregates(model, training_patients(model, data_folder()))))
    assert written == load_reference(model)
