"""Doubts that only two quantities together raise: the smaller stands where the larger belongs."""

from __future__ import annotations

from collections.abc import Mapping

SYSTOLIC, DIASTOLIC = "systolic_pressure_mmhg", "diastolic_pressure_mmhg"
REVERSED = "the first pressure is not above the second; enter both"
# (larger, smaller, whether they may be equal, what is said where they are not so). Parts of a whole may make up all of it.
_ORDERED: tuple[tuple[str, str, bool, str], ...] = (
    (SYSTOLIC, DIASTOLIC, False, "the systolic pressure is not above the diastolic"),
    ("bilirubin_umol_l", "direct_bilirubin_umol_l", True, "the direct bilirubin is above the total"),
    ("total_protein_g_l", "albumin_g_l", True, "the albumin is above the total protein"),
)


def contradictions(values: Mapping[str, float | None]) -> dict[tuple[str, str], str]:
    """Return pairs of stored names, measured together, whose values contradict each other, with the reason.

    values: in stored units, by stored name; absent or ``None``: not measured.
    """
    found = {}
    for larger, smaller, equal, reason in _ORDERED:
        high, low = values.get(larger), values.get(smaller)
        if high is None or low is None:
            continue
        # A millionth: what a factor between units leaves of two equal values must not decide.
        if high < low * (1 - 1e-6) or (not equal and high <= low):
            found[larger, smaller] = reason
    return found
