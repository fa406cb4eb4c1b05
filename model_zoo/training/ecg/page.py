"""The Markdown page of the ECG beat model's card; every number comes from the card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from model_zoo.training.page_head import intended_use, page_head
from model_zoo.words import SIGNED, head, spanned


def card_page(card: Mapping[str, Any]) -> str:
    """Return the page."""
    metrics, training, data = card["metrics"], card["training"], card["data"]
    beats = ", ".join(f"{name} {count}" for name, count in metrics["beats"].items())
    lines = [
        *page_head(card),
        *intended_use(card),
        f"**Attributions** are counted from {card['reference']}.",
        "",
        f"## Figures on DS2: {metrics['records']} records, beats {beats}",
        "",
        "95 % intervals from 1000 resamples of records. Natural mix: every sampled beat counts for the beats of its record and "
        "class that it stands for.",
        "",
        f"Macro F1 {spanned(metrics['macro_f1'])}; at the natural mix {spanned(metrics['macro_f1_natural_mix'])}.",
        "",
        *head("class | sensitivity | PPV in the sample | PPV at the natural mix | AUROC"),
    ]
    titles = {kind["name"]: kind["title"] for kind in card["classes"]}
    for name, entry in metrics["classes"].items():
        cells = " | ".join(spanned(entry[key]) for key in ("sensitivity", "ppv", "ppv_natural_mix", "auroc"))
        lines.append(f"| {name}: {titles[name]} | {cells} |")
    lines += [
        "",
        "Whether the members of the model agree tells how much a name is worth; shares at the natural mix:",
        "",
        *head(f"members | beats | named rightly | {' | '.join(f'PPV {name}' for name in metrics['classes'])}"),
    ]
    for words, entry in metrics["agreement"].items():
        cells = " | ".join(spanned(entry["ppv"][name]) for name in metrics["classes"])
        lines.append(f"| {words} | {entry['beats']} | {spanned(entry['right'])} | {cells} |")
    lines += [
        "",
        *head(
            "against | its macro F1 | difference | its sensitivity S | its sensitivity V | its AUROC S | its AUROC V"
        ),
    ]
    for against, other in metrics["baselines"].items():
        of = other["classes"]
        compared = [of[name][key] for key in ("sensitivity", "auroc") for name in ("S", "V")]
        found = " | ".join(spanned(cell) for cell in compared)
        lines.append(
            f"| {against} | {spanned(other['macro_f1'])} | {spanned(other['macro_f1_difference'], SIGNED)} | {found} |"
        )
    lines += [
        "",
        f"**Choice.** {card['chosen']}",
        "",
        f"**Published.** {card['published']}",
        "",
        "## Data and training",
        "",
        f"{data['source']}. {data['licence']}. {data['citation']}.",
        "",
        f"**Split.** {card['split_rule']}.",
        "",
        f"{training['members']} members of {training['parameters_per_member']} parameters, seed {training['seed']}, epoch "
        f"{training['best_epoch'] + 1} of {training['epochs']} by macro F1 on the training records left out; "
        f"{data['training_records']} training records, beats "
        + ", ".join(f"{name} {count}" for name, count in data["training_beats"].items())
        + ".",
        "",
    ]
    return "\n".join(lines)
