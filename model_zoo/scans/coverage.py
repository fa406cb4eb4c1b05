"""Does a scan lie inside the intended use of a model? Each point outside is named; nothing is guessed from pixels."""

from __future__ import annotations

from collections.abc import Iterator
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
    remarks: what the file leaves open, shown beside the finding. missing: facts that the card needs and nobody stated, by
    name ("age"); each is a violation too.
    """

    population: PopulationCard | None
    violations: tuple[str, ...]
    remarks: tuple[str, ...]
    missing: tuple[str, ...] = ()


def stated_facts(scan: Scan, age_years: float | None, sex: str | None, view: str | None) -> StatedFacts:
    """Join what the reader states with what the file says; the reader's word comes first.

    Parameters
    ----------
    scan
        The decoded scan.
    age_years
        As the reader states it, or ``None``.
    sex
        As the reader states it, or ``None``.
    view
        As the reader states it, or ``None``.
    """
    meta = scan.metadata
    return StatedFacts(
        meta.age_years if age_years is None else age_years, meta.sex if sex is None else sex, view or meta.view
    )


def check_coverage(card: ModelCard, scan: Scan, facts: StatedFacts) -> Coverage:
    """Compare a scan and the stated facts with the card.

    Parameters
    ----------
    card
        Of the model.
    scan
        The decoded scan.
    facts
        Age, sex and view as stated or read from the file.
    """
    population = _population_of_age(card, facts.age_years)
    remarks = list(scan.cautions)
    of_age = _of_age(card, scan, facts, population, remarks)
    missing = ("age",) if facts.age_years is None and population is None else ()
    violations = [
        *scan.doubts,
        *([] if missing else of_age),
        *_of_view(card, scan, facts),
        *_of_sex(scan, facts, population, remarks),
        *_of_kind(card, scan, remarks),
        *_of_stated_view(card, facts, population, remarks),
        *_of_picture(card, scan),
        *(of_age if missing else []),  # what stating an age does not mend comes before it
    ]
    return Coverage(population, tuple(violations), tuple(remarks), missing)


def _of_age(
    card: ModelCard, scan: Scan, facts: StatedFacts, population: PopulationCard | None, remarks: list[str]
) -> Iterator[str]:
    meta = scan.metadata
    if meta.contradicting_ages is not None:
        written, by_birth = meta.contradicting_ages
        words = f"The file says {written:g} years of age, and {by_birth:.0f} by its birth date"
        if facts.age_years is None:
            yield f"{words}: state the age"
        elif min(abs(facts.age_years - age) for age in meta.contradicting_ages) > 1:
            yield f"{words}; you state {facts.age_years:g}"
        else:
            remarks.append(f"{words}.")
    elif facts.age_years is None and population is None:
        yield "The age of the patient is not stated, and the model is chosen by it"
    elif facts.age_years is None and population is not None and not population.any_age:
        remarks.append(f"Made for: {population.title}. The age of the patient is not stated.")
    if facts.age_years is not None and population is None:
        covered = " and ".join(p.title.lower() for p in card.populations)
        yield f"No model was trained for a patient of {facts.age_years:g} years; covered are {covered}"
    if meta.age_years is not None and facts.age_years is not None and abs(meta.age_years - facts.age_years) > 1:
        yield f"The file says {meta.age_years:g} years of age, you state {facts.age_years:g}"


def _of_view(card: ModelCard, scan: Scan, facts: StatedFacts) -> Iterator[str]:
    """Compare the view stated with the file's, and a film with the way films hang; slices and scans hang as they please."""
    meta = scan.metadata
    if meta.view and facts.view and meta.view.upper() != facts.view.upper():
        yield f"The file says view {meta.view}, you state {facts.view}"
    fault = None if meta.orientation is None else meta.orientation.fault()
    if fault is not None and any(p.views for p in card.populations):
        yield fault


def _of_sex(scan: Scan, facts: StatedFacts, population: PopulationCard | None, remarks: list[str]) -> Iterator[str]:
    meta = scan.metadata
    by_sex = population is not None and bool(population.sexes)
    if meta.sex and facts.sex and meta.sex != facts.sex:
        if by_sex:
            yield f"The file says sex {meta.sex}, you state {facts.sex}"
        else:
            remarks.append("The file states another sex than you do.")
    if population is not None and by_sex and facts.sex is None:
        remarks.append(f"Made for: {population.title}. The sex of the patient is not stated.")
    elif population is not None and by_sex and facts.sex not in population.sexes:
        yield f"The model was trained on {population.title.lower()} alone"


def _of_kind(card: ModelCard, scan: Scan, remarks: list[str]) -> Iterator[str]:
    meta = scan.metadata
    if meta.modality is None:
        remarks.append(f"The file does not state its modality; read as {_kind_of_scan(card)} on your word.")
    elif card.modalities and meta.modality not in card.modalities:
        yield f"The file says modality {meta.modality}; the model reads {', '.join(card.modalities)}"
    if meta.body_part and card.body_parts and meta.body_part not in card.body_parts:
        yield f"The file says body part {meta.body_part}; the model reads {', '.join(card.body_parts)}"


def _of_stated_view(
    card: ModelCard, facts: StatedFacts, population: PopulationCard | None, remarks: list[str]
) -> Iterator[str]:
    if not any(p.views for p in card.populations):
        return  # a scan without views: nothing to compare
    if facts.view is None:
        remarks.append("The view is not stated; AP films carry more findings than PA films in the training data.")
    elif population is not None and facts.view.upper() not in population.views:
        yield f"The view is {facts.view}; for {population.title.lower()} the model reads {', '.join(population.views)}"


def _of_picture(card: ModelCard, scan: Scan) -> Iterator[str]:
    if scan.is_colour and not card.colour:
        yield f"The picture is in colour; {_kind_of_scan(card)} is grey"
    rows, cols = scan.shape
    aspect = cols / rows
    low, high = card.aspect_range
    if not low <= aspect <= high:
        yield f"Width to height is {aspect:.2f}; the model was trained on {low:g} to {high:g}"
    if min(rows, cols) < card.min_side:
        yield f"The picture is {cols} x {rows} pixels; at least {card.min_side} on each side are needed"


def _kind_of_scan(card: ModelCard) -> str:
    """Return the scan that a model reads, in words; cards that name none are those of films or of folder models."""
    otherwise = "a radiograph" if {"CR", "DX"} & set(card.modalities) else card.title
    words: str = card.raw.get("input", {}).get("scan", otherwise)
    return words


def _population_of_age(card: ModelCard, age_years: float | None) -> PopulationCard | None:
    if age_years is None:
        # Of one group nothing has to be chosen: it is read, and a remark says what was not stated.
        return card.populations[0] if len(card.populations) == 1 else None
    for population in card.populations:
        if population.age_years[0] <= age_years < population.age_years[1]:
            return population
    return None
