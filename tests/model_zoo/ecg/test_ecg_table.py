"""Strips from tables: what is read, and that every refusal says what was wrong and what to do, without a value."""

from __future__ import annotations

import numpy as np
import pytest

from model_zoo.ecg.rate import stated_rates
from model_zoo.ecg.table import MAX_BYTES, read_ecg_rows, read_ecg_table
from model_zoo.errors import InvalidPatientRecord

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
        (rows("time ecg", CLOCK, WAVE, mark="  "), None, "ECG"),
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


@pytest.mark.parametrize(
    ("remark", "rates"),
    [
        ("Sampled at 500 Hz, low-pass 150 Hz", [500]),
        ("500 Hz sampling, 50 Hz notch", [500]),
        ("500 Hz sampling 50 Hz notch", [500]),
        ("filter 150 Hz sampling 500 Hz", [500]),
        ("notch filter 50 Hz, sampling rate 500 Hz", [500]),
        ("fs=360", [360]),
        ("HR 75 bpm, fs 360", [360]),
        ("sample rate: 250", [250]),
        ("Sampling Frequency (Hz): 1000", [1000]),
        ("sampling_frequency_hz: 500", [500]),
        ("fs = 1 kHz", [1000]),
        ("SampleRate: 1,000 Hz", [1000]),
        ("250 samples/s", [250]),
        ("Sampling interval: 4 ms", [250]),
        ("sampling rate = 500 Hz (500 samples/s)", [500]),
        ("sampling rate 500 Hz; downsampled to 250 Hz", [500, 250]),
        ("ECG sampled at 250 Hz; RESP sampled at 25 Hz", [250]),
        ("Heart rate: 100", []),
        ("pulse rate=88, respiratory rate: 16", []),
        ("Rate: 250", []),
        ("low-pass 150 Hz", []),
        ("50 Hz notch", []),
        ("bit rate: 128", []),
        ("Sampling 16 bit", []),
        ("paper speed 25 mm/s, 10 mm/mV", []),
        ("frame rate 60 Hz", []),
        ("SR 75", []),
        ("Sampled at 10:30", []),
        ("date sampled: 2024-01-02", []),
        ("sampled 12 leads", []),
        ("Number of samples: 3600", []),
        ("original sampling rate 1000 Hz", []),
    ],
)
def test_a_rate_is_taken_from_a_statement_of_the_rate_alone(remark: str, rates: list[float]) -> None:
    assert stated_rates(remark) == rates
    if len(rates) == 1:
        found = read_ecg_rows(f"# {remark}\n" + rows("II (mV)", WAVE))
        assert found.rate_hz == rates[0]
        assert "The sampling rate is the one that the file states." in found.notes
    else:
        words = "two different sampling rates" if rates else "no sampling rate is stated"
        with pytest.raises(InvalidPatientRecord, match=words):
            read_ecg_rows(f"# {remark}\n" + rows("II (mV)", WAVE))


def test_a_line_above_the_header_states_the_rate_without_a_mark() -> None:
    assert read_ecg_rows("Sampling rate: 250 Hz\n" + rows("II (mV)", WAVE)).rate_hz == 250


@pytest.mark.parametrize(
    ("text", "rate", "words"),
    [
        ("# fs=360\n# sampling rate: 250\n" + rows("II", WAVE), None, "two different sampling rates"),
        ("# fs=360\n" + rows("II", WAVE), 250.0, "contradicts the one that the file states"),
        ("# fs=500\n" + rows("time (s),II", CLOCK, WAVE), None, "contradicts the time column"),
    ],
)
def test_rates_that_contradict_each_other_are_refused(text: str, rate: float | None, words: str) -> None:
    with pytest.raises(InvalidPatientRecord, match=words):
        read_ecg_rows(text, rate)


def test_where_the_rate_comes_from_is_said() -> None:
    assert "The sampling rate is the one that was given with the file." in read_ecg_rows(rows("II", WAVE), 250.0).notes
    assert not any("sampling rate" in note for note in read_ecg_rows(rows("time (s),II", CLOCK, WAVE), 250.0).notes)


OTHERS = (
    "RESP", "PLETH", "ART", "ABP", "CVP", "PAP", "ICP", "CO2", "SpO2", "marker", "event", "ART_mean", "Resp1", "PulseOx",
    "etCO2 (mmHg)", "EEG", "Quality", "annotation", "x (mmHg)",
)  # fmt: skip


@pytest.mark.parametrize("title", OTHERS)
def test_another_signal_is_no_lead(title: str) -> None:
    beside = read_ecg_rows(rows(f"time (s),{title},V5 (mV)", CLOCK, -WAVE, WAVE))
    assert list(beside.leads) == ["V5"]
    assert any("it is no ECG lead" in note for note in beside.notes)
    with pytest.raises(InvalidPatientRecord, match="what there is, is no ECG"):
        read_ecg_rows(rows(f"time (s),{title}", CLOCK, WAVE))


