"""The parts of a report as flowables of reportlab, in the look of the page (``page.css``)."""

from __future__ import annotations

import io

from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, Image, Paragraph, Spacer, Table, TableStyle

from dashboard.catalogue import text
from dashboard.export.report.letters import BOLD, REGULAR, markup
from dashboard.export.report.parts import Picture, Report, Row, Section
from model_zoo.trust.state import State

INK, GREY, SOFT = HexColor("#17212b"), HexColor("#566473"), HexColor("#39475a")
BLUE, RULE, HAIR = HexColor("#1f4e79"), HexColor("#c5ced8"), HexColor("#e3e8ee")
ORANGE, PALE = HexColor("#9a3d00"), HexColor("#fdf1e7")
# Ground and letters of a state; the word says the same without colour.
_STATES: dict[State, tuple[Color, Color]] = {
    State.FLAGGED: (ORANGE, white),
    State.UNDECIDED: (HexColor("#fff0c9"), INK),
    State.NOT_FLAGGED: (HexColor("#e8edf2"), INK),
    State.NOT_OFFERED: (white, GREY),
}
_GAP, _TALLEST = 6 * mm, 92 * mm
_FACTS_A_LINE = 4


def sheet_of(report: Report, width: float, scale: float) -> list[Flowable]:
    """Return the report from top to bottom. width: of the text, in points. scale: of type and pictures, 1 at most."""
    look = _Look(width, scale)
    return [
        *look.head(report),
        *look.pictures(report),
        *(part for section in report.sections for part in look.section(section)),
    ]


