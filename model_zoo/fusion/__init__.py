"""The parts of one case side by side: where they agree, where they conflict, and where they may become one number."""

from model_zoo.fusion.agreement import PartsAgreement, agreement_of_parts
from model_zoo.fusion.measured import measured_words
from model_zoo.fusion.parts import MODALITIES, CasePart
from model_zoo.fusion.pooling import NotPooled, PooledEstimate, pool, poolable, same_outcome

__all__ = [
    "MODALITIES",
    "CasePart",
    "NotPooled",
    "PartsAgreement",
    "PooledEstimate",
    "agreement_of_parts",
    "measured_words",
    "pool",
    "poolable",
    "same_outcome",
]
