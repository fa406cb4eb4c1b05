"""Fundus photograph: referable diabetic retinopathy, with its lesions outlined; grey, beside its local contrast."""

from __future__ import annotations

from model_zoo.classifiers.entry import ClassifierEntry
from model_zoo.classifiers.lesion_net import LesionNet


def _network(outputs: int) -> LesionNet:
    return LesionNet(outputs, masks=5, local_contrast=True)


CLASSIFIER = ClassifierEntry(name="fundus-retinopathy", build=_network)
