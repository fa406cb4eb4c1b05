"""From a text to what the encoder reads: denied stretches are left out, misspelled words read as the nearest known one."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from model_zoo.symptoms.encoders import LONGEST
from model_zoo.symptoms.vocabulary import Vocabulary
from model_zoo.text.negation import Negation, denied, find_negations
from model_zoo.text.words import Word, words_of

# Words that carry no complaint by themselves; they do not count as content.
FUNCTION_WORDS = frozenset({
    "a", "about", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be", "because", "been", "being", "boy",
    "by", "can", "day", "days", "did", "do", "does", "down", "every", "f", "feel", "feeling", "felt", "female", "for",
    "from", "get", "girl", "got", "had", "has", "have", "having", "he", "her", "here", "him", "his", "history", "how",
    "i", "if", "in", "into", "is", "it", "its", "just", "last", "like", "m", "male", "man", "me", "month", "months",
    "more", "most", "my", "n", "no", "not", "now", "of", "off", "old", "on", "one", "only", "or", "other", "our", "out",
    "over", "patient", "she", "since", "so", "some", "symptoms", "than", "that", "the", "their", "them", "then", "there",
    "these", "they", "this", "to", "today", "two", "up", "very", "was", "we", "week", "weeks", "were", "what", "when",
    "where", "which", "while", "who", "will", "with", "woman", "would", "y", "year", "years", "yes", "yesterday", "you",
    "your",
})  # fmt: skip


@dataclass(frozen=True)
class ReadWord:
    """A word that the encoder reads. read_as: the known word in its place where it was taken for a slip, else None.

    known: it, or what it was read as, stood in the training texts. content: no function word and no number.
    said_as: the evidence that its place in the note was mapped to, in the words that the encoder reads for it.
    """

    word: Word
    read_as: str | None
    known: bool
    content: bool
    said_as: str | None = None


@dataclass(frozen=True, eq=False)
class ReadText:
    """words: what the encoder reads, in order. pieces, word_of: indices into the vocabulary and into ``words``.

    negations: what was left out. truncated: words beyond the longest text that the encoder takes.
    """

    text: str
    words: tuple[ReadWord, ...]
    negations: tuple[Negation, ...]
    pieces: tuple[int, ...]
    word_of: tuple[int, ...]
    truncated: int

    @property
    def content(self) -> tuple[ReadWord, ...]:
        return tuple(word for word in self.words if word.content)


def read_text(text: str, vocabulary: Vocabulary, handle_negation: bool = True, correct: bool = True) -> ReadText:
    """Read one text.

    Parameters
    ----------
    text
        What was written.
    vocabulary
        Pieces and known words.
    handle_negation, correct
        Off only to measure what they do.
    """
    negations = find_negations(text) if handle_negation else ()
    words: list[ReadWord] = []
    pieces: list[int] = []
    word_of: list[int] = []
    truncated = 0
    for word in words_of(text):
        if denied(negations, word.start, word.end):
            continue
        nearest = vocabulary.nearest(word.key) if correct and word.is_letters else None
        ids = vocabulary.ids(nearest or word.key)
        if len(pieces) + len(ids) > LONGEST:
            truncated += 1
            continue
        known = nearest is not None or vocabulary.knows(word.key)
        content = word.is_letters and (nearest or word.key) not in FUNCTION_WORDS
        word_of += [len(words)] * len(ids)
        pieces += ids
        words.append(ReadWord(word, nearest, known, content))
    return ReadText(text, tuple(words), negations, tuple(pieces), tuple(word_of), truncated)


def batch(pieces: list[tuple[int, ...]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Return padded pieces and mask, (texts, places); an empty text is one unknown piece, so that it can be pooled."""
    held = [row or (1,) for row in pieces]
    width = max(len(row) for row in held)
    ids = torch.zeros(len(held), width, dtype=torch.long)
    for i, row in enumerate(held):
        ids[i, : len(row)] = torch.tensor(row)
    return ids, ids != 0
