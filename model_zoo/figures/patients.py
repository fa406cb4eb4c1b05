"""The measured results of all patient models that the shared recipe makes, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from model_zoo.fusion.measured import measured_of
from model_zoo.training.patient_models.common.additivity import measured_sets
from model_zoo.training.patient_models.common.figures import named_figures
from model_zoo.training.patient_models.common.page import verdict
from model_zoo.training.patient_models.film_and_values import outcome_table
from model_zoo.upkeep.known_models import RISK, installed_cards
from model_zoo.words import SIGNED, head, spanned


def patient_tables() -> Iterator[str]:
    """Yield the lines; every number comes from a card. External tests stand beside the held-out ones, also where they fail."""
    known = [card for card in installed_cards(RISK) if "additivity" in card["metrics"]]
    cards = [card for card in known if "external" in card["metrics"]]
    if not cards:
        return
    yield ""
    yield "**Patient models** (each trained from one table; external: the same weights on patients of another place)"
    yield ""
    yield from head("model | patients | events | AUC | Brier | logistic regression | difference | verdict")
    for card in cards:
        (outcome, output), *_ = card["outputs"].items()
        for words, entry in named_figures(card["metrics"], outcome):
            against = entry["baselines"]["logistic"]
            cells = (entry["auc"], entry["brier"], against["auc"])
            shown = " | ".join(spanned(cell) for cell in cells)
            yield (
                f"| {output['title']} (`{card['name']}`) | {words} | {entry['events']} of {entry['patients']} | {shown} | "
                f"{spanned(against['auc_difference'], SIGNED)} | {verdict(entry, against)} |"
            )
    yield ""
    yield "Published on the same tables, other splits:"
    yield from (f"`{card['name']}`: {card['published']}  " for card in cards if card.get("published"))
    yield ""
    yield from head("model, place | risks | mean risk | share of events | Brier | calibration slope | intercept")
    for card in cards:
        for test in card["metrics"]["external"]:
            yield from _recalibration(f"`{card['name']}`, {test['title']}", test["recalibration"])
    yield ""
    asked = {card["name"]: measured_sets(card["metrics"]) for card in known}
    # The patients of the held-out fold are in the table as well: nobody is counted twice.
    patients = sum(found["patients"] for sets in asked.values() for words, found in sets[1:])
    worst = max((found["largest_share_of_risk"], name) for name, sets in asked.items() for _, found in sets)
    yield (
        f"Contributions plus reference reach the risk in every patient of these tests, in {len(asked)} patient models and "
        f"{patients:,} patients (tables and external tests): the largest miss is {100 * worst[0]:.1e} % of the risk "
        f"(`{worst[1]}`); 1 % is allowed."
    )
    yield from _together(known)


def _together(cards: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield what was measured of a scan model and a patient model on patients who have both."""
    for card in cards:
        found = measured_of(card["name"])
        if found is None:
            continue
        yield ""
        yield (
            f"**Film and values of the same patients** (`{found['scan_model']}` and `{found['risk_model']}`, {found['patients']} "
            f"patients of {found['place']}, out of fold; {found['missing_values']['median']:g} of "
            f"{found['missing_values']['of']} values missing in the median)"
        )
        yield ""
        yield from outcome_table(found)
        yield ""
        verdicts = "; ".join(f"{o['title'].lower()}: {o['verdict']}" for o in found["outcomes"].values())
        yield f"A gain of the two together over either alone: {verdicts}. They are not made into one number."


def _recalibration(words: str, found: Mapping[str, Any]) -> Iterator[str]:
    for name, version in found["versions"].items():
        cells = " | ".join(spanned(version[key]) for key in ("brier", "calibration_slope", "calibration_intercept"))
        yield f"| {words} | {name} | {version['mean_risk']:.3f} | {found['prevalence']:.3f} | {cells} |"
    trivial = spanned(found["brier_of_the_prevalence"])
    share = f"{found['prevalence']:.3f}"
    yield f"| {words} | the prevalence of the place for everybody | {share} | {share} | {trivial} | | |"
