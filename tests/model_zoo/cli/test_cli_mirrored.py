"""Mirrored films on the command line: the remark of a reading, and the figures with their record."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model_zoo.phantoms import sample_case, write_phantom_png
from model_zoo.scans import figures
from model_zoo.scans.mirrored_section import mirrored_section
from model_zoo.trust.mirrored import SideReading, side_remark

RECORD_FILE = figures.FOLDER / figures.MIRRORED_FILE
STATED = ("--age-years", "60", "--sex", "F", "--view", "PA", "--methods", "")


@pytest.mark.parametrize("mirrored", [False, True])
def test_reading_a_mirrored_film_says_so(mirrored: bool, cli: Callable[..., Any], tmp_path: Path) -> None:
    phantom = sample_case("opacity").phantom()
    image = np.ascontiguousarray(phantom.image[:, ::-1]) if mirrored else phantom.image
    path = tmp_path / "film.png"
    path.write_bytes(write_phantom_png(replace(phantom, image=image)))
    said = side_remark(SideReading(-9.0, 1.0))
    answer = cli("read", path, *STATED, "--json").json
    assert (said in answer["remarks"]) == mirrored
    assert (str(said)[:30] in cli("read", path, *STATED).out) == mirrored


def test_the_figures_are_printed_kept_and_written_into_the_page(
    cli: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = json.loads(RECORD_FILE.read_text(encoding="utf-8"))
    monkeypatch.setattr("model_zoo.training.chest.mirrored_figures.measure_mirrored", lambda *_: record)
    monkeypatch.setattr(figures.record, "__defaults__", (tmp_path,))
    assert cli("evaluate", "mirrored", "--json").json == record
    assert list(tmp_path.iterdir()) == []
    assert cli("evaluate", "mirrored", "--record").out.splitlines() == mirrored_section(record)
    assert json.loads((tmp_path / "mirrored.json").read_text(encoding="utf-8")) == record
    assert "\n".join(mirrored_section(record)) in (tmp_path / "FIGURES.md").read_text(encoding="utf-8")


def test_every_figure_stands_with_its_interval() -> None:
    record = json.loads(RECORD_FILE.read_text(encoding="utf-8"))
    rows = [line for line in mirrored_section(record) if line.startswith("|")][2:]
    assert len(rows) == len(record["groups"]) + 1
    assert all(row.count("[") == 2 for row in rows)


def test_evaluating_the_network_by_its_name_leads_to_the_figures(cli: Callable[..., Any]) -> None:
    answer = cli("evaluate", "chest-mirrored")
    assert answer.code != 0
    assert "evaluate mirrored" in answer.err
