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

from dashboard.catalogue import LANGUAGE, text
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
    """Return the whole file."""
    figures: dict[str, go.Figure] = {}
    sections = [_output_section(review, output, i, figures) for i, output in enumerate(review.outputs)]
    sections.append(_drift_section(review, figures))
    held = {name: json.loads(plain_figure(figure).to_json()) for name, figure in figures.items()}
    counts = {f"o{i}": _slider_data(output, review.nouns) for i, output in enumerate(review.outputs)}
    mark = f'<p class="mark">{_text(text("review.page.synthetic"))}</p>' if review.synthetic else ""
    title = text("review.page.title", title=review.title, version=review.version)
    parts = (
        "<!doctype html>",
        f'<html lang="{LANGUAGE}"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{_text(title)}</title>",
        f"<style>{_part('review_page.css')}</style></head><body><main>",
        f"<h1>{_text(text('review.page.heading', title=review.title))}</h1>{mark}",
        f'<p class="facts">{_text(facts_line(review))}</p>',
        "".join(sections),
        _card_section(review),
        f'<p class="facts">{_text(text("review.page.notice"))}</p></main>',
        f'<script type="application/json" id="figures">{_json(held)}</script>',
        f'<script type="application/json" id="counts">{_json(counts)}</script>',
        f'<script type="application/json" id="texts">{_json(live_texts())}</script>',
        f"<script>{_plotly()}</script><script>{_part('review_page.js')}</script></body></html>",
    )
    return "\n".join(parts)


def live_texts() -> dict[str, str]:
    """Return the texts that the script of the file fills, by the names that it asks for."""
    return {
        "counts": text("review.page.counts"),
        "rates": text("review.rates"),
        "here": text("review.hundred.here"),
        "stated": text("review.hundred.stated"),
        "not_defined": text("review.not_defined"),
    }


def _output_section(review: ModelReview, output: OutputReview, i: int, figures: dict[str, go.Figure]) -> str:
    nouns = review.nouns
    cautions = "".join(f'<p class="caution">{_text(line)}</p>' for line in caution_lines(review, output))
    interval = text("review.page.interval", unit=nouns.unit)
    header = (text("review.column.measure"), text("review.column.value"), interval, text("review.column.meaning"))
    numbers = [(row.title, row.value, row.interval, row.meaning) for row in number_rows(output)]
    compared = [
        (c.other, c.films, c.area, c.bootstrap, c.delong, c.p_value, c.verdict, c.brier)
        for c in comparison_words(output)
    ]
    beside = (
        text("review.column.other"),
        nouns.pictures.capitalize(),
        text("review.column.other_auc"),
        text("review.column.bootstrap"),
        text("review.column.delong"),
        text("review.column.p_delong"),
        text("review.column.verdict"),
        text("review.column.brier"),
    )
    return (
        f"<section><h2>{_text(output.title)} <small>{_text(output.population)}</small></h2>"
        f'<p class="facts">{_text(output_line(review, output))}</p>{cautions}'
        f'<div class="two"><div><h3>{_text(text("review.numbers"))}</h3>{_table(header, numbers)}</div>'
        f"{_threshold_panel(output, i, nouns)}</div>"
        f'<div class="grid">{_curves(output, i, nouns, figures)}</div>'
        f"<h3>{_text(text('review.subgroups'))}</h3>{_subgroups(review, output, i, figures)}"
        f"<h3>{_text(text('review.compared', pictures=nouns.pictures))}</h3>{_table(beside, compared)}</section>"
    )


def _curves(output: OutputReview, i: int, nouns: Nouns, figures: dict[str, go.Figure]) -> str:
    other = next((c for c in output.comparisons if c.name == "other"), None)
    recall = precision_recall_figure(output, output.threshold, other, "light", nouns)
    made = {
        "roc": (text("review.roc"), roc_figure(output, output.threshold, other, "light", nouns)),
        "pr": (text("review.precision_recall"), recall),
        "calibration": (text("review.calibration"), calibration_figure(output, "light", nouns)),
        "decision": (text("review.decision"), decision_figure(output, "light", nouns)),
    }
    figures.update({f"o{i}-{name}": figure for name, (_, figure) in made.items()})
    return "".join(
        f'<figure><figcaption>{_text(title)}</figcaption><div class="plot" id="o{i}-{name}"></div></figure>'
        for name, (title, _) in made.items()
    )


