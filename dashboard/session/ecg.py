"""What one browser session holds of an ECG strip; it stays in the session alone: no shared cache, no address, no file, no log."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dashboard.session.part import Part
from model_zoo.errors import ZooError

if TYPE_CHECKING:  # the first page is drawn before torch is imported
    from model_zoo.ecg.beats import BeatAttribution
    from model_zoo.ecg.reading import EcgReading
    from model_zoo.ecg.table import EcgRecording


@dataclass(eq=False)
class EcgSession(Part):
    """The strip on the screen.

    beat: number of the one that is explained; target: class that is explained, ``None``: the one it is called. start: seconds
    at which the part on the screen begins. rate_hz: as stated for files without a time column. pending: the file or rows
    brought last, kept so that a rate stated later is used for it. error: the last refusal; the strip that was there stays.
    generation: part of the keys of widgets, so that another strip starts with fresh ones; turn: the same for another beat.
    """

    reading: EcgReading | None = None
    title: str = ""
    beat: int = 0
    target: str | None = None
    start: float = 0.0
    rate_hz: float | None = None
    pending: tuple[bytes | str, str] | None = None
    draft: str = ""
    error: ZooError | None = None
    generation: int = 0
    turn: int = 0
    found: dict[tuple[int, str], BeatAttribution] = field(default_factory=dict)

    def open(self, recording: EcgRecording, title: str, lead: str | None = None) -> None:
        """Put a strip on the screen, at its first beat that is not called normal. Raises what ``read_ecg`` raises."""
        from dashboard.viewmodels.ecg.strip import default_beat
        from model_zoo.ecg.reading import read_ecg

        reading = read_ecg(recording, lead)
        self.reading, self.title, self.start, self.error = reading, title, 0.0, None
        self.found = {}
        self.generation += 1
        self.choose(default_beat(reading))

    def close(self) -> None:
        """Take the strip off the screen."""
        self.reading = self.error = self.pending = self.rate_hz = None
        self.found = {}
        self.generation += 1

    @property
    def numbers(self) -> list[int]:
        """The beats that can be chosen."""
        return [] if self.reading is None else [beat.number for beat in self.reading.beats if beat.label is not None]

    def choose(self, number: int) -> None:
        """Explain another beat; one that is not classified is not taken."""
        from dashboard.viewmodels.ecg.strip import first_line

        if self.reading is None or number not in self.numbers:
            return
        self.beat, self.target = number, None
        self.start = first_line(self.reading.recording.seconds, self.reading.beat(number), self.start)
        self.turn += 1

    def step(self, beats: int) -> None:
        """Go some beats on or back, not beyond the ends."""
        numbers = self.numbers
        place = numbers.index(self.beat) + beats
        self.choose(numbers[min(max(place, 0), len(numbers) - 1)])

    def next_unlike(self) -> None:
        """Go to the next beat that is not called normal or that the model is unsure of, from the end to the first."""
        from model_zoo.ecg.beats import CLASSES

        if self.reading is None:
            return
        numbers = [b.number for b in self.reading.beats if b.label is not None and (b.label != CLASSES[0] or b.doubts)]
        if numbers:
            self.choose(next((number for number in numbers if number > self.beat), numbers[0]))

    def explained(self) -> BeatAttribution | None:
        """Return the attribution of the chosen beat and class, computed once."""
        if self.reading is None:
            return None
        key = self.beat, self.target or str(self.reading.beat(self.beat).label)
        if key not in self.found:
            self.found[key] = self.reading.attribute(*key)
        return self.found[key]
