"""``read``: the numbers of the page, the errors of a reader, and no identifier anywhere."""

import json

import pytest
from PIL import Image

from model_zoo.case import ReadRequest, case_from_json, case_to_json, read_case, with_regions
from model_zoo.case.patient_file import read_patient_file
from model_zoo.engine import InferenceEngine
from model_zoo.phantoms import SAMPLE_SETTINGS, render_phantom, sample_case, write_phantom_png
from model_zoo.phantoms.all_samples import any_case
from model_zoo.places import place_of
from model_zoo.scans import decode_scan

STATED = ("--age-years", "60", "--sex", "F", "--view", "PA")
NO_MAPS = ("--methods", "")


@pytest.fixture(scope="session")
def real_engine():
    return InferenceEngine()


@pytest.fixture
def patient_file(tmp_path):
    def write(**changes):
        content = {**sample_case("opacity").patient, **changes}
        path = tmp_path / "patient.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    return write


def test_json_is_what_read_case_gives(cli, real_engine):
    case = sample_case("opacity")
    request = ReadRequest(methods=("grad-cam",), parameters={"grad-cam": {"signed": True}})
    record = read_patient_file(json.dumps(case.patient).encode(), "patient.json")
    scan = decode_scan(case.scan_bytes())
    review = with_regions(real_engine, read_case(real_engine, scan, request, record), scan)
    expected = case_to_json(review, with_maps=False)
    answer = cli("read", "--sample", "opacity", "--methods", "grad-cam", "--set", "grad-cam.signed=yes", "--json").json
    # What stands beside the reading is held against the page in test_cli_read_other_parts.
    whole = answer.pop("whole")
    assert expected.pop("whole") is None
    assert whole["note"]["facts"]
    assert [region["kind"] for region in answer["regions"]] == ["organ"]
    beside = {
        "agreement": None,
        "maps_on_lesions": [],
        "concordance": None,
        "identity_conflicts": [],
        "not_assessed": list(real_engine.card.not_assessed),
    }
    place = place_of(review.maps[0].attribution, review)
    assert place is not None
    assert [entry.pop("place") for entry in answer["maps"]] == [json.loads(json.dumps(place.to_json()))]
    # The only two that name the moment of the reading.
    for key in ("case_id", "created_at"):
        answer.pop(key), expected.pop(key)
    assert answer == json.loads(json.dumps(expected)) | beside


def test_text_says_what_the_page_says(cli, real_engine, dicom_film, patient_file):
    path = patient_file(identifier="PHANTOM-4711", age_years=60, sex="F")
    answer = cli("read", dicom_film, "--patient", path, "--methods", "grad-cam")
    assert answer.code == 0
    text = " ".join(answer.out.split())
    for finding in real_engine.card.outputs_of("adult"):
        assert finding.title in text
    for words in (
        "Not assessed: ",
        "Not a medical device.",
        "1989 to 1994",
        "come from different people",
        "residual",
        "SYNTHETIC PHANTOM",
        "the marked region",
    ):
        assert words in text
    assert "4711" not in answer.out + answer.err


def test_written_reading_holds_pictures_and_the_whole_case_without_identifier(cli, dicom_film, patient_file, tmp_path):
    path = patient_file(identifier="PHANTOM-4711", age_years=60, sex="F")
    target = tmp_path / "reading"
    answer = cli(
        "read", dicom_film, "--patient", path, "--methods", "grad-cam", "--target", "lung_opacity", "--out", target
    )
    assert answer.code == 0
    assert sorted(p.name for p in target.iterdir()) == ["case.json", "grad-cam_lung_opacity.png"]
    with Image.open(target / "grad-cam_lung_opacity.png") as picture:
        assert picture.width > 256
        assert picture.height >= 256
    text = (target / "case.json").read_text(encoding="utf-8")
    assert "4711" not in text
    review = case_from_json(json.loads(text))
    assert review.map_of("grad-cam", "lung_opacity").attribution.values.size > 1
    again = cli("read", dicom_film, *NO_MAPS, "--out", target)
    assert again.code == 2
    assert "not empty" in again.err


def test_disagreeing_record_is_named_and_its_risks_wait(cli, dicom_film, patient_file):
    path = patient_file(identifier="SOMEBODY-ELSE", age_years=60, sex="F")
    withheld = cli("read", dicom_film, "--patient", path, *NO_MAPS)
    assert "POSSIBLE WRONG PATIENT: The patient identifier" in withheld.out
    assert "Death in hospital" not in withheld.out
    confirmed = cli("read", dicom_film, "--patient", path, *NO_MAPS, "--same-patient")
    assert "POSSIBLE WRONG PATIENT" in confirmed.out
    assert "Death in hospital" in confirmed.out
    listed = cli("read", dicom_film, "--patient", path, *NO_MAPS, "--json")
    assert listed.json["identity_conflicts"] == ["The patient identifier in the scan is not the one in the record"]
    assert all("ELSE" not in a.out + a.err and "4711" not in a.out + a.err for a in (withheld, confirmed, listed))


