"""New films against the films that a model was measured on: two distribution functions for each value."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from dashboard.catalogue import text
from dashboard.figures.model_review import HEIGHT, MARGIN, hover, rounded, share_axis
from dashboard.figures.theme import SMALL_SIZE, ThemeName, empty_figure, new_figure, palette
from model_zoo.evaluation.drift_report import DriftReport
from model_zoo.evaluation.review_words import Nouns

_FILMS = Nouns()


def drift_figure(report: DriftReport, name: str, theme: ThemeName = "dark", nouns: Nouns = _FILMS) -> go.Figure:
    """Draw the distribution functions of the new films and of their reference for one value."""
    colours = palette(theme)
    if name not in report.values:
        return empty_figure(colours, text("review.figure.not_compared"))
    new, reference = report.values[name]
    shift = next(s for s in report.shifts if s.name == name)
    figure = new_figure(colours, HEIGHT - 60, MARGIN)
    both = (
        (text("review.figure.held_out", pictures=nouns.pictures), reference, colours.muted, "dash"),
        (
            text("review.figure.new", pictures=nouns.pictures),
            new,
            colours.raised if shift.drifted else colours.lowered,
            "solid",
        ),
    )
    for label, values, colour, dash in both:
        figure.add_scatter(
            name=label,
            x=rounded(values),
            y=rounded(np.linspace(0, 1, len(values))),
            mode="lines",
            line={"color": colour, "width": 2, "dash": dash},
            hovertemplate=hover(text("review.figure.drift_hover", line=label, y="%{y:.0%}", x="%{x:.2f}")),
        )
    for i, (label, _, colour, _) in enumerate(both):
        figure.add_annotation(
            text=label, x=1, xref="paper", xanchor="right", y=0.02 + 0.1 * i, yref="paper", yanchor="bottom",
            showarrow=False, font={"size": SMALL_SIZE + 1, "color": colour},
        )  # fmt: skip
    figure.update_xaxes(
        title_text=text("review.figure.log_distance") if name == "distance" else text("review.figure.logit")
    )
    share_axis(figure, colours, text("review.figure.share_below", pictures=nouns.pictures))
    return figure
