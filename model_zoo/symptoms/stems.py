"""Words as the mapping compares them: British and American spelling alike, endings off, slips read as the nearest known word."""

from __future__ import annotations

import re
from dataclasses import dataclass

from model_zoo.symptoms.reading import FUNCTION_WORDS
from model_zoo.symptoms.vocabulary import PAD, UNKNOWN, Vocabulary
from model_zoo.text.words import Word, words_of

# Words that tell no two wordings apart. "no", "out", "up" and the like stay: "passed out" is not "passed".
STOP = frozenset({
    "a", "an", "the", "my", "his", "her", "their", "our", "your", "its", "i", "he", "she", "it", "they", "me", "him",
    "them", "we", "you", "is", "are", "am", "was", "were", "be", "been", "being", "has", "have", "had", "having", "do",
    "does", "did", "and", "or", "of", "in", "on", "at", "to", "for", "with", "by", "from", "as", "this", "that", "these",
    "those", "some", "very", "got", "get", "gets", "getting", "feel", "feels", "feeling", "felt", "so", "quite", "really",
    "when", "whenever", "which", "who", "also", "patient", "pt", "since", "today", "yesterday", "both", "there",
})  # fmt: skip
_IRREGULAR = {
    "swollen": "swell", "ate": "eat", "eaten": "eat", "lost": "lose", "loss": "lose", "woken": "wake", "woke": "wake",
    "threw": "throw", "thrown": "throw", "ran": "run", "bled": "bleed", "drank": "drink", "lay": "lie", "lying": "lie",
    "lies": "lie", "sat": "sit", "sits": "sit", "thought": "think", "died": "die", "dying": "die", "fell": "fall", "feet": "foot",
    "teeth": "tooth", "went": "go", "goes": "go", "going": "go", "gone": "go", "came": "come", "spat": "spit", "hx": "history",
    "shook": "shake", "brought": "bring", "bringing": "bring", "sweaty": "sweat", "breathless": "breath",
    "breathlessness": "breath",
    "breathe": "breath", "breathing": "breath", "inspiration": "inhale", "inhaling": "inhale", "poo": "stool", "faeces": "stool",
    "bowel": "stool", "motion": "stool", "tummy": "belly", "abdomen": "belly", "abdominal": "belly", "phlegm": "sputum",
    "mucus": "sputum", "snot": "sputum", "kilos": "weight", "kg": "weight", "lbs": "weight", "pounds": "weight",
    "worsens": "worse", "worsened": "worse", "worsening": "worse", "eases": "ease", "eased": "ease", "improves": "ease",
    "relieved": "ease", "better": "ease", "unable": "cannot", "can't": "cannot", "cant": "cannot", "couldn't": "cannot",
    "exertion": "effort", "exercise": "effort", "exertional": "effort", "ladder": "stair", "tobacco": "smoke",
    "tired": "tire", "tiredness": "tire", "itchy": "itch", "achy": "ache", "wheezy": "wheeze", "noisy": "noise", "runny": "run",
    "glands": "node", "gland": "node", "specs": "spot", "throwing": "throw", "allergic": "allergy", "anxious": "anxiety",
}  # fmt: skip
_SPELLING = (("oea", "ea"), ("aem", "em"), ("oe", "e"), ("ae", "e"), ("our", "or"))
_ENDINGS = ("ings", "ing", "edly", "ness", "ies", "ed", "es", "ly", "s", "e", "y")
_SHORTEST_STEM = 3


@dataclass(frozen=True)
class StemmedWord:
    """read_as: the known word in whose place it was read, where it was taken for a slip."""

    word: Word
    stem: str
    read_as: str | None = None


def stem(key: str) -> str:
    """Return what is compared of one word in lower case."""
    key = key.removesuffix("'s")
    if key in _IRREGULAR:
        key = _IRREGULAR[key]
    for british, american in _SPELLING:
        key = key.replace(british, american)
    for ending in _ENDINGS:
        if key.endswith(ending) and len(key) - len(ending) >= _SHORTEST_STEM and not key.endswith("ss"):
            key = key.removesuffix(ending)
            break
    # "running" and "run", "vomitted" and "vomit"
    return key[:-1] if re.search(r"([bdgmnprt])\1$", key) else key


def stems_of(text: str, known: Vocabulary | None = None, shift: int = 0) -> list[StemmedWord]:
    """Return the words of a text that tell wordings apart. known: for slips. shift: added to the places."""
    found = []
    for word in words_of(text):
        if not word.is_letters or word.key in STOP:
            continue
        nearest = known.nearest(word.key) if known is not None and word.key not in FUNCTION_WORDS else None
        if nearest is not None and nearest[0] != word.key[0]:
            nearest = None  # people rarely miss the first letter: "never" is no slip of "fever"
        for part in (nearest or word.key).split("-"):
            if part and part not in STOP:
                placed = Word(word.text, word.start + shift, word.end + shift)
                found.append(StemmedWord(placed, stem(part), nearest))
    return found


def word_list(words: dict[str, int]) -> Vocabulary:
    """Return a vocabulary that only corrects slips."""
    return Vocabulary((PAD, UNKNOWN), words)
