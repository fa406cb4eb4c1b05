"""Chest X-ray classifier: one trunk, one set of outputs for adults and one for children aged 1 to 5."""

from __future__ import annotations

from model_zoo.classifiers.entry import ClassifierEntry
from model_zoo.classifiers.residual import LocalResidualNet

CLASSIFIER = ClassifierEntry(name="chest-xray", build=LocalResidualNet, segmenter="lungs", notices_mirrored=True)
