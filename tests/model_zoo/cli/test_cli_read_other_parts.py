"""``read`` with a note and a stay: the same whole case as on the page; bad files are refused with what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from model_zoo.cli.application import main

FAST = ("--methods", "", "--no-checks", "--json")


@pytest.mark.slow
def test_a_sample_comes_with_note_and_stay_and_the_hour_decides(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "--sample", "opacity", *FAST]) == 0
    whole = json.loads(capsys.readouterr().out)["whole"]
    assert whole["vital_signs"]["hour"] == 15
    assert {a["state"] for a in whole["agreements"] if a["question"] == "how ill the patient is"} == {"agree"}
    assert main(["read", "--sample", "opacity", "--hour", "0", *FAST]) == 0
    earlier = json.loads(capsys.readouterr().out)["whole"]
    assert {a["state"] for a in earlier["agreements"] if a["question"] == "how ill the patient is"} == {"conflict"}
    assert len(earlier["alerts"]) < len(whole["alerts"])
    # The form is of the day after: at hour 0 of the stay pulse and creatinine were others.
    assert whole["differing_values"] == []
    assert {"creatinine_umol_l", "heart_rate_per_min"} <= {found["name"] for found in earlier["differing_values"]}
    assert main(["read", "--sample", "opacity", "--hour", "0", *FAST[:-1]]) == 0
    assert "Stated differently: Creatinine: 168 µmol/L in the form" in " ".join(capsys.readouterr().out.split())


@pytest.mark.slow
def test_cytology_and_picture_become_one_number_only_at_a_stated_prevalence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "--sample", "breast-solid", *FAST]) == 0
    assert json.loads(capsys.readouterr().out)["whole"]["pooled"] is None
    assert main(["read", "--sample", "breast-solid", "--pool-prevalence", "10", *FAST]) == 0
    pooled = json.loads(capsys.readouterr().out)["whole"]["pooled"]
    assert sum(pooled["shares"].values()) + pooled["prior"] == pytest.approx(pooled["probability"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--note", "nowhere.txt"), "no readable text"),
        (("--vitals", "nowhere.csv"), "no readable vital signs"),
        (("--hour", "4"), "--hour goes with vital signs"),
    ],
)
def test_what_cannot_be_read_is_named(
    words: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    # A picture of a breast: its samples bring no stay.
    assert main(["read", "--sample", "breast-solid", *FAST, *words]) != 0
    answer = capsys.readouterr()
    assert said in answer.out + answer.err
