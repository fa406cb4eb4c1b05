"""The report of a case: what it says and what it never says, the shape of its pictures, and the same in PDF and HTML."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from dashboard.catalogue import text
from dashboard.export.report import Mark, Report, build_report, report_html, report_pdf
from dashboard.export.report.annotation import bar_length_mm
from dashboard.export.report.letters import writable
from dashboard.export.report.parts import MOST_CHARACTERS, MOST_ROWS
from dashboard.viewmodels.case.state import state_word
from model_zoo.case.case_review import NOTICE, CaseReview
from model_zoo.plain import visible
from model_zoo.scans.scan import Window
from model_zoo.trust.conformal import WITH, WITHOUT
from model_zoo.trust.in_distribution import GateResult
from model_zoo.trust.number_block import NumberBlock
from model_zoo.trust.state import State
from model_zoo.trust.verdict import NOT_TO_BE_USED
from tests.report_case import (
    ASPECT,
    COLS,
    DATE,
    LABEL,
    NAME,
    ROWS,
    SQUARE,
    TARGET,
    example_case,
    example_map,
    example_scan,
)

MARKS = (
    Mark("box", ((60, 120), (120, 220)), "first mark", "40 x 48 mm"),
    Mark("ruler", ((200, 100), (200, 300)), "second mark", "80 mm"),
    Mark("angle", ((20, 40), (60, 80), (20, 120)), "third mark", "90 degrees"),
    Mark("point", ((250, 400),), "fourth mark"),
)
HOSTILE = "<script>alert(1)</script></style><img src=x onerror=y>&amp;<b>{{ 7*7 }}\"'"


def pdf_text(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def html_text(content: str) -> str:
    """Return the page without its pictures, which are no text."""
    return re.sub(r'src="data:[^"]*"', "", content)


def both(report: Report) -> tuple[str, str]:
    return pdf_text(report_pdf(report)), html_text(report_html(report))


def keys(report: Report) -> list[str]:
    return [section.key for section in report.sections]


def section(report: Report, key: str) -> tuple[tuple[str, ...], ...]:
    return tuple(row.cells for found in report.sections if found.key == key for row in found.rows)


def picture(report: Report, key: str) -> np.ndarray:
    found = next(p for p in report.pictures if p.key == key)
    pixels = Image.open(io.BytesIO(found.png))
    assert pixels.size == (found.width, found.height)
    return np.asarray(pixels.convert("RGB")).astype(int)


def test_both_say_every_part() -> None:
    review, scan = example_case()
    report = build_report(review, scan, marks=MARKS)
    parts = ["findings", "where", "risk", "together", "alerts", "contributions", "outlined", "marks", "note", "vitals"]
    assert keys(report) == [*parts, "not_assessed", "limits", "versions"]
    expected = [
        NOTICE, review.case_id, "Lung opacity", text("state.flagged"), "0.34", "0.25", "0.44", "0.11", "Grad-CAM", "63 years",
        "Death within 180 days", "44 %", "Arterial pH", "+12.5", "Both are raised", "hour 15", "third mark", "40 x 48 mm",
        "cough", "NEWS2 17", "896 mm²", "ab" * 32, "cd" * 32, "ef" * 32, "torch 2.0", "mediastinum",
    ]  # fmt: skip
    for said in both(report):
        assert [words for words in expected if words not in said] == []


def test_a_full_case_has_two_pages_and_the_same_bytes() -> None:
    review, scan = example_case()
    report = build_report(review, scan, marks=MARKS * 3)
    content = report_pdf(report)
    pages = PdfReader(io.BytesIO(content)).pages
    assert len(pages) in (1, 2)
    assert all(tuple(map(round, page.mediabox[2:])) == (595, 842) for page in pages)
    assert report_pdf(build_report(review, scan, marks=MARKS * 3)) == content
    assert report_html(build_report(review, scan)) == report_html(build_report(review, scan))


def test_even_an_overfull_case_is_held_to_two_pages() -> None:
    review, scan = example_case(texts=" and many more words" * 8)
    more = tuple(replace(review.prediction.findings[1], output=f"o{i}") for i in range(60))
    findings = (*review.prediction.findings, *more)
    review = replace(review, prediction=replace(review.prediction, findings=findings))
    report = build_report(review, scan, marks=MARKS * 9)
    assert len(section(report, "findings")) == len(section(report, "marks")) == MOST_ROWS
    assert len(PdfReader(io.BytesIO(report_pdf(report))).pages) == 2


def test_pictures_keep_the_shape_of_the_patient() -> None:
    review, scan = example_case()
    report = build_report(review, scan)
    assert [p.key for p in report.pictures] == ["film", "overlay"]
    for found in report.pictures:
        assert found.width / found.height == pytest.approx(ASPECT, rel=0.01)
    page = PdfReader(io.BytesIO(report_pdf(report))).pages[0]
    drawn = re.findall(rb"([\d.]+) 0 0 ([\d.]+) 0 0 cm\s*/FormXob", page.get_contents().get_data())
    shapes = [float(wide) / float(high) for wide, high in drawn]
    assert len([shape for shape in shapes if shape == pytest.approx(ASPECT, rel=0.01)]) == 2
    square = build_report(review, replace(scan, spacing_mm=None)).pictures[0]
    assert square.width / square.height == pytest.approx(COLS / ROWS, rel=0.01)


def test_the_film_is_windowed_as_shown_and_the_map_lies_on_it() -> None:
    review, scan = example_case()
    report = build_report(review, scan)
    film, overlay = picture(report, "film"), picture(report, "overlay")
    down, across = film.shape[0] / ROWS, film.shape[1] / COLS
    top, left, height, _ = SQUARE
    inside = film[
        int((top + 5) * down) : int((top + height - 5) * down), int((left + 5) * across) : int((left + 80) * across)
    ]
    assert inside.min() == 255  # the square lies above the window
    darker = picture(build_report(review, scan, window=Window(1000.0, 2000.0)), "film")
    assert darker[int((top + 30) * down), int((left + 40) * across)].tolist() == [128] * 3
    changed = np.abs(overlay - film).max(axis=2) > 30
    crop = review.geometry.crop
    # Cells 3 to 7 and 3 to 8 of 16 over the crop; interpolation reaches one cell further.
    y, x = np.nonzero(changed)
    centre = ((y.min() + y.max()) / 2 / down, (x.min() + x.max()) / 2 / across)
    assert centre == pytest.approx((crop.top + crop.height * 5 / 16, crop.left + crop.width * 5.5 / 16), abs=12)


def test_a_colour_scan_is_shown_in_colour() -> None:
    review, scan = example_case()
    red = np.zeros((ROWS, COLS, 3), np.uint8)
    red[..., 0] = 200
    film = picture(build_report(review, scan, colour=red), "film")
    assert film[film.shape[0] // 2, film.shape[1] // 3].tolist() == [200, 0, 0]


def test_scale_and_sides_are_there_or_the_reason_why_not() -> None:
    review, scan = example_case()
    captions = build_report(review, scan).pictures[0].captions
    assert captions == (text("report.side.convention"), text("report.scale.bar", length="50"))
    bare = replace(example_scan(view="LATERAL"), spacing_mm=None)
    captions = build_report(review, bare).pictures[0].captions
    assert captions == (text("report.side.unknown"), text("report.scale.none"))
    magnified = replace(scan, notes=("lengths in the patient appear magnified.",))
    assert text("report.scale.detector", length="50") in build_report(review, magnified).pictures[0].captions
    corner = picture(build_report(review, bare), "film")[-40:, -300:]
    assert np.abs(picture(build_report(review, scan), "film")[-40:, -300:] - corner).max() > 60


def test_the_scale_bar_has_a_round_length_that_fits() -> None:
    assert [bar_length_mm(wide) for wide in (0.2, 1.0, 36.0, 430.0, 5000.0)] == [None, 0.2, 10, 100, 500]


def test_a_map_that_must_not_be_used_is_not_shown() -> None:
    review, scan = example_case()
    report = build_report(replace(review, maps=(example_map(NOT_TO_BE_USED),)), scan)
    assert [p.key for p in report.pictures] == ["film"]
    assert text("report.picture.no_overlay") in report.absent
    assert text("report.picture.no_overlay") in html_text(report_html(report))


def test_a_stored_case_says_that_it_has_no_picture() -> None:
    review, _ = example_case()
    report = build_report(review, None)
    assert report.pictures == ()
    for said in both(report):
        assert text("report.picture.stored") in said
        assert "change in logit" in said


def test_nothing_names_the_patient_unless_asked_for() -> None:
    review, scan = example_case()
    report = build_report(review, scan, marks=MARKS, label=LABEL)
    for said in both(report):
        assert all(words not in said for words in (NAME, DATE, LABEL))
    for said in both(build_report(review, scan, identified=True, label=LABEL)):
        assert all(words in said for words in (NAME, DATE, LABEL))
    raw = report_pdf(report) + report_html(report).encode()
    assert all(words.encode() not in raw for words in (NAME, DATE, LABEL))


def test_text_of_others_is_never_markup() -> None:
    review, scan = example_case(example_scan(body_part=HOSTILE), texts=HOSTILE)
    review = replace(review, stated=replace(review.stated, view=HOSTILE))
    report = build_report(review, scan, marks=(Mark("point", ((1, 1),), HOSTILE),), identified=True, label=HOSTILE)
    page = report_html(report)
    assert "<script" not in page
    assert "onerror=y>" not in page
    assert page.count("</style>") == 1
    assert page.count("<img") == 3
    assert "49" not in "".join(row.cells[-1] for row in next(s for s in report.sections if s.key == "marks").rows)
    assert HOSTILE.replace(" ", "") in pdf_text(report_pdf(report)).replace(" ", "")


@pytest.mark.parametrize("length", [10, MOST_CHARACTERS, 5 * MOST_CHARACTERS])
def test_a_text_of_any_length_is_set(length: int) -> None:
    review, scan = example_case()
    report = build_report(review, scan, marks=(Mark("point", ((1, 1),), "x" * length),))
    assert len(section(report, "marks")[0][3]) == min(length, MOST_CHARACTERS)
    assert report_pdf(report).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("5 \u03bcmol \u2212 \u00e9\u0142\u00df", "5 \u00b5mol \u2212 \u00e9\u0142\u00df"),
        ("\u0440", "[U+0440]"),
        ("a \u2192 b", "a -> b"),
        ("\uff21", "A"),
    ],
)
def test_a_letter_that_the_font_lacks_is_seen(given: str, written: str) -> None:
    assert writable(given) == written
    assert visible(given) == given


def not_covered(review: CaseReview) -> CaseReview:
    return replace(review, prediction=replace(review.prediction, covered=False), violations=("The view is unknown",))


def refused(review: CaseReview) -> CaseReview:
    """Return the case as a reading leaves it whose gate refused the film: the refusal is one of what speaks against it."""
    gate = GateResult("adult", False, 9.0, 3.0, 0.999, "a group", "Unlike the films", None)
    return replace(not_covered(review), gate=gate, violations=("Unlike the films",))


def below(review: CaseReview, kept: tuple[str, ...]) -> CaseReview:
    first = replace(review.prediction.findings[0], above_threshold=False)
    block = NumberBlock(TARGET, "", 0.9, kept, len(kept) != 1, "", "", "")
    return replace(review, prediction=replace(review.prediction, findings=(first,)), numbers=(block,))


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (lambda review: review, State.FLAGGED),
        (not_covered, State.NOT_OFFERED),
        (refused, State.NOT_OFFERED),
        (lambda review: below(review, (WITH, WITHOUT)), State.UNDECIDED),
        (lambda review: below(review, (WITH,)), State.UNDECIDED),
        (lambda review: below(review, (WITHOUT,)), State.NOT_FLAGGED),
    ],
)
def test_a_finding_has_one_state(change: Callable[[CaseReview], CaseReview], state: State) -> None:
    review, scan = example_case()
    report = build_report(change(review), scan)
    row = next(found for found in report.sections if found.key == "findings").rows[0]
    assert (row.state, row.cells[1], row.leading) == (state, state_word(state), True)


def test_contributions_add_up_to_the_risk() -> None:
    review, scan = example_case()
    rows = section(build_report(review, scan), "contributions")
    assert rows[0][2:] == ("10.0 %", "10.0 %")
    assert rows[1][2:] == ("+12.5", "+12.5")
    assert rows[-1][2:] == ("44.0 %", "25.0 %")


def test_a_scan_of_another_case_is_an_error() -> None:
    review, scan = example_case()
    with pytest.raises(ValueError, match="not the one"):
        build_report(review, replace(scan, sha256="00" * 32))


def test_what_is_flagged_in_a_synthetic_case_beside_what_it_holds_is_said_to_be_wrong() -> None:
    case, _ = example_case()
    flagged = [f.title for f in case.prediction.findings if case.state_of(f.output) is State.FLAGGED]
    assert flagged
    for planted, count in (
        (None, 0),
        (tuple(f.output for f in case.prediction.findings), 0),
        ((), len(flagged)),
    ):
        report = build_report(replace(case, scan=replace(case.scan, planted=planted)), None)
        assert report_html(report).count(text("finding.known_wrong")) == count
        assert [cells[1] for cells in section(report, "findings")].count(state_word(State.FLAGGED, True)) == count


def test_the_pictures_for_the_printer_are_those_of_the_file_in_a_third_of_the_bytes() -> None:
    report = build_report(*example_case())
    file, printed = report_html(report), report_html(report, for_printer=True)
    assert len(printed) < len(file) / 3
    for lossless, lossy in zip(_pictures(file), _pictures(printed), strict=True):
        assert lossless.size == lossy.size
        assert np.abs(np.asarray(lossless, float) - np.asarray(lossy, float)).mean() < 3


def _pictures(page: str) -> list[Image.Image]:
    sources = re.findall(r'src="data:image/\w+;base64,([^"]*)"', page)
    return [Image.open(io.BytesIO(base64.b64decode(source))).convert("RGB") for source in sources]
