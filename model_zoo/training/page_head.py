"""The first lines of a CARD.md, the same for patient models, hourly models, beats and complaints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def page_head(card: Mapping[str, Any]) -> list[str]:
    """Return title, version, origin, population and warnings as lines of Markdown, each paragraph with its blank line."""
    return [
        f"# {card['title']}",
        "",
        f"`{card['name']}` version {card['version']}, weights sha256 `{card['weights_sha256'][:16]}`",
        "",
        f"Written by `python -m model_zoo train {card['name']}`; not a medical device.",
        "",
        f"**Population.** {card['population']}",
        "",
        *[line for warning in card.get("warnings", ()) for line in (f"**Warning.** {warning}", "")],
    ]


def intended_use(card: Mapping[str, Any]) -> list[str]:
    """Return what the model is for and what it is not for."""
    return [f"**Intended use.** {card['intended_use']}", "", f"**Not for** {card['not_for']}.", ""]
