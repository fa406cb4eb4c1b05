"""The overlay as a picture to file: the scan in grey, the map over it in colour, the colour range burnt in beside it.

Same rules as in the viewer of the page: unsigned maps in a sequential, signed ones in a diverging colour map, both
legible with every colour vision deficiency; the range is shown and a near-empty map looks empty.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from model_zoo.engine.results import Attribution
from model_zoo.explainers.palette import (
    DIVERGING,
    OPAQUE_FROM,
    OTHER_FLOOR,
    RANGE_FLOORS,
    RANGE_QUANTILE,
    SEQUENTIAL,
    VISIBLE_FROM,
)

MAX_SIDE = 1536  # pixels; a reading monitor shows no more beside the text
OPACITY = 0.6  # the film stays readable under the strongest value
NOTICE = "Reading aid, not a medical device"


def colour_range(values: np.ndarray, signed: bool, method: str = "") -> tuple[float, float]:
    """Return the values at both ends of the colour bar for a map (rows, cols) at its own resolution, as on the page."""
    top = float(np.quantile(np.abs(values), RANGE_QUANTILE)) if values.size else 0.0
    top = max(top, RANGE_FLOORS.get(method, OTHER_FLOOR))
    return (-top, top) if signed else (0.0, top)


def colours(values: np.ndarray, low: float, high: float, signed: bool) -> np.ndarray:
    """Return red, green, blue and opacity, float32 (rows, cols, 4) from 0 to 1, of values in that range."""
    position = np.clip((values - low) / (high - low), 0, 1)
    stops = DIVERGING if signed else SEQUENTIAL
    at = [stop[0] for stop in stops]
    channels = [np.interp(position, at, [stop[i] / 255 for stop in stops]) for i in (1, 2, 3)]
    # An unsigned map may hold values below zero by rounding: they say nothing, and show nothing.
    strength = np.clip(np.abs(values) if signed else values, 0, None) / high
    opacity = OPACITY * np.clip((strength - VISIBLE_FROM) / (OPAQUE_FROM - VISIBLE_FROM), 0, 1)
    return np.stack([*channels, opacity], axis=-1).astype(np.float32)


def draw_overlay(film: np.ndarray, attribution: Attribution, target_title: str) -> Image.Image:
    """Return the picture: film and map at scan resolution (at most 1536 pixels), the colour bar in a strip beside them.

    film: float32 (rows, cols) in [0, 1], the presentation of the frame that was explained.
    """
    low, high = colour_range(attribution.values, attribution.signed, attribution.method)
    grey, values = _reduced(film), _reduced(attribution.on_scan())
    layer = colours(values, low, high, attribution.signed)
    opacity = layer[..., 3:]
    blended = grey[..., None] * (1 - opacity) + layer[..., :3] * opacity
    picture = Image.fromarray(np.round(np.clip(blended, 0, 1) * 255).astype(np.uint8))
    beyond = bool((np.abs(attribution.values) > high).any())
    return _with_bar(picture, attribution, target_title, (low, high), beyond)


def _reduced(values: np.ndarray) -> np.ndarray:
    rows, cols = values.shape
    scale = MAX_SIDE / max(rows, cols)
    image = Image.fromarray(np.ascontiguousarray(values, dtype=np.float32))
    if scale < 1:
        image = image.resize((max(1, round(cols * scale)), max(1, round(rows * scale))), Image.Resampling.BOX)
    return np.asarray(image)


def _with_bar(
    picture: Image.Image, attribution: Attribution, title: str, ends: tuple[float, float], beyond: bool
) -> Image.Image:
    """Put a strip on the right: never over the film, where it could hide a finding."""
    size = max(11, picture.height // 60)
    font = ImageFont.load_default(size)
    lines = [title, attribution.title, attribution.unit, *_what(attribution, beyond), NOTICE]
    width = max(14 * size, *(int(font.getlength(line)) + 2 * size for line in lines))
    height = max(picture.height, size * (len(lines) + 14) * 3 // 2)
    canvas = Image.new("RGB", (picture.width + width, height))
    canvas.paste(picture)
    draw = ImageDraw.Draw(canvas)
    x, y, line_height = picture.width + size, size, size * 3 // 2
    for line in lines[:3]:
        draw.text((x, y), line, fill=(235, 235, 235), font=font)
        y += line_height
    y += line_height
    bar_height = height - y - line_height * (len(lines) - 1)
    low, high = ends
    ramp = np.repeat(np.linspace(high, low, bar_height, dtype=np.float32)[:, None], 2 * size, axis=1)
    layer = colours(ramp, low, high, attribution.signed)
    # On black, as over the dark lung: the bar shows what the eye meets in the picture, opacity included.
    shown = layer[..., :3] * (layer[..., 3:] / OPACITY)
    canvas.paste(Image.fromarray(np.round(shown * 255).astype(np.uint8)), (x, y))
    draw.rectangle((x - 1, y - 1, x + 2 * size, y + bar_height), outline=(120, 120, 120))
    ticks = [high, 0.0, low] if attribution.signed else [high, high / 2, 0.0]
    for tick in ticks:
        at = y + (high - tick) / (high - low) * bar_height
        draw.text(
            (x + 3 * size, at),
            f"{tick:+.3g}" if attribution.signed and tick else f"{tick:.3g}",
            (235, 235, 235),
            font,
            "lm",
        )
    y += bar_height + line_height
    for line in lines[3:]:
        draw.text((x, y), line, fill=(170, 170, 170), font=font)
        y += line_height
    return canvas


def _what(attribution: Attribution, beyond: bool) -> list[str]:
    words = ["orange: for the finding, blue: against" if attribution.signed else "bright: pushes the score up"]
    if beyond:
        words.append("values beyond the range: end colour")
    delta = attribution.details.get("completeness_delta")
    if delta is not None:
        words.append(f"completeness delta {delta:+.3f} logit")
    return words
