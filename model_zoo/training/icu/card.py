"""The card of an hourly ICU model, and the Markdown page written from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch

from model_zoo.icu.network import IcuNetwork
from model_zoo.icu.risk import INTERVAL_TITLE
from model_zoo.icu.variables import IcuModelForm
from model_zoo.training.code_version import code_version
from model_zoo.training.icu.figures import RESAMPLES, SEED, calibrated
from model_zoo.training.icu.fit import KNOTS, batches_by_length, encoded
from model_zoo.training.icu.tables import IcuTable
from model_zoo.training.page_head import intended_use, page_head
from model_zoo.words import SIGNED, head, spanned, table_row

VERSION = "1.0"
RANGE = (KNOTS[0], KNOTS[-1])
REFERENCE = "a stay with average values, measured as the median training stay of that hour"
_LEAST_STAYS = 30  # of fewer stays, the median reference risk of an hour says nothing; the last hour with more is used


def new_card(
    form: IcuModelForm,
    table: IcuTable,
    state: Mapping[str, torch.Tensor],
    calibration: Mapping[str, float],
    threshold: Mapping[str, Any],
    training: Mapping[str, Any],
    words: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the card without metrics and weights_sha256. table: the training stays."""
    return {
        "name": form.name,
        "title": form.title,
        "task": "monitoring",
        "version": words.get("version", VERSION),
        "population": form.population,
        "warnings": list(form.warnings),
        "intended_use": words["intended_use"],
        "not_for": words["not_for"],
        "outcome": form.horizon,
        "interval": INTERVAL_TITLE,
        "hours": form.hours,
        "variables": _variables(form, table),
        "facts": [
            {"name": fact.name, "title": fact.title, "unit": fact.unit, "choices": [list(choice) for choice in fact.choices]}
            for fact in form.statics
        ],
        "calibration": {
            "method": "Platt scaling of the mean logit, slope and intercept linear in log(1 + hour), on out-of-fold logits",
            **calibration,
        },
        "thresholds": {"alert": dict(threshold)},
        "reference_risk": {"description": REFERENCE, "by_hour": reference_risks(table, state, calibration, form.hours)},
        "metrics": {},
        "published": words["published"],
        "data": words["data"] | {"training_stays": len(table.ids), "training_stays_with_event": int(table.event.sum()),
                                 "cells_outside_plausible_range": table.dropped},
        "weights_sha256": "",
        "training": dict(training) | {"code": code_version()},
        "split_rule": words["split_rule"],
        **({"choice": words["choice"]} if "choice" in words else {}),
        "bootstrap": {"resamples": RESAMPLES, "seed": SEED, "level": 0.95, "unit": "stay"},
        "source": "Che et al. 2018, Scientific Reports 8:6085, doi:10.1038/s41598-018-24271-9",
    }  # fmt: skip


def reference_risks(
    table: IcuTable, state: Mapping[str, torch.Tensor], calibration: Mapping[str, float], hours: int
) -> list[float]:
    """Return per hour the median over the training stays of the risk with average values and the stay's own pattern."""
    network = IcuNetwork.from_state(state)
    found = np.full((len(table.ids), hours), np.nan)
    for rows in batches_by_length(table.length, 200):
        part = table.take(rows)
        channels, measured, facts, known = encoded(network, part)
        with torch.no_grad():
            logits = network.member_logits(torch.zeros_like(channels), measured, torch.zeros_like(facts), known).mean(0)
        end = min(hours, logits.shape[1])
        inside = ~np.isnan(part.labels[:, :end])
        found[rows, :end] = np.where(inside, calibrated(dict(calibration), logits.numpy())[:, :end], np.nan)
    usual: list[float] = []
    for column in found.T:
        seen = column[~np.isnan(column)]
        usual.append(round(float(np.median(seen)), 6) if len(seen) >= _LEAST_STAYS or not usual else usual[-1])
    return usual


def _variables(form: IcuModelForm, table: IcuTable) -> list[dict[str, Any]]:
    entries = []
    inside = ~np.isnan(table.labels)
    for v, variable in enumerate(form.variables):
        seen = ~np.isnan(table.values[..., v])
        entries.append(
            {
                "name": variable.name,
                "title": variable.title,
                "unit": variable.unit,
                # Where the network's ramps end: beyond, it cannot tell values apart.
                "training_range": [float(f"{end:.5g}") for end in np.quantile(table.values[..., v][seen], RANGE)],
                "measured_share_of_hours": round(float(seen[inside].mean()), 4),
                "measured_share_of_stays": round(float(seen.any(axis=1).mean()), 4),
            }
        )
    return entries


