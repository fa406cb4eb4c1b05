"""What ``list`` says of models of hourly series, of beats and of text: their outputs with figure, baseline and difference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from model_zoo.figures.listed import against, beside, figure

# The trivial baseline of an hourly model; the other scores of its card stand beside it.
_EARLY_WARNING = "partial NEWS2"
# Statements are nearest to what a reader types; everyday wordings are what training never saw.
_TEXTS = ("statements", "colloquial")
# Fitted to the same altered texts as the networks: the harder of the two to beat.
_TEXT_BASELINE = {"tfidf_altered": "TF-IDF with logistic regression on the same texts",
                  "tfidf": "TF-IDF with logistic regression on the questions"}  # fmt: skip


def hourly_outputs(card: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the risk at each time that the card reports, beside the early warning score and the other scores."""
    metrics = card["metrics"]
    ours: Mapping[str, Any] = next(iter(metrics.get("alerts", ())), {})
    outputs = []
    for time, entry in metrics.get("by_time", {}).items():
        scores = [found for found in metrics["baselines"] if found["at"] == time]
        # A stable sort: the early warning score comes first, the others stay in the order of the card.
        scores.sort(key=lambda found: not found["title"].startswith(_EARLY_WARNING))
        outputs.append(
            {
                "name": f"risk-{time.replace(' ', '-')}",
                "title": f"{card['outcome']}, {time if time.startswith('every') else f'after {time}'}",
                "population": card["name"],
                "kind": "probability",
                "held_out": figure(
                    "AUROC",
                    entry["auroc"],
                    n_patients=ours.get("stays"),
                    n_positive_patients=ours.get("events"),
                    sampled="stays",
                ),
                **beside(
                    against(found["title"], found["auroc"]["value"], found["auroc"]["difference"]) for found in scores
                ),
            }
        )
    return outputs


def beat_outputs(card: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return all classes together with the baselines, and each class; of single classes the card has no paired difference."""
    metrics = card["metrics"]
    if not metrics:  # a training writes the weights before it measures them
        return []
    counts = {"n_patients": metrics["records"], "sampled": "records"}
    baselines = metrics["baselines"].items()
    together = {
        "name": "all-classes",
        "title": "all classes",
        "population": card["name"],
        "kind": "classes",
        "held_out": figure("macro F1", metrics["macro_f1"], **counts),
        **beside(against(title, found["macro_f1"], found["macro_f1_difference"]) for title, found in baselines),
    }
    return [together] + [
        {
            "name": entry["name"],
            "title": entry["title"],
            "population": card["name"],
            "kind": "classes",
            "held_out": figure("AUROC", metrics["classes"][entry["name"]]["auroc"], **counts),
            **beside(()),
        }
        for entry in card["classes"]
    ]


def text_outputs(card: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the ranking on two kinds of text: short statements, and wordings that training never saw."""
    metrics = card["metrics"]
    outputs = []
    for name in _TEXTS:
        entry = metrics.get("variants", {}).get(name)
        if entry is None:
            continue
        scores = [
            (words, entry["baselines"][key])
            for key, words in _TEXT_BASELINE.items()
            if key in entry.get("baselines", {})
        ]
        outputs.append(
            {
                "name": name,
                "title": f"condition named first: {entry['texts']}",
                "population": card["name"],
                "kind": "ranking",
                "held_out": figure(
                    "top-1 accuracy", entry["top1"], fold=metrics.get("fold"), n_patients=metrics.get("patients")
                ),
                **beside(against(words, found["top1"], found["top1_difference"]) for words, found in scores),
            }
        )
    return outputs
