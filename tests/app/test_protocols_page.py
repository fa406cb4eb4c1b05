"""The protocols on the reading page: each sample of its own kind, recognised, outlined, compared, without a browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.catalogue import text
from dashboard.components.models.choice import chosen_card
from dashboard.screens.reading.drawers import FRAMES, PATIENT, TOGETHER
from dashboard.services import open_bytes
from dashboard.viewmodels.case.study import build_study
from model_zoo.case.concordance import CONCORDANT, assess_concordance
from model_zoo.phantoms.all_samples import ALL_CASES, any_case
from model_zoo.phantoms.picture_files import write_picture_png
from model_zoo.plain import plain
from model_zoo.trust.state import State
from tests.app.reading import drawn, finding_state, held, keys, open_drawer, without_maps

APP = str(Path(__file__).resolve().parents[2] / "dashboard" / "page.py")


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("DIAPHANE_CASES", str(tmp_path))
    return AppTest.from_file(APP, default_timeout=300).run()


def test_the_first_page_offers_the_cases_of_every_protocol(app: AppTest) -> None:
    keys = {button.key for button in app.button}
    assert {f"welcome-{case.name}" for case in ALL_CASES} <= keys
    assert {case.protocol for case in ALL_CASES} == {"chest", "breast", "brain", "eye"}


@pytest.mark.with_checks  # the legs agree once it is known whether the map of the scan can be believed
@pytest.mark.slow
def test_scan_and_aspirate_of_a_lump_stand_side_by_side(app: AppTest) -> None:
    app.button(key="welcome-breast-solid").click().run()
    assert not app.exception
    state = held(app)
    assert (state.model, state.patient_model) == ("breast-ultrasound", "breast-cytology")
    assert state.reading.review.violations == ()
    assert finding_state(app, "malignant") is State.FLAGGED
    assert {m.attribution.method for m in state.reading.review.maps} == {"grad-cam", "integrated-gradients"}
    (region,) = [r for r in state.reading.review.regions if r.name == "lesion"]
    assert region.area_mm2 is not None
    found = assess_concordance(state.reading.review)
    assert found.state == CONCORDANT
    opened = drawn(open_drawer(app, TOGETHER))
    for said in (*found.legs, found.sentence):
        assert plain(said) in opened


@pytest.mark.slow
def test_an_eye_has_no_patient_model_and_its_outlines_are_named(app: AppTest) -> None:
    without_maps(app)
    app.button(key="welcome-eye-referable").click().run()
    assert not app.exception
    state = held(app)
    assert (state.model, state.patient_model) == ("fundus-retinopathy", None)
    assert {"microaneurysms", "haemorrhages", "optic_disc"} <= {r.name for r in state.reading.review.regions}
    assert text("risk.no_model") in drawn(app)
    app.button(key="risk-missing").click().run()
    assert app.segmented_control(key="drawer-open").value == PATIENT
    assert "edit-patient" not in keys(app)
    assert app.selectbox(key="patient-model").value is None


def test_a_picture_without_tags_lands_on_its_protocol_and_that_is_said(app: AppTest) -> None:
    picture = any_case("brain-ring").phantom()
    without_maps(app)
    held(app).open_scan(open_bytes(write_picture_png(picture, "x"), "Uploaded scan"))
    app.run()
    assert not app.exception
    state = held(app)
    assert state.case.proposal.source == "gate"
    assert state.model == "brain-mri-tumour"
    assert plain(state.case.proposal.sentence) in drawn(app)
    # One group of patients alone is read, so its age is not asked for: it is said that nobody stated it.
    assert state.reading.read_error is None
    assert state.reading.review.stated.age_years is None
    assert any("age of the patient is not stated" in remark for remark in state.reading.review.remarks)
    for remark in state.reading.review.remarks:
        assert plain(remark) in drawn(app)


@pytest.mark.slow
def test_a_stack_of_slices_is_read_as_one_study_and_opens_where_that_looks_most(app: AppTest) -> None:
    case = any_case("brain-stack")
    without_maps(app)
    app.button(key="welcome-brain-stack").click().run()
    assert not app.exception
    state = held(app)
    study = state.study[1]
    heaviest = study.frames[int(np.argmax(study.weights))]
    assert state.reading.review.scan.frame == heaviest in case.sequence().lesion_frames
    assert state.case.start_frame.frame == heaviest
    assert plain(state.case.start_frame.sentence) in drawn(app)
    assert len(study.frames) == 20
    assert sum(study.weights) == pytest.approx(1.0, abs=1e-3)
    # The slices on which the mass was planted count more than the others.
    planted = set(case.sequence().lesion_frames)
    on_mass = sum(w for f, w in zip(study.frames, study.weights, strict=True) if f in planted)
    assert on_mass > len(planted) / len(study.frames)
    open_drawer(app, FRAMES)
    view = build_study(study, chosen_card(state), heaviest, covered=True)
    strip = next(strip for strip in view.strips if strip.strongest != view.current)
    wanted = strip.strongest
    app.button(key=f"study-go-{strip.output}").click().run()
    assert held(app).reading.review.scan.frame == wanted - 1
    # Coming back to the page, or moving on by hand, does not open it anew.
    app.run()
    assert held(app).reading.review.scan.frame == wanted - 1


@pytest.mark.slow
def test_a_sweep_without_a_head_for_sequences_opens_in_the_middle(app: AppTest) -> None:
    without_maps(app)
    app.button(key="welcome-breast-sweep").click().run()
    assert not app.exception
    state = held(app)
    assert state.study is None
    assert state.reading.review.scan.frame == 12
    assert state.case.start_frame.frame == 12
    assert plain(state.case.start_frame.sentence) in drawn(app)
    open_drawer(app, FRAMES)
    assert "study-read" in keys(app)


@pytest.mark.slow
def test_an_uploaded_stack_waits_for_its_facts_before_it_is_opened(app: AppTest) -> None:
    opened = open_bytes(any_case("brain-stack").scan_bytes(), "Uploaded scan")
    doubtful = replace(opened.scan.metadata, age_years=None, contradicting_ages=(61.0, 16.0))
    without_maps(app)
    held(app).open_scan(replace(opened, scan=replace(opened.scan, metadata=doubtful)))
    app.run()
    assert not app.exception
    assert held(app).case.start_frame is None
    assert held(app).reading.review is None
    assert held(app).reading.read_error.violations
    app.number_input(key=f"age-{held(app).generation}").set_value(61.0).run()
    assert not app.exception
    state = held(app)
    assert (
        state.reading.review.scan.frame
        == state.case.start_frame.frame
        in any_case("brain-stack").sequence().lesion_frames
    )
