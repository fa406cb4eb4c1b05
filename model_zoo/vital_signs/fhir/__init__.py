"""FHIR R4 bundles of Observations: bytes flow in, a ``VitalSeries`` of one patient's one stay comes out.

``document`` reads the JSON, ``versions`` keeps the newest of every resource, ``elements`` checks what is read of an
Observation, ``origin`` of what it is, ``values`` reads time and value, ``identity`` tells patients and stays apart, and
``bundle`` puts them together. Who the patient is stays behind.
"""

from model_zoo.vital_signs.fhir.bundle import read_fhir

__all__ = ["read_fhir"]
