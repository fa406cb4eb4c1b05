"""Brain MRI: type of a tumour that is known to be there, with a box on the slice."""

from __future__ import annotations

from model_zoo.classifiers.entry import ClassifierEntry
from model_zoo.classifiers.lesion_net import LesionNet


def _network(outputs: int) -> LesionNet:
    return LesionNet(outputs, exclusive=True, boxes=True)


CLASSIFIER = ClassifierEntry(name="brain-mri-tumour", build=_network)
