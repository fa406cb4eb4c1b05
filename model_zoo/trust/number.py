"""The honest number block of a finding: its prediction set, how often such sets held, and what it means locally.

A finding and the measured entry of its output flow in (section "number" of ``trust.json``); sentences that can be read
aloud come out, with the numbers behind them. Everything here is a pure function of those two: another coverage or
another local prevalence never runs the network again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from model_zoo.evaluation.labels import FilmLabels
from model_zoo.evaluation.report import MIN_POSITIVE_PATIENTS, age_group
from model_zoo.results import Finding, Prediction
from model_zoo.scans.coverage import StatedFacts
from model_zoo.trust import predictive
from model_zoo.trust.conformal import DEFAULT_COVERAGE, WITH, WITHOUT, ConformalSets, coverage_key, set_words
from model_zoo.trust.number_block import GroupCoverage, MeasuredCoverage, NumberBlock
from model_zoo.trust.predictive import AtPrevalence, PriorShift, at_prevalence
from model_zoo.trust.rates import Rate
from model_zoo.trust.state import SENTENCES, State, recorded_state, why_not_offered

SECTION = "number"
NOT_STATED = "not stated"
NOT_MEASURED = "Its coverage was not measured."
# How the file calls the films of either kind, and the answer that is right on them.
_ANSWERS = {"present": WITH, "absent": WITHOUT}
_KINDS = {"age": "Age", "sex": "Sex", "view": "View"}
_SEXES = {"F": "female", "M": "male", "O": "other"}


def number_entry(trust: Mapping[str, Any] | None, output: str) -> Mapping[str, Any] | None:
    """Return the entry of one output in a parsed ``trust.json``; ``None`` where nothing was measured."""
    return (trust or {}).get(SECTION, {}).get("outputs", {}).get(output)


def number_blocks(
    prediction: Prediction,
    trust: Mapping[str, Any] | None,
    facts: StatedFacts,
    coverage: float = DEFAULT_COVERAGE,
    prevalence: Mapping[str, float] | None = None,
) -> tuple[NumberBlock, ...]:
    """Return the blocks of all findings that have a measured entry, in their order.

    Parameters
    ----------
    prediction
        Of the scan.
    trust
        The trust card, ``None`` without one.
    facts
        Age, sex and view as stated or read from the file.
    coverage
        Share of scans whose set should hold the truth.
    prevalence
        By output, shares between 0 and 1.

    Raises
    ------
    ZooError
        As ``build_number_block``.
    """
    stated = prevalence or {}
    return tuple(
        build_number_block(
            finding, entry, facts, coverage, stated.get(finding.output), why_not_offered(prediction, finding)
        )
        for finding in prediction.findings
        if (entry := number_entry(trust, finding.output)) is not None
    )


def build_number_block(
    finding: Finding,
    section: Mapping[str, Any],
    facts: StatedFacts,
    coverage: float = DEFAULT_COVERAGE,
    prevalence: float | None = None,
    refused: str | None = None,
) -> NumberBlock:
    """Return the block of one finding.

    section: the entry of its output. facts: name the groups of this patient. prevalence: share between 0 and 1. refused:
    why the finding is not offered on this scan (``state.why_not_offered``), ``None`` where it is.
    Raises: UnknownName for a coverage that was not calibrated, ZooError for a prevalence of 0, 1 or beyond.
    """
    sets = ConformalSets.from_json(section["sets"])
    answers = sets.prediction_set(finding.logit, coverage)
    if prevalence is not None:
        predictive.check_prevalence(prevalence)
    if refused is not None:
        return refused_block(finding, coverage, refused)
    measured = _measured(finding, section, coverage)
    shifted, why_not = _predictive(finding, section, prevalence)
    state = recorded_state(finding, True, WITH in answers)
    statement = statement_of(finding, state, coverage, answers)
    return NumberBlock(
        output=finding.output,
        title=finding.title,
        coverage=coverage,
        prediction_set=tuple(answer for answer in (WITH, WITHOUT) if answer in answers),
        state=state,
        statement=statement,
        sentence=sentence_of(statement, measured),
        measured=measured,
        groups=_groups(section, facts, coverage),
        warnings=_shortfalls(finding, measured, coverage, _pictures(section)),
        notes=_notes(finding, section, sets, coverage, answers, measured),
        predictive=shifted,
        predictive_absent=why_not,
    )


def statement_of(finding: Finding, state: State, coverage: float, answers: Collection[str]) -> str:
    """Return state and set of a finding in words.

    Parameters
    ----------
    finding
        The finding.
    state
        Of the finding.
    coverage
        Share of scans whose set should hold the truth.
    answers
        What its set holds.
    """
    label = "for the label in the report" if finding.kind == "report_score" else ""
    lead, words = ", ".join(filter(None, (finding.condition, label))), SENTENCES[state]
    if lead:
        words = f"{lead[0].upper()}{lead[1:]}: {words[0].lower()}{words[1:]}"
    return f"{words} {set_words(answers, coverage)}"


def sentence_of(statement: str, measured: MeasuredCoverage | None) -> str:
    """Return a statement with how often such sets held."""
    return f"{statement} {NOT_MEASURED if measured is None else measured.sentence}"


def refused_block(finding: Finding, coverage: float, reason: str) -> NumberBlock:
    """Return the block of a finding that is not offered on this scan, with the reason and no number.

    Parameters
    ----------
    finding
        The finding.
    coverage
        Share of scans whose set should hold the truth.
    reason
        Why it is not offered, in words.
    """
    words = f"{SENTENCES[State.NOT_OFFERED]} {reason}"
    return NumberBlock(
        finding.output,
        finding.title,
        coverage,
        prediction_set=None,
        statement=words,
        sentence=words,
        set_absent=reason,
        predictive_absent=predictive.NOT_OFFERED,
        state=State.NOT_OFFERED,
    )


def groups_of(age_years: float | None, sex: str | None, view: str | None, population: str | None) -> dict[str, str]:
    """Return the group of a patient or film in each kind of subgroup, in the bands of ``evaluate``.

    Parameters
    ----------
    age_years
        Age, ``None`` where it is not stated.
    sex
        "F" or "M", ``None`` where it is not stated.
    view
        "PA" or "AP", ``None`` where it is not stated.
    population
        Name of the population, as in the card.
    """
    row = FilmLabels("", "", {}, age_years=age_years, population=population)
    return {
        "age": age_group(row),
        "sex": _SEXES.get(sex or "", NOT_STATED),
        "view": view.upper() if view else NOT_STATED,
    }


def _named(finding: Finding) -> str:
    return "label" if finding.kind == "report_score" else "finding"


def _pictures(section: Mapping[str, Any]) -> str:
    """Return what was read, in the plural: films unless the section calls it otherwise."""
    return str(section.get("pictures", "films"))


def _sampled(section: Mapping[str, Any]) -> str:
    """Return what was held out and counted, in the plural: patients, or what stands for them where none are named."""
    return str(section.get("sampled", "patients"))


def _shortfalls(finding: Finding, measured: MeasuredCoverage | None, coverage: float, pictures: str) -> tuple[str, ...]:
    """Say where even the upper end of the measured coverage lies below the coverage asked for."""
    if measured is None:
        return ()
    asked, named = f"{100 * coverage:.0f} %", _named(finding)
    kinds = (
        (f"held-out {pictures}", measured.overall),
        (f"{pictures} with the {named}", measured.present),
        (f"{pictures} without the {named}", measured.absent),
    )
    return tuple(
        f"Falls short among {kind}: {asked} was asked for, {rate.percent_words(1)} measured."
        for kind, rate in kinds
        if rate is not None and rate.high is not None and rate.high < coverage
    )


def _notes(
    finding: Finding,
    section: Mapping[str, Any],
    sets: ConformalSets,
    coverage: float,
    answers: frozenset[str],
    measured: MeasuredCoverage | None,
) -> tuple[str, ...]:
    notes = []
    thresholds, pictures, sampled = sets.at(coverage), _pictures(section), _sampled(section)
    for word, limit, n in (
        (WITH, thresholds.present_from, sets.n_present_films),
        (WITHOUT, thresholds.absent_up_to, sets.n_absent_films),
    ):
        if limit is None:
            notes.append(
                f"'{word}' is always kept: {n:,} calibration {pictures} are too few for {100 * coverage:.0f} %."
            )
    if answers == ({WITHOUT} if finding.above_threshold else {WITH}):
        notes.append(
            f"It is {State.FLAGGED if finding.above_threshold else State.UNDECIDED} all the same: the threshold was set by "
            f"its own rule, the set by the share of wrong answers among {pictures} with and among {pictures} without the finding."
        )
    if measured is not None and measured.n_positive_patients < MIN_POSITIVE_PATIENTS:
        notes.append(f"Fewer than {MIN_POSITIVE_PATIENTS} positive {sampled}: the intervals are wide.")
    if finding.kind == "report_score":
        notes.append("The set speaks of the label that a program read out of the report, not of the disease.")
    baseline = section.get("measured", {}).get("baseline")
    if baseline is not None:
        share = Rate.from_json(baseline["always_commoner"])
        if share is not None:
            named = _ANSWERS.get(baseline["commoner"], baseline["commoner"])
            notes.append(
                f"For comparison: always answering '{named}' is right in {share.percent_words()}, never for the other kind; "
                "always keeping both answers is right in 100 % and decides nothing."
            )
    notes.append(
        f"The guarantee is for {pictures} that could be exchanged; several {pictures} of one patient are not quite, so the "
        "measured share counts. It holds for each answer by itself and does not move with the prevalence."
    )
    return tuple(notes)


def _measured(finding: Finding, section: Mapping[str, Any], coverage: float) -> MeasuredCoverage | None:
    found = section.get("measured")
    if found is None:
        return None
    entry = found["coverage"][coverage_key(coverage)]
    overall = Rate.from_json(entry["overall"])
    if overall is None:
        return None
    present, absent, decided = (Rate.from_json(entry[key]) for key in ("present", "absent", "one_answer"))
    films, patients, positive = found["n_films"], found["n_patients"], found["n_positive_patients"]
    named = _named(finding)
    by_kind = [
        f"{word} {rate.percent_words()}"
        for word, rate in ((f"with the {named}", present), ("without", absent))
        if rate is not None
    ]
    held = "label" if finding.kind == "report_score" else "truth"
    words = (
        f"Measured on {films:,} held-out {_pictures(section)} of {patients:,} {_sampled(section)}, {positive:,} with the {named}: "
        f"the set held the {held} in {'; '.join([overall.percent_words(), ', '.join(by_kind)]).rstrip('; ')}."
    )
    if decided is not None:
        words += f" A single answer was given in {decided.percent_words()}."
    return MeasuredCoverage(films, patients, positive, overall, present, absent, decided, words)


def _groups(section: Mapping[str, Any], facts: StatedFacts, coverage: float) -> tuple[GroupCoverage, ...]:
    measured = section.get("measured")
    if measured is None:
        return ()
    lines = []
    for kind, group in groups_of(facts.age_years, facts.sex, facts.view, None).items():
        if group == NOT_STATED:
            continue
        entry = next((e for e in measured["subgroups"][kind] if e["group"] == group), None)
        rate, positive = None, 0
        if entry is None:
            words = f"not measured; none of the held-out {_pictures(section)} is known to be of this group"
        elif entry["too_few"]:
            positive = entry["n_positive_patients"]
            words = f"too few ({positive:,} positive patient{'' if positive == 1 else 's'})"
        else:
            positive, rate = entry["n_positive_patients"], Rate.from_json(entry["coverage"][coverage_key(coverage)])
            words = "not defined" if rate is None else f"{rate.percent_words()} ({positive:,} positive patients)"
        lines.append(GroupCoverage(kind, group, positive, rate, f"{_KINDS[kind]} {group}: {words}."))
    return tuple(lines)


def _predictive(
    finding: Finding, section: Mapping[str, Any], prevalence: float | None
) -> tuple[AtPrevalence | None, str | None]:
    """Return the finding at the stated prevalence, or why there can be none."""
    if finding.kind == "report_score":
        return None, predictive.REPORT_LABEL
    prior = PriorShift.from_json(section)
    if finding.probability is None or prior is None:
        return None, predictive.NO_RATIOS
    return None if prevalence is None else at_prevalence(finding, prior, prevalence), None
