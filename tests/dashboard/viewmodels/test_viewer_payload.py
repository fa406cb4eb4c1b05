"""The viewer's payload: what lands where, how exactly, how heavy, and what it must not carry."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import io
import json

import numpy as np
import pytest
from PIL import Image

from dashboard.viewmodels.viewer import scan as scan_module
from dashboard.viewmodels.viewer.payload import (
    DIVERGING,
    SEQUENTIAL,
    ViewerAnnotation,
    ViewerLayer,
    build_viewer,
    shared_range,
)
from dashboard.viewmodels.viewer.scan import encode_scan, laterality_marker
from model_zoo.case.marks import Mark
from model_zoo.scans.orientation import Orientation
from model_zoo.scans.scan import Scan, ScanMetadata, Window

SEED = 20260111


def a_scan(frames: np.ndarray, metadata: ScanMetadata | None = None, *, is_colour: bool = False) -> Scan:
    low, high = float(frames.min()), float(frames.max())
    return Scan(
        sha256="ab" * 32,
        format="DICOM",
        frames=np.asarray(frames, dtype=np.float32),
        window=Window((low + high) / 2, high - low),
        metadata=metadata or ScanMetadata(),
        is_colour=is_colour,
    )


def a_layer(values: np.ndarray, *, signed: bool = False, name: str = "Grad-CAM", **more: object) -> ViewerLayer:
    return ViewerLayer(name, "change in logit", signed, values, -1.0 if signed else 0.0, 1.0, **more)


def unpack(png: str, planes: int) -> np.ndarray:
    """Read codes the way the browser does, in lines of its own: high bytes above low bytes."""
    stacked = np.asarray(Image.open(io.BytesIO(base64.b64decode(png)))).astype(np.int64)
    if planes == 1:
        return stacked
    high, low = np.split(stacked, 2)
    return high * 256 + low


def map_of(layer: ViewerLayer, rows: int, cols: int) -> tuple[np.ndarray, dict]:
    payload = json.loads(json.dumps(layer.to_payload(rows, cols)))
    codes = unpack(payload["png"], 2)
    low, high = payload["values"]
    return np.where(codes == 0, np.nan, low + (codes - 1) / 65534 * (high - low)), payload


def greys_of(payload: dict, frame: int = 0) -> np.ndarray:
    return payload["offset"] + payload["step"] * unpack(payload["frames"][frame], payload["planes"])


def covered(mask: np.ndarray, payload: dict) -> tuple[float, float, float, float]:
    """Return (top, left, bottom, right) in scan pixels of the cells in ``mask``."""
    top, left, height, width = payload["extent"]
    rows, cols = payload["shape"]
    r, c = np.nonzero(mask)
    return (
        top + r.min() * height / rows,
        left + c.min() * width / cols,
        top + (r.max() + 1) * height / rows,
        left + (c.max() + 1) * width / cols,
    )


def test_a_bright_square_lands_on_the_square_of_a_scan_that_is_not_square() -> None:
    values = np.zeros((30, 25), np.float32)
    values[15:18, 16:19] = 1.0
    decoded, payload = map_of(a_layer(values), rows=600, cols=250)
    assert covered(decoded > 0.5, payload) == (300, 160, 360, 190)


def test_a_map_of_a_part_of_the_scan_keeps_its_extent() -> None:
    values = np.zeros((8, 8), np.float32)
    values[0, 7] = 1.0
    decoded, payload = map_of(a_layer(values, extent=(40.5, 100.0, 320.0, 160.0)), rows=600, cols=500)
    assert covered(decoded > 0.5, payload) == (40.5, 240.0, 80.5, 260.0)


def test_a_map_finer_than_the_limit_is_averaged_in_place() -> None:
    values = np.zeros((1024, 2048), np.float32)
    values[256:320, 512:640] = 1.0
    decoded, payload = map_of(a_layer(values), rows=1024, cols=2048)
    assert payload["shape"] == [256, 512]
    assert covered(decoded > 0.5, payload) == (256, 512, 320, 640)
    assert decoded.mean() == pytest.approx(values.mean(), abs=1e-4)


@pytest.mark.parametrize("scale", [1e-6, 0.3, 4e4])
def test_the_packed_map_is_exact_to_half_a_step(scale: float) -> None:
    values = np.random.default_rng(SEED).normal(0, scale, (64, 48)).astype(np.float32)
    decoded, _ = map_of(a_layer(values, signed=True), 64, 48)
    assert np.abs(decoded - values).max() <= 0.501 * np.ptp(values) / 65534


def test_a_map_of_one_value_survives() -> None:
    decoded, _ = map_of(a_layer(np.full((5, 5), 0.25, np.float32)), 5, 5)
    np.testing.assert_allclose(decoded, 0.25)


def test_missing_stays_missing_and_is_never_zero() -> None:
    values = np.full((20, 20), 0.5, np.float32)
    values[:5] = np.nan
    decoded, payload = map_of(a_layer(values), 200, 200)
    assert payload["missing"] is True
    np.testing.assert_array_equal(np.isnan(decoded), np.isnan(values))
    np.testing.assert_allclose(decoded[5:], 0.5)


def test_averaging_does_not_pull_known_values_towards_missing_ones() -> None:
    values = np.full((1024, 1024), 0.5, np.float32)
    values[:, :513] = np.nan
    decoded, _ = map_of(a_layer(values), 1024, 1024)
    assert np.isnan(decoded[:, :256]).all()
    np.testing.assert_allclose(decoded[:, 256:], 0.5, atol=1e-5)


def test_a_map_without_any_value_is_all_missing() -> None:
    decoded, payload = map_of(a_layer(np.full((4, 4), np.nan, np.float32)), 8, 8)
    assert payload["missing"] is True
    assert np.isnan(decoded).all()


def test_two_maps_of_pure_noise_weigh_well_under_two_megabytes() -> None:
    noise = np.random.default_rng(SEED).normal(0, 0.3, (2, 1024, 1024)).astype(np.float32)
    layers = [a_layer(noise[0], name="A", signed=True), a_layer(noise[1], name="B", signed=True)]
    payload = build_viewer(a_scan(np.zeros((1, 8, 8))), layers).to_payload()
    assert len(json.dumps(payload["layers"])) < 1_600_000


def test_the_sign_alone_picks_the_colours() -> None:
    values = np.ones((2, 2), np.float32)
    assert a_layer(values, signed=True).colour_map == DIVERGING
    assert a_layer(values).colour_map == SEQUENTIAL
    assert map_of(a_layer(values, signed=True), 2, 2)[1]["stops"] == [list(stop) for stop in DIVERGING]


def simulate(stops: np.ndarray, matrix: list[list[float]]) -> np.ndarray:
    return np.clip(stops @ np.asarray(matrix).T, 0, 255)


@pytest.mark.parametrize(
    "matrix",
    [
        pytest.param(
            [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
        ),
        pytest.param(
            [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
        ),
        pytest.param(
            [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
        ),
    ],
    ids=["protanopia", "deuteranopia", "tritanopia"],
)
def test_for_against_and_strength_stay_apart_without_one_kind_of_cone(matrix: list[list[float]]) -> None:
    """Machado et al. 2009, full severity, on the display values: a coarse check that needs no colour library."""
    stops = simulate(np.asarray([stop[1:] for stop in DIVERGING], dtype=float), matrix)
    for against, in_favour in zip(stops[:3], stops[:2:-1], strict=True):
        assert np.linalg.norm(against - in_favour) > 60
    light = simulate(np.asarray([stop[1:] for stop in SEQUENTIAL], dtype=float), matrix) @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(light) > 8).all()


def test_the_colour_range_is_the_given_one_and_not_that_of_the_values() -> None:
    _, payload = map_of(a_layer(np.full((4, 4), 1e-4, np.float32)), 8, 8)
    assert payload["range"] == [0.0, 1.0]


@pytest.mark.parametrize(
    ("signed", "vmin", "vmax"),
    [(True, -0.1, 0.2), (True, 0.0, 1.0), (False, -1.0, 1.0), (False, 1.0, 1.0), (False, 0.0, float("nan"))],
)
def test_a_range_that_misleads_is_refused(signed: bool, vmin: float, vmax: float) -> None:
    with pytest.raises(ValueError, match=r"range|zero"):
        ViewerLayer("Grad-CAM", "change in logit", signed, np.zeros((2, 2), np.float32), vmin, vmax)


def test_the_shared_range_covers_both_maps_and_has_a_floor() -> None:
    weak, strong = np.full((10, 10), 1e-6), np.linspace(-3, 3, 100)
    assert shared_range([weak], signed=True, floor=0.05) == (-0.05, 0.05)
    low, high = shared_range([weak, strong], signed=True, floor=0.05)
    assert low == -high
    assert high == pytest.approx(3, rel=0.01)
    assert shared_range([np.array([np.nan, 2.0])], signed=False, floor=0.1) == (0.0, 2.0)


def test_eight_bit_films_are_sent_exactly_in_one_plane() -> None:
    frames = np.random.default_rng(SEED).integers(0, 256, (2, 40, 30))
    payload = encode_scan(a_scan(frames)).to_payload()
    assert payload["planes"] == 1
    np.testing.assert_array_equal(greys_of(payload, 1), frames[1])


def test_films_of_more_than_eight_bits_are_sent_exactly_in_two_planes() -> None:
    frames = np.random.default_rng(SEED).integers(-1024, 3072, (1, 40, 30))
    payload = encode_scan(a_scan(frames)).to_payload()
    assert payload["planes"] == 2
    np.testing.assert_array_equal(greys_of(payload), frames[0])


def test_films_that_are_not_whole_numbered_keep_sixteen_bits() -> None:
    frames = np.random.default_rng(SEED).random((1, 40, 30)).astype(np.float32)
    payload = encode_scan(a_scan(frames)).to_payload()
    assert np.abs(greys_of(payload) - frames[0]).max() <= 0.51 / 65535


def test_a_large_film_is_reduced_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan_module, "MAX_FILM_SIDE", 384)
    frames = np.zeros((1, 500, 750), np.float32)
    frames[0, 250:300, 375:450] = 255
    film = encode_scan(a_scan(frames))
    assert (film.sent_rows, film.sent_cols, film.rows, film.cols) == (256, 384, 500, 750)
    r, c = np.nonzero(greys_of(film.to_payload()) > 127)
    assert (r.min() / 256, (r.max() + 1) / 256) == pytest.approx((0.5, 0.6), abs=1 / 256)
    assert (c.min() / 384, (c.max() + 1) / 384) == pytest.approx((0.5, 0.6), abs=1 / 384)


def test_many_frames_share_one_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan_module, "MAX_FILM_PIXELS", 10 * 32 * 32)
    film = encode_scan(a_scan(np.zeros((10, 64, 64), np.float32)))
    assert (film.n_frames, film.sent_rows, film.sent_cols) == (10, 32, 32)


def test_nothing_in_the_payload_names_the_patient() -> None:
    metadata = ScanMetadata(patient_id="MRN-7788", sex="F", age_years=63.0, view="PA", study_date="2026-01-11")
    scan = a_scan(np.zeros((1, 8, 8)), metadata)
    text = json.dumps(build_viewer(scan, prior=scan, title_lines=["Case 3"]).to_payload())
    assert "MRN" not in text
    assert json.loads(text)["scan"]["title_lines"] == ["Case 3", "PA", "2026-01-11", "8 × 8 px"]


@pytest.mark.parametrize(
    ("metadata", "colour", "expected"),
    [
        (ScanMetadata(view="PA"), False, ("R", False)),
        (ScanMetadata(), False, ("R", False)),
        # Laterality names the hand, not the edge of the picture; a chest is not paired at all.
        (ScanMetadata(laterality="L", body_part="HAND"), False, None),
        (ScanMetadata(laterality="L", body_part="CHEST", view="PA"), False, ("R", False)),
        (ScanMetadata(view="PA", orientation=Orientation("L", "F")), False, ("R", True)),
        (ScanMetadata(view="PA", orientation=Orientation("R", "F")), False, ("L", True)),
        (ScanMetadata(view="PA", orientation=Orientation("R", "H")), False, ("L", True)),
        (ScanMetadata(view="PA", orientation=Orientation("L", "H")), False, ("R", True)),
        (ScanMetadata(view="PA", orientation=Orientation("F", "L")), False, None),
        (ScanMetadata(orientation=Orientation("A", "F")), False, None),
        (ScanMetadata(modality="MR", orientation=Orientation("L", "P")), False, ("R", True)),
        (ScanMetadata(view="LATERAL"), False, None),
        (ScanMetadata(modality="US"), False, None),
        (ScanMetadata(body_part="HAND"), False, None),
        (ScanMetadata(), True, None),
    ],
)
def test_a_side_is_claimed_only_where_convention_or_file_allow(
    metadata: ScanMetadata, colour: bool, expected: tuple[str, bool] | None
) -> None:
    marker = laterality_marker(a_scan(np.zeros((1, 4, 4)), metadata, is_colour=colour))
    assert (marker and (marker.side, marker.stated)) == expected


def test_the_side_of_a_paired_body_part_stands_in_the_title_and_that_of_a_chest_nowhere() -> None:
    lines = [
        encode_scan(a_scan(np.zeros((1, 4, 4)), ScanMetadata("DX", part, laterality="L"))).title_lines[0]
        for part in ("HAND", "CHEST", None)
    ]
    assert lines == ["DX · HAND · left", "DX · CHEST", "DX"]


def test_no_scale_without_spacing_and_synthetic_is_marked() -> None:
    payload = encode_scan(a_scan(np.zeros((1, 4, 4)), ScanMetadata(synthetic=True))).to_payload()
    assert payload["spacing_mm"] is None
    assert payload["synthetic"] is True


def test_an_encoded_film_is_taken_as_it_is() -> None:
    film = encode_scan(a_scan(np.zeros((1, 4, 4))), ["Kept"])
    data = build_viewer(film, annotations=[ViewerAnnotation("Box", ((1, 2, 1, 1),))], prior=film)
    assert data.scan is film
    assert data.prior is film
    assert data.to_payload()["annotations"] == [{"name": "Box", "boxes": [[1, 2, 1, 1]], "frame": 0}]


def test_the_frame_that_is_read_is_named_and_has_to_exist() -> None:
    scan = a_scan(np.zeros((3, 4, 4)))
    assert build_viewer(scan).to_payload()["frame"] == 0
    assert build_viewer(scan, frame=2).to_payload()["frame"] == 2
    with pytest.raises(ValueError, match="index 3"):
        build_viewer(scan, frame=3)


def test_layers_that_cannot_be_told_apart_or_placed_are_refused() -> None:
    scan, values = a_scan(np.zeros((1, 4, 4))), np.zeros((2, 2), np.float32)
    with pytest.raises(ValueError, match="unique"):
        build_viewer(scan, [a_layer(values), a_layer(values)])
    with pytest.raises(ValueError, match="another frame"):
        build_viewer(scan, [a_layer(values, frame=1)])


def test_a_film_in_colour_is_sent_as_it_is_looked_at() -> None:
    colour = np.random.default_rng(SEED).integers(0, 256, (2, 40, 30, 3), dtype=np.uint8)
    grey = (colour @ np.array([0.299, 0.587, 0.114])).astype(np.float32)
    scan = Scan("ab" * 32, "PNG", grey, Window(127.5, 255.0), is_colour=True, colour=colour)
    payload = encode_scan(scan).to_payload()
    assert (payload["planes"], payload["window"], payload["sent"]) == (3, [127.5, 255.0], [40, 30])
    sent = Image.open(io.BytesIO(base64.b64decode(payload["frames"][1])))
    np.testing.assert_array_equal(np.asarray(sent), colour[1])


def test_every_picture_can_be_published_and_the_message_stays_the_same() -> None:
    scan = a_scan(np.random.default_rng(SEED).integers(0, 256, (2, 40, 30)))
    data = build_viewer(scan, [a_layer(np.ones((4, 4), np.float32))], prior=scan)
    kept: dict[str, bytes] = {}

    def publish(content: bytes, mime: str) -> str:
        assert mime == "image/png"
        address = f"/pictures/{hashlib.sha256(content).hexdigest()}"
        kept[address] = content
        return address

    payload = data.to_payload(publish)
    pictures = [*payload["scan"]["frames"], *payload["prior"]["frames"], payload["layers"][0]["png"]]
    assert all(set(picture) == {"url"} for picture in pictures)
    inline = data.to_payload()
    assert base64.b64encode(kept[pictures[1]["url"]]).decode() == inline["scan"]["frames"][1]
    assert json.dumps(data.to_payload(publish)) == json.dumps(payload)
    assert "iVBOR" not in json.dumps(payload)


def test_case_marks_and_a_wish_of_the_page_travel_with_the_film() -> None:
    mark = Mark("ruler", ((0.0, 0.0), (3.0, 4.0)), 0, "heart")
    scan = a_scan(np.zeros((1, 4, 4)))
    payload = build_viewer(scan, marks=[mark], case_key="k1", show=("Grad-CAM", 2)).to_payload()
    assert payload["marks"] == [{"kind": "ruler", "points": ((0.0, 0.0), (3.0, 4.0)), "frame": 0, "word": "heart"}]
    assert (payload["case_key"], payload["show"]) == ("k1", ["Grad-CAM", 2])
    assert build_viewer(scan).to_payload()["case_key"] == scan.sha256


def test_lengths_that_hold_at_the_detector_are_marked_so() -> None:
    scan = a_scan(np.zeros((1, 4, 4)))
    note = "The pixel spacing is that of the detector: lengths in the patient appear magnified."
    assert encode_scan(dataclasses.replace(scan, notes=(note,))).magnified
    assert not encode_scan(scan).magnified


@pytest.mark.parametrize(("name", "key"), [("Grad-CAM", "g"), ("Integrated Gradients", "i"), ("Occlusion", "")])
def test_the_two_default_maps_have_a_letter(name: str, key: str) -> None:
    assert a_layer(np.ones((2, 2), np.float32), name=name).to_payload(2, 2)["key"] == key
