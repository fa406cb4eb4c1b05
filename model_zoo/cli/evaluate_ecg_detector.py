"""``evaluate ecg-detector``: how well the beats of a strip are found, on simulated recordings whose R peaks are known."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Iterator, Mapping
from typing import Any

from model_zoo.cli.terminal import json_value, print_json, say, say_table
from model_zoo.words import NOT_DEFINED, bracketed, head

SCHEMA_VERSION = "1.0"
NAME = "ecg-detector"
PART = "held out"
_TITLE = "Detector of beats"


def run_ecg_detector(as_json: bool, record: bool = False) -> int:
    """Measure and print. record: also keep the answer beside the package, and its tables in FIGURES.md."""
    from model_zoo.ecg.detection import DETECTOR_FILE, FIGURES_FILE, measure_detectors
    from model_zoo.ecg.recordings import recordings

    measured = measure_detectors(recordings(PART))
    answer = {
        "schema_version": SCHEMA_VERSION,
        "what": NAME,
        "synthetic": True,
        "neurokit2": importlib.metadata.version("neurokit2"),
        **measured,
    }
    if record:
        DETECTOR_FILE.write_text(json.dumps(json_value(answer), indent=1) + "\n", encoding="utf-8")
        FIGURES_FILE.write_text("\n".join(figure_lines(answer)) + "\n", encoding="utf-8")
    if as_json:
        print_json(answer)
        return 0
    say(f"{answer['strips']} simulated strips, {answer['beats']} beats: sensitivity, predictive value (95 % intervals)")
    say_table([(name, *_cells(found)) for name, found in answer["pooled"].items()])
    for kind, values in answer["conditions"].items():
        say()
        say(kind)
        say_table([(value, name, *_cells(found)) for value, row in values.items() for name, found in row.items()])
    return 0


def figure_lines(answer: Mapping[str, Any]) -> Iterator[str]:
    """Yield FIGURES.md: every number comes from the record."""
    from model_zoo.ecg.detection import WITHIN_S

    yield "# How well monitoring reads: figures"
    yield ""
    yield f"## {_TITLE}"
    yield ""
    yield "Written by `python -m model_zoo evaluate ecg-detector --record`."
    yield ""
    yield (
        f"{answer['strips']} simulated strips of 30 s with {answer['beats']} known R peaks: neurokit2 {answer['neurokit2']} by two "
        "methods, and strips with ventricular beats of our own. Settings were chosen on others, drawn with another seed; of "
        f'"simple" only the noise differs between the two. A beat counts as found within {1000 * WITHIN_S:.0f} ms. 95 % intervals '
        "over resampled strips, exact where there is no error. No recording of a patient: those are harder. At 40 per minute the "
        'wavelet of "simple" is stretched to deflections far wider than any QRS.'
    )
    yield ""
    yield from head("| detector | sensitivity | positive predictive value")
    for name, found in answer["pooled"].items():
        yield f"| all | {name} | {' | '.join(_cells(found))} |"
    for kind, values in answer["conditions"].items():
        for value, row in values.items():
            for name, found in row.items():
                yield f"| {kind}: {value} | {name} | {' | '.join(_cells(found))} |"


def _cells(found: Mapping[str, Any]) -> tuple[str, str]:
    return bracketed(found["sensitivity"], missing=NOT_DEFINED), bracketed(found["ppv"], missing=NOT_DEFINED)
