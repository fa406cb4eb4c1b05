"""``ecg`` on files: the rate is stated, given or asked for, and other signals are no leads."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from model_zoo.ecg.demo import synthetic_strip


def strip(path: Path, *lines: str, beside: str = "") -> Path:
    values = synthetic_strip(12.0, (5,)).microvolts / 1000
    rows = [f"{value:.4f},{np.sin(i / 300):.3f}" if beside else f"{value:.4f}" for i, value in enumerate(values)]
    path.write_text("\n".join([*lines, f"V5 (mV),{beside}" if beside else "II (mV)", *rows]), encoding="utf-8")
    return path


def test_a_rate_is_asked_for_where_the_file_speaks_of_something_else(cli, tmp_path) -> None:
    file = strip(tmp_path / "a.csv", "# Heart rate: 100, low-pass 150 Hz")
    refused = cli("ecg", file, "--json")
    assert refused.code != 0
    assert "no sampling rate is stated" in refused.json["error"]["message"]
    assert "--rate" in refused.json["error"]["hint"]
    answer = cli("ecg", file, "--rate", "360", "--json").json
    assert answer["strip"]["rate_hz"] == 360
    assert "The sampling rate is the one that was given with the file." in answer["strip"]["notes"]


def test_a_stated_rate_is_used_and_another_one_given_is_refused(cli, tmp_path) -> None:
    file = strip(tmp_path / "b.csv", "# Sampled at 360 Hz, low-pass 150 Hz")
    assert cli("ecg", file, "--json").json["strip"]["rate_hz"] == 360
    refused = cli("ecg", file, "--rate", "250", "--json")
    assert "contradicts the one that the file states" in refused.json["error"]["message"]


def test_a_named_lead_is_read_beside_another_signal(cli, tmp_path) -> None:
    answer = cli("ecg", strip(tmp_path / "c.csv", "# fs=360", beside="RESP (mV)"), "--json").json
    assert answer["strip"]["leads"] == ["V5"]
    assert "Not read, because it is no ECG lead: resp." in answer["strip"]["notes"]
