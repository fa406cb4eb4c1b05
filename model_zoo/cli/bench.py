"""``bench``: how long a reading takes and what it needs, next to the same methods called plainly through Captum."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from model_zoo.cli.arguments import whole_number
from model_zoo.cli.terminal import print_json, say, say_table

HELP = "measure load, decode, predict, explain and risk on this machine"
DESCRIPTION = """\
Measure, in one run on a sample phantom: import and load time, decode (PNG and RLE-compressed DICOM), predict, Grad-CAM,
Integrated Gradients (50 steps), the masking sentence, the risk with its attribution, what-if of every patient model on one
thread, an hour of monitoring for 100 patients on two, and peak memory. Each time is the
median of the repeats with the smallest and the largest. The same Grad-CAM and Integrated Gradients are called plainly
through Captum on the same network in the same process; the ratios are ours divided by plain. Where the development
dependencies of pyproject.toml are installed (grad-cam, Quantus), our maps and checks are held against theirs as well.
"""
MAX_REPEATS = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    parser.add_argument("--repeats", metavar="N", type=whole_number(1, MAX_REPEATS), default=7, help="default: 7")
    parser.add_argument("--model", metavar="NAME", default="chest-xray", help="image model (default: chest-xray)")


def run(arguments: argparse.Namespace) -> int:
    from model_zoo.bench.measuring import measure

    answer = measure(arguments.model, arguments.repeats)
    if arguments.json:
        print_json(answer)
    else:
        _print(answer)
    return 0


def _print(answer: Mapping[str, Any]) -> None:
    machine = answer["machine"]
    say(
        f"{answer['model']} on {machine['device']}, {machine['cpu_cores']} CPU cores, {machine['torch_threads']} threads, "
        f"torch {machine['torch']}, captum {machine['captum']}, Python {machine['python']}, {machine['platform']}"
    )
    for title, times in (("Times", answer["seconds"]), ("Plainly through Captum", answer["plain_captum_seconds"])):
        say()
        say(title)
        say_table([(name.replace("_", " "), _time(entry)) for name, entry in times.items()])
    say()
    say("Ours divided by plain")
    say_table([(name.replace("_", " "), f"{ratio:.2f}") for name, ratio in answer["ratios"].items()])
    _print_public(answer["public"])
    _print_what_if(answer["what_if"])
    _print_monitoring(answer["monitoring"])
    used = answer["integrated_gradients"]
    say(
        f"Integrated Gradients: {used['steps_asked']} steps asked, {used['steps_used']} used ({used['steps_computed']} "
        f"computed on the way; plain Captum computes {used['steps_asked']}), "
        f"completeness delta {used['completeness_delta']:+.4f}"
    )
    peak = answer["peak_memory_bytes"]
    say(f"Peak memory: {'not known here' if peak is None else f'{peak / 2**20:.0f} MiB'}")


def _print_what_if(found: Mapping[str, Any]) -> None:
    say()
    say(f"What if, one thread; a change should take at most {1000 * found['limit_seconds']:.0f} ms")
    say_table(
        [
            (name, *(f"{kind} {_time(entry)}" for kind, entry in measured["seconds"].items()))
            for name, measured in found["models"].items()
        ]
    )


def _print_monitoring(found: Mapping[str, Any]) -> None:
    say()
    say(
        f"Monitoring, one new hour of {found['patients']} patients, {found['hours_of_each_stay']} hours in, {found['threads']} "
        f"threads; all of it should take less than {found['limit_seconds']:g} s"
    )
    say_table([(name.replace("_", " "), _time(entry)) for name, entry in found["seconds"].items()])
    say(f"Processor time of all of it: {1000 * found['processor_seconds']:.0f} ms")
    say()


def _print_public(public: Mapping[str, Any]) -> None:
    """Print how near the public implementations come and how long they take."""
    say()
    say("Against public implementations (ours, public, ours divided by public; largest difference of the values)")
    for package in public["packages"].values():
        if package["absent"] is not None:
            say(package["absent"])
    rows = []
    for name, entry in public["comparisons"].items():
        if entry is not None:
            ours, theirs = (entry["seconds"][side]["median"] * 1000 for side in ("ours", "public"))
            verdict = {True: "agrees", False: "DIFFERS", None: "not meant to be equal"}[entry["agrees"]]
            limit = "" if entry["tolerance"] is None else f" of {entry['tolerance']:.0e} allowed"
            rows.append(
                (
                    f"{name.replace('_', ' ')} ({entry['public']})",
                    f"{ours:.0f} ms, {theirs:.0f} ms, {entry['ratio']:.2f}; {entry['largest_difference']:.1e}{limit} "
                    f"({entry['unit']}): {verdict}",
                )
            )
    say_table(rows)
    say()


def _time(entry: Mapping[str, Any]) -> str:
    return (
        f"{entry['median'] * 1000:9.2f} ms  ({entry['min'] * 1000:.2f} to {entry['max'] * 1000:.2f}, "
        f"{entry['repeats']} times)"
    )
