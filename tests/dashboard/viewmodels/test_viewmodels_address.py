"""An address names a case and what of it is shown; what cannot be one is left out."""

from __future__ import annotations

import pytest

from dashboard.viewmodels.case.address import Address, sample_key, sample_number

WHOLE = Address("sample-3", "lung_opacity", ("integrated-gradients", "grad-cam"), 4, 15.0)


def test_an_address_is_read_as_it_is_written() -> None:
    assert WHOLE.parameters() == {
        "case": ["sample-3"], "finding": ["lung_opacity"], "frame": ["5"], "hour": ["15"],
        "map": ["integrated-gradients", "grad-cam"],
    }  # fmt: skip
    assert Address.read(WHOLE.parameters()) == WHOLE
    assert Address.read(Address("k" * 43, hour=-0.5).parameters()).hour == -0.5


def test_without_a_case_nothing_is_written() -> None:
    assert Address(finding="lung_opacity").parameters() == {}


@pytest.mark.parametrize(
    "parameters",
    [
        {"case": ["../etc"]},
        {"case": ["k" * 65]},
        {"case": [""]},
        {"case": ["<b>"]},
        {"finding": ["a b"]},
        {"map": ["<i>", ""]},
        {"frame": ["0"]},
        {"frame": ["-1"]},
        {"frame": ["one"]},
        {"hour": ["nan"]},
        {"hour": ["1e9"]},
        {"other": ["x"]},
    ],
)
def test_what_cannot_be_part_of_an_address_is_left_out(parameters: dict[str, list[str]]) -> None:
    assert Address.read(parameters) == Address()


def test_what_a_case_shows_by_itself_is_not_named() -> None:
    home = Address("sample-3", "lung_opacity", ("grad-cam",), 0, 15.0)
    assert home.beyond(home) == Address("sample-3")
    assert Address("sample-3").or_else(home) == home
    assert WHOLE.beyond(home) == Address("sample-3", None, WHOLE.maps, 4, None)
    assert WHOLE.beyond(home).or_else(home) == WHOLE


def test_synthetic_cases_have_plain_names() -> None:
    assert [sample_number(sample_key(number)) for number in (1, 11)] == [1, 11]
    assert [sample_number(key) for key in ("sample-0", "sample-", "sample-1x", "sample-100", "k" * 43)] == [None] * 5
