"""Words and sub-words learned from the training texts, down to single letters: no text is without a reading.

The pieces come from byte-pair merges (over letters) of the training words; a word is cut by the longest piece that fits,
left to right. An unknown word of five letters or more that is one slip away from exactly one nearest known word (a letter
dropped, added, changed, or two swapped) is read as that word, and the result says so.

References: Sennrich et al. 2016, arXiv:1508.07909 (merges); Damerau 1964, Commun. ACM 7:171-176 (the four slips).
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from model_zoo.disk import read_json_file
from model_zoo.errors import CardInvalid
from model_zoo.stored import Count, rebuild

PAD, UNKNOWN = "[PAD]", "[UNK]"
START = "_"  # in front of a piece that begins a word
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,;:!?()/'%-+"
SHORTEST_CORRECTED = 5  # letters; shorter words have too many neighbours ("pain", "pair", "gain")


@dataclass(frozen=True)
class _Stored:
    pieces: tuple[str, ...]
    words: Mapping[str, Count]


class Vocabulary:
    """pieces: place is index, the first two PAD and UNKNOWN. counts: the known whole words with how often training saw them."""

    def __init__(self, pieces: Iterable[str], counts: Mapping[str, int]) -> None:
        self.pieces = tuple(pieces)
        self.counts = dict(counts)
        self._index = {piece: i for i, piece in enumerate(self.pieces)}
        self._longest = max((len(piece) for piece in self.pieces[2:]), default=1)

    def __len__(self) -> int:
        return len(self.pieces)

    def ids(self, word: str) -> list[int]:
        """Return the pieces of one word (its ``key``) as indices; a sign that is no piece is UNKNOWN."""
        rest, found = START + word, []
        while rest:
            for length in range(min(self._longest, len(rest)), 0, -1):
                if (place := self._index.get(rest[:length])) is not None and rest[:length] != START:
                    found.append(place)
                    rest = rest[length:]
                    break
            else:
                length = 2 if rest.startswith(START) and len(rest) > 1 else 1
                found.append(self._index[UNKNOWN])
                rest = rest[length:]
        return found

    def knows(self, word: str) -> bool:
        return word in self.counts

    def nearest(self, word: str) -> str | None:
        """Return the known word one slip away, the most frequent of several; None where there is none or the word is short."""
        if len(word) < SHORTEST_CORRECTED or word in self.counts or not word.isalpha():
            return None
        near = {known for form in {word, *_without_one(word)} for known in self._deletions.get(form, ())}
        near = {known for known in near if one_slip(word, known)}
        return max(near, key=lambda known: (self.counts[known], known)) if near else None

    @cached_property
    def _deletions(self) -> dict[str, list[str]]:
        table: defaultdict[str, list[str]] = defaultdict(list)
        for word in self.counts:
            if len(word) >= SHORTEST_CORRECTED - 1 and word.isalpha():
                for form in {word, *_without_one(word)}:
                    table[form].append(word)
        return dict(table)

    def write(self, path: Path) -> None:
        content = {"pieces": list(self.pieces[2:]), "words": dict(sorted(self.counts.items()))}
        path.write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Vocabulary:
        """Return the vocabulary of a file. Raises CardInvalid."""
        try:
            stored = rebuild(_Stored, read_json_file(path))
        except (OSError, ValueError) as error:
            raise CardInvalid("The vocabulary of the model cannot be read.", "Restore it or train again.") from error
        return cls((PAD, UNKNOWN, *stored.pieces), stored.words)


def learn_vocabulary(counts: Mapping[str, int], merges: int, least: int = 2) -> Vocabulary:
    """Learn pieces by ``merges`` byte-pair merges of words with at least ``least`` occurrences.

    Parameters
    ----------
    counts
        How often each word occurs.
    merges
        How many are made.
    least
        Rarer words are not looked at.
    """
    words = {word: [START + word[0], *word[1:]] for word, n in counts.items() if n >= least and word}
    pieces = [START + letter for letter in LETTERS] + list(LETTERS)
    for _ in range(merges):
        pairs: Counter[tuple[str, str]] = Counter()
        for word, parts in words.items():
            for pair in pairwise(parts):
                pairs[pair] += counts[word]
        if not pairs:
            break
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        pieces.append("".join(best))
        for word, parts in words.items():
            words[word] = _merged(parts, best)
    known = {word: n for word, n in counts.items() if n >= least and word.isalpha()}
    return Vocabulary((PAD, UNKNOWN, *dict.fromkeys(pieces)), known)


def one_slip(word: str, other: str) -> bool:
    """Whether one dropped, added, changed or swapped pair of letters turns one word into the other."""
    if abs(len(word) - len(other)) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other)))
    if len(word) == len(other):
        swapped = word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]
        return word[at + 1 :] == other[at + 1 :] or swapped == other[at:]
    longer, shorter = (word, other) if len(word) > len(other) else (other, word)
    return longer[at + 1 :] == shorter[at:]


def _merged(parts: list[str], pair: tuple[str, str]) -> list[str]:
    found: list[str] = []
    for part in parts:
        if found and (found[-1], part) == pair:
            found[-1] += part
        else:
            found.append(part)
    return found


def _without_one(word: str) -> Iterable[str]:
    return (word[:i] + word[i + 1 :] for i in range(len(word)))
