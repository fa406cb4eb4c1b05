"""The JSON answers of the command line against their versioned schemas: later work and other programs lean on them."""

from __future__ import annotations

import csv
import io
import json
from contextlib import redirect_stderr, redirect_stdout
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
from jsonschema import Draft202012Validator, ValidationError

from model_zoo.cli import main
from model_zoo.phantoms import SAMPLE_SETTINGS, random_lesions, render_phantom, write_phantom_png
from model_zoo.training.patient_models.support.table import COLUMNS

FOLDER = Path(__file__).parent
NAMES = tuple(sorted(path.name.removesuffix(".schema.json") for path in FOLDER.glob("*.schema.json")))


def contract(name):
    return json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))


def check(name, answer):
    Draft202012Validator(contract(name)).validate(answer)


def answer_of(*words, code=0):
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        found = main([*map(str, words), "--json"])
    assert found == code, err.getvalue()
    return json.loads(out.getvalue())


@pytest.fixture(scope="module")
def reading():
    return answer_of("read", "--sample", "opacity")


@pytest.mark.parametrize("name", NAMES)
def test_schema_is_one_and_carries_its_version(name):
    schema = contract(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$id"].split(":")[:-1] == ["urn", "diaphane", "contract", name]


def test_there_is_a_contract_for_each_promised_answer():
    assert set(NAMES) >= {"list", "read", "evaluate", "bench"}


def test_list():
    check("list", answer_of("list"))


def test_reading_of_an_adult_with_patient(reading):
    check("read", reading)
    assert {m["method"] for m in reading["maps"]} == {"grad-cam", "integrated-gradients"}
    assert reading["risk"] is not None
    assert reading["agreement"]["maps"] == [m["title"] for m in reading["maps"]]


def test_reading_of_a_child():
    answer = answer_of("read", "--sample", "child-opacity", "--methods", "grad-cam")
    check("read", answer)
    assert answer["risk"] is None
    assert answer["risk_absent"]
    assert answer["agreement"] is None


def test_reading_of_a_model_that_only_outlines():
    answer = answer_of("read", "--sample", "child-opacity", "--model", "lungs")
    check("read", answer)
    assert (answer["prediction"]["findings"], answer["maps"], answer["numbers"], answer["shortcuts"]) == (
        [],
        [],
        [],
        [],
    )
    assert [region["name"] for region in answer["regions"]] == ["right-lung", "left-lung", "lungs"]
    assert all(region["area_mm2"] > 0 for region in answer["regions"])


@pytest.mark.parametrize(
    "change",
    [
        lambda a: a["record"].update(identifier="PHANTOM-001"),
        lambda a: a["scan"].update(patient_id="PHANTOM-001"),
        lambda a: a.update(schema_version=4),
        lambda a: a.pop("not_assessed"),
        lambda a: a["prediction"]["findings"][0].update(kind="report_score", probability=0.5),
        lambda a: a["prediction"]["findings"][0].update(probability=1.5),
        lambda a: a["prediction"]["findings"][0].update(state="absent"),
    ],
)
def test_reading_with_an_identifier_or_a_forbidden_number_breaks_the_contract(reading, change):
    altered = deepcopy(reading)
    change(altered)
    with pytest.raises(ValidationError):
        check("read", altered)


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """Eight phantoms with labels.csv: adults with and without an opacity, each film another patient."""
    folder = tmp_path_factory.mktemp("films")
    generator = np.random.default_rng(4)
    rows = []
    for i in range(8):
        lesions = random_lesions(generator, ("opacity",)) if i % 2 else ()
        phantom = render_phantom(SAMPLE_SETTINGS, 70 + i, lesions, 160)
        (folder / f"{i}.png").write_bytes(write_phantom_png(phantom, bits=8))
        rows.append([f"{i}.png", f"p{i}", 40 + i, "FM"[i % 2], "PA", i % 2, ""])
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(
            [["file", "patient_id", "age_years", "sex", "view", "lung_opacity", "pneumonia"], *rows]
        )
    return folder


def test_evaluation_on_films(films):
    answer = answer_of("evaluate", "chest-xray", "--data", films)
    check("evaluate", answer)
    opacity = next(o for o in answer["outputs"] if o["name"] == "lung_opacity")
    assert (opacity["n_films"], opacity["n_positive_patients"]) == (8, 4)
    assert all(group["too_few"] for group in opacity["subgroups"]["sex"])


def write_support_table(path, patients=40):
    """Write invented patients in the columns of SUPPORT2."""
    generator = np.random.default_rng(9)
    ranges = {
        "age": (40, 90), "num_co": (0, 4), "diabetes": (0, 1), "dementia": (0, 1), "hday": (1, 9), "scoma": (0, 60),
        "meanbp": (50, 120), "hrt": (60, 140), "resp": (10, 40), "temp": (36, 39), "pafi": (90, 400), "ph": (7.2, 7.5),
        "urine": (500, 3000), "wblc": (3, 25), "crea": (0.6, 4), "bun": (8, 60), "sod": (128, 148),
        "glucose": (70, 250), "alb": (1.5, 4.5), "bili": (0.3, 5),
    }  # fmt: skip
    whole = {"age", "num_co", "diabetes", "dementia", "hday", "scoma"}
    words = {"sex": ("female", "male"), "dzgroup": ("COPD", "Lung Cancer", "ARF/MOSF w/Sepsis"), "ca": ("no", "yes")}
    assert set(COLUMNS.values()) == set(ranges) | set(words)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*ranges, *words, "hospdead", "death", "d_time", "surv2m", "surv6m"])
        for i in range(patients):
            numbers = [round(generator.uniform(*ends), 0 if name in whole else 2) for name, ends in ranges.items()]
            numbers = [int(n) if name in whole else n for name, n in zip(ranges, numbers, strict=True)]
            chosen = [str(generator.choice(options)) for options in words.values()]
            dead = i % 3 == 0
            writer.writerow([*numbers, *chosen, int(dead), int(dead), 30 if dead else 900, 0.6, 0.5])


