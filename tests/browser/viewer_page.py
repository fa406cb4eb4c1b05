"""A page with nothing but the viewer, on computed pictures: the browser tests drive it, and anyone can open it.

``streamlit run tests/browser/viewer_page.py`` shows it. The picture is a sketch of a chest, no one's film.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import streamlit as st
from streamlit.runtime import get_instance

from dashboard.viewer import render_viewer
from dashboard.viewmodels.viewer.payload import ViewerAnnotation, ViewerData, ViewerLayer, ViewerOutline, build_viewer
from model_zoo.scans.scan import Scan, ScanMetadata, Window

ROWS, COLS = 600, 500
# The opacity in scan pixels (top, left, height, width); the tests look for the map there.
LESION = (300.0, 320.0, 60.0, 60.0)


def chest(seed: int, frames: int = 1) -> np.ndarray:
    """Return float32 (frames, ROWS, COLS), 12-bit grey: soft tissue, two lungs, a heart, ribs, an opacity, noise."""
    y, x = np.mgrid[0:ROWS, 0:COLS].astype(np.float32)

    def ellipse(cy: float, cx: float, ry: float, rx: float) -> np.ndarray:
        distance = ((y - cy) / ry) ** 2 + ((x - cx) / rx) ** 2
        return 1 / (1 + np.exp(np.clip(14 * (distance - 1), -50, 50)))

    body = ellipse(330, 250, 330, 235)
    lungs = np.maximum(ellipse(270, 150, 190, 80), ellipse(270, 350, 190, 80))
    heart = ellipse(370, 285, 95, 85)
    spine = np.exp(-(((x - 250) / 22) ** 2)) * body
    ribs = sum(np.exp(-(((y - 90 - 46 * k - 0.0016 * (x - 250) ** 2) / 9) ** 2)) for k in range(8)) * body
    picture = 500 + 2300 * body - 1700 * lungs * body + 900 * heart + 500 * spine + 260 * ribs
    top, left, height, width = LESION
    picture += 500 * ellipse(top + height / 2, left + width / 2, height * 0.6, width * 0.6)
    noise = np.random.default_rng(seed)
    stack = [picture + 90 * k + noise.normal(0, 28, picture.shape) for k in range(frames)]
    return np.clip(np.rint(stack), 0, 4095).astype(np.float32)


def scan(seed: int, frames: int = 1, spacing_mm: tuple[float, float] = (0.7, 0.7), **metadata: object) -> Scan:
    facts = ScanMetadata(modality="DX", body_part="CHEST", view="PA", synthetic=True)
    return Scan(
        sha256=f"{seed:02d}{frames:02d}" * 16,
        format="DICOM",
        frames=chest(seed, frames),
        window=Window(2000.0, 3200.0),
        spacing_mm=spacing_mm,
        metadata=dataclasses.replace(facts, **metadata),
    )


def grad_cam() -> ViewerLayer:
    """An unsigned map whose cells of 20 scan pixels are bright exactly on the opacity."""
    values = np.zeros((ROWS // 20, COLS // 20), np.float32)
    top, left, height, width = (int(v) // 20 for v in LESION)
    values[top : top + height, left : left + width] = 0.8
    values[top - 1 : top + height + 1, left - 1 : left + width + 1] += 0.2
    return ViewerLayer("Grad-CAM", "change in logit", False, values, 0.0, 1.0)


def gradients() -> ViewerLayer:
    """A signed map with a missing corner."""
    y, x = np.mgrid[0:120, 0:100].astype(np.float32)
    values = np.exp(-((y - 66) ** 2 + (x - 70) ** 2) / 120) - 0.8 * np.exp(-((y - 45) ** 2 + (x - 30) ** 2) / 160)
    values = values.astype(np.float32) * 0.2
    values[:12, :14] = np.nan
    verdict = "Not told apart from a random network"
    return ViewerLayer("Integrated Gradients", "change in logit", True, values, -0.2, 0.2, verdict=verdict)


def almost_nothing() -> ViewerLayer:
    values = np.full((30, 25), 0.0004, np.float32)
    return ViewerLayer("Almost nothing", "change in logit", True, values, -0.2, 0.2)


# A square with a hole, a landmark and an organ, in scan pixels: (top, left, bottom, right) each.
SQUARE, HOLE = (120.0, 300.0, 220.0, 420.0), (150.0, 340.0, 180.0, 380.0)
DISC, ORGAN = (400.0, 60.0, 480.0, 140.0), (60.0, 60.0, 500.0, 220.0)


def corners(box: tuple[float, float, float, float]) -> tuple[tuple[float, float], ...]:
    top, left, bottom, right = box
    return ((top, left), (top, right), (bottom, right), (bottom, left))


def outlines() -> list[ViewerOutline]:
    return [
        ViewerOutline("Lesion 0.91", "Lesion: score 0.91, 5,300 mm²", "lesion", (corners(SQUARE), corners(HOLE))),
        ViewerOutline("Disc 0.80", "Disc: score 0.80", "landmark", (corners(DISC),)),
        ViewerOutline("Lungs", "Lungs: an organ", "organ", (corners(ORGAN),)),
    ]


def eye() -> Scan:
    """Return a disc with a gradient of red and a green spot, as a fundus photograph is coloured."""
    y, x = np.mgrid[0:300, 0:300].astype(np.float32)
    inside = (y - 150) ** 2 + (x - 150) ** 2 < 140**2
    colour = np.zeros((1, 300, 300, 3), np.uint8)
    colour[0, ..., 0] = np.where(inside, 120 + x / 4, 0)
    colour[0, ..., 1] = np.where(inside, 60, 0)
    colour[0, ..., 2] = np.where(inside, 30, 0)
    colour[0, 140:160, 140:160] = (40, 160, 40)
    grey = (colour.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)).astype(np.float32)
    facts = ScanMetadata(modality="OP", body_part="EYE", synthetic=True)
    return Scan("e1" * 32, "PNG", grey, Window(127.5, 255.0), is_colour=True, metadata=facts, colour=colour)


def published(content: bytes, mime: str) -> str:
    """Lend a picture an address of this server, as the page does by a route of its own."""
    return get_instance().media_file_mgr.add(content, mime, f"viewer-{hash(content)}")


def build(case: str) -> ViewerData:
    boxes = [ViewerAnnotation("Opacity", (LESION,))]
    marks = st.session_state.get("marks", ())
    if case == "frames":
        return build_viewer(scan(5, frames=6), [grad_cam()], marks=marks)
    if case == "read":
        other = 5 if st.toggle("Read the last") else 3
        return build_viewer(scan(6, frames=6), [dataclasses.replace(grad_cam(), frame=other)], frame=other)
    if case == "outlines":
        return build_viewer(scan(9, spacing_mm=(1.4, 0.7)), [grad_cam()], outlines=outlines(), prior=scan(2))
    if case == "plain":
        return build_viewer(dataclasses.replace(scan(7, view="LATERAL"), spacing_mm=None), marks=marks)
    if case == "colour":
        return build_viewer(eye(), [dataclasses.replace(grad_cam(), values=np.eye(15, dtype=np.float32))])
    if case == "two":
        other = st.toggle("Other case")
        return build_viewer(scan(4 if other else 3), [grad_cam()], case_key="second" if other else "first")
    if case == "late":
        layers = [grad_cam(), gradients()] if st.toggle("Maps are there") else []
        show = ("Integrated Gradients", 1) if st.toggle("Ask for a map") else None
        return build_viewer(scan(8), layers, show=show)
    layers = [grad_cam(), gradients(), almost_nothing()]
    if st.toggle("Other maps"):
        layers = [dataclasses.replace(gradients(), name="Occlusion"), *layers]
    return build_viewer(scan(1), layers, annotations=boxes, prior=scan(2), marks=marks)


def page() -> None:
    st.set_page_config(page_title="Viewer", layout="wide")
    st.html("<style>.block-container{padding:4.5rem 1.5rem 1rem}</style>")
    asked = st.query_params
    data = build(asked.get("case", "full"))
    st.button("Rerun")
    st.session_state.runs = st.session_state.get("runs", 0) + 1
    publish = published if "published" in asked else None
    shown = st.toggle("Show viewer", value=True)
    height = int(asked["height"]) if "height" in asked else None
    # As the reading page: what lies around the film says how high it is.
    st.html("<style>.st-key-film-place { --film-height: calc(100vh - 330px); min-height: calc(100vh - 330px) }</style>")
    with st.container(key="film-place"):
        changed = render_viewer(data, key="viewer", publish=publish, height=height) if shown else None
    if changed is not None:
        st.session_state.marks = changed
        st.rerun()
    st.text(f"Runs: {st.session_state.runs}")
    st.text(f"Marks: {json.dumps([dataclasses.asdict(mark) for mark in st.session_state.get('marks', ())])}")
    if "long" in asked:
        for line in range(60):
            st.text(f"Line {line}")


if __name__ == "__main__":
    page()
