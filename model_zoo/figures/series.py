"""The figures of the hourly models and of the beat model: beside scores, boosted trees and published ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from model_zoo.upkeep.known_models import BEATS, MONITORING, installed_cards
from model_zoo.words import SIGNED, bracketed, head, table_row

OURS = "this model"
# Event 1 of the PhysioNet challenge of 2012 on its hidden set C (Silva et al. 2012, Comput Cardiol 39:245-248).
CHALLENGE_2012 = 0.5353
_LAST = -1  # of the times that a card reports: when all hours are in


def series_tables() -> Iterator[str]:
    """Yield the tables of every installed model of hourly series and of beats; every number of ours comes from a card."""
    for task, table in ((MONITORING, _hourly), (BEATS, _beats)):
        for card in installed_cards(task):
            yield from table(card)


def against_words(difference: Mapping[str, Any]) -> str:
    """Say how a model stands against another score, by the paired difference in a measure of which more is better."""
    if difference.get("low") is None or difference.get("high") is None:
        return "not defined"
    if difference["low"] > 0:
        return "better"
    return "WORSE" if difference["high"] < 0 else "no difference shown"


def _hourly(card: Mapping[str, Any]) -> Iterator[str]:
    metrics = card["metrics"]
    time, ours = list(metrics["by_time"].items())[_LAST]
    of_challenge = {entry["title"]: entry["own_threshold"] for entry in metrics.get("min_se_ppv", ())}
    yield f"**{card['title']}** (`{card['name']}`; {metrics['reported_on']})"
    yield ""
    when = time if time.startswith("every") else f"after {time}"
    titles = (
        f"risk {when} | AUROC | AUPRC | Brier | AUROC, model minus it | AUPRC, model minus it | the model against it"
    )
    yield from head(titles + (" | min(sensitivity, PPV)" if of_challenge else ""))

    def balanced(title: str) -> tuple[str, ...]:
        return (bracketed(of_challenge.get(title)),) if of_challenge else ()

    yield table_row((OURS, *(bracketed(ours[key]) for key in ("auroc", "auprc", "brier")), "", "", "", *balanced(OURS)))
    for entry in metrics["baselines"]:
        if entry["at"] == time:
            values = [bracketed(entry[key]["value"]) for key in ("auroc", "auprc", "brier")]
            gains = [bracketed(entry[key]["difference"], SIGNED) for key in ("auroc", "auprc")]
            verdict = against_words(entry["auroc"]["difference"])
            yield table_row((entry["title"], *values, *gains, verdict, *balanced(entry["title"])))
    yield ""
    yield from _earlier(metrics)
    if of_challenge:
        yield _challenge(of_challenge[OURS])
    yield f"Published: {card['published']}"
    yield ""
    yield from _alerts(metrics)
    stated = metrics.get("additivity")
    if stated:
        beyond = stated.get("stays_beyond_1_percent")
        kept = "" if beyond is None else f"; beyond 1 % in {beyond} of them"
        yield (
            f"Additivity: reference plus contributions miss the risk by at most {100 * stated['largest_share_of_risk']:.1e} % of "
            f"it over {stated['stays']} reported stays at their last hour{kept}."
        )
        yield ""


def _earlier(metrics: Mapping[str, Any]) -> Iterator[str]:
    """Yield the AUROC at the earlier times beside the early warning score of the same hour."""
    scores = {entry["at"]: entry for entry in metrics["baselines"]}
    parts = []
    for time, entry in list(metrics["by_time"].items())[:_LAST]:
        other = scores.get(time)
        beside = "" if other is None else f" ({other['title']} {bracketed(other['auroc']['value'])})"
        parts.append(f"after {time} {bracketed(entry['auroc'])}{beside}")
    if parts:
        yield f"Earlier, AUROC: {'; '.join(parts)}."
        yield ""


def _challenge(ours: Mapping[str, Any]) -> str:
    if ours["low"] > CHALLENGE_2012:
        verdict = "above the winner's"
    elif ours["high"] < CHALLENGE_2012:
        verdict = "BELOW the winner's"
    else:
        side = "below" if ours["value"] < CHALLENGE_2012 else "above"
        verdict = f"{side}, but not told apart from, the winner's"
    return (
        f"min(sensitivity, PPV), threshold chosen on the reported stays as in the challenge of 2012, which flatters: "
        f"{bracketed(ours)}, {verdict} {CHALLENGE_2012} on other patients (hidden set C)."
    )


def _alerts(metrics: Mapping[str, Any]) -> Iterator[str]:
    leads = any("lead" in entry for entry in metrics["alerts"])
    titles = "alerts by | sensitivity (stays) | alerts per 100 patient-days | alerted stays with the event"
    yield from head(titles + (" | hours before onset, median (quartiles)" if leads else ""))
    for entry in metrics["alerts"]:
        found = (bracketed(entry["sensitivity"]), bracketed(entry["alerts_per_100_patient_days"], ".0f"))
        last = (_hours(entry["lead"]["hours_before_onset_in_the_window"]),) if leads else ()
        yield table_row((entry["title"], *found, bracketed(entry["share_of_alerted_stays_with_the_event"]), *last))
    yield ""
    yield f"{metrics['alert_words']} An alert is silent for {metrics['alerts'][0]['silence_hours']} hours."
    yield ""


def _hours(lead: Mapping[str, float | None]) -> str:
    if lead["median"] is None:
        return "none in the window"
    return f"{lead['median']:g} ({lead['low_quartile']:g} to {lead['high_quartile']:g})"


def _beats(card: Mapping[str, Any]) -> Iterator[str]:
    metrics = card["metrics"]
    baselines: Mapping[str, Any] = metrics["baselines"]
    title, first = next(iter(baselines.items()))
    beats = ", ".join(f"{name} {count}" for name, count in metrics["beats"].items())
    yield f"**{card['title']}** (`{card['name']}`; {metrics['records']} records of people apart from training, beats {beats})"
    yield ""
    yield from head(f"class | sensitivity | PPV at the natural mix | AUROC | {title}: sensitivity | AUROC")
    behind = []
    for entry in card["classes"]:
        name = entry["name"]
        mine, other = metrics["classes"][name], first["classes"][name]
        cells = (mine["sensitivity"], mine["ppv_natural_mix"], mine["auroc"], other["sensitivity"], other["auroc"])
        yield f"| {name}: {entry['title']} | {' | '.join(bracketed(found) for found in cells)} |"
        if mine["auroc"]["value"] < other["auroc"]["value"]:
            behind.append(name)
    yield ""
    parts = [
        f"{name} {bracketed(found['macro_f1'])}, model minus it {bracketed(found['macro_f1_difference'], SIGNED)} "
        f"({against_words(found['macro_f1_difference'])})"
        for name, found in baselines.items()
    ]
    yield (
        f"Macro F1 {bracketed(metrics['macro_f1'])} in the sample, {bracketed(metrics['macro_f1_natural_mix'])} at the natural "
        f"mix; {'; '.join(parts)}."
    )
    if behind:
        yield (
            f"Its AUROC is LOWER than that of {title} for {' and '.join(behind)}; of single classes the card has no paired "
            "interval."
        )
    yield f"Published: {card['published']}"
    yield ""
