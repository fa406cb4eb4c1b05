"""The figures of the text models and of the extraction from notes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from model_zoo.card import WEIGHTS_ROOT
from model_zoo.figures.series import against_words
from model_zoo.upkeep.known_models import SYMPTOMS, installed_cards
from model_zoo.words import SIGNED, bracketed, head, table_row

NOTES_FILE = WEIGHTS_ROOT / "notes-extraction.json"
# The set that was written before measuring and never read while the rules were made.
FROZEN = "frozen"
_TITLES = {"transformer": "Transformer", "lstm": "LSTM"}
_PLAIN, _SAME = "tfidf", "tfidf_altered"
# A saturated set tells nobody apart: less than this share is wrong.
SATURATED = 0.98


def text_tables() -> Iterator[str]:
    """Yield the tables; every number comes from a card, or from what ``evaluate notes --record`` wrote."""
    cards = list(installed_cards(SYMPTOMS))
    if cards:
        yield from _symptoms(cards)
    if NOTES_FILE.is_file():
        yield from _notes(json.loads(NOTES_FILE.read_text(encoding="utf-8")))


def _symptoms(cards: list[Mapping[str, Any]]) -> Iterator[str]:
    first = cards[0]["metrics"]
    names = [card["name"].removeprefix("symptoms-") for card in cards]
    names = [_TITLES.get(name, name) for name in names]
    yield f"**Conditions to consider, from complaints in words** ({first['patients']} synthetic patients of fold 4, 49 conditions)"
    yield ""
    heads = " | ".join(f"{name} | minus TF-IDF, same texts" for name in names)
    yield from head(f"right condition named first | TF-IDF, questions | TF-IDF, same texts | {heads}")
    for key, variant in first["variants"].items():
        cells = [bracketed(variant["baselines"][kind]["top1"]) for kind in (_PLAIN, _SAME)]
        for card in cards:
            found = card["metrics"]["variants"][key]
            cells += [bracketed(found["top1"]), bracketed(found["baselines"][_SAME]["top1_difference"], SIGNED)]
        yield table_row((f"{_short(key)}: {variant['texts']}", *cells))
    yield ""
    yield (
        "TF-IDF: with logistic regression, fitted to the questions of the data set, or to the same altered texts as the networks. "
        f"Always naming the most frequent condition is right in {first['most_frequent_condition']:.3f}."
    )
    saturated = [
        _short(key)
        for key, variant in first["variants"].items()
        if variant["baselines"][_SAME]["top1"]["value"] >= SATURATED
    ]
    if saturated:
        yield (
            f"TF-IDF already names {SATURATED:.2f} or more rightly on {', '.join(saturated)}. There the set is saturated: the "
            "generator gives each condition its own questions, and no figure says how well complaints are told apart."
        )
    for card, name in zip(cards, names, strict=True):
        by_words: dict[str, list[str]] = {}
        for key, variant in card["metrics"]["variants"].items():
            difference = variant["baselines"][_SAME]["top1_difference"]
            by_words.setdefault(against_words(difference), []).append(_short(key))
        parts = [f"{words} on {', '.join(kinds)}" for words, kinds in by_words.items()]
        yield f"The {name} against TF-IDF on the same texts: {'; '.join(parts)}."
    unseen = first["variants"].get("colloquial")
    if unseen is not None:
        figures = ", ".join(
            f"{name} {bracketed(card['metrics']['variants']['colloquial']['top1'])}"
            for card, name in zip(cards, names, strict=True)
        )
        yield (
            f"Wordings that training never saw are where the networks fail: {figures}, TF-IDF "
            f"{bracketed(unseen['baselines'][_SAME]['top1'])}."
        )
    yield from _mapped(cards, names)
    yield "Published: no figure on such texts; the paper of the data set (on the card) measures programs that ask the questions."
    yield ""


def _mapped(cards: list[Mapping[str, Any]], names: list[str]) -> Iterator[str]:
    """Yield what the page does about it: the note is mapped to the questions of the data set before it is read."""
    if not all("free_text" in card for card in cards):
        return
    yield ""
    heads = " | ".join(f"{name} | minus as it stands" for name in names)
    yield from head(
        f"read as the page reads a note: mapped to the questions first | {heads} | TF-IDF, same texts, mapped"
    )
    free = [card["free_text"] for card in cards]
    for key, title in (
        ("statements", "statements"),
        ("colloquial", "everyday wording, mapped without any wording like it"),
    ):
        cells = [
            part
            for found in free
            for part in (
                bracketed(found["wordings"][key]["mapped"]["top1"]),
                bracketed(found["wordings"][key]["mapped"]["top1_difference"], SIGNED),
            )
        ]
        yield f"| {title} | {' | '.join(cells)} | {bracketed(free[0]['wordings'][key]['baselines'][f'{_SAME}_mapped']['top1'])} |"
    notes = free[0]["notes"]
    cells = [part for found in free for part in (_top(found["notes"]["readings"]["mapped"]), "")]
    rival = _top(notes["readings"][f"{_SAME}_mapped"])
    yield f"| {notes['notes']} free notes written before the mapping | {' | '.join(cells)} | {rival} |"
    yield ""
    refused = ", ".join(
        f"{name} {found['notes']['refused']['mapped']}" for name, found in zip(names, free, strict=True)
    )
    rivals = (
        " Behind the same mapping TF-IDF is ahead of both networks on everyday wording."
        if all(map(_behind, free))
        else ""
    )
    other = free[0]["refused_unrelated"]
    yield (
        f"Of these notes no list is given for: {refused}; nor for {other['share']:.0%} of {other['texts']} texts about something "
        f"else.{rivals}"
    )


def _behind(found: Mapping[str, Any]) -> bool:
    wording = found["wordings"]["colloquial"]
    return bool(wording["baselines"][f"{_SAME}_mapped"]["top1"]["value"] > wording["mapped"]["top1"]["value"])


def _top(reading: Mapping[str, Any]) -> str:
    found = reading["top1"]
    return bracketed(found) if isinstance(found, Mapping) else f"{found:.3f}"


def _short(kind: str) -> str:
    return kind.replace("_", " ")


def _notes(recorded: Mapping[str, Any]) -> Iterator[str]:
    found = next(entry for entry in recorded["sets"] if entry["set"] == FROZEN)
    yield (
        f"**Extraction from notes** ({found['notes']} invented notes, written before measuring and not read while the rules were "
        "made)"
    )
    yield ""
    yield from head("what a note states | expected | precision | recall")
    for kind, row in (*found["kinds"].items(), ("all", found["all"])):
        yield f"| {kind} | {row['expected']} | {bracketed(row['precision'])} | {bracketed(row['recall'])} |"
    yield ""
    yield (
        "Exact binomial intervals. An item is right when value, unit, negation and whose it is are. Rules, not a network: there is "
        "no trained baseline, and no published figure on these notes."
    )
    yield ""
