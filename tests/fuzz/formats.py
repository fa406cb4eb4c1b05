"""The formats that a reader can bring, each with seeds made by code, how they are changed, and what reads them."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from model_zoo.scans import decode_scan
from model_zoo.scans.tags import technical_tags
from tests.fuzz.mutations import Mutation, changed_bytes, changed_json, changed_png, changed_text

_ROOT = Path(__file__).resolve().parents[2]
_PATIENTS, _WEIGHTS = "model_zoo/patients/examples", "model_zoo/weights"
_CARDS = ("chest-xray", "brain-mri-tumour")


@dataclass(frozen=True)
class Format:
    """name: on the command line. seeds: makes the files that are changed. read: everything that such a file meets."""

    name: str
    seeds: Callable[[], list[bytes]]
    change: Mutation
    read: Callable[[bytes], object]


def _read_scan(data: bytes) -> None:
    from dashboard.viewmodels.viewer.scan import encode_scan

    technical_tags(data)
    scan = decode_scan(data)
    if not np.isfinite(scan.frames).all():
        raise ValueError("a decoded scan holds numbers that are none")
    scan.presentation()
    encode_scan(scan)


def _pictures(kind: str) -> list[bytes]:
    rng = np.random.default_rng(7)
    grey = rng.integers(0, 256, (24, 31), np.uint8)
    deep = rng.integers(0, 65536, (24, 31), np.uint16)
    made = [Image.fromarray(grey), Image.fromarray(np.stack([grey] * 3, -1)), Image.fromarray(grey).convert("P")]
    if kind in ("PNG", "TIFF"):
        made.append(Image.fromarray(deep))
    if kind == "TIFF":
        made += [Image.fromarray(deep.astype(np.float32)), Image.fromarray(grey).convert("1")]
    if kind in ("PNG", "WebP"):
        made.append(Image.fromarray(np.stack([grey] * 4, -1)))
    found = []
    for image in made:
        file = io.BytesIO()
        (image.convert("RGB") if kind in ("JPEG", "WebP") and image.mode == "P" else image).save(file, kind)
        found.append(file.getvalue())
    return found


def _dicom() -> list[bytes]:
    from pydicom.uid import ImplicitVRLittleEndian

    from tests.model_zoo.scans.scan_files import ANATOMY, dataset, dicom

    facts = {
        "PatientAge": "063Y",
        "BodyPartExamined": "CHEST",
        "ViewPosition": "PA",
        "PixelSpacing": ["0.2", "0.2"],
        "WindowCenter": "2048",
        "WindowWidth": "1500",
        "RescaleSlope": "1",
        "RescaleIntercept": "0",
        "PatientOrientation": ["L", "F"],
    }
    colour = np.stack([(ANATOMY // 16).astype(np.uint8)] * 3, -1)
    return [
        dicom(dataset(**facts)),
        dicom(dataset(syntax=ImplicitVRLittleEndian, PhotometricInterpretation="MONOCHROME1")),
        dicom(dataset(np.stack([ANATOMY, ANATOMY]), Modality="MR")),
        dicom(dataset(ANATOMY.astype(np.int16), PixelPaddingValue=-5)),
        dicom(dataset(colour, Modality="US")),
    ]


def _written(*paths: str) -> list[bytes]:
    return [(_ROOT / path).read_bytes() for path in paths]


def _vitals() -> list[bytes]:
    folder = "model_zoo/vital_signs/examples"
    return [*_written(*(f"{folder}/{p.name}" for p in sorted((_ROOT / folder).glob("*.csv")))),
            b"date;time;BP;HR;SpO2;temp (C)\n2026-01-31;14:30;120/80;88;96;37,5\n2026-01-31;15:30;118/79;90;95;37,6\n"]  # fmt: skip


def _quantity(code: str, value: float, unit: str) -> dict[str, object]:
    return {
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "valueQuantity": {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit},
    }


def _fhir() -> list[bytes]:
    def observation(minute: int, **content: object) -> dict[str, object]:
        head = {"resourceType": "Observation", "id": str(minute), "status": "final", "meta": {"versionId": "1"}}
        when = f"2026-01-01T08:{minute:02d}:00+00:00"
        return {**head, "subject": {"reference": "Patient/1"}, "effectiveDateTime": when, **content}

    pressure = {
        "code": {"coding": [{"system": "http://loinc.org", "code": "85354-9"}]},
        "component": [_quantity("8480-6", 120, "mm[Hg]"), _quantity("8462-4", 80, "mm[Hg]")],
    }
    resources = [
        {"resourceType": "Patient", "id": "1", "identifier": [{"value": "A"}]},
        observation(0, **_quantity("8867-4", 80, "/min")),
        observation(5, **_quantity("8310-5", 37.2, "Cel")),
        observation(9, **_quantity("59408-5", 95, "%")),
        observation(30, **pressure),
    ]
    entries = [{"fullUrl": f"https://a.example/{r['resourceType']}/{r['id']}", "resource": r} for r in resources]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    return [json.dumps(bundle).encode(), json.dumps(resources[1]).encode()]


def _read_fhir(data: bytes) -> None:
    from model_zoo.vital_signs import read_fhir
    from model_zoo.vital_signs.news2_hours import score_hours

    score_hours(read_fhir(data))


def _read_vitals(data: bytes) -> None:
    from model_zoo.vital_signs import read_table
    from model_zoo.vital_signs.news2_hours import score_hours

    score_hours(read_table(data))


def _read_patient(data: bytes) -> None:
    from model_zoo.case.patient_file import read_patient_file

    read_patient_file(data).to_json()


def _read_note(data: bytes) -> None:
    from model_zoo.patients.catalogue import CATALOGUE
    from model_zoo.text.extraction import extract_note, form_values

    text = data.decode("utf-8", "replace")
    form_values(extract_note(text), CATALOGUE)


def _notes() -> list[bytes]:
    import tomllib

    folder = _ROOT / "model_zoo" / "text" / "scoring" / "notes"
    return [
        note["text"].encode()
        for note in tomllib.loads((folder / "synthetic_development.toml").read_text("utf-8"))["notes"]
    ]


def _ecg() -> list[bytes]:
    from model_zoo.ecg.demo import synthetic_strip

    strip = synthetic_strip(6.0)
    timed = "time (s),II (mV),RESP\n" + "".join(
        f"{i / strip.rate_hz:.4f},{v / 1000:.4f},0.1\n" for i, v in enumerate(strip.microvolts)
    )
    bare = "# sampling rate: 360 Hz\nII (uV)\n" + "".join(f"{v:.1f}\n" for v in strip.microvolts)
    return [timed.encode(), bare.encode()]


def _read_ecg(data: bytes) -> None:
    from model_zoo.ecg.reading import read_ecg
    from model_zoo.ecg.table import read_ecg_table

    read_ecg(read_ecg_table(data))


@cache
def _case() -> bytes:
    from model_zoo.case import case_to_json
    from tests.tiny_zoo import example_review, tiny_engine

    with tempfile.TemporaryDirectory() as home:
        return json.dumps(case_to_json(example_review(tiny_engine(Path(home))))).encode()


def _read_case(data: bytes) -> None:
    from dashboard.records.folder_store import FolderCaseStore

    name = json.loads(_case())["case_id"]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"{name}.json").write_bytes(data)
        store = FolderCaseStore(Path(folder))
        if len(store.list()) != 1:
            raise ValueError("a stored case is missing in the list")
        store.open(name)


def _read_card(data: bytes) -> None:
    from model_zoo.card import read_card

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "card.json").write_bytes(data)
        read_card(Path(folder))


FORMATS = (
    Format("dicom", _dicom, changed_bytes, _read_scan),
    Format("png", lambda: _pictures("PNG"), changed_png, _read_scan),
    Format("jpeg", lambda: _pictures("JPEG"), changed_bytes, _read_scan),
    Format("tiff", lambda: _pictures("TIFF"), changed_bytes, _read_scan),
    Format("webp", lambda: _pictures("WebP"), changed_bytes, _read_scan),
    Format("csv", _vitals, changed_text, _read_vitals),
    Format("fhir", _fhir, changed_json, _read_fhir),
    Format("patient-csv", lambda: _written(f"{_PATIENTS}/synthetic_copd_us_units.csv"), changed_text, _read_patient),
    Format("record", lambda: _written(f"{_PATIENTS}/synthetic_respiratory_failure.json"), changed_json, _read_patient),
    Format("case", lambda: [_case()], changed_json, _read_case),
    Format("card", lambda: _written(*(f"{_WEIGHTS}/{name}/card.json" for name in _CARDS)), changed_json, _read_card),
    Format("note", _notes, lambda seeds: changed_text(seeds, " "), _read_note),
    Format("ecg", _ecg, changed_text, _read_ecg),
)  # fmt: skip
