"""A figure in words: its axes, its marks in their own words, a long course by its ends, and no mark of Plotly's."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.theme import empty_figure, palette
from dashboard.figures.words import MOST_POINTS, MOST_WORDS, figure_words


def test_marks_are_said_in_their_own_words() -> None:
    figure = go.Figure(go.Scatter(x=[0.1, 0.2], y=[0, 1], hovertext=["<b>One</b> 0.1", "Two<br>0.2"], name="inside"))
    figure.update_xaxes(title_text="probability")
    said = figure_words(figure)
    assert all(part in said for part in ("probability", "One 0.1", "Two 0.2"))
    assert "<b>" not in said
    assert "inside" not in said


def test_a_long_course_is_said_by_its_ends() -> None:
    values = np.linspace(60.0, 140.0, MOST_POINTS + 1)
    values[3] = np.nan
    said = figure_words(go.Figure(go.Scatter(x=np.arange(values.size), y=values, name="Pulse")))
    assert "Pulse" in said
    assert "60" in said
    assert "140" in said
    assert str(MOST_POINTS) in said  # what was not measured is not counted


def test_a_short_course_is_said_value_by_value() -> None:
    said = figure_words(go.Figure(go.Bar(x=["PA", "AP"], y=[0.5, 0.25], name="Share")))
    assert all(part in said for part in ("Share", "PA 0.5", "AP 0.25"))


def test_what_does_not_answer_the_pointer_is_not_said() -> None:
    assert figure_words(go.Figure(go.Scatter(x=[0], y=[1.0], name="band", hoverinfo="skip"))) == ""


def test_a_full_figure_stays_short() -> None:
    figure = go.Figure([go.Bar(x=[f"a long label {i}"], y=[1.0], name=f"Series {i}") for i in range(100)])
    assert len(figure_words(figure)) <= MOST_WORDS + 2


def test_an_empty_figure_says_why() -> None:
    assert figure_words(empty_figure(palette("dark"), "No subgroup is known.")) == "No subgroup is known."
