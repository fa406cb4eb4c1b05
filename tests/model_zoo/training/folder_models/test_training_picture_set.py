"""Pictures of a folder: sub-folders, tables, DICOM files; patients; folds."""

import csv

import numpy as np
import pytest

from model_zoo.errors import DataNotFound, ScanDecodeError
from model_zoo.evaluation.folder_pictures import list_pictures, output_names, read_pictures
from model_zoo.evaluation.labels import InvalidLabels
from model_zoo.phantoms import SAMPLE_SETTINGS, render_phantom, write_phantom_dicom
from model_zoo.scans import decode_scan
from model_zoo.scans.intensity import scale_one
from model_zoo.training.folder_models.folds import HELD_OUT, TRAINED, deal_folds
from tests.drawn_pictures import write_classes, write_table


def test_sub_folders_are_classes_and_each_file_a_patient(tmp_path):
    write_classes(tmp_path, 8)
    (tmp_path / "disc" / "notes.txt").write_text("no picture", encoding="utf-8")
    found = read_pictures(tmp_path, 32)
    assert (found.classes, len(found), found.images.shape) == (("disc", "square"), 8, (8, 1, 32, 32))
    assert np.unique(found.patients).size == 8
    assert found.patients_known.startswith("Patients are not named")
    assert found.smallest_side == 64
    assert not found.colour


def test_a_table_names_patients_and_only_their_hash_is_kept(tmp_path):
    found = read_pictures(write_table(tmp_path, 12), 32)
    assert np.unique(found.patients).size == 6
    assert not any("d0" in patient for patient in found.patients[:1]) or len(found.patients[0]) == 16
    assert found.patients_known == "Patients as named in labels.csv."


def test_dicom_files_with_a_table_bring_their_own_patients(tmp_path):
    rows = []
    for index in range(4):
        phantom = render_phantom(SAMPLE_SETTINGS, 90 + index, size=128)
        data = write_phantom_dicom(phantom, f"PHANTOM-{index // 2}", 60, "F")
        (tmp_path / f"{index}.dcm").write_bytes(data)
        rows.append([f"{index}.dcm", "ab"[index % 2]])
    with (tmp_path / "labels.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([["file", "label"], *rows])
    found = read_pictures(tmp_path, 32)
    assert np.unique(found.patients).size == 2
    assert found.patients_known == "Patients as named in the DICOM files."
    assert "DX" in found.modalities
    assert not any("PHANTOM" in patient for patient in found.patients)


def test_the_data_hash_changes_with_a_label_and_not_with_a_name(tmp_path):
    first = read_pictures(write_classes(tmp_path / "a", 8), 32).sha256
    renamed = write_classes(tmp_path / "b", 8)
    (renamed / "disc" / "000.png").rename(renamed / "disc" / "zzz.png")
    assert read_pictures(renamed, 32).sha256 == first
    (renamed / "disc" / "zzz.png").rename(renamed / "square" / "zzz.png")
    assert read_pictures(renamed, 32).sha256 != first


def test_pictures_are_prepared_as_the_engine_prepares_them(tmp_path):
    from model_zoo.scans.geometry import Box, Geometry

    write_classes(tmp_path, 2)
    scan = decode_scan((tmp_path / "disc" / "000.png").read_bytes())
    geometry = Geometry(scan.shape, Box(0, 0, *scan.shape), (32, 32))
    engine_way = scale_one(geometry.to_model(scan.presentation()), "stretch", (-1.5, 1.5))
    mine = scale_one(read_pictures(tmp_path, 32).images[0, 0], "stretch", (-1.5, 1.5))
    assert (mine == engine_way).all()


def test_every_problem_of_a_table_is_named_at_once(tmp_path):
    write_table(tmp_path, 4)
    path = tmp_path / "labels.csv"
    path.write_text(
        path.read_text(encoding="utf-8") + "missing.png,disc,d9\n../up.png,disc,d9\ndisc000.png,,d9\n", encoding="utf-8"
    )
    with pytest.raises(InvalidLabels) as caught:
        list_pictures(tmp_path)
    assert len(caught.value.problems) == 4
    path.write_text("picture,class\na,b\n", encoding="utf-8")
    with pytest.raises(InvalidLabels, match="columns file and label"):
        list_pictures(tmp_path)


def test_what_cannot_be_trained_on_is_refused(tmp_path):
    with pytest.raises(DataNotFound, match="no folder of that name"):
        list_pictures(tmp_path / "nothing")
    with pytest.raises(DataNotFound, match="nor sub-folders"):
        list_pictures(tmp_path)
    write_classes(tmp_path, 4)
    (tmp_path / "disc" / "bad.png").write_bytes(b"no picture")
    with pytest.raises(ScanDecodeError, match="Picture 3 of the folder"):
        read_pictures(tmp_path, 32)
    with pytest.raises(InvalidLabels, match="differ in capitals"):
        output_names(("Left hand", "left-hand"))


def roles(fold, patients, last):
    return {p: {int(f) for f in fold[patients == p]} for p in np.unique(patients)}, fold == last


def test_folds_keep_patients_together_and_classes_even():
    labels = np.arange(120) % 3
    patients = np.array([f"p{i // 6}" for i in range(120)])
    fold = deal_folds(labels, patients, 5)
    by_patient, _ = roles(fold, patients, 4)
    assert all(len(folds) == 1 for folds in by_patient.values())
    for index in range(5):
        counts = np.bincount(labels[fold == index], minlength=3)
        assert counts.min() >= 6
    assert (deal_folds(labels, patients, 5) == fold).all()


def test_what_was_held_out_stays_held_out_also_for_new_pictures_of_the_same_patients():
    labels = np.arange(80) % 2
    patients = np.array([f"p{i // 2}" for i in range(80)])
    scans = np.array([f"s{i}" for i in range(80)])
    first = deal_folds(labels[:60], patients[:60], 5, scans[:60])
    earlier = {s: HELD_OUT if f == 4 else TRAINED for s, f in zip(scans[:60], first, strict=True)}
    # Each patient of the first round comes with one more picture, and ten patients are new.
    again = deal_folds(labels, patients, 5, scans, earlier)
    assert (again[:60][first == 4] == 4).all()
    assert (again[:60][first != 4] != 4).all()
    assert (again[60:] == 4).any()


def test_too_few_patients_of_a_class_are_refused():
    labels = np.array([0] * 20 + [1] * 6)
    patients = np.array([f"a{i}" for i in range(20)] + ["b0", "b0", "b1", "b1", "b2", "b2"])
    with pytest.raises(InvalidLabels, match="rarest class has 3 patients"):
        deal_folds(labels, patients, 5)
