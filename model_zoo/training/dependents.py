"""What hangs on the weights of a model, and in which order it is made anew when they are replaced.

What was made with some weights names their sha256. A step whose files name other weights than the installed ones is stale; one
whose files name none cannot tell, and is made anew each time.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from model_zoo.artefact import CARD_FILE
from model_zoo.card import WEIGHTS_ROOT
from model_zoo.disk import read_json_file
from model_zoo.engine.inference import CLASSIFIERS
from model_zoo.errors import ZooError
from model_zoo.icu.variables import FORMS
from model_zoo.patients.risk_models import definitions
from model_zoo.symptoms.model import SYMPTOM_MODELS

State = Literal["current", "stale", "missing", "not sealed"]
_ROOT = WEIGHTS_ROOT.parents[1]


class StepFailed(ZooError):
    """A step of measuring anew ended with an error; what came before it stays."""


@dataclass(frozen=True)
class Dependent:
    """One step.

    title: what is made. command: of ``python -m``. files: below the weights, or from the root of the project with a slash before.
    """

    title: str
    command: tuple[str, ...]
    files: tuple[str, ...]

    @property
    def line(self) -> str:
        """The command as it is typed."""
        return f"python -m {' '.join(self.command)}"


def dependents(name: str) -> tuple[Dependent, ...]:
    """Return what hangs on the weights of a model of the zoo, in the order in which it is made anew."""
    return (*_own(name), *_EVERYWHERE)


def state_of(step: Dependent, name: str, weights: Path = WEIGHTS_ROOT) -> State:
    """Tell whether the files of a step were made with the installed weights of a model.

    Parameters
    ----------
    step
        What hangs on the weights.
    name
        Of the model.
    weights
        Folder of all models.
    """
    sha256 = str(read_json_file(weights / name / CARD_FILE)["weights_sha256"])
    sealed = False
    for file in step.files:
        path = _ROOT / file[1:] if file.startswith("/") else weights / file
        if not path.exists():
            return "missing"
        found = set(_seals(read_json_file(path, 2**26))) if path.suffix == ".json" else set()
        if found and sha256 not in found:
            return "stale"
        sealed = sealed or bool(found)
    return "current" if sealed else "not sealed"


def measure_anew(name: str, runs: Path, tell: Callable[[str], None]) -> int:
    """Run every step that is not current, in order; returns how many ran.

    Called again it goes on where it was broken off.

    Parameters
    ----------
    name
        Of the model.
    runs
        Folder of checkpoints.
    tell
        Called with the step that begins.

    Raises
    ------
    StepFailed
        At the first step that fails.
    """
    ran = 0
    for step in dependents(name):
        if state_of(step, name) == "current":
            tell(f"{step.title}: is of these weights")
            continue
        tell(f"{step.title}: {step.line}")
        more = ("--runs", str(runs)) if "train" in step.command else ()
        if subprocess.run([sys.executable, "-m", *step.command, *more], cwd=_ROOT, stdout=sys.stderr).returncode:
            raise StepFailed(
                f"'{step.title}' was not made.", "Mend what it names above, then start the same command again."
            )
        ran += 1
    return ran


def _own(name: str) -> Iterator[Dependent]:
    """Return the steps of one model."""
    if name == "lungs":
        yield _quality()
    if name == "chest-xray":
        yield Dependent(
            "Trust card: gate, conformal sets, verdicts on maps, with the networks of three folds and the fixture",
            ("model_zoo", "train", "chest-xray-trust"),
            ("chest-xray/trust.json", "chest-xray/trust.safetensors", "chest-xray/TRUST.md"),
        )
        yield _quality()
    if name == "brain-mri-tumour":
        yield _train(
            name, f"{name}-sequence", "Head that reads slices together", "sequence.json", "sequence.safetensors"
        )
    if name in CLASSIFIERS.built_in():
        held_out = ("model_zoo", "review", name, "--held-out", "--record")
        yield Dependent("Review on the held-out patients", held_out, (f"{name}/review.json",))
        measure = ("model_zoo", "protocols", "--measure", "--record")
        yield Dependent("How often a picture finds its protocol", measure, ("protocols.json",))
    if name in ("chest-xray", "covid-pneumonia"):
        yield _train(
            "covid-pneumonia", "film-and-values", "Film and laboratory values together", "fusion.json", "FUSION.md"
        )
    if name in definitions():
        yield _train(name, "reference-groups", "Reference patients", "reference.json")
    if name in SYMPTOM_MODELS:
        yield Dependent("Figures on free text", ("model_zoo", "train", "symptoms-free-text"), (f"{name}/CARD.md",))
    if name in (*SYMPTOM_MODELS, *FORMS, "ecg-beats"):
        yield _train(name, "example-predictions", "Answers to synthetic inputs", "examples.json")


def _train(model: str, recipe: str, title: str, *files: str) -> Dependent:
    return Dependent(title, ("model_zoo", "train", recipe), tuple(f"{model}/{file}" for file in files))


def _quality() -> Dependent:
    return Dependent(
        "Release of the phantom series", ("model_zoo", "quality", "--record"), ("chest-xray/quality.json",)
    )


_EVERYWHERE = (
    Dependent("Tables of figures", ("model_zoo", "figures", "--write", "README.md"), ("/README.md",)),
    Dependent("Recorded answers of the commands", ("tests.recorded",), ("/tests/recorded/answers.json",)),
)


def _seals(node: Any) -> Iterator[str]:
    """Return every sha256 of weights that stored values name."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if isinstance(value, str) and str(key).endswith(("weights_sha256", "segmenter_sha256")):
                yield value
            else:
                yield from _seals(value)
    elif isinstance(node, list):
        for value in node:
            yield from _seals(value)
