"""``ecg``: the beats of one strip, what the model calls each, and why for one of them."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model_zoo.cli.arguments import UsageError, real_number, whole_number
from model_zoo.cli.terminal import print_json, say, say_table
from model_zoo.errors import DataNotFound

if TYPE_CHECKING:
    from model_zoo.ecg.table import EcgRecording

HELP = "find and classify the heart beats of an ECG strip, with the attribution of one beat"
DESCRIPTION = """\
Read an ECG strip from a CSV table: time (s or ms) and one or more leads (mV or µV), one row per sample; or leads alone with --rate.
Each beat is called N (normal or bundle branch block), S (supraventricular ectopic), V (ventricular ectopic) or F (fusion), with
what the model is unsure of. A call is a suggestion to look, no diagnosis.

  python -m model_zoo ecg strip.csv
  python -m model_zoo ecg strip.csv --rate 360 --lead II --json
  python -m model_zoo ecg --example --beat 8 --target V --json
"""
MOST_BEATS = 5000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", nargs="?", type=Path, help="the strip: .csv, one row per sample")
    parser.add_argument("--example", action="store_true", help="the synthetic strip instead of a file")
    parser.add_argument(
        "--rate", metavar="HZ", type=real_number(1, 100_000), help="sampling rate, where the file has no time column"
    )
    parser.add_argument("--lead", metavar="NAME", help="which lead (default: MLII or II, else the first)")
    parser.add_argument(
        "--beat", metavar="N", type=whole_number(1, MOST_BEATS), help="explain this beat, by its number"
    )
    parser.add_argument("--target", metavar="CLASS", help="explain this class (default: the one the beat is called)")
    parser.add_argument("--json", action="store_true", help="answer in JSON")


def run(arguments: argparse.Namespace) -> int:
    from model_zoo.ecg.form import ecg_answer
    from model_zoo.ecg.reading import read_ecg

    if arguments.target is not None and arguments.beat is None:
        raise UsageError("--target needs --beat.", "Name the beat: --beat N")
    reading = read_ecg(_recording(arguments), arguments.lead)
    found = None if arguments.beat is None else reading.attribute(arguments.beat, arguments.target)
    answer = ecg_answer(reading, arguments.beat, found)
    if arguments.json:
        print_json(answer)
    else:
        _print(answer)
    return 0


def _recording(arguments: argparse.Namespace) -> EcgRecording:
    from model_zoo.ecg.example import example_recording
    from model_zoo.ecg.table import read_ecg_table

    if (arguments.file is None) == (not arguments.example):
        raise UsageError("Name one file, or the synthetic strip with --example.", "Run: python -m model_zoo ecg --help")
    if arguments.example:
        return example_recording()
    try:
        data = arguments.file.read_bytes()
    except OSError as error:
        raise DataNotFound("There is no readable file under that name.", "Check the path of the file.") from error
    return read_ecg_table(data, arguments.rate)


def _print(answer: Mapping[str, Any]) -> None:
    strip = answer["strip"]
    say(
        f"Lead {strip['lead']}, {strip['seconds']:.1f} s at {strip['rate_hz']:g} Hz; {strip['provenance']}. "
        f"{len(answer['beats'])} beats found, {answer['rate_per_min']:.0f} per minute."
    )
    for note in (*strip["notes"], *answer["flags"]):
        say(f"Mind: {note}", indent=2)
    say(answer["detector"])
    say()
    rows = [("beat", "at (s)", "called", "probability", "unsure because")]
    for beat in answer["beats"]:
        called = "-" if beat["label"] is None else beat["label"]
        share = "" if beat["label"] is None else _percent(beat["probabilities"][beat["label"]])
        why = "; ".join(beat["doubts"]) if beat["label"] else "not classified: the rhythm around it is not known"
        rows.append((str(beat["number"]), f"{beat['seconds']:.2f}", called, share, why))
    say_table(rows)
    say()
    if answer["attribution"] is not None:
        _print_attribution(answer["attribution"])
        say()
    for kind in answer["model"]["classes"]:
        held = kind["held_out"]
        say(
            f"{kind['name']}, {kind['title']}: on held-out records {100 * held['sensitivity']['value']:.0f} of 100 were found; of "
            f"100 beats called so, {100 * held['ppv_natural_mix']['value']:.0f} were."
        )
    for warning in answer["model"]["warnings"]:
        say(warning)
    say(f"Not for {answer['model']['not_for']}. {answer['limits']}")


def _percent(probability: float) -> str:
    """Return a probability in per cent; never all, which none is."""
    return "over 99 %" if probability > 0.995 else f"{100 * probability:.0f} %"


def _print_attribution(found: Mapping[str, Any]) -> None:
    say(
        f"Beat {found['beat']}, {found['target']} against the rest. {found['method']}; reference: {found['reference']}."
    )
    wave = sum(found["samples"]["values"])
    say_table([
        ("reference", f"{found['reference_log_odds']:+.3f}"),
        ("waveform", f"{wave:+.3f}"),
        *((name.replace("_", " "), f"{share:+.3f}") for name, share in found["rhythm"].items()),
        ("residual", f"{found['completeness_delta']:+.1e}"),
        ("log-odds", f"{found['log_odds']:+.3f}"),
    ])  # fmt: skip
