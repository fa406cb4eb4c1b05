"""Every key that the page asks for has a text, every text is asked for, and a place that is not filled is noticed."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from dashboard.catalogue import counted, messages, text
from dashboard.components.case.reading import ADD, OUTLINE, READ, RISKS
from dashboard.components.patient.what_if.trial import CHANGE, CROSS, STANDING
from dashboard.components.stay.part import ECG_BEATS, VITAL_SIGNS
from dashboard.figures.risk import ABOVE, BELOW
from dashboard.figures.what_if import OWN, TRIED
from dashboard.navigation import PAGES
from dashboard.session.stay import PACES
from dashboard.viewer import viewer_labels
from dashboard.viewmodels.case.address import FINDING, FRAME, HOUR, MAP
from dashboard.viewmodels.ecg.beat import PARTS
from dashboard.viewmodels.model_review.report import MEASURES
from dashboard.viewmodels.models.versions import ACTIONS
from dashboard.viewmodels.quality.runs import STATUSES
from dashboard.viewmodels.stay.vitals import THRESHOLDS
from model_zoo.alerts.rule import LEVELS
from model_zoo.case.concordance import CONCORDANT, DISCORDANT, INCOMPLETE
from model_zoo.ecg.network import RHYTHM
from model_zoo.patients.changeable import Changeable
from model_zoo.patients.counterfactuals import Side
from model_zoo.patients.risk_groups import SEXES
from model_zoo.places import PLACES
from model_zoo.trust.state import State

DASHBOARD = Path(__file__).resolve().parents[2] / "dashboard"
# Keys whose last word is a state, a level, a direction or a kind: where the page asks for them, and with which words.
FAMILIES = {
    "state.": [state.name.lower() for state in State],
    "state.sentence.": [state.name.lower() for state in State],
    "open_case.part.": [FINDING, FRAME, HOUR, MAP],
    "finding.says.": [state.name.lower() for state in State if state is not State.FLAGGED],
    "level.": LEVELS,
    "step.": [READ, RISKS, OUTLINE, ADD],
    "together.others.": LEVELS,
    "together.state.": ["agree", "conflict", "alone", "undecided"],
    "risk.": ["raises", "lowers"],
    "menu.": [row.script.removesuffix(".py") for row in PAGES],
    "models.action.": [action.replace(" ", "_") for action in ACTIONS],
    "review.measure.": MEASURES,
    "review.meaning.": MEASURES,
    "quality.status.": [status.replace(" ", "_") for status in STATUSES],
    "drawer.": ["explain", "patient", "beside", "numbers", "together", "frames", "not_assessed"],
    "monitoring.part.": [VITAL_SIGNS, ECG_BEATS],
    "monitoring.pace.": PACES.values(),
    "monitoring.threshold.": [response for _, response in THRESHOLDS],
    "patient.sex.": ["female", "male", "not_stated"],
    "patient.by_sex.": SEXES.values(),
    "patient.risk.says.": [ABOVE, BELOW],
    "patient.risk.side.": [ABOVE, BELOW],
    "patient.why.": ["raises", "lowers", "leaves"],
    "patient.what_if.view.": [CHANGE, CROSS, STANDING],
    "patient.what_if.trait.": get_args(Changeable),
    "patient.what_if.move.": [f"{how}{side}" for how in ("", "still_", "now_") for side in (ABOVE, BELOW)],
    "patient.what_if.across.": get_args(Side),
    "patient.what_if.mark.": [TRIED, OWN],
    "together.beside.wrong.": ["note", "stay"],
    "together.beside.confirm.": ["note", "stay"],
    "together.beside.other_scan.": ["note", "stay"],
    "together.concordance.": [CONCORDANT, DISCORDANT, INCOMPLETE],
    "together.note.": ["findings", "denied", "values", "medication", "others"],
    "ecg.part.": [name for name, _, _ in PARTS],
    "ecg.rhythm.": RHYTHM,
    "ecg.worth.not_known.": ["unanimous", "divided"],
    "ecg.worth.right_of.": ["unanimous", "divided"],
}
# Each of these has a test of its own below.
PREFIXES = ("place.", "viewer.")
VIEWER = DASHBOARD / "viewer"


def _calls() -> list[ast.expr]:
    """Return what every call of ``text`` and ``counted`` of the page asks for."""
    return [
        node.args[0]
        for path in sorted(DASHBOARD.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("text", "counted")
        if node.args
    ]


def _keys() -> set[str]:
    """Return every key that stands in the code of the page, those of the families in full."""
    written = {str(asked.value) for asked in _calls() if isinstance(asked, ast.Constant)}
    return written | {prefix + word for prefix, words in FAMILIES.items() for word in words}


def test_a_key_that_is_put_together_is_of_a_family() -> None:
    begun = {
        str(asked.values[0].value)
        for asked in _calls()
        if isinstance(asked, ast.JoinedStr) and isinstance(asked.values[0], ast.Constant)
    }
    assert begun - set(PREFIXES) == set(FAMILIES)


def test_every_key_has_a_text() -> None:
    assert _keys() - set(messages().texts) == set()


def test_every_text_is_asked_for() -> None:
    unused = {key for key in set(messages().texts) - _keys() if not key.startswith(PREFIXES)}
    assert unused == set()


def test_every_place_has_its_text_and_no_other_is_kept() -> None:
    kept = {key.removeprefix("place.") for key in messages().texts if key.startswith("place.")}
    assert kept == set(PLACES)
    for name, words in PLACES.items():
        assert str(text(f"place.{name}")).lower() == words, "one place, one wording"


def test_the_scripts_of_the_viewer_ask_for_its_texts_and_for_no_other() -> None:
    scripts = "".join(path.read_text(encoding="utf-8") for path in sorted(VIEWER.glob("*.js")))
    assert set(re.findall(r'\bsay\(\s*"([a-z_.]+)"', scripts)) == set(viewer_labels())


def test_no_text_is_empty_and_every_place_has_a_name() -> None:
    for key, found in messages().texts.items():
        for form in (found,) if isinstance(found, str) else found:
            assert form.strip(), key
            assert all(place != "" for _, place, _, _ in Formatter().parse(form)), key


def test_a_key_without_text_is_an_error() -> None:
    with pytest.raises(KeyError):
        text("no.such.key")
    with pytest.raises(KeyError):
        counted("state.flagged", 2)
