"""The public comparison of ``bench``: our maps and checks beside public implementations of the same, in one run.

``compare_with_public`` says of each comparison how far the values lie apart, whether that is within tolerance, and how
long both sides took: ``maps`` against grad-cam, ``checks`` against Quantus. Both sides get the same network, layer, scan
and logit and, as far as the package allows, the same work. The public packages are development dependencies: they are
imported when asked for, and where one is missing, its comparisons are ``None`` and the reason stands beside the package.
"""

from __future__ import annotations

import importlib
import importlib.metadata
from typing import Any

import torch
from torch import nn

from model_zoo.bench.public.checks import build_check_comparisons
from model_zoo.bench.public.comparison import quiet
from model_zoo.bench.public.maps import build_map_comparisons

# Name in the package registry -> name to import.
PACKAGES = {"grad-cam": "pytorch_grad_cam", "quantus": "quantus"}
# A map takes milliseconds; a round of the checks on both sides takes seconds, and three show the spread.
MOST_REPEATS = {"grad-cam": 1000, "quantus": 3}


def compare_with_public(
    network: nn.Module, target_layer: str, x: torch.Tensor, reference: torch.Tensor, target: int, repeats: int
) -> dict[str, Any]:
    """Return ``{"packages": ..., "comparisons": ...}`` of ``bench --json``.

    network: in evaluation mode, not used by anybody else meanwhile. x, reference: float32 (1, 1, H, W), H and W multiples
    of 16, on the device of the network: the scan, and what is put in place of what is taken away.
    """
    packages: dict[str, Any] = {}
    comparisons: dict[str, Any] = {}
    for package, builder in (("grad-cam", build_map_comparisons), ("quantus", build_check_comparisons)):
        module, reason = load_package(package)
        version = None if module is None else importlib.metadata.version(package)
        packages[package] = {"version": version, "absent": reason}
        made = builder(module, network, target_layer, x, reference, target)
        for name, comparison in made.items():
            comparisons[name] = None if module is None else comparison.answer(min(repeats, MOST_REPEATS[package]))
    return {"packages": packages, "comparisons": comparisons}


def load_package(package: str) -> tuple[Any, str | None]:
    """Import a public package; return it, or ``None`` and the reason in words."""
    try:
        with quiet():
            return importlib.import_module(PACKAGES[package]), None
    except ImportError as error:
        if isinstance(error, ModuleNotFoundError) and error.name == PACKAGES[package]:
            return None, f"{package} is not installed: a development dependency, see pyproject.toml."
        # For want of a system library of OpenCV, for instance.
        return None, f"{package} is installed but cannot be imported: {error}"
