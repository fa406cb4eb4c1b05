"""The card of a lesion model, as JSON and as a page to read; one writer for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from model_zoo.artefact import write_card
from model_zoo.card import SCHEMA_VERSION
from model_zoo.evaluation.report import to_markdown
from model_zoo.training.lesions.models import LesionModel
from model_zoo.training.lesions.words import LESION_WORDS, LesionWords
from model_zoo.words import SIGNED, spanned, table

VERSION = "1.0"
# At the quantile itself 16 % of the brain slices of fold 4 were refused; the upper end of its interval was taken then.
GATE_CAUTION = (
    "How the gate's threshold allows for few patients was settled after fold 4 had been seen: the share that it refuses "
    "there is no untouched figure."
)
# Half the shortest side of the files: below it lesions of the training pictures are not to be seen.
_MIN_SIDES = {"breast-ultrasound": 128, "brain-mri-tumour": 128, "fundus-retinopathy": 320}
_FIGURE_WORDS = {
    "macro_auroc": "macro AUC (one against the rest)",
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "macro_f1": "macro F1",
    "mean_overlap": "mean overlap (IoU) of the best box",
    "share_overlap_half": "share with IoU of 0.5 or more",
    "average_precision_50": "AP at IoU 0.5",
    "share_middle_inside": "share with the middle inside the true box",
}


def card_skeleton(model: LesionModel) -> dict[str, Any]:
    """Return the card without weights, calibration and figures."""
    words, (rows, cols) = LESION_WORDS[model.name], model.shape
    card: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "name": model.name,
        "title": words.title,
        "version": VERSION,
        "task": "classification",
        "architecture": _architecture(model),
        "input": {
            "shape": [1, rows, cols],
            "value_range": [-1.5, 1.5],
            "preprocessing": (
                f"display window, luminance, whole picture, antialiased resize to {rows} x {cols}, central 1st to 99th "
                "percentile stretched to -1 to 1"
            ),
            "target_layer": "centre",
            "scan": words.scan,
            "colour": words.colour,
            "modalities": list(words.modalities),
            "body_parts": list(words.body_parts),
            "aspect_range": list(words.aspect_range),
            "min_side": _MIN_SIDES[model.name],
        },
        "populations": [words.population],
        "outputs": [_output(model, words, name) for name in model.outputs],
        "exclusive": model.exclusive,
        "not_offered": [],
        "not_assessed": list(words.not_assessed),
        "intended_use": words.intended_use,
        "not_for": list(words.not_for),
        "data": [words.data],
        "groups": words.group,
        "cautions": [*words.cautions, GATE_CAUTION],
    }
    if words.masks:
        card["masks"] = [
            {
                "name": name,
                "title": words.masks[name],
                "kind": "landmark" if name in model.landmark_masks else "lesion",
                "threshold": 0.5,
                "least_share": 0.0,
                "expects": list((words.expects or {}).get(name, ())),
            }
            for name in model.masks
        ]
    if words.box_title:
        card["boxes"] = {"title": words.box_title, "threshold": 0.5}
    return card


def write_lesion_card(folder: Path, card: Mapping[str, Any]) -> None:
    """Write ``card.json`` and, once there are metrics, ``CARD.md``."""
    write_card(folder, card, card_to_markdown(card) if "metrics" in card else None)


def card_to_markdown(card: Mapping[str, Any]) -> str:
    """Return the card as a page to read."""
    return "\n".join(_lines(card)) + "\n"


def _architecture(model: LesionModel) -> str:
    parts = ["LesionNet: residual trunk, last map at stride 8, log-sum-exp pooling of local scores"]
    if model.exclusive:
        parts.append("log-odds of a softmax per class")
    if model.masks:
        parts.append("masks at half the resolution")
    if model.boxes:
        parts.append("boxes at stride 4")
    if model.name == "fundus-retinopathy":
        parts.append("local contrast beside the picture")
    return "; ".join(parts)


def _output(model: LesionModel, words: LesionWords, name: str) -> dict[str, Any]:
    output = words.outputs[name]
    return {
        "name": name,
        "title": output.title,
        "population": words.population["name"],
        "kind": "probability",
        "condition": output.condition,
        "caution": output.caution,
        "threshold": {"logit": 0.0, "rule": "not set yet", "operating": {}},
        "score_quantiles": [-1.0, 1.0],
        "calibration": None,
    }


def _lines(card: Mapping[str, Any]) -> Iterator[str]:
    yield f"# {card['title']} ({card['name']} {card['version']})"
    yield from ("", card["intended_use"], "", f"Not for: {'; '.join(card['not_for'])}.")
    yield from ("", f"Not assessed: {', '.join(card['not_assessed'])}.", "")
    yield from (f"- {caution}" for caution in card["cautions"])
    yield f"- What stands for a patient in folds and intervals: {card['groups']}."
    yield from ("", "## Verdict", "")
    yield from (f"- {sentence}" for sentence in card["verdict"])
    yield from ("", "## Outputs", "")
    yield from _table(
        ("output", "threshold", "caution"),
        [(o["title"], o["threshold"]["rule"], o["caution"] or "") for o in card["outputs"]],
    )
    population = card["populations"][0]
    yield f"## {population['title']}: fold 4, held out of everything above"
    yield from ("", population["note"], "")
    # The report speaks of films and patients; here they are pictures, and groups stand for patients.
    text = to_markdown(card["metrics"][population["name"]]).partition("| Output | Subgroup |")[0].rstrip()
    for word, meant in (("films", "pictures"), ("Films", "Pictures"), ("patients", "groups")):
        text = text.replace(word, meant)
    yield text
    yield ""
    if "classes" in card:
        yield from _class_lines("Classes, fold 4", card["classes"], card["outputs"])
    if "cross_validation" in card:
        found = card["cross_validation"]
        yield from _class_lines(
            "Classes, out of fold over all five folds (five other networks, not the shipped one)",
            found,
            card["outputs"],
        )
    yield from _mask_lines(card)
    yield from _box_lines(card)
    yield from _confounder_lines(card)
    yield from ("## Calibration (Platt scaling with smoothed targets on fold 3)", "")
    yield from _table(
        ("output", "slope", "intercept", "prevalence"),
        [
            (
                o["title"],
                f"{o['calibration']['slope']:.2f}",
                f"{o['calibration']['intercept']:.2f}",
                f"{o['calibration']['prevalence']:.2f}",
            )
            for o in card["outputs"]
        ],
    )
    yield from ("## Data", "")
    yield from (f"- {d['name']}. {d['citation']}. {d['licence']}. {d['link']} ({d['used']})" for d in card["data"])


def _class_lines(title: str, found: Mapping[str, Any], outputs: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield from (f"## {title}", "", f"{found['n_pictures']} pictures in {found['n_groups']} groups.", "")
    yield from _table(
        ("figure", "network", "16x16 thumbnail", "difference"),
        [
            (
                _FIGURE_WORDS[name],
                spanned(value),
                spanned(found["thumbnail"][name]),
                spanned(found["difference"][name], SIGNED),
            )
            for name, value in found["network"].items()
        ],
    )
    names = [o["name"].replace("_", " ") for o in outputs]
    yield from _table(
        ("true \\ called", *names),
        [(name, *map(str, row)) for name, row in zip(names, found["confusion"], strict=True)],
    )


def _mask_lines(card: Mapping[str, Any]) -> Iterator[str]:
    if "mask_metrics" not in card:
        return
    yield from ("## Outlines, fold 4, on the model grid", "")
    titles = {m["name"]: m["title"] for m in card["masks"]}
    yield from _table(
        (
            "outline",
            "pictures with it",
            "Dice",
            "Dice of the mean mask",
            "difference",
            "pixel AP",
            "AP of the mean mask",
        ),
        [
            (
                titles[m["name"]],
                f"{m['n_with_lesion']} of {m['n_pictures']}",
                spanned(m["dice"]),
                spanned(m["mean_mask_dice"]),
                spanned(m["dice_difference"], SIGNED),
                spanned(m["pixel_average_precision"]),
                spanned(m["mean_mask_average_precision"]),
            )
            for m in card["mask_metrics"]
        ],
    )
    for m in card["mask_metrics"]:
        words = f"{titles[m['name']]}: nothing outlined in {spanned(m['share_without_outline'])} of those with it"
        if "share_false_outline" in m:
            words += f"; something outlined in {spanned(m['share_false_outline'])} of {m['n_without_lesion']} without"
        if m.get("n_seen_by_grade_alone"):
            words += f" ({m['n_seen_by_grade_alone']} of these by their grade: no retinopathy, so nothing to outline)"
        yield f"- {words}."
    yield ""


def _box_lines(card: Mapping[str, Any]) -> Iterator[str]:
    if "box_metrics" not in card:
        return
    found = card["box_metrics"]
    yield from ("## Boxes, fold 4", "")
    other = found["mean_box_of_true_class"]
    yield from _table(
        ("figure", "network", "mean box of the true class", "difference"),
        [
            (
                _FIGURE_WORDS[name],
                spanned(value),
                spanned(other[name]) if name in other else "",
                spanned(found["difference"][name], SIGNED) if name in other else "",
            )
            for name, value in found["network"].items()
        ],
    )
    yield (
        f"At score {found['threshold']:.2f} a slice gets {found['boxes_shown_per_picture']:.2f} boxes; "
        f"{found['share_without_box']:.1%} get none."
    )
    painted = found["tumour_painted_over"]
    yield (
        f"With the tumour painted over by the mirrored other side, {spanned(painted['share_with_box'])} of "
        f"{painted['n_pictures']} slices get a box all the same: a box does not tell that there is a tumour."
    )
    yield ""


def _confounder_lines(card: Mapping[str, Any]) -> Iterator[str]:
    if "confounders" not in card:
        return
    yield from ("## Confounders", "")
    found = card["confounders"]
    if "calipers" in found:
        c = found["calipers"]
        yield (
            f"- Crosses painted at random places move the malignant logit by {spanned(c['mean_logit_change'], SIGNED)}; "
            f"its AUC goes from {spanned(c['auroc_without'])} to {spanned(c['auroc_with'])}."
        )
    if "position_alone" in found:
        p = found["position_alone"]
        yield (
            f"- Middle and size of the true box alone give macro AUC {spanned(p['macro_auroc'])} and balanced accuracy "
            f"{spanned(p['balanced_accuracy'])} (chance 0.33): part of the type is its place."
        )
    yield ""


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield from table(" | ".join(header), rows)
    yield ""
