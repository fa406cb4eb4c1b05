"""The comparison on the page: with two maps there are three pictures, with one there is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.session import Case, OpenScan, Reading, Session
from dashboard.viewmodels.explain.comparison import build_comparison
from model_zoo.case import CaseReview
from model_zoo.plain import plain
from tests.app.reading import drawn
from tests.dashboard.viewmodels.test_comparison_view import TARGET, a_map, a_review, a_scan

METHODS = ("one", "two")


def comparison_alone(state):  # type: ignore[no-untyped-def]
    """Draw the comparison: the script of an AppTest, cut out of this module with no import but its own."""
    from dashboard.components.explain.comparison import render_comparison

    render_comparison(state)


def alone(review: CaseReview | None, methods: tuple[str, ...] = METHODS) -> AppTest:
    opened = OpenScan(a_scan(), None, "film")  # type: ignore[arg-type]
    state = Session(case=Case(current=opened), reading=Reading(review=review, target=TARGET), methods=methods)
    app = AppTest.from_function(comparison_alone, kwargs={"state": state}, default_timeout=30).run()
    assert not app.exception
    return app


def test_two_maps_are_shown_with_their_consensus_and_how_far_they_agree() -> None:
    two = (a_map("one", 2, 10), a_map("two", 2, 10))
    app = alone(a_review(*two))
    view = build_comparison(a_review(*two), a_scan(), TARGET, METHODS)
    (folded,) = app.expander
    assert plain(view.sentence) in folded.label
    said = drawn(app)
    for picture in view.pictures:
        assert f"**{plain(picture.title)}**" in said
    assert len(app.image) == len(view.pictures) == 3
    table: Any = app.dataframe[0].value
    (row,) = view.rows
    assert row.overlap == "100 %"
    assert tuple(table.iloc[0]) == (row.maps, row.rank_correlation, row.overlap, row.at_random, row.words)
    assert plain(view.consensus) in said


def test_four_maps_give_six_pairs() -> None:
    methods = ("one", "two", "three", "four")
    app = alone(a_review(*(a_map(method, 3 * i, 3 * i) for i, method in enumerate(methods))), methods)
    assert len(app.image) == 5
    pairs: Any = app.dataframe[0].value
    assert np.unique(pairs.iloc[:, 0]).size == 6


@pytest.mark.parametrize("review", [None, a_review(), a_review(a_map("one", 2, 10))], ids=["unread", "none", "one"])
def test_with_fewer_than_two_maps_there_is_nothing(review: CaseReview | None) -> None:
    app = alone(review)
    assert not app.expander
    assert not app.image
