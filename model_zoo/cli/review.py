"""``review``: a model on a labelled folder, as the page "Model review" shows it, in one HTML file for the meeting."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from model_zoo.cli.arguments import UsageError
from model_zoo.cli.terminal import print_json, say, say_table, step
from model_zoo.errors import ZooError
from model_zoo.words import spanned

if TYPE_CHECKING:
    from model_zoo.engine import InferenceEngine
    from model_zoo.engine.model_review import RunReview
    from model_zoo.evaluation.model_review import Comparison, ModelReview, OutputReview
    from model_zoo.model_review.tables import ReviewTable

HELP = "review a model on labelled films, as one HTML file for the meeting"
DESCRIPTION = """\
Review an image model: ROC, precision-recall, calibration and decision curve, confusion at any threshold, subgroups with
the worst on top, a second model on the same films with DeLong's test, and the drift of a folder of new films.

The folder is in the form of: python -m model_zoo evaluate --help, or one sub-folder per class. The result names no film and
no patient. Versions of a folder model (NAME@VERSION) are held side by side on what both held out, or on any labelled folder.

  python -m model_zoo review chest-xray --labels adult-films/labels.csv --html review.html
  python -m model_zoo review chest-xray --synthetic --other chest-xray/fold0 --html review.html
  python -m model_zoo review chest-xray --recorded --html review.html
  DIAPHANE_DATA=FOLDER python -m model_zoo review breast-ultrasound --held-out --record
  python -m model_zoo review my-model@1 --recorded --other my-model@2
