"""The measured results of all patient models that the shared recipe makes, as Markdown for the README."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from model_zoo.errors import ZooError
from model_zoo.training.patient_figures import named_figures
from model_zoo.training.patient_page import verdict, with_interval
from model_zoo.upkeep.known_models import RISK, known_models


def patient_tables() -> Iterator[str]:
    """Yield the lines; every number comes from a card. External tests stand beside the held-out ones, also where they fail."""
    cards = [card for card in _cards() if "additivity" in card["metrics"]]
    if not cards:
        return
    yield ""
    yield "**Patient models** (each trained from one table; external: the same weights on patients of another place)"
    yield ""
    yield "| model | patients | events | AUC | Brier | logistic regression | difference | verdict |"
    yield "|---|---|---|---|---|---|---|---|"
    for card in cards:
        (outcome, output), *_ = card["outputs"].items()
        for words, entry in named_figures(card["metrics"], outcome):
            against = entry["baselines"]["logistic"]
            cells = (entry["auc"], entry["brier"], against["auc"])
            shown = " | ".join(with_interval(cell) for cell in cells)
            yield (
                f"| {output['title']} (`{card['name']}`) | {words} | {entry['events']} of {entry['patients']} | {shown} | "
                f"{with_interval(against['auc_difference'], '+')} | {verdict(entry, against)} |"
            )
    yield ""
    yield "| model, place | risks | mean risk | share of events | Brier | calibration slope | intercept |"
    yield "|---|---|---|---|---|---|---|"
    for card in cards:
        for test in card["metrics"]["external"]:
            yield from _recalibration(f"`{card['name']}`, {test['title']}", test["recalibration"])
    yield ""
    worst = max(
        found["largest_share_of_risk"]
        for card in cards
        for found in (card["metrics"]["additivity"], *(test["additivity"] for test in card["metrics"]["external"]))
    )
    yield (
        "Contributions plus reference reach the risk in every patient of these tests; the largest miss is "
        f"{100 * worst:.1e} % of the risk."
    )


def _recalibration(words: str, found: Mapping[str, Any]) -> Iterator[str]:
    for name, version in found["versions"].items():
        cells = " | ".join(
            with_interval(version[key]) for key in ("brier", "calibration_slope", "calibration_intercept")
        )
        yield f"| {words} | {name} | {version['mean_risk']:.3f} | {found['prevalence']:.3f} | {cells} |"


def _cards() -> Iterator[Mapping[str, Any]]:
    for model in known_models():
        if model.task == RISK:
            try:
                yield model.raw_card()
            except ZooError:
                continue  # a model without weights has no figures; ``list`` says why
