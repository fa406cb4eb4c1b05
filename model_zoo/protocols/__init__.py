"""Reading protocols, one file each: which scan models, patient models and maps belong together for one organ.

A module here that defines ``PROTOCOL`` is a protocol; the page lists them and proposes one for a scan (``proposal``).
"""

from model_zoo.protocols.proposal import Proposal, propose_protocol
from model_zoo.protocols.protocol import (
    DEFAULT_RISK_MODEL,
    PROTOCOLS,
    ReadingProtocol,
    ordered_protocols,
    protocol_of_model,
    risk_model_for,
)

__all__ = [
    "DEFAULT_RISK_MODEL",
    "PROTOCOLS",
    "Proposal",
    "ReadingProtocol",
    "ordered_protocols",
    "propose_protocol",
    "protocol_of_model",
    "risk_model_for",
]
