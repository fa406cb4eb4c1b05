"""The quality page without a browser: the record before the first run, one click, and a log that stays."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.catalogue import text
from dashboard.components.quality import runs as component
from dashboard.records.quality_log import QualityLog
from model_zoo.engine import InferenceEngine
from model_zoo.quality.release import FILE, QualityRelease, build_release
from model_zoo.quality.series import run_quality
from tests.quality_runs import shifted, short_series

APP = str(Path(__file__).resolve().parents[2] / "dashboard" / "page.py")


@pytest.fixture(scope="module")
def release() -> QualityRelease:
    """A release of the short series, by the shipped network."""
    return build_release(run_quality(InferenceEngine(), films=short_series()))


@pytest.fixture
def recorded(release: QualityRelease, monkeypatch: pytest.MonkeyPatch) -> dict[str, QualityRelease | None]:
    """Let the page read the short series and find this release; the test may put another one in its place."""
    held: dict[str, QualityRelease | None] = {"release": release}
    monkeypatch.setattr(component, "run_quality", functools.partial(run_quality, films=short_series()))
    monkeypatch.setattr("model_zoo.quality.release.read_release", lambda folder: held["release"])
    return held


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("DIAPHANE_CASES", str(tmp_path))
    return AppTest.from_file(APP, default_timeout=120).run()


def opened(app: AppTest) -> AppTest:
    app.switch_page("app_pages/quality.py").run()
    assert not app.exception
    return app


def pressed(app: AppTest) -> AppTest:
    app.button(key="quality-run").click().run()
    assert not app.exception
    return app


def test_before_the_first_run_the_recorded_release_is_shown(app: AppTest, tmp_path: Path) -> None:
    opened(app)
    assert app.title[0].value == text("quality.title")
    assert app.caption[0].value == text("quality.purpose")
    assert app.info[0].value.startswith(text("quality.release_shown", when="@").split("@")[0])
    assert [chart.type for chart in app.get("plotly_chart")] == ["plotly_chart"] * 2
    assert list(tmp_path.iterdir()) == []


def test_one_click_gives_a_verdict_and_keeps_the_run(app: AppTest, recorded: dict, tmp_path: Path) -> None:
    pressed(opened(app))
    assert "Inside the acceptance band" in app.success[0].value
    (line,) = QualityLog().list()
    assert line.run is not None
    assert line.run.verdict.passed
    assert len(line.run.result.films) == len(short_series())
    # The run is still there after another page, and after a second one both are listed with their constancy.
    app.switch_page("app_pages/models.py").run()
    opened(app)
    assert "Inside the acceptance band" in app.success[0].value
    assert len(app.get("plotly_chart")) == 2
    pressed(app)
    assert len(QualityLog().list()) == 2
    assert len(app.get("plotly_chart")) == 3
    assert list(app.dataframe[-1].value[text("quality.column.verdict")]) == [text("quality.status.inside")] * 2
    told = " ".join(path.read_text() for path in (tmp_path / "quality").iterdir())
    assert json.loads(told[: told.index("\n}") + 2])["result"]["model"] == "chest-xray"


def test_a_drift_since_release_is_said_with_its_reason_and_the_next_step(
    app: AppTest, recorded: dict, release: QualityRelease
) -> None:
    recorded["release"] = build_release(shifted(release.result, 0.5))
    pressed(opened(app))
    assert "Outside the release" in app.error[0].value
    assert "moved by 0.500" in app.error[0].value
    assert any("Do not read with this installation" in caption.value for caption in app.caption)


def test_without_a_release_the_page_says_how_to_record_one(app: AppTest, recorded: dict) -> None:
    recorded["release"] = None
    opened(app)
    assert app.info[0].value == text("quality.no_release")
    pressed(app)
    assert "No release is recorded" in app.warning[0].value
    assert len(QualityLog().list()) == 1


def test_a_damaged_run_is_listed_and_the_page_draws(app: AppTest, tmp_path: Path) -> None:
    (tmp_path / "quality").mkdir()
    (tmp_path / "quality" / "20260302t070000z-00000000.json").write_text("{")
    opened(app)
    assert app.info[0].value.startswith(text("quality.release_shown", when="@").split("@")[0])
    assert "damaged" in app.dataframe[-1].value[text("quality.column.verdict")][0]


def test_a_damaged_release_record_is_said_and_nothing_is_run_against_it(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from model_zoo.quality import release as quality_release

    read = quality_release.read_release
    (tmp_path / FILE).write_text("{")
    monkeypatch.setattr(quality_release, "read_release", lambda folder: read(tmp_path))
    opened(app)
    assert "release record" in app.error[0].value
    assert app.button(key="quality-run").disabled


def test_a_log_that_cannot_be_written_loses_nothing_on_the_screen(
    app: AppTest, recorded: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: QualityLog, run: object) -> str:
        raise OSError("no space left on device")

    monkeypatch.setattr(QualityLog, "append", full)
    pressed(opened(app))
    assert app.warning[0].value == text("quality.not_kept")
    assert "Inside the acceptance band" in app.success[0].value


def test_a_run_of_other_weights_than_installed_is_called_old(
    app: AppTest, recorded: dict, release: QualityRelease
) -> None:
    from dataclasses import replace

    from dashboard.records.quality_log import QualityRun
    from model_zoo.quality.verdict import compare

    old = replace(release.result, weights_sha256="c" * 64)
    QualityLog().append(QualityRun(old, compare(old, build_release(old))))
    opened(app)
    assert text("quality.other_weights") in [warning.value for warning in app.warning]
