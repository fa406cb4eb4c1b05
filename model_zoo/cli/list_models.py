"""``list``: every model with its population, data and held-out figures, the explanation methods, samples and formats."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from model_zoo.cli.terminal import print_json, say, say_table
from model_zoo.words import SIGNED, spanned

SCHEMA_VERSION = "1.0"
HELP = "the models with their held-out figures, the explanation methods, sample cases and scan formats"
DESCRIPTION = """\
List all models with task, population, data and the held-out figures of their cards (a figure that a card does not
state is shown as "not stated"), the explanation methods, the sample cases and the scan formats that are read.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="answer in JSON")


def run(arguments: argparse.Namespace) -> int:
    answer = list_answer()
    if arguments.json:
        print_json(answer)
    else:
        _print(answer)
    return 0


def list_answer() -> dict[str, Any]:
    """Return the answer of ``list --json``."""
    from model_zoo.engine.inference import CLASSIFIERS
    from model_zoo.explainers import EXPLAINERS
    from model_zoo.figures.described import described
    from model_zoo.phantoms.all_samples import ALL_CASES
    from model_zoo.scans.formats import scan_formats
    from model_zoo.upkeep.known_models import (
        BEATS,
        CLASSIFICATION,
        MONITORING,
        RISK,
        SYMPTOMS,
        KnownModel,
        known_models,
    )

    # These models are explained by Integrated Gradients of their own (patients/attribution), not by a method for pictures.
    own = {
        RISK: "integrated-gradients",
        MONITORING: "integrated-gradients",
        BEATS: "integrated-gradients",
        SYMPTOMS: "layer-integrated-gradients",
    }
    of_pictures = {method.name: method.needs for method in EXPLAINERS}

    def methods(model: KnownModel) -> list[str]:
        if model.task in own:
            return [own[model.task]]
        if model.task != CLASSIFICATION or model.fault is not None:
            return []
        entry = model.entry or CLASSIFIERS.get(model.name)
        # What needs the lungs is no method for a model without the segmenter.
        return [name for name, needs in of_pictures.items() if not needs or entry.segmenter is not None]

    return {
        "schema_version": SCHEMA_VERSION,
        "models": [described(model) | {"explanation_methods": methods(model)} for model in known_models()],
        "not_installed": not_installed(),
        "explanation_methods": [
            {
                "name": method.name,
                "title": method.title,
                "unit": method.unit,
                "explanation": method.explanation,
                "parameters": [
                    {"name": p.name, "title": p.title, "default": p.default, "help": p.help} for p in method.parameters
                ],
            }
            for method in EXPLAINERS
        ],
        "sample_cases": [
            {
                "name": case.name,
                "title": case.title,
                "description": case.description,
                "file_name": case.file_name,
                "has_prior": case.prior is not None,
            }
            for case in ALL_CASES
        ],
        "scan_formats": [{"name": f.NAME, "extensions": list(f.EXTENSIONS)} for f in scan_formats()],
    }


def not_installed() -> list[dict[str, str]]:
    """Return the optional models that are not here, with what is missing and the command to get it."""
    from model_zoo.classifiers.models_folder import folder_models
    from model_zoo.classifiers.third_party.torchxrayvision_nets import PRETRAINED, missing

    there = {model.name for model in folder_models()}
    found = []
    for entry in PRETRAINED:
        if entry.name not in there:
            what, command = missing(entry)
            found.append({"name": entry.name, "title": entry.title, "missing": what, "command": command})
    return found


def _print(answer: Mapping[str, Any]) -> None:
    for model in answer["models"]:
        say(f"{model['name']} ({model['task']}): {model['title'] or 'no card'}, version {model['version'] or '?'}")
        if model["problem"]:
            say(f"Not usable: {model['problem']}", 2)
        for population in model["populations"]:
            say(". ".join(filter(None, (f"For: {population['title'].rstrip('.')}", population["note"]))), 2)
        for source in model["data"]:
            say(f"Data: {source['name']}, {source['licence']}", 2)
        rows = [
            (
                o["title"],
                o["population"] or "",
                figure_text(o["held_out"]) + "".join(map(baseline_text, (o["baseline"], *o["other_baselines"]))),
            )
            for o in model["outputs"]
        ]
        # Where a model has one population, its name is that of the model.
        several = model["task"] in ("classification", "segmentation")
        say_table(rows if several else [(row[0], row[2]) for row in rows], 4)
        if model["explanation_methods"]:
            say(f"Explained by: {', '.join(model['explanation_methods'])}", 2)
        say()
    say("Optional models that are not installed")
    for entry in answer["not_installed"]:
        say(f"{entry['name']}: {entry['title']}. Missing: {entry['missing']}. Get it: {entry['command']}", 2)
    say()
    say("Explanation methods")
    for method in answer["explanation_methods"]:
        say(f"{method['name']}: {method['explanation']}", 2)
        for parameter in method["parameters"]:
            say(f"{parameter['name']} = {parameter['default']}: {parameter['help']}", 4)
    say()
    say("Sample cases (synthetic): python -m model_zoo read --sample NAME")
    say_table([(case["name"], case["title"]) for case in answer["sample_cases"]])
    say()
    formats = "; ".join(f"{f['name']} ({', '.join(f['extensions'])})" for f in answer["scan_formats"])
    say(f"Scan formats: {formats}")


def baseline_text(found: Mapping[str, Any] | None) -> str:
    """Return a baseline beside a figure, and whether it is beaten; empty where the card has none."""
    if found is None:
        return ""
    gain = found["difference"]
    worse = gain["high"] is not None and gain["high"] < 0
    verdict = "" if found["beaten"] else ", worse than this baseline" if worse else ", not shown to be better"
    return f"; {found['name']} {found['value']:.3f}, difference {spanned(gain, SIGNED, '')}{verdict}"


def figure_text(found: Mapping[str, Any] | None) -> str:
    """Return a held-out figure in words."""
    if found is None:
        return "held-out figure not stated"
    counts = "" if found["n_patients"] is None else f", {found['n_patients']} {found['sampled']}"
    if found["n_positive_patients"] is not None:
        counts += f", {found['n_positive_patients']} positive"
    fold = "" if found["fold"] is None else f", fold {found['fold']}"
    return f"{found['measure']} {spanned(found, without='')}{counts}{fold}"
