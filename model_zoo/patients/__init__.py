"""The patient beside the scan: form, CSV or JSON -> PatientRecord -> risk model -> RiskEstimate and RiskAttribution.

A record holds SI units and keeps "not measured" apart from zero. The risk models lie in risk_models/, one file each;
importing this package loads none of them, so that a record can be read without PyTorch.
"""

from model_zoo.patients.catalogue import CATALOGUE, feature
from model_zoo.patients.coma import SCORE_OF_GCS, coma_score_from_gcs
from model_zoo.patients.features import FeatureSpec, Units, Value
from model_zoo.patients.parsing import check_record, parse_patient
from model_zoo.patients.record import SCHEMA_VERSION, PatientRecord

__all__ = [
    "CATALOGUE",
    "SCHEMA_VERSION",
    "SCORE_OF_GCS",
    "FeatureSpec",
    "PatientRecord",
    "Units",
    "Value",
    "check_record",
    "coma_score_from_gcs",
    "feature",
    "parse_patient",
]
