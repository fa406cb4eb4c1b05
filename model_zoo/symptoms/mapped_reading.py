"""A note as the encoder reads it after the mapping: evidences in the words it learned from, each at its place in the note.

The person stands first, then what was found, in the order of the note. Every word of an evidence keeps the place of the words
that it was read from, so that an attribution lands on the note. What was not mapped is read as it stands, or left out, and in
both cases it is in the result.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from model_zoo.symptoms.encoders import LONGEST
from model_zoo.symptoms.history import template
from model_zoo.symptoms.mapping import FoundEvidence, find_evidences
from model_zoo.symptoms.reading import ReadText, ReadWord, read_text
from model_zoo.symptoms.vocabulary import Vocabulary
from model_zoo.text.extraction.assertion.context import find_contexts
from model_zoo.text.extraction.items import ExtractedItem
from model_zoo.text.words import Word, words_of

# Whether the words that no evidence was found for are read too; chosen on the development wordings of fold 3.
KEEP_UNMAPPED = True


@dataclass(frozen=True)
class MappedNote:
    """unmapped: words of content, not denied, that no evidence was found for and that say nothing of the person."""

    evidences: tuple[FoundEvidence, ...]
    unmapped: tuple[Word, ...]


@dataclass(frozen=True)
class _Chunk:
    """words: what is read. start, end: of the note. word: set for a word that is read as it stands."""

    words: str
    start: int
    end: int
    word: ReadWord | None = None


def read_mapped(
    text: str,
    vocabulary: Vocabulary,
    person: Sequence[ExtractedItem] = (),
    keep_unmapped: bool = KEEP_UNMAPPED,
    held_apart: bool = False,
) -> tuple[ReadText, MappedNote]:
    """Read a text by its evidences.

    Parameters
    ----------
    text
        What was written.
    vocabulary
        Pieces and known words.
    person
        Items of age and sex.
    keep_unmapped
        Whether words that map to nothing stay in.
    held_apart
        As of ``find_evidences``.
    """
    plain = read_text(text, vocabulary)
    evidences = find_evidences(text, held_apart)
    covered = {at for e in evidences for at in range(e.start, e.end)}
    covered |= {at for item in person for at in range(item.start, item.end)}
    contexts = find_contexts(text)
    rest = [
        word
        for word in plain.words
        if word.word.start not in covered and contexts.at(word.word.start, word.word.end) not in ("family", "plan")
    ]
    unmapped = tuple(word.word for word in rest if word.content)
    if not evidences:
        return plain, MappedNote((), unmapped)
    chunks = _statements(evidences)
    if keep_unmapped:
        chunks += [(_Chunk("", word.word.start, word.word.end, word),) for word in rest if word.known and word.content]
    ordered = sorted(chunks, key=lambda statement: statement[0].start)
    words: list[ReadWord] = []
    pieces: list[int] = []
    word_of: list[int] = []
    truncated = 0
    for word, ids in _read([*_head(person), *(part for statement in ordered for part in statement)], vocabulary):
        if len(pieces) + len(ids) > LONGEST:
            truncated += 1
            continue
        word_of += [len(words)] * len(ids)
        pieces += ids
        words.append(word)
    return (
        replace(plain, words=tuple(words), pieces=tuple(pieces), word_of=tuple(word_of), truncated=truncated),
        MappedNote(evidences, unmapped),
    )


def _statements(evidences: Sequence[FoundEvidence]) -> list[tuple[_Chunk, ...]]:
    """Return one statement per code; its values are joined as in the training texts, and each keeps its place in the note."""
    by_code: dict[str, list[FoundEvidence]] = {}
    for evidence in evidences:
        by_code.setdefault(evidence.code, []).append(evidence)
    found: list[tuple[_Chunk, ...]] = []
    for code, group in by_code.items():
        if not group[0].values:
            found.append((_Chunk(f"{group[0].said_as}.", group[0].start, group[0].end),))
            continue
        before, _, behind = template(code).partition("{}")
        last = len(group) - 1
        found.append(
            tuple(
                _Chunk(
                    f"{'and ' if i else before}{' and '.join(e.values)}{f'{behind}.' if i == last else ''}",
                    e.start,
                    e.end,
                )
                for i, e in enumerate(group)
            )
        )
    return found


def _head(person: Sequence[ExtractedItem]) -> Iterator[_Chunk]:
    """Yield the age and the sex of the patient in the words of the training texts."""
    ages = [item for item in person if item.name == "age_years" and item.usable]
    sexes = [item for item in person if item.name == "sex" and item.usable]
    if ages and isinstance(ages[0].value, float):
        yield _Chunk(f"{ages[0].value:.0f} year old", ages[0].start, ages[0].end)
    if sexes:
        yield _Chunk({"F": "female.", "M": "male."}.get(str(sexes[0].value), ""), sexes[0].start, sexes[0].end)


def _read(chunks: Sequence[_Chunk], vocabulary: Vocabulary) -> Iterator[tuple[ReadWord, list[int]]]:
    for chunk in chunks:
        if chunk.word is not None:
            yield chunk.word, vocabulary.ids(chunk.word.read_as or chunk.word.word.key)
            continue
        for word in words_of(chunk.words):
            placed = Word(word.text, chunk.start, chunk.end)
            said = chunk.words.removesuffix(".").removeprefix("and ")
            yield (
                ReadWord(placed, None, vocabulary.knows(word.key), word.is_letters, said),
                vocabulary.ids(word.key),
            )
