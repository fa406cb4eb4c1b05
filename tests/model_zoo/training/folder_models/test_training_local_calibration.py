"""Calibration on local films: a new version with the same weights and other probabilities; the model in use stays."""

import pytest

from model_zoo.engine import InferenceEngine
from model_zoo.errors import DataNotFound, ZooError
from model_zoo.scans import decode_scan
from model_zoo.training.folder_models.local_calibration import calibrate
from model_zoo.training.folder_models.run import train_pictures
from model_zoo.upkeep.promotion import promote
from tests.drawn_pictures import recipe, write_classes


@pytest.fixture(scope="module")
def zoo(tmp_path_factory):
    root = tmp_path_factory.mktemp("zoo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIAPHANE_MODELS", str(root / "models"))
        train_pictures(recipe(write_classes(root / "pictures", 48)), root / "runs")
        yield root


@pytest.mark.slow
def test_local_films_give_a_new_version_that_waits(zoo):
    local = write_classes(zoo / "local", 40, start=900)
    before = InferenceEngine("discs")
    model, version, measured = calibrate("discs", local, who="AB")
    assert (version, model.current()) == ("2", "1")
    assert set(measured) == {"disc", "square"}
    for found in measured.values():
        assert found["fitted"]
        assert found["brier_cross_fitted"]["value"] < found["brier_of_the_prevalence"]
    promote("discs", "2", reason="fits our films")
    after = InferenceEngine("discs")
    assert after.card.weights_sha256 == before.card.weights_sha256
    assert after.card.outputs[0].calibration.fitted_on == "40 local films of 40 patients"
    scan = decode_scan((local / "disc" / "000.png").read_bytes())
    readings = [engine.predict(engine.prepare(scan, "any")).findings[0] for engine in (before, after)]
    assert readings[0].logit == readings[1].logit
    assert readings[0].probability != readings[1].probability


def test_too_few_films_and_the_zoos_own_are_refused(zoo):
    few = write_classes(zoo / "few", 8, start=990)
    with pytest.raises(DataNotFound, match="enough labelled patients"):
        calibrate("discs", few)
    with pytest.raises(ZooError, match="zoo's own"):
        calibrate("chest-xray", few)