def test_evaluation_on_patients(tmp_path):
    write_support_table(tmp_path / "support2.csv")
    out = tmp_path / "predictions.csv"
    answer = answer_of("evaluate", "support-respiratory", "--data", tmp_path, "--all", "--predictions", out)
    check("evaluate", answer)
    assert answer["patients"] == 40
    assert len(out.read_text(encoding="utf-8").splitlines()) == 41


def test_verification():
    check("verify", answer_of("verify", "lungs"))


def test_quality_answer_of_the_recorded_release():
    from model_zoo.card import WEIGHTS_ROOT
    from model_zoo.cli.quality import build_answer
    from model_zoo.cli.terminal import json_value
    from model_zoo.quality.release import read_release

    release = read_release(WEIGHTS_ROOT / "chest-xray")
    answer = json_value(build_answer(release.result, release))
    check("quality", answer)
    assert answer["verdict"]["passed"]
    check("quality", json_value(build_answer(release.result, None)))
    answer["result"]["patient_id"] = "PHANTOM-001"
    with pytest.raises(ValidationError):
        check("quality", answer)


@pytest.mark.slow
def test_quality():
    answer = answer_of("quality")
    check("quality", answer)
    assert answer["verdict"]["status"] == "inside"
    assert answer["verdict"]["largest_change_logit"] < answer["release"]["tolerance_logit"]


def test_error(tmp_path):
    check("error", answer_of("read", tmp_path / "nothing.dcm", code=2))


@pytest.mark.slow
def test_bench(monkeypatch):
    # The contract is about what is said and not about how long it took: nothing has to be warm.
    monkeypatch.setattr("model_zoo.bench.timing.WARMING_ROUNDS", 0)
    answer = answer_of("bench", "--repeats", "1")
    check("bench", answer)
    assert answer["integrated_gradients"]["steps_used"] >= answer["integrated_gradients"]["steps_asked"] == 50
    ours, plain = answer["seconds"], answer["plain_captum_seconds"]
    assert answer["ratios"]["grad_cam"] == pytest.approx(ours["grad_cam"]["median"] / plain["grad_cam"]["median"])
    for package, found in answer["public"]["packages"].items():
        made = [entry for entry in answer["public"]["comparisons"].values() if entry and entry["package"] == package]
        assert bool(made) == (found["absent"] is None)
        assert all(entry["agrees"] is not False for entry in made)
