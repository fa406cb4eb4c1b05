"""The synthetic strip as a recording, as if it had come from a file."""

from __future__ import annotations

from model_zoo.ecg.demo import SYNTHETIC, synthetic_strip
from model_zoo.ecg.table import EcgRecording

TITLE = "Synthetic strip with early wide beats"


def example_recording() -> EcgRecording:
    """Return the strip; marked synthetic."""
    strip = synthetic_strip()
    strip.microvolts.setflags(write=False)
    return EcgRecording({"II": strip.microvolts}, strip.rate_hz, "made by code", (SYNTHETIC,), synthetic=True)