"""
# Layers above this one are asked as a program: nothing in model_zoo imports the page.
EXPORTER = "dashboard.export.review_file"
ROOT = Path(__file__).resolve().parents[2]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "model", metavar="MODEL", help="a name from: python -m model_zoo list, MODEL@VERSION or MODEL/SISTER"
    )
    films = parser.add_mutually_exclusive_group(required=True)
    films.add_argument("--labels", metavar="FILE", type=Path, help="labels.csv, or the folder of pictures")
    films.add_argument("--synthetic", action="store_true", help="the labelled series of computed pictures")
    films.add_argument(
        "--held-out", action="store_true", help="fold 4 of the model's own data set, below DIAPHANE_DATA"
    )
    films.add_argument("--recorded", action="store_true", help="the held-out review kept beside the weights")
    parser.add_argument("--other", metavar="MODEL", help="a second model or sister network on the same films")
    parser.add_argument("--new", metavar="DIR", type=Path, help="a folder of new films, for drift")
    parser.add_argument("--population", metavar="NAME", help="of new films that do not state an age")
    parser.add_argument("--all", action="store_true", help="report all folds, not the held-out one alone")
    parser.add_argument("--html", metavar="OUT.html", type=Path, help="write the page for the meeting")
    parser.add_argument("--record", action="store_true", help="keep the review beside the weights as the held-out one")
    parser.add_argument("--json", action="store_true", help="answer in JSON")


def run(arguments: argparse.Namespace) -> int:
    from model_zoo.evaluation.review_json import FILE, review_to_json, write_review

    measured = arguments.labels is not None or arguments.held_out
    if arguments.record and (not measured or "/" in arguments.model or arguments.other is not None):
        raise UsageError(
            "Only a review of one installed model on --labels or --held-out is kept.", "Leave --record or --other out."
        )
    review = _recorded(arguments) if arguments.recorded else _reviewed(arguments)
    if arguments.record:
        if review.fold is None:
            raise ZooError(
                "Only a review of a held-out fold is kept, and this table has no folds.",
                "Add the column fold, or leave --record out.",
            )
        from model_zoo.evaluation.model_review import merged
        from model_zoo.evaluation.review_json import recorded_review
        from model_zoo.upkeep.known_models import find_model

        folder = find_model(arguments.model).folder
        review = merged(recorded_review(folder, review.weights_sha256), review)
        write_review(review, folder / FILE)
    if arguments.html is not None:
        write_html(review, arguments.html)
    if arguments.json:
        print_json(review_to_json(review))
    else:
        _print(review)
    return 0


def write_html(review: ModelReview, path: Path) -> None:
    """Write the page of a review. Raises: ZooError when the page layer or the place is not there."""
    from model_zoo.evaluation.review_json import write_review

    with tempfile.TemporaryDirectory() as folder:
        held = Path(folder) / "review.json"
        write_review(review, held)
        command = [sys.executable, "-m", EXPORTER, str(held), str(path.resolve())]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ZooError("The HTML file could not be written.", "Check the folder, and that plotly is installed.")


def _recorded(arguments: argparse.Namespace) -> ModelReview:
    from model_zoo.engine.inference import CLASSIFIERS
    from model_zoo.errors import DataNotFound
    from model_zoo.evaluation.review_json import recorded_review
    from model_zoo.model_review.candidates import candidate
    from model_zoo.upkeep.held_out import keeps_table
    from model_zoo.upkeep.held_out_review import held_out_review

    entry = CLASSIFIERS.get(candidate(arguments.model).model)
    if keeps_table(entry.folder):
        second = None
        if arguments.other is not None:
            other = candidate(arguments.other)
            second = (other.title, CLASSIFIERS.get(other.model).folder)
        return held_out_review(entry.card, entry.folder, second)
    if arguments.other is not None:
        raise UsageError("A record holds no film, so that no second model can read it.", "Review both on --labels.")
    review = recorded_review(entry.folder, entry.card.weights_sha256)
    if review is None:
        raise DataNotFound(
            "No held-out review is kept beside the weights of this model.", "Make one with --labels FILE --record."
        )
    return review


def _reviewed(arguments: argparse.Namespace) -> ModelReview:
    from model_zoo.model_review.candidates import candidate
    from model_zoo.model_review.reviewing import LABELLED, review_table

    engine = candidate(arguments.model).load()
    other = None
    if arguments.other is not None:
        second = candidate(arguments.other)
        other = (second.title, second.load())
    with tempfile.TemporaryDirectory(prefix="synthetic-") as scratch:
        if arguments.synthetic:
            ran = _of_series(arguments, engine, other, Path(scratch))
        else:
            source = None if arguments.record or arguments.held_out else LABELLED
            ran = review_table(engine, _table(arguments, engine), source, other, arguments.all, _told)
        return ran.review if arguments.new is None else _drift(arguments, engine, ran)


def _table(arguments: argparse.Namespace, engine: InferenceEngine) -> ReviewTable:
    from model_zoo.model_review.tables import ReviewTable, read_review_table
    from model_zoo.training.lesions.tables import held_out_table

    if arguments.held_out:
        return ReviewTable(held_out_table(engine.card.name), own_data=True)
    return read_review_table(engine.card, arguments.labels.parent if arguments.labels.is_file() else arguments.labels)


def _of_series(
    arguments: argparse.Namespace, engine: InferenceEngine, other: tuple[str, InferenceEngine] | None, folder: Path
) -> RunReview:
    from model_zoo.engine.model_review import run_model_review
    from model_zoo.errors import DataNotFound
    from model_zoo.evaluation.labels import read_labels
    from model_zoo.phantoms.review_series import series_of

    series = series_of(engine.card.labels)
    if series is None:
        raise DataNotFound("No computed series has an output of this model.", "Review it on --labels FOLDER.")
    step("Computing the synthetic series")
    series.write(folder, series.count, lambda done, total: None)
    table = read_labels(folder, engine.card.labels)
    return run_model_review(engine, table, series.source, True, other, arguments.all, _told)


def _told(share: float, words: str) -> None:
    step(words)


def _drift(arguments: argparse.Namespace, engine: InferenceEngine, ran: RunReview) -> ModelReview:
    from model_zoo.engine.new_films import folder_tags, gate_reference, read_new_films
    from model_zoo.evaluation.drift_report import build_drift_report
    from model_zoo.evaluation.model_review import with_drift

    step(ran.review.nouns.worded("Reading the new films"))
    new = read_new_films(engine, arguments.new, arguments.population)
    labels = ran.predictions.labels
    tags = folder_tags([labels.path(i) for i in range(len(labels))])
    report = build_drift_report(
        engine.card, new, gate_reference(engine, new.population), tags, f"A folder of new {ran.review.nouns.pictures}"
    )
    return with_drift(ran.review, report)


def _print(review: ModelReview) -> None:
    mark = "SYNTHETIC. " if review.synthetic else ""
    nouns = review.nouns
    counted = f"{review.n_films:,} {nouns.pictures} of {review.n_patients:,} {nouns.units}. {nouns.units_said}"
    say(f"{mark}{review.title} {review.version}: {counted}")
    for note in review.notes:
        say(note)
    for output in review.outputs:
        say()
        say(f"{output.title}: {output.n_positive_films:,} of {output.n_films:,} {nouns.pictures} positive")
        say_table([(name.replace("_", " "), _text(ends)) for name, ends in output.numbers.items()])
        say_table([_comparison_row(c) for c in output.comparisons])
        _print_worst(output)
    if review.drift is not None:
        say()
        say(nouns.worded(f"New films: {review.drift.verdict}. {review.drift.sentence}"))


def _comparison_row(comparison: Comparison) -> tuple[str, str, str]:
    test = comparison.delong
    words = "" if test is None else f"DeLong {test.difference:+.3f}, p = {test.p_value:.2g}"
    return (f"minus {comparison.title}", _text(comparison.bootstrap, "+.3f"), words)


def _print_worst(output: OutputReview) -> None:
    worst = next((row for row in output.subgroups if not row.too_few), None)
    if worst is not None:
        say(f"Worst subgroup: {worst.kind} {worst.group}, AUC {_text(worst.auroc)}", indent=2)


def _text(ends: tuple[float | None, float | None, float | None], form: str = ".3f") -> str:
    return spanned(dict(zip(("value", "low", "high"), ends, strict=True)), form, "")
