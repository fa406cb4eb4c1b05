"""The figures of the chest model and its trust layer, of the lungs and of the SUPPORT model, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from model_zoo.words import SIGNED, bracketed, head, table_row


def chest_table(card: Mapping[str, Any]) -> Iterator[str]:
    yield from head("chest X-ray, finding | positive patients | AUC | 16x16 thumbnail | difference | Brier")
    titles = {output["name"]: output for output in card["outputs"]}
    for population in ("adult", "child"):
        for output in card["metrics"][population]["outputs"]:
            thumb = output["comparisons"]["thumbnail"]
            kind = "" if titles[output["name"]]["kind"] == "probability" else " (report label)"
            who = "adults" if population == "adult" else "children 1 to 5"
            yield (
                f"| {titles[output['name']]['title']}{kind}, {who} | {output['n_positive_patients']} | "
                f"{bracketed(output['auroc'])} | {bracketed(thumb['auroc'])} | {bracketed(thumb['auroc_difference'], SIGNED)} | "
                f"{bracketed(output['brier'])} |"
            )
    yield ""
    yield from _against_normal(card)
    for output in card["metrics"]["child"]["outputs"]:
        without = output["comparisons"]["lungs_painted_out"]["auroc"]
        yield f"{titles[output['name']]['title']}, children, lungs painted out: AUC {bracketed(without)}."
        if titles[output["name"]]["caution"]:
            yield f"{titles[output['name']]['caution']}"
    yield ""
    yield from _groups(card["metrics"]["adult"], titles)
    calibrated = [
        f"{titles[o['name']]['title']} {bracketed(o['calibration_slope'])}, error {o['expected_calibration_error']['value']:.3f}"
        for population in ("adult", "child")
        for o in card["metrics"][population]["outputs"]
        if o["calibration_slope"] is not None
    ]
    yield f"Calibration on fold 4, slope (1 is ideal) and expected calibration error: {'; '.join(calibrated)}."
    figures = card["phantom_metrics"]
    yield (
        f"On {figures['count']} phantoms of settings it was not trained on (never pooled with films): AUC "
        f"{bracketed(figures['lung_opacity_auroc'])}; Grad-CAM peak in the planted opacity "
        f"{bracketed(figures['grad_cam_peak_in_lesion'])}, by chance in the lungs {figures['random_place_in_lungs']:.2f}."
    )
    refused = [entry["name"].removeprefix("report_") for entry in card["not_offered"]]
    yield f"Not offered, with reasons on the card: {', '.join(refused)}."
    yield ""


def _against_normal(card: Mapping[str, Any]) -> Iterator[str]:
    """Opacity against films read as normal: fold 4, and out of fold where there are enough patients to go by view."""
    report = card["metrics"]["adult"]["lung_opacity_against_normal"]
    views = "; ".join(
        f"{name} {bracketed(entry['network_auroc'])} (thumbnail {bracketed(entry['thumbnail_auroc'])}, "
        f"{entry['network_auroc']['n_positive_patients']} positive patients)"
        for name, entry in card["selection"]["lung_opacity"]["against_normal"].items()
    )
    yield (
        f"Lung opacity against films read as normal, fold 4: AUC {bracketed(report['auroc'])}, thumbnail "
        f"{bracketed(report['comparisons']['thumbnail']['auroc'])}. Out of fold on folds 0 to 3: {views}."
    )
    yield ""


def _groups(report: Mapping[str, Any], titles: Mapping[str, Any]) -> Iterator[str]:
    """One row per finding of adults, one column per group; no number where fewer than 50 patients are positive."""
    names = sorted(
        {(kind, g["group"]) for o in report["outputs"] for kind, rows in o["subgroups"].items() for g in rows}
    )
    names.sort(key=lambda name: ("view", "sex", "age_years").index(name[0]))
    yield from head(" | ".join(("AUC in adults by view, sex and age", *(group for _, group in names))))
    for output in report["outputs"]:
        found = {(kind, g["group"]): g for kind, rows in output["subgroups"].items() for g in rows}
        cells = []
        for name in names:
            group = found.get(name)
            if group is None:
                cells.append("")
            elif group["too_few"]:
                cells.append(f"too few ({group['n_positive_patients']})")
            else:
                cells.append(bracketed(group["auroc"]))
        yield table_row((titles[output["name"]]["title"], *cells))
    yield ""


def trust_tables() -> Iterator[str]:
    """The trust layer: whether numbers, pictures, maps and verdicts can be believed; failures included."""
    from model_zoo.card import WEIGHTS_ROOT, read_card
    from model_zoo.training.trust import page as trust_page
    from model_zoo.trust.trust_card import read_trust

    folder = WEIGHTS_ROOT / "chest-xray"
    card = read_trust(folder, read_card(folder).weights_sha256)
    if card is None:
        return
    for title, table in (
        ("Trust layer: prediction sets on fold 4", lambda card: trust_page.number_table(card, only="0.90")),
        ("Trust layer: share of pictures that the gate refuses", trust_page.gate_table),
        ("Trust layer: the wrong-reason alarm", trust_page.alarm_table),
        ("Trust layer: saliency benchmark against radiologists' boxes", trust_page.benchmark_table),
        ("Trust layer: the verdict on a map", trust_page.verdict_table),
        ("Trust layer: weight randomisation", trust_page.cascade_table),
    ):
        yield ""
        yield f"**{title}**"
        yield ""
        yield from table(card)


def lungs_table(card: Mapping[str, Any]) -> Iterator[str]:
    figures = card["metrics"]
    yield (
        f"Lung segmenter, children: Dice {bracketed(figures['dice'])} on {figures['n_films']} films of "
        f"{figures['n_patients']} children; the mean mask reaches {bracketed(figures['dice_of_mean_mask'])}."
    )
    yield ""


def support_table(card: Mapping[str, Any]) -> Iterator[str]:
    yield from head("seriously ill adults (SUPPORT, respiratory) | events | AUC | against | its AUC | difference")
    for name, figures in card["metrics"]["outcomes"].items():
        for other, baseline in figures["baselines"].items():
            yield (
                f"| {card['outputs'][name]['title']} | {figures['events']} of {figures['patients']} | "
                f"{bracketed(figures['auc'])} | {other.replace('_', ' ')} | {bracketed(baseline['auc'])} | "
                f"{bracketed(baseline['auc_difference'], SIGNED)} |"
            )
