"""The words of the chest X-ray card: candidates, what is never offered and why, intended use; and its Markdown page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from model_zoo.evaluation.report import to_markdown
from model_zoo.training.data_sources import ADULT_DATA, CHILD_DATA
from model_zoo.words import SIGNED, head, number, spanned, table_row

_REPORT = (
    "Learned from labels that a program read out of radiology reports, which are often wrong: a score for the label, "
    "not a probability of disease."
)


@dataclass(frozen=True)
class OutputText:
    """One candidate output.

    sensitivity: share of positive films that the operating threshold has to flag. absent_words: what is not assessed when
    the output is not offered; by default the title.
    """

    name: str
    title: str
    population: str
    kind: str
    sensitivity: float
    condition: str | None = None
    caution: str | None = None
    absent_words: str | None = None


def _report(name: str, title: str, absent_words: str | None = None) -> OutputText:
    # 70 %: with an AUC around 0.75 a higher demand would flag most films.
    return OutputText(
        f"report_{name}", title, "adult", "report_score", 0.70, caution=_REPORT, absent_words=absent_words
    )


CANDIDATES = (
    OutputText("lung_opacity", "Lung opacity", "adult", "probability", 0.85),
    _report("atelectasis", "Atelectasis"),
    _report("cardiomegaly", "Cardiomegaly", "heart size"),
    _report("consolidation", "Consolidation"),
    _report("edema", "Oedema"),
    _report("effusion", "Pleural effusion"),
    _report("emphysema", "Emphysema"),
    _report("fibrosis", "Fibrosis"),
    _report("pleural_thickening", "Pleural thickening"),
    OutputText("pneumonia", "Pneumonia", "child", "probability", 0.95),
    OutputText(
        "bacterial",
        "Bacterial rather than viral",
        "child",
        "probability",
        0.85,
        condition="if there is pneumonia",
        absent_words="whether a child's pneumonia is bacterial or viral",
        caution="The weaker output: it says nothing about a child without pneumonia and does not choose a treatment.",
    ),
)

NEVER_OFFERED = {
    "report_infiltration": "the word names no finding that two readers would agree on",
    "report_pneumonia": "text-mined pneumonia is a clinical diagnosis that the film alone does not hold",
    "report_mass": "not to be read at 128 pixels",
    "report_nodule": "not to be read at 128 pixels",
    "report_pneumothorax": "not to be read at 128 pixels; labels go with the drain, not with the air",
    "report_any_finding": "its absence would read as 'normal', which no output here may say",
}

NOT_ASSESSED = (
    "nodules and masses",
    "pneumothorax",
    "fractures and bone",
    "lines, tubes and devices",
    "mediastinum and hila",
    "soft tissue and the abdomen",
    "tuberculosis and COVID-19",
    "any comparison with an earlier film",
)


def card_skeleton() -> dict[str, Any]:
    """Return the card without outputs, weights and figures."""
    return {
        "schema_version": 1,
        "name": "chest-xray",
        "title": "Chest X-ray",
        "version": "1.0",
        "task": "classification",
        "architecture": "LocalResidualNet, last map at stride 8, log-sum-exp pooling of local logits",
        "input": {
            "shape": [1, 128, 128],
            "value_range": [-1.5, 1.5],
            "preprocessing": (
                "display window, crop by population, antialiased resize to 128 x 128, central 1st to 99th percentile "
                "stretched to -1 to 1"
            ),
            "target_layer": "centre",
            "modalities": ["CR", "DX", "DR", "RG", "OT"],
            "body_parts": ["CHEST", "THORAX", "LUNG"],
            "aspect_range": [0.6, 1.8],
            "min_side": 128,
        },
        "populations": [
            {
                "name": "adult",
                "title": "Adults (18 and over)",
                "age_years": [18, 121],
                "crop": "whole",
                "views": ["PA", "AP"],
                "note": "NIH Clinical Center, USA. Resolution 128 x 128: small findings are lost.",
            },
            {
                "name": "child",
                "title": "Children aged 1 to 5",
                "age_years": [1, 6],
                "crop": "lungs",
                "views": ["AP", "PA"],
                "note": "One hospital in Guangzhou, 73 % with pneumonia. There is no external test for children.",
            },
        ],
        "not_assessed": list(NOT_ASSESSED),
        "intended_use": "Reading aid for demonstration, model review and research on frontal chest films.",
        "not_for": [
            "diagnosis, triage or treatment of patients",
            "lateral films, portable films with heavy overlay, any other body part",
            "children under 1 and aged 6 to 17: no data",
            "ruling anything out: no output says that a film is normal",
        ],
        "data": [ADULT_DATA, CHILD_DATA],
    }


def card_to_markdown(card: dict[str, Any]) -> str:
    """Return the card as a page to read."""
    lines = [
        f"# {card['title']} ({card['name']} {card['version']})",
        "",
        card["intended_use"],
        "",
        f"Not for: {'; '.join(card['not_for'])}.",
        "",
        f"Not assessed: {', '.join(card['not_assessed'])}.",
        "",
        "## Outputs",
        "",
        *head("output | kind | population | threshold | caution"),
    ]
    for output in card["outputs"]:
        kind = "probability" if output["kind"] == "probability" else "score for a report label"
        condition = f" ({output['condition']})" if output["condition"] else ""
        lines.append(
            f"| {output['title']}{condition} | {kind} | {output['population']} | {output['threshold']['rule']} | "
            f"{output['caution'] or ''} |"
        )
    lines += ["", "Not offered:", ""]
    lines += [f"- {entry['name']}: {entry['reason']}" for entry in card["not_offered"]]
    lines += [
        "",
        "## Selection: out-of-fold on folds 0 to 3",
        "",
        "A finding is offered when it has 50 positive patients and beats a 16x16 thumbnail with logistic regression.",
        "",
        *head("candidate | positive patients | AUC | AUC of thumbnail | difference (95 % interval) | offered"),
    ]
    for name, entry in card["selection"].items():
        mine, gain = entry["network_auroc"], spanned(entry["difference"], SIGNED)
        lines.append(
            f"| {name} | {mine['n_positive_patients']} | {mine['value']:.3f} | {entry['thumbnail_auroc']['value']:.3f} | {gain} | "
            f"{'yes' if entry['offered'] else 'no'} |"
        )
    for population, title in (("adult", "Adults"), ("child", "Children aged 1 to 5")):
        note = next(p["note"] for p in card["populations"] if p["name"] == population)
        lines += ["", f"## {title}: fold 4, held out of everything above", "", note, ""]
        lines.append(to_markdown(card["metrics"][population]))
    lines += _calibration_lines(card) + _phantom_lines(card)
    lines += ["", "## Data", ""]
    lines += [f"- {d['name']}. {d['citation']}. {d['licence']}. {d['link']}" for d in card["data"]]
    return "\n".join(lines) + "\n"


def _calibration_lines(card: dict[str, Any]) -> list[str]:
    lines = ["", "## Calibration (Platt scaling on fold 3)", "", *head("output | slope | intercept | prevalence")]
    for output in card["outputs"]:
        fit = output["calibration"]
        if fit:
            slope, intercept = fit["slope_interval"], fit["intercept_interval"]
            lines.append(
                f"| {output['title']} | {fit['slope']:.2f} ({slope[0]:.2f} to {slope[1]:.2f}) | {fit['intercept']:.2f} "
                f"({intercept[0]:.2f} to {intercept[1]:.2f}) | {fit['prevalence']:.2f} |"
            )
    return lines


def _phantom_lines(card: dict[str, Any]) -> list[str]:
    figures, cost = card["phantom_metrics"], card["phantoms_in_training"]
    lines = [
        "",
        "## Phantoms (computed, never pooled with films)",
        "",
        f"{figures['count']} phantoms of the {figures['settings']}: lung opacity AUC "
        f"{spanned(figures['lung_opacity_auroc'])}; the Grad-CAM peak lies in the planted opacity in "
        f"{spanned(figures['grad_cam_peak_in_lesion'], '.2f')} of {figures['n_with_opacity']}; a random place in the lungs would "
        f"in {figures['random_place_in_lungs']:.2f}.",
        "",
        f"What phantoms in the training mix cost on real films (held-out fold {cost['fold']}, AUC with minus without):",
        "",
        *head("output | with | without | difference (95 % interval)"),
    ]
    for name, entry in cost["outputs"].items():
        gain = spanned(entry["difference"], SIGNED)
        lines.append(table_row((name, number(entry["with"]), number(entry["without"]), gain)))
    return lines
