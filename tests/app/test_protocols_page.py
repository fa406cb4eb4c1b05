"""The protocols on the reading page: each sample of its own kind, recognised, outlined, compared, without a browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.services import open_bytes
from dashboard.state import Session
from model_zoo.phantoms.all_samples import ALL_CASES, any_case
from model_zoo.phantoms.picture_files import write_picture_png
from model_zoo.review.concordance import CONCORDANT

APP = str(Path(__file__).resolve().parents[2] / "dashboard" / "page.py")


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("DIAPHANE_CASES", str(tmp_path))
    return AppTest.from_file(APP, default_timeout=180).run()


def held(app: AppTest) -> Session:
    return app.session_state["diaphane_session"]


def words(app: AppTest) -> str:
    return " ".join(str(element.value) for kind in (app.markdown, app.caption) for element in kind)


def test_the_first_page_offers_the_cases_of_every_protocol(app: AppTest) -> None:
    keys = {button.key for button in app.button}
    assert {f"welcome-{case.name}" for case in ALL_CASES} <= keys
    assert {case.protocol for case in ALL_CASES} == {"chest", "breast", "brain", "eye"}


def test_scan_and_aspirate_of_a_lump_stand_side_by_side(app: AppTest) -> None:
    app.button(key="welcome-breast-solid").click().run()
    assert not app.exception
    state = held(app)
    assert (state.model, state.patient_model) == ("breast-ultrasound", "breast-cytology")
    assert state.review.violations == ()
    assert state.review.prediction.finding("malignant").above_threshold
    assert {m.attribution.method for m in state.review.maps} == {"grad-cam", "integrated-gradients"}
    (region,) = [r for r in state.review.regions if r.name == "lesion"]
    assert region.area_mm2 is not None
    assert f"Scan and cytology: {CONCORDANT}" in words(app)


@pytest.mark.slow
def test_an_eye_has_no_patient_model_and_its_outlines_are_named(app: AppTest) -> None:
    app.button(key="welcome-eye-referable").click().run()
    assert not app.exception
    state = held(app)
    assert (state.model, state.patient_model) == ("fundus-retinopathy", None)
    assert {"microaneurysms", "haemorrhages", "optic_disc"} <= {r.name for r in state.review.regions}
    assert "This protocol has no patient model." in words(app)
    assert not any(str(button.label).startswith("Enter values") for button in app.button)
    chosen = next(box for box in app.selectbox if box.label == "Patient model")
    assert chosen.value is None


def test_a_picture_without_tags_lands_on_its_protocol_and_that_is_said(app: AppTest) -> None:
    picture = any_case("brain-ring").phantom()
    held(app).open_scan(open_bytes(write_picture_png(picture, "x"), "Uploaded scan"))
    app.run()
    assert not app.exception
    state = held(app)
    assert state.proposal.source == "gate"
    assert state.model == "brain-mri-tumour"
    assert "the picture is like the training scans of: Brain" in words(app)
    # The age decides whose outputs are read and is not in the file: it is asked for, as for any scan.
    assert any("age" in violation for violation in state.read_error.violations)


@pytest.mark.slow
def test_a_stack_of_slices_is_read_as_one_study_and_opens_where_that_looks_most(app: AppTest) -> None:
    case = any_case("brain-stack")
    app.button(key="welcome-brain-stack").click().run()
    assert not app.exception
    state = held(app)
    study = state.study[1]
    heaviest = study.frames[int(np.argmax(study.weights))]
    assert state.review.scan.frame == heaviest in case.sequence().lesion_frames
    assert f"Opened at slice {heaviest + 1} of 20, which the study reading weighs most." in words(app)
    assert len(study.frames) == 20
    assert sum(study.weights) == pytest.approx(1.0, abs=1e-3)
    # The slices on which the mass was planted count more than the others.
    planted = set(case.sequence().lesion_frames)
    on_mass = sum(w for f, w in zip(study.frames, study.weights, strict=True) if f in planted)
    assert on_mass > len(planted) / len(study.frames)
    go = next(button for button in app.button if str(button.label).startswith("Read frame") and not button.disabled)
    wanted = int(go.label.split()[-1])
    go.click().run()
    assert held(app).review.scan.frame == wanted - 1
    # Coming back to the page, or moving on by hand, does not open it anew.
    app.run()
    assert held(app).review.scan.frame == wanted - 1


@pytest.mark.slow
def test_a_sweep_without_a_head_for_sequences_opens_in_the_middle(app: AppTest) -> None:
    app.button(key="welcome-breast-sweep").click().run()
    assert not app.exception
    state = held(app)
    assert state.study is None
    assert state.review.scan.frame == 12
    assert "Opened at frame 13 of 24, the middle one" in words(app)
    assert any(button.label == "Read every frame" for button in app.button)


@pytest.mark.slow
def test_an_uploaded_stack_waits_for_its_facts_before_it_is_opened(app: AppTest) -> None:
    opened = open_bytes(any_case("brain-stack").scan_bytes(), "Uploaded scan")
    unsaid = replace(opened.scan, metadata=replace(opened.scan.metadata, age_years=None))
    held(app).open_scan(replace(opened, scan=unsaid))
    app.run()
    assert held(app).opening is None
    assert any("age" in violation for violation in held(app).read_error.violations)
    next(field for field in app.number_input if field.label == "Age (years)").set_value(61.0).run()
    assert not app.exception
    state = held(app)
    assert state.review.scan.frame == state.opening.frame in any_case("brain-stack").sequence().lesion_frames
