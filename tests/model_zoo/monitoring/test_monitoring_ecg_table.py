"""Strips from tables: what is read, and that every refusal says what was wrong and what to do, without a value."""

from __future__ import annotations

import numpy as np
import pytest

from model_zoo.errors import InvalidPatientRecord
from model_zoo.monitoring.ecg_table import MAX_BYTES, read_ecg_rows, read_ecg_table

RATE = 250
CLOCK = np.arange(5 * RATE) / RATE
WAVE = np.round(np.sin(2 * np.pi * CLOCK), 3)


def rows(header: str, *columns: np.ndarray, mark: str = ",", form: str = "{:.4f}") -> str:
    body = [mark.join(form.format(value) for value in cells) for cells in zip(*columns, strict=True)]
    return "\n".join([header, *body] if header else body)


@pytest.mark.parametrize(
    ("text", "rate", "lead"),
    [
        (rows("time (s),II (mV)", CLOCK, WAVE), None, "II"),
        (rows("time_ms;lead V1 [uV]", CLOCK * 1000, WAVE * 1000, mark=";").replace(".", ","), None, "V1"),
        (rows("time,MLII", CLOCK * 1000, WAVE), None, "MLII"),  # no unit: as seconds it would be no ECG
        (rows("time ecg", CLOCK, WAVE, mark="  "), None, "column 2"),
        (rows("'sample #','MLII'", np.arange(len(WAVE)), WAVE), 250.0, "MLII"),
        (rows("", CLOCK, WAVE), None, "column 2"),
        (rows("", WAVE), 250.0, "column 1"),
        ("# sampling rate: 250 Hz\n" + rows("", WAVE), None, "column 1"),
        (
            "'Elapsed time','MLII'\n'hh:mm:ss.mmm','mV'\n"
            + "\n".join(f"'0:{second:06.3f}',{value}" for second, value in zip(CLOCK, WAVE, strict=True)),
            None,
            "MLII",
        ),
    ],
)
def test_strips_are_read_in_microvolts(text: str, rate: float | None, lead: str) -> None:
    found = read_ecg_rows(text, rate)
    assert found.rate_hz == RATE
    assert list(found.leads) == [lead]
    np.testing.assert_allclose(found.leads[lead], 1000 * WAVE, atol=1e-6)
    assert found.seconds == 5
    assert not found.leads[lead].flags.writeable


def test_the_lead_nearest_to_the_models_is_read_and_nobody_is_named() -> None:
    text = "\n".join(
        [
            "Jane Roe,patient name,time (s),V5 (mV),II (mV)",
            *(f"{v},Jane,{t:.3f},{v},{v}" for t, v in zip(CLOCK, WAVE, strict=True)),
        ]
    )
    found = read_ecg_rows(text)
    assert list(found.leads) == ["column 1", "V5", "II"]
    assert found.best_lead == "II"
    assert "1 column(s) that may say who the patient is were not read." in found.notes
    assert "Jane" not in repr(found)


@pytest.mark.parametrize(
    ("text", "rate", "words"),
    [
        ("", None, "nothing to read"),
        ("dear colleague\nplease look\nat this", None, "no numbers"),
        ("time (s),II (mV)", None, "no numbers below the header"),
        (rows("", WAVE), None, "no sampling rate is stated"),
        (rows("time (s)", CLOCK), None, "no column of a lead"),
        (rows("time (s),II (adu)", CLOCK, WAVE), None, "unit of column 2"),
        (rows("time (s),II,II", CLOCK, WAVE, WAVE), None, "two columns hold lead II"),
        (rows("time (s),II", CLOCK * 10, WAVE), None, "comes to 25 Hz"),
        (rows("time (s),II", CLOCK[::-1], WAVE), None, "do not rise"),
        (rows("time (s),II", np.delete(CLOCK, slice(100, 130)), WAVE[30:]), None, "not evenly spaced"),
        (rows("time (s),II", CLOCK, WAVE), 360.0, "contradicts the time column"),
        (rows("time (s),II", CLOCK, WAVE) + "\n5.0,hello", None, "column 2: row 1252 has no number"),
        (rows("time (s),II", CLOCK, WAVE) + "\n5.0,", None, "row 1252"),
        (rows("time (s),II", CLOCK, WAVE) + "\n5.0", None, "not as many cells"),
        (rows("", np.tile(WAVE, 61)), 250.0, "longer than 5 minutes"),
        (rows("", WAVE), 50.0, "comes to 50 Hz"),
        ("II\n\x00", 250.0, "not text"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(text: str, rate: float | None, words: str) -> None:
    with pytest.raises(InvalidPatientRecord) as caught:
        read_ecg_rows(text, rate)
    assert words in caught.value.message
    assert caught.value.hint
    assert "hello" not in str(caught.value)


def test_files_that_are_too_large_or_no_text_are_refused() -> None:
    with pytest.raises(InvalidPatientRecord, match="8 MB"):
        read_ecg_table(b"1\n" * (MAX_BYTES // 2 + 1))
    with pytest.raises(InvalidPatientRecord, match="UTF-8"):
        read_ecg_table(b"\xff\xfe\x00")
