"""ECG beats on the monitoring page without a browser: strips come in, beats are explained, refusals lose nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.catalogue import text
from dashboard.components.stay import part as monitoring_part
from dashboard.session.ecg import EcgSession
from dashboard.viewmodels.ecg.beat import build_beat, build_classes
from model_zoo.ecg.beats import CLASS_TITLES
from model_zoo.ecg.demo import synthetic_strip
from model_zoo.ecg.form import LIMITS, METHOD_WORDS
from model_zoo.ecg.reading import DETECTOR
from model_zoo.plain import plain

APP = str(Path(__file__).resolve().parents[2] / "dashboard" / "page.py")


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("DIAPHANE_CASES", str(tmp_path))
    app = AppTest.from_file(APP, default_timeout=120)
    app.session_state[monitoring_part.HELD] = monitoring_part.ECG_BEATS
    app.run()
    return clean(app.switch_page("app_pages/monitoring.py").run())


def clean(app: AppTest) -> AppTest:
    assert not app.exception
    return app


def held(app: AppTest) -> EcgSession:
    return app.session_state["diaphane_session"].ecg


def drawn(app: AppTest) -> str:
    kinds = (app.title, app.markdown, app.caption, app.header, app.subheader, app.warning, app.error)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def figures(app: AppTest) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def strip_csv(seconds: float = 12.0, header: str = "time (s),II (mV)", ventricular: tuple[int, ...] = (5,)) -> str:
    strip = synthetic_strip(seconds, ventricular)
    rows = [f"{i / 360:.4f},{value / 1000:.4f}" for i, value in enumerate(strip.microvolts)]
    return "\n".join([header, *rows])


def test_the_example_opens_with_one_click_and_explains_a_beat(app: AppTest) -> None:
    assert app.title[0].value == text("ecg.title")
    clean(app.button(key="ecg-welcome").click().run())
    shown = drawn(app)
    reading = held(app).reading
    card = reading.model.card
    weak = {kind.name: kind for kind in build_classes(card)}
    for words in (
        text("ecg.synthetic"),
        text("ecg.counts.class", count=4, name="V", title=CLASS_TITLES["V"]),
        text("ecg.counts.runs", runs=text("ecg.counts.pair", first=16, last=17)),
        text("ecg.beat.heading", number="8", seconds="6.06", name="V"),
        plain(METHOD_WORDS),
        plain(build_beat(reading, 8, held(app).explained()).balance),
        DETECTOR,
        *(
            text("ecg.worth.weak", name=name, title=plain(CLASS_TITLES[name]), weak=plain(weak[name].weak))
            for name in ("S", "F")
        ),
        text("ecg.worth.not_for", uses=plain(card["not_for"])),
        LIMITS,
    ):
        assert words in shown
    names = [trace.get("name") for chart in figures(app) for trace in chart["data"]]
    assert names.count("beats") == 3
    assert {"share", "shares", "totals"} <= set(names)
    assert len(app.dataframe[0].value) == 36
    assert app.query_params == {}
    parts = [one.proto for one in app.get("bidi_component")]
    downloads = [json.loads(part.json) for part in parts if part.component_name == "diaphane_download"]
    assert {one["name"] for one in downloads} == {"synthetic-ecg-beats.csv", "synthetic-ecg.json"}


def test_another_beat_and_another_class_are_explained(app: AppTest) -> None:
    clean(app.button(key="ecg-example").click().run())
    clean(app.button(key="ecg-unlike").click().run())
    assert held(app).beat == 16
    clean(app.button(key="ecg-next").click().run())
    assert held(app).beat == 17
    app.selectbox[0].set_value(10).run()
    assert text("ecg.beat.heading", number="10", seconds="7.99", name="N") in drawn(clean(app))
    assert plain(build_beat(held(app).reading, 10, held(app).explained()).sentence) in drawn(app)
    state = held(app)
    app.session_state[f"ecg-target-{state.generation}-{state.turn}"] = "V"
    clean(app.run())
    app.button(key="ecg-back").click().run()
    assert held(clean(app)).beat == 9


def test_a_refusal_keeps_the_strip_and_says_what_to_do(app: AppTest) -> None:
    clean(app.button(key="ecg-example").click().run())
    before = held(app).reading
    app.file_uploader[0].upload("strip.csv", b"II (mV)\n" + b"0.1\n" * 4000, "text/csv").run()
    assert held(clean(app)).reading is before
    assert "no sampling rate is stated" in app.error[0].value
    assert any("State the sampling rate in Hz" in caption.value for caption in app.caption)
    # The rate alone was missing: stated, the same file is read, and refused for what is in it.
    app.number_input(key="ecg-rate").set_value(360.0).run()
    assert held(clean(app)).reading is before
    assert "flat" in app.error[0].value
    assert text("ecg.input.earlier") in drawn(app)


def test_pasted_rows_and_an_upload_with_two_leads(app: AppTest) -> None:
    app.text_area[0].set_value(strip_csv())
    clean(app.button(key="ecg-read-rows").click().run())
    assert held(app).reading.counts["V"] == 1
    assert held(app).title == text("ecg.input.pasted")
    assert text("ecg.synthetic") not in drawn(app)
    two = "\n".join(
        f"{line},{'V1 (mV)' if i == 0 else line.split(',')[1]}" for i, line in enumerate(strip_csv().splitlines())
    )
    app.file_uploader[0].upload("strip.csv", two.encode(), "text/csv").run()
    assert held(clean(app)).reading.lead == "II"
    app.selectbox(key=f"ecg-lead-{held(app).generation}").set_value("V1").run()
    assert held(clean(app)).reading.lead == "V1"
    assert any("The lead is V1" in warning.value for warning in app.warning)


def test_a_strip_survives_another_page_and_is_closed_by_the_reader(app: AppTest) -> None:
    clean(app.button(key="ecg-example").click().run())
    app.switch_page("app_pages/guide.py").run()
    clean(app.switch_page("app_pages/monitoring.py").run())
    assert text("ecg.beat.heading", number="8", seconds="6.06", name="V") in drawn(app)
    clean(app.button(key="ecg-close").click().run())
    assert app.title[0].value == text("ecg.title")
    assert held(app).reading is None


def test_the_page_opens_without_reading_the_model(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked() -> None:
        raise AssertionError("the model was loaded before there was a strip")

    monkeypatch.setattr("model_zoo.ecg.reading.load_ecg_model", asked)
    clean(app.run())
    assert app.title[0].value == text("ecg.title")


def bare_csv(remark: str = "") -> bytes:
    """Return the strip without a time column."""
    strip = synthetic_strip(12.0, (5,))
    return "\n".join(
        [*([remark] if remark else []), "II (mV)", *(f"{v / 1000:.4f}" for v in strip.microvolts)]
    ).encode()


def test_an_unknown_rate_is_asked_for_with_the_file_kept_and_not_taken_for_the_next_file(app: AppTest) -> None:
    app.file_uploader[0].upload("strip.csv", bare_csv("# Heart rate: 100"), "text/csv").run()
    assert "no sampling rate is stated" in clean(app).error[0].value
    app.number_input(key="ecg-rate").set_value(360.0).run()
    assert held(clean(app)).reading.recording.rate_hz == 360
    assert text("ecg.strip.length", seconds="12.0", rate="360") in drawn(app)
    assert "The sampling rate is the one that was given with the file." in drawn(app)
    # A rate that was mistyped is corrected without bringing the file again.
    app.number_input(key="ecg-rate").set_value(400.0).run()
    assert held(clean(app)).reading.recording.rate_hz == 400
    app.file_uploader[0].upload("next.csv", bare_csv(), "text/csv").run()
    assert "no sampling rate is stated" in clean(app).error[0].value
    assert app.number_input(key="ecg-rate").value is None
    assert held(app).reading.recording.rate_hz == 400  # the strip that was there before
    app.file_uploader[0].upload("third.csv", bare_csv("# fs=360, low-pass 150 Hz"), "text/csv").run()
    assert held(clean(app)).reading.recording.rate_hz == 360
    assert "The sampling rate is the one that the file states." in drawn(app)


def test_a_file_of_other_signals_alone_is_refused_in_the_right_words(app: AppTest) -> None:
    app.file_uploader[0].upload("strip.csv", strip_csv(header="time (s),PLETH (mV)").encode(), "text/csv").run()
    assert "there is no column of a lead; what there is, is no ECG (pleth)" in clean(app).error[0].value
