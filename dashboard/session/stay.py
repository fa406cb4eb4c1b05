"""What one browser session holds of a stay; it stays in the session alone: no shared cache, no address, no log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dashboard.records.alert_names import new_stay_name
from dashboard.session.asked_file import AskedFile
from dashboard.session.part import Part
from model_zoo.errors import ZooError
from model_zoo.vital_signs.news2_chart import SCALE_1
from model_zoo.vital_signs.news2_hours import HourlyNews2, score_hours

if TYPE_CHECKING:  # the first page is drawn before torch is imported
    from model_zoo.alerts import Alert, Rule
    from model_zoo.case.note_and_stay import AssessedStay
    from model_zoo.vital_signs import VitalSeries

# Seconds of the replay for one hour of the stay, and what the catalogue calls that pace.
PACES = {2.0: "slow", 1.0: "usual", 0.5: "fast"}
# A timer comes a little early or late: this share of a pace is let go by.
_EARLY = 0.3


@dataclass(eq=False)
class MonitoringSession(Part):
    """The stay on the screen.

    name: of the stay in the log of alerts; it says nothing of the patient. scores, assessed: of the whole stay; what is drawn
    of them ends at ``now``, an hour of the stay. case_ages: every age that the case states to which the stay was brought.
    home: the hour that a case with this stay opens at, ``None`` before it is looked at with a case.
    playing: whether the stay is being replayed; pace: seconds per hour; due: when the next hour comes, by the clock of the
    process; ``None`` before the first is drawn. error: the last refusal; what was there before stays. asked: a table that waits
    for an answer. rules_error: why there are no alerts. draft: pasted rows as typed. generation, turn: part of the keys of
    widgets, so that another stay, or another position, starts with fresh ones. risks: hourly risks that were computed for
    ``now``, see ``kept``.
    scan: that the stay was brought for, by its digest; ``None`` until a case is looked at with it.
    age_of_case: the age is that of the case, not stated on the page of the stay.
    """

    series: VitalSeries | None = None
    title: str = ""
    name: str = ""
    scale: int = SCALE_1
    age_years: float | None = None
    pregnant: bool = False
    age_of_case: bool = False
    scores: HourlyNews2 | None = None
    assessed: AssessedStay | None = None
    case_ages: tuple[float, ...] = ()
    now: float = 0.0
    home: float | None = None
    playing: bool = False
    pace: float = 1.0
    due: float | None = None
    error: ZooError | None = None
    asked: AskedFile | None = None
    rules_error: ZooError | None = None
    draft: str = ""
    generation: int = 0
    turn: int = 0
    risks: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    scan: str | None = None

    def open(self, series: VitalSeries, title: str, scale: int | None = None) -> None:
        """Put a stay on the screen, at its last hour. scale: of SpO2; by default the one that is set.

        What was stated of the patient before goes: another stay may be another patient.
        """
        chosen = self.scale if scale is None else scale
        scores = score_hours(series, chosen)
        self.series, self.title, self.scores, self.scale = series, title, scores, chosen
        self.name = new_stay_name(series.synthetic)
        own = next(iter(series.ages_years), None)
        self.age_years, self.pregnant, self.age_of_case, self.case_ages = own, False, own is not None, ()
        self.playing, self.error, self.asked, self.scan = False, None, None, None
        self.now = scores.hours[-1] if scores.hours else 0.0
        self.home = None
        self.generation += 1
        self.turn += 1
        self._evaluate()

    def close(self) -> None:
        """Take the stay off the screen."""
        self.series = self.scores = self.assessed = None
        self.case_ages = ()
        self.playing, self.error, self.asked = False, None, None
        self.risks = {}
        self.generation += 1

    def state_facts(self, scale: int, age_years: float | None, pregnant: bool) -> None:
        """Take over what the reader states; score and alerts follow."""
        if (scale, age_years, pregnant) == (self.scale, self.age_years, self.pregnant):
            return
        if scale != self.scale and self.series is not None:
            self.scores = score_hours(self.series, scale)
        self.scale, self.age_years, self.pregnant, self.age_of_case = scale, age_years, pregnant, False
        self._evaluate()

    def take_ages(self, ages: tuple[float, ...]) -> None:
        """Take over the ages of the case that the stay belongs to; the first is its age where the page states none."""
        if ages == self.case_ages:
            return
        self.case_ages = ages
        if ages and (self.age_years is None or self.age_of_case):
            self.age_years, self.age_of_case = ages[0], True
        self._evaluate()

    @property
    def refused(self) -> str | None:
        """Why there is no NEWS2 for this patient, ``None`` where there is."""
        return None if self.assessed is None else self.assessed.refused

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """The alerts of the whole stay."""
        return () if self.assessed is None else self.assessed.alerts

    @property
    def hours(self) -> tuple[float, ...]:
        return () if self.scores is None else self.scores.hours

    @property
    def at_end(self) -> bool:
        return not self.hours or self.now >= self.hours[-1]

    @property
    def known(self) -> tuple[Alert, ...]:
        """The alerts that have arisen up to now."""
        return () if self.assessed is None else self.assessed.alerts_until(self.now)

    def go(self, hour: float) -> None:
        """Go to an hour of the stay, the nearest one that is scored; a replay stops there."""
        if self.hours:
            self.now = min(self.hours, key=lambda own: abs(own - hour))
        self.playing = False

    def step(self, hours: int) -> None:
        """Go some hours on or back, not beyond the ends; a replay stops."""
        if self.hours:
            place = self.hours.index(self.now) + hours
            self.now = self.hours[min(max(place, 0), len(self.hours) - 1)]
        self.playing = False
        self.turn += 1

    def play(self) -> None:
        """Replay from here, from the first hour where the end is reached."""
        if not self.hours:
            return
        if self.at_end:
            self.now = self.hours[0]
        # The first hour is counted from when it is drawn, however long the page takes to get there.
        self.playing, self.due = True, None
        self.turn += 1

    def pause(self) -> None:
        self.playing = False
        self.turn += 1

    def tick(self, clock: float) -> None:
        """Go one hour on where a replay is running and the hour is over; it stops at the end. clock: in seconds."""
        if not self.playing:
            return
        if self.due is None:
            self.due = clock + self.pace
        if clock < self.due - _EARLY * self.pace:
            return
        self.now = self.hours[min(self.hours.index(self.now) + 1, len(self.hours) - 1)]
        self.due = clock + self.pace
        if self.at_end:
            self.pause()

    def kept(self, key: tuple[Any, ...]) -> Any:
        """Return what ``keep`` kept for this stay, what is known of it at this hour and these facts, else ``None``."""
        return self.risks.get((self.generation, self.now, self.age_years, *key))

    def keep(self, key: tuple[Any, ...], value: Any) -> None:
        """Keep a result for the hour on the screen; results of other hours go."""
        prefix = (self.generation, self.now, self.age_years)
        self.risks = {held: found for held, found in self.risks.items() if held[:3] == prefix} | {
            (*prefix, *key): value
        }

    def _evaluate(self) -> None:
        """Assess the whole stay anew; no moment looks ahead, so the alerts up to an hour are a part of these."""
        from dashboard.services import hourly_risk_models
        from model_zoo.alerts import load_rules
        from model_zoo.case.note_and_stay import assess_stay

        self.assessed, self.rules_error, self.risks = None, None, {}
        if self.series is None or self.scores is None:
            return
        try:
            rules: Sequence[Rule] = load_rules()
        except ZooError as error:
            rules, self.rules_error = (), error
        self.assessed = assess_stay(
            self.series, self.scores, (self.age_years, *self.case_ages), hourly_risk_models()[0], rules, self.pregnant
        )