def card_page(card: Mapping[str, Any]) -> str:
    """Return the card as a Markdown page; every number comes from the card."""
    training, metrics = card["training"], card["metrics"]
    return "\n".join(
        [
            *page_head(card),
            f"**What the risk says.** Probability of {card['outcome']}, anew every hour.",
            "",
            *intended_use(card),
            f"**Interval beside each risk.** {card['interval']}.",
            "",
            f"**Attributions** are counted from {card['reference_risk']['description']}.",
            "",
            f"## Figures: {metrics['reported_on']}",
            "",
            f"95 % intervals from {card['bootstrap']['resamples']} resamples of stays. Differences: this model minus the other, on "
            "the same resamples.",
            "",
            *_by_time(metrics),
            *_compared(metrics),
            *_out_of_fold(metrics),
            *_balanced(metrics),
            *_alerts(metrics),
            *_additivity(metrics),
            f"**Published.** {card['published']}",
            "",
            "## Data and training",
            "",
            f"{card['data']['source']}. {card['data']['licence']}. {card['data']['citation']}.",
            "",
            f"**Split.** {card['split_rule']}",
            "",
            *([f"**Choice of the setting.** {card['choice']}", ""] if "choice" in card else []),
            f"{training['members']} members of {training['parameters_per_member']} parameters, seed {training['seed']}, epoch "
            f"{training['best_epoch'] + 1} of {training['epochs']} by the out-of-fold loss; "
            f"{card['data']['training_stays']} training stays, {card['data']['training_stays_with_event']} with the event. "
            "Stored as float16; the largest change of a logit against float32 is"
            f" {training['float16_largest_change_in_logit']}. Source of the network: {card['source']}.{_taught(training)}",
            "",
            *head("variable | unit | range of the training patients | stays with a value | hours with a value"),
            *[
                f"| {v['title']} | {v['unit']} | {v['training_range'][0]:g} to {v['training_range'][1]:g} "
                f"| {v['measured_share_of_stays']:.0%} | {v['measured_share_of_hours']:.1%} |"
                for v in card["variables"]
            ],
            "",
        ]
    )  # fmt: skip


def _taught(training: Mapping[str, Any]) -> str:
    if not training.get("taught"):
        return ""
    return (
        f" What a member learnt from was to {1 - training['taught']:.0%} the label and to {training['taught']:.0%} the risk that "
        "boosted trees without its left-out fold give the hour (Hinton et al. 2015, arXiv:1503.02531)."
    )


def _by_time(metrics: Mapping[str, Any]) -> Iterator[str]:
    yield from head("risk at | stays | events | AUROC | AUPRC | Brier | calibration slope | intercept")
    for name, entry in metrics["by_time"].items():
        cells = " | ".join(spanned(entry[key]) for key in
                           ("auroc", "auprc", "brier", "calibration_slope", "calibration_intercept"))  # fmt: skip
        yield f"| {name} | {entry['rows']} | {entry['events']} | {cells} |"
    yield ""


def _compared(metrics: Mapping[str, Any]) -> Iterator[str]:
    yield from head(
        "at | against | its AUROC | AUROC difference | its AUPRC | AUPRC difference | its Brier | Brier difference"
    )
    for entry in metrics["baselines"]:
        cells = " | ".join(
            f"{spanned(entry[key]['value'])} | {spanned(entry[key]['difference'], SIGNED)}"
            for key in ("auroc", "auprc", "brier")
        )
        yield f"| {entry['at']} | {entry['title']} | {cells} |"
    yield ""


def _out_of_fold(metrics: Mapping[str, Any]) -> Iterator[str]:
    found = metrics.get("out_of_fold")
    if found:
        words = ", ".join(f"{entry['title']} {entry['auroc']:.3f}" for entry in found)
        yield f"Training stays, each read by what did not see it (the setting was chosen there), AUROC of every hour: {words}."
        yield ""


def _balanced(metrics: Mapping[str, Any]) -> Iterator[str]:
    entries = metrics.get("min_se_ppv")
    if not entries:
        return
    yield from head(
        "min(sensitivity, PPV) after 48 hours | threshold from training stays | threshold from the reported stays"
    )
    for entry in entries:
        yield f"| {entry['title']} | {spanned(entry['training_threshold'])} | {spanned(entry['own_threshold'])} |"
    yield ""
    yield "The second way is that of the challenge and optimistic, because the threshold has seen the reported stays."
    yield ""


def _alerts(metrics: Mapping[str, Any]) -> Iterator[str]:
    yield (
        "Alerts: an hour at or above the threshold alerts, and then not again for "
        f"{metrics['alerts'][0]['silence_hours']} hours. {metrics['alert_words']}"
    )
    yield ""
    yield from head(
        "alerts by | sensitivity (stays) | alerts per 100 patient-days | stays with an alert | of these with the event"
    )
    for entry in metrics["alerts"]:
        cells = (entry["sensitivity"], entry["alerts_per_100_patient_days"], entry["share_of_stays_with_an_alert"],
                 entry["share_of_alerted_stays_with_the_event"])  # fmt: skip
        yield table_row((entry["title"], *map(spanned, cells)))
    yield ""
    for entry in metrics["alerts"]:
        lead = entry.get("lead")
        if lead:
            near = lead["hours_before_onset_in_the_window"]
            first = lead["hours_before_onset_of_the_first_alert_of_the_stay"]
            yield (
                f"Lead time, {entry['title']}: {lead['alerted_within_12_hours_before_onset']} of {lead['septic_stays']} septic "
                f"stays alerted within 12 hours before onset, median {near['median']} hours before it (quartiles "
                f"{near['low_quartile']} to {near['high_quartile']}); counted from the first alert of the stay, which may have had "
                f"nothing to do with the sepsis, {first['median']} ({first['low_quartile']} to {first['high_quartile']})."
            )
            yield ""


def _additivity(metrics: Mapping[str, Any]) -> Iterator[str]:
    found = metrics.get("additivity")
    if found:
        yield (
            f"**Additivity.** Over {found['stays']} reported stays at their last hour, reference plus attributions miss the risk "
            f"by at most {found['largest_share_of_risk']:.1e} of it." + _kept(found)
        )
        yield ""


def _kept(found: Mapping[str, Any]) -> str:
    """Say whether the promised 1 % is kept; empty for a card that did not count the stays beyond it."""
    beyond = found.get("stays_beyond_1_percent")
    if beyond is None:
        return ""
    return (
        " Within the promised 1 % in all of them." if beyond == 0 else f" Beyond the promised 1 % in {beyond} of them."
    )
