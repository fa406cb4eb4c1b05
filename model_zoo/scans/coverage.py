"""Does a scan lie inside the intended use of a model? Each point outside is named; nothing is guessed from pixels."""

from __future__ import annotations

from dataclasses import dataclass

from model_zoo.card import ModelCard, PopulationCard
from model_zoo.scans.scan import Scan
from model_zoo.stored import Age

ADULT_AGE_YEARS = 18


@dataclass(frozen=True)
class StatedFacts:
    """What the reader (or the file) says of the patient and the film; ``None`` where nobody says."""

    age_years: Age | None = None
    sex: str | None = None
    view: str | None = None


@dataclass(frozen=True)
class Coverage:
    """Which population a scan belongs to and what speaks against reading it.

    population: ``None`` when the age names none. violations: sentences, empty when the card covers the scan.
    remarks: what the file leaves open, shown beside the finding.
    """

    population: PopulationCard | None
    violations: tuple[str, ...]
    remarks: tuple[str, ...]


def stated_facts(scan: Scan, age_years: float | None, sex: str | None, view: str | None) -> StatedFacts:
    """Join what the reader states with what the file says; the reader's word comes first."""
    meta = scan.metadata
    return StatedFacts(
        meta.age_years if age_years is None else age_years, meta.sex if sex is None else sex, view or meta.view
    )


def check_coverage(card: ModelCard, scan: Scan, facts: StatedFacts) -> Coverage:
    """Compare a scan and the stated facts with the card."""
    violations: list[str] = []
    remarks: list[str] = []
    population = _population_of_age(card, facts.age_years)
    if facts.age_years is None and population is None:
        violations.append("The age of the patient is not stated, and the model is chosen by it")
    elif population is None:
        covered = " and ".join(p.title.lower() for p in card.populations)
        violations.append(f"No model was trained for a patient of {facts.age_years:g} years; covered are {covered}")
    meta = scan.metadata
    if meta.age_years is not None and facts.age_years is not None and abs(meta.age_years - facts.age_years) > 1:
        violations.append(f"The file says {meta.age_years:g} years of age, you state {facts.age_years:g}")
    if meta.view and facts.view and meta.view.upper() != facts.view.upper():
        violations.append(f"The file says view {meta.view}, you state {facts.view}")
    by_sex = population is not None and bool(population.sexes)
    if meta.sex and facts.sex and meta.sex != facts.sex:
        words = f"The file says sex {meta.sex}, you state {facts.sex}"
        if by_sex:
            violations.append(words)
        else:
            remarks.append("The file states another sex than you do.")
    if population is not None and by_sex and facts.sex is None:
        violations.append(f"The sex is not stated, and the model was trained on {population.title.lower()} alone")
    elif population is not None and by_sex and facts.sex not in population.sexes:
        violations.append(f"The model was trained on {population.title.lower()} alone")
    if meta.modality is None:
        remarks.append(f"The file does not state its modality; read as {_kind_of_scan(card)} on your word.")
    elif card.modalities and meta.modality not in card.modalities:
        violations.append(f"The file says modality {meta.modality}; the model reads {', '.join(card.modalities)}")
    if meta.body_part and card.body_parts and meta.body_part not in card.body_parts:
        violations.append(f"The file says body part {meta.body_part}; the model reads {', '.join(card.body_parts)}")
    if not any(p.views for p in card.populations):
        pass  # a scan without views: nothing to compare
    elif facts.view is None:
        remarks.append("The view is not stated; AP films carry more findings than PA films in the training data.")
    elif population is not None and facts.view.upper() not in population.views:
        violations.append(
            f"The view is {facts.view}; for {population.title.lower()} the model reads {', '.join(population.views)}"
        )
    if scan.is_colour and not card.colour:
        violations.append(f"The picture is in colour; {_kind_of_scan(card)} is grey")
    rows, cols = scan.shape
    aspect = cols / rows
    low, high = card.aspect_range
    if not low <= aspect <= high:
        violations.append(f"Width to height is {aspect:.2f}; the model was trained on {low:g} to {high:g}")
    if min(rows, cols) < card.min_side:
        violations.append(f"The picture is {cols} x {rows} pixels; at least {card.min_side} on each side are needed")
    return Coverage(population, tuple(violations), tuple(remarks))


def _kind_of_scan(card: ModelCard) -> str:
    """Return the scan that a model reads, in words; cards that name none are those of films or of folder models."""
    otherwise = "a radiograph" if {"CR", "DX"} & set(card.modalities) else card.title
    words: str = card.raw.get("input", {}).get("scan", otherwise)
    return words


def _population_of_age(card: ModelCard, age_years: float | None) -> PopulationCard | None:
    if age_years is None:
        return card.populations[0] if len(card.populations) == 1 and card.populations[0].any_age else None
    for population in card.populations:
        if population.age_years[0] <= age_years < population.age_years[1]:
            return population
    return None
