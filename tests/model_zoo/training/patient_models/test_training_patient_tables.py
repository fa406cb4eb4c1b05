"""Tables of the patient models: units, slips, repetitions, folds; one row per patient from the films of Hannover."""

import csv

import numpy as np
import pytest

from model_zoo.errors import DataNotFound
from model_zoo.patients.catalogue import feature
from model_zoo.training.patient_models.common.tables import TableForm, folds_of, number_of, read_table
from model_zoo.training.patient_models.covid_tables import first_films
from model_zoo.training.patient_models.recipes import PATIENT_RECIPES

SPECS = tuple(feature(name) for name in ("age_years", "sex", "creatinine_umol_l", "platelets_10e9_l", "diabetes"))
FORM = TableForm(
    title="a table of the test",
    files=("tabular/test/t.csv",),
    salt="test",
    columns={
        "age_years": "age", "sex": "sex", "creatinine_umol_l": "crea", "platelets_10e9_l": "plt", "diabetes": "dm",
    },
    label=lambda row: {"1": 1.0, "0": 0.0}.get(row["dead"]),
    us=("creatinine_umol_l",),
    factors={"platelets_10e9_l": 1e-3},
    words={"sex": {"0": "F", "1": "M"}},
    not_measured={"platelets_10e9_l": ("263358.03",)},
)  # fmt: skip


def written(folder, rows, name="t.csv"):
    with (folder / name).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["age", "sex", "crea", "plt", "dm", "dead"])
        writer.writerows(rows)
    return folder


def test_values_become_si_and_slips_and_stand_ins_are_not_measured(tmp_path):
    rows = [
        [61, 1, 2, 250000, 1, 1],
        [61, 1, 2, 250000, 1, 1],
        [50, 0, 900, 263358.03, "", 0],
        [50, 0, "", 100000, 0, "?"],
        ["x", 7, "inf", 1000, 2, 0],
    ]
    table = read_table(FORM, SPECS, written(tmp_path, rows))
    assert table.row.tolist() == [1, 3, 5]
    assert table.values[0].tolist() == pytest.approx([61, 1, 176.8, 250, 1])
    assert table.values[1, :2].tolist() == [50, 0]
    assert np.isnan(table.values[1, 2:]).all()
    assert np.isnan(table.values[2]).tolist() == [True, True, True, False, True]
    # Slips: a creatinine of 900 mg/dL, a sex of 7, a diabetes of 2; what is no number at all is simply missing.
    assert table.counts == {
        "rows": 5, "without_label": 1, "repeated_rows": 1, "values_outside_plausible_range": 3, "patients": 3,
    }  # fmt: skip


def test_a_file_a_folder_and_the_data_folder_are_found_and_others_refused(tmp_path):
    deep = tmp_path / "tabular" / "test"
    deep.mkdir(parents=True)
    written(deep, [[61, 1, 2, 250000, 1, 1]])
    for path in (tmp_path, deep, deep / "t.csv"):
        assert len(read_table(FORM, SPECS, path).row) == 1
    with pytest.raises(DataNotFound, match="not found"):
        read_table(FORM, SPECS, tmp_path / "nothing")
    with pytest.raises(DataNotFound, match="not found"):
        read_table(FORM, SPECS, None)
    (deep / "t.csv").write_text("age,sex\n1,2\n", encoding="utf-8")
    with pytest.raises(DataNotFound, match="lacks the columns crea, dm, plt"):
        read_table(FORM, SPECS, deep)


def test_folds_are_even_by_label_and_depend_on_the_row_alone():
    labels = np.array([1.0] * 23 + [0.0] * 77)
    places = np.arange(1, 101)
    folds = folds_of(places, labels, "salt")
    for label in (0.0, 1.0):
        counts = np.bincount(folds[labels == label], minlength=5)
        assert counts.max() - counts.min() <= 1
    order = np.random.default_rng(1).permutation(100)
    assert (folds_of(places[order], labels[order], "salt") == folds[order]).all()
    assert (folds_of(places, labels, "other") != folds).any()


def test_a_split_of_the_table_itself_is_kept():
    labels = np.array([0.0, 1.0] * 10)
    own = [4 if i >= 12 else None for i in range(20)]
    folds = folds_of(np.arange(20), labels, "salt", own)
    assert (folds[12:] == 4).all()
    assert set(folds[:12].tolist()) == {0, 1, 2, 3}


def test_number_of_a_cell():
    assert number_of("1.5") == 1.5
    assert all(np.isnan(number_of(text)) for text in ("", None, "inf", "-inf", "nan", "high"))


def film(patient, admission, died="0", **values):
    row = {"patient_id": patient, "sex": "m", "admission_offset": admission, "died_in_stay": died}
    for name in ("crp", "ldh", "d-dimer", "lymphocytes", "neutrophils"):
        offset, value = values.get(name.replace("-", "_"), ("", ""))
        row |= {f"{name}_offset": offset, f"{name}_val": value}
    return row


def test_the_first_early_value_of_each_patient_counts():
    rows = [
        film("a", "-5", crp=("0", "200")),  # day 5: too late
        film("a", "-2", crp=("0", "90"), ldh=("-1", "300"), died="1"),
        film("a", "0", crp=("1", "40"), d_dimer=("0", "inf")),
        film("b", "3", crp=("0", "10")),  # before admission
        film("c", "", crp=("0", "10")),
    ]
    (found,) = first_films(rows)
    assert (found["patient_id"], found["died_in_stay"]) == ("a", "1")
    assert (found["crp_val"], found["ldh_val"], found["d-dimer_val"]) == ("40", "300", "")


def test_every_recipe_reads_the_features_of_its_model():
    for recipe in PATIENT_RECIPES:
        names = {spec.name for spec in recipe.definition.specs}
        assert names == set(recipe.form.columns), recipe.name
        for test in recipe.externals:
            assert set(test.form.columns) & names
        assert len(recipe.definition.outcomes) == 1