@pytest.mark.parametrize("title", ["I", "aVR", "V1", "MLII", "ECG", "ECG II", "lead V5", "EKG1"])
def test_a_named_lead_goes_before_one_without_a_name(title: str) -> None:
    found = read_ecg_rows(rows(f"time (s),something,{title} (mV)", CLOCK, -WAVE, WAVE))
    assert found.best_lead == list(found.leads)[1]
    np.testing.assert_allclose(found.leads[found.best_lead], 1000 * WAVE, atol=1e-6)


@pytest.mark.parametrize("title", [
        "patient_id", "MRN", "Patient", "subject_id", "encounter_id", "stay_id", "PatID", "Fallnummer", "csn", "visit no",
        "case no", "encounterId", "\uff30atient", "sex",
    ])  # fmt: skip
def test_two_patients_or_stays_in_one_table_are_refused(title: str) -> None:
    def text(second: str) -> str:
        half = len(CLOCK) // 2
        lines = [
            f"{'A1' if i < half else second},{t:.3f},{v}" for i, (t, v) in enumerate(zip(CLOCK, WAVE, strict=True))
        ]
        return "\n".join([f"{title},time (s),II (mV)", *lines])

    with pytest.raises(InvalidPatientRecord, match="tells of more than one") as caught:
        read_ecg_rows(text("B2"))
    assert "A1" not in str(caught.value)
    assert read_ecg_rows(text("a1 ")).best_lead == "II"


@pytest.mark.parametrize(
    "cell", ["1_33", "\uff11.3", "\u0661", "0x1", "1e999", "1.3 mV", "--", "1.", "\u00bd", "1.3.3", "nan", "inf"]
)
def test_a_cell_that_is_no_plain_number_is_named(cell: str) -> None:
    text = "II (mV)\tV1 (mV)\n" + "\n".join(f"{cell if i == 7 else v}\t{v}" for i, v in enumerate(WAVE))
    with pytest.raises(InvalidPatientRecord, match="column 1: row 9 has no number"):
        read_ecg_rows(text, 250.0)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("cell", ["1e99", "-1e90", "9" * 400])
def test_a_voltage_beyond_any_measurement_is_refused_before_it_is_computed_with(cell: str) -> None:
    text = "II (V)\n" + "\n".join(cell if i == 7 else f"{v}" for i, v in enumerate(WAVE))
    with pytest.raises(
        InvalidPatientRecord, match=r"column 1: row 9 has (a number larger than any|no number)"
    ) as caught:
        read_ecg_rows(text, 250.0)
    assert cell not in str(caught.value)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("times", "words"),
    [
        (["0", *["1e308"] * 40], "column 1: rows 3, 4, 5, 6, 7 and 35 more have a number larger than any"),
        (["-1e99", *["1e99"] * 40], "a number larger than any"),
        ([f"{i}e-320" for i in range(41)], "no number|do not rise"),
        ([f"0.{'0' * 315}{i:02d}" for i in range(41)], "do not rise"),
        ([f"{'9' * 300}:{i}" for i in range(41)], "no time such as"),
    ],
)
def test_times_that_cannot_be_computed_with_are_refused_in_words(times: list[str], words: str) -> None:
    text = "time,II (mV)\n" + "\n".join(f"{time},{v}" for time, v in zip(times, WAVE, strict=False))
    with pytest.raises(InvalidPatientRecord, match=words):
        read_ecg_rows(text)


@pytest.mark.parametrize("cell", ["-0.3", "\u22120.3", "+1e-1", ".5"])
def test_plain_numbers_are_read_one_by_one_too(cell: str) -> None:
    text = "II (mV)\n" + "\n".join(cell if i == 7 else f"{v}" for i, v in enumerate(WAVE))
    assert read_ecg_rows(text, 250.0).leads["II"][7] == pytest.approx(1000 * float(cell.replace("\u2212", "-")))


def test_a_comma_that_may_divide_thousands_is_refused() -> None:
    text = "II (uV);V1 (uV)\n" + "\n".join("1,234;987" if i % 50 == 0 else "987;987" for i in range(len(WAVE)))
    with pytest.raises(InvalidPatientRecord, match="thousands or decimals"):
        read_ecg_rows(text, 250.0)


def test_times_in_other_digits_are_refused() -> None:
    text = "time,II (mV)\n" + "\n".join(f"0:0_{t:.3f},{v}" for t, v in zip(CLOCK, WAVE, strict=True))
    with pytest.raises(InvalidPatientRecord):
        read_ecg_rows(text)


@pytest.mark.parametrize(
    "remark", ["fs: \uff12\uff15\uff10", "sampling rate: 250 or 500 Hz", "sampling rate 250 Hz to 500 Hz"]
)
def test_a_rate_that_is_not_plainly_stated_is_none(remark: str) -> None:
    assert stated_rates(remark) == []


@pytest.mark.parametrize("title", ["UAC", "snore", "X", "Arterial line", "V7"])
def test_a_column_that_names_no_lead_is_read_with_a_remark(title: str) -> None:
    notes = read_ecg_rows(rows(f"time (s),{title}", CLOCK, WAVE)).notes
    assert "No lead is named in the header of column 2; check that it is an ECG." in notes
