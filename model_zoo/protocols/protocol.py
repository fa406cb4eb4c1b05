"""What a reading protocol names, and the registry of protocols."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from model_zoo.patients.risk_models import definitions
from model_zoo.registry import Registry

if TYPE_CHECKING:
    from model_zoo.trust.check import MapCheck

DEFAULT_RISK_MODEL = "support-respiratory"
NOTE, VITAL_SIGNS = "note", "vital signs"


@dataclass(frozen=True)
class ReadingProtocol:
    """What belongs together in the reading of one organ.

    image_models: names of scan models, the one that reads first. patient_models: names of risk models whose values may be
    entered beside the scan, possibly none; the first stands there unless another is chosen. methods: maps drawn without being
    asked for. modalities, body_parts: DICOM terms by which a
    file is recognised, upper case. scan_title: what a scan of this protocol is called, for the uploader. order: place in
    lists. beside: what else of the patient belongs to the reading, of NOTE and VITAL_SIGNS.
    """

    name: str
    title: str
    scan_title: str
    image_models: tuple[str, ...]
    patient_models: tuple[str, ...]
    methods: tuple[str, ...]
    modalities: tuple[str, ...]
    body_parts: tuple[str, ...]
    order: int
    beside: tuple[str, ...] = (NOTE,)

    def matches(self, modality: str | None, body_part: str | None) -> bool:
        """Whether the tags of a file name this protocol; a body part that is not stated contradicts nothing."""
        if modality is None or modality.upper() not in self.modalities:
            return False
        return body_part is None or body_part.upper() in self.body_parts


PROTOCOLS: Registry[ReadingProtocol] = Registry("reading protocol", "model_zoo.protocols", "PROTOCOL")


def ordered_protocols() -> tuple[ReadingProtocol, ...]:
    """Return the protocols in the order of lists."""
    return tuple(sorted(PROTOCOLS, key=lambda protocol: protocol.order))


def reading_order(image_models: Iterable[str]) -> list[str]:
    """Return scan models as lists name them: in the order of their protocols, those of none after them."""
    places = {model: protocol.order for protocol in PROTOCOLS for model in protocol.image_models}
    return sorted(image_models, key=lambda name: (places.get(name, len(places) + 1), name))


def risk_model_for(image_model: str) -> str | None:
    """Return the risk model that stands beside a scan model: the first of its protocol that is installed.

    The default beside a folder model, which belongs to no protocol; ``None`` where the protocol has none.
    """
    protocol = protocol_of_model(image_model)
    if protocol is None:
        return DEFAULT_RISK_MODEL
    return next((name for name in protocol.patient_models if name in definitions()), None)


def patient_models_beside(image_model: str) -> tuple[str, ...]:
    """Return every installed risk model as it may be chosen beside a scan model: those of its protocol first, then the rest.

    None is left out: a film does not say which of the patient's illnesses is asked about.
    """
    protocol = protocol_of_model(image_model)
    installed = definitions()
    own = [
        name for name in ((DEFAULT_RISK_MODEL,) if protocol is None else protocol.patient_models) if name in installed
    ]
    return (*own, *sorted(name for name in installed if name not in own))


def checks_for(image_model: str) -> tuple[MapCheck, ...]:
    """Return the checks that maps of a scan model get, in order: those it has what they need for; all for one of no protocol."""
    from model_zoo.engine.inference import CLASSIFIERS  # these bring torch: protocols are listed without it
    from model_zoo.trust.check import ordered_checks

    protocol = protocol_of_model(image_model)
    if protocol is None:
        return ordered_checks()
    has = {"regions"} if CLASSIFIERS.get(protocol.image_models[0]).segmenter is not None else set()
    return tuple(check for check in ordered_checks() if has.issuperset(check.needs))


def protocol_of_model(model: str) -> ReadingProtocol | None:
    """Return the protocol that reads with a scan model, ``None`` for a model that belongs to none."""
    return next((p for p in ordered_protocols() if model in p.image_models), None)
