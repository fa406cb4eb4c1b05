"""The recipe "reference-groups": aggregates of the training patients of every patient model, written beside its weights.

Only training folds are counted, never the reported one. What is stored is a statistic of at least ten patients: a quantile
is the mean of the ten nearest to it in rank, a share is left out where a choice has fewer than ten, a group has fifty.
Groups are k-means clusters of the values alone; neither the outcome nor the model's risk forms them, so that the share of
events of a group is an observation and not the model's own opinion repeated.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.cluster import KMeans

from model_zoo.artefact import write_json
from model_zoo.card import WEIGHTS_ROOT
from model_zoo.evaluation.curves import wilson
from model_zoo.patients.features import FeatureSpec
from model_zoo.patients.reference_groups import (
    FAR,
    REFERENCE_FILE,
    SCHEMA_VERSION,
    SMALLEST_BAND,
    SMALLEST_CELL,
    SMALLEST_GROUP,
    TELLING,
)
from model_zoo.patients.risk import RiskModel
from model_zoo.patients.risk_models import definitions, risk_model
from model_zoo.training.data_folder import data_folder
from model_zoo.training.patient_models.common.figures import REPORTED
from model_zoo.training.patient_models.common.tables import read_table
from model_zoo.training.patient_models.recipes import PATIENT_RECIPES
from model_zoo.training.patient_models.support import recipe as risk_support
from model_zoo.training.patient_models.support.table import read_support_table

NAME = "reference-groups"
LEVELS = (0.01, 0.02, 0.05, *(i / 20 for i in range(2, 19)), 0.95, 0.98, 0.99)
AGE_BANDS = ((18, 45), (45, 65), (65, 80), (80, 126))
MOST_GROUPS = 6  # more would be told apart by nothing that a sentence can name
SEED = 5
QUANTILE_RULE = (
    f"each stored quantile is the mean of the {SMALLEST_CELL} patients nearest to it in rank, "
    "under the level of the middle of their ranks"
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class TrainingPatients:
    """Values (n, F) as the network reads them, NaN: not measured; labels (n, outcomes)."""

    values: np.ndarray
    labels: np.ndarray


def train_reference_groups(data: Path | None = None, out: Path = WEIGHTS_ROOT) -> dict[str, Any]:
    """Write ``reference.json`` of every patient model below ``out``. Raises DataNotFound where a table is not there."""
    written = []
    for name in definitions():
        model = risk_model(name)
        stored = aggregates(model, training_patients(model, data_folder() if data is None else data))
        target = out / name
        target.mkdir(parents=True, exist_ok=True)
        write_json(target / REFERENCE_FILE, stored)
        log.info(
            "%s: %d patients, %d bands, %d groups",
            name,
            stored["patients"],
            len(stored["bands"]),
            len(stored["groups"]),
        )
        written.append(name)
    return {"name": NAME, "written": written}


def training_patients(model: RiskModel, data: Path) -> TrainingPatients:
    """Return the patients of the training folds of a model."""
    if model.name == risk_support.MODEL.name:
        support = read_support_table(data)
        rows = np.isin(support.fold, risk_support.TRAINING)
        return TrainingPatients(support.values[rows], support.labels[rows])
    form = PATIENT_RECIPES.get(model.name).form
    table = read_table(form, model.specs, data if form.known_rows is None else None)
    rows = table.fold != REPORTED
    return TrainingPatients(table.values[rows], table.labels[rows])


def aggregates(model: RiskModel, patients: TrainingPatients) -> dict[str, Any]:
    """Return the content of ``reference.json``."""
    floors = [float(floor) for floor in model.network.log_floor]
    scale = _scale(model.specs, patients.values, floors)
    groups, remark = _groups(model, patients, floors, scale)
    return {
        "schema_version": SCHEMA_VERSION,
        "model": model.name,
        "population": model.definition.population,
        "patients": len(patients.values),
        "smallest_cell": SMALLEST_CELL,
        "quantile_rule": QUANTILE_RULE,
        "scale": scale,
        "bands": _bands(model.specs, patients.values),
        "groups": groups,
        "groups_remark": remark,
    }


def _bands(specs: tuple[FeatureSpec, ...], values: np.ndarray) -> list[dict[str, Any]]:
    """Return all training patients first, then every sex, age and sex-and-age band that is large enough."""
    names = [spec.name for spec in specs]
    everyone = np.ones(len(values), bool)
    bands = [_band("all training patients", None, None, specs, values)]
    sexes: list[tuple[str | None, np.ndarray]] = [(None, everyone)]
    ages: list[tuple[tuple[int, int] | None, np.ndarray]] = [(None, everyone)]
    if "sex" in names:
        sexes += [(sex, values[:, names.index("sex")] == code) for code, sex in enumerate(("F", "M"))]
    if "age_years" in names:
        age = values[:, names.index("age_years")]
        ages += [(band, (age >= band[0]) & (age < band[1])) for band in AGE_BANDS]
    for sex, of_sex in sexes:
        for band, of_age in ages:
            inside = of_sex & of_age
            if (sex is None and band is None) or inside.sum() < SMALLEST_BAND:
                continue
            bands.append(_band(_band_title(sex, band), sex, band, specs, values[inside]))
    return bands


def _band_title(sex: str | None, ages: tuple[int, int] | None) -> str:
    people = {None: "patients", "F": "women", "M": "men"}[sex]
    if ages is None:
        return f"{people} among the training patients"
    span = f"{ages[0]} years and over" if ages == AGE_BANDS[-1] else f"{ages[0]} to {ages[1] - 1} years"
    return f"{people} of {span} among the training patients"


def _band(
    title: str, sex: str | None, ages: tuple[int, int] | None, specs: tuple[FeatureSpec, ...], values: np.ndarray
) -> dict[str, Any]:
    features = {}
    for spec, column in zip(specs, values.T, strict=True):
        entry = _feature(spec, column[~np.isnan(column)])
        if entry is not None:
            features[spec.name] = entry
    return {
        "title": title,
        "sex": sex,
        "ages": None if ages is None else list(ages),
        "patients": len(values),
        "features": features,
    }


def _feature(spec: FeatureSpec, seen: np.ndarray) -> dict[str, Any] | None:
    """Return the aggregates of one measured column, ``None`` where too few patients have it."""
    if len(seen) < SMALLEST_CELL:
        return None
    if spec.kind == "numeric":
        levels, values = smoothed_quantiles(seen)
        return {"measured": len(seen), "levels": levels, "values": values}
    shares = _shares(spec, seen)
    return {"measured": len(seen)} | ({} if shares is None else {"shares": shares})


def smoothed_quantiles(seen: np.ndarray) -> tuple[list[float], list[float]]:
    """Return levels and values, both rising: each the mean of the SMALLEST_CELL patients nearest in rank.

    The rank of the window's middle is its level, so in a small table the outermost levels lie further in than asked.
    """
    order, n = np.sort(seen), len(seen)
    levels: list[float] = []
    values: list[float] = []
    for level in LEVELS:
        # Towards the middle, so that the outermost quantiles never lie beyond the level asked for.
        wanted = level * n - SMALLEST_CELL / 2
        start = int(np.clip(np.ceil(wanted) if level < 0.5 else np.floor(wanted), 0, n - SMALLEST_CELL))
        middle = round((start + SMALLEST_CELL / 2) / n, 5)
        if middle not in levels:
            levels.append(middle)
            values.append(_short(float(order[start : start + SMALLEST_CELL].mean())))
    return levels, values


def _shares(spec: FeatureSpec, seen: np.ndarray) -> dict[str, float] | None:
    """Return the share of each choice or flag; ``None`` where one of them has patients, but fewer than SMALLEST_CELL."""
    texts = [choice for choice, _ in spec.choices] if spec.kind == "choice" else ["0", "1"]
    counts = {text: int((seen == code).sum()) for code, text in enumerate(texts)}
    if any(0 < count < SMALLEST_CELL for count in counts.values()):
        return None
    return {text: round(count / len(seen), 4) for text, count in counts.items() if count}


def _scale(specs: tuple[FeatureSpec, ...], values: np.ndarray, floors: list[float]) -> dict[str, dict[str, float]]:
    """Return what a distance is counted in: the standard deviation as the network reads the value, and its log floor."""
    found = {}
    for spec, column, floor in zip(specs, values.T, floors, strict=True):
        seen = column[~np.isnan(column)]
        if spec.kind == "choice":
            shares = np.array([(seen == code).mean() for code in range(len(spec.choices))])
            spread = float(np.sqrt((1 - (shares**2).sum()) / 2))  # as half the sum of the variances of its indicators
            mean = 0.0
        else:
            read = _read(seen, floor)
            spread, mean = float(read.std()), float(read.mean())
        found[spec.name] = {"floor": _short(floor), "mean": _short(mean), "spread": _short(max(spread, 1e-6))}
    return found


def _groups(
    model: RiskModel, patients: TrainingPatients, floors: list[float], scale: dict[str, dict[str, float]]
) -> tuple[list[dict[str, Any]], str]:
    n = len(patients.values)
    if n < 2 * SMALLEST_GROUP:
        return [], f"No reference groups: {n} training patients are too few for two groups of {SMALLEST_GROUP}."
    points = _points(model.specs, patients.values, floors, scale)
    for k in range(min(MOST_GROUPS, n // SMALLEST_GROUP), 1, -1):
        member = KMeans(k, n_init=10, random_state=SEED).fit_predict(points)
        if np.bincount(member, minlength=k).min() >= SMALLEST_GROUP:
            sizes = sorted(range(k), key=lambda i: -int((member == i).sum()))
            groups = [_group(model, patients, member == i, floors, scale) for i in sizes]
            return groups, f"{k} groups by k-means of the values alone, each of at least {SMALLEST_GROUP} patients."
    return [], f"No reference groups: the values form no groups of at least {SMALLEST_GROUP} patients."


def _points(
    specs: tuple[FeatureSpec, ...], values: np.ndarray, floors: list[float], scale: dict[str, dict[str, float]]
) -> np.ndarray:
    """Return one column per number or indicator, in standard deviations; what was not measured lies at the mean."""
    columns = []
    for spec, column, floor in zip(specs, values.T, floors, strict=True):
        spread, missing = scale[spec.name]["spread"], np.isnan(column)
        if spec.kind == "choice":
            shown = [(column == code).astype(float) for code in range(len(spec.choices))]
            columns += [np.where(missing, 0, (c - c[~missing].mean()) / spread / np.sqrt(2)) for c in shown]
        else:
            read = (_read(column, floor) - scale[spec.name]["mean"]) / spread
            columns.append(np.where(missing, 0, read))
    return np.stack(columns, axis=1)


def _group(
    model: RiskModel,
    patients: TrainingPatients,
    inside: np.ndarray,
    floors: list[float],
    scale: dict[str, dict[str, float]],
) -> dict[str, Any]:
    centre: dict[str, Any] = {}
    apart: list[tuple[float, str]] = []
    for spec, column, floor in zip(model.specs, patients.values[inside].T, floors, strict=True):
        seen = column[~np.isnan(column)]
        if len(seen) < SMALLEST_CELL:
            continue
        if spec.kind == "choice":
            shares = _shares(spec, seen)
            if shares is not None:
                centre[spec.name] = shares
            continue
        mean = float(_read(seen, floor).mean())
        if spec.kind == "flag" and _shares(spec, seen) is None:
            continue
        value = float(np.exp(mean)) if floor > 0 else mean
        centre[spec.name] = _short(value)
        gap = (mean - scale[spec.name]["mean"]) / scale[spec.name]["spread"]
        shown = f"{100 * value:.0f} %" if spec.kind == "flag" else spec.show(value)
        side = ("more" if gap > 0 else "less") if spec.kind == "flag" else ("higher" if gap > 0 else "lower")
        words = (
            f"{side} often {spec.title.lower()}, {shown}"
            if spec.kind == "flag"
            else f"{side} {spec.title}, about {shown}"
        )
        apart.append((gap, words))
    apart.sort(key=lambda entry: -abs(entry[0]))
    events = {outcome.name: _events(patients.labels[inside, i]) for i, outcome in enumerate(model.definition.outcomes)}
    return {
        "title": f"group of {int(inside.sum())} training patients",
        "patients": int(inside.sum()),
        "telling": [words for gap, words in apart[:TELLING] if abs(gap) >= FAR],
        "centre": centre,
        "events": events,
    }


def _events(label: np.ndarray) -> dict[str, Any]:
    """Return the share of events with Wilson's interval; of fewer than SMALLEST_CELL (or all but so few) only the bound."""
    n, events = len(label), int(label.sum())
    if events < SMALLEST_CELL:
        most = (SMALLEST_CELL - 1) / n
        return {
            "share": None,
            "words": f"fewer than {SMALLEST_CELL} of {n}",
            "low": 0.0,
            "high": round(wilson(most, n)[1], 4),
        }
    if n - events < SMALLEST_CELL:
        least = 1 - (SMALLEST_CELL - 1) / n
        return {
            "share": None,
            "words": f"all but fewer than {SMALLEST_CELL} of {n}",
            "low": round(wilson(least, n)[0], 4),
            "high": 1.0,
        }
    low, high = wilson(events / n, n)
    return {"share": round(events / n, 4), "words": "", "low": round(low, 4), "high": round(high, 4)}


def _read(column: np.ndarray, floor: float) -> np.ndarray:
    return np.log(np.maximum(column, floor)) if floor > 0 else column


def _short(number: float) -> float:
    """Return a number with five significant digits: more would say more of one patient than of the many."""
    return float(f"{number:.5g}")
