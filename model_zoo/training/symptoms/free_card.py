"""The section on free text of a symptom model's page; every number comes from the card."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from model_zoo.words import SIGNED, head, spanned

_READINGS = {
    "raw": "this model, the text as it stands",
    "mapped": "this model, mapped to evidences first",
    "mapped_as_on_the_page": "the same with all wordings, as the page reads",
    "tfidf": "TF-IDF + logistic regression, on the questions",
    "tfidf_altered": "TF-IDF, on the altered texts",
    "tfidf_varied": "TF-IDF, on altered texts in many wordings",
    "tfidf_mapped": "TF-IDF on the questions, after the mapping",
    "tfidf_altered_mapped": "TF-IDF on the altered texts, after the mapping",
    "tfidf_varied_mapped": "TF-IDF on many wordings, after the mapping",
}
_VARIANTS = {
    "statements": "short clinical statements",
    "colloquial": "everyday wordings that training never saw",
    "colloquial_not_in_sight": "the same without seven that the authors of the mapping had in sight",
}


def free_text_section(card: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the section; none where the card has no such figures."""
    if not (free := card.get("free_text")):
        return
    notes, evidences, chosen = free["notes"], free["evidences"], free["chosen"]
    yield "## Free text"
    yield ""
    yield (
        "A note is mapped to evidences of the data set (phrases.toml, wordings.toml), and the model reads them in the words that "
        "it learned from, beside the words that were not mapped. Wordings are split: the measured ones (third column of "
        "phrases.toml) are used nowhere else, and the mapping is measured without every wording that stands word for word in the "
        "measured one of its evidence; the last wording of a row of wordings.toml is for development alone. Way of reading chosen "
        f"on those, fold 3, top-1: as it stands {chosen['raw']:.3f}, evidences alone {chosen['evidences_alone']:.3f}, evidences "
        f"and the rest {chosen['evidences_and_the_rest']:.3f}."
    )
    yield ""
    yield from head("texts | read by | top-1 | top-3 | top-5 | Brier | ECE")
    for variant, entry in free["wordings"].items():
        rows = {key: entry[key] for key in ("raw", "mapped", "mapped_as_on_the_page")} | entry["baselines"]
        for kind, found in rows.items():
            cells = " | ".join(spanned(found[key]) for key in ("top1", "top3", "top5", "brier"))
            yield f"| {_VARIANTS[variant]} | {_READINGS[kind]} | {cells} | {found['calibration_error']:.3f} |"
    for kind, found in notes["readings"].items():
        cells = " | ".join(spanned(found[key]) for key in ("top1", "top3", "top5"))
        yield f"| {notes['notes']} free notes | {_READINGS[kind]} | {cells} | | |"
    yield ""
    yield (
        f"The free notes ({notes['set']}, sha256 `{notes['sha256'][:16]}`) were written by the makers of this project, each with a "
        "condition in mind, before the mapping was begun; intervals are exact binomial ones. They are no patients, and their "
        f"authors also wrote the mapping. Of them {notes['refused']['mapped']} are refused as too little to rank by (as they stand "
        f"{notes['refused']['raw']}); the median note gives {notes['median_evidences']:.0f} evidences and leaves "
        f"{notes['median_unmapped_words']:.0f} words of content without one."
    )
    yield ""
    apart, page = evidences["held_apart"], evidences["as_on_the_page"]
    yield (
        f"The mapping finds {apart['recall']:.1%} of {apart['evidences']} evidences in unseen wordings, {apart['precision']:.1%} "
        f"of what it finds is right (with all wordings {page['recall']:.1%} and {page['precision']:.1%}). Of "
        f"{free['refused_unrelated']['texts']} unrelated texts {free['refused_unrelated']['share']:.0%} are refused."
    )
    yield ""
    lost = [
        f"{_VARIANTS[variant]} against {_READINGS[kind]} ({spanned(found['top1_difference'], SIGNED)})"
        for variant, entry in free["wordings"].items()
        for kind, found in entry["baselines"].items()
        if found["top1_difference"]["verdict"] == "worse"
    ]
    yield f"**Where the mapped reading loses.** {'; '.join(lost) if lost else 'Nowhere, of the wordings measured'}."
    yield ""
