"""Versions: which one is read with, what is refused, and what the record says."""

import json
import shutil
from dataclasses import replace

import pytest

from model_zoo.artefact import CARD_FILE
from model_zoo.engine import InferenceEngine
from model_zoo.errors import CardInvalid, DataNotFound, UnknownName, ZooError
from model_zoo.upkeep import history
from model_zoo.upkeep.calibrated import log_odds
from model_zoo.upkeep.held_out import read_held_out, write_held_out
from model_zoo.upkeep.promotion import PromotionRefused, examine, promote, roll_back


def test_the_first_version_is_in_use_and_a_later_one_waits(discs):
    assert discs.versions() == ("1", "2")
    assert discs.current() == "1"
    assert [(e["action"], e["version"]) for e in history.read(discs.place)] == [("installed", "1"), ("added", "2")]


def test_a_better_version_is_promoted_and_rolled_back_and_both_are_recorded(discs):
    event = promote("discs", "2", reason="better on all figures", who="AB")
    assert discs.current() == "2"
    assert InferenceEngine("discs").card.version == "2"
    assert event["comparison"]["figures"]["macro_auc"]["difference"]["value"] >= 0
    back = roll_back("discs", reason="the ward disagrees", who="CD")
    assert discs.current() == "1"
    assert (back["replaces"], back["reason"], back["who"]) == ("2", "the ward disagrees", "CD")
    last = history.read(discs.place)[-1]
    assert last["weights_sha256"] == InferenceEngine("discs").card.weights_sha256
    assert last["figures"]["macro_auc"]["value"] is not None
    with pytest.raises(ZooError, match="no earlier version"):
        roll_back("discs")


def test_a_worse_version_is_refused_unless_overridden_with_a_reason(discs):
    promote("discs", "2")
    # As if version 1 had called most held-out pictures the wrong way round.
    table = read_held_out(discs.place / "1")
    write_held_out(discs.place / "1", replace(table, logits=-table.logits))
    with pytest.raises(PromotionRefused, match="worse than the current"):
        promote("discs", "1")
    with pytest.raises(PromotionRefused):
        promote("discs", "1", override=True)
    assert discs.current() == "2"
    event = promote("discs", "1", override=True, reason="needed for the comparison")
    assert discs.current() == "1"
    assert "worse" in event["overridden"][0]


def test_a_version_that_fails_its_checks_is_refused(discs):
    weights = discs.place / "2" / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(bytes(data))
    found = examine("discs", "2")
    assert any("the weights are those of the card" in objection for objection in found.objections)
    with pytest.raises(PromotionRefused):
        promote("discs", "2")


def test_a_version_without_common_held_out_pictures_cannot_be_compared(discs):
    (discs.place / "2" / "held_out.csv").unlink()
    with pytest.raises(PromotionRefused, match="cannot be held against"):
        promote("discs", "2")


def test_a_changed_record_is_refused(discs):
    path = discs.place / history.FILE
    lines = path.read_text(encoding="utf-8").splitlines()
    first = json.loads(lines[0])
    first["who"] = "somebody else"
    path.write_text("\n".join([json.dumps(first), *lines[1:]]) + "\n", encoding="utf-8")
    with pytest.raises(CardInvalid, match="changed before line 2"):
        promote("discs", "2")


def test_unknown_names_and_versions_are_named(discs):
    with pytest.raises(UnknownName, match="disks"):
        promote("disks", "2")
    with pytest.raises(UnknownName, match="Known: 1, 2"):
        promote("discs", "3")
    with pytest.raises(ZooError, match="current one already"):
        promote("discs", "1")


def test_held_out_pictures_stay_held_out_and_the_table_names_no_patient(discs):
    tables = [(discs.place / version / "held_out.csv").read_text(encoding="utf-8") for version in ("1", "2")]
    scans = [{line.split(",")[0] for line in table.splitlines()[1:]} for table in tables]
    assert scans[0] == scans[1]
    roles = json.loads((discs.place / "2" / "pictures.json").read_text(encoding="utf-8"))
    assert {scan for scan, role in roles.items() if role == "held out"} == scans[1]
    # Hashed with a salt that is not kept: the same patient has another name in each table.
    owners = [{line.split(",")[1] for line in table.splitlines()[1:]} for table in tables]
    assert not owners[0] & owners[1]


def test_card_states_run_and_figures(discs):
    card = json.loads((discs.place / "2" / CARD_FILE).read_text(encoding="utf-8"))
    run, report = card["training"], card["metrics"]["any"]
    assert len(run["data_sha256"]) == 64
    assert run["code_version"].startswith(("commit ", "sources sha256 "))
    assert run["settings"]["seed"] == 0
    assert run["patients_words"].startswith("Patients are not named")
    assert "held out of everything" in run["folds_words"]
    assert sum(map(sum, report["all_classes"]["confusion"]["counts"])) == report["n_films"] == 13
    for output in report["outputs"]:
        for name in ("auroc", "average_precision", "brier"):
            assert output[name]["low"] <= output[name]["value"] <= output[name]["high"]
        assert set(output["at_threshold"]) == {"accuracy", "precision", "recall", "f1"}
        assert output["expected_calibration_error"]["value"] is not None
        assert "thumbnail" in output["comparisons"]
    assert all(output["calibration"]["fitted_on"].startswith("fold 4 of 5") for output in card["outputs"])
    assert card["gate"]["fitted"] is False


def recalibrated(model, version, base, slope, intercept):
    """Write a version that differs from ``base`` in its calibration alone, as one made by ``calibrate`` does."""
    if version != base:
        shutil.copytree(model.place / base, model.place / version)
    path = model.place / version / CARD_FILE
    card = json.loads(path.read_text(encoding="utf-8"))
    for output in card["outputs"]:
        output["calibration"] |= {"slope": slope, "intercept": intercept}
    path.write_text(json.dumps(card), encoding="utf-8")


def test_a_calibration_is_judged_by_its_probabilities(discs):
    # The same ranking; version 1 calls every class improbable, version 3 states what its logits say.
    recalibrated(discs, "3", "1", 1.0, 0.0)
    recalibrated(discs, "1", "1", 0.01, -6.0)
    found = examine("discs", "3")
    assert found.objections == ()
    assert found.comparison.difference["value"] == 0
    assert found.comparison.figures["brier_calibrated"]["difference"]["high"] < 0
    assert found.comparison.better
    promote("discs", "3", reason="calibrated")
    with pytest.raises(PromotionRefused, match="probabilities are worse than those of the current"):
        promote("discs", "1")
    assert discs.current() == "3"
    event = promote("discs", "1", override=True, reason="calibrated for another ward")
    assert "Brier score of the stated probabilities" in event["overridden"][0]


def test_a_version_without_a_readable_calibration_cannot_be_compared(discs):
    with pytest.raises(DataNotFound, match="other outputs"):
        log_odds(discs.place / "1", read_held_out(discs.place / "1").logits[:, :1])
