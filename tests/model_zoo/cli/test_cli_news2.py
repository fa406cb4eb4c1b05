"""``news2``: tables, FHIR bundles, written stays, and errors in words."""

from __future__ import annotations

import json

import pytest


def test_a_written_stay_in_words(cli):
    answer = cli("news2", "--example", "pneumonia-sepsis")
    assert answer.code == 0
    assert "emergency: NEWS2 of 7 or more" in answer.out
    assert "Suggestion: Consider" in answer.out
    assert "Royal College of Physicians" in answer.out


def test_the_scale_of_a_written_stay_and_the_one_asked_for(cli):
    own = cli("news2", "--example", "copd-scale-2", "--json").json
    other = cli("news2", "--example", "copd-scale-2", "--scale", "1", "--json").json
    assert (own["scale"], other["scale"]) == (2, 1)
    assert own["hours"][9]["aggregate"] < other["hours"][9]["aggregate"]


def test_a_bundle_and_a_table_of_the_same_numbers_score_the_same(cli, tmp_path):
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {
                "resource": {
                    "resourceType": "Observation",
                    "status": "final",
                    "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
                    "effectiveDateTime": f"2026-01-01T{10 + hour}:00:00Z",
                    "valueQuantity": {"value": value, "system": "http://unitsofmeasure.org", "code": "/min"},
                }
            }
            for hour, value in enumerate((80, 115, 135))
        ],
    }
    (tmp_path / "stay.json").write_text(json.dumps(bundle), encoding="utf-8")
    (tmp_path / "stay.csv").write_text("time (h),HR\n0,80\n1,115\n2,135\n", encoding="utf-8")
    from_bundle = cli("news2", tmp_path / "stay.json", "--json").json
    from_table = cli("news2", tmp_path / "stay.csv", "--json").json
    assert from_bundle["hours"] == from_table["hours"]
    assert [h["aggregate"] for h in from_table["hours"]] == [0, 2, 3]


def test_carried_hours(cli, tmp_path):
    (tmp_path / "stay.csv").write_text("time (h),HR,RR\n0,115,16\n3,,16\n", encoding="utf-8")
    short = cli("news2", tmp_path / "stay.csv", "--carry-hours", "1", "--json").json
    assert [h["aggregate"] for h in short["hours"]] == [2, 2, 0, 0]
    assert short["hours"][2]["risk"] is None


def test_own_rules(cli, tmp_path):
    (tmp_path / "stay.csv").write_text("time (h),HR\n0,115\n", encoding="utf-8")
    rules = tmp_path / "rules.toml"
    rules.write_text(
        'schema_version = 1\n[[rule]]\nid = "fast"\nlevel = "info"\ntitle = "Fast"\n'
        'when = { kind = "value", quantity = "heart_rate_per_min", above = 110 }\nreason = "{found}"\n'
        'suggestion = "Consider a look."\nlimits = "None known."\nsource = "This ward"\n',
        encoding="utf-8",
    )
    alerts = cli("news2", tmp_path / "stay.csv", "--rules", rules, "--json").json["alerts"]
    assert [a["rule"] for a in alerts] == ["fast"]
    rules.write_text("schema_version = 1\n[[rule]\n", encoding="utf-8")
    answer = cli("news2", tmp_path / "stay.csv", "--rules", rules, "--json")
    assert answer.code == 2
    assert "line 2" in answer.json["error"]["message"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "Name one file"),
        (["nowhere.csv"], "no readable file"),
        (["--example", "nobody"], "no written stay named"),
        (["--example", "copd-scale-2", "--age-years", "12"], "16 years or older"),
        (["--example", "copd-scale-2", "--carry-hours", "99"], "from 0 to 24"),
    ],
)
def test_errors_in_words(cli, words, message):
    answer = cli("news2", *words, "--json")
    assert answer.code == 2
    assert message in answer.json["error"]["message"]
    assert "Traceback" not in answer.err


def test_a_stay_of_a_child_by_its_own_column_is_not_scored(cli, tmp_path):
    (tmp_path / "stay.csv").write_text("time (h),HR,RR,SpO2,age\n0,140,35,85,12\n", encoding="utf-8")
    answer = cli("news2", tmp_path / "stay.csv", "--age-years", "40")
    assert answer.code != 0
    assert "16" in answer.err
    assert not answer.out


def test_a_number_with_two_readings_is_refused_until_the_mark_is_named(cli, tmp_path):
    path = tmp_path / "stay.csv"
    path.write_text("time (h);HR;platelets\n0;80;1,200\n", encoding="utf-8")
    refused = cli("news2", str(path))
    assert refused.code != 0
    assert "--decimal" in refused.err
    assert "1,200" not in refused.err
    for mark in ("comma", "point"):
        assert cli("news2", str(path), "--decimal", mark, "--json").code == 0
