"""What note and stay give to a case, or why they count for nothing in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from model_zoo.alerts import Alert, Rule, evaluate_hours, hourly_inputs, load_rules
from model_zoo.case.parts import NO_SERIES, NO_TEXT
from model_zoo.icu.hourly_models import hourly_models, risks_of_stay
from model_zoo.icu.hourly_risk import HourlyRiskModel
from model_zoo.patients.record import PatientRecord
from model_zoo.scans.coverage import StatedFacts
from model_zoo.scans.scan import Scan
from model_zoo.symptoms import Differential
from model_zoo.text.extraction import ExtractedItem
from model_zoo.vital_signs import VitalSeries
from model_zoo.vital_signs.news2 import News2, not_applicable
from model_zoo.vital_signs.news2_hours import HourlyNews2, score_hours

_ROUNDING = 1e-9  # hours


@dataclass(frozen=True, eq=False)
class NoteRead:
    """What a note gave. differential: ``None`` where it was not asked for. absent: why the note does not count here."""

    items: tuple[ExtractedItem, ...] = ()
    differential: Differential | None = None
    absent: str | None = NO_TEXT


@dataclass(frozen=True, eq=False)
class HourRead:
    """What an hour of a stay gave. refused: why there is no score. absent: why the stay does not count here.

    alerts: that had arisen up to this hour. measured: every value up to it by stored name, in the order of time.
    """

    score: News2 | None = None
    refused: str | None = None
    hour: float = 0.0
    last_hour: float = 0.0
    synthetic: bool = False
    alerts: tuple[Alert, ...] = ()
    absent: str | None = NO_SERIES
    measured: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


NO_NOTE, NO_STAY = NoteRead(), HourRead()


def measured_until(series: VitalSeries, hour: float) -> dict[str, tuple[float, ...]]:
    """Return the values of a series up to an hour, by stored name; what was never measured is left out."""
    known = series.values[series.hours <= hour + _ROUNDING]
    columns = {name: known[:, index] for index, name in enumerate(series.variables)}
    kept = {name: tuple(float(v) for v in column if v == v) for name, column in columns.items()}
    return {name: values for name, values in kept.items() if values}


@dataclass(frozen=True, eq=False)
class AssessedStay:
    """A stay as it counts for its patient. refused: why there is no NEWS2. alerts: of the whole stay; none looks ahead."""

    series: VitalSeries
    scores: HourlyNews2
    refused: str | None
    alerts: tuple[Alert, ...]

    def alerts_until(self, hour: float) -> tuple[Alert, ...]:
        """Return the alerts that have arisen by an hour."""
        return tuple(alert for alert in self.alerts if alert.hour is None or alert.hour <= hour + _ROUNDING)

    def at(self, hour: float | None = None) -> HourRead:
        """Return the stay as it stands at an hour, by default its last: what came later is not looked at."""
        if not self.scores.hours:
            return NO_STAY
        last = self.scores.hours[-1]
        now = last if hour is None else min(hour, last)
        return HourRead(
            None if self.refused is not None else self.scores.at(now),
            self.refused,
            now,
            last,
            self.series.synthetic,
            self.alerts_until(now),
            None,
            measured_until(self.series, now),
        )


def assess_stay(
    series: VitalSeries,
    scores: HourlyNews2,
    ages_years: Iterable[float | None],
    models: Sequence[HourlyRiskModel],
    rules: Sequence[Rule],
    pregnant: bool = False,
) -> AssessedStay:
    """Return what a stay says of its patient: the one way in which page and command line put it together.

    Parameters
    ----------
    series
        The stay.
    scores
        NEWS2 by hour.
    ages_years
        Every age that the case states, wherever it stands (scan, record, note, page of the stay); what the file of the stay
        itself states comes last. One that NEWS2 and the hourly models were not made for is enough to refuse them; the
        models read the first that is known.
    models
        The hourly models that are installed.
    rules
        Of the alerts.
    pregnant
        Whether the patient is: NEWS2 is not made for her.
    """
    ages = [age for age in (*ages_years, *series.ages_years) if age is not None]
    too_young = next((reason for age in ages if (reason := not_applicable(age)) is not None), None)
    refused = too_young or not_applicable(None, pregnant)
    risks = () if too_young is not None else risks_of_stay(models, series, ages[0] if ages else None)
    moments = hourly_inputs(series, scores, risks)
    if refused is not None:
        moments = tuple(replace(moment, news2=None) for moment in moments)
    return AssessedStay(series, scores, refused, evaluate_hours(rules, moments))


def read_hour(series: VitalSeries, scale: int, hour: float | None, ages_years: Iterable[float | None]) -> HourRead:
    """Return a stay as it stands at an hour, by default its last.

    Parameters
    ----------
    series
        The stay.
    scale
        Of SpO2, 1 or 2.
    hour
        From the start of the stay; by default the last.
    ages_years
        See ``assess_stay``.

    Raises
    ------
    InvalidSeries, News2NotApplicable or AlertRulesInvalid
    """
    return assess_stay(series, score_hours(series, scale), ages_years, hourly_models()[0], load_rules()).at(hour)


def ages_of_case(
    scan: Scan | None, stated: StatedFacts | None, record: PatientRecord | None, note: NoteRead
) -> tuple[float, ...]:
    """Return every age that a case states (years): stated for the scan first, then record, the scan's file and note.

    Parameters
    ----------
    scan
        Whose file may state an age.
    stated
        What the reader stated for the scan.
    record
        The values of the patient.
    note
        What the note gave.
    """
    said = (
        next((i.value for i in note.items if i.name == "age_years" and i.usable), None) if note.absent is None else None
    )
    found = (
        None if stated is None else stated.age_years,
        None if record is None else record.age_years,
        None if scan is None else scan.metadata.age_years,
        float(said) if isinstance(said, (int, float)) else None,
    )
    return tuple(age for age in found if age is not None)