def test_another_patient_model_stands_beside_the_scan_and_an_unknown_one_is_refused_at_once(cli, dicom_film, tmp_path):
    path = tmp_path / "heart.csv"
    path.write_text(
        "field,value\nage_years,97\nsex,F\nejection_fraction_percent,25\ncreatinine_umol_l,110\nsodium_mmol_l,136\n"
        "platelets_10e9_l,250\nanaemia,no\ndiabetes,yes\n",
        encoding="utf-8",
    )
    beside = ("--patient", path, "--patient-model", "heart-failure", *NO_MAPS)
    answer = cli("read", dicom_film, *beside, "--json").json
    assert answer["risk"]["model"] == "heart-failure"
    assert "older than every patient" in answer["risk"]["age_remark"]
    text = cli("read", dicom_film, *beside, "--same-patient").out
    assert "Faisalabad" in text
    assert "older than every patient" in " ".join(text.split())
    wrong = cli("read", dicom_film, "--patient-model", "hart-failure")
    assert wrong.code == 2
    assert "heart-failure" in wrong.err


def test_missing_file_is_not_named(cli, tmp_path):
    for extra in ((), ("--json",)):
        answer = cli("read", tmp_path / "Roe_Jane.dcm", *extra)
        assert answer.code == 2
        assert "There is no readable scan under that name." in answer.err
        assert "Roe" not in answer.err + answer.out
    assert answer.json["error"]["message"] == "There is no readable scan under that name."


def test_folder_instead_of_a_file(cli, tmp_path):
    assert "no readable scan" in cli("read", tmp_path).err


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"Dear colleague, thank you for", "This is a text file, not a scan."),
        (write_phantom_png(render_phantom(SAMPLE_SETTINGS, 5, size=64))[:2000], "damaged or incomplete"),
    ],
    ids=["empty", "text", "truncated"],
)
def test_broken_files_are_answered_in_words(cli, tmp_path, content, words):
    path = tmp_path / "scan.dcm"
    path.write_bytes(content)
    answer = cli("read", path)
    assert answer.code == 2
    assert words in answer.err
    assert len(answer.err.splitlines()) == 2


def test_file_and_sample_exclude_each_other(cli, png_film):
    assert "Name one scan" in cli("read").err
    assert "Name one scan" in cli("read", png_film, "--sample", "opacity").err


def test_unknown_sample_method_and_parameter_suggest_the_nearest(cli, png_film):
    assert "Did you mean 'opacity'?" in cli("read", "--sample", "opacty").err
    assert "Did you mean 'grad-cam'?" in cli("read", png_film, *STATED, "--methods", "gradcam").err
    assert "Did you mean 'steps'?" in cli("read", png_film, *STATED, "--set", "integrated-gradients.step=9").err


@pytest.mark.parametrize("setting", ["steps=9", "integrated-gradients.steps=many", "grad-cam.signed=perhaps"])
def test_bad_settings_are_refused(cli, png_film, setting):
    assert cli("read", png_film, *STATED, "--set", setting).code == 2


def test_all_problems_of_a_patient_file_at_once_and_no_value(cli, png_film, tmp_path):
    path = tmp_path / "patient.csv"
    path.write_text("field,value\nage,61\nsodium,ROE\narterial_ph,99\nshoe_size,44\n", encoding="utf-8")
    answer = cli("read", png_film, *STATED, "--patient", path, "--json")
    assert answer.code == 2
    message = answer.json["error"]["message"]
    assert all(word in message for word in ("Sodium", "Arterial pH", "shoe_size"))
    assert "ROE" not in answer.out + answer.err


def test_uncovered_scan_is_read_only_on_insistence_and_without_probability(cli, png_film):
    refused = cli("read", png_film, *NO_MAPS)
    assert refused.code == 2
    assert "The age of the patient is not stated" in refused.err
    undecided = cli("read", png_film, *NO_MAPS, "--insist")
    assert undecided.code == 2
    assert "whose outputs to read" in undecided.err
    read = cli("read", png_film, *NO_MAPS, "--insist", "--population", "adult", "--json").json
    assert not read["prediction"]["covered"]
    assert all(finding["probability"] is None for finding in read["prediction"]["findings"])
    text = cli("read", png_film, *NO_MAPS, "--insist", "--population", "adult").out
    assert "OUTSIDE THE INTENDED USE" in text
    assert "probability 0" not in text


def test_population_cannot_overrule_the_age(cli, png_film):
    lone = cli("read", png_film, *STATED, *NO_MAPS, "--population", "child")
    assert "--population goes with --insist" in lone.err
    answer = cli("read", png_film, *STATED, *NO_MAPS, "--population", "child", "--insist")
    assert answer.code == 2
    assert "belongs to the population 'adult'" in answer.err


