"""An independent oracle: DCMTK renders the same files, and every difference has a name and a reason.

DCMTK shares no code with the decoders here, except for JPEG, where GDCM and DCMTK both grew from the library of the
Independent JPEG Group. Its ``dcmj2pnm`` (``dcml2pnm`` for JPEG-LS) is asked for the first frame through the window that the
file asks for, or from its lowest to its highest value where it asks for none.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.uid import JPEGLSTransferSyntaxes
from scipy.stats import binomtest

from model_zoo.errors import DataNotFound, ZooError
from model_zoo.scans.decode import decode_scan
from model_zoo.scans.formats._dicom_file import looks_like_dicom, numbers, text
from model_zoo.scans.formats._luminance import LUMA
from model_zoo.scans.formats._quiet import quiet
from model_zoo.scans.oracle_inputs import made_inputs
from model_zoo.scans.scan import Scan, Window

RENDERER, RENDERER_JPEG_LS = "dcmj2pnm", "dcml2pnm"
TOLERANCE = 2.0  # grey levels of 255, at every pixel: each side rounds once, and lossy JPEG once more
SECONDS = 60
SHIPPED = Path(pydicom.__file__).parent / "data"
AGREES, DIFFERS, REFUSED, NOT_THERE = "agrees", "differs", "refused here", "not rendered by DCMTK"
MADE = "made: "  # before the names of the computed files
# Every file on which the two differ: who is right, and why. Tests hold the list against what is found.
KNOWN = {
    "rtdose_expb.dcm": ("Diaphane", "32-bit big-endian values; ours equal rtdose.dcm, where both agree"),
    "rtdose_expb_1frame.dcm": ("Diaphane", "32-bit big-endian values; ours equal rtdose_1frame.dcm, where both agree"),
    "made: slope 0,25": ("Diaphane", "a decimal comma; DCMTK reads the slope as zero and leaves it out"),
    "made: table of 12 bits declared as 16": ("Diaphane", "by the letter almost black; viewers, and DCMTK with +Mv, agree"),
    "made: YCbCr stream labelled RGB": ("Diaphane", "components 1, 2, 3 without a marker; DCMTK with +cg agrees"),
    "made: 12 bits of pixels, BitsStored 10": ("neither", "masked there, so bright wraps to dark; shown whole here, not read"),
}  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """One file rendered twice. largest, median: difference in grey levels of 255, ``None`` where one side has no picture."""

    name: str
    outcome: str
    largest: float | None = None
    median: float | None = None


def require_renderer() -> None:
    """Raise DataNotFound where DCMTK is not installed."""
    if shutil.which(RENDERER) is None or shutil.which(RENDERER_JPEG_LS) is None:
        raise DataNotFound("DCMTK, which renders the files for comparison, is not installed.", "Install package dcmtk.")


def compare_all() -> tuple[Compared, ...]:
    """Compare every DICOM picture that pydicom ships, and the made ones. Raises DataNotFound without DCMTK."""
    require_renderer()
    files = [*_shipped(), *((f"{MADE}{name}", data) for name, data in made_inputs().items())]
    found = (compare(name, data) for name, data in files)
    return tuple(one for one in found if one is not None)


def compare(name: str, data: bytes, extra: Sequence[str] = ()) -> Compared | None:
    """Compare one file; ``None`` where neither side finds a picture in it. extra: options for DCMTK."""
    try:
        scan = decode_scan(data)
    except ZooError:
        scan = None
    theirs = _rendered(data, scan, extra)
    if scan is None:
        return None if theirs is None else Compared(name, REFUSED)
    if theirs is None:
        return Compared(name, NOT_THERE)
    ours = scan.presentation()
    if ours.shape != theirs.shape:
        return Compared(name, DIFFERS, 255.0, 255.0)
    apart = 255 * np.abs(ours - theirs)
    largest = float(apart.max())
    return Compared(name, AGREES if largest <= TOLERANCE else DIFFERS, largest, float(np.median(apart)))


def figures(compared: Sequence[Compared]) -> dict[str, Any]:
    """Return the recorded figures: agreement of the shipped and of the made files, and each difference with its reason."""
    apart = [one for one in compared if one.outcome in (DIFFERS, REFUSED)]
    made = [one for one in compared if one.name.startswith(MADE)]
    return {
        "tolerance": TOLERANCE,
        "shipped": _agreement([one for one in compared if one not in made]),
        "made": _agreement(made),
        "not_rendered": sorted(one.name for one in compared if one.outcome == NOT_THERE),
        "differences": [
            {
                "file": one.name,
                "outcome": one.outcome,
                "largest": one.largest,
                "median": one.median,
                "right": KNOWN[one.name][0] if one.name in KNOWN else "not known",
                "why": KNOWN[one.name][1] if one.name in KNOWN else "not looked into",
            }
            for one in apart
        ],
    }


def _agreement(compared: Sequence[Compared]) -> dict[str, Any]:
    """Return how many of the files that both sides render agree, with the exact binomial interval."""
    both = [one for one in compared if one.outcome in (AGREES, DIFFERS)]
    agreeing = [one.largest or 0.0 for one in both if one.outcome == AGREES]
    interval = binomtest(len(agreeing), len(both)).proportion_ci(0.95, method="exact")
    return {
        "compared": len(both),
        "agree": len(agreeing),
        "share": {"value": len(agreeing) / len(both), "low": interval.low, "high": interval.high},
        "largest": {"median": float(np.median(agreeing)), "most": max(agreeing)} if agreeing else None,
    }


def _shipped() -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of every DICOM file in pydicom's own package."""
    for path in sorted(
        p for p in SHIPPED.rglob("*") if p.is_file() and p.suffix not in (".py", ".pyc", ".json", ".txt")
    ):
        data = path.read_bytes()
        if looks_like_dicom(data[:4096]):
            yield path.name, data


def _rendered(data: bytes, scan: Scan | None, extra: Sequence[str]) -> np.ndarray | None:
    """Return the first frame as DCMTK shows it, float (rows, cols) in [0, 1]; ``None`` where it renders none."""
    with quiet():
        ds = pydicom.dcmread(io.BytesIO(data), stop_before_pixels=True, force=True)
        syntax = text(getattr(ds, "file_meta", Dataset()), "TransferSyntaxUID")
        asked = _window_options(ds, scan)
    tool = RENDERER_JPEG_LS if syntax in JPEGLSTransferSyntaxes else RENDERER
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.dcm", Path(folder) / "out.ppm"
        source.write_bytes(data)
        command = [tool, "--quiet", "--no-overlays", *asked, *extra, "--write-raw-pnm", str(source), str(target)]
        try:
            subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return None
        if not target.exists():
            return None
        with Image.open(target) as image:
            pixels = np.asarray(image.convert("RGB"))
    return pixels.astype(np.float64) @ LUMA / 255


def _window_options(ds: Dataset, scan: Scan | None) -> list[str]:
    if "VOILUTSequence" in ds:
        return ["--use-voi-lut", "1"]
    if numbers(ds, "WindowCenter"):
        return ["--use-window", "1"]
    grey = text(ds, "PhotometricInterpretation").startswith("MONOCHROME")
    plain = scan is not None and scan.window == Window(127.5, 255.0)
    return ["--min-max-window"] if grey and not plain else []
