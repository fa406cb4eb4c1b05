"""What the page says of whether a map, and a finding, can be believed: badges, reasons and the rows of the panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.catalogue import text
from model_zoo.case.beginning import NO_GATE
from model_zoo.case.case_review import CaseReview, ExplainedMap
from model_zoo.trust.check import FAILED, FATAL, INFORMS, NOT_APPLICABLE, PASSED, CheckResult, MapCheck, ordered_checks
from model_zoo.trust.verdict import BELIEVED, DOUBTFUL, NOT_TO_BE_USED, PENDING

# Symbol and colour name of a badge; the word always stands beside them.
VERDICT_MARKS = {
    BELIEVED: (":material/verified:", "green"),
    DOUBTFUL: (":material/help:", "orange"),
    NOT_TO_BE_USED: (":material/block:", "red"),
    PENDING: (":material/hourglass_empty:", "gray"),
}
CHECK_MARKS = {
    PASSED: ":material/check_circle:",
    FAILED: ":material/warning:",
    FATAL: ":material/block:",
    INFORMS: ":material/info:",
    NOT_APPLICABLE: ":material/remove:",
}
# Of a believed map these two are read aloud: it follows the network, and the finding follows it.
SPOKEN = ("faithfulness", "randomisation")
WAITING = ":material/hourglass_empty:"


@dataclass(frozen=True)
class CheckRow:
    """One line of the panel. figures_of: the check whose curves can be drawn, or ``None``."""

    mark: str
    title: str
    question: str
    outcome: str
    sentence: str


@dataclass(frozen=True)
class TrustView:
    """One map: its verdict as a badge, the reasons, how far the verdict itself is validated, and all checks.

    reasons: the ones that decided; for a believed map what speaks for it. progress: (done, all). stored: whether the map
    comes from a saved case, whose checks do not go on.
    """

    verdict: str
    mark: str
    colour: str
    reasons: tuple[str, ...]
    evidence: str
    validated: bool
    rows: tuple[CheckRow, ...]
    progress: tuple[int, int]
    alarms: tuple[str, ...]
    curves: CheckResult | None
    stored: bool = False

    @property
    def headline(self) -> str:
        """Return the verdict in words that can be read aloud."""
        done, total = (f"{number:d}" for number in self.progress)
        if self.verdict == PENDING and self.stored:
            return text("trust.unfinished", done=done, total=total)
        if self.verdict == PENDING:
            return text("trust.pending", done=done, total=total)
        return verdict_words(self.verdict, self.validated)


def verdict_words(verdict: str, validated: bool) -> str:
    """Return the verdict on a map in a few words. validated: nothing need be said of the verdict itself."""
    return text("trust.judged", verdict=verdict) if validated else text("trust.judged_unvalidated", verdict=verdict)


def build_trust(explained: ExplainedMap, stored: bool = False, checks: Sequence[MapCheck] | None = None) -> TrustView:
    """Put the checks of one map into words.

    stored: the map comes from a saved case. checks: those it gets, by default all; others that it had are shown as well.
    """
    by_name = {result.name: result for result in explained.checks}
    rows = []
    planned = ordered_checks() if checks is None else tuple(checks)
    others = [check for check in ordered_checks() if check.name in by_name and check not in planned]
    for check in (*planned, *others):
        result = by_name.get(check.name)
        if result is None:
            rows.append(
                CheckRow(WAITING, check.title, check.question, text("trust.not_run"), text("trust.not_checked"))
            )
        else:
            rows.append(
                CheckRow(CHECK_MARKS[result.outcome], check.title, check.question, result.outcome, result.sentence)
            )
    verdict = explained.verdict
    word = PENDING if verdict is None else verdict.verdict
    mark, colour = VERDICT_MARKS[word]
    if word == BELIEVED and verdict is not None and not verdict.validated:
        colour = "blue"  # green would promise what was not shown
    reasons = () if verdict is None else verdict.reasons
    if word == BELIEVED:
        reasons = tuple(by_name[name].sentence for name in SPOKEN if name in by_name)
    return TrustView(
        verdict=word,
        mark=mark,
        colour=colour,
        reasons=reasons,
        evidence="" if verdict is None else verdict.evidence,
        validated=verdict is not None and verdict.validated,
        rows=tuple(rows),
        progress=(len(explained.checks), len(rows)),
        alarms=explained.alarms,
        curves=by_name.get("faithfulness"),
        stored=stored,
    )


@dataclass(frozen=True)
class FindingTrust:
    """What stands beside a finding: alarms said aloud, what was measured, and how like the training films the scan is."""

    alarms: tuple[str, ...]
    sentences: tuple[str, ...]
    gate_words: str | None


def build_finding_trust(review: CaseReview, output: str) -> FindingTrust:
    """Put the shortcut probe of a finding and the gate into words."""
    report = review.shortcut_of(output)
    gate = review.gate
    gate_words = NO_GATE
    if gate is not None:
        found = {"nearer": f"{100 * gate.rank:.0f}", "group": gate.neighbourhood}
        gate_words = text("trust.gate.accepted", **found) if gate.accepted else text("trust.gate.refused", **found)
    if report is None:
        return FindingTrust((), (), gate_words)
    return FindingTrust(report.alarms, report.sentences, gate_words)


def sanity_words(trust: Mapping[str, Any] | None, method: str) -> str:
    """Return what was measured of a method on this network: its cascade and its pointing; empty where nothing was."""
    maps = (trust or {}).get("maps") or {}
    words = []
    cascade = maps.get("cascade") or {}
    found = cascade.get("methods", {}).get(method)
    if found is not None:
        words.append(
            text(
                "trust.sanity.weights",
                films=found["n_films"],
                correlation=f"{found['deepest']['value']:.2f}",
                limit=f"{cascade['limit']:.1f}",
            )
        )
    rates = maps.get("methods", {}).get(method, {}).get("benchmark")
    if rates:
        found = rates["all_folds"]
        mine, trivial = (100 * found[name]["value"] for name in ("hit_rate", "mean_box_on_the_same_films"))
        words.append(
            text(
                "trust.sanity.pointing",
                hits=f"{mine:.0f}",
                films=found["hit_rate"]["n_films"],
                constant=f"{trivial:.0f}",
            )
        )
    return " ".join(words)
