"""Reading protocols, one file each: which scan models, patient models, maps and checks belong together for one organ.

A module here that defines ``PROTOCOL`` is a protocol; the page lists them and proposes one for a scan (``proposal``).
"""

from model_zoo.protocols.proposal import Proposal, propose_protocol
from model_zoo.protocols.protocol import (
    DEFAULT_RISK_MODEL,
    PROTOCOLS,
    ReadingProtocol,
    checks_for,
    ordered_protocols,
    patient_models_beside,
    protocol_of_model,
    risk_model_for,
)

__all__ = [
    "DEFAULT_RISK_MODEL",
    "PROTOCOLS",
    "Proposal",
    "ReadingProtocol",
    "checks_for",
    "ordered_protocols",
    "patient_models_beside",
    "propose_protocol",
    "protocol_of_model",
    "risk_model_for",
]