class _Look:
    """Type and measures at one scale."""

    def __init__(self, width: float, scale: float) -> None:
        self.width, self.scale = width, scale
        self.body = self._style(7.8)
        self.strong = self._style(7.8, BOLD)
        self.small = self._style(6.7, colour=GREY)
        self.note = self._style(7.2, colour=SOFT)
        self.tiny = self._style(6.5)
        self.title = self._style(15, BOLD)
        self.heading = self._style(9.0, BOLD, BLUE)

    def head(self, report: Report) -> list[Flowable]:
        """Return title, notice, facts and what must be read first."""
        case = ParagraphStyle("case", parent=self.note, alignment=2)
        top = self._table(
            [[self._words(report.title, self.title), self._words(text("report.case", case=report.case_id), case)]],
            [0.6, 0.4],
            [("VALIGN", (0, 0), (-1, -1), "BOTTOM"), ("BOTTOMPADDING", (0, 0), (-1, -1), 2)],
        )
        said = markup(report.notice) + (f" <b>{markup(report.subtitle)}.</b>" if report.subtitle else "")
        rule = self._table([[Paragraph(said, self.note)]], [1], [("LINEBELOW", (0, 0), (-1, -1), 1.4, BLUE)])
        warnings = [
            self._table(
                [[self._words(line, self.body)]],
                [1],
                [
                    ("BACKGROUND", (0, 0), (-1, -1), PALE),
                    ("LINEBEFORE", (0, 0), (0, -1), 3, ORANGE),
                    ("LEFTPADDING", (0, 0), (-1, -1), 7),
                ],
            )
            for line in report.warnings
        ]
        return [top, rule, Spacer(1, 3), self._facts(report), *warnings, Spacer(1, 4 * self.scale)]

    def pictures(self, report: Report) -> list[Flowable]:
        """Return film and overlay beside each other, or why there is none."""
        if not report.pictures:
            return self._absent(report, 1)
        column = (self.width - _GAP) / 2
        cells = [self._picture(picture, column) for picture in report.pictures[:2]]
        cells += [self._absent(report, column / self.width)] * (2 - len(cells))
        table = Table([[cells[0], "", cells[1]]], [column, _GAP, column])
        table.setStyle(
            TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0), *_padding(0)])
        )
        return [table]

    def section(self, section: Section) -> list[Flowable]:
        """Return heading, table and lines of one part; a heading never ends a page."""
        heading = self._table(
            [[self._words(section.title, self.heading)]], [1], [("LINEBELOW", (0, 0), (-1, -1), 0.6, RULE)]
        )
        parts: list[Flowable] = [CondPageBreak(22 * mm * self.scale), Spacer(1, 6 * self.scale), heading]
        if section.rows:
            parts.append(self._rows(section))
        note = self.tiny if section.key == "versions" else self.note
        for line in section.lines:
            parts += [Spacer(1, 2 * self.scale), self._words(line, note)]
        return parts

    def _absent(self, report: Report, share: float) -> list[Flowable]:
        box = [("BOX", (0, 0), (-1, -1), 0.6, RULE), ("LEFTPADDING", (0, 0), (-1, -1), 7), *_padding(6)]
        return [self._table([[self._words(report.absent, self.body)]], [share], box)] if report.absent else []

    def _facts(self, report: Report) -> Table:
        cells = [[self._words(label, self.small), self._words(value, self.strong)] for label, value in report.facts]
        cells += [[Spacer(1, 1)]] * (-len(cells) % _FACTS_A_LINE)
        rows = [cells[i : i + _FACTS_A_LINE] for i in range(0, len(cells), _FACTS_A_LINE)]
        return self._table(rows, [1 / _FACTS_A_LINE] * _FACTS_A_LINE, [("VALIGN", (0, 0), (-1, -1), "TOP")])

    def _picture(self, picture: Picture, column: float) -> list[Flowable]:
        wide = min(column, _TALLEST * self.scale * picture.width / picture.height)
        film = Image(io.BytesIO(picture.png), wide, wide * picture.height / picture.width, hAlign="LEFT")
        parts: list[Flowable] = [film, Spacer(1, 3), self._words(picture.title, self.strong)]
        if picture.legend is not None:
            low, high = (self._words(end, self.note) for end in picture.legend_ends)
            strip = Image(io.BytesIO(picture.legend), 30 * mm, 2 * mm)
            style = [("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("LEFTPADDING", (0, 0), (-1, -1), 0), *_padding(0)]
            parts.append(Table([[low, strip, high]], [5 * mm, 33 * mm, column - 38 * mm], style=TableStyle(style)))
        return [*parts, *(self._words(line, self.note) for line in picture.captions)]

    def _rows(self, section: Section) -> Table:
        base = self.tiny if section.key == "versions" else self.body
        head = [[self._words(name, self.small) for name in section.columns]] if section.columns else []
        rows = [self._cells(row, base) for row in section.rows]
        style = [("LINEBELOW", (0, len(head)), (-1, -2), 0.4, HAIR), ("VALIGN", (0, 0), (-1, -1), "TOP")]
        shares = [share / 100 for share in section.shares]
        return self._table([*head, *rows], shares, style, repeat=len(head))

    def _cells(self, row: Row, base: ParagraphStyle) -> list[Paragraph]:
        style = ParagraphStyle("leading", parent=base, fontName=BOLD) if row.leading else base
        cells = [self._words(cell, style) for cell in row.cells]
        if row.state is not None:
            ground, letters = _STATES[row.state]
            chip = f'<span backColor="{_hex(ground)}" color="{_hex(letters)}">&nbsp;<b>{markup(row.cells[1])}</b>&nbsp;</span>'
            cells[1] = Paragraph(chip, base)
        return cells

    def _table(self, rows: list, shares: list[float], style: list, repeat: int = 0) -> Table:
        table = Table(rows, [share * self.width for share in shares], repeatRows=repeat, hAlign="LEFT")
        table.setStyle(TableStyle([("LEFTPADDING", (0, 0), (-1, -1), 0), *_padding(1.1 * self.scale), *style]))
        return table

    def _words(self, words: str, style: ParagraphStyle) -> Paragraph:
        return Paragraph(markup(words), style)

    def _style(self, size: float, font: str = REGULAR, colour: Color = INK) -> ParagraphStyle:
        size *= self.scale
        return ParagraphStyle(
            f"{font}{size}", fontName=font, fontSize=size, leading=1.24 * size, textColor=colour, splitLongWords=1
        )


def _padding(points: float) -> list[tuple]:
    everywhere = ((0, 0), (-1, -1))
    return [
        ("RIGHTPADDING", *everywhere, 4),
        ("TOPPADDING", *everywhere, points),
        ("BOTTOMPADDING", *everywhere, points),
    ]


def _hex(colour: Color) -> str:
    return f"#{colour.hexval()[2:]}"
