"""The Markdown page of a folder model, made from its card alone: what the card does not state is named as not stated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from model_zoo.evaluation.report import to_markdown
from model_zoo.plain import plain
from model_zoo.words import ends, head, number, table_row


def folder_page(card: Mapping[str, Any]) -> str:
    """Return the page of a card that ``read_card`` accepts; what the card says shows as it is, and is no Markdown."""
    return "\n".join(_lines(_plain(card))) + "\n"


def _plain(value: Any) -> Any:
    """Pass every text of a card through ``plain``, its keys as well, which leaves the names of fields alone."""
    if isinstance(value, Mapping):
        return {plain(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    return plain(value) if isinstance(value, str) else value


def _lines(card: Mapping[str, Any]) -> Iterator[str]:
    yield f"# {card['title']} ({card['name']} {card['version']})"
    yield from ("", card["intended_use"], "", f"Not for: {'; '.join(card['not_for']) or 'not stated'}.")
    yield from ("", f"Not assessed: {', '.join(card['not_assessed']) or 'not stated'}.", "")
    yield f"Architecture: {card.get('architecture', 'not stated')}; target layer {card['input']['target_layer']}."
    yield from ("", "## Outputs", "", *head("output | kind | threshold | calibrated on"))
    for output in card["outputs"]:
        kind = "calibrated probability" if output["kind"] == "probability" else "score, not calibrated"
        fitted = (output.get("calibration") or {}).get("fitted_on", "not calibrated")
        yield f"| {output['title']} | {kind} | {output['threshold']['rule']} | {fitted} |"
    for population in card["populations"]:
        yield from ("", f"For: {population['title']}. {population['note']}".rstrip())
        yield from _figures(card.get("metrics", {}).get(population["name"]))
    yield from _gate(card.get("gate"))
    yield from _methods(card.get("fine_tuning"))
    yield from _training(card.get("training"))
    yield from ("", "## Data", "")
    for data in card.get("data", []):
        words = [str(data[key]) for key in ("name", "citation", "licence") if data.get(key)]
        yield f"- {'. '.join(words)}."


def _figures(report: Mapping[str, Any] | None) -> Iterator[str]:
    if not report:
        yield from ("", "No held-out figures are stated.")
        return
    yield from ("", "## Held-out figures", "", to_markdown(report).rstrip())
    together = report.get("all_classes")
    if not together:
        return
    yield from ("", *head("all classes together | value | 95 % interval"))
    for name, found in together["figures"].items():
        yield f"| {name.replace('_', ' ')} | {number(found['value'])} | {ends(found)} |"
    yield f"| always the commonest class: accuracy | {number(together['commonest_class_accuracy'])} | |"
    titles = together["confusion"]["classes"]
    yield from ("", "Confusion (rows: truth; columns: the class with the highest probability):", "")
    yield from head(f"| {' | '.join(titles)}")
    for title, counts in zip(titles, together["confusion"]["counts"], strict=True):
        yield table_row((title, *map(str, counts)))
    yield from ("", *head("at the threshold | accuracy | precision | recall | F1"))
    for output in report["outputs"]:
        found = [output["at_threshold"][key] for key in ("accuracy", "precision", "recall", "f1")]
        cells = [f"{number(figure['value'])} ({ends(figure)})" for figure in found]
        yield table_row((output["name"], *cells))


def _gate(gate: Mapping[str, Any] | None) -> Iterator[str]:
    if gate:
        yield from ("", "## In-distribution gate", "", gate["words"])


def _methods(tried: Mapping[str, Any] | None) -> Iterator[str]:
    if not tried:
        return
    yield from (
        "",
        f"## Fine-tuning of {tried['base']}",
        "",
        "All methods on the same folds; the one marked is shipped.",
        "",
    )
    yield from (*head("method | parameters trained | of | loss on the validation fold | AUC, held out |"),)
    for entry in tried["methods"]:
        auc = entry["held_out_auc"]
        mark = "shipped" if entry["method"] == tried["chosen"] else ""
        yield (
            f"| {entry['method']} | {entry['trained']:,} | {entry['parameters']:,} | {entry['validation_loss']:.3f} | "
            f"{number(auc['value'])} ({ends(auc)}) | {mark} |"
        )


def _training(run: Mapping[str, Any] | None) -> Iterator[str]:
    if not run:
        return
    yield from ("", "## Training", "")
    pictures = f"{run['pictures']} pictures of {run['patients']} patients"
    yield f"- data: sha256 {run['data_sha256'][:16]}, {pictures}. {run['patients_words']}"
    yield f"- folds: {run['folds_words']}"
    yield f"- code: {run['code_version']}; seed {run['settings']['seed']}; device {run['device']}"
    settings = ", ".join(f"{key} {value}" for key, value in run["settings"].items() if key != "seed")
    yield f"- settings: {settings}"
    yield f"- stopped after {run['epochs_run']} epochs; best epoch {run['best_epoch']}"
    crossed = run.get("cross_validation")
    if crossed:
        folds = ", ".join(number(value) for value in crossed["auc_by_fold"])
        pooled = crossed["auc"]
        yield f"- cross-validation by patient: mean AUC by fold {folds}; out of fold {number(pooled['value'])} ({ends(pooled)})"
