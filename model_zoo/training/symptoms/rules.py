"""What decides "cannot tell", and what negation does: measured on the choosing fold, on unrelated texts, on denials."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from model_zoo.symptoms.differential import why_not
from model_zoo.symptoms.history import CLINICAL, phrase, phrases
from model_zoo.symptoms.model import SymptomModel
from model_zoo.symptoms.reading import ReadText
from model_zoo.training.symptoms.texts import SyntheticPatient, misspelled, statement_text, written

SEED = 43
MOST_WORDS = 12  # of content; the curve is flat before
WANTED_TOP3 = 0.5  # a list whose first three lack the condition more often than not is no help
WANTED_REFUSED, SHARE_STEP = 0.9, 0.05
TOP_QUANTILE = 0.02
DENIAL_FORMS = ("no {}", "denies {}", "patient does not have {}", "without {}", "{}: no")
# Texts that are no complaint, written for this measurement.
UNRELATED = (
    "The committee approved the budget for the new library building last Tuesday.",
    "Please send the invoice to our office in Hamburg before the end of the month.",
    "Heute scheint die Sonne und wir fahren mit dem Fahrrad an den See.",
    "The train to Edinburgh departs from platform seven at half past nine.",
    "Preheat the oven, mix flour with sugar and butter, and bake for forty minutes.",
    "Le chat dort sur le canapé pendant que les enfants jouent dans le jardin.",
    "My laptop will not start after the software update and the screen stays blue.",
    "He scored twice in the second half and the home team won the match.",
    "asdf qwer zxcv uiop hjkl bnm",
    "The quarterly report shows that revenue grew faster than expected.",
    "We painted the kitchen yellow and replaced the wooden cupboards.",
    "La reunión se ha aplazado hasta el próximo jueves por la mañana.",
    "Turn left at the bridge, then follow the river until you reach the mill.",
    "Requesting a parking permit for the visitors of the conference.",
    "The orchestra rehearsed the symphony under its new conductor.",
    "Version three of the contract replaces all earlier agreements.",
)


def measured_rule(
    model: SymptomModel, patients: Sequence[SyntheticPatient], altered_texts: Sequence[str]
) -> dict[str, Any]:
    """Return the "cannot tell" rule with the curve it was chosen from. patients: of the choosing fold."""
    generator = np.random.default_rng(SEED)
    names = [condition.name for condition in model.conditions]
    labels = np.array([names.index(p.condition) for p in patients])
    short: list[ReadText] = []
    for patient in patients:
        order = generator.permutation(len(patient.statements)).tolist()
        keep = order[: int(generator.integers(1, 5))]
        short.append(model.read(written(patient, [CLINICAL] * len(keep), keep)))
    counts = np.array([sum(word.known for word in read.content) for read in short])
    p = model.probabilities(short)
    place = (p > p[np.arange(len(labels)), labels][:, None]).sum(axis=1)
    curve = [
        {
            "known_words": int(k),
            "patients": int((counts == k).sum()),
            "top3": round(float((place[counts == k] < 3).mean()), 3),
        }
        for k in range(1, MOST_WORDS + 1)
        if (counts == k).sum() >= 10  # fewer say nothing
    ]
    enough = [entry["known_words"] for entry in curve if entry["top3"] >= WANTED_TOP3]
    unrelated = np.array([_known_share(model.read(text)) for text in UNRELATED])
    steps = np.arange(0.0, 1.0, SHARE_STEP)
    share = next((float(s) for s in steps if (unrelated < s).mean() >= WANTED_REFUSED), float(steps[-1]))
    held = np.array([_known_share(model.read(misspelled(statement_text(p), generator))) for p in patients])
    tops = model.probabilities([model.read(text) for text in altered_texts]).max(axis=1)
    return {
        "least_known_words": int(min(enough, default=MOST_WORDS)),
        "least_known_share": round(share, 2),
        "least_top_probability": round(float(np.quantile(tops, TOP_QUANTILE)), 3),
        "curve": curve,
        "misspelled_below_the_share": round(float((held < share).mean()), 4),
        "rule": (
            f"the fewest known words of content at which the first three hold the condition in at least {WANTED_TOP3:.0%} of the "
            f"patients; the least share of known words that {WANTED_REFUSED:.0%} of the unrelated texts do not reach; the "
            f"{TOP_QUANTILE:.0%} quantile of the highest probability in altered texts; all on fold 3"
        ),
    }


def _known_share(read: ReadText) -> float:
    return sum(word.known for word in read.content) / max(len(read.content), 1)


def refused(read: Sequence[ReadText], probabilities: np.ndarray, rule: dict[str, Any]) -> float:
    """Return the share of texts for which nothing can be told. probabilities: (texts, conditions)."""
    tops = probabilities.max(axis=1)
    least = float(rule["least_top_probability"])
    return float(np.mean([why_not(r, rule) is not None or top < least for r, top in zip(read, tops, strict=True)]))


def negation_figures(model: SymptomModel, hosts: Sequence[SyntheticPatient]) -> dict[str, Any]:
    """Return what denying a symptom does to the condition that stating it raises most, with and without handling.

    Every symptom of the phrases is added to the text of a held-out patient who lacks it, stated once and denied in five ways.
    """
    codes = list(phrases()["symptoms"])
    stated, denials, bare = [], [], []
    for i, code in enumerate(codes):
        host = next(p for p in (*hosts[i:], *hosts) if all(s.code != code for s in p.statements))
        text = statement_text(host)
        bare.append(text)
        stated.append(f"{text} {phrase(code)}.")
        denials += [f"{text} {form.format(phrase(code))}." for form in DENIAL_FORMS]
    before = model.probabilities([model.read(t) for t in bare])
    rise = model.probabilities([model.read(t) for t in stated]) - before
    target = rise.argmax(axis=1)
    rows = np.repeat(np.arange(len(codes)), len(DENIAL_FORMS))
    found: dict[str, Any] = {
        "symptoms": len(codes),
        "denials": len(denials),
        "mean_rise_stated": round(float(rise[np.arange(len(codes)), target].mean()), 4),
    }
    for name, handled in (("handled", True), ("not_handled", False)):
        after = model.probabilities([model.read(t, handle_negation=handled) for t in denials])
        change = after[np.arange(len(denials)), target[rows]] - before[rows, target[rows]]
        found[f"mean_rise_denied_{name}"] = round(float(change.mean()), 4)
        found[f"largest_rise_denied_{name}"] = round(float(change.max()), 4)
        found[f"raised_by_denial_{name}"] = round(float((change > 0.01).mean()), 4)
    return found
