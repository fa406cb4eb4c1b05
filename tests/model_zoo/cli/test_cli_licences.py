"""``licences``: what requirements.txt installs, and that none of it is under the GPL or the AGPL."""

from __future__ import annotations

import json
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from packaging.requirements import Requirement

from model_zoo.cli.licences import NOT_STATED, Licensed, closure, licensed_packages, stated_licence

SCHEMA = Path(__file__).resolve().parents[2] / "contracts" / "licences.schema.json"
# NVIDIA's package of nothing but requirements.
SAYS_NOTHING = {"cuda-toolkit"}


class Stated(Distribution):
    """A package of which nothing is known but its metadata."""

    def __init__(self, *lines: str) -> None:
        self.lines = lines

    def read_text(self, filename: str) -> str | None:
        return "\n".join(("Metadata-Version: 2.4", "Name: x", *self.lines, "")) if filename == "METADATA" else None

    def locate_file(self, path: object) -> Path:
        return Path(str(path))


def test_no_package_is_under_the_gpl_or_the_agpl() -> None:
    packages = licensed_packages()
    assert {p.name for p in packages} >= {"torch", "streamlit", "pydicom", "python-gdcm", "pytest"}
    assert [p for p in packages if p.copyleft == "GPL" or p.version is None] == []
    assert {p.name for p in packages if p.licence == NOT_STATED} <= SAYS_NOTHING


def test_what_a_package_requires_is_listed_with_it() -> None:
    found = {p.name: p for p in closure([Requirement("jsonschema")])}
    assert set(found) >= {"jsonschema", "attrs", "referencing", "rpds-py"}
    assert found["attrs"] == Licensed("attrs", distribution("attrs").version, "MIT", None)
    # Asked for only by an extra that nobody named.
    assert "webcolors" not in found


def test_a_package_that_is_missing_is_listed_as_missing() -> None:
    assert closure([Requirement("no-such-package-here>=1")]) == [
        Licensed("no-such-package-here", None, "not installed", None)
    ]


@pytest.mark.parametrize(
    ("lines", "licence", "copyleft"),
    [
        (["License-Expression: GPL-3.0-or-later"], "GPL-3.0-or-later", "GPL"),
        (["License: AGPLv3+"], "AGPLv3+", "GPL"),
        (
            ["Classifier: License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)"],
            "GNU Lesser General Public License v3 (LGPLv3)",
            "LGPL",
        ),
        # The short field says less than the classifier.
        (["License: MIT", "Classifier: License :: OSI Approved :: GNU General Public License (GPL)"], "MIT", "GPL"),
        (["License: MIT", "Classifier: License :: DFSG approved"], "MIT", None),
        (["License-Expression: LGPL-2.1-only"], "LGPL-2.1-only", "LGPL"),
        ([], NOT_STATED, None),
    ],
)
def test_a_licence_is_read_from_every_place_where_it_may_stand(
    lines: list[str], licence: str, copyleft: str | None
) -> None:
    assert stated_licence(Stated(*lines)) == (licence, copyleft)


def test_the_answer_keeps_its_contract_and_the_table_says_the_same(cli) -> None:
    answer = cli("licences", "--json")
    assert answer.code == 0
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(answer.json)
    table = cli("licences").out
    assert all(p["name"] in table for p in answer.json["packages"])
    assert "GPL: none" in table.splitlines()
