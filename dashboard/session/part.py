"""A part of what a tab holds: values that are put back, copied and taken over together."""

from __future__ import annotations

from typing import Any, ClassVar, Self


class Part:
    """Fields that belong together; a reset is a new value of the whole part.

    What is large in a part (scan, reading, maps) never changes and is shared by its copies; containers are copied, so that each
    copy goes its own way. OF_THE_TAB: fields that belong to a tab and not to its case. Counters (``turn`` and every name that
    ends with ``generation``) stand in the keys of widgets: they go on, whatever value is taken over.
    """

    OF_THE_TAB: ClassVar[frozenset[str]] = frozenset()

    def copied(self) -> Self:
        """Return the part as it stands, without what belongs to the tab."""
        other = type(self)()
        vars(other).update({name: _copied(value) for name, value in self._of_the_case().items()})
        return other

    def take_over(self, given: Self) -> None:
        """Become a given value; counters go on beyond both."""
        for name, value in given._of_the_case().items():
            own = getattr(self, name)
            if isinstance(own, Part):
                own.take_over(value)
            elif _is_counter(name):
                setattr(self, name, max(own, value) + 1)
            else:
                setattr(self, name, _copied(value))

    def renew(self) -> None:
        """Become what a part is at first; counters go on."""
        self.take_over(type(self)())

    def _of_the_case(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name not in self.OF_THE_TAB}


def _is_counter(name: str) -> bool:
    return name == "turn" or name.endswith("generation")


def _copied(value: Any) -> Any:
    """Return containers as copies of their own; everything else in a case is never changed, only replaced."""
    if isinstance(value, Part):
        return value.copied()
    if isinstance(value, (dict, set, list)):
        return value.copy()
    return tuple(map(_copied, value)) if type(value) is tuple else value
