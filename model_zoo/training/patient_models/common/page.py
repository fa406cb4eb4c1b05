"""The Markdown page of a patient model's card; every number comes from the card."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from model_zoo.training.page_head import intended_use, page_head
from model_zoo.training.patient_models.common.additivity import measured_sets
from model_zoo.training.patient_models.common.figures import GROUP_LEAST, named_figures
from model_zoo.words import SIGNED, head, spanned


def card_page(card: Mapping[str, Any]) -> str:
    """Return the page."""
    (outcome, output), *_ = card["outputs"].items()
    lines = [
        *page_head(card),
        *intended_use(card),
        f"**Interval beside each risk.** {card['interval']}.",
        "",
        f"**Contributions** are counted from {card['reference_patient']['description']}.",
        "",
        f"## Figures: {output['title']}",
        "",
        *_figures(card, outcome),
        *_groups(card["metrics"], outcome),
        *_external(card["metrics"]),
        *additivity_lines(card["metrics"]),
        *_data(card),
        *_training(card),
    ]
    return "\n".join(lines)


def _figures(card: Mapping[str, Any], outcome: str) -> Iterator[str]:
    rotation = card["metrics"].get("rotation")
    yield "95 % intervals from 1000 patient resamples. Differences: this model minus the other, on the same resamples."
    if rotation:
        yield (
            "Held-out patients: the shipped weights on fold 4. All five folds in turn: the whole recipe, choices included, "
            "repeated with each fold as the held-out one."
        )
    yield ""
    yield from head("patients | events | AUC | Brier | calibration slope | intercept | sensitivity | specificity")
    for words, entry in named_figures(card["metrics"], outcome):
        at = entry["at_threshold"]
        cells = (entry["auc"], entry["brier"], entry["calibration_slope"], entry["calibration_intercept"])
        shown = " | ".join(spanned(cell) for cell in (*cells, at["sensitivity"], at["specificity"]))
        yield f"| {words} | {entry['events']} of {entry['patients']} | {shown} |"
    threshold = card["thresholds"][outcome]
    yield ""
    yield f"Threshold {threshold['value']:.4f}: {threshold['rule']}."
    yield ""
    yield from head("patients | against | its AUC | AUC difference | its Brier | Brier difference | AUC verdict")
    for words, entry in named_figures(card["metrics"], outcome):
        for other, found in entry["baselines"].items():
            aucs = f"{spanned(found['auc'])} | {spanned(found['auc_difference'], SIGNED)}"
            briers = f"{spanned(found['brier'])} | {spanned(found['brier_difference'], SIGNED)}"
            yield f"| {words} | {other.replace('_', ' ')} | {aucs} | {briers} | {verdict(entry, found)} |"
    yield from _trivial(card["metrics"], outcome)
    masked = [
        f"{words} {entry['auc_of_what_was_measured_alone']:.3f}"
        for words, entry in named_figures(card["metrics"], outcome)
        if entry.get("auc_of_what_was_measured_alone") is not None
    ]
    if masked:
        yield ""
        yield (
            "What the choice of measurements tells by itself (the reference patient's risk behind each patient's pattern of "
            f"missing values), AUC: {'; '.join(masked)}."
        )
    yield ""
    yield f"**Published.** {card['published']}"
    yield ""


def _trivial(metrics: Mapping[str, Any], outcome: str) -> Iterator[str]:
    """Yield the Brier score of the trivial answer, and how much is missing, of each set."""
    sets = [(words, entry) for words, entry in named_figures(metrics, outcome) if "missing_values" in entry]
    if sets:
        yield ""
        yield from head(
            "patients | Brier if everybody gets the share of the training patients | values missing per patient"
        )
    for words, entry in sets:
        missing = entry["missing_values"]
        how_many = (
            f"median {missing['median']:g} of {missing['of']} ({missing['least']} to {missing['most']})"
            if missing["most"]
            else f"none of {missing['of']}"
        )
        yield f"| {words} | {spanned(entry['brier_of_the_training_share'])} | {how_many} |"


def _groups(metrics: Mapping[str, Any], outcome: str) -> Iterator[str]:
    sets = [(words, entry) for words, entry in named_figures(metrics, outcome) if entry.get("groups")]
    if not sets:
        return
    yield "## Groups"
    yield ""
    yield from head("patients | group | events | AUC | sensitivity | specificity | mean risk | share of events")
    for words, entry in sets:
        for name, found in entry["groups"].items():
            start = f"| {words} | {name} | {found['events']} of {found['patients']} |"
            if found["too_few"]:
                yield f"{start} too few |  |  |  |  |"
                continue
            cells = " | ".join(spanned(found[key]) for key in ("auc", "sensitivity", "specificity"))
            yield f"{start} {cells} | {found['mean_risk']:.3f} | {found['share_of_events']:.3f} |"
    yield ""


def _external(metrics: Mapping[str, Any]) -> Iterator[str]:
    for test in metrics["external"]:
        change = test["recalibration"]
        yield f"## External test: {test['title']}"
        yield ""
        yield test["note"]
        if test["never_measured"]:
            yield f"Never measured there: {', '.join(test['never_measured'])}."
        yield (
            f"{test['patients_with_a_value_outside_the_training_range']} of {test['patients']} patients have a value outside "
            "the training range; it is read as the end of the range and flagged."
        )
        yield ""
        yield (
            f"Share of events: {change['prevalence']:.3f} there, {change['training_prevalence']:.3f} in training. "
            "The prevalence is taken as known; the refit never saw the patients it is measured on."
        )
        yield ""
        yield from head("risks | mean risk | Brier | calibration slope | intercept")
        for name, found in change["versions"].items():
            cells = " | ".join(spanned(found[key]) for key in ("brier", "calibration_slope", "calibration_intercept"))
            yield f"| {name} | {found['mean_risk']:.3f} | {cells} |"
        trivial = spanned(change["brier_of_the_prevalence"])
        yield f"| the prevalence of the place for everybody | {change['prevalence']:.3f} | {trivial} | not defined | not defined |"
        yield ""


def additivity_lines(metrics: Mapping[str, Any]) -> Iterator[str]:
    """Yield how far contributions miss the risk in every set of patients, and what decides it."""
    shown = "; ".join(
        f"{words} ({found['patients']}): {found['largest_residual']:.1e}, {100 * found['largest_share_of_risk']:.1e} % of "
        "the risk"
        for words, found in measured_sets(metrics)
    )
    yield f"**Additivity.** Largest miss of reference plus contributions: {shown}."
    yield ""
    deciding = "; ".join(f"{found['title']} {found['mean_size']:.3f}" for found in metrics["additivity"]["deciding"])
    yield f"**What decides**, mean size of the contribution to the risk over the held-out patients: {deciding}."
    yield ""


def _data(card: Mapping[str, Any]) -> Iterator[str]:
    data, counts = card["data"], card["data"]["counts"]
    yield "## Data"
    yield ""
    yield f"{data['source']}. {data['licence']}. {data['citation']}."
    yield ""
    yield (
        f"Rows {counts['rows']}; without a label for this model {counts['without_label']}; exact repetitions "
        f"{counts['repeated_rows']}; left {counts['patients']} patients, {card['training']['patients']} in training. "
        f"Values outside the plausible range, taken as not measured: {counts['values_outside_plausible_range']}."
    )
    yield ""
    yield f"**Split.** {card['split_rule']}"
    yield ""
    if card["excluded_columns"]:
        left_out = "; ".join(f"{name} ({reason})" for name, reason in card["excluded_columns"].items())
        yield f"**Left out.** {left_out}."
        yield ""


def _training(card: Mapping[str, Any]) -> Iterator[str]:
    training, selection = card["training"], card["training"]["selection"]
    yield "## Training and selection"
    yield ""
    yield (
        f"{training['members']} bootstrap members, recipe `{selection['chosen']}`, seed {training['seed']}. Chosen by the "
        f"{selection['rule']} among {selection['patients']} training patients: out-of-fold AUC, log loss"
    )
    yield ""
    for name, found in selection["recipes"].items():
        yield f"- {name}: {found['auc']:.3f}, {found['log_loss']:.3f}"
    for name, found in selection["baselines"].items():
        yield f"- {name.replace('_', ' ')} (baseline, C {found['C']:g}): {found['auc']:.3f}, {found['log_loss']:.3f}"
    yield ""
    yield f"Stored as float16; the largest change of a logit against float32 is {training['float16_largest_change_in_logit']}."
    yield ""
    yield "## Inputs"
    yield ""
    yield from head("quantity | unit | reference | training range | measured")
    reference = card["reference_patient"]["values"]
    for entry in card["features"]:
        value = reference[entry["name"]]
        words = (
            ("yes" if value else "no")
            if entry["kind"] == "flag"
            else f"{value:g}"
            if entry.get("training_range")
            else value
        )
        yield f"| {entry['title']} | {entry['unit']} | {words} | {values_words(entry)} | {entry['measured_share']:.0%} |"
    yield ""


def values_words(entry: Mapping[str, Any]) -> str:
    """Return which values of a quantity the training patients had."""
    low_high = entry.get("training_range")
    return f"{low_high[0]:g} to {low_high[1]:g}" if low_high else ", ".join(entry.get("choices", ["yes, no"]))


def verdict(entry: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    """Return how a model's AUC stands against a baseline's. entry: the figures of one set; found: one of its baselines."""
    if min(entry["events"], entry["patients"] - entry["events"]) < GROUP_LEAST:
        return "too few"
    low, high = found["auc_difference"]["low"], found["auc_difference"]["high"]
    if low is None or high is None:
        return "not defined"
    if found["better"]:
        return "better"
    if high < 0:
        return "worse"
    return "no worse by 0.01" if found["non_inferior_within_0_01"] else "no difference shown"
