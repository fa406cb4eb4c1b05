"""The contributions: sorted, in the reader's units, adding up in the numbers and in the printed words."""

from __future__ import annotations

import math
import re

import pytest

from dashboard.catalogue import counted, text
from dashboard.viewmodels.patient.contributions import ContributionsView, build_contributions, signed_points
from model_zoo.patients.attribution import FeatureContribution, RiskAttribution
from model_zoo.patients.catalogue import feature

NAMES = (
    "age_years", "sex", "diabetes", "temperature_celsius", "creatinine_umol_l", "albumin_g_l", "sodium_mmol_l",
    "urea_mmol_l",
)  # fmt: skip
SPECS = tuple(feature(name) for name in NAMES)
VALUES = (67.0, "F", 1.0, 38.6, 176.8, 24.0, None, None)
REFERENCES = (60.0, "M", 0.0, 37.0, 88.4, 29.0, 138.0, 7.0)
SHARES = (0.031, -0.004, 0.001, 0.052, 0.08, -0.02, 0.0, 0.0)


def an_attribution(
    reference_risk: float = 0.213, missing: float = 0.0123, residual: float = 2e-10, shares: tuple[float, ...] = SHARES
) -> RiskAttribution:
    rows = tuple(
        FeatureContribution(spec.name, spec.title, value, reference, share)
        for spec, value, reference, share in zip(SPECS, VALUES, REFERENCES, shares, strict=True)
    )
    risk = reference_risk + missing + math.fsum(shares) + residual
    return RiskAttribution("death_in_hospital", risk, "the median patient", reference_risk, rows, missing, residual)


def total(view: ContributionsView) -> float:
    return view.reference_percent + math.fsum(row.points for row in view.rows) + view.residual_points


@pytest.mark.parametrize("top", [1, 3, 5, 10])
def test_the_rows_add_up_to_the_risk_however_many_are_shown(top: int) -> None:
    attribution = an_attribution()
    view = build_contributions(attribution, SPECS, top=top)
    assert total(view) == pytest.approx(100 * attribution.risk, abs=1e-9)
    assert view.risk_percent == 100 * attribution.risk


def test_features_are_sorted_by_size_and_the_others_summed() -> None:
    view = build_contributions(an_attribution(), SPECS, top=3)
    assert [row.name for row in view.rows] == [
        "creatinine_umol_l", "temperature_celsius", "age_years", "other", "not_measured",
    ]  # fmt: skip
    other = view.rows[3]
    assert other.title == counted("patient.why.others", 3)
    assert other.points == pytest.approx(100 * (-0.02 - 0.004 + 0.001))


def test_what_was_not_measured_is_one_row_and_no_feature_of_its_own() -> None:
    row = build_contributions(an_attribution(), SPECS).rows[-1]
    assert row.title == text("patient.why.not_measured", count=2)
    assert row.value_words == "Sodium, Urea (BUN)"
    assert row.points == pytest.approx(1.23)
    assert "Sodium" not in [r.title for r in build_contributions(an_attribution(), SPECS).rows]


def test_a_share_of_an_unmeasured_feature_would_not_vanish() -> None:
    view = build_contributions(an_attribution(shares=(*SHARES[:-1], 0.3)), SPECS)
    assert view.rows[0].name == "urea_mmol_l"
    assert view.rows[0].value_words == "not measured"


@pytest.mark.parametrize(
    ("units", "creatinine", "temperature", "albumin"),
    [("SI", "177 µmol/L", "38.6 °C", "24 g/L"), ("US", "2.00 mg/dL", "101.5 °F", "2.4 g/dL")],
)
def test_values_and_references_are_in_the_units_of_the_reader(
    units: str, creatinine: str, temperature: str, albumin: str
) -> None:
    rows = {row.name: row for row in build_contributions(an_attribution(), SPECS, units).rows}
    assert rows["creatinine_umol_l"].value_words == creatinine
    assert rows["temperature_celsius"].value_words == temperature
    assert rows["albumin_g_l"].value_words == albumin
    assert rows["creatinine_umol_l"].reference_words == ("88 µmol/L" if units == "SI" else "1.00 mg/dL")
    assert rows["sex"].value_words == "female"


def test_units_change_no_contribution() -> None:
    si, us = (build_contributions(an_attribution(), SPECS, units) for units in ("SI", "US"))
    assert [row.points for row in si.rows] == [row.points for row in us.rows]


def test_a_row_says_its_direction_in_words() -> None:
    rows = {row.name: row for row in build_contributions(an_attribution(), SPECS).rows}
    what = text("patient.why.value", title="Creatinine", value="177 µmol/L", reference="88 µmol/L")
    assert rows["creatinine_umol_l"].words == text("patient.why.raises", what=what, points="8.0")
    assert rows["albumin_g_l"].direction == "lowers"
    assert rows["albumin_g_l"].points_words == "−2.0"


NUMBER = re.compile(r"([+−])? ?(\d+\.\d+)")


@pytest.mark.parametrize("step", range(40))
def test_the_printed_numbers_themselves_add_up(step: int) -> None:
    attribution = an_attribution(reference_risk=0.2 + 0.00137 * step, missing=0.0113 - 0.00071 * step)
    words = build_contributions(attribution, SPECS).check
    if words.split("(each")[0] != words:  # said where no number of decimals makes them
        return
    left, right = words.split(" = ")
    terms = [(-1 if sign == "−" else 1) * float(number) for sign, number in NUMBER.findall(left)]
    assert len(terms) == 3
    assert sum(terms) == pytest.approx(float(right.split(" %")[0]), abs=1e-6)


def test_the_check_sentence() -> None:
    attribution = an_attribution(reference_risk=0.213, missing=0.012, shares=(0.199, *[0.0] * 7))
    said = {"reference": "21.3", "contributions": "+ 19.9", "missing": "+ 1.2", "risk": "42.4", "residual": "0.000"}
    assert build_contributions(attribution, SPECS).check == text("patient.why.check", **said)


def test_a_residual_that_matters_is_printed() -> None:
    assert "0.250" in build_contributions(an_attribution(residual=0.0025), SPECS).check


@pytest.mark.parametrize(("points", "text"), [(4.24, "+4.2"), (-4.24, "−4.2"), (0.04, "0.0"), (-0.04, "0.0")])
def test_points_carry_their_sign(points: float, text: str) -> None:
    assert signed_points(points) == text