def _threshold_panel(output: OutputReview, i: int, nouns: Nouns) -> str:
    low, high, _ = slider_range(output)
    heading = _text(text("review.threshold"))
    unit = text("review.page.probability") if output.on_probability else text("review.page.logit")
    note = text("review.hundred.note", pictures=nouns.pictures)
    return (
        f'<div class="panel" data-output="o{i}"><h3>{heading}</h3>'
        f'<label>{_text(unit)} <output></output> <input type="range" min="{low}" max="{high}" step="any" '
        f'value="{output.threshold:.6g}" aria-label="{heading}"></label>'
        f'<label>{_text(text("review.page.prevalence"))} <input type="number" min="0.1" max="99.9" step="0.1" '
        f'placeholder="{_text(text("review.page.prevalence_empty"))}" '
        f'aria-label="{_text(text("review.page.prevalence_label"))}"></label>'
        f'<div class="live"></div><p class="facts">{_text(note)}</p></div>'
    )


def _subgroups(review: ModelReview, output: OutputReview, i: int, figures: dict[str, go.Figure]) -> str:
    if not output.subgroups:
        return f'<p class="facts">{_text(text("review.subgroups.none", pictures=review.nouns.pictures))}</p>'
    figures[f"o{i}-subgroups"] = subgroup_figure(output, "light", review.nouns)
    header = (
        text("review.column.subgroup"),
        text("review.page.positives", units=review.nouns.units),
        text("review.column.auc"),
        text("review.column.sensitivity"),
        text("review.column.specificity"),
        text("review.column.remark"),
    )
    groups = [
        (g.group, g.positive_patients, g.auroc, g.sensitivity, g.specificity, g.mark)
        for g in subgroup_words(output, review.min_positive_patients)
    ]
    return f'<div class="plot" id="o{i}-subgroups"></div>{_table(header, groups)}'


def _drift_section(review: ModelReview, figures: dict[str, go.Figure]) -> str:
    report = review.drift
    if report is None:
        return ""
    plots = ""
    for shift in report.shifts:
        figures[f"drift-{shift.name}"] = drift_figure(report, shift.name, "light", review.nouns)
        plots += (
            f"<figure><figcaption>{_text(shift.title)}</figcaption>"
            f'<div class="plot" id="drift-{_text(shift.name)}"></div></figure>'
        )
    new = text("review.column.new", pictures=review.nouns.pictures)
    header = (
        text("review.column.what"),
        new,
        text("review.column.reference"),
        text("review.column.size"),
        text("review.column.p"),
        text("review.column.verdict"),
    )
    sentence = text("review.page.drift", verdict=report.verdict, sentence=review.nouns.worded(report.sentence))
    rows = [(r.what, r.new, r.reference, r.size, r.p_value, r.verdict) for r in drift_rows(report)]
    notes = "".join(f'<p class="facts">{_text(note)}</p>' for note in drift_notes(report, review.nouns))
    return (
        f"<section><h2>{_text(new)} <small>{_text(report.source)}</small></h2>"
        f'<p class="caution">{_text(sentence)}</p>'
        f"{_table(header, rows)}{notes}"
        f'<div class="grid">{plots}</div></section>'
    )


def _card_section(review: ModelReview) -> str:
    body = "".join(
        f"<h3>{_text(title)}</h3><ul>{''.join(f'<li>{_text(line)}</li>' for line in lines)}</ul>"
        for title, lines in card_lists(review)
    )
    heading, use = _text(text("review.card")), _text(review.card.intended_use)
    return f"<section><h2>{heading}</h2><p>{use}</p>{body}</section>"


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
        return f'<p class="facts">{_text(text("review.page.none"))}</p>'
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
