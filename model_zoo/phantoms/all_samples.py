"""Every sample case of every protocol, in the order of the page."""

from __future__ import annotations

from model_zoo.errors import UnknownName
from model_zoo.phantoms.chest.lesions import LesionKind
from model_zoo.phantoms.chest.phantom import Body
from model_zoo.phantoms.picture_samples import PICTURE_CASES, SEQUENCE_CASES, PictureCase
from model_zoo.phantoms.samples import SAMPLE_CASES, SampleCase

AnyCase = SampleCase | PictureCase
# What an output of the chest model names, by body and kind of lesion; it has none for an enlarged heart.
NAMED: dict[Body, dict[LesionKind, str]] = {
    "adult": {"opacity": "lung_opacity", "effusion": "report_effusion"},
    "child": {"opacity": "pneumonia"},
}
ALL_CASES: tuple[AnyCase, ...] = (*SAMPLE_CASES, *PICTURE_CASES, *SEQUENCE_CASES)


def any_case(name: str) -> AnyCase:
    """Return the sample case of that name. Raises UnknownName."""
    for case in ALL_CASES:
        if case.name == name:
            return case
    raise UnknownName("sample case", name, [case.name for case in ALL_CASES])


def samples_of(protocol: str) -> tuple[AnyCase, ...]:
    """Return the sample cases of one protocol."""
    return tuple(case for case in ALL_CASES if case.protocol == protocol)


def planted_findings(case: AnyCase) -> frozenset[str]:
    """Return the outputs of the protocol's image model that name what was planted; empty where none does.

    An output flagged on the case and not among them is known to be wrong there.
    """
    if isinstance(case, PictureCase):
        return case.planted
    names = NAMED[case.film.body]
    return frozenset(names[lesion.kind] for lesion in case.film.lesions if lesion.kind in names)
