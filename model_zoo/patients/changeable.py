"""Which values of a patient can become others, and in which direction: the one table that What if and counterfactuals read.

"free": it can rise and fall, by treatment, by the course of the illness or by measuring again.
"rises": it only grows with time or is acquired and stays; nobody's doing lowers it (age, chronic diseases).
"falls": only the way down is a plausible change to consider (a smoker can stop).
"never": it is what this patient is, or what was found in one sample (sex, genes, the kind of illness, the history).

Counterfactuals use "free" and "falls" alone. What if lets a reader set anything, and says where it cannot be so.
A feature that stands nowhere is "free" when it is a laboratory value, a vital sign or a finding of the heart, else "never".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from model_zoo.patients.declaring import HEART, LABORATORY, VITALS
from model_zoo.patients.features import FeatureSpec, Value

Changeable = Literal["free", "rises", "falls", "never"]

# name -> (trait, why, as the end of a sentence about the feature)
TRAITS: Mapping[str, tuple[Changeable, str]] = {
    "age_years": ("rises", "nobody grows younger"),
    "sex": ("never", "it does not vary within a patient"),
    "diagnosis": ("never", "the reason for this stay does not change"),
    "cancer": ("never", "it is part of the diagnosis"),
    "comorbidity_count": ("rises", "chronic diseases stay"),
    "diabetes": ("rises", "it is a chronic disease"),
    "dementia": ("rises", "it is a chronic disease"),
    "hypertension": ("rises", "known or treated hypertension stays in the history"),
    "hospital_day": ("rises", "days of the stay only add up"),
    "coma_score": ("free", ""),
    "anaemia": ("free", ""),
    "smoking": ("falls", "starting to smoke is not suggested"),
    "chest_pain": ("never", "the pain that led to the examination is part of the history"),
}
_FREE_GROUPS = (LABORATORY, VITALS, HEART)
_ONE_SAMPLE = "it was measured on one sample, which does not change"
# A part cannot exceed its whole: (part, whole), both in the same unit.
PARTS: tuple[tuple[str, str], ...] = (
    ("direct_bilirubin_umol_l", "bilirubin_umol_l"),
    ("albumin_g_l", "total_protein_g_l"),
)


def trait(spec: FeatureSpec) -> tuple[Changeable, str]:
    """Return whether a feature can change, and why not (empty where it is free)."""
    if spec.name in TRAITS:
        return TRAITS[spec.name]
    return ("free", "") if spec.group in _FREE_GROUPS else ("never", _ONE_SAMPLE)


def may_be_tried(spec: FeatureSpec, before: float, after: float) -> bool:
    """Return whether a counterfactual may move a feature from ``before`` to ``after``, as the network reads them."""
    kind, _ = trait(spec)
    return after != before and (kind == "free" or (kind == "falls" and after < before))


def implausible(spec: FeatureSpec, before: Value, after: Value) -> str | None:
    """Return the sentence that says why a change cannot be so, ``None`` where it can, or where one side is not measured."""
    kind, why = trait(spec)
    if before is None or after is None or before == after or kind == "free":
        return None
    if kind == "never":
        return f"{spec.title} cannot change: {why}."
    if isinstance(before, str) or isinstance(after, str):
        return f"{spec.title} cannot change like this: {why}."
    if kind == "rises" and after < before:
        return f"{spec.title} cannot fall below what it is: {why}."
    if kind == "falls" and after > before:
        return f"{spec.title} is not expected to rise: {why}."
    return None
