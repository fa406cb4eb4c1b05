"""The AUC of each subgroup of a model review."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboard.catalogue import counted, text
from dashboard.figures.theme import (
    FONT_SIZE,
    ROW_HEIGHT,
    SMALL_SIZE,
    ThemeName,
    empty_figure,
    label_width,
    new_figure,
    palette,
)
from dashboard.viewmodels.model_review.report import ends_words, known_subgroups, subgroup_title
from model_zoo.evaluation.model_review import OutputReview
from model_zoo.evaluation.review_words import Nouns
from model_zoo.evaluation.subgroups import SubgroupRow

_FILMS = Nouns()


def subgroup_figure(output: OutputReview, theme: ThemeName = "dark", nouns: Nouns = _FILMS) -> go.Figure:
    """Draw the AUC of each subgroup with its interval, the worst on top, over the AUC of all films."""
    colours = palette(theme)
    rows = known_subgroups(output)
    if not rows:
        return empty_figure(colours, text("review.figure.no_subgroup", units=nouns.units))
    labels = [subgroup_title(row) for row in rows]
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
            hovertext=[_subgroup_words(row, nouns)],
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
    said = text("review.figure.auc_of_all", pictures=nouns.pictures)
    figure.update_xaxes(title_text=said, range=[min(0.5, min(lows)) - 0.02, 1.01])
    figure.update_yaxes(
        tickvals=list(range(len(rows))), ticktext=labels, range=[len(rows) - 0.5, -0.5], tickfont={"size": FONT_SIZE}
    )
    return figure


def _subgroup_words(row: SubgroupRow, nouns: Nouns) -> str:
    area = text("review.figure.subgroup_hover", group=subgroup_title(row), auc=ends_words(row.auroc))
    n = row.n_positive_patients
    return f"{area}<br>{counted('review.figure.subgroup_counts', n, unit=nouns.unit, units=nouns.units)}"
