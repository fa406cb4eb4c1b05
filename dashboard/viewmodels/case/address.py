"""The address of what is on the screen: which case, and what of it. Nothing in it says anything of a patient."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NAME = re.compile(r"[A-Za-z0-9_.@-]{1,64}")
_SAMPLE = re.compile(r"sample-([1-9][0-9]?)")
# The names in the address; others in it belong to somebody else and stay.
CASE, FINDING, MAP, FRAME, HOUR = NAMES = ("case", "finding", "map", "frame", "hour")
# On the page of saved cases: which one; with it ``finding``.
SAVED = "saved"


@dataclass(frozen=True)
class Address:
    """case: its key, empty for none. What is ``None``, or empty, is shown as the case opens by itself.

    finding: an output of the model. maps: methods of explanation, in order. frame: index, in the address counted from 1.
    hour: of the stay.
    """

    case: str = ""
    finding: str | None = None
    maps: tuple[str, ...] = ()
    frame: int | None = None
    hour: float | None = None

    @classmethod
    def read(cls, parameters: Mapping[str, Sequence[str]]) -> Address:
        """Return what an address names; a part that cannot be one is left out. parameters: all values by name."""

        def last(name: str, form: re.Pattern[str]) -> str:
            value = (parameters.get(name) or [""])[-1]
            return value if form.fullmatch(value) else ""

        frame, hour = last(FRAME, re.compile(r"[1-9]\d{0,5}")), last(HOUR, re.compile(r"-?\d{1,5}(\.\d{1,4})?"))
        return cls(
            last(CASE, _KEY),
            last(FINDING, _NAME) or None,
            tuple(dict.fromkeys(value for value in parameters.get(MAP, ()) if _NAME.fullmatch(value))),
            int(frame) - 1 if frame else None,
            float(hour) if hour else None,
        )

    def parameters(self) -> dict[str, list[str]]:
        """Return the address as values by name, without what it does not name."""
        if not self.case:
            return {}
        found = {
            CASE: [self.case],
            FINDING: [self.finding] if self.finding else [],
            MAP: list(self.maps),
            FRAME: [] if self.frame is None else [str(self.frame + 1)],
            HOUR: [] if self.hour is None or not math.isfinite(self.hour) else [f"{self.hour:g}"],
        }
        return {name: values for name, values in found.items() if values}

    def beyond(self, home: Address) -> Address:
        """Return the address without what the case shows by itself."""
        return replace(
            self,
            finding=None if self.finding == home.finding else self.finding,
            maps=() if self.maps == home.maps else self.maps,
            frame=None if self.frame == home.frame else self.frame,
            hour=None if self.hour == home.hour else self.hour,
        )

    def or_else(self, home: Address) -> Address:
        """Return the address with what it leaves out as the case shows it by itself."""
        return replace(
            self,
            finding=self.finding or home.finding,
            maps=self.maps or home.maps,
            frame=home.frame if self.frame is None else self.frame,
            hour=home.hour if self.hour is None else self.hour,
        )


def sample_key(number: int) -> str:
    """Return the plain address of a synthetic case, counted from 1 as on the first page."""
    return f"sample-{number:d}"


def sample_number(key: str) -> int | None:
    """Return which synthetic case a key names, ``None`` for any other key."""
    found = _SAMPLE.fullmatch(key)
    return None if found is None else int(found[1])
