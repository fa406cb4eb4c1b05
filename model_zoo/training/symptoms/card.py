"""Card and page of a symptom model; every number on the page comes from the card."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from model_zoo.symptoms.differential import CAUTION, RED_FLAG_PROBABILITY, WORST_SEVERITIES
from model_zoo.training.code_version import code_version
from model_zoo.training.page_head import intended_use, page_head
from model_zoo.training.symptoms.fit import SymptomRecipe
from model_zoo.training.symptoms.free_card import free_text_section
from model_zoo.training.symptoms.texts import FOLD_SEED, SymptomSet
from model_zoo.words import SIGNED, head, spanned

VERSION = "1.0"
TITLES = {
    "symptoms-transformer": "Conditions to consider, from complaints in words (Transformer encoder)",
    "symptoms-lstm": "Conditions to consider, from complaints in words (bidirectional LSTM)",
}
_MEASURES = (("top1", "top-1"), ("top3", "top-3"), ("top5", "top-5"), ("macro_f1", "macro F1"), ("brier", "Brier"))
_KINDS = {"tfidf": "TF-IDF + logistic regression, on the questions", "tfidf_altered": "the same, on the altered texts"}


def new_card(
    name: str,
    recipe: SymptomRecipe,
    found: SymptomSet,
    temperature: float,
    history: list[dict[str, float]],
    sha256: str,
) -> dict[str, Any]:
    """Return the card with an open "cannot tell" rule and without metrics."""
    return {
        "name": name,
        "title": TITLES[name],
        "task": "symptoms",
        "version": VERSION,
        "population": "2,611 synthetic patients of the DDXPlus test set (English), 49 conditions, made by a rule-based generator.",
        "intended_use": "Reading aid: shows which of 49 conditions a described complaint fits in the generator's rules, "
        "and by which words.",
        "not_for": "patients; triage; deciding for or against any examination; conditions outside the 49",
        "warnings": [
            CAUTION,
            "On this set TF-IDF with logistic regression is right in nearly all cases: the generator gives each condition its own "
            "questions, and the figures say how well its rules were learned, not how well complaints are told apart.",
        ],
        "encoder": {"kind": recipe.kind, "options": {}},
        "conditions": [{"name": condition, **entry} for condition, entry in found.conditions.items()],
        "temperature": temperature,
        "calibration": "one temperature, by least log loss on the altered texts of fold 3"
        + (", half of them in wordings that training does not know" if recipe.varied else ""),
        "red_flags": {
            "severities": list(WORST_SEVERITIES),
            "least_probability": RED_FLAG_PROBABILITY,
            "source": "severity of release_conditions.json of DDXPlus, 1 the worst of 5",
        },
        "cannot_tell": {"least_known_words": 1, "least_known_share": 0.0, "least_top_probability": 0.0},
        "metrics": {},
        "data": {
            "source": "DDXPlus (English), mini version of the test set",
            "citation": "Fansi Tchango et al. 2022, NeurIPS Datasets and Benchmarks, arXiv:2205.09148",
            "licence": "CC BY",
            "wordings": "model_zoo/symptoms/phrases.toml"
            + (" and wordings.toml" if recipe.varied else "")
            + ", written for this project",
        },
        "split_rule": (
            f"five folds: within each condition the patients are shuffled (seed {FOLD_SEED}) and dealt out in turn; folds 0 to 2 "
            "train, fold 3 chooses epoch, temperature and rules, fold 4 is reported"
        ),
        "training": {**asdict(recipe), "history": history, "code": code_version(), "stored_as": "float16"},
        "weights_sha256": sha256,
    }


def card_page(card: Mapping[str, Any]) -> str:
    """Return the page."""
    return "\n".join(
        [
            *page_head(card),
            *intended_use(card),
            *_table(card["metrics"]),
            *_verdicts(card["metrics"]),
            *_losses(card["metrics"]),
            *free_text_section(card),
            *_rules(card),
            *_data(card),
        ]
    )


def _table(metrics: Mapping[str, Any]) -> Iterator[str]:
    yield "## Figures"
    yield ""
    yield (
        f"{metrics['patients']} synthetic patients of fold {metrics['fold']}, reported once; 95 % intervals from 1000 patient "
        f"resamples. Naming the most frequent condition always is right in {metrics['most_frequent_condition']:.3f}. Brier is the "
        "sum of squares over the conditions (0 to 2); ECE is of the highest probability."
    )
    yield ""
    yield from head(" | ".join(("texts", "model", *(title for _, title in _MEASURES), "ECE", "refused")))
    for entry in metrics["variants"].values():
        for words, found in (("this model", entry), *((_KINDS[kind], b) for kind, b in entry["baselines"].items())):
            cells = " | ".join(spanned(found[key]) for key, _ in _MEASURES)
            refused = f"{entry['refused']:.1%}" if found is entry else ""
            yield f"| {entry['texts']} | {words} | {cells} | {found['calibration_error']:.3f} | {refused} |"
    yield ""


def _verdicts(metrics: Mapping[str, Any]) -> Iterator[str]:
    yield "Top-1, this model minus the baseline:"
    yield ""
    for entry in metrics["variants"].values():
        for kind, found in entry["baselines"].items():
            difference = found["top1_difference"]
            yield f"- {entry['texts']}, against {_KINDS[kind]}: {spanned(difference, SIGNED)}, {difference['verdict']}"
    yield ""


def _losses(metrics: Mapping[str, Any]) -> Iterator[str]:
    lost = [
        f"{entry['texts']} (top-1 {entry['top1']['value']:.3f} against {found['top1']['value']:.3f} of {_KINDS[kind]})"
        for entry in metrics["variants"].values()
        for kind, found in entry["baselines"].items()
        if found["top1_difference"]["verdict"] == "worse"
    ]
    yield f"**Where it loses.** {'; '.join(lost)}." if lost else "**Where it loses.** Nowhere, of the texts measured."
    yield ""


def _rules(card: Mapping[str, Any]) -> Iterator[str]:
    metrics, rule, flags = card["metrics"], card["cannot_tell"], card["red_flags"]
    negation, attribution = metrics["negation"], metrics["attribution"]
    yield "## Rules"
    yield ""
    yield (
        f"**Red flags**: severity {' or '.join(map(str, flags['severities']))} ({flags['source']}) with a probability of at least "
        f"{flags['least_probability']:.0%}."
    )
    yield ""
    yield (
        f"**Cannot tell**: fewer than {rule['least_known_words']} known words of content, less than "
        f"{rule['least_known_share']:.0%} "
        f"of them known, or no condition at {rule['least_top_probability']:.1%}. Chosen as: {rule['rule']}. Of "
        f"{metrics['refused_unrelated']['texts']} unrelated texts {metrics['refused_unrelated']['share']:.0%} are refused."
    )
    yield ""
    yield (
        f"**Negation**: what a text denies is left out before the encoder. {negation['denials']} denials of {negation['symptoms']} "
        f"symptoms: stating one raises its condition by {negation['mean_rise_stated']:.3f} on average; denying it raises "
        f"it by more "
        f"than 0.01 in {negation['raised_by_denial_handled']:.1%} (largest rise {negation['largest_rise_denied_handled']:.3f}), "
        f"without the handling in {negation['raised_by_denial_not_handled']:.1%}. Top-1 with three denials: "
        f"{metrics['variants']['denials']['top1']['value']:.3f}, without the handling "
        f"{metrics['denials_without_handling_top1']:.3f}. "
        "That a symptom is absent counts for nothing: the network never learns from it."
    )
    yield ""
    yield (
        f"**Misspelling**: top-1 {metrics['variants']['misspelled']['top1']['value']:.3f}, without the correction "
        f"{metrics['misspelled_without_correction_top1']:.3f}."
    )
    yield ""
    yield (
        f"**Attribution**: layer integrated gradients on the embedding; of {attribution['texts']} held-out texts "
        f"{attribution['converged']} converged to 1 %, largest delta {attribution['largest_delta_share']:.2%} of the difference."
    )
    yield ""


def _data(card: Mapping[str, Any]) -> Iterator[str]:
    data, training = card["data"], card["training"]
    yield "## Data and training"
    yield ""
    yield f"{data['source']}. {data['licence']}. {data['citation']}. Wordings: {data['wordings']}."
    yield ""
    yield f"**Split.** {card['split_rule']}."
    yield ""
    best = min(training["history"], key=lambda entry: entry["log_loss"])
    yield (
        f"{training['epochs']} epochs, each patient in a new text per epoch (wording, order, statements left out, denials, "
        f"misspellings), seed {training['seed']}; best epoch by log loss on fold 3: {best['log_loss']:.3f}. Temperature "
        f"{card['temperature']:.3f}. Stored as {training['stored_as']}; {training['code']}."
    )
    yield ""
