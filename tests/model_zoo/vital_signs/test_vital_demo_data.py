"""The synthetic stays and the synthetic strip: marked, repeatable, readable by the models."""

from __future__ import annotations

import numpy as np
import pytest

from model_zoo.ecg.demo import VENTRICULAR, synthetic_strip
from model_zoo.ecg.network import R_SAMPLE, SAMPLES
from model_zoo.ecg.strip import read_strip
from model_zoo.errors import InvalidPatientRecord, UnknownName
from model_zoo.icu.demo import SCENARIOS, synthetic_stay
from model_zoo.icu.variables import FORMS


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("name", FORMS)
def test_a_stay_has_the_columns_of_the_model_and_says_that_it_is_made_up(scenario: str, name: str) -> None:
    stay, again = synthetic_stay(scenario, name), synthetic_stay(scenario, name)
    assert stay.variables == tuple(variable.name for variable in FORMS[name].variables)
    assert stay.values.shape == (48, len(stay.variables))
    np.testing.assert_array_equal(stay.values, again.values)
    assert "Synthetic" in stay.words
    for variable, column in zip(FORMS[name].variables, stay.values.T, strict=True):
        seen = column[~np.isnan(column)]
        assert ((variable.plausible[0] <= seen) & (seen <= variable.plausible[1])).all()
    assert set(stay.facts) == {fact.name for fact in FORMS[name].statics}


def test_the_scenarios_go_the_way_of_their_names() -> None:
    def rise(scenario: str) -> float:
        heart = synthetic_stay(scenario).values[:, 0]
        return float(np.nanmean(heart[-6:]) - np.nanmean(heart[:6]))

    assert abs(rise("stable")) < 5
    assert rise("deteriorating") > 25
    assert rise("recovering") < -25


def test_unknown_scenarios_are_named() -> None:
    with pytest.raises(UnknownName):
        synthetic_stay("dying")


def test_every_beat_of_the_strip_is_found_where_it_was_put() -> None:
    strip = synthetic_strip()
    assert [i for i, label in enumerate(strip.labels) if label == "V"] == list(VENTRICULAR)
    found = read_strip(strip.microvolts, strip.rate_hz)
    assert len(found.peaks) == len(strip.labels)
    np.testing.assert_allclose(found.peaks / 120, strip.r_seconds, atol=0.02)
    assert found.windows.shape == (len(found.beats), SAMPLES)
    np.testing.assert_array_equal(found.windows[:, R_SAMPLE], found.microvolts[found.peaks[found.beats]])
    early = found.rr[np.isin(found.beats, VENTRICULAR), 0] / found.rr[np.isin(found.beats, VENTRICULAR), 1]
    assert (early < 0.75).all()


def test_a_strip_upside_down_has_the_same_beats() -> None:
    strip = synthetic_strip(12.0, (5,))
    found, turned = (read_strip(sign * strip.microvolts, strip.rate_hz) for sign in (1, -1))
    np.testing.assert_allclose(turned.peaks, found.peaks, atol=2)


@pytest.mark.parametrize(
    ("signal", "rate"),
    [(np.zeros((2, 900)), 120.0), (np.zeros(100), 120.0), (np.zeros(4000), 60.0), (np.full(2000, np.nan), 250.0)],
)
def test_strips_that_cannot_be_read_are_refused(signal: np.ndarray, rate: float) -> None:
    with pytest.raises(InvalidPatientRecord):
        read_strip(signal, rate)
