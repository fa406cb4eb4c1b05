"""The page Model review without a browser: the record at once, one click for the synthetic series, refusals in words."""

from __future__ import annotations

import functools
import re
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.catalogue import counted, text
from dashboard.components.model_review import errors as model_review_errors
from dashboard.components.model_review.source import FOLDER, SYNTHETIC
from dashboard.session.model_review import MOST_PICTURES, ReviewSession
from dashboard.viewmodels.model_review.mistakes import ExplainedMistake
from dashboard.viewmodels.model_review.report import facts_line
from model_zoo.case import ReadRequest
from model_zoo.phantoms import review_series
from model_zoo.phantoms.labelled import write_labelled_series
from model_zoo.plain import plain
from model_zoo.training.folder_models.run import train_pictures
from tests.drawn_pictures import QUICK, recipe, write_classes

APP = str(Path(__file__).resolve().parents[2] / "dashboard" / "page.py")
FILMS, NEW_FILMS = 24, 20


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the computed films of all tests lie: every one asks for the same, and to compute them takes seconds."""
    return tmp_path_factory.mktemp("computed")


@pytest.fixture
def app(tmp_path: Path, computed: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr("dashboard.services._synthetic_home", lambda: computed)
    monkeypatch.setenv("DIAPHANE_CASES", str(tmp_path))
    monkeypatch.setenv("DIAPHANE_MODELS", str(tmp_path / "models"))
    few = tuple(replace(series, count=FILMS, drifted_count=NEW_FILMS) for series in review_series.SERIES)
    monkeypatch.setattr(review_series, "SERIES", few)
    # The checks of a map take seconds each; the browser test waits for them.
    monkeypatch.setattr(model_review_errors, "ReadRequest", functools.partial(ReadRequest, checks=False))
    app = AppTest.from_file(APP, default_timeout=120).run()
    app.switch_page("app_pages/review.py").run()
    assert not app.exception
    return app


def held(app: AppTest) -> ReviewSession:
    return app.session_state["diaphane_session"].model_review


def words(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.warning, app.error, app.info, app.success)
    return " ".join(str(element.value) for kind in kinds for element in kind)


def chosen(app: AppTest, source: str) -> AppTest:
    next(c for c in app.segmented_control if (c.key or "").startswith("review-source")).set_value(source).run()
    assert not app.exception
    return app


def pressed(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def test_the_recorded_review_is_there_at_once(app: AppTest) -> None:
    assert app.title[0].value == text("review.title")
    said = words(app)
    review = held(app).review
    assert review is not None
    assert (review.fold, review.source) == (4, "Patients held out of training, selection and calibration")
    assert plain(facts_line(review)) in said
    few = counted("review.caution.few", 35, unit="patient", units="patients", least=review.min_positive_patients)
    assert plain(few) in said
    assert text("review.mistakes.recorded", pictures="films") in said
    assert len(app.get("plotly_chart")) == 5
    assert len(app.get("download_button")) == 1
    # Another output of the same record: a report label without probabilities.
    next(c for c in app.segmented_control if (c.key or "").startswith("review-output")).set_value(
        "report_effusion"
    ).run()
    assert not app.exception
    assert plain(text("review.caution.report_label")) in words(app)


def test_the_slider_moves_what_is_flagged_and_missed(app: AppTest) -> None:
    before = [metric.value for metric in app.metric]
    slider = next(s for s in app.slider if (s.key or "").startswith("threshold-"))
    slider.set_value(0.9).run()
    after = [metric.value for metric in app.metric]
    assert float(after[0]) < float(before[0])
    assert float(after[1]) > float(before[1])
    app.number_input[0].set_value(1.0).run()
    assert not app.exception
    hundred = {"pictures": "films", "flagged": "@", "false_alarms": "@", "missed": "@"}
    assert plain(text("review.hundred.stated", prevalence="1", **hundred).split("@")[0]) in words(app)
    assert float(app.metric[1].value) <= 1


def test_one_click_reviews_the_synthetic_series_and_opens_its_mistakes(app: AppTest) -> None:
    pressed(chosen(app, SYNTHETIC), "review-run")
    state = held(app)
    assert state.review is not None
    assert state.review.synthetic
    assert state.review.n_films == FILMS
    said = words(app)
    assert plain(text("review.caution.synthetic")) in said
    first = next(b for b in app.button if (b.key or "").startswith("explain-"))
    first.click().run()
    assert not app.exception
    assert len(state.explained) == 1
    assert all(plain(found.caption) in words(app) for found in state.explained.values())


def test_drift_is_noticed_and_goes_into_the_export(app: AppTest) -> None:
    pressed(chosen(app, SYNTHETIC), "review-run")
    pressed(app, "drift-run")
    state = held(app)
    assert state.drift is not None
    assert state.drift.n_films == NEW_FILMS
    assert "Drift." in words(app)
    complete = state.complete()
    assert complete is not None
    assert complete.drift is state.drift
    # A new review starts without it.
    pressed(app, "review-run")
    assert held(app).drift is None


def test_a_second_model_stands_beside_the_first(app: AppTest) -> None:
    chosen(app, SYNTHETIC)
    next(s for s in app.selectbox if (s.key or "").startswith("review-other")).set_value("chest-xray/fold0").run()
    pressed(app, "review-run")
    review = held(app).review
    assert review is not None
    assert review.other == "chest-xray, sister network of fold 0"
    assert any(c.name == "other" and c.delong is not None for c in review.outputs[0].comparisons)


def test_a_labelled_folder_is_read_and_its_name_is_nowhere_else(app: AppTest, tmp_path: Path) -> None:
    folder = tmp_path / "Jane-Roe-4711"
    write_labelled_series(folder, 12)
    chosen(app, FOLDER)
    assert app.button(key="review-run").disabled
    app.text_input(key="review-folder").set_value(str(folder / "labels.csv")).run()
    pressed(app, "review-run")
    review = held(app).review
    assert review is not None
    assert (review.n_films, review.synthetic) == (12, False)
    assert "Roe" not in words(app)
    assert "PHANTOM-" not in words(app)
    assert "SYNTHETIC_" not in words(app)


def test_a_folder_without_labels_is_refused_in_words_that_name_no_path(app: AppTest, tmp_path: Path) -> None:
    chosen(app, FOLDER)
    app.text_input(key="review-folder").set_value(str(tmp_path / "Jane-Roe")).run()
    pressed(app, "review-run")
    assert "no readable labels.csv" in app.error[0].value
    assert "Roe" not in words(app)
    # The refusal goes with the choice that it answers.
    chosen(app, SYNTHETIC)
    assert not [e for e in app.error if re.search("labels.csv", e.value)]


def test_a_sister_network_has_no_record_and_says_so(app: AppTest) -> None:
    next(s for s in app.selectbox if s.key == "review-model").set_value("chest-xray/fold1").run()
    assert not app.exception
    assert "no held-out review of their own" in app.error[0].value
    assert held(app).review is None


def test_pictures_of_many_films_do_not_pile_up() -> None:
    state = ReviewSession()
    for i in range(MOST_PICTURES + 10):
        state.keep_thumbnail(i, b"png")
        state.keep_explained("lung_opacity", i, ExplainedMistake(b"", "", "", "", "", ""))
    assert len(state.thumbnails) == len(state.explained) == MOST_PICTURES
    assert MOST_PICTURES + 9 in state.thumbnails


def test_the_other_models_have_a_record_too_in_the_words_of_their_data(app: AppTest) -> None:
    pick = next(s for s in app.selectbox if s.key == "review-model")
    for model, picture, unit, pictures, units in (
        ("breast-ultrasound", "picture", "groups of near-duplicate pictures", 158, 126),
        ("brain-mri-tumour", "slice", "blocks of 13 consecutive slices of a class", 635, 50),
        ("fundus-retinopathy", "photograph", "photographs and their duplicates", 76, 76),
    ):
        pick.set_value(model).run()
        assert not app.exception
        said = words(app)
        review = held(app).review
        assert review is not None
        assert (review.source, review.fold) == ("Groups held out of training, selection and calibration", 4)
        assert (review.n_films, review.nouns.picture, review.n_patients, review.nouns.unit) == (
            pictures, picture, units, "group",
        )  # fmt: skip
        assert plain(facts_line(review)) in said
        assert f"A group stands for a patient: {unit}" in said
        assert "film" not in said.replace("as film", "")
        assert re.search(r"\d patient", said) is None
        assert text("review.subgroups.none", pictures=f"{picture}s") in said
        pick = next(s for s in app.selectbox if s.key == "review-model")


@pytest.mark.slow
def test_one_click_reviews_another_model_on_its_own_computed_pictures(app: AppTest) -> None:
    next(s for s in app.selectbox if s.key == "review-model").set_value("brain-mri-tumour").run()
    pressed(chosen(app, SYNTHETIC), "review-run")
    state = held(app)
    assert state.review is not None
    assert (state.review.synthetic, state.review.n_films, len(state.review.outputs)) == (True, FILMS, 3)
    assert (state.review.nouns.pictures, state.review.n_patients, state.review.nouns.units) == (
        "slices",
        FILMS,
        "phantoms",
    )
    pressed(app, "drift-run")
    assert held(app).drift is not None
    assert any("slices" in caption.value for caption in app.caption)
    assert "film" not in " ".join(caption.value for caption in app.caption)


@pytest.mark.slow
def test_versions_of_a_model_of_ones_own_stand_side_by_side(app: AppTest, tmp_path: Path) -> None:
    pictures = write_classes(tmp_path / "pictures", 40)
    for epochs in (1, 2):
        train_pictures(recipe(pictures, settings=replace(QUICK, epochs=epochs)), tmp_path / "runs")
    app.run()
    next(s for s in app.selectbox if s.key == "review-model").set_value("discs").run()
    next(s for s in app.selectbox if (s.key or "").startswith("review-other")).set_value("discs@2").run()
    assert not app.exception
    review = held(app).review
    assert review is not None
    assert (review.version, review.other) == ("1", "discs, version 2")
    other = next(c for c in review.outputs[0].comparisons if c.name == "other")
    assert other.brier[0] is not None
    assert "Pictures held out of the training of both" in words(app)
    # The other way round, and on a folder of pictures.
    next(s for s in app.selectbox if s.key == "review-model").set_value("discs@2").run()
    chosen(app, FOLDER)
    next(s for s in app.selectbox if (s.key or "").startswith("review-other")).set_value("discs").run()
    app.text_input(key="review-folder").set_value(str(pictures)).run()
    pressed(app, "review-run")
    review = held(app).review
    assert review is not None
    assert (review.version, review.n_films) == ("2", 40)
    assert "trained or calibrated on 32 of these pictures" in words(app)
