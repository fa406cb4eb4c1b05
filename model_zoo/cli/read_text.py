"""One reading as text for a person: the order and the words of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from model_zoo.card import ModelCard
from model_zoo.case import CaseReview, ExplainedMap, ScanRegion, agreement_of, map_on_lesions
from model_zoo.case.case_review import NOTICE
from model_zoo.case.outlines.regions import region_words, side_shares
from model_zoo.cli.read_other_parts import print_assessment
from model_zoo.cli.terminal import say, say_table
from model_zoo.engine.outlines import OUTLINES_ONLY
from model_zoo.patients.attribution import RiskAttribution
from model_zoo.patients.features import FeatureSpec
from model_zoo.patients.risk import RiskEstimate
from model_zoo.patients.risk_models import all_specs
from model_zoo.places import place_of
from model_zoo.results import Finding
from model_zoo.segmenters.figures import held_out_sentences
from model_zoo.trust.number_block import NumberBlock
from model_zoo.trust.state import State

# Of 23 contributions the largest eight carry nearly all of a risk; the rest is printed as one sum.
SHOWN_CONTRIBUTIONS = 8


def print_reading(card: ModelCard, review: CaseReview, conflicts: Sequence[str], confirmed: bool) -> None:
    """Print a reading. Where scan and record disagree, risks wait until the reader has confirmed the person."""
    _print_scan(card, review)
    say()
    say("Findings")
    if not review.prediction.findings:
        for sentence in (OUTLINES_ONLY, *held_out_sentences(card.raw)):
            say(sentence, 2)
    for finding in review.prediction.findings:
        say(finding_text(finding, review.state_of(finding.output)), 2)
    for caution, titles in _cautions(review.prediction.findings).items():
        say(f"{', '.join(titles)}: {caution}", 4)
    print_numbers(review.numbers)
    for report in review.shortcuts:
        for alarm in report.alarms:
            say(f"ALARM: {alarm}", 2)
    if review.regions:
        say()
        say("Outlined on the scan")
        for region in review.regions:
            _print_region(region)
        if side_shares(review.regions):
            say(side_shares(review.regions), 2)
    if review.maps:
        say()
        say("Where the network looked")
        for explained in review.maps:
            _print_map(review, explained)
    agreement = agreement_of(review)
    if agreement is not None:
        say(agreement.sentence, 2)
        for pair in agreement.pairs:
            say(pair.sentence, 6)
    say()
    say("Patient")
    for conflict in conflicts:
        say(f"POSSIBLE WRONG PATIENT: {conflict}.", 2)
    if conflicts and not confirmed:
        say("The risks are not shown beside this scan. If both are of one person, add --same-patient.", 2)
    elif review.risk is None:
        say(review.risk_absent or "", 2)
    else:
        _print_risk(review.risk, review.risk_attributions)
    if confirmed or not conflicts:
        print_assessment(review)
    say()
    say(f"Not assessed: {', '.join(card.not_assessed)}.")
    say(NOTICE)


def finding_text(finding: Finding, state: State) -> str:
    """Return one finding with its number, what the number is, its state and its threshold."""
    name = finding.title + (f" ({finding.condition})" if finding.condition else "")
    if finding.probability is None or finding.threshold_probability is None or finding.probability_interval is None:
        what = "score for a report label" if finding.kind == "report_score" else "score, no probability"
        return f"{name}: {finding.score:.0f} of 100 ({what}); {state} (threshold {finding.threshold_score:.0f})"
    low, high = finding.probability_interval
    return (
        f"{name}: probability {finding.probability:.2f} (95 % interval of the calibration {low:.2f} to {high:.2f}); "
        f"{state} (threshold {finding.threshold_probability:.2f})"
    )


def print_numbers(blocks: Sequence[NumberBlock], indent: int = 4) -> None:
    """Print what stands beside the number of each finding: its set with the measured coverage, and what it means locally."""
    for block in blocks:
        say(f"{block.title}: {block.sentence}", indent)
        for line in (*(group.sentence for group in block.groups), *block.warnings):
            say(line, indent + 2)
        if block.predictive is not None:
            say(f"{block.predictive.shift} {block.predictive.odds}", indent + 2)
            say(block.predictive.caveat, indent + 2)
        elif block.predictive_absent:
            say(block.predictive_absent, indent + 2)
    # What is true of every set is printed once.
    for note in dict.fromkeys(note for block in blocks for note in block.notes):
        titles = [block.title for block in blocks if note in block.notes]
        say(note if len(titles) == len(blocks) else f"{', '.join(titles)}: {note}", indent)


def _cautions(findings: Sequence[Finding]) -> dict[str, list[str]]:
    """Return each caution once, with the findings it stands beside."""
    found: dict[str, list[str]] = {}
    for finding in findings:
        if finding.caution:
            found.setdefault(finding.caution, []).append(finding.title)
    return found


def _print_scan(card: ModelCard, review: CaseReview) -> None:
    scan, stated = review.scan, review.stated
    marks = ", SYNTHETIC PHANTOM" if scan.synthetic else ""
    say(f"Scan: {scan.format}, {scan.cols} x {scan.rows} pixels, frame {scan.frame + 1} of {scan.frames}{marks}")
    say(f"  sha256 {scan.sha256[:16]}")
    age = "not stated" if stated.age_years is None else f"{stated.age_years:g} years"
    say(f"Stated: age {age}, sex {stated.sex or 'not stated'}, view {stated.view or 'not stated'}")
    population = card.population(review.prediction.population)
    say(f"Read by {card.title} {card.version} (weights {card.weights_sha256[:12]}), outputs for: {population.title}")
    say(population.note, 2)
    for violation in review.violations:
        say(f"OUTSIDE THE INTENDED USE: {violation}.", 2)
    if review.violations:
        say("Scores only, without probabilities: you insisted.", 2)
    for remark in dict.fromkeys((*scan.notes, *review.remarks)):
        say(remark, 2)


def _print_map(review: CaseReview, explained: ExplainedMap) -> None:
    attribution = explained.attribution
    title = review.prediction.finding(attribution.target).title
    top = float(attribution.values.max())
    low = float(attribution.values.min())
    say(f"{attribution.title}, {title}: values {low:.3g} to {top:.3g} ({attribution.unit})", 2)
    place = place_of(attribution, review)
    say(f"Strongest: {'nowhere, the map is near-empty' if place is None else place.words}.", 6)
    say(explained.effect.sentence, 6)
    details = attribution.details
    if "completeness_delta" in details:
        say(
            f"Completeness delta {details['completeness_delta']:+.4f} of a change of {details['change_in_logit']:+.3f} "
            f"in the logit, after {details['steps_used']} steps.",
            6,
        )
    compared = map_on_lesions(review, attribution.method, attribution.target)
    if compared is not None:
        say(compared.sentence, 6)
    for warning in attribution.warnings:
        say(f"WARNING: {warning}", 6)
    for alarm in explained.alarms:
        say(f"ALARM: {alarm}", 6)
    if explained.verdict is not None:
        say(f"Map {explained.verdict.verdict}. {explained.verdict.evidence}", 6)
        for result in explained.checks:
            say(f"{result.title} ({result.outcome}): {result.sentence}", 8)


def _print_region(region: ScanRegion) -> None:
    say(f"{region.title}: {'; '.join(region_words(region))}", 2)
    if region.note:
        say(region.note, 6)


def _print_risk(risk: RiskEstimate, attributions: Sequence[RiskAttribution]) -> None:
    say(risk.title, 2)
    say(risk.population, 2)
    say("The scan model and the risk model come from different people.", 2)
    for outcome in risk.outcomes:
        side = "above" if outcome.above_threshold else "below"
        say(
            f"{outcome.title}: {outcome.probability:.2f} ({outcome.low:.2f} to {outcome.high:.2f}); {side} the "
            f"threshold of {outcome.threshold:.2f}; {outcome.base_rate:.2f} of the training patients",
            4,
        )
    say(f"Interval: {risk.interval}.", 4)
    if risk.age_remark:
        say(risk.age_remark, 4)
    specs = {spec.name: spec for spec in all_specs()}
    for attribution in attributions:
        title = next(o.title for o in risk.outcomes if o.name == attribution.outcome)
        say(f"{title}: from {attribution.reference_risk:.3f} ({attribution.reference}) to {attribution.risk:.3f}", 4)
        say_table(_contribution_rows(attribution, specs), 6)
    if risk.not_measured:
        say(f"Not measured: {', '.join(risk.not_measured)}.", 4)
    for flag in risk.flags:
        say(flag, 4)


def _contribution_rows(attribution: RiskAttribution, specs: Mapping[str, FeatureSpec]) -> list[tuple[str, str, str]]:
    measured = [c for c in attribution.contributions if c.value is not None]
    ordered = sorted(measured, key=lambda c: -abs(c.contribution))
    rows = [
        (f"{c.contribution:+.3f}", c.title, f"{specs[c.name].show(c.value)}") for c in ordered[:SHOWN_CONTRIBUTIONS]
    ]
    rest = sum(c.contribution for c in attribution.contributions) - sum(
        c.contribution for c in ordered[:SHOWN_CONTRIBUTIONS]
    )
    return [
        *rows,
        (f"{rest:+.3f}", "all other quantities", ""),
        (f"{attribution.missingness_contribution:+.3f}", "not measured", ""),
        (f"{attribution.residual:+.1e}", "residual", ""),
    ]
