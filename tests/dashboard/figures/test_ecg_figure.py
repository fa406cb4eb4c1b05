"""The drawn strip and the drawn beat: what is said by colour is said by shape, letter or sign too."""

from __future__ import annotations

import pytest

from dashboard.catalogue import text
from dashboard.figures.ecg import SYMBOLS, beat_figure, shares_figure, strip_figure
from dashboard.figures.theme import palette
from dashboard.viewmodels.ecg.beat import BeatView, build_beat
from dashboard.viewmodels.ecg.strip import build_strip
from model_zoo.ecg.beats import CLASSES
from model_zoo.ecg.example import example_recording
from model_zoo.ecg.reading import EcgReading, read_ecg
from model_zoo.ecg.table import EcgRecording


@pytest.fixture(scope="module")
def reading() -> EcgReading:
    return read_ecg(example_recording())


@pytest.fixture(scope="module")
def view(reading: EcgReading) -> BeatView:
    return build_beat(reading, 8, reading.attribute(8))


def test_every_beat_has_a_letter_and_a_shape_of_its_class(reading: EcgReading) -> None:
    figure = strip_figure(build_strip(reading, 8, 0.0))
    beats = [trace for trace in figure.data if trace.name == "beats"]
    assert len(beats) == 3
    number = [n for trace in beats for n in trace.customdata]
    assert number == [beat.number for beat in reading.beats]
    letters = [letter for trace in beats for letter in trace.text]
    symbols = [symbol for trace in beats for symbol in trace.marker.symbol]
    assert letters[7] == "V"
    assert symbols[7] == "diamond"
    assert letters[0] == ""
    assert symbols[0] == "x-thin"
    assert len(set(SYMBOLS.values())) == len(CLASSES) + 1
    assert len(figure.layout.shapes) == 1


def test_an_unsure_beat_is_open_and_has_a_question_mark() -> None:
    turned = read_ecg(EcgRecording({"II": -example_recording().leads["II"]}, 360.0, "made for this test"))
    figure = strip_figure(build_strip(turned, 10, 0.0))
    pairs = [
        (letter, symbol)
        for trace in figure.data
        if trace.name == "beats"
        for letter, symbol in zip(trace.text, trace.marker.symbol, strict=True)
    ]
    assert ("N?", "circle-open") in pairs
    assert all(symbol.endswith("-open") == letter.endswith("?") for letter, symbol in pairs)


def test_the_line_takes_colour_and_thickness_of_its_share_and_bars_repeat_it(view: BeatView) -> None:
    figure = beat_figure(view)
    pieces = [trace for trace in figure.data if trace.name == "share"]
    assert sum(len(trace.x) for trace in pieces) == 3 * (len(view.ms) - 1)
    widths = {trace.meta: trace.line.width for trace in pieces}
    assert all(widths[a] < widths[b] for a in widths for b in widths if abs(a) < abs(b))
    assert len({trace.line.color for trace in pieces}) == len(pieces)
    bars = next(trace for trace in figure.data if trace.name == "shares")
    assert tuple(bars.y) == view.shares
    colours = palette("dark")
    assert list(bars.marker.color) == [colours.raised if share > 0 else colours.lowered for share in view.shares]
    assert {trace.name for trace in figure.data} >= {"reference", "strip"}
    words = [str(note.text) for note in figure.layout.annotations]
    assert text("ecg.wave.before", seconds=f"{view.before_ms / 1000:.2f}") in words
    assert text("ecg.wave.after", seconds=f"{view.after_ms / 1000:.2f}") in words


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_sums_are_written_beside_their_bars(view: BeatView, theme: str) -> None:
    bars = shares_figure(view.totals, theme).data[0]
    assert list(bars.text) == [f"{share.value:+.2f}" for share in view.totals]
    colours = palette(theme)
    assert list(bars.marker.color) == [colours.raised if share.value > 0 else colours.lowered for share in view.totals]
