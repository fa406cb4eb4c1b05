"""The NEWS2 chart as numbers: bands of every parameter, clinical risk, and the response that is published for it.

Source: Royal College of Physicians. National Early Warning Score (NEWS) 2: Standardising the assessment of acute-illness
severity in the NHS. Updated report of a working party. London: RCP, 2017. Charts 1 to 4; reproduced with acknowledgement.

The chart is made for whole numbers (temperature: tenths of a degree). A value between two of its numbers, such as a mean
of a monitor or a converted Fahrenheit, is first rounded to the chart, halves upwards.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SOURCE = "Royal College of Physicians, National Early Warning Score (NEWS) 2, 2017"
NOT_FOR = (
    "NEWS2 is made for people of 16 years or older. It is not for children, for pregnancy, or alone for patients with a "
    "spinal cord injury; it aids clinical judgement and does not replace it."
)
MIN_AGE_YEARS = 16
SCALE_1, SCALE_2 = 1, 2
SCALE_2_RULE = (
    "SpO2 scale 2 is for a target saturation of 88 to 92 % in hypercapnic respiratory failure, on the decision of a "
    "competent clinician, recorded in the notes."
)
RED = 3  # points in one parameter
RESPIRATION, SATURATION, OXYGEN = "respiratory_rate", "spo2", "supplemental_oxygen"
PRESSURE, PULSE, CONSCIOUSNESS, TEMPERATURE = "systolic_pressure", "heart_rate", "consciousness", "temperature"


@dataclass(frozen=True)
class Bands:
    """One parameter of the chart. upper: last value of each band but the highest; points: of each band, one more.

    steps: how many steps of the chart one unit has (10: tenths).
    """

    upper: tuple[float, ...]
    points: tuple[int, ...]
    steps: int = 1

    def of(self, values: np.ndarray) -> np.ndarray:
        """Return points, float64 in the shape of the values; NaN stays NaN."""
        # 1e-6: a half that arithmetic made a hair less is still a half.
        steps = np.floor(np.asarray(values, np.float64) * self.steps + 0.5 + 1e-6)
        edges = np.round(np.array(self.upper) * self.steps)
        found = np.array(self.points, np.float64)[np.searchsorted(edges, np.nan_to_num(steps), side="left")]
        return np.where(np.isnan(values), np.nan, found)


CHART: dict[str, Bands] = {
    RESPIRATION: Bands((8, 11, 20, 24), (3, 1, 0, 2, 3)),
    PRESSURE: Bands((90, 100, 110, 219), (3, 2, 1, 0, 3)),
    PULSE: Bands((40, 50, 90, 110, 130), (3, 1, 0, 1, 2, 3)),
    TEMPERATURE: Bands((35.0, 36.0, 38.0, 39.0), (3, 1, 0, 1, 2), steps=10),
}
SPO2_SCALE_1 = Bands((91, 93, 95), (3, 2, 1, 0))
SPO2_SCALE_2_AIR = Bands((83, 85, 87), (3, 2, 1, 0))
SPO2_SCALE_2_OXYGEN = Bands((83, 85, 87, 92, 94, 96), (3, 2, 1, 0, 1, 2, 3))
OXYGEN_POINTS, NOT_ALERT_POINTS = 2, 3

# In the order of the chart: name, title, stored name in a series, most points.
PARAMETERS: tuple[tuple[str, str, str, int], ...] = (
    (RESPIRATION, "Respiration rate", "respiratory_rate_per_min", 3),
    (SATURATION, "SpO2", "spo2_percent", 3),
    (OXYGEN, "Air or oxygen", "supplemental_oxygen", 2),
    (PRESSURE, "Systolic blood pressure", "systolic_pressure_mmhg", 3),
    (PULSE, "Pulse", "heart_rate_per_min", 3),
    (CONSCIOUSNESS, "Consciousness", "consciousness", 3),
    (TEMPERATURE, "Temperature", "temperature_celsius", 3),
)
NAMES = tuple(name for name, *_ in PARAMETERS)
TITLES = {name: title for name, title, *_ in PARAMETERS}
MOST_POINTS = {name: most for name, _, _, most in PARAMETERS}


@dataclass(frozen=True)
class Response:
    """One row of the published response. risk: clinical risk in the words of the chart."""

    name: str
    risk: str
    trigger: str
    monitoring: str
    response: str


RESPONSES: tuple[Response, ...] = (
    Response(
        "zero", "low", "aggregate 0", "at least every 12 hours", "Continue routine NEWS monitoring.",
    ),
    Response(
        "low", "low", "aggregate 1 to 4", "at least every 4 to 6 hours",
        "Inform a registered nurse, who must assess the patient and decides whether more frequent monitoring or escalation "
        "of care is needed.",
    ),
    Response(
        "red", "low to medium", "3 in one parameter", "at least every hour",
        "The registered nurse informs the medical team caring for the patient, who review and decide whether escalation of "
        "care is necessary.",
    ),
    Response(
        "urgent", "medium", "aggregate 5 or 6", "at least every hour",
        "The registered nurse immediately informs the medical team caring for the patient and requests urgent assessment by "
        "a clinician or team with core competencies in the care of acutely ill patients; care in an environment with "
        "monitoring facilities.",
    ),
    Response(
        "emergency", "high", "aggregate 7 or more", "continuous monitoring of vital signs",
        "The registered nurse immediately informs the medical team caring for the patient, at least at specialist registrar "
        "level; emergency assessment by a team with critical care competencies, including advanced airway management; "
        "consider transfer to a level 2 or 3 clinical care facility; care in an environment with monitoring facilities.",
    ),
)  # fmt: skip
URGENT_FROM, EMERGENCY_FROM = 5, 7


def response_to(aggregate: int, red: bool) -> Response:
    """Return the published response to a score. red: whether one parameter alone has 3 points."""
    zero, low, single, urgent, emergency = RESPONSES
    if aggregate >= EMERGENCY_FROM:
        return emergency
    if aggregate >= URGENT_FROM:
        return urgent
    if red:
        return single
    return low if aggregate else zero
