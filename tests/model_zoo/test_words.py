"""Figures in words: with an interval, without one, without a value."""

from __future__ import annotations

import pytest

from model_zoo.words import NO_INTERVAL, SIGNED, bracketed, ends, head, number, spanned, table, table_row

FOUND = {"value": 0.812, "low": 0.7804, "high": 0.84}
NO_ENDS = {"value": 0.5, "low": None, "high": None}
NOTHING = {"value": None, "low": None, "high": None}


@pytest.mark.parametrize(
    ("form", "value", "interval"),
    [(".3f", "0.812", "0.780, 0.840"), (SIGNED, "+0.812", "+0.780, +0.840"), (".1%", "81.2 %", "78.0, 84.0")],
)
def test_a_figure_stands_with_its_interval(form, value, interval):
    assert number(FOUND["value"], form) == value
    assert bracketed(FOUND, form) == f"{value} [{interval}]"
    assert ends(FOUND, form) == interval.replace(",", " to")
    assert spanned(FOUND, form) == f"{value} ({ends(FOUND, form)})"


def test_an_undefined_interval_is_said_and_not_drawn():
    assert spanned(NO_ENDS) == "0.500 (interval not defined)"
    assert spanned(NO_ENDS, without="") == bracketed(NO_ENDS) == bracketed({"value": 0.5}) == "0.500"
    assert ends(NO_ENDS) == NO_INTERVAL


def test_an_undefined_value_is_said_or_left_empty():
    assert spanned(NOTHING) == number(None) == "not defined"
    assert bracketed(NOTHING) == bracketed(None) == ""
    assert bracketed(None, missing="-") == "-"


def test_a_table_has_a_rule_for_each_title():
    assert head("finding | films |") == ("| finding | films | |", "|---|---|---|")
    assert head("| films") == ("| | films |", "|---|---|")
    assert list(table("a | b", [("1", "2")])) == ["| a | b |", "|---|---|", table_row("12")]
