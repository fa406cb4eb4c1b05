"""Every error a reader can meet: a message fit for a clinician, and a hint that says what to do next.

Messages never contain patient data. The cause (``raise ... from e``) is for the log alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from model_zoo.quantities.numbers import TwoReadings

# Of what is asked on the page and answered by an option of the command line.
SAY_DECIMAL = "Say which mark stands before decimals (command line: --decimal comma or --decimal point)."


class ZooError(Exception):
    """Base of the family. ``message`` says what was got and what was expected, ``hint`` what to do next."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(f"{message} {hint}".strip())
        self.message = message
        self.hint = hint

    def kept(self) -> Self:
        """Return the error as it is kept to be shown: where it was raised holds on to the bytes of the file."""
        self.__cause__ = self.__context__ = None
        return self.with_traceback(None)


class ScanDecodeError(ZooError):
    """The bytes are no picture that can be read, or a broken one."""


class ScanTooLarge(ScanDecodeError):
    """The file, or the picture it promises, is larger than the limits allow."""


class UnsupportedScan(ScanDecodeError):
    """A sound file, but of a kind that holds no picture or needs a decoder that is not installed."""


class InvalidPatientRecord(ZooError):
    """A patient record with one or more problems, all reported at once in ``problems``; ``by_field``: those of one quantity, by
    its name; ``asked``: the numbers among them that can be read in two ways."""

    def __init__(
        self,
        problems: Sequence[str],
        hint: str = "Correct the fields named above and submit again.",
        by_field: Mapping[str, str] | None = None,
        asked: Mapping[str, TwoReadings] | None = None,
    ) -> None:
        super().__init__("; ".join(problems) + ".", hint)
        self.problems = tuple(problems)
        self.by_field = dict(by_field or {})
        self.asked = dict(asked or {})


class UnknownName(ZooError):
    """A name that no registry entry carries."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        names = sorted(known)
        near = get_close_matches(name, names, n=1, cutoff=0.5)
        guess = f"Did you mean '{near[0]}'? " if near else ""
        super().__init__(f"There is no {kind} named '{name}'.", f"{guess}Known: {', '.join(names) or 'none'}.")


class DuplicateName(ZooError):
    """Two registry entries carry the same name."""


class WeightsMismatch(ZooError):
    """The weights on disk are not the ones the card describes."""


class CardInvalid(ZooError):
    """A model card lacks a field or contradicts itself."""


class NoNumber(ZooError):
    """A network, or what it rests on, gave NaN or infinity where a number is needed."""


class EngineStalled(ZooError):
    """The network was asked and does not answer."""


class RequestDropped(ZooError):
    """Nobody waits for the answer any more: the case was closed or another one opened."""


class ScanNotCovered(ZooError):
    """The scan lies outside the intended use of the model; ``violations`` names each point, ``missing`` each fact that the card
    needs and nobody stated ("age")."""

    def __init__(self, violations: Sequence[str], hint: str, missing: Sequence[str] = ()) -> None:
        super().__init__("; ".join(violations) + ".", hint)
        self.violations = tuple(violations)
        self.missing = tuple(missing)


class ExplainerNotApplicable(ZooError):
    """The method cannot explain this model or this target."""


class DataNotFound(ZooError):
    """A data set, case or file that a command needs is not there."""


class CaseUnreadable(ZooError):
    """A stored case that is damaged or of a newer format."""
