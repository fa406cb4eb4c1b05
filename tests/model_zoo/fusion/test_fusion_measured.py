"""What was measured of a film and values together stands where both speak, and only there."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

from dashboard.viewmodels.together.assessment import build_assessment_view
from model_zoo.fusion import CasePart, measured_words
from model_zoo.fusion.measured import NOT_SHOWN, SHOWN, measured_of, pair_words

FILM = CasePart("scan", "Lung opacity", "Film.", question="lungs", raised=True, model="chest-xray")
VALUES = CasePart("patient values", "Death", "Values.", "death in hospital", "severity", 0.4, 0.2, 0.6, 0.46, False)
COVID = replace(VALUES, model="covid-pneumonia")


def test_the_figure_of_a_measured_pair_is_named() -> None:
    found = measured_of("covid-pneumonia")
    assert found is not None
    result = found["outcomes"]["death_in_hospital"]
    words = measured_words([FILM, COVID]) or ""
    assert f"{result['both_minus']['values']['auc']['value']:+.2f}" in words
    assert f"{result['patients']} patients of Hannover" in words
    assert "stay apart" in words


def test_nothing_is_said_of_pairs_that_were_not_measured() -> None:
    assert measured_words([FILM, VALUES]) is None
    assert measured_words([FILM, replace(VALUES, model="support-respiratory")]) is None
    assert measured_words([replace(FILM, model="breast-ultrasound"), COVID]) is None
    assert measured_words([replace(FILM, absent="Refused."), COVID]) is None


def test_the_words_follow_the_verdict() -> None:
    found = deepcopy(dict(measured_of("covid-pneumonia") or {}))
    said = {}
    for verdict in (SHOWN, NOT_SHOWN):
        found["outcomes"]["death_in_hospital"]["verdict"] = verdict
        said[verdict] = pair_words(found)
    assert said[SHOWN].endswith("A gain is shown.")
    assert said[NOT_SHOWN].endswith("A gain is not shown, so they stay apart.")


def test_the_panel_says_why_film_and_values_are_not_one_number() -> None:
    view = build_assessment_view([FILM, COVID])
    assert view.poolable is None
    assert view.pooled_words.startswith("Not one number")
    assert "AUC" in view.pooled_words
    assert "AUC" not in build_assessment_view([FILM, VALUES]).pooled_words
