"""``protocols``: the list, and what a file is proposed."""

from __future__ import annotations

from pathlib import Path

from model_zoo.phantoms.all_samples import any_case


def test_the_protocols_are_listed_with_their_models(cli) -> None:
    answer = cli("protocols", "--json")
    assert answer.code == 0
    assert [p["name"] for p in answer.json["protocols"]] == ["chest", "breast", "brain", "eye"]
    assert "breast-cytology" in cli("protocols").out


def test_a_file_is_proposed_the_protocol_its_tags_name(cli, tmp_path: Path) -> None:
    path = tmp_path / "scan.dcm"
    path.write_bytes(any_case("breast-cyst").scan_bytes())
    answer = cli("protocols", path, "--json")
    assert (answer.json["protocol"], answer.json["source"]) == ("breast", "tags")
    assert "US" in cli("protocols", path).out


def test_a_missing_file_is_said_without_its_name(cli, tmp_path: Path) -> None:
    answer = cli("protocols", tmp_path / "MEIER_HANS.dcm")
    assert answer.code != 0
    assert "MEIER" not in answer.out + answer.err
