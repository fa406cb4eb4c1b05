"""The hourly network and its inference: causal, deaf to what was not measured, honest about values it cannot read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from model_zoo.errors import DataNotFound, InvalidPatientRecord, UnknownName
from model_zoo.icu import attribution as icu_attribution
from model_zoo.icu.alerts import alert_hours
from model_zoo.icu.attribution import attribute_risk_at
from model_zoo.icu.network import _carried
from model_zoo.icu.risk import IcuRiskModel, load_icu_model
from tests.model_zoo.icu.tiny_icu import FORM, tiny_fit, tiny_model, tiny_table

FACTS = {"Age": 64.0, "Gender": 1.0}


@pytest.fixture(scope="module", params=[0, 5], ids=["recurrent", "with-summaries"])
def model(request: pytest.FixtureRequest) -> IcuRiskModel:
    return tiny_model(beside=request.param)


@pytest.fixture
def stay() -> np.ndarray:
    values = tiny_table(1, seed=8).values[0].astype(float)
    values[0] = [90.0, np.nan, 14.0]
    values[5] = [np.nan, 2.2, np.nan]
    return values


def test_there_is_a_risk_for_every_hour_with_its_interval(model: IcuRiskModel, stay: np.ndarray) -> None:
    found = model.risk_by_hour(stay, facts=FACTS)
    assert found.hours.tolist() == list(range(12))
    assert ((found.low > 0) & (found.low <= found.risk) & (found.risk <= found.high) & (found.high < 1)).all()


def test_an_hour_never_depends_on_later_hours(model: IcuRiskModel, stay: np.ndarray) -> None:
    whole = model.risk_by_hour(stay, facts=FACTS).risk
    for hour in (0, 3, 7):
        changed = stay.copy()
        changed[hour + 1 :] = [149.0, 6.5, 6.0]
        np.testing.assert_array_equal(model.risk_by_hour(changed, facts=FACTS).risk[: hour + 1], whole[: hour + 1])
        cut = model.risk_by_hour(stay[: hour + 1], facts=FACTS).risk
        np.testing.assert_allclose(cut, whole[: hour + 1], rtol=0, atol=1e-12)


def test_later_values_do_change_later_risks(model: IcuRiskModel, stay: np.ndarray) -> None:
    changed = stay.copy()
    changed[8:] = [149.0, 6.5, 6.0]
    assert (model.risk_by_hour(changed).risk[8:] != model.risk_by_hour(stay).risk[8:]).all()


def test_what_stands_in_an_empty_cell_has_no_effect(model: IcuRiskModel) -> None:
    values = torch.rand(1, 5, 3, dtype=torch.float64) * 100
    measured = torch.zeros(1, 5, 3, dtype=torch.float64)
    assert torch.equal(model.network.channels(values, measured), model.network.channels(values * 7, measured))


def test_a_stay_of_nothing_has_a_risk_and_says_what_is_missing(model: IcuRiskModel) -> None:
    found = model.risk_by_hour(np.full((3, 3), np.nan))
    assert np.isfinite(found.risk).all()
    assert found.not_measured == ("Heart rate", "Lactate", "Glasgow coma scale")


def test_many_stays_at_once_get_the_risks_of_one_by_one(model: IcuRiskModel) -> None:
    table = tiny_table(4, seed=5)
    facts = [dict(zip(model.facts, row.astype(float).tolist(), strict=True)) for row in table.facts]
    single = [model.risk_by_hour(v.astype(float), facts=f) for v, f in zip(table.values, facts, strict=True)]
    assert not any(found.outside and any(o.read_as is None for o in found.outside) for found in single)
    np.testing.assert_allclose(model.risks(table.values, table.facts), [found.risk for found in single], atol=1e-12)


def test_a_value_is_carried_with_its_age() -> None:
    measured = torch.tensor([[[0.0], [1.0], [0.0], [0.0], [1.0]]])
    channels = torch.tensor([[[9.0], [2.0], [9.0], [9.0], [3.0]]]) * measured
    delay, ever, carried = _carried(channels, measured, torch.tensor([0]))
    assert delay.flatten().tolist() == [1, 0, 1, 2, 0]
    assert ever.flatten().tolist() == [0, 1, 1, 1, 1]
    assert carried.flatten().tolist() == [0, 2, 2, 2, 3]


def test_rows_of_one_hour_count_as_their_median_and_gaps_stay_empty(model: IcuRiskModel) -> None:
    rows = np.array([[80.0, np.nan, 15], [100.0, np.nan, np.nan], [90.0, 1.0, np.nan]])
    grid = model.grid(rows, hours=np.array([3.1, 3.8, 5.0])).values
    assert grid.shape == (6, 3)
    np.testing.assert_array_equal(grid[3], [90.0, np.nan, 15.0])
    assert np.isnan(grid[[0, 1, 2, 4]]).all()


def test_values_outside_are_flagged_and_never_clipped_silently(model: IcuRiskModel) -> None:
    rows = np.array([[190.0, 1.0, 15.0], [400.0, 1.0, 15.0], [80.0, 1.0, 15.0]])
    found = model.risk_by_hour(rows)
    assert [(o.variable, o.hour, o.value, o.read_as) for o in found.outside] == [
        ("HR", 0, 190.0, 150.0),
        ("HR", 1, 400.0, None),
    ]
    assert found.flags == (
        "Heart rate lies outside the training patients in one hour; the model reads it as 150 /min.",
        "Heart rate is not plausible in one hour and counts as not measured.",
    )
    assert model.risk_by_hour(rows[2:]).flags == ()


def test_hours_beyond_the_model_are_not_read_and_said(model: IcuRiskModel) -> None:
    found = model.risk_by_hour(np.array([[80.0, 1.0, 15.0]] * 2), hours=np.array([1, FORM.hours]))
    assert len(found.hours) == FORM.hours
    assert "first 12 hours" in found.flags[0]


@pytest.mark.parametrize(
    ("values", "hours", "facts"),
    [
        (np.zeros((2, 4)), None, {}),
        (np.zeros((0, 3)), None, {}),
        (np.zeros((2, 3)), np.array([0.0]), {}),
        (np.zeros((2, 3)), np.array([0.0, -1.0]), {}),
        (np.full((1, 3), np.inf), None, {}),
        (np.zeros((1, 3)), None, {"Weight": 3.0}),
        (np.zeros((1, 3)), None, {"Gender": 2.0}),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(model: IcuRiskModel, values, hours, facts) -> None:
    with pytest.raises(InvalidPatientRecord) as caught:
        model.risk_by_hour(values, hours, facts)
    assert caught.value.problems


def test_contributions_and_reference_give_the_risk(model: IcuRiskModel, stay: np.ndarray) -> None:
    for hour in (0, 5, 11):
        found = model.attribute(stay, facts=FACTS, at_hour=hour)
        assert found.values.shape == (hour + 1, 3)
        total = found.reference_risk + found.pattern_contribution + found.facts.sum() + found.values.sum()
        assert total + found.completeness_delta == pytest.approx(found.risk, abs=1e-12)
        assert abs(found.completeness_delta) < 0.01 * found.risk
        assert found.risk == pytest.approx(model.risk_by_hour(stay, facts=FACTS).risk[hour], abs=1e-12)
        assert (found.values[~found.measured] == 0).all()
        assert (found.values[found.measured] != 0).any()


def test_a_fact_that_is_not_known_has_no_share(model: IcuRiskModel, stay: np.ndarray) -> None:
    found = attribute_risk_at(model, stay, facts={"Age": 80.0})
    assert found.facts[0] != 0
    assert found.facts[1] == 0


def test_a_fact_that_is_not_known_counts_as_the_average_and_as_known_where_training_always_had_it() -> None:
    """Counted as not known, it made a stay that no training stay resembles, and its risk came out at a multiple."""
    model = tiny_model()
    _, _, known, channels = model.encoded(np.zeros((1, 1, 3)), np.array([[64.0, np.nan]]))
    assert known.tolist() == [[1, 1]]
    assert not channels[0, model.network.fact == 1].any()
    statics = (FORM.statics[0], replace(FORM.statics[1], often_unknown=True))
    own = replace(model, form=replace(FORM, statics=statics))
    assert own.encoded(np.zeros((1, 1, 3)), np.array([[64.0, np.nan]]))[2].tolist() == [[1, 0]]


def test_an_average_stay_has_nothing_but_its_pattern(model: IcuRiskModel) -> None:
    found = attribute_risk_at(model, np.full((4, 3), np.nan))
    assert not found.values.any()
    assert found.pattern_contribution == pytest.approx(found.risk - found.reference_risk, abs=1e-12)


def test_an_hour_outside_the_stay_cannot_be_explained(model: IcuRiskModel, stay: np.ndarray) -> None:
    with pytest.raises(InvalidPatientRecord):
        attribute_risk_at(model, stay, at_hour=12)


def test_the_same_seed_gives_the_same_weights_also_after_an_interruption(tmp_path) -> None:
    first, again = tiny_fit(beside=3), tiny_fit(tmp_path, beside=3)
    resumed = tiny_fit(tmp_path, beside=3)
    for other in (again, resumed):
        assert all(torch.equal(first.state[name], other.state[name]) for name in first.state)


def test_training_lowers_the_loss_on_stays_left_out() -> None:
    losses = tiny_fit(epochs=12).training["out_of_fold_loss"]
    assert min(losses) < losses[0]


def test_an_alert_is_followed_by_a_quiet_shift() -> None:
    above = np.zeros(24, bool)
    above[[2, 3, 9, 10, 11, 20]] = True
    assert alert_hours(above).tolist() == [2, 10, 20]
    assert alert_hours(np.zeros(5, bool)).size == 0


def test_unknown_models_and_missing_weights_are_named(tmp_path) -> None:
    with pytest.raises(UnknownName):
        load_icu_model("icu-mortalty")
    with pytest.raises(DataNotFound):
        load_icu_model("icu-sepsis", tmp_path)


@pytest.mark.parametrize("steepness", [5.0, 400.0, 20_000.0])
def test_a_jump_of_the_risk_on_the_line_is_shared_out_as_well(steepness: float) -> None:
    # Two cells that matter three to one: their shares of the rise are known, however narrow it is.
    channels, facts = torch.tensor([[[0.75, 0.25]]], dtype=torch.float64), torch.zeros((1, 1), dtype=torch.float64)

    def risk_of(part: torch.Tensor, fact_part: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(steepness * (part.sum(dim=(1, 2)) + fact_part.sum(dim=1) - 0.3137))

    ends = [float(risk_of(place * channels, facts)) for place in (0.0, 1.0)]
    parts = icu_attribution._line(risk_of, channels, facts, *ends)
    shares = torch.stack([part.shares for part in parts]).sum(dim=0)[0]
    assert shares.sum() == pytest.approx(ends[1] - ends[0], abs=0.002)
    assert shares[0] / shares[1] == pytest.approx(3.0)
    assert (len(parts) == 1) == (steepness < 10)
