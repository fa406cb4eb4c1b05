"""The oracle: DCMTK renders the same files, and the list of those that differ is exactly the one with reasons."""

import shutil

import numpy as np
import pytest

from model_zoo.errors import DataNotFound
from model_zoo.scans import decode_scan, oracle
from model_zoo.scans.figures import FOLDER, ORACLE_FILE, figures_markdown, record
from model_zoo.scans.oracle_inputs import RAMP, made_inputs
from tests.model_zoo.scans.scan_files import shipped


@pytest.fixture(scope="module")
def compared():
    return oracle.compare_all()


@pytest.mark.peers
def test_the_files_that_differ_are_exactly_those_with_a_reason(compared):
    apart = {one.name for one in compared if one.outcome in (oracle.DIFFERS, oracle.REFUSED)}
    assert apart == set(oracle.KNOWN)


@pytest.mark.peers
def test_most_files_are_rendered_by_both(compared):
    figures = oracle.figures(compared)
    assert figures["shipped"]["compared"] >= 90
    assert figures["made"]["compared"] == len(made_inputs())
    assert figures["shipped"]["share"]["low"] > 0.9
    assert all(row["why"] for row in figures["differences"])


@pytest.mark.peers
@pytest.mark.parametrize(
    ("name", "option"),
    [("table of 12 bits declared as 16", "--ignore-vlut-depth"), ("YCbCr stream labelled RGB", "--conv-guess")],
)
def test_asked_to_look_at_the_data_itself_dcmtk_agrees(name, option):
    one = oracle.compare(name, made_inputs()[name], (option,))
    assert one.outcome == oracle.AGREES


@pytest.mark.peers
def test_a_rendering_that_is_inverted_is_no_agreement():
    one = oracle.compare("x", made_inputs()["window"], ("--inverse-shape",))
    assert (one.outcome, one.largest) == (oracle.DIFFERS, pytest.approx(255, abs=1))


def test_big_endian_doses_are_those_of_the_little_endian_ones():
    for big, little in (("rtdose_expb.dcm", "rtdose.dcm"), ("rtdose_expb_1frame.dcm", "rtdose_1frame.dcm")):
        np.testing.assert_array_equal(decode_scan(shipped(big)).frames, decode_scan(shipped(little)).frames)


def test_without_dcmtk_the_reader_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(DataNotFound) as refused:
        oracle.compare_all()
    assert "dcmtk" in refused.value.hint


def test_the_recorded_figures_are_those_of_the_page():
    assert (FOLDER / "FIGURES.md").read_text(encoding="utf-8") == figures_markdown()


def test_a_section_is_written_from_what_is_recorded_and_left_out_where_nothing_is(tmp_path):
    assert "DCMTK" not in figures_markdown(tmp_path)
    one, other = oracle.Compared("a.dcm", oracle.AGREES, 1.0, 0.5), oracle.Compared("b.dcm", oracle.DIFFERS, 90.0, 9.0)
    made = oracle.Compared(f"{oracle.MADE}slope 0,25", oracle.DIFFERS, 191.0, 95.0)
    record(ORACLE_FILE, oracle.figures([one, other, made]), tmp_path)
    written = (tmp_path / "FIGURES.md").read_text(encoding="utf-8")
    assert "| shipped with pydicom | 2 | 1 | 0.500 (0.013 to 0.987) | 1.0, 1.0 |" in written
    assert "| made: slope 0,25 | 191 | Diaphane |" in written
    assert "| b.dcm | 90 | not known |" in written


# What right is for each made file, without DCMTK: the ramp as it was written, through the window as it was meant.
_WINDOWED = np.clip((RAMP.astype(float) - (2047.5 - 1499 / 2)) / 1499, 0, 1)
_WHOLE = RAMP / 4095


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("12 bits, no window", _WHOLE),
        ("window", _WINDOWED),
        ("window with an empty second value", _WINDOWED),
        ("window 1500,0", _WINDOWED),
        ("window of one grey value", (RAMP > 2047.5).astype(float)),
        ("slope 0,25", np.clip(RAMP / 4 / 1023, 0, 1)),
        ("MONOCHROME1", 1 - _WINDOWED),
        ("MONOCHROME1 and INVERSE", 1 - _WINDOWED),
        ("MONOCHROME2 and INVERSE", 1 - _WINDOWED),
        ("MONOCHROME1 and IDENTITY", _WINDOWED),
        ("high bit 15", _WINDOWED),
        ("high bit 13", _WINDOWED),
        ("12 bits of pixels, BitsStored 10", _WINDOWED),
        ("signed", np.clip((RAMP.astype(float) - 2048 + 0.5) / 1499 + 0.5, 0, 1)),
        ("signed, zeros above the sign", np.clip((RAMP.astype(float) - 2048 + 0.5) / 1499 + 0.5, 0, 1)),
        ("table of 12 bits", _WHOLE),
        ("table of 12 bits declared as 16", _WHOLE),
        ("YCbCr stream labelled RGB", (RAMP >> 4) / 255),
    ],
)
def test_every_made_file_is_shown_as_it_was_meant(name, expected):
    scan = decode_scan(made_inputs()[name])
    np.testing.assert_allclose(scan.presentation(), expected, atol=0.01)
    assert not scan.is_colour
