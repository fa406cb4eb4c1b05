"""What others put into the folder of the models is a model, or named with the reason; it holds up nothing and hides nothing."""

from __future__ import annotations

import errno
import json
import os
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model_zoo.classifiers.models_folder import ClassifierRegistry, ModelFolder
from model_zoo.cli.list_models import list_answer
from model_zoo.errors import CardInvalid, ZooError
from model_zoo.upkeep import history
from model_zoo.upkeep.known_models import known_folder_models
from tests.tiny_zoo import SIDE, tiny_card

# What one look at the folder may take, on a busy machine too.
SECONDS = 10  # of processor time, which a busy machine does not stretch


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setenv("DIAPHANE_MODELS", str(folder))
    drop(folder, "sound")
    return folder


def card_of(name: str) -> dict[str, Any]:
    card = tiny_card() | {"name": name, "architecture": "local-residual-small", "weights_sha256": "0" * 64}
    card["outputs"] = [o | {"score_quantiles": list(np.linspace(-9, 9, 101))} for o in card["outputs"]]
    return card


def drop(root: Path, name: str = "odd", **changes: Any) -> Path:
    folder = root / name
    folder.mkdir()
    (folder / "card.json").write_text(json.dumps(card_of(name) | changes), encoding="utf-8")
    (folder / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    return folder


def faults() -> dict[str, str]:
    """Return why folder models cannot be used, by name, after one look that has to be short."""
    start = time.process_time()
    found = {}
    for model in known_folder_models():
        try:
            assert model.raw_card()
            assert model.page()
        except ZooError as error:
            found[model.name] = error.message
    assert time.process_time() - start < SECONDS
    return found


def changed(*path: Any, to: Any) -> dict[str, Any]:
    card = card_of("odd")
    inner: Any = card
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = to
    return card


CARDS: dict[str, Any] = {
    "a shape of a thousand million": changed("input", "shape", to=[1, 10**9, 10**9]),
    "a shape of nothing": changed("input", "shape", to=[1, 0, 0]),
    "a shape below nothing": changed("input", "shape", to=[1, -64, -64]),
    "a shape of fractions": changed("input", "shape", to=[1, 64.5, 64.5]),
    "a shape in words": changed("input", "shape", to=["one", "64", "64"]),
    "a shape of truths": changed("input", "shape", to=[True, 64, 64]),
    "a threshold in words": changed("outputs", 0, "threshold", "logit", to="high"),
    "a threshold that is no number": changed("outputs", 0, "threshold", "logit", to=float("nan")),
    "a threshold of 400 digits": changed("outputs", 0, "threshold", "logit", to=10**400),
    "a label that is no text": changed("outputs", 0, "name", to=3),
    "a label that is a path": changed("outputs", 0, "name", to="../../x"),
    "a label of a megabyte": changed("outputs", 0, "name", to="x" * 2**20),
    "a title that is a list": changed("outputs", 0, "title", to=["x"]),
    "many labels": changed("outputs", to=[card_of("odd")["outputs"][0] | {"name": f"o{i}"} for i in range(1001)]),
    "labels that are a text": changed("outputs", to="lung"),
    "outputs that are a table": changed("outputs", to={"lung": 1}),
    "modalities that are a text": changed("input", "modalities", to="CR"),
    "views that are a text": changed("populations", 0, "views", to="PA"),
    "an age of minus one": changed("populations", 0, "age_years", to=[-1, 5]),
    "an unknown crop": changed("populations", 0, "crop", to="left half"),
    "no population": changed("populations", to=[]),
    "a mask of another kind": changed("masks", to=[{"name": "m", "title": "M", "kind": "organ", "threshold": 0.5}]),
    "a mask beyond 1": changed("masks", to=[{"name": "m", "title": "M", "kind": "lesion", "threshold": 5}]),
    "a version that is a path": changed("version", to="../1"),
    "a title that is missing": changed("title", to=None),
    "figures in words": changed("metrics", to={"adult": {"all_classes": {"figures": {"auc": {"value": "good"}}}}}),
    "figures that are a list": changed("metrics", to=[1, 2]),
    "training that is a text": changed("training", to="long"),
    "options that are a text": changed("architecture_options", to="fast"),
    "an input that is a list": changed("input", to=[]),
    "no card but a list": [1],
    "no card but a text": "card",
}


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
def test_a_card_of_absurd_types_and_ranges_is_named_and_hides_nothing(root: Path, card: Any) -> None:
    (drop(root) / "card.json").write_text(json.dumps(card), encoding="utf-8")
    assert set(faults()) == {"odd"}
    listed = {model["name"]: model["problem"] for model in list_answer()["models"]}
    assert listed["sound"] is None
    assert listed["odd"]


TEXTS = {
    "nested without end": "[" * 100_000,
    "nested tables without end": '{"a":' * 100_000,
    "a name twice": '{"name": "odd", ' + json.dumps(card_of("odd"))[1:],
    "NaN in a corner": json.dumps(card_of("odd") | {"metrics": {"auc": float("nan")}}),
    "a million lists": "[" + "[]," * 1_200_000 + "[]]",
    "too large": json.dumps(card_of("odd") | {"note": "x" * 5 * 2**20}),
    "no UTF-8": b"\xff\xfe\x00",
    "empty": "",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_card_that_is_no_sound_json_is_named_in_bounded_time(root: Path, text: str | bytes) -> None:
    (drop(root) / "card.json").write_bytes(text if isinstance(text, bytes) else text.encode())
    assert set(faults()) == {"odd"}


def lay(path: Path, what: str) -> None:
    path.unlink(missing_ok=True)
    outside = path.parents[2] / "outside"
    if what == "pipe":
        os.mkfifo(path)
    elif what == "folder":
        path.mkdir()
    elif what == "device":
        path.symlink_to("/dev/zero")
    elif what == "loop":
        path.symlink_to(path)
    elif what == "huge":
        with path.open("wb") as file:
            file.truncate(50 * 2**30)
    else:
        outside.write_bytes(json.dumps(card_of("odd")).encode())
        path.symlink_to(outside)


@pytest.mark.parametrize("what", ["pipe", "folder", "device", "loop", "huge", "link out"])
@pytest.mark.parametrize("file", ["card.json", "model.safetensors", "trust.json", "trust.safetensors", "CARD.md"])
def test_what_is_no_plain_file_is_named_and_never_waited_for(root: Path, file: str, what: str) -> None:
    lay(drop(root) / file, what)
    found = faults()
    # Weights that are not there at all, and a trust card, are judged when the model is loaded.
    assert set(found) <= {"odd"}
    if what in ("pipe", "device", "loop", "link out") or file == "card.json":
        assert set(found) == {"odd"}
    listed = {model["name"]: model["problem"] for model in list_answer()["models"]}
    assert listed["sound"] is None
    with pytest.raises(ZooError):
        ClassifierRegistry().get("odd").load()


@pytest.mark.parametrize(
    "head", [0, 1, 3, 2**27, 2**63, 2**64 - 1], ids=["none", "one", "past the end", "100 MB", "2^63", "2^64"]
)
def test_weights_whose_header_lies_are_named_without_being_read(root: Path, head: int) -> None:
    (drop(root) / "model.safetensors").write_bytes(head.to_bytes(8, "little") + b"{}")
    assert "damaged" in faults()["odd"]


def test_weights_whose_offsets_lie_are_refused_when_they_are_loaded(root: Path) -> None:
    header = json.dumps({"w": {"dtype": "F32", "shape": [10**9], "data_offsets": [0, 4 * 10**9]}}).encode()
    folder = drop(root)
    (folder / "model.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + bytes(8))
    from model_zoo.artefact import file_sha256

    (folder / "card.json").write_text(
        json.dumps(card_of("odd") | {"weights_sha256": file_sha256(folder / "model.safetensors")}), encoding="utf-8"
    )
    with pytest.raises(ZooError, match="damaged"):
        ClassifierRegistry().get("odd").load()


def test_a_folder_that_is_a_link_out_of_the_folder_is_named(root: Path, tmp_path: Path) -> None:
    drop(tmp_path, "elsewhere")
    (root / "odd").symlink_to(tmp_path / "elsewhere")
    assert "leads out" in faults()["odd"]
    version = root / "several"
    version.mkdir()
    (version / "1").symlink_to(tmp_path / "elsewhere")
    assert "leads out" in faults()["several"]


@pytest.mark.parametrize("pointer", ["[]", '{"version": 3}', '{"version": "../../x"}', '{"version": {}}', "[" * 50_000])
def test_a_pointer_of_other_content_is_named(root: Path, pointer: str) -> None:
    place = root / "several"
    place.mkdir()
    (drop(place, "1") / "card.json").write_text(json.dumps(card_of("several")), encoding="utf-8")
    assert "several" not in faults()
    (place / "current.json").write_text(pointer, encoding="utf-8")
    assert "several" in faults()
    (place / "current.json").unlink()
    os.mkfifo(place / "current.json")
    assert "several" in faults()


def test_a_stray_archive_of_many_names_and_a_stray_pipe_are_named_in_bounded_time(root: Path) -> None:
    with zipfile.ZipFile(root / "stray.pt", "w") as archive:
        for i in range(20_000):
            archive.writestr(f"archive/{i}", b"")
    os.mkfifo(root / "piped.pt")
    assert set(faults()) == {"stray", "piped"}


def test_a_record_of_other_content_is_refused_in_words(root: Path) -> None:
    place = ModelFolder("sound", root).place
    event = history.append(place, history.INSTALLED, "1", who="AB")
    assert history.read(place) == [event]
    for line in ('{"at": 3}', "[" * 50_000, "[]", json.dumps({**event, "who": None, "before_sha256": None})):
        (place / history.FILE).write_text(line + "\n", encoding="utf-8")
        with pytest.raises(CardInvalid):
            history.read(place)
    (place / history.FILE).unlink()
    os.mkfifo(place / history.FILE)
    with pytest.raises(CardInvalid):
        history.read(place)


def test_a_record_that_cannot_be_written_is_said_and_stays_whole(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = ModelFolder("sound", root).place
    event = history.append(place, history.INSTALLED, "1", who="AB")

    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(ZooError, match=r"the disk is full\. Nothing was changed"):
            history.append(place, history.PROMOTED, "1", who="AB")
    assert history.read(place) == [event]


def test_the_card_of_these_tests_is_sound_without_its_faults(root: Path) -> None:
    drop(root)
    assert faults() == {}
    assert ClassifierRegistry().get("odd").card.input_shape == (1, SIDE, SIDE)
