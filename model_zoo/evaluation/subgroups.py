"""The subgroup table of a report as rows in the order a meeting should read it: the worst on top, "too few" last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Ends = tuple[float | None, float | None, float | None]  # value, low, high
_KINDS = {"age_years": "age", "view": "view", "sex": "sex"}


@dataclass(frozen=True)
class SubgroupRow:
    """One subgroup. too_few: under the bound of positive patients; then it has no result, only its counts.

    below_overall: its interval of the AUC ends below the AUC of all films.
    """

    kind: str
    group: str
    too_few: bool
    n_films: int | None
    n_positive_patients: int
    auroc: Ends
    sensitivity: Ends
    specificity: Ends
    below_overall: bool = False


def rank_subgroups(output: Mapping[str, Any]) -> tuple[SubgroupRow, ...]:
    """Return the subgroups of one output of ``report.summarise``, lowest AUC first, then those without a result.

    Worst is by the value, not by the end of its interval: a small subgroup is not worse for being small.
    """
    overall = output["auroc"]["value"]
    rows = []
    for kind, groups in output["subgroups"].items():
        # A set that does not state age, sex or view has no subgroups of it, and the whole set is none.
        if len(groups) == 1 and groups[0]["group"].endswith("not stated"):
            continue
        for group in groups:
            known = not group["too_few"]
            auroc = ends_of(group.get("auroc"))
            rows.append(
                SubgroupRow(
                    kind=_KINDS.get(kind, kind),
                    group=group["group"],
                    too_few=group["too_few"],
                    n_films=group.get("n_films"),
                    n_positive_patients=group["n_positive_patients"],
                    auroc=auroc,
                    sensitivity=ends_of(group.get("sensitivity")),
                    specificity=ends_of(group.get("specificity")),
                    below_overall=known and overall is not None and auroc[2] is not None and auroc[2] < overall,
                )
            )
    return tuple(sorted(rows, key=_badness))


def _badness(row: SubgroupRow) -> tuple[int, float, int]:
    value = row.auroc[0]
    if row.too_few or value is None:
        return (1, 0.0, -row.n_positive_patients)
    return (0, value, 0)


def ends_of(found: Mapping[str, Any] | None) -> Ends:
    """Return value, low and high of a figure of a card; none of them where there is no figure."""
    return (None, None, None) if found is None else (found.get("value"), found.get("low"), found.get("high"))
