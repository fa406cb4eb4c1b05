"""Risk management: rules from one readable file and the facts of a case flow in, alerts with reason and source come out.

A suggestion is worded as one, with its limits; nothing is ordered, and nothing is done by itself. What a person makes of
an alert is kept with a reason, so that rules which nobody acts on can be seen and changed.
"""

from model_zoo.alerts.acknowledge import REASONS, Acknowledgement, RaisedAlert, acknowledge, raise_alert
from model_zoo.alerts.evaluate import evaluate, evaluate_hours
from model_zoo.alerts.fatigue import Fatigue, measure_fatigue
from model_zoo.alerts.inputs import AlertInputs, FindingValue, RiskValue, hourly_inputs
from model_zoo.alerts.rule import LEVELS, Alert, Rule
from model_zoo.alerts.rules_file import AlertRulesInvalid, load_rules, parse_rules

__all__ = [
    "LEVELS",
    "REASONS",
    "Acknowledgement",
    "Alert",
    "AlertInputs",
    "AlertRulesInvalid",
    "Fatigue",
    "FindingValue",
    "RaisedAlert",
    "RiskValue",
    "Rule",
    "acknowledge",
    "evaluate",
    "evaluate_hours",
    "hourly_inputs",
    "load_rules",
    "measure_fatigue",
    "parse_rules",
    "raise_alert",
]
