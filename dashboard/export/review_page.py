"""A model review as one HTML file for the meeting: card, figures, tables and comparison, readable without any network.

plotly.js stands in the file once; the file's own policy forbids it to fetch anything. A slider under each output moves the
threshold and with it the counts and the marks on the curves. No film, no file name and no patient is in it.
"""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from dashboard.figures.model_review import (
    calibration_figure,
    decision_figure,
    drift_figure,
    in_words,
    precision_recall_figure,
    roc_figure,
    subgroup_figure,
)
from dashboard.figures.plain import plain_figure
from dashboard.figures.theme import PLOTLY_CONFIG
from dashboard.viewmodels.model_review.report import (
    HUNDRED_NOTE,
    caution_lines,
    comparison_words,
    drift_notes,
    drift_rows,
    facts_line,
    number_rows,
    output_line,
    slider_range,
    subgroup_words,
)
from model_zoo.evaluation.model_review import ModelReview, OutputReview
from model_zoo.evaluation.review_words import Nouns

_HERE = Path(__file__).parent
_DIFFERENCES = ("Difference, bootstrap", "Difference, DeLong")
NOTICE = "Reading aid for demonstration, model review and research. Not a medical device."
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
    """Return the whole file."""
    figures: dict[str, go.Figure] = {}
    sections = [_output_section(review, output, i, figures) for i, output in enumerate(review.outputs)]
    if review.drift is not None:
        sections.append(_drift_section(review, figures))
    held = {
        name: json.loads(plain_figure(in_words(figure, review.nouns)).to_json()) for name, figure in figures.items()
    }
    counts = {f"o{i}": _slider_data(output, review.nouns) for i, output in enumerate(review.outputs)}
    mark = '<p class="mark">SYNTHETIC: computed phantoms, no patient</p>' if review.synthetic else ""
    parts = (
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{_text(f'Model review: {review.title} {review.version}')}</title>",
        f"<style>{_part('review_page.css')}</style></head><body><main>",
        f"<h1>Model review: {_text(review.title)}</h1>{mark}",
        f'<p class="facts">{_text(facts_line(review))}</p>',
        "".join(sections),
        _card_section(review),
        f'<p class="facts">{NOTICE}</p></main>',
        f'<script type="application/json" id="figures">{_json(held)}</script>',
        f'<script type="application/json" id="counts">{_json(counts)}</script>',
        f"<script>{_plotly()}</script><script>{_part('review_page.js')}</script></body></html>",
    )
    return "\n".join(parts)


