"""Every sample case of every protocol, in the order of the page."""

from __future__ import annotations

from model_zoo.errors import UnknownName
from model_zoo.phantoms.picture_samples import PICTURE_CASES, SEQUENCE_CASES, PictureCase
from model_zoo.phantoms.samples import SAMPLE_CASES, SampleCase

AnyCase = SampleCase | PictureCase
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
