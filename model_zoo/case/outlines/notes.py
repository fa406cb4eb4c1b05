"""What must be known of an outline or box: how often such ones were false, and whether the reading contradicts it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from model_zoo.card import MaskCard, ModelCard
from model_zoo.results import Prediction
from model_zoo.trust.rates import Rate
from model_zoo.trust.state import State, finding_state


def mask_note(card: ModelCard, mask: MaskCard, prediction: Prediction, drawn: bool, any_drawn: bool) -> str:
    """Return the note of one outline; "" where nothing was measured and nothing contradicts it.

    drawn: whether this mask is drawn; any_drawn: whether any lesion mask is.
    """
    parts = [contradiction(mask, prediction, drawn, any_drawn)]
    row: Mapping[str, Any] = next((m for m in card.raw.get("mask_metrics", ()) if m["name"] == mask.name), {})
    false = Rate.from_json(row.get("share_false_outline")) if drawn else None
    missed = None if drawn else Rate.from_json(row.get("share_without_outline"))
    if false is not None:
        parts.append(
            f"Held out, {false.percent_words()} of {row['n_without_lesion']} pictures without it got an outline."
        )
    if missed is not None:
        parts.append(f"Held out, {missed.percent_words()} of {row['n_with_lesion']} pictures with it got no outline.")
    return " ".join(filter(None, parts))


def contradiction(mask: MaskCard, prediction: Prediction, drawn: bool, any_drawn: bool) -> str:
    """Say where the findings and an outline contradict each other; "" where they do not, or the card ties them to nothing."""
    tied = [f for f in prediction.findings if f.output in mask.expects]
    if not tied:
        return ""
    if prediction.exclusive:
        leading = max(prediction.findings, key=lambda finding: finding.logit)
        if leading.output not in mask.expects:
            return f"Contradicts the reading: {leading.title.lower()} is its likeliest answer." if drawn else ""
        named = leading
    else:
        named = max(tied, key=lambda finding: finding.logit)
        if finding_state(prediction, named.output) is not State.FLAGGED:
            return ""
    return "" if any_drawn else f"Contradicts the reading: nothing is outlined, yet it names {named.title.lower()}."


def box_note(card: ModelCard) -> str:
    """Return how often a box is shown where there is no tumour, as measured; "" where it was not."""
    found: Mapping[str, Any] = (card.raw.get("box_metrics") or {}).get("tumour_painted_over") or {}
    rate = Rate.from_json(found.get("share_with_box"))
    if rate is None:
        return ""
    return (
        f"A box does not tell that there is a tumour: held out, {rate.percent_words()} of {found['n_pictures']} slices with the "
        "tumour painted over got one."
    )
