"""The engine owns device and networks: model inputs flow in, predictions and attributions come out.

Captum attaches hooks to the module it explains, so two threads on one module give silently wrong maps. Everything that
touches a network therefore goes through one ``InferenceEngine`` and runs there one request at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from model_zoo.lazy import names_from

if TYPE_CHECKING:
    from model_zoo.engine.device import pick_device
    from model_zoo.engine.inference import InferenceEngine

_HOMES = {
    "InferenceEngine": "inference",
    "pick_device": "device",
}
__getattr__ = names_from(__name__, _HOMES)

__all__ = ["InferenceEngine", "pick_device"]
