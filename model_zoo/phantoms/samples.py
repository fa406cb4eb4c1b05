"""The sample cases: three computed chests with written patients who match them, and an earlier clear film of the first.

Nothing here comes from a person. Every number of a patient is invented within the range of the illness named, every
film is rendered on request from ``SAMPLE_SETTINGS`` and a fixed seed.

On cases 1 and 2 the shipped network flags what was not planted (``planted_findings`` in ``all_samples`` tells it). For case 1 a
film was looked for that is read rightly, and none was found: of 122 computed adults with one opacity (case 1 and 28 with other
seeds, 31 with another place, size, density, sex or view, 62 with settings redrawn within ranges as wide as those of training)
121 were read, and all were above the threshold of "Emphysema", 107 above that of "Pleural effusion". The chest without the
opacity is above that of "Emphysema" as well: a fault of that output on computed films, not of this case.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from model_zoo.errors import UnknownName
from model_zoo.phantoms.chest.lesions import LesionSpec
from model_zoo.phantoms.chest.phantom import Body, Phantom, View, render_phantom
from model_zoo.phantoms.files import write_phantom_dicom
from model_zoo.phantoms.settings import SAMPLE_SETTINGS

FILM_SIZE = 1024  # columns; fine enough for zoom on a page, and below a second to compute


@dataclass(frozen=True)
class SampleFilm:
    """One film of a sample case; ``exposure_seed`` sets position and noise, ``seed`` the anatomy."""

    name: str
    seed: int
    study_date: str
    age_years: int
    lesions: tuple[LesionSpec, ...] = ()
    view: View = "PA"
    body: Body = "adult"
    exposure_seed: int | None = None


@dataclass(frozen=True)
class SampleCase:
    """One case to open with a click.

    name: key. title, description: for the page; both say that the case is synthetic. film: the current film.
    patient: the written patient in the JSON form of ``PatientRecord``. prior: an earlier film, or ``None``. protocol: the
    reading protocol that the case belongs to.
    """

    name: str
    title: str
    description: str
    sex: Literal["F", "M"]
    identifier: str
    film: SampleFilm
    patient: dict[str, Any] = field(compare=False)
    prior: SampleFilm | None = None
    protocol: str = "chest"

    @property
    def file_name(self) -> str:
        return f"SYNTHETIC_{self.name}.dcm"

    @property
    def prior_file_name(self) -> str | None:
        return f"SYNTHETIC_{self.name}_prior.dcm" if self.prior else None

    def phantom(self) -> Phantom:
        """Return the current film with the position of what was planted."""
        return _render(self.film, self.sex)

    def scan_bytes(self) -> bytes:
        """Return the current film as a DICOM file, computed once per process."""
        with _COMPUTING:
            return _file(self.film, self.sex, self.identifier)

    def prior_bytes(self) -> bytes | None:
        """Return the earlier film as a DICOM file, or ``None`` where there is none."""
        with _COMPUTING:
            return _file(self.prior, self.sex, self.identifier) if self.prior else None


def sample_case(name: str) -> SampleCase:
    """Return the sample case of that name. Raises UnknownName."""
    for case in SAMPLE_CASES:
        if case.name == name:
            return case
    raise UnknownName("sample case", name, [case.name for case in SAMPLE_CASES])


# Who asks for a film that is being computed waits for it; two at once would each take twice as long.
_COMPUTING = threading.Lock()


@lru_cache(maxsize=4)
def _render(film: SampleFilm, sex: str) -> Phantom:
    return render_phantom(
        SAMPLE_SETTINGS, film.seed, film.lesions, FILM_SIZE, film.view, film.body, sex == "F", film.exposure_seed
    )


@lru_cache(maxsize=8)
def _file(film: SampleFilm, sex: Literal["F", "M"], identifier: str) -> bytes:
    return write_phantom_dicom(_render(film, sex), identifier, film.age_years, sex, film.study_date, film.name)


def _patient(identifier: str, age_years: float, sex: str, values: dict[str, Any], note: str) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "identifier": identifier,
        "age_years": age_years,
        "sex": sex,
        "values": values,
        "provenance": "written sample patient",
        "notes": [note],
        "synthetic": True,
    }


_INVENTED = "Synthetic: every value of this patient is invented."

SAMPLE_CASES: tuple[SampleCase, ...] = (
    SampleCase(
        name="opacity",
        title="Synthetic case 1: man of 63, opacity in the right lower zone",
        description=(
            "Computed chest phantom with a written patient: acute respiratory failure with sepsis, an opacity planted "
            "in the right lower zone, and a clear film two years earlier."
        ),
        sex="M",
        identifier="PHANTOM-001",
        film=SampleFilm(
            name="case 1",
            seed=11,
            study_date="2024-03-14",
            age_years=63,
            lesions=(LesionSpec("opacity", "R", (0.55, 0.74), 0.19, 0.9),),
            exposure_seed=12,
        ),
        prior=SampleFilm(name="case 1 prior", seed=11, study_date="2022-02-21", age_years=61, exposure_seed=13),
        patient=_patient(
            "PHANTOM-001",
            63,
            "M",
            {
                "diagnosis": "arf_mosf_sepsis",
                "cancer": "no",
                "comorbidity_count": 1,
                "diabetes": 0.0,
                "dementia": 0.0,
                "hospital_day": 2,
                "coma_score": 9,
                "mean_arterial_pressure_mmhg": 66,
                "heart_rate_per_min": 118,
                "respiratory_rate_per_min": 29,
                "temperature_celsius": 38.9,
                "pao2_fio2_kpa": 20.7,
                "arterial_ph": 7.33,
                "leucocytes_10e9_l": 18.4,
                "creatinine_umol_l": 168,
                "sodium_mmol_l": 132,
                "albumin_g_l": 24,
                "bilirubin_umol_l": 22,
                "urea_mmol_l": 14.2,
                "urine_ml_per_day": 1450,
            },
            _INVENTED,
        ),
    ),
    SampleCase(
        name="heart-effusion",
        title="Synthetic case 2: woman of 71, enlarged heart and left pleural effusion",
        description=(
            "Computed chest phantom with a written patient: exacerbated chronic obstructive pulmonary disease with "
            "mild illness, an enlarged heart and fluid at the left costophrenic angle."
        ),
        sex="F",
        identifier="PHANTOM-002",
        film=SampleFilm(
            name="case 2",
            seed=22,
            study_date="2024-04-09",
            age_years=71,
            lesions=(LesionSpec("enlarged_heart", size=0.36), LesionSpec("effusion", "L", size=0.40, strength=0.95)),
        ),
        patient=_patient(
            "PHANTOM-002",
            71,
            "F",
            {
                "diagnosis": "copd",
                "cancer": "no",
                "comorbidity_count": 2,
                "diabetes": 0.0,
                "dementia": 0.0,
                "hospital_day": 1,
                "coma_score": 0,
                "mean_arterial_pressure_mmhg": 94,
                "heart_rate_per_min": 92,
                "respiratory_rate_per_min": 22,
                "temperature_celsius": 36.7,
                "pao2_fio2_kpa": 36.1,
                "arterial_ph": 7.38,
                "leucocytes_10e9_l": 9.2,
                "creatinine_umol_l": 84,
                "sodium_mmol_l": 139,
                "albumin_g_l": 37,
                "urea_mmol_l": 7.1,
                "glucose_mmol_l": 6.4,
            },
            _INVENTED,
        ),
    ),
    SampleCase(
        name="child-opacity",
        title="Synthetic case 3: boy of 3, opacity in the right lung",
        description=(
            "Computed chest phantom of a child with an opacity planted in the right lung, placed where the network calls "
            "it: a demonstration, not evidence. No risk model covers children, so the patient's column stays empty and "
            "says why."
        ),
        sex="M",
        identifier="PHANTOM-003",
        film=SampleFilm(
            name="case 3",
            seed=33,
            study_date="2024-05-02",
            age_years=3,
            lesions=(LesionSpec("opacity", "R", (0.50, 0.60), 0.20, 0.6),),
            view="AP",
            body="child",
        ),
        patient=_patient("PHANTOM-003", 3, "M", {}, _INVENTED),
    ),
)
