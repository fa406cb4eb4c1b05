"""What the columns of an ECG table hold: time, number of the sample, a lead, another signal, or nothing that is read."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from model_zoo.vital_signs.whose import is_personal, names_whom

LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", *(f"V{n}" for n in range(1, 7)), "MLI", "MLII", "MLIII")
SECONDS = {"s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0, "ms": 0.001, "msec": 0.001, "milliseconds": 0.001}
# The header rows of PhysioNet's rdsamp name the form of the time in place of its unit.
CLOCK_FORMS = ("hh:mm:ss.mmm", "hh:mm:ss", "mm:ss", "mm:ss.mmm")
_TIME = ("time", "elapsed_time", "elapsed", "t", "seconds", "milliseconds", "sec", "ms", "s", "time_elapsed")
_INDEX = ("sample", "samples", "sample_number", "sample_no", "index", "n", "nr", "number", "")
# Signals and marks that monitors write beside an ECG; read as one, a pulse wave gives beats.
_OTHERS = frozenset((
    "resp", "respiration", "respiratory", "rsp", "breathing", "impedance", "thorax", "abdomen", "pleth", "plethysmogram",
    "plethysmograph", "ppg", "pulse", "spo", "spo2", "sao2", "sat", "sats", "sp", "o2", "co", "co2", "etco", "etco2", "capno",
    "capnogram", "art", "abp", "ibp", "nibp", "bp", "ap", "pap", "cvp", "rap", "lap", "icp", "cpp", "map", "sbp", "dbp", "aop",
    "lvp", "rvp", "pressure", "paw", "airway", "flow", "volume", "vol", "tidal", "temp", "temperature", "acc", "accel",
    "accelerometer", "gyro", "eeg", "emg", "eog", "eda", "gsr", "bcg", "scg", "pcg", "phono", "bis", "marker", "markers", "mark",
    "event", "events", "trigger", "trig", "sync", "annotation", "annotations", "ann", "label", "labels", "beat", "beats", "rpeak",
    "rpeaks", "peak", "peaks", "qrs", "hr", "heartrate", "rate", "rr", "quality", "sqi", "status", "flag", "battery", "gain",
    "pace", "pacer", "pacing", "stim",
))  # fmt: skip
_OTHER_UNITS = frozenset(
    (
        "mmhg",
        "mm hg",
        "cmh2o",
        "kpa",
        "%",
        "bpm",
        "/min",
        "1/min",
        "l/min",
        "l",
        "ml",
        "c",
        "°c",
        "ohm",
        "g",
        "a.u.",
        "au",
    )
)
_UNIT = re.compile(r"^(.*?)[\s_]*[\[(]\s*([^\])]*)\s*[\])]\s*$|^(.+?)[\s_]+(mv|uv|µv|μv|ms|s|adu)$", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """kind: time, index, personal, other (a signal that is no lead) or lead.

    name: of a lead, or the word that says what another signal is. unit: as given, small letters, or "".
    """

    kind: str
    name: str
    unit: str


def named_columns(heads: list[list[str]]) -> list[Column]:
    """Return what the columns hold by their header, of which a second row holds the units."""
    units = heads[1] if len(heads) == 2 and len(heads[1]) == len(heads[0]) else [""] * len(heads[0])
    columns = []
    for title, below in zip(heads[0], units, strict=True):
        bare, unit = title.strip(), below.strip().casefold()
        if match := _UNIT.match(bare):
            bare, inner = (match[1], match[2]) if match[2] is not None else (match[3], match[4])
            unit = unit or inner.casefold()
        plain = re.sub(r"[^a-z0-9]+", "_", bare.casefold()).strip("_")
        if plain in _TIME:
            columns.append(Column("time", "time", unit or (plain if plain in SECONDS else "")))
        elif plain in _INDEX:
            columns.append(Column("index", "", ""))
        elif lead := _lead(bare):
            columns.append(Column("lead", lead, unit))
        elif (not _other(bare) and names_whom(title)) or is_personal(title):
            columns.append(Column("personal", "", ""))
        elif (other := _other(bare)) or unit in _OTHER_UNITS:
            columns.append(Column("other", other or "a signal in another unit", unit))
        else:
            columns.append(Column("lead", "", unit))
    return columns


def _other(title: str) -> str:
    """Return the word by which a header says that it is no lead."""
    words = re.findall(r"[a-z]+\d*", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", title).casefold())
    return next((word for word in words if {word, word.rstrip("0123456789")} & _OTHERS), "")


def _lead(title: str) -> str:
    """Return a lead's name where it is one; any other header may say who the patient is and is not repeated."""
    word = title.strip().casefold()
    plain = re.sub(r"^(?:lead|ecg|ekg|ch|channel)[\s_:.-]*(?:lead[\s_:.-]*)?", "", word)
    found = next((name for name in LEADS if name.casefold() == plain), "")
    numbered = re.fullmatch(r"(?:ecg|ekg)[\s_:.-]*(\d?)", word)
    return found or (f"ECG {numbered[1]}".strip() if numbered else "")


def guessed_columns(body: list[list[str]]) -> list[Column]:
    """Return what the columns of bare numbers hold: the first of several is the time where it rises by equal steps."""
    width = len(body[0])
    if width > 1:
        try:
            first = np.array([float(cells[0].replace(",", ".")) for cells in body[:200]])
        except ValueError:
            first = np.zeros(1)
        steps = np.diff(first)
        if len(steps) > 2 and (steps > 0).all() and np.ptp(steps) <= np.median(steps):
            # Whole numbers one apart are the number of the sample.
            kind = "index" if (steps == 1).all() else "time"
            return [Column(kind, kind, ""), *(Column("lead", "", "") for _ in range(width - 1))]
    return [Column("lead", "", "") for _ in range(width)]
