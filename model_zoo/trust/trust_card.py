"""The trust card beside the weights: fitted limits and measured rates of every check, ``trust.json``, by section.

Sections: "number" (conformal sets, likelihood ratios), "gate" (in-distribution), "shortcuts" (limits, view rates,
alarm rates), "maps" (limits and hit rates by method, saliency benchmark, randomisation cascade). It is written by the
recipe ``chest-xray-trust`` and never by hand. A model without one is read all the same; the page then says what is missing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from model_zoo.artefact import file_sha256, write_json
from model_zoo.disk import read_json_file
from model_zoo.errors import CardInvalid
from model_zoo.stored import conforms, places
from model_zoo.trust.trust_form import TrustForm

FILE, TENSORS_FILE = "trust.json", "trust.safetensors"
SCHEMA_VERSION = 1
SECTIONS = ("number", "gate", "shortcuts", "maps")


def read_trust(folder: Path, weights_sha256: str) -> dict[str, Any] | None:
    """Return the trust card of the weights in ``folder``; ``None`` when there is none.

    Raises CardInvalid when it is damaged, of another schema, or belongs to other weights.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    hint = "Restore it from the repository, or measure anew: python -m model_zoo train chest-xray-trust"
    try:
        raw = read_json_file(path)
    except (OSError, ValueError) as error:
        raise CardInvalid(f"The trust card of '{folder.name}' cannot be read.", hint) from error
    if not isinstance(raw, dict) or raw.get("schema_version") != SCHEMA_VERSION:
        raise CardInvalid(f"The trust card of '{folder.name}' is not of schema version {SCHEMA_VERSION}.", hint)
    if raw.get("weights_sha256") != weights_sha256:
        raise CardInvalid(f"The trust card of '{folder.name}' was measured on other weights.", hint)
    try:
        conforms(TrustForm, raw)
    except ValueError as error:
        where = "; ".join(places(error)[:3])
        raise CardInvalid(f"The trust card of '{folder.name}' holds figures out of range: {where}.", hint) from error
    return raw


def write_trust(folder: Path, card: dict[str, Any]) -> None:
    """Write the trust card; it names the sha256 of the tensors beside it."""
    stamped = {"schema_version": SCHEMA_VERSION, **card}
    if (folder / TENSORS_FILE).is_file():
        stamped["tensors_sha256"] = file_sha256(folder / TENSORS_FILE)
    write_json(folder / FILE, stamped)


def section_of(card: dict[str, Any] | None, name: str) -> dict[str, Any] | None:
    """Return one section, ``None`` when it was not measured."""
    return None if card is None else card.get(name)
