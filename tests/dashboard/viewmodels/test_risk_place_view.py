"""Figures by sex and a risk at another prevalence, in words."""

from __future__ import annotations

import pytest

from dashboard.catalogue import counted, text
from dashboard.viewmodels.patient.risk_place import local_words, sex_words
from model_zoo.errors import ZooError
from model_zoo.patients.risk import OutcomeRisk, RiskEstimate
from model_zoo.patients.risk_groups import GroupFigures, figures_by_sex
from model_zoo.patients.risk_models import risk_model

ILL = OutcomeRisk("ill", "Illness", 0.5, 0.4, 0.6, None, 0.5, True, 0.5)


def group(name: str, low: float, high: float) -> GroupFigures:
    middle = (low + high) / 2
    return GroupFigures(name, 50, 20, False, (0.8, 0.7, 0.9), (middle, low, high))


def test_a_gap_between_the_sexes_is_said_and_an_overlap_is_not_called_one() -> None:
    apart = text("patient.by_sex.apart")
    assert sex_words([group("women", 0.3, 0.5), group("men", 0.6, 0.8)]).endswith(apart)
    together = sex_words([group("women", 0.3, 0.7), group("men", 0.6, 0.8)])
    assert apart not in together
    said = {
        "group": text("patient.by_sex.women"),
        "events": 20,
        "sensitivity": text("patient.by_sex.figure", value="0.50", low="0.30", high="0.70"),
        "auc": text("patient.by_sex.figure", value="0.80", low="0.70", high="0.90"),
    }
    assert text("patient.by_sex.figures", **said) in together


def test_too_few_have_no_figure_and_nothing_measured_says_nothing() -> None:
    few = GroupFigures("women", 5, 1, True, None, None)
    said = counted("patient.by_sex.too_few", 1, group=text("patient.by_sex.women"))
    assert sex_words([few]) == text("patient.by_sex", figures=said)
    assert sex_words([]) == ""


def test_the_liver_table_with_the_known_gap_names_both_sexes() -> None:
    found = figures_by_sex(risk_model("liver-andhra").card, "liver_patient")
    assert [f.group for f in found] == ["women", "men"]
    assert all(f.sensitivity is not None and not f.too_few for f in found)


def test_at_even_odds_the_local_share_is_the_risk() -> None:
    estimate = RiskEstimate("made", "Made", "", (ILL,), "", "", (), ())
    said = {"prevalence": "20", "usual": "50", "risk": "20", "low": "14", "high": "27"}
    assert local_words(estimate, ILL, 0.2) == text("patient.local.risk", **said)
    with pytest.raises(ZooError):
        local_words(estimate, ILL, 0.0)
