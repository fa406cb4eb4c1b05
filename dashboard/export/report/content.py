"""What stands in the report of one case, in the order in which it is read. Deterministic; no file, clock or network is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np

from dashboard.catalogue import counted, text
from dashboard.export.report.findings import findings_of, leading_target, maps_of_finding
from dashboard.export.report.other_parts import (
    alert_sections,
    other_parts_sections,
    together_section,
)
from dashboard.export.report.parts import (
    FindingLine,
    MapLine,
    Mark,
    MarkKind,
    Picture,
    Report,
    Section,
    capped,
    lines,
    row,
    said,
)
from dashboard.export.report.risk import contribution_sections, risk_section
from dashboard.export.report.scan import pictures_of
from dashboard.viewmodels.case.header import age_words
from model_zoo.card import ModelCard
from model_zoo.case.assessment import CaseAssessment
from model_zoo.case.case_review import NOTICE, CaseReview
from model_zoo.case.marks import value_words
from model_zoo.case.outlines.regions import ORGAN, area_words, score_words, side_words
from model_zoo.engine.outlines import OUTLINES_ONLY, reading_card
from model_zoo.errors import ZooError
from model_zoo.scans.scan import Scan, Window


def build_report(
    review: CaseReview,
    scan: Scan | None,
    *,
    whole: CaseAssessment | None = None,
    marks: Sequence[Mark] | None = None,
    identified: bool = False,
    label: str = "",
    window: Window | None = None,
    colour: np.ndarray | None = None,
) -> Report:
    """Put one case into a report.

    Parameters
    ----------
    scan: ``None`` for a stored case, which holds no pixels: the report says so and has the numbers of the maps alone.
    whole: what stands beside the scan, by default what is kept with the review.
    identified: name the patient's identifier, ``label`` (of the file, in the reader's words) and the study date.
    marks: by default those of the case on the frame that was read. window: the one on the screen, by default that of the file.
    colour: uint8 (rows, cols, 3) of a colour scan's frame.

    Raises
    ------
    ValueError: the scan is not the one of the case. NoNumber: a pixel or the window is none.
    """
    if scan is not None and scan.sha256 != review.scan.sha256:
        raise ValueError("The scan is not the one that this case was read from.")
    whole = review.whole if whole is None else whole
    card, target = _card(review), leading_target(review)
    found = findings_of(review, card, target)
    judged = maps_of_finding(review, target)
    marks = _own_marks(review) if marks is None else marks
    shown = None if scan is None else scan if window is None else replace(scan, window=window)
    if colour is None and scan is not None and scan.colour is not None:
        colour = scan.colour[review.scan.frame]
    pictures = () if shown is None else pictures_of(review, shown, target, judged, marks, colour)
    sections = (
        _findings(review, found),
        _where(judged),
        risk_section(review),
        together_section(review, whole),
        *alert_sections(whole),
        *contribution_sections(review),
        *_outlined(review),
        *_marks(marks),
        *other_parts_sections(whole),
        _not_assessed(card),
        _limits(review, card),
        _versions(review, card),
    )
    return Report(
        case_id=review.case_id,
        title=text("report.title"),
        subtitle=text("report.synthetic") if review.scan.synthetic else "",
        notice=said(NOTICE),
        facts=_facts(review, scan if identified else None, label if identified else "", card),
        warnings=_warnings(review),
        pictures=pictures,
        absent=_absent(pictures, scan is None),
        sections=tuple(section for section in sections if section.rows or section.lines),
    )


def _own_marks(review: CaseReview) -> tuple[Mark, ...]:
    return tuple(
        Mark(cast(MarkKind, mark.kind), mark.points, mark.word, value_words(mark, review.scan.spacing_mm))
        for mark in review.marks
        if mark.frame == review.scan.frame
    )


def _card(review: CaseReview) -> ModelCard | None:
    try:
        return reading_card(review.prediction.model)
    except ZooError:  # a stored case of a model that is not installed here
        return None


def _absent(pictures: Sequence[Picture], stored: bool) -> str:
    """Return why a picture is not there; "" where film and overlay are."""
    if stored:
        return text("report.picture.stored")
    return text("report.picture.no_overlay") if len(pictures) < 2 else ""


def _facts(review: CaseReview, named: Scan | None, label: str, card: ModelCard | None) -> tuple[tuple[str, str], ...]:
    """Return label and value of what the case was read with. named: the scan, where the patient is to be named."""
    stated, missing = review.stated, text("report.fact.not_stated")
    sex = {"F": text("report.fact.female"), "M": text("report.fact.male")}.get((stated.sex or "").upper(), stated.sex)
    what = " ".join(filter(None, (review.scan.modality, review.scan.body_part)))
    facts = [
        (text("report.fact.age"), age_words(stated.age_years) or missing),
        (text("report.fact.sex"), sex or missing),
        (text("report.fact.picture"), what or review.scan.format),
        (text("report.fact.view"), stated.view or missing),
        (text("report.fact.read"), review.created_at[:16].replace("T", " ")),
        (text("report.fact.model"), review.prediction.model if card is None else card.title),
    ]
    if review.scan.frames > 1:
        of = text("report.fact.frame_of", frame=review.scan.frame + 1, frames=review.scan.frames)
        facts.insert(4, (text("report.fact.frame"), of))
    if named is not None:
        facts += [
            (text("report.fact.patient"), named.metadata.patient_id or missing),
            (text("report.fact.study"), named.metadata.study_date or missing),
        ]
    if label:
        facts.append((text("report.fact.label"), label))
    return tuple((name, said(value)) for name, value in facts)


def _warnings(review: CaseReview) -> tuple[str, ...]:
    outside = [text("report.warning.outside", reasons="; ".join(review.violations))] if review.violations else []
    alarms = [alarm for report in review.shortcuts for alarm in report.alarms]
    return lines((*outside, *alarms))


def _findings(review: CaseReview, found: Sequence[FindingLine]) -> Section:
    rows, left = capped(
        [
            row(
                text("report.finding.noted", title=f.title, note=f.note) if f.note else f.title,
                f.state_word,
                f.number_words,
                f.threshold_words,
                state=f.state,
                leading=f.leading,
            )
            for f in found
        ]
    )
    columns = (
        text("report.finding.finding"),
        text("report.finding.state"),
        text("report.finding.number"),
        text("report.finding.threshold"),
    )
    notes = [
        counted("report.finding.more", left) if left else "",
        text("report.finding.excludes_nothing") if found else OUTLINES_ONLY,
    ]
    return Section("findings", text("report.finding.title"), columns, (38, 17, 30, 15), rows, lines(notes))


def _where(maps: Sequence[MapLine]) -> Section:
    placed = any(found.place for found in maps)
    place = (text("report.where.place"),) if placed else ()
    columns = (text("report.where.map"), *place, text("report.where.judgement"), text("report.where.range"))
    rows, _ = capped([row(m.title, *((m.place,) if placed else ()), m.judgement, m.range_words) for m in maps])
    evidence = lines(m.evidence for m in maps[:1])
    shares = (22, 24, 28, 26) if placed else (26, 44, 30)
    return Section("where", text("report.where.title"), columns, shares, rows, evidence or (text("report.where.none"),))


def _outlined(review: CaseReview) -> tuple[Section, ...]:
    organs = not review.prediction.findings  # beside findings they are only where these were looked for
    drawn = [r for r in review.regions if r.above_threshold and (organs or r.kind != ORGAN)]
    rows, _ = capped(
        [row(r.title, area_words(r), ", ".join(filter(None, (score_words(r), side_words(r))))) for r in drawn]
    )
    columns = (text("report.outlined.what"), text("report.outlined.area"), text("report.outlined.score"))
    return (Section("outlined", text("report.outlined.title"), columns, (28, 36, 36), rows),) if rows else ()


def _marks(marks: Sequence[Mark]) -> tuple[Section, ...]:
    kinds = {
        "box": text("report.mark.box"),
        "point": text("report.mark.point"),
        "ruler": text("report.mark.ruler"),
        "angle": text("report.mark.angle"),
    }
    numbered = [row(i, kinds[mark.kind], mark.value_words, mark.word) for i, mark in enumerate(marks, 1)]
    rows, left = capped(numbered)
    columns = (
        text("report.marks.number"),
        text("report.marks.kind"),
        text("report.marks.value"),
        text("report.marks.word"),
    )
    more = (counted("report.marks.more", left),) if left else ()
    return (Section("marks", text("report.marks.title"), columns, (8, 16, 26, 50), rows, more),) if rows else ()


def _not_assessed(card: ModelCard | None) -> Section:
    unknown = text("report.not_assessed.unknown")
    listed = unknown if card is None else text("report.not_assessed.list", things="; ".join(card.not_assessed))
    return Section("not_assessed", text("report.not_assessed.title"), lines=lines([listed]))


def _limits(review: CaseReview, card: ModelCard | None) -> Section:
    """Return the remarks on this scan, and for whom the model was made."""
    made_for = "" if card is None else card.intended_use
    return Section("limits", text("report.limits.title"), lines=lines((made_for, *review.remarks))[:4])


def _versions(review: CaseReview, card: ModelCard | None) -> Section:
    other = card is not None and card.weights_sha256 != review.prediction.weights_sha256
    rows = [
        row(text("report.versions.scan"), review.scan.format, review.scan.sha256),
        row(review.prediction.model, review.prediction.version, review.prediction.weights_sha256),
    ]
    if review.risk is not None:
        rows.append(row(review.risk.model, "", review.risk.weights_sha256))
    libraries = ", ".join(f"{name} {number}" for name, number in (review.versions or {}).items())
    notes = [text("report.versions.other_weights") if other else "", libraries]
    columns = (text("report.versions.what"), text("report.versions.version"), text("report.versions.sha256"))
    return Section("versions", text("report.versions.title"), columns, (22, 14, 64), tuple(rows), lines(notes))
