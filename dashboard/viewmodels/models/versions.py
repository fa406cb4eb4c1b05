"""The versions of the folder models, and what was recorded of them, as rows for the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.catalogue import counted, text
from model_zoo.classifiers.models_folder import ModelFolder
from model_zoo.errors import ZooError
from model_zoo.upkeep import history
from model_zoo.upkeep.known_models import known_folder_models
from model_zoo.upkeep.promotion import previous_version

ACTIONS = (history.INSTALLED, history.PROMOTED, history.ROLLED_BACK, history.ADDED)


@dataclass(frozen=True)
class VersionRow:
    """One version of a folder model. figures: its held-out AUC in words."""

    version: str
    current: bool
    figures: str
    weights: str


def unusable_models() -> dict[str, ZooError]:
    """Return why folders and files in the models folder cannot be used, by name."""
    found = {}
    for model in known_folder_models():
        try:
            model.raw_card()
        except ZooError as error:
            found[model.name] = error
    return found


def version_rows(model: ModelFolder) -> tuple[VersionRow, ...]:
    """Return the versions of a folder model, newest first."""
    current = model.current()
    rows = []
    for version in reversed(model.versions()):
        try:
            raw = model.entry(version).card.raw
            figures, weights = _auc_words(raw), raw["weights_sha256"][:12]
        except ZooError as error:
            figures, weights = text("models.version.unusable", reason=error.message), ""
        rows.append(VersionRow(version, version == current, figures, weights))
    return tuple(rows)


def roll_back_target(model: ModelFolder) -> str | None:
    """Return the version that a roll-back leads to."""
    return previous_version(model)


def action_words(event: Mapping[str, Any]) -> str:
    """Return what an event of the record did, and to which version; an action that this release does not know as it stands."""
    if event["action"] not in ACTIONS:
        return f"{event['action']} {event['version']}"
    return text(f"models.action.{event['action'].replace(' ', '_')}", version=event["version"])


def event_words(event: Mapping[str, Any]) -> str:
    """Return one line of the record."""
    told = {"at": event["at"], "who": event["who"], "done": action_words(event)}
    reason = event.get("reason")
    return text("models.event.reason", reason=reason, **told) if reason else text("models.event", **told)


def _auc_words(raw: Mapping[str, Any]) -> str:
    report: Mapping[str, Any] = next(iter(raw.get("metrics", {}).values()), {})
    found = (report.get("all_classes") or {}).get("figures", {}).get("macro_auc")
    if not found or found["value"] is None:
        return text("models.version.no_figures")
    value, n = f"{found['value']:.3f}", report["n_films"]
    if found["low"] is None:
        return counted("models.version.auc_alone", n, value=value)
    return counted("models.version.auc", n, value=value, low=f"{found['low']:.3f}", high=f"{found['high']:.3f}")