def test_target_of_another_population_is_refused(cli, png_film, real_engine):
    foreign = real_engine.card.outputs_of("child")[0].name
    answer = cli("read", png_film, *STATED, *NO_MAPS, "--target", foreign)
    assert answer.code == 2
    assert "finding for the population 'adult'" in answer.err


def test_frame_beyond_the_last_is_refused(cli, png_film):
    answer = cli("read", png_film, *STATED, *NO_MAPS, "--frame", "2")
    assert answer.code == 2
    assert "frame" in answer.err


def test_prevalence_and_coverage_reach_the_request(cli, png_film, monkeypatch):
    from model_zoo.cli import read

    requests = []
    build = read._request
    monkeypatch.setattr(read, "_request", lambda arguments: requests.append(build(arguments)) or requests[-1])
    extra = ("--coverage", "95", "--prevalence", "lung_opacity=5", "--prevalence", "report_effusion=0.5")
    assert cli("read", png_film, *STATED, *NO_MAPS, *extra).code == 0
    assert cli("read", png_film, *STATED, *NO_MAPS).code == 0
    assert (requests[0].coverage, dict(requests[0].prevalence)) == (
        0.95,
        {"lung_opacity": 0.05, "report_effusion": 0.005},
    )
    assert (requests[1].coverage, dict(requests[1].prevalence)) == (0.90, {})


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        (("--prevalence", "lung_opacity"), "--prevalence expects OUTPUT=PERCENT"),
        (("--prevalence", "lung_opacity=many"), "--prevalence expects OUTPUT=PERCENT"),
        (("--prevalence", "lung_opacity=0"), "between 0 and 100 %"),
        (("--prevalence", "lung_opacity=100"), "between 0 and 100 %"),
        (("--prevalence", "lung_opacty=5"), "Did you mean 'lung_opacity'?"),
        (("--coverage", "85"), "not understood"),
    ],
)
def test_impossible_prevalence_and_coverage_are_refused(cli, png_film, extra, words):
    answer = cli("read", png_film, *STATED, *NO_MAPS, *extra)
    assert answer.code == 2
    assert words in answer.err


def test_numbers_are_printed_with_their_measured_coverage(capsys):
    from model_zoo.cli.read_text import print_numbers
    from model_zoo.results import Finding
    from model_zoo.scans.coverage import StatedFacts
    from model_zoo.trust.number import build_number_block
    from tests.number_sections import a_number_entry

    reading = Finding("lung_opacity", "Lung opacity", "probability", 2.0, 60, 50, True, 0.5, (0.4, 0.6), 0.2)
    label = Finding("report_effusion", "Pleural effusion", "report_score", 2.0, 60, 50, True)
    facts = StatedFacts(55.0, "F", "PA")
    print_numbers(
        (
            build_number_block(reading, a_number_entry(), facts, prevalence=0.1),
            build_number_block(label, a_number_entry("report_score"), facts),
        )
    )
    text = " ".join(capsys.readouterr().out.split())
    for words in (
        "Lung opacity: Flagged. At 90 % coverage the set keeps one answer, with the finding. Measured on 1,030 held-out films",
        "Age 40-59: too few (21 positive patients).",
        "Of 100 patients like this flagged here, 50 have it (40 to 57)",
        "not in how the illness looks",
        "Pleural effusion: For the label in the report: flagged.",
        "no prevalence of disease",
    ):
        assert words in text
    assert text.count("several films of one patient") == 1


@pytest.mark.slow
def test_a_stack_is_opened_where_its_reading_looks_most_unless_a_frame_is_named(cli):
    case = any_case("brain-stack")
    opened = cli("read", "--sample", "brain-stack", *NO_MAPS, "--json").json
    frame = opened["scan"]["frame"]
    assert frame in case.sequence().lesion_frames
    assert f"Opened at slice {frame + 1} of 20, which the study reading weighs most." in opened["remarks"]
    named = cli("read", "--sample", "brain-stack", "--frame", "3", *NO_MAPS, "--json").json
    assert named["scan"]["frame"] == 2
    assert not any("Opened at" in remark for remark in named["remarks"])
    # The first frame is a choice like any other.
    assert cli("read", "--sample", "brain-stack", "--frame", "1", *NO_MAPS, "--json").json["scan"]["frame"] == 0


def test_a_stated_age_stands_in_for_one_that_the_record_lacks(cli, patient_file, tmp_path):
    film = tmp_path / "film.png"
    film.write_bytes(write_phantom_png(sample_case("opacity").phantom()))
    content = {name: value for name, value in sample_case("opacity").patient.items() if not name.startswith("age")}
    path = tmp_path / "no-age.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    answer = cli("read", film, *STATED, *NO_MAPS, "--no-checks", "--patient", path, "--same-patient", "--json").json
    assert answer["risk"] is not None
    assert any("stated by the reader" in flag for flag in answer["risk"]["flags"])
