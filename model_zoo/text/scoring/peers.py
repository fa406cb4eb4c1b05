"""Public assertion tools in place of ours, over the same extraction: medspaCy's ConText, negspacy, and our rules of before.

Not needed to read a note. medspaCy asks for spaCy below 3.8 on Python 3.11, which asks for NumPy below 2; it is
installed without its
dependencies (see ``NEEDED``). Both run their rules on a blank English pipeline; nothing is downloaded.

References: Eyre et al. 2021, AMIA Annu Symp Proc 438-447 (medspaCy); Chapman et al. 2001, J Biomed Inform 34:301-310 (NegEx).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any

from model_zoo.errors import DataNotFound
from model_zoo.text.extraction.assertion.context import LASTING, find_contexts
from model_zoo.text.extraction.assertion.statement import Asserted, Asserting, Assertions
from model_zoo.text.extraction.items import Context, ExtractedItem
from model_zoo.text.extraction.note import extract_note
from model_zoo.text.negation import denied, find_negations
from model_zoo.text.scoring.filled import measure_filled

NEEDED = (
    'pip install "spacy>=3.8,<3.9" negspacy nltk Cython && '
    "pip install --no-deps medspacy medspacy_quickumls medspacy_unqlite pysimstring PyRuSH PyFastNER quicksectx pysbd loguru "
    "unidecode six"
)


class Former:
    """Our rules before the assertion was one function: scopes of denial, and stretches about relatives, earlier times and plans."""

    def __init__(self, text: str, items: Sequence[ExtractedItem]) -> None:
        self._negations, self._contexts = find_negations(text), find_contexts(text)

    def of(self, item: ExtractedItem) -> Asserted:
        context = self._contexts.at(item.start, item.end)
        if context == "history" and (item.name in LASTING or item.kind in ("medication", "person")):
            context = "patient"
        is_denied = item.kind == "finding" and denied(self._negations, item.start, item.end)
        return Asserted(context, is_denied)


class _OfSpans:
    """Assertions that a spaCy pipeline gave to the spans of the items."""

    def __init__(self, found: Mapping[tuple[int, int], Asserted]) -> None:
        self._found = found

    def of(self, item: ExtractedItem) -> Asserted:
        return self._found.get((item.start, item.end), Asserted())


def context_of(text: str, items: Sequence[ExtractedItem]) -> _OfSpans:
    """Assert with medspaCy's ConText and its own rules."""

    def read(span: Any) -> Asserted:
        flags = span._
        kinds: tuple[tuple[bool, Context], ...] = (
            (flags.is_family, "family"), (flags.is_uncertain, "uncertain"), (flags.is_hypothetical, "plan"),
            (flags.is_historical, "history"),
        )  # fmt: skip
        return Asserted(next((kind for holds, kind in kinds if holds), "patient"), bool(flags.is_negated))

    return _OfSpans(_asserted(_context_pipeline(), text, items, read))


def negspacy_of(text: str, items: Sequence[ExtractedItem]) -> _OfSpans:
    """Assert with negspacy and its clinical terms; it knows denial only."""
    return _OfSpans(_asserted(_negspacy_pipeline(), text, items, lambda span: Asserted("patient", bool(span._.negex))))


PEERS: Mapping[str, Asserting] = {
    "ours": Assertions,
    "our rules before": Former,
    "medspaCy ConText": context_of,
    "negspacy": negspacy_of,
}


def measure_peers(which: str) -> dict[str, dict[str, Any]]:
    """Return the filled facts of one set of notes under each of PEERS. Raises DataNotFound where a peer is not installed."""
    try:
        found = {name: measure_filled(which, partial(extract_note, asserting=peer)) for name, peer in PEERS.items()}
    except ImportError as error:
        raise DataNotFound("medspaCy or negspacy is not installed.", NEEDED) from error
    return {name: {key: value for key, value in row.items() if key != "errors"} for name, row in found.items()}


def _asserted(
    pipeline: Any, text: str, items: Sequence[ExtractedItem], read: Callable[[Any], Asserted]
) -> dict[tuple[int, int], Asserted]:
    """Return the assertion of each span; spans that share words are asked one after the other, as a document holds no overlaps."""
    left = sorted({(item.start, item.end) for item in items})
    found: dict[tuple[int, int], Asserted] = {}
    while left:
        document = pipeline.make_doc(text)
        taken: list[Any] = []
        places: list[tuple[int, int]] = []
        later: list[tuple[int, int]] = []
        for place in left:
            span = document.char_span(*place, label="ITEM", alignment_mode="expand")
            if span is None:
                continue
            if any(span.start < other.end and other.start < span.end for other in taken):
                later.append(place)
                continue
            taken.append(span)
            places.append(place)
        document.ents = taken
        for _, component in pipeline.pipeline:
            document = component(document)
        found |= {place: read(span) for place, span in zip(places, document.ents, strict=True)}
        left = later
    return found


@cache
def _context_pipeline() -> Any:
    import medspacy.context  # noqa: F401  (registers the component)
    import spacy

    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer", config={"punct_chars": [".", "!", "?", ";", "\n"]})
    pipeline.add_pipe("medspacy_context")
    return pipeline


@cache
def _negspacy_pipeline() -> Any:
    import negspacy.negation  # noqa: F401  (registers the component)
    import spacy
    from negspacy.termsets import termset

    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer", config={"punct_chars": [".", "!", "?", ";", "\n"]})
    pipeline.add_pipe("negex", config={"neg_termset": termset("en_clinical").get_patterns()})
    return pipeline
