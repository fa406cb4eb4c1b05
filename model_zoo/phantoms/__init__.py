"""Computed chest phantoms: settings and a seed flow in, a film and the exact position of every lesion come out.

The phantom is a projection model, not a drawing: maps of the thickness of body, lungs, heart, vessels and bones along
each ray, the Beer-Lambert law, scatter, detector noise and a film's tone curve. It serves as sample case, as a small
share of the training mix and, later, as a known answer in quality assurance, each from its own settings.
"""

from model_zoo.phantoms.chest.lesions import LESION_KINDS, LesionSpec, PlantedLesion, random_lesions
from model_zoo.phantoms.chest.phantom import Phantom, random_phantom, render_phantom
from model_zoo.phantoms.files import write_phantom_dicom, write_phantom_png
from model_zoo.phantoms.samples import SAMPLE_CASES, SampleCase, sample_case
from model_zoo.phantoms.settings import SAMPLE_SETTINGS, TRAINING_SETTINGS, PhantomSettings

__all__ = [
    "LESION_KINDS",
    "SAMPLE_CASES",
    "SAMPLE_SETTINGS",
    "TRAINING_SETTINGS",
    "LesionSpec",
    "Phantom",
    "PhantomSettings",
    "PlantedLesion",
    "SampleCase",
    "random_lesions",
    "random_phantom",
    "render_phantom",
    "sample_case",
    "write_phantom_dicom",
    "write_phantom_png",
]
