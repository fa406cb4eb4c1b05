"""What is kept of open cases: for their own browser alone, within bounds, and never beyond a shift."""

from __future__ import annotations

import pytest

from dashboard.open_cases import BUSY_S, FORGET_AFTER_S, OpenCases, OpenCasesFull


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cases(clock: Clock) -> OpenCases:
    return OpenCases(most=3, most_bytes=100, clock=clock)


def held(cases: OpenCases, key: str, owner: str = "one") -> object:
    entry = cases.find(key, owner)
    return None if entry is None else entry.case


def test_a_key_opens_a_case_for_its_own_browser_alone(cases: OpenCases) -> None:
    key = cases.open("one", "film", 1)
    assert held(cases, key) == "film"
    assert cases.find(key, "two") is None
    assert cases.find("another", "one") is None
    cases.touch(key, "two")
    cases.forget(key, "two")
    assert held(cases, key) == "film"


def test_keys_are_long_and_never_the_same(cases: OpenCases) -> None:
    keys = {cases.open(f"owner {n}", n, 0) for n in range(3)}
    assert len(keys) == 3
    assert min(map(len, keys)) == 43


def test_the_same_name_is_another_case_for_another_browser(cases: OpenCases) -> None:
    cases.open("one", "mine", 1, key="sample-3")
    cases.open("two", "yours", 1, key="sample-3")
    assert (held(cases, "sample-3"), held(cases, "sample-3", "two")) == ("mine", "yours")


def test_the_least_recently_used_makes_room(cases: OpenCases, clock: Clock) -> None:
    first, second, third = (cases.open("one", n, 1) for n in range(3))
    clock.now += BUSY_S
    cases.touch(first, "one")
    fourth = cases.open("one", 3, 1)
    assert [held(cases, key) for key in (first, second, third, fourth)] == [0, None, 2, 3]


def test_bytes_are_bounded_too(cases: OpenCases, clock: Clock) -> None:
    first, second = cases.open("one", 0, 60), cases.open("one", 1, 40)
    clock.now += BUSY_S
    third = cases.open("two", 2, 50)
    assert (held(cases, first), held(cases, second), held(cases, third, "two")) == (None, 1, 2)
    with pytest.raises(OpenCasesFull):
        cases.open("one", 3, 101)
    assert held(cases, second) == 1


def test_a_case_of_the_last_minute_is_never_put_out(cases: OpenCases, clock: Clock) -> None:
    keys = [cases.open("one", n, 1) for n in range(3)]
    clock.now += BUSY_S - 1
    with pytest.raises(OpenCasesFull) as refused:
        cases.open("two", 3, 1)
    assert refused.value.message
    assert refused.value.hint
    assert [held(cases, key) for key in keys] == [0, 1, 2]


def test_the_latest_state_replaces_the_one_before_and_is_no_use(cases: OpenCases, clock: Clock) -> None:
    key = cases.open("one", "first", 1)
    clock.now += 100
    assert cases.keep(key, "one", "second", 2)
    entry = cases.find(key, "one")
    assert entry is not None
    assert (entry.case, entry.n_bytes, entry.used_at) == ("second", 2, 1000)


def test_a_case_that_made_room_comes_back_but_a_forgotten_one_does_not(cases: OpenCases, clock: Clock) -> None:
    key = cases.open("one", "film", 1)
    clock.now += BUSY_S
    others = [cases.open("two", n, 1) for n in range(3)]
    assert held(cases, key) is None
    clock.now += BUSY_S
    assert cases.keep(key, "one", "film", 1)
    assert held(cases, key) == "film"
    cases.forget(key, "one")
    assert not cases.keep(key, "one", "film", 1)
    assert held(cases, key) is None
    assert [held(cases, other, "two") for other in others] == [None, 1, 2]


def test_a_case_is_covered_after_idle_time_until_it_is_used(cases: OpenCases, clock: Clock) -> None:
    key = cases.open("one", "film", 1)
    entry = cases.find(key, "one")
    assert entry is not None
    clock.now += 1799
    assert not cases.is_covered(entry, 1800)
    clock.now += 1
    assert cases.is_covered(entry, 1800)
    assert not cases.is_covered(entry, 0)
    cases.touch(key, "one")
    assert not cases.is_covered(entry, 1800)


def test_nothing_is_kept_over_night(cases: OpenCases, clock: Clock) -> None:
    old = cases.open("one", "old", 1)
    clock.now += FORGET_AFTER_S
    new = cases.open("one", "new", 1)
    assert cases.forget_unused() == 0
    clock.now += 1
    assert cases.forget_unused() == 1
    assert (held(cases, old), held(cases, new)) == (None, "new")
    assert not cases.keep(old, "one", "old", 1)


def test_what_a_browser_covered_stays_covered_for_every_tab_until_a_press(cases: OpenCases) -> None:
    key = cases.open("one", "film", 1)
    cases.cover(key, "two")
    entry = cases.find(key, "one")
    assert entry is not None
    assert not cases.is_covered(entry, 1800)
    cases.cover(key, "one")
    # A reading that goes on behind the cover is kept, and is no press.
    assert cases.keep(key, "one", "film, read on", 1)
    entry = cases.find(key, "one")
    assert entry is not None
    assert cases.is_covered(entry, 1800)
    cases.touch(key, "one")
    assert not cases.is_covered(entry, 1800)
