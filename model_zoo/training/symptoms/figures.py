"""Figures of the symptom models on the fold that is reported, with TF-IDF and logistic regression on the same texts beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from model_zoo.training.symptoms.fit import TRAINING, altered
from model_zoo.training.symptoms.texts import (
    COLLOQUIAL_NOTE,
    SymptomSet,
    SyntheticPatient,
    colloquial_text,
    denied_statements,
    first_complaint,
    misspelled,
    question_text,
    statement_text,
    written,
)

RESAMPLES, SEED = 1000, 0
TEST_SEED = 41  # of the misspellings and denials of the held-out texts
DENIALS = 3
BINS = 10
COPIES = 4  # altered texts per training patient of the second baseline; more no longer changed the choosing fold
VARIANTS: Mapping[str, str] = {
    "questions": "the questions of the data set with their answers",
    "statements": "short clinical statements",
    "first_complaint": "age, sex and the first complaint alone",
    "misspelled": "statements, 15 % of the words of four letters or more with one slip",
    "colloquial": f"everyday wordings that training never saw{COLLOQUIAL_NOTE}",
    "denials": f"statements, and {DENIALS} denied symptoms that the patient does not have",
}
Scorer = Callable[[Sequence[str]], np.ndarray]


def held_out_texts(patients: Sequence[SyntheticPatient], evidences: Sequence[str]) -> dict[str, list[str]]:
    """Return the texts of every variant, in the order of the patients."""
    generator = np.random.default_rng(TEST_SEED)
    return {
        "questions": [question_text(p) for p in patients],
        "statements": [statement_text(p) for p in patients],
        "first_complaint": [first_complaint(p) for p in patients],
        "misspelled": [misspelled(statement_text(p), generator) for p in patients],
        "colloquial": [colloquial_text(p) for p in patients],
        "denials": [
            written(p, [0] * len(p.statements), extra=denied_statements(p, evidences, generator, DENIALS))
            for p in patients
        ],
    }


def baselines(found: SymptomSet, varied: float = 0.0) -> dict[str, Scorer]:
    """Fit TF-IDF with logistic regression: on the questions of the training folds, and on the altered texts of the encoders.

    varied: where it is more than 0, a third one is fitted on altered texts of which that share is in varied wordings.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    patients, names = found.of(*TRAINING), list(found.conditions)
    generator = np.random.default_rng(SEED)
    plain = [question_text(p) for p in patients]
    many = [altered(p, generator, list(found.evidences)) for _ in range(COPIES) for p in patients]

    def fitted(texts: Sequence[str], people: Sequence[SyntheticPatient]) -> Scorer:
        model = make_pipeline(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2), LogisticRegression(C=20, max_iter=60)
        )
        model.fit(texts, [p.condition for p in people])
        columns = [names.index(str(label)) for label in model.classes_]

        def score(held: Sequence[str]) -> np.ndarray:
            found_p = np.full((len(held), len(names)), 1e-6)
            found_p[:, columns] = model.predict_proba(held)
            return found_p / found_p.sum(axis=1, keepdims=True)

        return score

    found_scorers = {"tfidf": fitted(plain, patients), "tfidf_altered": fitted(many, patients * COPIES)}
    if varied:
        many = [altered(p, generator, list(found.evidences), varied=varied) for _ in range(COPIES) for p in patients]
        found_scorers["tfidf_varied"] = fitted(many, patients * COPIES)
    return found_scorers


def figures(probabilities: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    """Return top-1, top-3, top-5, macro F1 and Brier with 95 % intervals over patients, and the calibration error.

    probabilities: (patients, conditions). labels: (patients,). Macro F1 is over the conditions that occur among the labels.
    Brier is the sum of squares over the conditions, 0 to 2; the calibration error is of the highest probability, over ten
    bins of equally many patients.
    """
    place = (probabilities > probabilities[np.arange(len(labels)), labels][:, None]).sum(axis=1)
    squares = ((probabilities - np.eye(probabilities.shape[1])[labels]) ** 2).sum(axis=1)
    guessed = probabilities.argmax(axis=1)
    draws = np.random.default_rng(SEED).integers(0, len(labels), size=(RESAMPLES, len(labels)))
    found: dict[str, Any] = {f"top{k}": _interval((place < k).astype(float), draws) for k in (1, 3, 5)}
    found["macro_f1"] = {
        "value": _macro_f1(labels, guessed),
        **_ends(np.array([_macro_f1(labels[rows], guessed[rows]) for rows in draws])),
    }
    found["brier"] = _interval(squares, draws)
    found["calibration_error"] = _calibration_error(probabilities.max(axis=1), place == 0)
    return found


def compared(ours: np.ndarray, other: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    """Return the top-1 difference, ours minus the other on the same resamples, and who is ahead."""
    rows = np.arange(len(labels))
    right = [((p > p[rows, labels][:, None]).sum(axis=1) == 0).astype(float) for p in (ours, other)]
    draws = np.random.default_rng(SEED).integers(0, len(labels), size=(RESAMPLES, len(labels)))
    found = _interval(right[0] - right[1], draws)
    verdict = "better" if found["low"] > 0 else "worse" if found["high"] < 0 else "no difference shown"
    return found | {"verdict": verdict}


def _interval(values: np.ndarray, draws: np.ndarray) -> dict[str, float]:
    return {"value": float(values.mean()), **_ends(values[draws].mean(axis=1))}


def _ends(values: np.ndarray) -> dict[str, float]:
    low, high = np.quantile(values, [0.025, 0.975])
    return {"low": float(low), "high": float(high)}


def _macro_f1(labels: np.ndarray, guessed: np.ndarray) -> float:
    there = np.unique(labels)
    size = int(max(labels.max(), guessed.max())) + 1
    hits = np.bincount(labels[labels == guessed], minlength=size)
    total = np.bincount(labels, minlength=size) + np.bincount(guessed, minlength=size)
    return float((2 * hits[there] / total[there]).mean())


def _calibration_error(confidence: np.ndarray, right: np.ndarray) -> float:
    order = np.argsort(confidence, kind="stable")
    parts = np.array_split(order, BINS)
    return float(sum(abs(confidence[p].mean() - right[p].mean()) * len(p) for p in parts if len(p)) / len(order))
