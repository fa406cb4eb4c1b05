"""Which version of a model is read with: promotion and roll-back, explicit, refused for cause, and always recorded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model_zoo.card import read_card
from model_zoo.classifiers.models_folder import POINTER_FILE, ModelFolder, find_model_folder
from model_zoo.disk import FOR_ALL, trouble, write_whole
from model_zoo.errors import UnknownName, ZooError
from model_zoo.upkeep import history
from model_zoo.upkeep.checks import check_model
from model_zoo.upkeep.comparing import Comparison, compare_folders
from model_zoo.upkeep.known_models import CLASSIFICATION, KnownModel


class PromotionRefused(ZooError):
    """A version that is worse, cannot be compared or fails its checks; ``reasons`` names each point."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(" ".join(reasons), "Keep the current version, or override with a reason, which is recorded.")
        self.reasons = tuple(reasons)


@dataclass(frozen=True)
class Examination:
    """What speaks for and against a version. objections: sentences, empty when it may be promoted."""

    comparison: Comparison | None
    objections: tuple[str, ...]


def examine(name: str, version: str) -> Examination:
    """Hold a version against its own card, and against the current version on the common held-out pictures."""
    model = find_model_folder(name)
    place = model.folder_of(version)
    objections = [f"It fails its check '{check}'." for check in failed_checks(model, version)]
    current, comparison = _current(model), None
    if current is not None and current != version:
        try:
            comparison = compare_folders(model.folder_of(current), place, (f"{name}@{current}", f"{name}@{version}"))
        except ZooError as error:
            objections.append(f"It cannot be held against the current version: {error.message}")
        else:
            if comparison.worse:
                objections.append(f"It is worse than the current version. {comparison.words}")
            elif comparison.worse_probabilities:
                objections.append(f"Its probabilities are worse than those of the current version. {comparison.words}")
    return Examination(comparison, tuple(objections))


def promote(
    name: str, version: str, reason: str = "", override: bool = False, who: str | None = None
) -> dict[str, Any]:
    """Make a version the one that is read with, and return the recorded event.

    Parameters
    ----------
    name
        Of the model.
    version
        Of the model.
    reason
        Why, in words; goes on record.
    override
        Whether it is done although checks speak against it.
    who
        Name of the person; by default the account of the machine.

    Raises
    ------
    PromotionRefused
        When the version is worse than the current one, cannot be compared with it, or fails ``verify``, unless ``override``
        with a reason.
    UnknownName
        For another model or version.
    ZooError
        When it is the current one already.
    """
    model = find_model_folder(name)
    if version == _current(model) and (model.place / POINTER_FILE).is_file():
        raise ZooError(f"Version {version} of '{name}' is the current one already.", "Name another version.")
    found = examine(name, version)
    if found.objections and not (override and reason.strip()):
        raise PromotionRefused(found.objections)
    return _switch(model, version, history.PROMOTED, reason, who, found)


def roll_back(name: str, reason: str = "", override: bool = False, who: str | None = None) -> dict[str, Any]:
    """Go back to the version that was read with before the last switch, and return the recorded event.

    Going back is never refused for figures: it is what one does when something is wrong. The version has to pass its checks all
    the same, unless ``override`` with a reason.

    Parameters
    ----------
    name
        Of the model.
    reason
        Why, in words; goes on record.
    override
        Whether it is done although checks speak against it.
    who
        Name of the person; by default the account of the machine.

    Raises
    ------
    ZooError
        When there is none to go back to.
    PromotionRefused
        When it fails.
    """
    model = find_model_folder(name)
    before = previous_version(model)
    if before is None:
        raise ZooError(f"'{name}' has no earlier version to go back to.", "Promote another version instead.")
    objections = tuple(f"Version {before} fails its check '{check}'." for check in failed_checks(model, before))
    if objections and not (override and reason.strip()):
        raise PromotionRefused(objections)
    return _switch(model, before, history.ROLLED_BACK, reason, who, Examination(None, objections))


def previous_version(model: ModelFolder) -> str | None:
    """Return the version that the current one replaced, where it still exists."""
    current = _current(model)
    stack: list[str] = []
    for event in history.read(model.place):
        if event["action"] in (history.INSTALLED, history.PROMOTED):
            stack.append(event["version"])
        elif event["action"] == history.ROLLED_BACK and stack:
            stack.pop()
    earlier = [version for version in stack if version in model.versions()]
    while earlier and earlier[-1] == current:
        earlier.pop()
    return earlier[-1] if earlier else None


def install_first(model: ModelFolder, version: str, who: str | None = None) -> dict[str, Any]:
    """Record a new version; the first of a model becomes the current one, any later one waits to be promoted.

    Parameters
    ----------
    model
        Its folder.
    version
        Of the model.
    who
        Name of the person; by default the account of the machine.
    """
    facts = _facts(model.folder_of(version))
    if (model.place / POINTER_FILE).is_file():
        return history.append(model.place, history.ADDED, version, who=who, **facts)
    event = history.append(model.place, history.INSTALLED, version, who=who, **facts)
    _point(model, version)
    return event


def failed_checks(model: ModelFolder, version: str) -> list[str]:
    """Return the checks of ``verify`` that a version fails."""
    # The checks are those of the command ``verify``, so that the two can never disagree.
    known = KnownModel(model.name, CLASSIFICATION, entry=model.entry(version))
    return [result.check for result in check_model(known) if not result.ok]


def _switch(
    model: ModelFolder, version: str, action: str, reason: str, who: str | None, found: Examination
) -> dict[str, Any]:
    if version not in model.versions():
        raise UnknownName(f"version of '{model.name}'", version, model.versions())
    event = history.append(
        model.place,
        action,
        version,
        who=who,
        reason=reason.strip(),
        replaces=_current(model),
        overridden=list(found.objections),
        comparison=None if found.comparison is None else found.comparison.to_json(),
        **_facts(model.folder_of(version)),
    )
    _point(model, version)
    return event


def _facts(place: Path) -> dict[str, Any]:
    raw = read_card(place).raw
    report: Any = next(iter(raw.get("metrics", {}).values()), {})
    figures = (report.get("all_classes") or {}).get("figures", {}) if isinstance(report, dict) else {}
    return {"weights_sha256": raw["weights_sha256"], "figures": figures}


def _current(model: ModelFolder) -> str | None:
    """Return the current version; ``None`` also for a pointer that is broken, which a promotion is there to mend."""
    try:
        return model.current()
    except ZooError:
        return None


def _point(model: ModelFolder, version: str) -> None:
    """Replace the pointer in one step, so that a reader sees the old version or the new one."""
    try:
        write_whole(model.place / POINTER_FILE, (json.dumps({"version": version}) + "\n").encode("ascii"), FOR_ALL)
    except OSError as error:
        raise ZooError(
            f"The switch of '{model.name}' was recorded but not made: {trouble(error)}.", "Mend that, and switch again."
        ) from error
