"""The four cards of a case: a review flows in, what stands on each card comes out, as keys, numbers and few words.

A card says one thing: what was found, where the network looked and whether that can be believed, what the patient's own risk is,
and whether they fit together. Whatever explains a number stands behind it, not on the card.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.viewmodels.case.state import is_known_wrong
from dashboard.viewmodels.explain.trust import build_trust
from dashboard.viewmodels.numbers.findings import build_findings, probability_words
from dashboard.viewmodels.patient.contributions import build_contributions
from dashboard.viewmodels.patient.risk import build_risk, percent_words
from model_zoo.card import ModelCard
from model_zoo.case import CaseReview
from model_zoo.case.case_review import ExplainedMap
from model_zoo.patients.features import FeatureSpec, Units
from model_zoo.places import Place
from model_zoo.protocols import checks_for
from model_zoo.trust.check import FAILED, FATAL
from model_zoo.trust.state import State, finding_state
from model_zoo.trust.verdict import BELIEVED, PENDING

# A reader takes in three reasons at a glance; the drawer of the patient holds all of them.
WEIGHTIEST = 3
# Below so many held-out pictures with the finding a figure says more about chance than about the model.
FEW_HELD_OUT = 20


@dataclass(frozen=True)
class FindingLine:
    """One finding in a line. value_words: probability, or rank of a score. known_wrong: flagged where nothing was planted."""

    output: str
    title: str
    value_words: str
    state: State
    known_wrong: bool = False


@dataclass(frozen=True)
class FindingCard:
    """The finding that is looked at, and all of them as lines.

    low, high: ends of the interval, "" where a score has none. is_score: ranked against test films, not a probability.
    few: how many held-out pictures had the finding, where those were few; else ``None``. alarms: that the finding is read from
    what is no part of the patient. remarks: on this scan, such as a film that looks mirrored or an age that nobody stated.
    """

    line: FindingLine
    lines: tuple[FindingLine, ...]
    low: str
    high: str
    threshold: str
    is_score: bool
    condition: str
    few: int | None
    alarms: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class MapCard:
    """One map. verdict: as judged, "being checked" before; mark, colour: of its badge. done, total: checks. usable: whether it
    may be shown."""

    method: str
    title: str
    verdict: str
    mark: str
    colour: str
    validated: bool
    reason: str
    done: int
    total: int
    usable: bool
    alarms: tuple[str, ...]
    place: Place | None


@dataclass(frozen=True)
class RiskReason:
    """One value that weighs. direction: "raises" or "lowers"."""

    title: str
    value_words: str
    direction: str


@dataclass(frozen=True)
class RiskCard:
    """The first outcome of the patient model, in percent. others: how many outcomes more the model has.

    synthetic: written values beside a scan that is not; of a synthetic case the line over it says so already."""

    title: str
    horizon_days: int | None
    percent: str
    low: str
    high: str
    threshold: str
    flagged: bool
    reasons: tuple[RiskReason, ...]
    others: int
    synthetic: bool


def build_finding_card(review: CaseReview, card: ModelCard, target: str) -> FindingCard:
    """Lay out the findings."""
    view = build_findings(review.prediction, card, review.numbers)
    rows = {row.output: row for row in view.rows}
    lines = []
    for finding in review.prediction.findings:
        row, state = rows[finding.output], finding_state(review.prediction, finding.output, review.numbers)
        wrong = is_known_wrong(state, finding.output, review.scan.planted)
        lines.append(FindingLine(finding.output, finding.title, row.value_words, state, wrong))
    row = rows[target]
    return FindingCard(
        line=next(line for line in lines if line.output == target),
        lines=tuple(lines),
        low="" if row.low is None else probability_words(row.low),
        high="" if row.high is None else probability_words(row.high),
        threshold=row.threshold_words,
        is_score=row.unit == "score",
        condition=row.condition or "",
        few=_few(card, target),
        alarms=() if (report := review.shortcut_of(target)) is None else report.alarms,
        remarks=review.remarks,
    )


def build_map_card(review: CaseReview, explained: ExplainedMap, place: Place | None) -> MapCard:
    """Lay out one map: its judgement in a word and the one sentence that decided."""
    view = build_trust(explained, checks=checks_for(review.prediction.model))
    done, total = view.progress
    deciding = [r.sentence for r in explained.checks if r.outcome in (FATAL, FAILED)]
    reason = next(iter(deciding or view.reasons), "") if view.verdict != PENDING else ""
    return MapCard(
        explained.attribution.method,
        explained.attribution.title,
        view.verdict,
        view.mark,
        view.colour,
        view.validated or view.verdict != BELIEVED,
        reason,
        done,
        total,
        not any(r.outcome == FATAL for r in explained.checks),
        explained.alarms,
        place,
    )


def build_risk_card(review: CaseReview, specs: Sequence[FeatureSpec], units: Units = "SI") -> RiskCard | None:
    """Lay out the risk of the first outcome; ``None`` where there is none."""
    if review.risk is None:
        return None
    view = build_risk(review.risk)
    row, outcome = view.rows[0], review.risk.outcomes[0]
    shares = next((a for a in review.risk_attributions if a.outcome == row.name), None)
    reasons: tuple[RiskReason, ...] = ()
    if shares is not None:
        contributions = build_contributions(shares, specs, units, top=WEIGHTIEST)
        reasons = tuple(
            RiskReason(r.title, r.value_words, r.direction)
            for r in contributions.rows
            if r.kind == "feature" and r.direction != "leaves"
        )
    return RiskCard(
        row.title,
        outcome.horizon_days,
        row.value_words.removesuffix(" %"),
        percent_words(row.low),
        percent_words(row.high),
        row.threshold_words.removesuffix(" %"),
        row.above,
        reasons,
        len(view.rows) - 1,
        review.record is not None and review.record.synthetic and not review.scan.synthetic,
    )


def _few(card: ModelCard, output: str) -> int | None:
    population = card.output(output).population
    for entry in card.raw.get("metrics", {}).get(population, {}).get("outputs", ()):
        if entry["name"] == output and entry.get("n_positive_patients", FEW_HELD_OUT) < FEW_HELD_OUT:
            return int(entry["n_positive_patients"])
    return None
