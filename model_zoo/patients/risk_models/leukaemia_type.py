"""Myeloid or lymphoblastic: the type of an acute leukaemia, from the expression of 50 genes chosen among 7,129 probes.

Data: Golub et al. 1999, Affymetrix HU6800 arrays. Which probes the model reads is decided by the training patients alone; the
recipe writes them into the card, and this file takes them from there. Without a card there is a model without features.
"""

from __future__ import annotations

import json
from functools import cache

from model_zoo.artefact import CARD_FILE
from model_zoo.patients.applicability import Applicability
from model_zoo.patients.declaring import GENES, number
from model_zoo.patients.features import FeatureSpec
from model_zoo.patients.risk import WEIGHTS_FOLDER, Outcome, RiskModelDefinition

NAME = "leukaemia-type"
_PREFIX = "probe_"
_LONGEST = 70  # characters of a gene's description; the longest is a paragraph


def probe_spec(accession: str, description: str) -> FeatureSpec:
    """Return the quantity of one probe. accession: as on the array, e.g. "X95735_at"; it may also name the value in a file."""
    words = description if len(description) <= _LONGEST else f"{description[:_LONGEST].rstrip()}..."
    return _titled(f"{words} ({accession})")


def _titled(title: str) -> FeatureSpec:
    key = title.rsplit("(", 1)[1].removesuffix(")").lower().replace("-", "_").replace("/", "_")
    return number(
        f"{_PREFIX}{key}", key, title, GENES, "", plausible=(-100_000, 200_000), decimals=(0, 0),
        help="Average difference of the probe set on an Affymetrix HU6800 array.",
    )  # fmt: skip


def accession_of(spec: FeatureSpec) -> str:
    """Return the name of a probe as on the array."""
    return spec.title.rsplit("(", 1)[1].removesuffix(")")


@cache
def chosen_probes() -> tuple[FeatureSpec, ...]:
    """Return the features that the card lists; none where there is no card yet."""
    try:
        card = json.loads((WEIGHTS_FOLDER / NAME / CARD_FILE).read_text(encoding="utf-8"))
        titles = [str(entry["title"]) for entry in card["features"]]
    except (OSError, ValueError, KeyError, TypeError):
        return ()  # the loader of the model names what is wrong with the card
    return tuple(_titled(title) for title in titles)


SPECS = chosen_probes()

MODEL = RiskModelDefinition(
    name=NAME,
    title="Type of an acute leukaemia, from gene expression (Golub)",
    short_title="Type of leukaemia (Golub)",
    specs=SPECS,
    outcomes=(Outcome("myeloid", "Acute myeloid (not lymphoblastic) leukaemia", None),),
    population=(
        "72 patients with a proven acute leukaemia, 38 of them in training (27 lymphoblastic, 11 myeloid): adults and children, "
        "bone marrow or blood, arrays of 1999."
    ),
    # Age and sex are no inputs, and the table has neither.
    applicability=Applicability(SPECS, min_measured=40, ages=(0, 125), age_needed=False),
    warnings=(
        "It only tells two kinds of acute leukaemia apart: it cannot say that there is none, and every other sample gets a "
        "number too.",
        "Expression values of another array, laboratory or scaling are not comparable.",
    ),
)
