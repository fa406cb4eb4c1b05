"""Running the command line in this process, and a small film to run it on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from model_zoo.cli import main
from model_zoo.phantoms import SAMPLE_SETTINGS, render_phantom, write_phantom_dicom, write_phantom_png


@dataclass(frozen=True)
class Answer:
    """What one command line gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    def run(*words: object) -> Answer:
        capsys.readouterr()
        code = main([str(word) for word in words])
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def png_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A phantom as PNG: the file states neither age nor sex nor view."""
    path = tmp_path_factory.mktemp("films") / "film.png"
    path.write_bytes(write_phantom_png(render_phantom(SAMPLE_SETTINGS, 5, size=256)))
    return path


@pytest.fixture(scope="session")
def dicom_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A phantom as DICOM of a woman of 60 with an identifier of its own."""
    path = tmp_path_factory.mktemp("films") / "film.dcm"
    phantom = render_phantom(SAMPLE_SETTINGS, 6, size=256)
    path.write_bytes(write_phantom_dicom(phantom, "PHANTOM-4711", 60, "F", compression="rle"))
    return path
