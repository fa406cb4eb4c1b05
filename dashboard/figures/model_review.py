"""The curves of a model review: ROC, precision-recall, calibration and decision curve."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from dashboard.catalogue import text
from dashboard.figures.theme import (
    SMALL_SIZE,
    Palette,
    ThemeName,
    empty_figure,
    new_figure,
    palette,
)
from dashboard.viewmodels.model_review.report import ends_words
from model_zoo.evaluation.curves import CalibrationBin, CountCurve, decision_curve
from model_zoo.evaluation.model_review import Comparison, OutputReview
from model_zoo.evaluation.review_words import Nouns
from model_zoo.evaluation.subgroups import Ends

HEIGHT = 340
MARGIN = {"l": 52, "r": 16, "t": 12, "b": 44}
# Net benefit below this is off the plot: nobody chooses a model for how much harm it does.
_LOWEST_BENEFIT = -0.05
# The name of the mark in the figure: the exported file finds it by this. It is not shown.
MARK_NAME = "threshold"
_FILMS = Nouns()


def roc_figure(
    output: OutputReview,
    threshold: float,
    other: Comparison | None = None,
    theme: ThemeName = "dark",
    nouns: Nouns = _FILMS,
) -> go.Figure:
    """Draw the ROC curve with the mark of one threshold, and that of another score on the same films."""
    colours = palette(theme)
    if not output.curve.n_positive or not output.curve.n_negative:
        return empty_figure(colours, text("review.figure.one_kind", pictures=nouns.pictures))
    figure = _unit_figure(colours, text("review.figure.fpr"), text("review.figure.sensitivity"))
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": colours.muted, "width": 1, "dash": "dot"}, hoverinfo="skip"
    )
    for curve, name, colour, dash in _pair(output, other, colours):
        x, y = curve.roc()
        figure.add_scatter(
            name=name,
            x=rounded(x),
            y=rounded(y),
            mode="lines",
            line={"color": colour, "width": 2, "dash": dash},
            hovertemplate=hover(text("review.figure.roc_hover", model=name, y="%{y:.3f}", x="%{x:.3f}")),
        )
    found = output.curve.confusion(threshold)
    if found.sensitivity is not None and found.specificity is not None:
        _mark(figure, 1 - found.specificity, found.sensitivity, colours)
    _legend(figure, output, other, colours)
    return figure


def precision_recall_figure(
    output: OutputReview,
    threshold: float,
    other: Comparison | None = None,
    theme: ThemeName = "dark",
    nouns: Nouns = _FILMS,
) -> go.Figure:
    """Draw precision against recall, with the prevalence that a useless score would reach."""
    colours = palette(theme)
    if not output.curve.n_positive:
        return empty_figure(colours, text("review.figure.one_kind", pictures=nouns.pictures))
    figure = _unit_figure(colours, text("review.figure.recall"), text("review.figure.precision"))
    prevalence = output.n_positive_films / max(output.n_films, 1)
    figure.add_hline(y=prevalence, line={"color": colours.muted, "width": 1, "dash": "dot"})
    for curve, name, colour, dash in _pair(output, other, colours):
        x, y = curve.precision_recall()
        figure.add_scatter(
            name=name,
            x=rounded(x),
            y=rounded(y),
            mode="lines",
            line={"color": colour, "width": 2, "dash": dash},
            hovertemplate=hover(text("review.figure.precision_hover", model=name, y="%{y:.3f}", x="%{x:.3f}")),
        )
    found = output.curve.confusion(threshold)
    if found.sensitivity is not None and found.ppv is not None:
        _mark(figure, found.sensitivity, found.ppv, colours)
    said = text("review.figure.prevalence", value=f"{prevalence:.2f}")
    _note(figure, said, 0.02, prevalence, colours.muted, anchor="left", lift=8)
    return figure


def calibration_figure(output: OutputReview, theme: ThemeName = "dark", nouns: Nouns = _FILMS) -> go.Figure:
    """Draw the share of positive films against the mean probability of ten bins, each with its interval."""
    colours = palette(theme)
    if not output.calibration:
        return empty_figure(colours, text("review.figure.no_calibration"))
    figure = _unit_figure(colours, text("review.figure.mean_probability"), text("review.figure.share_positive"))
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": colours.muted, "width": 1, "dash": "dot"}, hoverinfo="skip"
    )
    bins = output.calibration
    figure.add_scatter(
        name="calibration",
        x=[b.mean_probability for b in bins],
        y=[b.share for b in bins],
        mode="lines+markers",
        line={"color": colours.lowered, "width": 1.5},
        marker={"size": 8, "color": colours.lowered},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [b.high - b.share for b in bins],
            "arrayminus": [b.share - b.low for b in bins],
            "color": colours.lowered,
            "thickness": 1.2,
            "width": 3,
        },
        hovertext=[_bin_words(b, nouns) for b in bins],
        hoverinfo="text",
        cliponaxis=False,
    )
    _note(figure, text("review.figure.ideal"), 0.97, 0.93, colours.muted)
    return figure


def decision_figure(output: OutputReview, theme: ThemeName = "dark", nouns: Nouns = _FILMS) -> go.Figure:
    """Draw the net benefit of acting on the model, on everybody and on nobody."""
    colours = palette(theme)
    if not output.on_probability:
        return empty_figure(colours, text("review.figure.no_decision"))
    found = decision_curve(output.curve)
    top = max(max(found.model), max(found.treat_all), 0.02)
    figure = new_figure(colours, HEIGHT, MARGIN)
    lines = (
        (text("review.figure.act_on_all"), found.treat_all, colours.raised, "dash"),
        (text("review.figure.act_on_none"), tuple(0.0 for _ in found.model), colours.muted, "dot"),
        (text("review.figure.act_on_model"), found.model, colours.lowered, "solid"),
    )
    for name, values, colour, dash in lines:
        figure.add_scatter(
            name=name,
            x=rounded(found.probabilities),
            y=rounded(values),
            mode="lines",
            line={"color": colour, "width": 2, "dash": dash},
            hovertemplate=hover(text("review.figure.decision_hover", line=name, y="%{y:.3f}", x="%{x:.2f}")),
        )
    for i, (name, _, colour, _) in enumerate(reversed(lines)):
        figure.add_annotation(
            text=name, x=1, xref="paper", xanchor="right", y=1 - 0.075 * i, yref="paper", yanchor="top",
            showarrow=False, font={"size": SMALL_SIZE + 1, "color": colour},
        )  # fmt: skip
    figure.update_xaxes(title_text=text("review.figure.act_from"), range=[0, 0.8], tickvals=[0, 0.2, 0.4, 0.6, 0.8])
    figure.update_yaxes(
        title_text=text("review.figure.net_benefit", picture=nouns.picture),
        range=[_LOWEST_BENEFIT, top * 1.12],
        showgrid=True,
        tickfont={"size": SMALL_SIZE, "color": colours.muted},
    )
    return figure


def _bin_words(found: CalibrationBin, nouns: Nouns) -> str:
    shares = text(
        "review.figure.calibration_hover",
        probability=f"{found.mean_probability:.3f}",
        share=f"{found.share:.3f}",
        low=f"{found.low:.3f}",
        high=f"{found.high:.3f}",
    )
    counts = text(
        "review.figure.calibration_counts",
        films=found.n_films,
        pictures=nouns.pictures,
        patients=found.n_patients,
        units=nouns.units,
    )
    return f"{shares}<br>{counts}"


def hover(said: str) -> str:
    """Return a hover label without the box of the trace's name."""
    return f"{said}<extra></extra>"


