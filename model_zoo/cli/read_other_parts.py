"""What ``read`` takes beside scan and values: a note and the vital signs of a stay; and the whole case that follows."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from model_zoo.cli.arguments import UsageError, real_number
from model_zoo.cli.terminal import say, step
from model_zoo.errors import DataNotFound

if TYPE_CHECKING:
    from model_zoo.case import CaseReview
    from model_zoo.case.note_and_stay import HourRead, NoteRead
    from model_zoo.engine import InferenceEngine
    from model_zoo.phantoms.companions import Companion
    from model_zoo.scans.scan import Scan

MOST_HOURS = 10_000.0  # longer than any stay that is read


def add_other_parts_arguments(parser: argparse.ArgumentParser) -> None:
    beside = parser.add_argument_group("beside the scan")
    beside.add_argument("--note", metavar="FILE", type=Path, help="a note in plain text")
    beside.add_argument(
        "--vitals", metavar="FILE", type=Path, help="vital signs of the stay: .csv, or a FHIR bundle .json"
    )
    beside.add_argument("--spo2-scale", type=int, choices=(1, 2), help="SpO2 scale of NEWS2 (default: 1)")
    beside.add_argument(
        "--hour", metavar="H", type=real_number(0, MOST_HOURS), help="hour of the stay to read at (default: the last)"
    )
    beside.add_argument(
        "--pool-prevalence",
        metavar="PERCENT",
        type=real_number(0, 100),
        help="of 100 such patients, how many have the outcome that two parts estimate; no default",
    )


def with_assessment(
    arguments: argparse.Namespace, engine: InferenceEngine, scan: Scan, review: CaseReview
) -> CaseReview:
    """Return the review with what stands beside it. Raises ZooError for a note or stay that cannot be read."""
    from dataclasses import replace

    from model_zoo.alerts import load_rules
    from model_zoo.case.assembly import assess_case

    companion = _companion(arguments)
    note = _note(arguments, companion)
    stay = _stay(arguments, companion, scan, review, note)
    prior = None if arguments.pool_prevalence is None else arguments.pool_prevalence / 100
    return replace(review, whole=assess_case(review, engine.trust, load_rules(), note, stay, prior))


def print_assessment(review: CaseReview) -> None:
    """Print note, vital signs, agreement and alerts in words."""
    whole = review.whole
    if whole is None:
        return
    say()
    say("The case as a whole")
    if whole.note is not None:
        stated = "; ".join(
            f"{'no ' if fact.negated else ''}{fact.title}{'' if fact.value is None else f' {fact.value} {fact.unit}'.rstrip()}"
            for fact in whole.note.facts
        )
        say(f"Note: {stated or 'nothing was read'}.", 2)
        if whole.note.word_flags:
            say(f"RED FLAGS in the words: {', '.join(whole.note.word_flags)}.", 4)
        for condition in whole.note.conditions:
            flag = "red flag, " if condition.red_flag else ""
            say(f"To consider: {condition.name} ({flag}{condition.probability:.2f})", 4)
        say(whole.note.cannot_tell or whole.note.caution, 4)
    if whole.vital_signs is not None:
        vitals = whole.vital_signs
        say(f"Hour {vitals.hour:g} of {vitals.last_hour:g}: {vitals.refused or vitals.words}.", 2)
    for row in whole.agreements:
        say(f"{row.question}, {row.state}: {row.sentence}", 2)
    for difference in whole.differing_values:
        say(f"Stated differently: {difference.sentence}", 2)
    if whole.pooled is not None:
        pooled = whole.pooled
        said = ", ".join(f"{name} {100 * share:+.1f} points" for name, share in pooled.shares.items())
        say(
            f"{pooled.outcome}: {pooled.probability:.2f} ({pooled.low:.2f} to {pooled.high:.2f}); {said}. {pooled.assumed}",
            2,
        )
    elif whole.not_pooled is not None:
        say(whole.not_pooled, 2)
    for alert in whole.alerts:
        when = "" if alert.hour is None else f" (hour {alert.hour:g})"
        say(f"ALERT, {alert.level}{when}: {alert.reason} Suggestion: {alert.suggestion}", 2)


def _companion(arguments: argparse.Namespace) -> Companion | None:
    if arguments.sample is None:
        return None
    from model_zoo.phantoms.companions import companion_of

    return companion_of(arguments.sample)


def _note(arguments: argparse.Namespace, companion: Companion | None) -> NoteRead:
    from model_zoo.case.note_and_stay import NO_NOTE, NoteRead

    if arguments.note is not None:
        from model_zoo.cli.symptoms import read_text_file

        text = read_text_file(arguments.note)
    elif companion is not None:
        text = companion.note
    else:
        return NO_NOTE
    from model_zoo.symptoms import symptom_model
    from model_zoo.symptoms.complaints import consider_note
    from model_zoo.text.extraction import extract_note

    step("Reading the note")
    items = extract_note(text)
    return NoteRead(items, consider_note(symptom_model(), text, items), None)


def _stay(
    arguments: argparse.Namespace, companion: Companion | None, scan: Scan, review: CaseReview, note: NoteRead
) -> HourRead:
    from model_zoo.case.note_and_stay import NO_STAY, ages_of_case, read_hour
    from model_zoo.vital_signs import read_series
    from model_zoo.vital_signs.example_stays import example_stay

    scale, hour = arguments.spo2_scale or 1, arguments.hour
    if arguments.vitals is not None:
        try:
            series = read_series(arguments.vitals.read_bytes(), arguments.vitals.name, arguments.decimal)
        except OSError as error:
            raise DataNotFound(
                "There are no readable vital signs under that name.", "Check the path of the file."
            ) from error
    elif companion is not None and companion.stay is not None:
        written = example_stay(companion.stay)
        series, scale = written.read(), arguments.spo2_scale or written.scale
        hour = companion.hour if hour is None else hour
    elif hour is not None:
        raise UsageError("--hour goes with vital signs.", "Add --vitals FILE.")
    else:
        return NO_STAY
    return read_hour(series, scale, hour, ages_of_case(scan, review.stated, review.record, note))
