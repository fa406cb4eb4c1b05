"""The trust card as a page to read: every measured rate with its interval, failures included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from model_zoo.explainers import EXPLAINERS
from model_zoo.training.chest.lungs_on_adults import SEEN
from model_zoo.training.trust.maps import TARGET, TRIVIAL
from model_zoo.words import NOT_DEFINED, SIGNED, bracketed, head, number

TITLES = {explainer.name: explainer.title for explainer in EXPLAINERS} | {
    "mean-box": "mean box of other films (trivial)",
    "lung-centre": "centre of the lungs (trivial)",
    "edges": "edge detector (trivial)",
}
ORDER = tuple(TITLES)
share = partial(bracketed, missing=NOT_DEFINED)


def trust_to_markdown(card: Mapping[str, Any]) -> str:
    """Return the page of a trust card."""
    lines = [
        "# Trust card of the chest X-ray model",
        "",
        "Every rate is measured on patients that the network, and the limits, have not seen; in brackets 95 % intervals over "
        "resampled patients (or pictures, where there are none; where all agree, after Clopper and Pearson). Two exceptions, named "
        "where they stand: the families of pictures that chose the gate, and the phantoms, which are computed. Written by "
        "`python -m model_zoo train chest-xray-trust`; measured again by `python -m model_zoo evaluate chest-xray --trust --json`.",
        "",
        "## Can the number be believed?",
        "",
        *number_table(card),
        "",
        subgroup_words(card),
        "",
        "## Is the picture like the training films?",
        "",
        *gate_table(card),
        "",
        "## Is the finding read for the wrong reason?",
        "",
        *alarm_table(card),
        "",
        "## Do the maps point at the lesion?",
        "",
        *benchmark_table(card),
        "",
        "## Can the verdict on a map be believed?",
        "",
        *verdict_table(card),
        "",
        f"Lung outlines on adults, which the anatomy check rests on: {SEEN['sample']}. {SEEN['words']}",
        "",
        "## Do the maps change when the weights are drawn anew?",
        "",
        *cascade_table(card),
    ]
    return "\n".join(lines) + "\n"


def number_table(card: Mapping[str, Any], only: str | None = None) -> Iterator[str]:
    """Yield the measured coverage, one row per output and coverage asked for; ``only`` names one of them."""
    yield from head(
        "finding | asked | held the truth | with the finding | without | one answer | trivial: always the commoner"
    )
    for name, entry in card["number"]["outputs"].items():
        measured = entry.get("measured", {})
        for asked, found in measured.get("coverage", {}).items():
            if only not in (None, asked):
                continue
            cells = [share(found[key]) for key in ("overall", "present", "absent", "one_answer")]
            yield f"| {_words(name)} | {100 * float(asked):.0f} % | {' | '.join(cells)} | {_trivial_coverage(measured)} |"


def subgroup_words(card: Mapping[str, Any]) -> str:
    """Return in which groups of patients the coverage could be measured, and in which not."""
    measured, few = [], 0
    for name, entry in card["number"]["outputs"].items():
        for groups in entry.get("measured", {}).get("subgroups", {}).values():
            for found in groups:
                if found["too_few"]:
                    few += 1
                elif "not stated" not in found["group"]:
                    measured.append(f"{_words(name)}, {found['group']}")
    words = f"By age, sex and view: {few} groups have too few patients with the finding (fewer than 50) to be measured"
    if not measured:
        return f"{words}, and no other group is known by age or sex: for none of them is a coverage stated."
    return f"{words}; measured are {'; '.join(measured)}."


def gate_table(card: Mapping[str, Any]) -> Iterator[str]:
    """Yield the share refused by family and population."""
    measured = card["gate"].get("measured", {})
    if not measured:
        return
    reported = set(measured["reported_only"])
    rows = dict.fromkeys((*measured["adult"], *measured["child"]))
    yield from head("refused | read as an adult's film | read as a child's film |")
    for row in rows:
        cells = [_refused(measured[population].get(row)) for population in ("adult", "child")]
        yield f"| {row} | {' | '.join(cells)} | {'reported only' if row in reported else 'chose the gate'} |"


def alarm_table(card: Mapping[str, Any]) -> Iterator[str]:
    """Yield how often the wrong-reason alarm is raised."""
    measured = card["shortcuts"].get("measured", {})
    if not measured:
        return
    yield from head("alarm raised | share of films | films")
    for name, found in measured["corner_marker"].items():
        yield f"| {_words(name)}: effect of a place, or place of the Grad-CAM map | {share(found)} | {found['n_films']} |"
    for name, found in measured["genuine"].items():
        raised = found["raised_findings"]
        who = f"genuine network, {_words(name)}"
        yield f"| {who}, findings above threshold: effect of a place | {share(raised)} | {raised['n_films']} |"
        everything = found["all_films"]
        yield f"| {who}, all films: effect of a place | {share(everything)} | {everything['n_films']} |"


def benchmark_table(card: Mapping[str, Any]) -> Iterator[str]:
    """Yield the saliency benchmark: every method beside the trivial maps."""
    maps = card["maps"]
    yield from head(
        "map of lung opacity | films | patients | points into the box | gain over the mean box on the same films | "
        "share inside the box | fold 4 alone"
    )
    for name in ordered(maps["methods"]):
        found = maps["methods"][name]["benchmark"]
        everything, last = found["all_folds"], found["fold_4"]
        gain = "" if name == "mean-box" else share(everything["gain_over_mean_box"], SIGNED)
        hits = everything["hit_rate"]
        yield (
            f"| {TITLES.get(name, name)} | {hits['n_films']} | {hits['n_patients']} | {share(hits)} | {gain} | "
            f"{share(everything['mass_in_box'])} | {share(last['hit_rate'])} |"
        )
    area = next(iter(maps["methods"].values()))["benchmark"]["all_folds"]["mean_box_area"]
    yield ""
    yield f"The boxes cover {share(area)} of a film."


def verdict_table(card: Mapping[str, Any]) -> Iterator[str]:
    """Yield how often believed maps hit, and all others."""
    yield from head("verdict on maps of lung opacity | films | believed maps hit | all others hit | difference |")
    kinds = (
        ("verdict", "all folds, limits cross-fitted"),
        ("verdict_fold_4", "fold 4, installed limits"),
        ("verdict_phantoms", "phantoms"),
    )
    for name in ordered(card["maps"]["methods"]):
        entry = card["maps"]["methods"][name]
        for key, words in kinds:
            found = entry.get(key, {}).get(TARGET)
            if found is None:
                continue
            state = "validated" if found["validated"] else "told apart" if found["told_apart"] else "not told apart"
            yield (
                f"| {TITLES.get(name, name)}, {words} | {found['n_films']} | {_of(found['believed'])} | "
                f"{_of(found['doubtful'])} | {share(found['difference'], SIGNED)} | {state} |"
            )


def cascade_table(card: Mapping[str, Any]) -> Iterator[str]:
    """Yield the rank correlation of each method's map with that of re-drawn networks."""
    cascade = card["maps"].get("cascade")
    if not cascade:
        return
    methods = cascade["methods"]
    depths = next(iter(methods.values()))["depths"]
    at = " | ".join(number(depth, ".0%") for depth in depths)
    yield from head(f"rank correlation with the map of a network re-drawn to | {at} | at 100 %, interval | films |")
    for name in ordered(methods):
        found = methods[name]
        cells = [f"{value:.2f}" for value in found["mean_rank_correlation"]]
        state = "fails: shows the picture" if found["fails"] else "passes"
        deepest = found["deepest"]
        interval = f"[{deepest['low']:.2f}, {deepest['high']:.2f}]"
        yield f"| {TITLES.get(name, name)} | {' | '.join(cells)} | {interval} | {found['n_films']} | {state} |"


def ordered(names: Mapping[str, Any]) -> Sequence[str]:
    """Return the names with the methods of the page first and the trivial maps last."""
    known = [name for name in ORDER if name in names]
    return [*known, *(name for name in names if name not in ORDER and name not in TRIVIAL)]


def _refused(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return ""
    return share({"value": found["refused"], "low": found["low"], "high": found["high"]})


def _of(found: Mapping[str, Any]) -> str:
    return f"{share(found)} of {found['n_films']}"


def _trivial_coverage(measured: Mapping[str, Any]) -> str:
    found = measured.get("baseline", {}).get("always_commoner")
    return "" if found is None else share(found)


def _words(name: str) -> str:
    return name.removeprefix("report_").replace("_", " ")
