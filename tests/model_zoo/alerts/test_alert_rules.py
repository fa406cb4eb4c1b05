"""The shipped rules and damaged ones: what is wrong, in which line."""

from __future__ import annotations

import json

import pytest

from model_zoo.alerts import LEVELS, AlertRulesInvalid, load_rules, parse_rules
from model_zoo.alerts.rules_file import RULES_FILE
from model_zoo.card import WEIGHTS_ROOT
from model_zoo.errors import DataNotFound
from model_zoo.icu.alerts import SILENCE_HOURS
from model_zoo.icu.variables import FORMS

RULE = """schema_version = 1

[[rule]]
id = "fast"
level = "urgent"
title = "Fast"
when = { kind = "value", quantity = "heart_rate_per_min", at_least = 130 }
reason = "{found}."
suggestion = "Consider a look."
limits = "None known."
source = "This ward"
"""


def test_the_shipped_rules_are_whole():
    rules = load_rules()
    assert len({rule.id for rule in rules}) == len(rules) > 30
    assert {rule.level for rule in rules} == set(LEVELS)
    lines = RULES_FILE.read_text(encoding="utf-8").splitlines()
    assert all(lines[rule.line - 1] == "[[rule]]" for rule in rules)


def test_every_suggestion_is_worded_as_one_and_has_limits_and_a_source():
    for rule in load_rules():
        assert rule.suggestion.startswith("Consider "), rule.id
        assert len(rule.limits) > 20, rule.id
        assert rule.source, rule.id
        for word in ("must", "diagnos", "has to"):
            assert word not in rule.suggestion.lower(), rule.id


def test_every_model_rule_names_an_output_of_a_card():
    """A rule that names no output would never speak, and nobody would notice."""
    seen = 0
    for rule in load_rules():
        if rule.when.kind in ("risk", "finding"):
            card = json.loads((WEIGHTS_ROOT / rule.when.model / "card.json").read_text(encoding="utf-8"))
            names = [entry["name"] if isinstance(entry, dict) else entry for entry in card["outputs"]]
            assert (rule.when.outcome or rule.when.output) in names, rule.id
            seen += 1
    assert seen > 15


def test_every_risk_of_every_patient_model_has_a_rule():
    ruled = {(r.when.model, r.when.outcome) for r in load_rules() if r.when.kind == "risk"}
    hourly = {r.when.model for r in load_rules() if r.when.kind == "hourly_risk"}
    for path in WEIGHTS_ROOT.glob("*/card.json"):
        card = json.loads(path.read_text(encoding="utf-8"))
        if card.get("task") == "monitoring":
            assert (card["name"] in hourly) == ("alert" in card.get("thresholds", {})), card["name"]
            continue
        for outcome in card.get("thresholds", {}):
            assert (card["name"], outcome) in ruled


def test_every_hourly_rule_names_a_model_whose_threshold_was_fixed_on_training_stays():
    rules = [rule for rule in load_rules() if rule.when.kind == "hourly_risk"]
    assert {rule.when.model for rule in rules} == set(FORMS)
    for rule in rules:
        card = json.loads((WEIGHTS_ROOT / rule.when.model / "card.json").read_text(encoding="utf-8"))
        alert = card["thresholds"]["alert"]
        assert 0 < alert["value"] < 1
        assert "training stays" in alert["rule"]
        assert "out of fold" in alert["rule"]
        assert f"{SILENCE_HOURS} hours of quiet" in rule.source
        assert "Not for children" in rule.limits
        # The limits say that most alerts are false: true only as long as the card says so.
        assert card["metrics"]["alerts"][0]["share_of_alerted_stays_with_the_event"]["high"] < 0.5


def test_limits_are_those_of_the_published_survey():
    """Kost 1990, JAMA 263:704-707, abstract: mean low and high critical limits."""
    published = {
        "glucose_mmol_l": (2.6, 26.9),
        "potassium_mmol_l": (2.8, 6.2),
        "sodium_mmol_l": (120, 158),
        "haemoglobin_g_l": (66, 199),
        "platelets_10e9_l": (37, 910),
        "leucocytes_10e9_l": (2.0, 37.0),
        "arterial_ph": (7.21, 7.59),
        "prothrombin_time_s": (None, 27),
    }
    found = {}
    for rule in load_rules():
        if rule.when.kind == "value":
            low, high = found.get(rule.when.quantity, (None, None))
            found[rule.when.quantity] = (
                rule.when.limit if rule.when.bound == "at_most" else low,
                rule.when.limit if rule.when.bound == "at_least" else high,
            )
            assert "Kost 1990" in rule.source
    assert found == published