def _unit_figure(colours: Palette, x_title: str, y_title: str) -> go.Figure:
    figure = new_figure(colours, HEIGHT, MARGIN)
    figure.update_xaxes(title_text=x_title, range=[-0.02, 1.02], tickvals=[0, 0.2, 0.4, 0.6, 0.8, 1])
    share_axis(figure, colours, y_title)
    return figure


def share_axis(figure: go.Figure, colours: Palette, title: str) -> None:
    """Let the upright axis of a figure run from 0 to 1."""
    figure.update_yaxes(
        title_text=title,
        range=[-0.02, 1.04],
        tickvals=[0, 0.2, 0.4, 0.6, 0.8, 1],
        showgrid=True,
        tickfont={"size": SMALL_SIZE, "color": colours.muted},
    )


def _pair(output: OutputReview, other: Comparison | None, colours: Palette) -> list[tuple[CountCurve, str, str, str]]:
    drawn = [] if other is None else [(other.curve, other.title, colours.raised, "dash")]
    return [*drawn, (output.curve, text("review.figure.this_model"), colours.lowered, "solid")]


def _mark(figure: go.Figure, x: float, y: float, colours: Palette) -> None:
    """The last trace, by name: the exported file moves it with its slider."""
    figure.add_scatter(
        name=MARK_NAME,
        x=[x],
        y=[y],
        mode="markers",
        marker={"size": 13, "symbol": "circle-open", "color": colours.text, "line": {"width": 2.5}},
        hovertemplate=hover(text("review.figure.mark_hover", x="%{x:.3f}", y="%{y:.3f}")),
        cliponaxis=False,
    )


def _legend(figure: go.Figure, output: OutputReview, other: Comparison | None, colours: Palette) -> None:
    lines = [] if other is None else [(_area_words(other.title, other.auroc), colours.raised)]
    lines.append((_area_words(text("review.figure.this_model"), output.numbers["auroc"]), colours.lowered))
    for i, (said, colour) in enumerate(lines):
        figure.add_annotation(
            text=said, x=1, xref="paper", xanchor="right", y=0.03 + 0.075 * i, yref="paper", yanchor="bottom",
            showarrow=False, font={"size": SMALL_SIZE, "color": colour},
        )  # fmt: skip


def _area_words(model: str, area: Ends) -> str:
    return text("review.figure.legend", model=model, auc=ends_words(area))


def _note(figure: go.Figure, said: str, x: float, y: float, colour: str, anchor: Any = "right", lift: int = 0) -> None:
    figure.add_annotation(
        text=said, x=x, y=y, xanchor=anchor, yshift=lift, showarrow=False, font={"size": SMALL_SIZE, "color": colour}
    )


def rounded(values: Any) -> list[float]:
    """Four digits: finer than a pixel, and a third of the weight in the page."""
    return [round(float(v), 4) for v in values]
