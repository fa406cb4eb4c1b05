"""Every text of the page, by key, from one file a language in the standard gettext form (``en.po``).

A key names where the text stands (``finding.state.flagged``) and is no English: rewording touches the file alone. A text is a
whole sentence or label with named places in braces; nothing is put together from pieces that another language would order
otherwise. What is filled into a text from a file, card or store goes through ``plain`` before, as everywhere on the page.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from babel.messages.pofile import read_po
from babel.plural import PluralRule

LANGUAGE = "en"
FOLDER = Path(__file__).resolve().parent


class Messages(NamedTuple):
    """One language. texts: key -> text, or one text for each form of number; plural: number -> form."""

    texts: dict[str, str | tuple[str, ...]]
    plural: PluralRule


@cache
def messages(language: str = LANGUAGE) -> Messages:
    """Read the texts of a language. Raises FileNotFoundError where there is none."""
    with (FOLDER / f"{language}.po").open("rb") as stream:
        read = read_po(stream, locale=language)
    texts: dict[str, str | tuple[str, ...]] = {}
    for message in read:
        if message.id and message.string:
            key, said = message.id, message.string
            texts[key if isinstance(key, str) else key[0]] = said if isinstance(said, str) else tuple(said)
    return Messages(texts, read.locale.plural_form if read.locale is not None else PluralRule({}))


def text(key: str, /, **values: object) -> str:
    """Return the text of a key with its places filled. Raises KeyError for a key without text, or a place without value."""
    found = messages().texts[key]
    if isinstance(found, tuple):
        raise KeyError(f"{key} asks for a number")
    return found.format(**values) if values else found


def counted(key: str, number: int, /, **values: object) -> str:
    """Return the text of a key in the form that a number takes; ``{n}`` in it is the number."""
    found = messages()
    forms = found.texts[key]
    if isinstance(forms, str):
        raise KeyError(f"{key} has one form only")
    place = 0 if found.plural(number) == "one" else len(forms) - 1
    return forms[place].format(n=number, **values)
