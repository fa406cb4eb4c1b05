"""Breast ultrasound: no lesion, benign or malignant, with the lesion outlined."""

from __future__ import annotations

from model_zoo.classifiers.entry import ClassifierEntry
from model_zoo.classifiers.lesion_net import LesionNet


def _network(outputs: int) -> LesionNet:
    return LesionNet(outputs, exclusive=True, masks=1)


CLASSIFIER = ClassifierEntry(name="breast-ultrasound", build=_network)
