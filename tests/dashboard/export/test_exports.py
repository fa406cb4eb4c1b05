"""Every export of the menu: a safe name, bytes for an open and for a stored case, and no identifier."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from dashboard.catalogue import text
from dashboard.export import EXPORTS, Export
from model_zoo.case import CaseReview, case_from_json, case_to_json
from model_zoo.trust.state import State
from tests.tiny_zoo import IDENTIFIER, example_review, made_scan, tiny_engine

EACH = pytest.mark.parametrize("export", list(EXPORTS), ids=lambda export: export.name)


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> CaseReview:
    return example_review(tiny_engine(tmp_path_factory.mktemp("weights")))


@EACH
def test_it_builds_a_file_with_and_without_the_scan(export: Export, review: CaseReview) -> None:
    scan = made_scan(patient_id=IDENTIFIER)
    for content in (export.build(review, scan), export.build(review, None)):
        assert isinstance(content, bytes)
        assert content
        assert IDENTIFIER.encode() not in content
    assert export.build(review, scan) == export.build(review, scan)
    assert re.fullmatch(r"[\w.+-]+/[\w.+-]+", export.mime)


def test_the_html_of_the_menu_says_what_is_known_to_be_wrong_as_the_report_does(review: CaseReview) -> None:
    export, told = EXPORTS.get("HTML report"), text("finding.known_wrong").encode()
    assert any(review.state_of(finding.output) is State.FLAGGED for finding in review.prediction.findings)
    assert told in export.build(replace(review, scan=replace(review.scan, planted=())), None)
    assert told not in export.build(review, None)


@EACH
def test_the_file_name_is_plain_and_names_the_case(export: Export, review: CaseReview) -> None:
    name = export.file_name(review)
    assert re.fullmatch(r"[A-Za-z0-9_-]+\.[a-z0-9]+", name)
    assert review.case_id in name


def test_the_json_case_is_the_stored_form(review: CaseReview) -> None:
    export = EXPORTS.get("JSON case")
    assert export.file_name(review) == f"case-{review.case_id}.json"
    assert export.mime == "application/json"
    content = json.loads(export.build(review, None))
    assert content == json.loads(json.dumps(case_to_json(review)))
    assert json.loads(export.build(case_from_json(content), None)) == content
