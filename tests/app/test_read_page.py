"""The reading page without a browser: every journey is a run of the real script."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.catalogue import text
from dashboard.components.models.choice import chosen_card
from dashboard.screens.reading.drawers import BESIDE, EXPLAIN, NOT_ASSESSED, NUMBERS, PATIENT, TOGETHER
from dashboard.screens.reading.drawers import KEY as DRAWER_OPEN
from dashboard.viewmodels.explain.trust import build_trust
from model_zoo.case import ReadRequest, read_case
from model_zoo.errors import ScanNotCovered
from model_zoo.phantoms.files import write_phantom_png
from model_zoo.phantoms.samples import SAMPLE_CASES, sample_case
from model_zoo.plain import plain
from model_zoo.protocols import checks_for
from model_zoo.scans import decode_scan
from model_zoo.trust.state import State
from tests.app.reading import drawn, finding_state, held, keys, open_drawer, state_age, without_maps
from tests.model_zoo.scans.scan_files import dataset, dicom

APP = str(Path(__file__).resolve().parents[2] / "dashboard" / "page.py")
# Of a scan with one frame.
DRAWERS = (EXPLAIN, PATIENT, BESIDE, NUMBERS, TOGETHER, NOT_ASSESSED)


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("DIAPHANE_CASES", str(tmp_path))
    return AppTest.from_file(APP, default_timeout=300).run()


def upload(app: AppTest, png: bytes | None = None) -> None:
    """Bring a film that states nothing of its patient."""
    png = write_phantom_png(sample_case("opacity").phantom()) if png is None else png
    app.file_uploader[0].upload("film.png", png, "image/png").run()
    assert not app.exception


def a_wide_film() -> bytes:
    """Return a film of another shape than the model was trained on."""
    phantom = sample_case("opacity").phantom()
    rows = phantom.image.shape[0]
    return write_phantom_png(replace(phantom, image=np.ascontiguousarray(phantom.image[: rows // 3])))


def drawer_title(app: AppTest, name: str) -> str:
    return text(f"drawer.{name}", count=len(chosen_card(held(app)).not_assessed))


def state_in_sidebar(app: AppTest, years: float | None) -> None:
    app.number_input(key=f"age-{held(app).generation}").set_value(years).run()
    assert not app.exception


def insist_as(app: AppTest, population: str) -> None:
    """Choose whose outputs to read, then insist; the button waits for the choice."""
    assert app.button(key="insist").disabled
    app.selectbox(key=f"insist-population-{held(app).generation}").select(population).run()
    app.button(key="insist").click().run()


def blocked(app: AppTest) -> bool:
    """Whether the risk is held back until the reader says that scan and values are of one patient."""
    return "confirm-patient" in keys(app)


@pytest.mark.parametrize("ahead", [0, 1])
def test_the_number_stands_with_the_first_drawing_where_the_network_is_free(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, ahead: int
) -> None:
    monkeypatch.setattr("dashboard.screens.reading.case.next_step", lambda state: None)  # nothing but the first drawing
    monkeypatch.setattr("model_zoo.engine.inference.InferenceEngine.ahead", ahead)
    app.button(key="welcome-opacity").click().run()
    assert not app.exception
    assert held(app).case.current is not None
    read = held(app).reading.review is not None
    assert read == (ahead == 0)
    assert bool(app.radio) == read  # the findings; a film that waits for its turn is there without them


@pytest.mark.parametrize("name", [case.name for case in SAMPLE_CASES])
def test_each_sample_case_is_read_to_the_end(app: AppTest, name: str) -> None:
    app.button(key=f"welcome-{name}").click().run()
    assert not app.exception
    assert [error.value for error in app.error] == []
    review = held(app).reading.review
    assert review is not None
    assert {m.attribution.method for m in review.maps} == {"grad-cam", "integrated-gradients"}
    child = sample_case(name).patient["age_years"] < 18
    assert (review.risk is None) == child
    if child:
        assert plain(review.risk_absent) in drawn(app)
        assert "risk-missing" in keys(app)
    for finding in review.prediction.findings:
        assert (finding_state(app, finding.output) is State.FLAGGED) == finding.above_threshold


def test_page_and_command_give_the_same_numbers(app: AppTest) -> None:
    from dashboard.components.case.inputs import sample_record
    from dashboard.services import engine

    case = sample_case("opacity")
    app.button(key="welcome-opacity").click().run()
    shown = held(app).reading.review
    assert shown is not None
    scan = decode_scan(case.scan_bytes())
    meta = scan.metadata
    request = ReadRequest(age_years=meta.age_years, sex=meta.sex, view=meta.view)
    direct = read_case(engine(held(app).model), scan, request, sample_record(case.patient))
    assert shown.prediction == direct.prediction
    assert shown.risk == direct.risk
    for mine in direct.maps:
        theirs = shown.map_of(mine.attribution.method, mine.attribution.target)
        np.testing.assert_array_equal(theirs.attribution.values, mine.attribution.values)
        assert theirs.effect == mine.effect


def test_where_the_age_alone_is_missing_nothing_else_is_asked(app: AppTest) -> None:
    upload(app)
    state = held(app)
    assert state.reading.review is None
    assert isinstance(state.reading.read_error, ScanNotCovered)
    assert state.reading.read_error.missing == ("age",)
    assert text("refusal.age_missing") in drawn(app)
    assert app.button(key="age-use").disabled
    assert "insist" not in keys(app)


def test_two_ages_of_a_file_are_both_named_where_the_age_is_asked_for(app: AppTest) -> None:
    without_maps(app)
    ds = dataset(Modality="DX", BodyPartExamined="CHEST", ViewPosition="PA", PatientAge="063Y")
    ds.StudyDate, ds.PatientBirthDate = "20230101", "20150101"
    app.file_uploader[0].upload("film.dcm", dicom(ds), "application/dicom").run()
    error = held(app).reading.read_error
    assert isinstance(error, ScanNotCovered)
    (two_ages,) = (violation for violation in error.violations if "63" in violation)
    assert plain(two_ages) in drawn(app)


def test_what_a_file_leaves_in_doubt_stands_on_the_first_card_read_or_not(app: AppTest) -> None:
    without_maps(app)
    ds = dataset(Modality="DX", BodyPartExamined="CHEST", ViewPosition="PA", PresentationLUTShape="INVERSE")
    app.file_uploader[0].upload("film.dcm", dicom(ds), "application/dicom").run()
    current = held(app).case.current
    assert current is not None
    (caution,) = current.scan.cautions
    assert held(app).reading.review is None
    assert [e.value for e in app.caption].count(plain(caution)) == 2  # on the card, and in the details


def test_what_lies_outside_the_intended_use_is_refused_and_insisting_gives_no_probability(app: AppTest) -> None:
    without_maps(app)
    upload(app, a_wide_film())
    state = held(app)
    assert state.reading.review is None
    assert isinstance(state.reading.read_error, ScanNotCovered)
    assert len(state.reading.read_error.violations) == 2
    for violation in state.reading.read_error.violations:
        assert plain(violation) in drawn(app)
    insist_as(app, "adult")
    review = held(app).reading.review
    assert review is not None
    assert review.violations
    assert all(finding.probability is None for finding in review.prediction.findings)
    assert {finding_state(app, finding.output) for finding in review.prediction.findings} == {State.NOT_OFFERED}
    assert text("finding.outside_use") in drawn(app)


def test_a_changed_pixel_gives_another_reading(app: AppTest) -> None:
    """Caches keyed by a sample of the pixels once returned another scan's result: films here are over 500,000 pixels."""
    without_maps(app)
    phantom = sample_case("opacity").phantom()
    readings = []
    for change in (0.0, 1.0):
        image = phantom.image.copy()
        rows, cols = image.shape
        lesion = np.s_[rows // 3 : rows // 3 + 60, cols // 4 : cols // 4 + 60]
        image[lesion] = np.clip(image[lesion] + 0.25 * change, 0, 1)
        upload(app, write_phantom_png(replace(phantom, image=image)))
        state_age(app, 63.0)
        review = held(app).reading.review
        assert review is not None
        readings.append(review)
    assert readings[0].scan.sha256 != readings[1].scan.sha256
    assert readings[0].prediction.findings != readings[1].prediction.findings


def test_one_drawer_at_a_time_is_drawn_and_none_names_the_patient(app: AppTest) -> None:
    case = sample_case("opacity")
    app.button(key="welcome-opacity").click().run()
    assert case.identifier not in drawn(app)
    assert "drawer-close" not in keys(app)
    closed = drawn(app)
    for name in DRAWERS:
        opened = drawn(open_drawer(app, name))
        assert case.identifier not in opened
        assert len(opened) > len(closed)
        titles = [f"## {drawer_title(app, each)}" for each in DRAWERS]
        assert [line for line in opened.splitlines() if line in titles] == [f"## {drawer_title(app, name)}"]
    app.button(key="drawer-close").click().run()
    assert app.segmented_control(key="drawer-open").value is None
    assert drawn(app) == closed


@pytest.mark.parametrize("script", ["cases.py", "models.py", "guide.py"])
def test_the_other_pages_draw(app: AppTest, script: str) -> None:
    app.switch_page(f"app_pages/{script}").run()
    assert not app.exception
    assert app.title[0].value


def test_insisting_does_not_carry_over_to_other_facts(app: AppTest) -> None:
    without_maps(app)
    upload(app, a_wide_film())
    insist_as(app, "adult")
    assert held(app).reading.review is not None
    state_in_sidebar(app, 9.0)
    assert held(app).reading.review is None
    assert not held(app).case.request.insist
    assert "insist" in keys(app)


def test_another_scan_asks_whose_values_these_are(app: AppTest) -> None:
    without_maps(app)
    app.button(key="welcome-opacity").click().run()
    assert held(app).reading.review is not None
    upload(app, write_phantom_png(sample_case("heart-effusion").phantom()))
    state_age(app, 63.0)
    assert held(app).record_of_other_scan
    assert blocked(app)
    assert "save-case" not in keys(app)
    for name in (PATIENT, TOGETHER, None):
        assert text("together.blocked") in drawn(open_drawer(app, name))
    app.button(key="confirm-patient").click().run()
    assert not blocked(app)
    review = held(app).reading.review
    assert review is not None
    assert text("patient.confirmed", conflict=text("patient.other_scan")) in review.remarks


def test_a_confirmation_ends_when_the_stated_facts_change(app: AppTest) -> None:
    without_maps(app)
    app.button(key="welcome-opacity").click().run()
    assert not blocked(app)
    app.selectbox(key=f"sex-{held(app).generation}").select("F").run()
    assert blocked(app)
    app.button(key="confirm-patient").click().run()
    assert not blocked(app)
    state_in_sidebar(app, 64.0)
    assert blocked(app)


def test_a_stated_age_can_be_withdrawn(app: AppTest) -> None:
    without_maps(app)
    upload(app)
    state_age(app, 63.0)
    assert held(app).reading.review is not None
    assert app.number_input(key=f"age-{held(app).generation}").value == 63.0
    state_in_sidebar(app, None)
    assert held(app).reading.review is None
    assert "age-use" in keys(app)


def test_the_form_of_the_patient_opens_over_its_drawer(app: AppTest) -> None:
    without_maps(app)
    app.button(key="welcome-opacity").click().run()
    open_drawer(app, PATIENT)
    app.button(key="edit-patient").click().run()
    assert not app.exception
    assert held(app).editing
    assert app.text_input(key="patient-identifier")


def test_a_drawer_that_was_open_is_open_again_after_another_page(app: AppTest) -> None:
    without_maps(app)
    app.button(key="welcome-opacity").click().run()
    open_drawer(app, NUMBERS)
    current, held(app).case.current = held(app).case.current, None
    app.run()  # as another page, this draws no drawer: Streamlit forgets which was open
    held(app).case.current = current
    app.run()
    assert app.segmented_control(key=DRAWER_OPEN).value == NUMBERS


def test_before_a_scan_is_read_no_count_says_how_little_is_left_out(app: AppTest) -> None:
    upload(app)
    assert held(app).reading.review is None
    names = app.segmented_control(key=DRAWER_OPEN).options
    assert text("drawer.nothing_assessed") in names
    assert not any(name[0].isdigit() for name in names)


def test_each_problem_of_the_form_stands_at_its_field_and_none_at_a_sound_one(app: AppTest) -> None:
    without_maps(app)
    app.button(key="welcome-opacity").click().run()
    open_drawer(app, PATIENT)
    app.button(key="edit-patient").click().run()
    before = held(app).record
    for name, typed in (("sodium_mmol_l", "900"), ("arterial_ph", "seven"), ("creatinine_umol_l", "168,5")):
        app.text_input(key=f"patient-{name}").set_value(typed)
    next(button for button in app.button if button.proto.type == "primary").click().run()
    error = held(app).form_error
    assert error is not None
    assert held(app).record is before
    assert set(error.by_field) == {"sodium_mmol_l", "arterial_ph"}
    at_fields = [str(element.value) for element in app.markdown if str(element.value).startswith(":red[")]
    assert len(at_fields) == 2


@pytest.mark.with_checks
@pytest.mark.slow
def test_every_map_ends_with_a_verdict_and_its_reasons(app: AppTest) -> None:
    app.button(key="welcome-opacity").click().run()
    assert not app.exception
    review = held(app).reading.review
    assert review is not None
    for explained in review.maps:
        assert explained.verdict is not None
        assert explained.verdict.verdict in ("believed", "doubtful", "not to be used")
        assert explained.verdict.reasons
        assert explained.verdict.evidence
    assert plain(review.map_of("grad-cam", held(app).reading.target).verdict.verdict) in drawn(app)
    opened = drawn(open_drawer(app, EXPLAIN))
    for explained in review.maps:
        assert plain(build_trust(explained, checks=checks_for(review.prediction.model)).headline) in opened
    assert review.gate is not None
    assert review.gate.accepted
    assert review.numbers
    assert review.shortcuts


def test_a_picture_unlike_the_training_films_is_refused_with_reason_and_can_be_insisted_on(app: AppTest) -> None:
    without_maps(app)
    phantom = sample_case("opacity").phantom()
    turned = replace(phantom, image=np.ascontiguousarray(phantom.image[::-1]))
    upload(app, write_phantom_png(turned))
    state_age(app, 60.0)
    state = held(app)
    assert state.reading.review is None
    assert isinstance(state.reading.read_error, ScanNotCovered)
    assert "nearest group" in " ".join(state.reading.read_error.violations)
    for violation in state.reading.read_error.violations:
        assert plain(violation) in drawn(app)
    app.button(key="insist").click().run()
    review = held(app).reading.review
    assert review is not None
    assert not review.prediction.covered
    assert all(finding.probability is None for finding in review.prediction.findings)
