"""The measurements of ``bench``: each step of a reading, timed as the reader meets it.

Ours and plain Captum take turns, call by call, so that a busy machine slows both alike. Plain Captum and the public
comparison get copies of the network, because the engine is the only caller of its own.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from captum.attr import IntegratedGradients, LayerGradCam

from model_zoo.bench.monitoring import measure_monitoring
from model_zoo.bench.public import compare_with_public
from model_zoo.bench.timing import summary, timed_in_turns
from model_zoo.bench.what_if import measure_what_if
from model_zoo.case.patient_file import read_patient_file
from model_zoo.engine import InferenceEngine
from model_zoo.explainers.baseline import build_baseline
from model_zoo.explainers.integrated_gradients import BATCH_STEPS
from model_zoo.explainers.method import find_layer
from model_zoo.patients.attribution import attribute_risk
from model_zoo.patients.risk import estimate_risk, load_risk_model
from model_zoo.patients.risk_models import definitions
from model_zoo.phantoms import sample_case, write_phantom_png
from model_zoo.protocols.protocol import DEFAULT_RISK_MODEL
from model_zoo.results import Attribution, ModelInput
from model_zoo.scans import decode_scan
from model_zoo.trust.check import ordered_checks

SCHEMA_VERSION = "1.0"
SAMPLE = "opacity"
STEPS = 50
BASELINE = "blurred"
# The panel takes seconds: three show the spread.
MOST_PANELS = 3
# A fresh interpreter takes seconds: three show the spread.
MOST_IMPORTS = 3
_IMPORT = "import time; t = time.perf_counter(); import model_zoo.case; print(time.perf_counter() - t)"


def measure(name: str, repeats: int) -> dict[str, Any]:
    """Return the answer of ``bench --json``."""
    case = sample_case(SAMPLE)
    dicom = case.scan_bytes()
    png = write_phantom_png(case.phantom(), case.film.name)
    record = read_patient_file(json.dumps(case.patient).encode(), "patient.json")
    seconds = {
        "import": summary([_import_seconds() for _ in range(min(repeats, MOST_IMPORTS))]),
        "load_image_model": _timed(lambda: InferenceEngine(name), repeats),
        "load_risk_model": _timed(lambda: load_risk_model(definitions()[DEFAULT_RISK_MODEL]), repeats),
        "decode_png": _timed(lambda: decode_scan(png), repeats),
        "decode_dicom_rle": _timed(lambda: decode_scan(dicom), repeats),
    }
    engine = InferenceEngine(name)
    scan = decode_scan(dicom)
    population = next(p for p in engine.card.populations if p.age_years[0] <= case.film.age_years < p.age_years[1]).name
    target = engine.card.outputs_of(population)[0].name
    risk_model = load_risk_model(definitions()[DEFAULT_RISK_MODEL])
    model_input = engine.prepare(scan, population)
    seconds["prepare"] = _timed(lambda: engine.prepare(scan, population), repeats)
    seconds["predict"] = _timed(lambda: engine.predict(model_input), repeats)
    cam = engine.explain(model_input, "grad-cam", target)
    seconds["masking_sentence"] = _timed(lambda: engine.cover_region(model_input, cam), repeats)
    seconds["risk_with_attribution"] = _timed(
        lambda: (estimate_risk(risk_model, record), attribute_risk(risk_model, record)), repeats
    )
    gradients = engine.explain(model_input, "integrated-gradients", target, {"steps": STEPS, "baseline": BASELINE})
    seconds["gate"] = _timed(lambda: engine.judge_distribution(model_input), repeats)
    seconds["shortcut_probes"] = _timed(lambda: engine.probe_shortcuts(model_input, None), repeats)
    seconds["checks_of_two_maps"] = _timed(
        lambda: _checks(engine, model_input, (cam, gradients)), min(repeats, MOST_PANELS)
    )
    # Before plain Captum: its default batch holds all steps at once, which a reading never does.
    peak = _peak_memory()
    ours, plain, ratios = _against_captum(engine, model_input, target, repeats)
    public = compare_with_public(
        engine.entry.load().to(engine.device),
        engine.card.target_layer,
        model_input.tensor.to(engine.device),
        engine.reference(population).to(engine.device),
        engine.card.index(target),
        repeats,
    )
    return {
        "schema_version": SCHEMA_VERSION,
        "model": engine.card.name,
        "weights_sha256": engine.card.weights_sha256,
        "sample": {"name": SAMPLE, "rows": scan.shape[0], "cols": scan.shape[1], "target": target},
        "repeats": repeats,
        "machine": _machine(engine.device),
        "seconds": seconds | ours,
        "plain_captum_seconds": plain,
        "ratios": ratios,
        "public": public,
        "what_if": measure_what_if(repeats),
        "monitoring": measure_monitoring(repeats),
        "integrated_gradients": {
            "steps_asked": STEPS,
            "steps_used": gradients.details["steps_used"],
            "steps_computed": gradients.details["steps_computed"],
            "baseline": BASELINE,
            "completeness_delta": gradients.details["completeness_delta"],
        },
        "peak_memory_bytes": peak,
        "peak_device_memory_bytes": _peak_device_memory(engine.device),
    }


def _checks(engine: InferenceEngine, model_input: ModelInput, maps: Sequence[Attribution]) -> None:
    """Run the whole panel on maps of one finding, as the page does."""
    shared: dict[str, Any] = {}
    for check in ordered_checks():
        for attribution in maps:
            engine.check_map(model_input, attribution, check.name, shared=shared)


def _against_captum(
    engine: InferenceEngine, model_input: ModelInput, target: str, repeats: int
) -> tuple[dict[str, Any], dict[str, Any], dict[str, float]]:
    """Time ours and plain Captum in turns; return ours, plain, and the ratios of the medians."""
    network = engine.entry.load().to(engine.device)
    x = model_input.tensor.to(engine.device)
    index = engine.card.index(target)
    baseline = build_baseline(x, BASELINE)
    layer = find_layer(network, engine.card.target_layer)

    def plain_cam() -> None:
        leaf = x.clone().requires_grad_(True)
        LayerGradCam(network, layer).attribute(leaf, target=index, relu_attributions=True).cpu()

    def plain_gradients(batch: int | None) -> None:
        method = IntegratedGradients(network)
        method.attribute(x, baselines=baseline, target=index, n_steps=STEPS, internal_batch_size=batch).cpu()

    parameters = {"steps": STEPS, "baseline": BASELINE}
    calls: dict[str, Callable[[], Any]] = {
        "grad_cam": lambda: engine.explain(model_input, "grad-cam", target),
        "plain_grad_cam": plain_cam,
        "integrated_gradients": lambda: engine.explain(model_input, "integrated-gradients", target, parameters),
        "plain_integrated_gradients_same_batch": lambda: plain_gradients(BATCH_STEPS),
        "plain_integrated_gradients_default_batch": lambda: plain_gradients(None),
    }
    times = timed_in_turns(calls, repeats)
    plain = {name.removeprefix("plain_"): entry for name, entry in times.items() if name.startswith("plain_")}
    ours = {name: entry for name, entry in times.items() if not name.startswith("plain_")}
    ratios = {name: ours[_ours(name)]["median"] / entry["median"] for name, entry in plain.items()}
    return ours, plain, ratios


def _ours(name: str) -> str:
    return "grad_cam" if name == "grad_cam" else "integrated_gradients"


def _timed(call: Callable[[], Any], repeats: int) -> dict[str, Any]:
    return timed_in_turns({"": call}, repeats)[""]


def _import_seconds() -> float:
    """Return how long a fresh interpreter takes to import everything that a reading needs."""
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", _IMPORT], cwd=root, capture_output=True, text=True, check=True)
    return float(done.stdout)


def _peak_memory() -> int | None:
    """Return the largest resident memory of this process so far, in bytes; None on systems that do not tell."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak if sys.platform == "darwin" else peak * 1024)


def _peak_device_memory(device: torch.device) -> int | None:
    return int(torch.cuda.max_memory_allocated(device)) if device.type == "cuda" else None


def _machine(device: torch.device) -> Mapping[str, Any]:
    return {
        "cpu_cores": os.cpu_count(),
        "torch_threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "captum": importlib.metadata.version("captum"),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else str(device),
    }
