"""The figures of a model review: ROC, precision-recall, calibration, decision curve, subgroups and drift."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.plain import with_texts
from dashboard.figures.theme import (
    FONT_SIZE,
    ROW_HEIGHT,
    SMALL_SIZE,
    Palette,
    ThemeName,
    empty_figure,
    label_width,
    new_figure,
    palette,
)
from dashboard.viewmodels.model_review.report import ends_words, known_subgroups
from model_zoo.evaluation.curves import CountCurve, decision_curve
from model_zoo.evaluation.drift_report import DriftReport
from model_zoo.evaluation.model_review import Comparison, OutputReview
from model_zoo.evaluation.review_words import Nouns

HEIGHT = 340
_MARGIN = {"l": 52, "r": 16, "t": 12, "b": 44}
_EMPTY = "No film of this review has the label of both kinds."
# Net benefit below this is off the plot: nobody chooses a model for how much harm it does.
_LOWEST_BENEFIT = -0.05
MARK_NAME = "threshold"


def roc_figure(
    output: OutputReview, threshold: float, other: Comparison | None = None, theme: ThemeName = "dark"
) -> go.Figure:
    """Draw the ROC curve with the mark of one threshold, and that of another score on the same films."""
    colours = palette(theme)
    if not output.curve.n_positive or not output.curve.n_negative:
        return empty_figure(colours, _EMPTY)
    figure = _unit_figure(colours, "false positive rate", "sensitivity")
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": colours.muted, "width": 1, "dash": "dot"}, hoverinfo="skip"
    )
    for curve, name, colour, dash in _pair(output, other, colours):
        x, y = curve.roc()
        figure.add_scatter(
            name=name,
            x=_rounded(x),
            y=_rounded(y),
            mode="lines",
            line={"color": colour, "width": 2, "dash": dash},
            hovertemplate=f"{name}: sensitivity %{{y:.3f}} at false positive rate %{{x:.3f}}<extra></extra>",
        )
    found = output.curve.confusion(threshold)
    if found.sensitivity is not None and found.specificity is not None:
        _mark(figure, 1 - found.specificity, found.sensitivity, colours)
    _legend(figure, output, other, colours)
    return figure


def precision_recall_figure(
    output: OutputReview, threshold: float, other: Comparison | None = None, theme: ThemeName = "dark"
) -> go.Figure:
    """Draw precision against recall, with the prevalence that a useless score would reach."""
    colours = palette(theme)
    if not output.curve.n_positive:
        return empty_figure(colours, _EMPTY)
    figure = _unit_figure(colours, "recall (sensitivity)", "precision")
    prevalence = output.n_positive_films / max(output.n_films, 1)
    figure.add_hline(y=prevalence, line={"color": colours.muted, "width": 1, "dash": "dot"})
    for curve, name, colour, dash in _pair(output, other, colours):
        x, y = curve.precision_recall()
        figure.add_scatter(
            name=name,
            x=_rounded(x),
            y=_rounded(y),
            mode="lines",
            line={"color": colour, "width": 2, "dash": dash},
            hovertemplate=f"{name}: precision %{{y:.3f}} at recall %{{x:.3f}}<extra></extra>",
        )
    found = output.curve.confusion(threshold)
    if found.sensitivity is not None and found.ppv is not None:
        _mark(figure, found.sensitivity, found.ppv, colours)
    _note(figure, f"prevalence {prevalence:.2f}", 0.02, prevalence, colours.muted, anchor="left", lift=8)
    return figure


def calibration_figure(output: OutputReview, theme: ThemeName = "dark") -> go.Figure:
    """Draw the share of positive films against the mean probability of ten bins, each with its interval."""
    colours = palette(theme)
    if not output.calibration:
        return empty_figure(colours, "This output has no probability to be calibrated.")
    figure = _unit_figure(colours, "mean probability of the bin", "share that is positive")
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
        hovertext=[
            f"probability {b.mean_probability:.3f}: {b.share:.3f} positive ({b.low:.3f} to {b.high:.3f})<br>"
            f"{b.n_films} films of {b.n_patients} patients"
            for b in bins
        ],
        hoverinfo="text",
        cliponaxis=False,
    )
    _note(figure, "ideal", 0.97, 0.93, colours.muted)
    return figure


def decision_figure(output: OutputReview, theme: ThemeName = "dark") -> go.Figure:
    """Draw the net benefit of acting on the model, on everybody and on nobody."""
    colours = palette(theme)
    if not output.on_probability:
        return empty_figure(colours, "A decision curve needs probabilities; this output has none.")
    found = decision_curve(output.curve)
    top = max(max(found.model), max(found.treat_all), 0.02)
    figure = new_figure(colours, HEIGHT, _MARGIN)
    lines = (
        ("act on all", found.treat_all, colours.raised, "dash"),
        ("act on none", tuple(0.0 for _ in found.model), colours.muted, "dot"),
        ("act on the model", found.model, colours.lowered, "solid"),
    )
    for name, values, colour, dash in lines:
        figure.add_scatter(
            name=name,
            x=_rounded(found.probabilities),
            y=_rounded(values),
            mode="lines",
            line={"color": colour, "width": 2, "dash": dash},
            hovertemplate=f"{name}: net benefit %{{y:.3f}} at %{{x:.2f}}<extra></extra>",
        )
    for i, (name, _, colour, _) in enumerate(reversed(lines)):
        figure.add_annotation(
            text=name, x=1, xref="paper", xanchor="right", y=1 - 0.075 * i, yref="paper", yanchor="top",
            showarrow=False, font={"size": SMALL_SIZE + 1, "color": colour},
        )  # fmt: skip
    figure.update_xaxes(title_text="act from this probability on", range=[0, 0.8], tickvals=[0, 0.2, 0.4, 0.6, 0.8])
    figure.update_yaxes(
        title_text="net benefit (true positives per film)",
        range=[_LOWEST_BENEFIT, top * 1.12],
        showgrid=True,
        tickfont={"size": SMALL_SIZE, "color": colours.muted},
    )
    return figure


def subgroup_figure(output: OutputReview, theme: ThemeName = "dark") -> go.Figure:
    """Draw the AUC of each subgroup with its interval, the worst on top, over the AUC of all films."""
    colours = palette(theme)
    rows = known_subgroups(output)
    if not rows:
        return empty_figure(colours, "Every subgroup has too few positive patients for a result.")
    labels = [f"{row.kind}: {row.group}" for row in rows]
    figure = new_figure(colours, ROW_HEIGHT * len(rows) + 64, {"l": label_width(labels), "r": 150, "t": 10, "b": 44})
    values = [float(row.auroc[0] or 0.0) for row in rows]
    lows = [value if row.auroc[1] is None else row.auroc[1] for value, row in zip(values, rows, strict=True)]
    highs = [value if row.auroc[2] is None else row.auroc[2] for value, row in zip(values, rows, strict=True)]
    tint = [colours.raised if i == 0 or row.below_overall else colours.lowered for i, row in enumerate(rows)]
    for i, row in enumerate(rows):
        figure.add_scatter(
            x=[values[i]],
            y=[i],
            mode="markers",
            marker={"size": 10, "color": tint[i], "symbol": "diamond" if i == 0 else "circle"},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [highs[i] - values[i]],
                "arrayminus": [values[i] - lows[i]],
                "color": tint[i],
                "thickness": 2,
                "width": 4,
            },
            hovertext=[f"{labels[i]}: {ends_words(row.auroc)}<br>{row.n_positive_patients} positive patients"],
            hoverinfo="text",
            cliponaxis=False,
        )
        figure.add_annotation(
            text=ends_words(row.auroc), x=1, xref="paper", xanchor="left", xshift=8, y=i, yref="y",
            showarrow=False, font={"size": SMALL_SIZE, "color": tint[i]},
        )  # fmt: skip
    overall = output.numbers["auroc"][0]
    if overall is not None:
        figure.add_vline(x=overall, line={"color": colours.muted, "width": 1, "dash": "dash"})
    figure.update_xaxes(title_text="AUC; dashed: all films", range=[min(0.5, min(lows)) - 0.02, 1.01])
    figure.update_yaxes(
        tickvals=list(range(len(rows))), ticktext=labels, range=[len(rows) - 0.5, -0.5], tickfont={"size": FONT_SIZE}
    )
    return figure


def drift_figure(report: DriftReport, name: str, theme: ThemeName = "dark") -> go.Figure:
    """Draw the distribution functions of the new films and of their reference for one value."""
    colours = palette(theme)
    if name not in report.values:
        return empty_figure(colours, "Nothing was compared here.")
    new, reference = report.values[name]
    shift = next(s for s in report.shifts if s.name == name)
    figure = new_figure(colours, HEIGHT - 60, _MARGIN)
    both = (
        ("held-out films", reference, colours.muted, "dash"),
        ("new films", new, colours.raised if shift.drifted else colours.lowered, "solid"),
    )
    for label, values, colour, dash in both:
        figure.add_scatter(
            name=label,
            x=_rounded(values),
            y=_rounded(np.linspace(0, 1, len(values))),
            mode="lines",
            line={"color": colour, "width": 2, "dash": dash},
            hovertemplate=f"{label}: %{{y:.0%}} at or below %{{x:.2f}}<extra></extra>",
        )
    for i, (label, _, colour, _) in enumerate(both):
        figure.add_annotation(
            text=label, x=1, xref="paper", xanchor="right", y=0.02 + 0.1 * i, yref="paper", yanchor="bottom",
            showarrow=False, font={"size": SMALL_SIZE + 1, "color": colour},
        )  # fmt: skip
    figure.update_xaxes(title_text="log distance" if name == "distance" else "logit")
    _share_axis(figure, colours, "share of films at or below")
    return figure


def in_words(figure: go.Figure, nouns: Nouns) -> go.Figure:
    """Return the figure with the words of a review, where these are not films and patients."""
    if nouns == Nouns():
        return figure
    return with_texts(figure, nouns.worded)


def _unit_figure(colours: Palette, x_title: str, y_title: str) -> go.Figure:
    figure = new_figure(colours, HEIGHT, _MARGIN)
    figure.update_xaxes(title_text=x_title, range=[-0.02, 1.02], tickvals=[0, 0.2, 0.4, 0.6, 0.8, 1])
    _share_axis(figure, colours, y_title)
    return figure


def _share_axis(figure: go.Figure, colours: Palette, title: str) -> None:
    figure.update_yaxes(
        title_text=title,
        range=[-0.02, 1.04],
        tickvals=[0, 0.2, 0.4, 0.6, 0.8, 1],
        showgrid=True,
        tickfont={"size": SMALL_SIZE, "color": colours.muted},
    )


def _pair(output: OutputReview, other: Comparison | None, colours: Palette) -> list[tuple[CountCurve, str, str, str]]:
    drawn = [] if other is None else [(other.curve, other.title, colours.raised, "dash")]
    return [*drawn, (output.curve, "this model", colours.lowered, "solid")]


def _mark(figure: go.Figure, x: float, y: float, colours: Palette) -> None:
    """The last trace, by name: the exported file moves it with its slider."""
    figure.add_scatter(
        name=MARK_NAME,
        x=[x],
        y=[y],
        mode="markers",
        marker={"size": 13, "symbol": "circle-open", "color": colours.text, "line": {"width": 2.5}},
        hovertemplate=f"{MARK_NAME}: %{{x:.3f}}, %{{y:.3f}}<extra></extra>",
        cliponaxis=False,
    )


def _legend(figure: go.Figure, output: OutputReview, other: Comparison | None, colours: Palette) -> None:
    lines = [] if other is None else [(f"{other.title}: AUC {ends_words(other.auroc)}", colours.raised)]
    lines.append((f"this model: AUC {ends_words(output.numbers['auroc'])}", colours.lowered))
    for i, (text, colour) in enumerate(lines):
        figure.add_annotation(
            text=text, x=1, xref="paper", xanchor="right", y=0.03 + 0.075 * i, yref="paper", yanchor="bottom",
            showarrow=False, font={"size": SMALL_SIZE, "color": colour},
        )  # fmt: skip


def _note(figure: go.Figure, text: str, x: float, y: float, colour: str, anchor: Any = "right", lift: int = 0) -> None:
    figure.add_annotation(
        text=text, x=x, y=y, xanchor=anchor, yshift=lift, showarrow=False, font={"size": SMALL_SIZE, "color": colour}
    )


def _rounded(values: Any) -> list[float]:
    """Four digits: finer than a pixel, and a third of the weight in the page."""
    return [round(float(v), 4) for v in values]
