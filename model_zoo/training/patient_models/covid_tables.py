"""Tables that need more than a list of columns: Tongji's first 48 hours, and the laboratory values beside Hannover's films."""

from __future__ import annotations

from dataclasses import replace

from model_zoo.training.patient_models.common.tables import Row, TableForm, number_of

_SEX = {"1": "M", "2": "F"}
EARLY_DAYS = 2.0  # from admission, as the training values


def _outcome(row: Row) -> float | None:
    found = number_of(row["outcome"])
    return found if found in (0.0, 1.0) else None


FIRST_48_HOURS = TableForm(
    title="a table in the form of covid_tongji_first48h.csv",
    files=("tabular/covid_tongji_375/covid_tongji_first48h.csv",),
    salt="tongji-375",
    columns={
        "age_years": "age", "sex": "gender", "ldh_u_l": "Lactate dehydrogenase",
        "crp_mg_l": "High sensitivity C-reactive protein", "lymphocytes_10e9_l": "lymphocyte count",
        "neutrophils_10e9_l": "neutrophils count", "platelets_10e9_l": "Platelet count", "haemoglobin_g_l": "hemoglobin",
        "albumin_g_l": "albumin", "urea_mmol_l": "Urea", "creatinine_umol_l": "creatinine",
        "bilirubin_umol_l": "Total bilirubin", "ast_u_l": "aspartate aminotransferase",
        "alt_u_l": "glutamic-pyruvic transaminase", "glucose_mmol_l": "glucose", "sodium_mmol_l": "serum sodium",
        "potassium_mmol_l": "Serum potassium", "prothrombin_time_s": "Prothrombin time", "d_dimer_mg_l": "D-D dimer",
    },
    label=_outcome,
    words={"sex": _SEX},
    identity="patient_id",
)  # fmt: skip

_FILM_COLUMNS = {
    "sex": "sex", "crp_mg_l": "crp_val", "ldh_u_l": "ldh_val", "d_dimer_mg_l": "d-dimer_val",
    "lymphocytes_10e9_l": "lymphocytes_val", "neutrophils_10e9_l": "neutrophils_val",
}  # fmt: skip
_LABORATORY = tuple(column for column in _FILM_COLUMNS.values() if column != "sex")


def first_films(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return one row per patient: the first of each laboratory value within 48 hours of admission, and death in the stay.

    rows: one per film; offsets in days count from the film, so that a value's day since admission is its offset minus that
    of the admission. Patients without any such value are left out.
    """
    found: dict[str, dict[str, str]] = {}
    days: dict[tuple[str, str], float] = {}
    for row in rows:
        patient = found.setdefault(
            row["patient_id"],
            {"patient_id": row["patient_id"], "died_in_stay": "0", **dict.fromkeys(_FILM_COLUMNS.values(), "")},
        )
        patient["sex"] = row["sex"]
        if row["died_in_stay"] == "1":
            patient["died_in_stay"] = "1"
        for column in _LABORATORY:
            day = number_of(row[column.replace("_val", "_offset")]) - number_of(row["admission_offset"])
            if not 0 <= day <= EARLY_DAYS or number_of(row[column]) != number_of(row[column]):
                continue
            if day < days.get((row["patient_id"], column), EARLY_DAYS + 1):
                days[row["patient_id"], column] = day
                patient[column] = row[column]
    return [patient for patient in found.values() if any(patient[column] for column in _LABORATORY)]


def films_with_values(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return one row per patient: the first film that has a laboratory value within two days of it, with those values.

    rows: one per film. died_in_stay and icu_ever are of the stay. Patients without such a film are left out.
    """
    found: dict[str, tuple[float, dict[str, str]]] = {}
    stay: dict[str, dict[str, str]] = {}
    for row in rows:
        patient = row["patient_id"]
        known = stay.setdefault(patient, {"died_in_stay": "0", "icu_ever": "0"})
        known |= {name: "1" for name in known if row[name] == "1"}
        values = {column: row[column] if _near_the_film(row, column) else "" for column in _LABORATORY}
        day = -number_of(row["admission_offset"])
        if any(values.values()) and day == day and (patient not in found or day < found[patient][0]):
            found[patient] = (day, {**row, **values})
    return [{**row, **stay[patient]} for patient, (_, row) in found.items()]


def _near_the_film(row: Row, column: str) -> bool:
    """Return whether the value is a number, and measured within EARLY_DAYS of the film."""
    day, value = number_of(row[column.replace("_val", "_offset")]), number_of(row[column])
    return abs(day) <= EARLY_DAYS and value == value


def _died(row: Row) -> float | None:
    return number_of(row["died_in_stay"])


HANNOVER_FILMS = TableForm(
    title="the table labels.csv of the COVID-19 Image Repository",
    files=("imaging/chest_xray_covid/labels.csv",),
    salt="hannover-covid",
    columns=_FILM_COLUMNS,
    label=_died,
    words={"sex": {"m": "M", "f": "F"}},
    arranged=first_films,
    identity="patient_id",
)

FILMS_WITH_VALUES = replace(HANNOVER_FILMS, arranged=films_with_values)
