"""The part of a DICOM file that every computed picture shares: an invented patient, and the mark that there is none."""

from __future__ import annotations

from collections.abc import Sequence

from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid


def start_dataset(
    sop_class: str,
    patient_id: str,
    age_years: int | None,
    sex: str | None,
    study_date: str,
    label: str,
    entropy: Sequence[str],
    mark: str,
    no_patient: str,
) -> FileDataset:
    """Return a data set without pixels, marked synthetic; the same arguments give the same identifiers.

    patient_id: gets the prefix "PHANTOM-" when it lacks it. age_years, sex: without them the age is left out and the sex
    is "O". study_date: ISO 8601. entropy: what the identifiers follow from beside patient, date and label.
    mark, no_patient: sentences that say what the picture is.
    """
    patient_id = prefixed(patient_id)
    entropy = [patient_id, study_date, label, *entropy]
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID(sop_class)
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[*entropy, "instance"])
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    ds.SOPClassUID, ds.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    ds.StudyInstanceUID = generate_uid(entropy_srcs=[*entropy, "study"])
    ds.SeriesInstanceUID = generate_uid(entropy_srcs=[*entropy, "series"])
    ds.ImageType = ["DERIVED", "SECONDARY"]
    ds.SeriesDescription = mark
    ds.StudyDescription = f"{mark} {label}".strip()[:64]
    ds.ImageComments = f"{mark}. {no_patient}"
    ds.DerivationDescription = no_patient
    ds.BurnedInAnnotation = "YES"
    ds.PatientName, ds.PatientID, ds.PatientSex = "PHANTOM^SYNTHETIC", patient_id, sex or "O"
    if age_years is not None:
        ds.PatientAge = f"{age_years:03d}Y"
    ds.StudyDate = ds.ContentDate = study_date.replace("-", "")
    ds.StudyTime = ds.ContentTime = "120000"
    ds.AccessionNumber = ds.StudyID = ds.ReferringPhysicianName = ""
    ds.Manufacturer = "Diaphane phantom generator"
    ds.SeriesNumber, ds.InstanceNumber = 1, 1
    return ds


def prefixed(patient_id: str) -> str:
    """Return an identifier that no patient has."""
    return patient_id if patient_id.startswith("PHANTOM-") else f"PHANTOM-{patient_id}"
