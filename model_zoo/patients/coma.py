"""The SUPPORT coma score from the Glasgow Coma Scale.

SUPPORT recorded the level of consciousness as a coma score from 0 (awake) to 100 (deepest coma), "based on the Glasgow
Coma Scale on day 3" (data dictionary of the study, hbiostat.org). The freely available documents of the data do not
print the conversion, so this table is an approximation, and every estimate that used it says so. It rests on three facts:

- the data hold exactly the eleven scores 0, 9, 26, 37, 41, 44, 55, 61, 89, 94, 100, in the order of the hospital death
  rate, for thirteen values of the Glasgow Coma Scale, so that two pairs of neighbours share a score;
- patients of the study's coma group entered with 9 points or fewer, and on day 3 their number leaps from 17 to 99
  between the scores 41 and 44, which places 9 points at score 44;
- the scores that are left fit with 12 and 13 points sharing 26, and 3 and 4 points sharing 100. These two pairs are the
  assumption; another choice would move a patient by one step of the table.
"""

from __future__ import annotations

SCORE_OF_GCS: dict[int, float] = {
    15: 0.0,
    14: 9.0,
    13: 26.0,
    12: 26.0,
    11: 37.0,
    10: 41.0,
    9: 44.0,
    8: 55.0,
    7: 61.0,
    6: 89.0,
    5: 94.0,
    4: 100.0,
    3: 100.0,
}
COMA_SCORES: tuple[float, ...] = tuple(sorted(set(SCORE_OF_GCS.values())))
GCS_NOTE = (
    "The SUPPORT coma score was derived from the Glasgow Coma Scale by an approximate table: the published data name the "
    "scale but not the conversion."
)


def coma_score_from_gcs(gcs: int) -> float:
    """Return the SUPPORT coma score, 0 to 100, for 3 to 15 points of the Glasgow Coma Scale; ValueError outside."""
    if gcs not in SCORE_OF_GCS:
        raise ValueError("the Glasgow Coma Scale runs from 3 to 15 in whole points")
    return SCORE_OF_GCS[gcs]