def _output_section(review: ModelReview, output: OutputReview, i: int, figures: dict[str, go.Figure]) -> str:
    other = next((c for c in output.comparisons if c.name == "other"), None)
    made = {
        "roc": roc_figure(output, output.threshold, other, "light"),
        "pr": precision_recall_figure(output, output.threshold, other, "light"),
        "calibration": calibration_figure(output, "light"),
        "decision": decision_figure(output, "light"),
    }
    titles = {
        "roc": "ROC curve",
        "pr": "Precision and recall",
        "calibration": "Calibration",
        "decision": "Decision curve",
    }
    figures.update({f"o{i}-{name}": figure for name, figure in made.items()})
    groups = [
        (g.group, g.positive_patients, g.auroc, g.sensitivity, g.specificity, g.mark)
        for g in subgroup_words(output, review.min_positive_patients)
    ]
    nouns = review.nouns
    subgroups = f'<p class="facts">These {_text(nouns.pictures)} state neither age nor sex nor view.</p>'
    if output.subgroups:
        figures[f"o{i}-subgroups"] = subgroup_figure(output, "light")
        table = _table(
            (*nouns.worded("Subgroup|Positive patients").split("|"), "AUC", "Sensitivity", "Specificity", ""), groups
        )
        subgroups = f'<div class="plot" id="o{i}-subgroups"></div>{table}'
    low, high, _ = slider_range(output)
    said = f'<p class="facts">{_text(output_line(review, output))}</p>'
    cautions = said + "".join(f'<p class="caution">{_text(line)}</p>' for line in caution_lines(review, output))
    plots = "".join(
        f'<figure><figcaption>{titles[name]}</figcaption><div class="plot" id="o{i}-{name}"></div></figure>'
        for name in made
    )
    numbers = [(row.title, row.value, row.interval, row.meaning) for row in number_rows(output)]
    compared = [
        (c.other, c.films, c.area, c.bootstrap, c.delong, c.p_value, c.verdict, c.brier)
        for c in comparison_words(output)
    ]
    unit = "probability" if output.on_probability else "logit"
    interval = f"95 % interval by {nouns.unit}"
    return (
        f"<section><h2>{_text(output.title)} <small>{_text(output.population)}</small></h2>{cautions}"
        f'<div class="two"><div><h3>Numbers</h3>'
        f"{_table(('', 'Value', interval, ''), numbers)}</div>"
        f'<div class="panel" data-output="o{i}"><h3>Threshold</h3>'
        f'<label>{unit} <output></output> <input type="range" min="{low}" max="{high}" step="any" '
        f'value="{output.threshold:.6g}" aria-label="Threshold"></label>'
        f'<label>Prevalence (%) <input type="number" min="0.1" max="99.9" step="0.1" placeholder="as here" '
        f'aria-label="Stated prevalence in per cent"></label>'
        f'<div class="live"></div><p class="facts">{_text(nouns.worded(HUNDRED_NOTE))}</p></div></div>'
        f'<div class="grid">{plots}</div>'
        f"<h3>Subgroups, the worst on top</h3>{subgroups}"
        f"<h3>On the same {_text(nouns.pictures)}</h3>"
        f"{_table(('Other', nouns.pictures.capitalize(), 'Its AUC', *_DIFFERENCES, 'p', '', 'Difference, Brier'), compared)}"
        f"</section>"
    )


def _drift_section(review: ModelReview, figures: dict[str, go.Figure]) -> str:
    report = review.drift
    if report is None:
        return ""
    plots = ""
    for shift in report.shifts:
        figures[f"drift-{shift.name}"] = drift_figure(report, shift.name, "light")
        plots += (
            f"<figure><figcaption>{_text(shift.title)}</figcaption>"
            f'<div class="plot" id="drift-{_text(shift.name)}"></div></figure>'
        )
    new = f"New {review.nouns.pictures}"
    rows = [(r.what, r.new, r.reference, r.size, r.p_value, r.verdict) for r in drift_rows(report)]
    notes = "".join(f'<p class="facts">{_text(note)}</p>' for note in drift_notes(report, review.nouns))
    return (
        f"<section><h2>{_text(review.nouns.worded('New films'))} <small>{_text(report.source)}</small></h2>"
        f'<p class="caution">{_text(report.verdict)}: {_text(review.nouns.worded(report.sentence))}</p>'
        f"{_table(('', new, 'Reference', 'Size', 'p', ''), rows)}{notes}"
        f'<div class="grid">{plots}</div></section>'
    )


def _card_section(review: ModelReview) -> str:
    card = review.card
    lists = (
        ("For whom", card.populations),
        ("Not for", card.not_for),
        ("Not assessed", card.not_assessed),
        ("Cautions", card.caution),
        ("Trained and measured on", card.data),
    )
    body = "".join(
        f"<h3>{title}</h3><ul>{''.join(f'<li>{_text(line)}</li>' for line in lines)}</ul>"
        for title, lines in lists
        if lines
    )
    return f"<section><h2>Card</h2><p>{_text(card.intended_use)}</p>{body}</section>"


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


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    if not rows:
        return '<p class="facts">None.</p>'
    head = "".join(f"<th>{_text(name)}</th>" for name in header)
    body = "".join(f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _text(value: str) -> str:
    return html.escape(value, quote=True)


def _json(value: Any) -> str:
    """Return JSON that cannot end its script element."""
    return json.dumps({"config": PLOTLY_CONFIG, "values": value}, separators=(",", ":")).replace("<", "\\u003c")


@cache
def _plotly() -> str:
    return get_plotlyjs().replace("</script", "<\\/script")


@cache
def _part(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
