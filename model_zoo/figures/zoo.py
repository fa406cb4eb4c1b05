"""The figures of the scan models beside the chest model: readings, outlines, boxes, routing, sequences."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from model_zoo.card import WEIGHTS_ROOT
from model_zoo.words import SIGNED, bracketed, head, table_row

MODELS = ("breast-ultrasound", "brain-mri-tumour", "fundus-retinopathy")
# Context only: other splits, other pictures, other sizes.
PUBLISHED = {
    "breast-ultrasound": (
        "Breast ultrasound, published on the same collection (other split, malignant against the rest, 224 px): AUC 0.891, "
        "ResNet-18 of MedMNIST v2 (Yang et al. 2023, doi:10.1038/s41597-022-01721-8)."
    ),
    "brain-mri-tumour": (
        "Brain MRI, published on the same collection, folds by patient, the outline of the tumour given: accuracy 0.913 "
        "(Cheng et al. 2015, doi:10.1371/journal.pone.0140381)."
    ),
    "fundus-retinopathy": (
        "Fundus, published on the official test photographs at full resolution (best of the challenge, area under precision "
        "and recall of pixels): microaneurysms 0.50, haemorrhages 0.68, hard exudates 0.89, soft exudates 0.70 (Porwal et al. "
        "2020, doi:10.1016/j.media.2019.101561)."
    ),
}


def zoo_tables() -> Iterator[str]:
    """Yield the tables of every installed scan model beside the chest model; every number comes from a card."""
    cards = {name: _json(name, "card.json") for name in MODELS}
    cards = {name: card for name, card in cards.items() if card is not None}
    if not cards:
        return
    yield from _readings(cards)
    yield from _outlines(cards)
    yield from _boxes(cards)
    yield from (PUBLISHED[name] for name in cards)
    yield ""
    yield from _gates(cards)
    yield from _sets(cards)
    yield from _sequence()
    yield from _routing()


def _readings(cards: Mapping[str, Any]) -> Iterator[str]:
    yield from head("scan model, output | pictures (positive) | AUC | 16x16 thumbnail | difference | Brier")
    for card in cards.values():
        titles = {output["name"]: output["title"] for output in card["outputs"]}
        for report in card["metrics"].values():
            for output in report["outputs"]:
                thumb = output["comparisons"]["thumbnail"]
                title = f"{card['title']}: {titles[output['name']]}"
                counts = f"{output['n_films']} ({output['n_positive_films']})"
                aucs = (
                    bracketed(output["auroc"]),
                    bracketed(thumb["auroc"]),
                    bracketed(thumb["auroc_difference"], SIGNED),
                )
                yield table_row((title, counts, *aucs, bracketed(output["brier"])))
    yield ""
    for card in cards.values():
        classes = card.get("classes")
        if classes:
            mine, thumb = classes["network"], classes["thumbnail"]
            yield (
                f"{card['title']}, all classes: accuracy {bracketed(mine['accuracy'])} (thumbnail {bracketed(thumb['accuracy'])}), "
                f"macro F1 {bracketed(mine['macro_f1'])} (thumbnail {bracketed(thumb['macro_f1'])})."
            )
    yield ""


def _outlines(cards: Mapping[str, Any]) -> Iterator[str]:
    yield from head("outline | pictures with it | Dice | Dice of the mean mask | pixel AP")
    for card in cards.values():
        titles = {mask["name"]: mask["title"] for mask in card.get("masks") or ()}
        for found in card.get("mask_metrics") or ():
            title, counts = (
                f"{card['title']}: {titles[found['name']]}",
                f"{found['n_with_lesion']} of {found['n_pictures']}",
            )
            shares = (found[key] for key in ("dice", "mean_mask_dice", "pixel_average_precision"))
            yield table_row((title, counts, *map(bracketed, shares)))
            if found.get("share_false_outline"):
                yield (
                    f"| {titles[found['name']]} outlined where there is none | {found['n_without_lesion']} without | "
                    f"{bracketed(found['share_false_outline'])} of them | | |"
                )
    yield ""


def _boxes(cards: Mapping[str, Any]) -> Iterator[str]:
    for card in cards.values():
        found = card.get("box_metrics")
        if found:
            mine, trivial = found["network"], found["mean_box_of_true_class"]
            yield (
                f"{card['title']}, one box on each of {found['n_pictures']} slices: AP at IoU 0.5 "
                f"{bracketed(mine['average_precision_50'])} (mean box of the true class "
                f"{bracketed(trivial['average_precision_50'])}), best box overlaps by half on "
                f"{bracketed(mine['share_overlap_half'])}, its middle lies in the tumour on "
                f"{bracketed(mine['share_middle_inside'])}. With the tumour painted over, "
                f"{bracketed(found['tumour_painted_over']['share_with_box'])} of the slices get a box all the same: a box does not "
                "tell that there is a tumour."
            )
    yield ""


def _gates(cards: Mapping[str, Any]) -> Iterator[str]:
    measured = {name: ((_json(name, "trust.json") or {}).get("gate") or {}).get("measured") for name in cards}
    rows = [(cards[name]["title"], found) for name, found in measured.items() if found]
    if not rows:
        return
    yield from head("gate of | refuses of its own held-out pictures | of other kinds")
    for title, by_population in rows:
        for found in by_population.values():
            if not isinstance(found, dict) or "held-out pictures" not in found:
                continue
            others = "; ".join(
                f"{kind} {100 * rate['refused']:.0f} %" for kind, rate in found.items() if kind != "held-out pictures"
            )
            own = found["held-out pictures"]
            yield f"| {title} | {bracketed({**own, 'value': own['refused']})} | {others} |"
    yield ""
    yield (
        "Of other kinds: half of 80 pictures each, the other half chose the gate's layer (of the colour photographs no half chose; "
        "noise, text pages and flat pictures are computed). How a gate allows for few patients was "
        "settled after its own held-out pictures had been seen: their share is no untouched figure."
    )
    yield ""


def _sets(cards: Mapping[str, Any]) -> Iterator[str]:
    """Yield the measured coverage of the prediction sets at 90 %, as for the chest model."""
    from model_zoo.training.trust.page import share

    yield from head(
        "prediction set, 90 % asked for | pictures | held the truth | with the finding | without | one answer"
    )
    for model, card in cards.items():
        titles = {output["name"]: output["title"] for output in card["outputs"]}
        for name, entry in ((_json(model, "trust.json") or {}).get("number") or {"outputs": {}})["outputs"].items():
            measured = entry["measured"]
            cells = [share(measured["coverage"]["0.90"][key]) for key in ("overall", "present", "absent", "one_answer")]
            yield f"| {card['title']}: {titles[name]} | {measured['n_films']} | {' | '.join(cells)} |"
    yield ""


def _sequence() -> Iterator[str]:
    card = _json("brain-mri-tumour", "sequence.json")
    if card is not None:
        yield f"Slices of a brain study read together: {card['words']}"
        yield ""


def _routing() -> Iterator[str]:
    path = WEIGHTS_ROOT / "protocols.json"
    if not path.is_file():
        return
    yield from head("held-out pictures without tags | protocol proposed rightly | wrongly | none proposed")
    for kind, found in json.loads(path.read_text(encoding="utf-8")).items():
        cells = " | ".join(bracketed(found[name]) for name in ("right", "wrong", "nothing"))
        yield f"| {kind} ({found['right']['n_films']}) | {cells} |"
    yield ""


def _json(name: str, file: str) -> dict[str, Any] | None:
    path = WEIGHTS_ROOT / name / file
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
