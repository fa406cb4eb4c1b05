"""A model review as one HTML file for the meeting: card, figures, tables and comparison, readable without any network.

plotly.js stands in the file once; the file's own policy forbids it to fetch anything. A slider under each output moves the
threshold and with it the counts and the marks on the curves. No film, no file name and no patient is in it.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from dashboard.catalogue import LANGUAGE, text
from dashboard.export.template import read_template
from dashboard.figures.drift import drift_figure
from dashboard.figures.model_review import (
    calibration_figure,
    decision_figure,
    precision_recall_figure,
    roc_figure,
)
from dashboard.figures.plain import plain_figure
from dashboard.figures.subgroups import subgroup_figure
from dashboard.figures.theme import PLOTLY_CONFIG
from dashboard.viewmodels.model_review.drift import drift_notes, drift_rows
from dashboard.viewmodels.model_review.report import (
    card_lists,
    caution_lines,
    comparison_words,
    facts_line,
    number_rows,
    output_line,
    subgroup_words,
)
from dashboard.viewmodels.model_review.threshold import slider_range
from model_zoo.evaluation.model_review import ModelReview, OutputReview
from model_zoo.evaluation.review_words import Nouns

_HERE = Path(__file__).parent
# Nothing may be fetched, whatever stands in the scripts; pictures of the figures' own making are data.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
    "base-uri 'none'; form-action 'none'"
)


def review_file_name(review: ModelReview) -> str:
    """Return the name of the file, free of anything but model, kind and day."""
    mark = "synthetic-" if review.synthetic else ""
    return f"review-{mark}{review.model}-{review.created_at[:10]}.html"


def build_review_page(review: ModelReview) -> str:
    """Return the whole file; every text is escaped."""
    figures: dict[str, go.Figure] = {}
    outputs = [_output(review, output, f"o{i}", figures) for i, output in enumerate(review.outputs)]
    drift = _drift(review, figures)
    held = {name: json.loads(plain_figure(figure).to_json()) for name, figure in figures.items()}
    counts = {f"o{i}": _slider_data(output, review.nouns) for i, output in enumerate(review.outputs)}
    return read_template(_HERE / "review_page.html").render(
        language=LANGUAGE,
        policy=POLICY,
        title=text("review.page.title", title=review.title, version=review.version),
        heading=text("review.page.heading", title=review.title),
        synthetic=text("review.page.synthetic") if review.synthetic else "",
        facts=facts_line(review),
        nothing=text("review.page.none"),
        outputs=outputs,
        drift=drift,
        card={"title": text("review.card"), "use": review.card.intended_use, "lists": card_lists(review)},
        notice=text("review.page.notice"),
        data={name: _json(values) for name, values in (("figures", held), ("counts", counts), ("texts", live_texts()))},
        scripts=(_plotly(), (_HERE / "review_page.js").read_text(encoding="utf-8")),
    )


def live_texts() -> dict[str, str]:
    """Return the texts that the script of the file fills, by the names that it asks for."""
    return {
        "counts": text("review.page.counts"),
        "rates": text("review.rates"),
        "here": text("review.hundred.here"),
        "stated": text("review.hundred.stated"),
        "not_defined": text("review.not_defined"),
    }


def _output(review: ModelReview, output: OutputReview, key: str, figures: dict[str, go.Figure]) -> dict[str, Any]:
    nouns = review.nouns
    curves = _curves(output, key, nouns, figures)
    if output.subgroups:
        figures[f"{key}-subgroups"] = subgroup_figure(output, "light", nouns)
    return {
        "id": key,
        "title": output.title,
        "population": output.population,
        "facts": output_line(review, output),
        "cautions": caution_lines(review, output),
        "numbers_title": text("review.numbers"),
        "numbers": {
            "columns": (
                text("review.column.measure"),
                text("review.column.value"),
                text("review.page.interval", unit=nouns.unit),
                text("review.column.meaning"),
            ),
            "rows": [(row.title, row.value, row.interval, row.meaning) for row in number_rows(output)],
        },
        "panel": _threshold_panel(output, nouns),
        "curves": curves,
        "subgroups_title": text("review.subgroups"),
        "no_subgroups": text("review.subgroups.none", pictures=nouns.pictures),
        "subgroups": {
            "columns": (
                text("review.column.subgroup"),
                text("review.page.positives", units=nouns.units),
                text("review.column.auc"),
                text("review.column.sensitivity"),
                text("review.column.specificity"),
                text("review.column.remark"),
            ),
            "rows": [
                (g.group, g.positive_patients, g.auroc, g.sensitivity, g.specificity, g.mark)
                for g in subgroup_words(output, review.min_positive_patients)
            ],
        },
        "compared_title": text("review.compared", pictures=nouns.pictures),
        "compared": {
            "columns": (
                text("review.column.other"),
                nouns.pictures.capitalize(),
                text("review.column.other_auc"),
                text("review.column.bootstrap"),
                text("review.column.delong"),
                text("review.column.p_delong"),
                text("review.column.verdict"),
                text("review.column.brier"),
            ),
            "rows": [
                (c.other, c.films, c.area, c.bootstrap, c.delong, c.p_value, c.verdict, c.brier)
                for c in comparison_words(output)
            ],
        },
    }


def _curves(output: OutputReview, key: str, nouns: Nouns, figures: dict[str, go.Figure]) -> list[tuple[str, str]]:
    other = next((c for c in output.comparisons if c.name == "other"), None)
    recall = precision_recall_figure(output, output.threshold, other, "light", nouns)
    made = {
        f"{key}-roc": (text("review.roc"), roc_figure(output, output.threshold, other, "light", nouns)),
        f"{key}-pr": (text("review.precision_recall"), recall),
        f"{key}-calibration": (text("review.calibration"), calibration_figure(output, "light", nouns)),
        f"{key}-decision": (text("review.decision"), decision_figure(output, "light", nouns)),
    }
    figures.update({name: figure for name, (_, figure) in made.items()})
    return [(name, title) for name, (title, _) in made.items()]


def _threshold_panel(output: OutputReview, nouns: Nouns) -> dict[str, Any]:
    low, high, _ = slider_range(output)
    return {
        "title": text("review.threshold"),
        "unit": text("review.page.probability") if output.on_probability else text("review.page.logit"),
        "low": low,
        "high": high,
        "value": f"{output.threshold:.6g}",
        "prevalence": text("review.page.prevalence"),
        "prevalence_empty": text("review.page.prevalence_empty"),
        "prevalence_label": text("review.page.prevalence_label"),
        "note": text("review.hundred.note", pictures=nouns.pictures),
    }


def _drift(review: ModelReview, figures: dict[str, go.Figure]) -> dict[str, Any] | None:
    report = review.drift
    if report is None:
        return None
    for shift in report.shifts:
        figures[f"drift-{shift.name}"] = drift_figure(report, shift.name, "light", review.nouns)
    new = text("review.column.new", pictures=review.nouns.pictures)
    return {
        "title": new,
        "source": report.source,
        "sentence": text("review.page.drift", verdict=report.verdict, sentence=review.nouns.worded(report.sentence)),
        "table": {
            "columns": (
                text("review.column.what"),
                new,
                text("review.column.reference"),
                text("review.column.size"),
                text("review.column.p"),
                text("review.column.verdict"),
            ),
            "rows": [(r.what, r.new, r.reference, r.size, r.p_value, r.verdict) for r in drift_rows(report)],
        },
        "notes": drift_notes(report, review.nouns),
        "plots": [(f"drift-{shift.name}", shift.title) for shift in report.shifts],
    }


def _slider_data(output: OutputReview, nouns: Nouns) -> dict[str, Any]:
    curve = output.curve
    return {
        "thresholds": curve.thresholds,
        "tp": curve.true_positive,
        "fp": curve.false_positive,
        "positive": curve.n_positive,
        "negative": curve.n_negative,
        "pictures": nouns.pictures,
    }


def _json(value: Any) -> str:
    """Return JSON that cannot end its script element."""
    return json.dumps({"config": PLOTLY_CONFIG, "values": value}, separators=(",", ":")).replace("<", "\\u003c")


@cache
def _plotly() -> str:
    return get_plotlyjs().replace("</script", "<\\/script")
