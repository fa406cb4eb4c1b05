"""What stands beside the scan in a report: whether the parts agree, alerts, note and vital signs."""

from __future__ import annotations

import math

from dashboard.catalogue import counted, text
from dashboard.export.report.parts import MOST_LINES, Section, capped, lines, row
from dashboard.viewmodels.note.facts import fact_words
from dashboard.viewmodels.note.symptoms import percent
from model_zoo.alerts.rule import LEVEL_TITLES, LEVELS
from model_zoo.case.assessment import AgreementSummary, AlertSummary, CaseAssessment, NoteSummary, VitalsSummary
from model_zoo.case.case_review import CaseReview
from model_zoo.case.concordance import assess_concordance
from model_zoo.vital_signs.news2_chart import TITLES

TOP_CONDITIONS = 5


def together_section(review: CaseReview, whole: CaseAssessment | None) -> Section:
    """Return in sentences whether the parts agree."""
    concordance = assess_concordance(review)
    said = [] if concordance is None else [" ".join((*concordance.legs, concordance.sentence))]
    if whole is not None:
        said += [_agreement(found) for found in whole.agreements]
        said += [found.sentence for found in whole.differing_values]
    found = lines(said) or (text("report.together.nothing"),)
    return Section("together", text("report.together.title"), lines=found)


def alert_sections(whole: CaseAssessment | None) -> tuple[Section, ...]:
    """Return the alerts, the most pressing first and of these the latest."""
    alerts = () if whole is None else whole.alerts
    ordered = sorted(alerts, key=lambda a: (-LEVELS.index(a.level), -math.inf if a.hour is None else -a.hour))
    rows, left = capped([row(LEVEL_TITLES[a.level], _alert_title(a), a.reason) for a in ordered], MOST_LINES)
    if not rows:
        return ()
    more = (counted("report.alerts.more", left),) if left else ()
    columns = (text("report.alerts.level"), text("report.alerts.alert"), text("report.alerts.reason"))
    return (Section("alerts", text("report.alerts.title"), columns, (14, 30, 56), rows, more),)


def other_parts_sections(whole: CaseAssessment | None) -> tuple[Section, ...]:
    """Return what note and vital signs said, in the field's own words."""
    if whole is None:
        return ()
    note = () if whole.note is None else (_note(whole.note),)
    vitals = () if whole.vital_signs is None else (_vitals(whole.vital_signs),)
    return (*note, *vitals)


def _agreement(found: AgreementSummary) -> str:
    question = f"{found.question[:1].upper()}{found.question[1:]}"
    return text("report.together.question", question=question, sentence=found.sentence)


def _alert_title(alert: AlertSummary) -> str:
    return alert.title if alert.hour is None else text("report.alerts.hour", alert=alert.title, hour=f"{alert.hour:g}")


def _note(note: NoteSummary) -> Section:
    stated = "; ".join(dict.fromkeys(fact_words(fact) for fact in note.facts))
    said = [
        text("report.note.flags", flags=", ".join(note.word_flags)) if note.word_flags else "",
        text("report.note.stated", facts=stated) if stated else text("report.note.nothing"),
    ]
    if note.cannot_tell is not None:
        said.append(note.cannot_tell)
    elif note.conditions:
        named = ", ".join(f"{c.name} {percent(c.probability)}" for c in note.conditions[:TOP_CONDITIONS])
        said += [text("report.note.conditions", conditions=named), note.caution]
    return Section("note", text("report.note.title"), lines=lines(said))


def _vitals(vitals: VitalsSummary) -> Section:
    words = text(
        "report.vitals.hour",
        hour=f"{vitals.hour:g}",
        last=f"{vitals.last_hour:g}",
        words=vitals.refused or vitals.words,
    )
    measured = "; ".join(
        text("report.vitals.measured", parameter=TITLES.get(found.name, found.name), value=found.words)
        for found in vitals.components
        if found.points is not None
    )
    return Section("vitals", text("report.vitals.title"), lines=lines((words, measured)))
