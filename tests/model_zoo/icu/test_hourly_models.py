"""The bridge to hourly models: stored units become the columns of the network, and what is not there stays not measured."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from model_zoo.errors import CardInvalid, DataNotFound
from model_zoo.icu import hourly_models
from model_zoo.icu.hourly_models import COLUMNS, CUFF_NOTE, NOT_CARRIED, URINE_NOTE, IcuHourlyModel
from model_zoo.icu.variables import FORMS
from model_zoo.vital_signs import InvalidSeries, VitalSeries, read_rows
from model_zoo.vital_signs.loinc import NAMES as LOINC_NAMES

NAMES = ("HR", "NISysABP", "SaO2", "Creatinine", "Glucose", "Potassium")
FORM = SimpleNamespace(
    name="icu-mortality",
    title="Death in hospital",
    horizon="death",
    population="One hospital.",
    warnings=("Old data.",),
    variables=tuple(SimpleNamespace(name=name, title=f"Title of {name}") for name in NAMES),
    statics=(SimpleNamespace(name="Age", title="Age"), SimpleNamespace(name="Gender", title="Sex")),
)


@dataclass
class _Network:
    """Stands for what ``load_icu_model`` returns, and keeps what it was asked."""

    form: SimpleNamespace = field(default_factory=lambda: FORM)
    variables: tuple[str, ...] = NAMES
    facts: tuple[str, ...] = ("Age", "Gender")
    asked: tuple[object, ...] = ()

    def risk_by_hour(self, values, hours, facts):
        self.asked = (values, hours, facts)
        risk = np.array([0.1, 0.2])
        return SimpleNamespace(model="icu-mortality", hours=np.arange(2), risk=risk, low=risk, high=risk, threshold=0.15,
                               alerts=(1,), not_measured=("Title of SaO2",), flags=("A flag.",))  # fmt: skip


def attribute_risk_at(model, values, hours, facts, at_hour):
    shares = np.zeros((at_hour + 1, len(NAMES)))
    return SimpleNamespace(model="icu-mortality", hour=at_hour, risk=0.2, reference="a usual stay", reference_risk=0.1,
                           pattern_contribution=0.02, values=shares, facts=np.array([0.03, 0.04]), measured=shares > 0,
                           completeness_delta=0.01, variables=NAMES)  # fmt: skip


@pytest.fixture
def installed(monkeypatch):
    """Put modules in the place of the intensive care models; returns what they load, by name."""
    answers: dict[str, object] = {}

    def load(name):
        if isinstance(answers.get(name), Exception):
            raise answers[name]
        if name not in answers:
            raise DataNotFound("The weights are not there.")
        return answers[name]

    for name, content in (
        (hourly_models._RISK, {"load_icu_model": load, "INTERVAL_TITLE": "lowest to highest of the members"}),
        (hourly_models._ATTRIBUTION, {"attribute_risk_at": attribute_risk_at}),
        (hourly_models._FORMS, {"FORMS": {"icu-mortality": FORM, "icu-sepsis": FORM}}),
    ):
        module = ModuleType(name)
        module.__spec__ = ModuleSpec(name, None)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)
    return answers


def test_values_arrive_in_the_units_and_columns_of_the_network():
    series = read_rows(
        "time (h),HR,SBP,SpO2,creatinine (umol/L),glucose (mmol/L),potassium (mmol/L),CRP (mg/L)\n"
        "0,80,120,97,88.4,5.55,4.1,12\n1.5,90,,,,,,\n"
    )
    values, hours, notes = IcuHourlyModel(_Network()).columns(series)
    assert hours.tolist() == [0.0, 1.5]
    # Saturation by pulse oximetry is no arterial one: SaO2 stays not measured.
    np.testing.assert_allclose(values[0], [80, 120, np.nan, 1.0, 100, 4.1], rtol=2e-2)
    np.testing.assert_array_equal(np.isnan(values[1]), [False, True, True, True, True, True])
    assert notes == (CUFF_NOTE,)


def test_a_stay_without_anything_to_read_is_refused():
    with pytest.raises(InvalidSeries, match="nothing yet"):
        IcuHourlyModel(_Network()).columns(read_rows("time (h),CRP (mg/L)\n0,12\n"))


def test_risk_and_shares_carry_notes_facts_and_balance(installed):
    network = _Network()
    installed["icu-mortality"] = network
    (model,), problems = hourly_models.hourly_models()
    assert problems == ()
    assert (model.card.population, model.card.warnings) == ("One hospital.", ("Old data.",))
    series = read_rows("time (h),HR\n0,80\n1,90\n")
    risk = model.risk_by_hour(series, {"age_years": 70.0, "unknown": 1.0})
    assert network.asked[2] == {"Age": 70.0}
    assert (risk.alert_hours, risk.interval, risk.threshold) == ((1.0,), "lowest to highest of the members", 0.15)
    assert risk.notes == (
        "A flag.",
        "Not known of this patient, read as in the average training stay: Sex.",
        "Never measured, so not known to the model: Title of SaO2.",
    )
    found = model.attribute(series, {}, 1.0)
    assert found.variables[0] == "Title of HR"
    assert (found.facts, found.pattern, found.completeness_delta) == (pytest.approx(0.07), 0.02, 0.01)


def test_absent_weights_are_not_spoken_of_and_damaged_ones_are(installed):
    assert hourly_models.hourly_models() == ((), ())
    installed["icu-sepsis"] = CardInvalid("The card is damaged.", "Restore it.")
    assert hourly_models.hourly_models() == ((), ("The card is damaged. Restore it.",))


def test_without_the_networks_nothing_is_installed(monkeypatch):
    monkeypatch.setattr(hourly_models, "_RISK", "model_zoo.vital_signs.not_there")
    assert hourly_models.hourly_models() == ((), ())


def test_every_stored_name_is_known():
    for name in COLUMNS:
        assert hourly_models.variable(name).kind == "numeric"


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.name)
def test_every_variable_that_a_series_can_carry_reaches_the_model(form):
    """Each column is filled from a series that holds every quantity, at a value that is plausible for the model."""
    names = tuple(v.name for v in form.variables)
    specs = [hourly_models.variable(name) for name in COLUMNS]
    middle = [spec.normal[0] if spec.normal else sum(spec.plausible) / 2 for spec in specs]
    series = VitalSeries(np.zeros(1), tuple(COLUMNS), np.array([middle]))
    values, _, _ = IcuHourlyModel(SimpleNamespace(form=form, variables=names)).columns(series)
    empty = {name for name, value in zip(names, values[0], strict=True) if np.isnan(value)}
    # Of pressure it is read as taken with a cuff, where a model tells the two apart.
    assert empty == {*NOT_CARRIED, "MAP"} & set(names) - ({"MAP"} if "NIMAP" not in names else set())
    for variable, value in zip(form.variables, values[0], strict=True):
        if variable.name not in empty:
            assert variable.plausible[0] <= value <= variable.plausible[1], variable.name


def test_what_a_series_carries_has_a_loinc_code_and_a_header():
    for name in COLUMNS:
        assert name in LOINC_NAMES.values(), name
        assert read_rows(f"time (h),{name}\n0,{_usual(name)}\n").variables == (name,)


def _usual(name: str) -> float:
    spec = hourly_models.variable(name)
    return spec.normal[0] if spec.normal else 20.0


@pytest.mark.parametrize(
    ("column", "header", "value", "expected"),
    [
        ("Urine", "urine (mL/h)", 60, 60),
        ("Urine", "urine (mL/day)", 1440, 60),
        ("PaO2", "PaO2 (kPa)", 10, 75.0062),
        ("PaO2", "PaO2 (mmHg)", 80, 80),
        ("PaCO2", "PaCO2 (kPa)", 5.33, 39.978),
        ("HCO3", "HCO3 (mEq/L)", 24, 24),
        ("BaseExcess", "BaseExcess", -6.5, -6.5),
        ("Chloride", "chloride (mmol/L)", 104, 104),
        ("Calcium", "calcium (mmol/L)", 2.2, 8.818),
        ("Calcium", "calcium (mg/dL)", 8.8, 8.8),
        ("Magnesium", "magnesium (mmol/L)", 0.8, 1.945),
        ("Phosphate", "phosphate (mmol/L)", 1.1, 3.407),
        ("HCT", "hematocrit (%)", 36, 36),
        ("Hct", "haematocrit (L/L)", 0.36, 36),
        ("PTT", "aPTT (s)", 33, 33),
        ("NIMAP", "MAP", 77, 77),
    ],
)
def test_gases_urine_and_salts_arrive_in_the_units_of_the_network(column, header, value, expected):
    form = next(form for form in FORMS.values() if column in {v.name for v in form.variables})
    names = tuple(v.name for v in form.variables)
    series = read_rows(f"time (h),{header}\n0,{value}\n")
    values, _, notes = IcuHourlyModel(SimpleNamespace(form=form, variables=names)).columns(series)
    assert values[0, names.index(column)] == pytest.approx(expected, rel=1e-3)
    assert np.isnan(np.delete(values[0], names.index(column))).all()
    assert (URINE_NOTE in notes) == (column == "Urine")
