"""A written number is read in one way, or refused with a reason that does not repeat it."""

from __future__ import annotations

import pytest

from model_zoo.patients import feature
from model_zoo.quantities.doubts import DIASTOLIC, SYSTOLIC, contradictions
from model_zoo.quantities.numbers import (
    Ambiguous,
    TwoReadings,
    Unreadable,
    Written,
    is_absent,
    note_number,
    one_meaning,
    written_number,
)
from model_zoo.quantities.reading import decimal_of, read_quantity


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12.0), (" 12\u00a0", 12.0), ("+5", 5.0), ("-5", -5.0), ("\u22125", -5.0), (".5", 0.5), ("007", 7.0),
        ("1.25", 1.25), ("1.2345", 1.2345), ("0.125", 0.125), ("1200.125", 1200.125), ("1e3", 1000.0), ("1.5E-02", 0.015),
    ],
)  # fmt: skip
def test_plain_numbers_are_read_everywhere(text, value):
    assert written_number(text).value == written_number(text, comma=True).value == value
    assert written_number(text, comma=True).thousands is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,68", 1.68), ("36,8", 36.8), ("0,125", 0.125), (",5", 0.5), ("1234,567", 1234.567), ("1,5e2", 150)],
)
def test_a_decimal_comma_is_read_where_it_divides_no_cells(text, value):
    assert written_number(text, comma=True).value == value
    with pytest.raises(Unreadable, match="comma"):
        written_number(text)


def test_a_mark_before_three_digits_has_two_meanings():
    found = written_number("1.200", comma=True)
    assert (found.value, found.thousands) == (1.2, 1200.0)
    assert written_number("1.200").thousands is None
    assert written_number("-12.345", comma=True).thousands == -12345.0
    assert written_number("1,200", comma=True) == Written(1.2, 1200.0)
    with pytest.raises(Unreadable, match="comma"):
        written_number("1,200")


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [("1,234", "comma", 1.234), ("1,234", "point", 1234.0), ("1.234", "comma", 1234.0), ("1.234", "point", 1.234),
     ("36,8", "point", 36.8), ("7", "comma", 7.0)],
)  # fmt: skip
def test_the_mark_before_decimals_settles_what_a_number_means(text, decimal, value):
    assert written_number(text, decimal=decimal) == Written(value)


def test_both_readings_go_by_the_mark_before_decimals():
    assert TwoReadings("1,234", 1.234, 1234.0).by_mark == {"comma": 1.234, "point": 1234.0}
    assert TwoReadings("1.234", 1.234, 1234.0).by_mark == {"point": 1.234, "comma": 1234.0}


@pytest.mark.parametrize("text", ["1.234", "12.345", "-1.2", "1234", "0.125", "36.8"])
def test_a_number_can_be_written_so_that_it_has_one_meaning(text):
    assert written_number(one_meaning(text), comma=True) == Written(float(text))


@pytest.mark.parametrize(
    ("cells", "decimal"),
    [(["1,234", "36,8"], "comma"), (["1.234", "36.8 °C"], "point"), (["1,234", "7"], None), (["36,8", "7.2"], None), ([], None)],
)  # fmt: skip
def test_other_numbers_of_a_file_tell_the_mark(cells, decimal):
    assert decimal_of(cells) == decimal


def test_the_plausible_range_decides_or_both_are_offered():
    potassium, platelets = feature("potassium_mmol_l"), feature("platelets_10e9_l")
    for decimal in (None, "comma", "point"):
        assert read_quantity(potassium, "4,125", comma=True, decimal=decimal) == 4.125
    with pytest.raises(Ambiguous) as caught:
        read_quantity(platelets, "1,200", comma=True)
    assert caught.value.readings == TwoReadings("1,200", 1.2, 1200.0)
    assert "1,200" not in str(caught.value)
    assert read_quantity(platelets, "1,200", comma=True, decimal="point") == 1200


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1_33", "digits"), ("0x1F", "digits"), ("\u0663", "digits from 0 to 9"), ("\uff11\uff12", "digits from 0 to 9"),
        ("1 200", "blanks"), ("1\u00a0200", "blanks"), ("1\u202f200", "blanks"), ("1'200", "marks"), ("1.234.567", "marks"),
        ("12.", "expected a number"), ("1/2", "expected a number"), ("5-7", "expected a number"), ("~5", "expected a number"),
        ("\u20135", "expected a number"), ("--5", "expected a number"), ("5%%", "expected a number"), ("1e", "expected a number"),
        ("\u00b2", "expected a number"), ("5\u00b11", "expected a number"), ("1e999", "finite"), ("inf", "finite"),
        ("-Infinity", "finite"), ("nan", "finite"), ("<5", "bound"), ("\u2265 5", "bound"), ("0b1", "digits"), ("1j", "digits"),
        ("True", "digits"), ("", "expected a number"), ("120/80", "expected a number"),
    ],
)  # fmt: skip
def test_what_is_doubtful_is_refused_without_repeating_it(text, reason):
    for comma in (True, False):
        with pytest.raises(Unreadable, match=reason) as caught:
            written_number(text, comma=comma)
        assert not text.strip() or text not in str(caught.value)


def test_marked_thousands_with_decimals_are_refused():
    for text in ("1.234,5", "1,234.5", "1,234,567"):
        with pytest.raises(Unreadable, match="marks"):
            written_number(text, comma=True)


@pytest.mark.parametrize("word", ["", " ", "NA", "n/a", "#N/A", "NaN", "null", "-", "--", "Not measured", "?"])
def test_words_for_nothing_measured(word):
    assert is_absent(word)


def test_notes_keep_their_thousands():
    assert [note_number(text) for text in ("12,300", "12'300", "12 300", "38,2", "0,125", "1.200")] == [
        12300.0, 12300.0, 12300.0, 38.2, 0.125, 1.2,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({SYSTOLIC: 80, DIASTOLIC: 120}, True),
        ({SYSTOLIC: 80, DIASTOLIC: 80}, True),
        ({SYSTOLIC: 120, DIASTOLIC: 80}, False),
        ({SYSTOLIC: 80}, False),
        ({DIASTOLIC: 120, SYSTOLIC: None}, False),
        ({"bilirubin_umol_l": 10, "direct_bilirubin_umol_l": 30}, True),
        ({"bilirubin_umol_l": 1.0, "direct_bilirubin_umol_l": 1.0 + 1e-9}, False),
        ({"total_protein_g_l": 30, "albumin_g_l": 60}, True),
        ({"total_protein_g_l": 70, "albumin_g_l": 40}, False),
    ],
)
def test_two_quantities_that_contradict_each_other(values, wrong):
    assert bool(contradictions(values)) is wrong
