"""Which protocol does this scan belong to? First the file's own tags are asked, then the gates of all scan models.

The page proposes and says by what; the reader decides. A file that states its modality is taken at its word, but when
its own gate refuses the picture and another model's accepts it, that is said. A file without tags goes to the model
whose gate accepts it with the widest margin; where no gate accepts it nothing is proposed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from model_zoo.errors import ZooError
from model_zoo.protocols.protocol import ordered_protocols
from model_zoo.scans.scan import Scan

if TYPE_CHECKING:
    from model_zoo.engine.inference import InferenceEngine

BY_TAGS, BY_GATE, BY_NOTHING = "tags", "gate", "nothing"


@dataclass(frozen=True)
class Proposal:
    """protocol: name, or ``None`` where none is proposed. source: "tags", "gate" or "nothing". sentence: why, to read.

    margin: by protocol, by how much its gate's threshold exceeds the distance of the picture (in the gate's logarithmic
    units; negative where it refuses), as far as it was asked.
    """

    protocol: str | None
    source: str
    sentence: str
    margin: Mapping[str, float] = field(default_factory=dict)


def propose_protocol(
    scan: Scan, engine_of: Callable[[str], InferenceEngine], frame: int = 0, installed: Collection[str] | None = None
) -> Proposal:
    """Return the protocol that a scan belongs to.

    Parameters
    ----------
    scan
        The decoded scan.
    engine_of
        Gives the engine of an installed scan model by name; models are asked only where the tags leave it open.
    frame
        Of a scan of several.
    installed
        Names of scan models; a protocol whose first one is missing is left out. All, by default.
    """
    protocols = [p for p in ordered_protocols() if installed is None or p.image_models[0] in installed]
    meta = scan.metadata
    named = [p for p in protocols if p.matches(meta.modality, meta.body_part)]
    if len(named) == 1:
        stated = named[0]
        words = f"The file says {_tags(scan)}: {stated.title}."
        if meta.body_part is None:
            words = f"The file says {_tags(scan)} and no body part; of that kind {stated.title} is read here: check that it is one."
        margin = {stated.name: _margin(engine_of, stated.image_models[0], scan, frame)}
        if margin[stated.name] >= 0:
            return Proposal(stated.name, BY_TAGS, words, margin)
        margin |= {p.name: _margin(engine_of, p.image_models[0], scan, frame) for p in protocols if p is not stated}
        other = max(margin, key=lambda name: margin[name])
        if margin[other] >= 0:
            title = next(p.title for p in protocols if p.name == other)
            words += (
                f" But the picture is unlike such scans and like those of another protocol: {title}. Check the file."
            )
        return Proposal(stated.name, BY_TAGS, words, margin)
    margin = {p.name: _margin(engine_of, p.image_models[0], scan, frame) for p in (named or protocols)}
    best = max(margin, key=lambda name: margin[name])
    if margin[best] < 0:
        return Proposal(
            None, BY_NOTHING, "No installed model knows this kind of picture: choose the protocol yourself.", margin
        )
    title = next(p.title for p in protocols if p.name == best)
    said = "The file does not say what it shows"
    if meta.modality is not None:
        said = f"The file says {_tags(scan)}, which no protocol reads"
    return Proposal(best, BY_GATE, f"{said}; the picture is like the training scans of: {title}.", margin)


def gate_margin(engine: InferenceEngine, scan: Scan, frame: int = 0) -> float:
    """Return how much nearer than its threshold the gate of a model finds a picture; the best of its populations.

    Minus infinity for a model without a gate: it cannot say that it knows a picture.
    """
    margins = [float("-inf")]
    for population in engine.card.populations:
        result = engine.judge_distribution(engine.prepare(scan, population.name, frame))
        if result is not None:
            margins.append(result.threshold - result.distance)
    return max(margins)


def _margin(engine_of: Callable[[str], InferenceEngine], model: str, scan: Scan, frame: int) -> float:
    """As ``gate_margin``; a model that cannot be loaded knows no picture, and does not keep the others from being asked."""
    try:
        return gate_margin(engine_of(model), scan, frame)
    except ZooError:
        return float("-inf")


def _tags(scan: Scan) -> str:
    meta = scan.metadata
    return f"{meta.modality}, {meta.body_part.lower()}" if meta.body_part else f"{meta.modality}"
