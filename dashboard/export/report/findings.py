"""What the networks say, as lines of a report: the findings with their states, and the maps of the leading one."""

from __future__ import annotations

from dashboard.catalogue import text
from dashboard.export.report.parts import FindingLine, MapLine
from dashboard.viewmodels.case.state import is_known_wrong, state_word
from dashboard.viewmodels.explain.maps import colour_range
from dashboard.viewmodels.explain.trust import build_trust
from dashboard.viewmodels.numbers.findings import FindingRow, build_findings, probability_words
from model_zoo.card import ModelCard
from model_zoo.case.case_review import CaseReview
from model_zoo.case.map_agreement import maps_of
from model_zoo.places import place_of
from model_zoo.protocols import checks_for
from model_zoo.results import Finding
from model_zoo.trust.state import State
from model_zoo.trust.verdict import NOT_TO_BE_USED


def findings_of(review: CaseReview, card: ModelCard | None, target: str | None) -> tuple[FindingLine, ...]:
    """Return a line for each finding, that of ``target`` first. card: ``None`` where the model is not installed here."""
    rows = (
        {}
        if card is None
        else {row.output: row for row in build_findings(review.prediction, card, review.numbers).rows}
    )
    found = sorted(review.prediction.findings, key=lambda finding: finding.output != target)
    return tuple(_line(review, finding, rows.get(finding.output), finding.output == target) for finding in found)


def maps_of_finding(review: CaseReview, target: str | None) -> tuple[MapLine, ...]:
    """Return a line for each map of a finding, with the place it points to."""
    planned = checks_for(review.prediction.model)
    lines = []
    for explained in maps_of(review, target):
        attribution, trust = explained.attribution, build_trust(explained, stored=True, checks=planned)
        judged = explained.verdict is not None
        low, high = colour_range(attribution)
        place = place_of(attribution, review)
        lines.append(
            MapLine(
                attribution.method,
                attribution.title,
                trust.headline if judged else text("report.map.not_judged"),
                trust.evidence,
                place="" if place is None else text(f"place.{place.key}"),
                range_words=text("report.map.range", low=f"{low:.2g}", high=f"{high:.2g}", unit=attribution.unit),
                usable=trust.verdict != NOT_TO_BE_USED,
            )
        )
    return tuple(lines)


def leading_target(review: CaseReview) -> str | None:
    """Return the finding that the report explains: that of the first map, else the one furthest above its threshold."""
    if review.maps:
        return review.maps[0].attribution.target
    found = review.prediction.findings
    return max(found, key=lambda f: f.score - f.threshold_score).output if found else None


def _line(review: CaseReview, finding: Finding, row: FindingRow | None, leading: bool) -> FindingLine:
    state = review.state_of(finding.output)
    if finding.probability is not None and finding.probability_interval is not None:
        low, high = (probability_words(end) for end in finding.probability_interval)
        shown = probability_words(finding.probability) if row is None else row.value_words
        number = text("report.finding.probability", value=shown, low=low, high=high)
        threshold = probability_words(finding.threshold_probability or 0.0) if row is None else row.threshold_words
    else:
        number = text("report.finding.score", value=f"{finding.score:.0f}" if row is None else row.value_words)
        threshold = f"{finding.threshold_score:.0f}" if row is None else row.threshold_words
    notes = [finding.condition or ""]
    if state is State.NOT_OFFERED and finding.condition:
        notes.append(text("report.finding.condition_not_met"))
    known_wrong = is_known_wrong(state, finding.output, review.scan.planted)
    if known_wrong:
        notes.append(text("finding.known_wrong"))
    return FindingLine(
        finding.title,
        state,
        state_word(state, known_wrong),
        number,
        threshold,
        "; ".join(filter(None, notes)),
        leading,
    )