def test_a_whole_file():
    (rule,) = parse_rules(RULE)
    assert (rule.id, rule.when.bound, rule.when.limit, rule.line) == ("fast", "at_least", 130, 3)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("schema_version = 1", "schema_version = 2", "line 1: schema_version has to be 1"),
        ("schema_version = 1", "schema_version = 1\nshoe = 2", "line 2: 'shoe' is not known"),
        ("[[rule]]", "[[rule]", "line 3: this is not TOML"),
        ('title = "Fast"', "title = Fast", "line 6: this is not TOML"),
        ('"urgent"', '"loud"', "line 5: the level has to be one of info, attention, urgent, emergency"),
        ('"fast"', '"So Fast"', "line 4: an id is made of small letters"),
        ('title = "Fast"', "title = 3", "line 6: 'title' has to be a text"),
        ('title = "Fast"\n', "", "line 3: 'title' has to be a text"),
        ('title = "Fast"', 'title = "Fast"\nshoe = 1', "line 7: 'shoe' is not known"),
        ('title = "Fast"', 'title = "Fast"\nagain_by = 0', "line 7: 'again_by' has to be a number above 0"),
        ('title = "Fast"', 'title = "Fast"\nagain_by = "1"', "line 7: 'again_by' has to be a number above 0"),
        (
            'when = { kind = "value", quantity = "heart_rate_per_min", at_least = 130 }',
            'when = { kind = "news2_red" }\nagain_by = 1',
            "line 8: 'again_by' is for news2_aggregate and value alone",
        ),
        ("{found}.", "fast", "line 8: the reason has to hold {found} once"),
        ('kind = "value"', 'kind = "mood"', "line 7: 'when' has to hold a kind"),
        ("heart_rate_per_min", "shoe_size", "line 7: there is no quantity named 'shoe_size'"),
        ("at_least = 130", "at_least = true", "line 7: 'at_least' has to be a number"),
        ("at_least = 130", f"at_least = 1{'0' * 400}", "line 7: 'at_least' has to be finite"),
        ("at_least = 130", "at_least = nan", "line 7: 'at_least' has to be finite"),
        ("at_least = 130", "about = 130", "line 7: 'about' is not known for value"),
        (", at_least = 130", "", "line 7: value needs one of"),
        ("at_least = 130", "at_least = 130, below = 3", "line 7: value needs one of"),
        ('quantity = "heart_rate_per_min", ', "", "line 7: value needs 'quantity'"),
        (
            'kind = "value", quantity = "heart_rate_per_min", at_least = 130',
            'kind = "risk"',
            "line 7: risk needs 'model'; line 7: risk needs 'outcome'",
        ),
    ],
)
def test_a_damaged_file_is_refused_with_line_and_reason(old, new, words):
    assert old in RULE
    with pytest.raises(AlertRulesInvalid) as caught:
        parse_rules(RULE.replace(old, new, 1))
    assert words in "; ".join(caught.value.problems)
    assert "line" in caught.value.message


def test_an_id_that_stands_twice():
    with pytest.raises(AlertRulesInvalid, match="line 13: the id 'fast' stands already at line 3"):
        parse_rules(RULE + "\n" + RULE.split("\n\n", 1)[1])


@pytest.mark.parametrize(
    "text", ["", "schema_version = 1\n", "schema_version = 1\nrule = 3\n", 'rule = [{id = "a"}]\n']
)
def test_a_file_without_rules(text):
    with pytest.raises(AlertRulesInvalid):
        parse_rules(text)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(DataNotFound):
        load_rules(tmp_path / "nowhere.toml")
    (tmp_path / "a.toml").write_bytes(b"schema_version = 1\n# \xff\n")
    with pytest.raises(AlertRulesInvalid, match="line 2: the file is not UTF-8"):
        load_rules(tmp_path / "a.toml")
