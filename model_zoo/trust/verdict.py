"""One verdict per map, from its checks: believed, doubtful, or not to be used; always with the reasons in words.

The rule is the same for every method: one check that says "not to be used" decides; else one failed check is doubt; else
the map is believed. How often a believed map points at the lesion, and a doubtful one, is measured on films with boxes
that the network never saw; where the two cannot be told apart, the verdict says that it is not validated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from model_zoo.trust.check import FAILED, FATAL, PASSED, CheckResult
from model_zoo.words import number, spanned

BELIEVED, DOUBTFUL, NOT_TO_BE_USED, PENDING = "believed", "doubtful", "not to be used", "being checked"


@dataclass(frozen=True)
class MapVerdict:
    """verdict: one of the four words. reasons: sentences, the ones that decided first. validated: whether the verdict is
    shown to tell maps that hit a lesion from maps that miss, and believed maps to hit more often than one fixed point, for
    this method and finding. evidence: that in words."""

    verdict: Annotated[str, Field(pattern=f"^({BELIEVED}|{DOUBTFUL}|{NOT_TO_BE_USED}|{PENDING})$")]
    reasons: tuple[str, ...]
    validated: bool
    evidence: str


def judge(
    results: Sequence[CheckResult], complete: bool, rates: Mapping[str, Any] | None, doubts: Sequence[str] = ()
) -> MapVerdict:
    """Return the verdict of one map.

    Parameters
    ----------
    results
        Of the checks run so far.
    complete
        Whether all of them have run.
    rates
        Measured hit rates of this method and finding (``rates_of``), ``None`` where none were measured.
    doubts
        Reasons outside the map, such as a scan unlike the training films.
    """
    fatal = tuple(r.sentence for r in results if r.outcome == FATAL)
    failed = tuple(r.sentence for r in results if r.outcome == FAILED)
    good = tuple(r.sentence for r in results if r.outcome == PASSED)
    validated = bool(rates and rates.get("validated"))
    if fatal:
        return MapVerdict(NOT_TO_BE_USED, (*fatal, *failed, *doubts), validated, evidence_words(rates))
    if not complete:
        return MapVerdict(PENDING, (*failed, *doubts), validated, evidence_words(rates))
    if failed or doubts:
        return MapVerdict(DOUBTFUL, (*failed, *doubts), validated, evidence_words(rates))
    return MapVerdict(BELIEVED, good, validated, evidence_words(rates))


def rates_of(section: Mapping[str, Any] | None, method: str, target: str) -> Mapping[str, Any] | None:
    """Return the measured rates of a method and finding from the section "maps" of the trust card.

    Parameters
    ----------
    section
        "maps" of the trust card, ``None`` without one.
    method
        Name of the method.
    target
        Name of the finding.
    """
    if section is None:
        return None
    found: Mapping[str, Any] | None = section.get("methods", {}).get(method, {}).get("verdict", {}).get(target)
    return found


def limits_of(section: Mapping[str, Any] | None, method: str) -> Mapping[str, float | None]:
    """Return the fitted limits of the checks of a method."""
    if section is None:
        return {}
    found: Mapping[str, float | None] = section.get("methods", {}).get(method, {}).get("limits", {})
    return found


def evidence_words(rates: Mapping[str, Any] | None) -> str:
    """Return how far the verdict itself can be believed."""
    if rates is None:
        return "Verdict not validated: how often it is right was not measured for this finding and method."
    believed, doubtful = rates["believed"], rates["doubtful"]
    if believed["value"] is None or doubtful["value"] is None:
        return "Verdict not validated: too few maps of one kind among the held-out films with outlined lesions."
    text = (
        f"On {rates['n_films']} held-out films of {rates['n_patients']} patients with outlined lesions, believed maps pointed "
        f"into the outline in {spanned(believed, '.0%')}, all others in {spanned(doubtful, '.0%')}; the one point that is best "
        f"on other patients' films did in {number(rates['one_point']['value'], '.0%')}."
    )
    if not rates["told_apart"]:
        return f"Verdict not validated: the two rates cannot be told apart. {text}"
    if not rates["validated"]:
        return f"Verdict not validated: a believed map of this method is not shown to point better than one fixed point. {text}"
    return text
