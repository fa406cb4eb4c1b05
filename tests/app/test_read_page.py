"""The reading page without a browser: every journey is a run of the real script."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import NumberInput

from dashboard.state import Session
from model_zoo.phantoms.files import write_phantom_png
from model_zoo.phantoms.samples import SAMPLE_CASES, sample_case
from model_zoo.review import ReadRequest, read_case
from model_zoo.scans import decode_scan

APP = str(Path(__file__).resolve().parents[2] / "dashboard" / "page.py")


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("DIAPHANE_CASES", str(tmp_path))
    return AppTest.from_file(APP, default_timeout=120).run()


def held(app: AppTest) -> Session:
    return app.session_state["diaphane_session"]


def age_field(app: AppTest) -> NumberInput:
    """Return the field of the stated age; once a finding is read there is one of the local prevalence as well."""
    return next(field for field in app.number_input if field.label == "Age (years)")


def insist_as(app: AppTest, population: str) -> None:
    """Choose whose outputs to read, then insist; the button waits for the choice."""
    assert app.button(key="insist").disabled
    next(box for box in app.selectbox if box.label == "Read with the outputs for").select(population).run()
    app.button(key="insist").click().run()


@pytest.mark.parametrize("name", [case.name for case in SAMPLE_CASES])
def test_each_sample_case_is_read_to_the_end(app: AppTest, name: str) -> None:
    app.button(key=f"welcome-{name}").click().run()
    assert not app.exception
    assert [error.value for error in app.error] == []
    review = held(app).review
    assert review is not None
    assert {m.attribution.method for m in review.maps} == {"grad-cam", "integrated-gradients"}
    child = sample_case(name).patient["age_years"] < 18
    assert (review.risk is None) == child
    if child:
        assert any(str(review.risk_absent) in caption.value for caption in app.caption)


def test_page_and_command_give_the_same_numbers(app: AppTest) -> None:
    from dashboard.components.case_input import sample_record
    from dashboard.services import engine

    case = sample_case("opacity")
    app.button(key="welcome-opacity").click().run()
    shown = held(app).review
    assert shown is not None
    scan = decode_scan(case.scan_bytes())
    meta = scan.metadata
    request = ReadRequest(age_years=meta.age_years, sex=meta.sex, view=meta.view)
    direct = read_case(engine(), scan, request, sample_record(case.patient))
    assert shown.prediction == direct.prediction
    assert shown.risk == direct.risk
    for mine in direct.maps:
        theirs = shown.map_of(mine.attribution.method, mine.attribution.target)
        np.testing.assert_array_equal(theirs.attribution.values, mine.attribution.values)
        assert theirs.effect == mine.effect


def test_unknown_age_is_refused_and_insisting_gives_no_probability(app: AppTest) -> None:
    png = write_phantom_png(sample_case("opacity").phantom())
    app.file_uploader[0].upload("film.png", png, "image/png").run()
    assert any("age of the patient is not stated" in warning.value for warning in app.warning)
    assert held(app).review is None
    insist_as(app, "adult")
    review = held(app).review
    assert review is not None
    assert review.violations
    assert all(finding.probability is None for finding in review.prediction.findings)


def test_a_changed_pixel_gives_another_reading(app: AppTest) -> None:
    """Caches keyed by a sample of the pixels once returned another scan's result: films here are over 500,000 pixels."""
    phantom = sample_case("opacity").phantom()
    readings = []
    for change in (0.0, 1.0):
        image = phantom.image.copy()
        rows, cols = image.shape
        lesion = np.s_[rows // 3 : rows // 3 + 60, cols // 4 : cols // 4 + 60]
        image[lesion] = np.clip(image[lesion] + 0.25 * change, 0, 1)
        png = write_phantom_png(type(phantom)(**{**phantom.__dict__, "image": image}))
        app.file_uploader[0].upload("film.png", png, "image/png").run()
        age_field(app).set_value(63.0).run()
        review = held(app).review
        assert review is not None
        readings.append(review)
    assert readings[0].scan.sha256 != readings[1].scan.sha256
    assert readings[0].prediction.findings != readings[1].prediction.findings


def test_nothing_that_names_the_patient_is_on_the_page(app: AppTest) -> None:
    case = sample_case("opacity")
    app.button(key="welcome-opacity").click().run()
    drawn = " ".join(
        str(element.value) for kind in (app.markdown, app.caption, app.warning, app.error) for element in kind
    )
    assert case.identifier not in drawn


@pytest.mark.parametrize("script", ["cases.py", "models.py", "guide.py"])
def test_the_other_pages_draw(app: AppTest, script: str) -> None:
    app.switch_page(f"app_pages/{script}").run()
    assert not app.exception
    assert app.title[0].value


def test_insisting_does_not_carry_over_to_other_facts(app: AppTest) -> None:
    app.file_uploader[0].upload("film.png", write_phantom_png(sample_case("opacity").phantom()), "image/png").run()
    insist_as(app, "adult")
    assert held(app).review is not None
    age_field(app).set_value(9.0).run()
    assert held(app).review is None
    assert any("9 years" in warning.value for warning in app.warning)


def test_another_scan_asks_whose_values_these_are(app: AppTest) -> None:
    app.button(key="welcome-opacity").click().run()
    assert held(app).review is not None
    png = write_phantom_png(sample_case("heart-effusion").phantom())
    app.file_uploader[0].upload("film.png", png, "image/png").run()
    age_field(app).set_value(63.0).run()
    assert any("scan that was open before" in error.value for error in app.error)
    app.button(key="confirm-patient").click().run()
    review = held(app).review
    assert review is not None
    assert any("confirmed one patient" in remark for remark in review.remarks)


def test_a_confirmation_ends_when_the_stated_facts_change(app: AppTest) -> None:
    def blocked() -> bool:
        return any("Possible wrong patient" in error.value for error in app.error)

    app.button(key="welcome-opacity").click().run()
    assert not blocked()
    next(box for box in app.selectbox if box.label == "Sex").select("F").run()
    assert blocked()
    app.button(key="confirm-patient").click().run()
    assert not blocked()
    age_field(app).set_value(64.0).run()
    assert blocked()


def test_a_stated_age_can_be_withdrawn(app: AppTest) -> None:
    app.file_uploader[0].upload("film.png", write_phantom_png(sample_case("opacity").phantom()), "image/png").run()
    age_field(app).set_value(63.0).run()
    assert held(app).review is not None
    age_field(app).set_value(None).run()
    assert held(app).review is None
    assert any("age of the patient is not stated" in warning.value for warning in app.warning)


@pytest.mark.with_checks
@pytest.mark.slow
def test_every_map_ends_with_a_verdict_and_its_reasons(app: AppTest) -> None:
    app.button(key="welcome-opacity").click().run()
    assert not app.exception
    review = held(app).review
    assert review is not None
    for explained in review.maps:
        assert explained.verdict is not None
        assert explained.verdict.verdict in ("believed", "doubtful", "not to be used")
        assert explained.verdict.reasons
        assert explained.verdict.evidence
    assert sum(f"Map {m.verdict.verdict}" in str(e.value) for e in app.markdown for m in review.maps) >= 2
    assert review.gate is not None
    assert review.gate.accepted
    assert review.numbers
    assert review.shortcuts


def test_a_picture_unlike_the_training_films_is_refused_with_reason_and_can_be_insisted_on(app: AppTest) -> None:
    phantom = sample_case("opacity").phantom()
    turned = replace(phantom, image=np.ascontiguousarray(phantom.image[::-1]))
    app.file_uploader[0].upload("film.png", write_phantom_png(turned), "image/png").run()
    age_field(app).set_value(60).run()
    warnings = " ".join(w.value for w in app.warning)
    assert "unlike the pictures this network learned from" in warnings
    assert "nearest group" in warnings
    app.button(key="insist").click().run()
    review = held(app).review
    assert review is not None
    assert not review.prediction.covered
    assert all(finding.probability is None for finding in review.prediction.findings)
