"""The overlay as a picture to file: the scan in grey, the map over it in colour, the colour range burnt in beside it.

Same rules as in the viewer of the page: unsigned maps in a sequential, signed ones in a diverging colour map, both
legible with every colour vision deficiency; the range is shown, a near-empty map looks empty, one not to be used is grey.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from model_zoo.explainers.picture import OPACITY, blend, colour_range, colours
from model_zoo.results import Attribution
from model_zoo.trust.verdict import NOT_TO_BE_USED

MAX_SIDE = 1536  # pixels; a reading monitor shows no more beside the text
NOTICE = "Reading aid, not a medical device"


def draw_overlay(
    film: np.ndarray, attribution: Attribution, target_title: str, verdict: str | None = None
) -> Image.Image:
    """Return the picture: film and map at scan resolution (at most 1536 pixels), the colour bar in a strip beside them.

    film: float32 (rows, cols) in [0, 1], the presentation of the frame that was explained. verdict: that of the map, named in
    the strip; a map not to be used is grey.
    """
    low, high = colour_range(attribution.values, attribution.signed, attribution.method)
    layer = colours(_reduced(attribution.on_scan()), low, high, attribution.signed, verdict == NOT_TO_BE_USED)
    picture = Image.fromarray(blend(_reduced(film), layer))
    beyond = bool((np.abs(attribution.values) > high).any())
    return _with_bar(picture, attribution, target_title, (low, high), _what(attribution, beyond, verdict), verdict)


def _reduced(values: np.ndarray) -> np.ndarray:
    rows, cols = values.shape
    scale = MAX_SIDE / max(rows, cols)
    image = Image.fromarray(np.ascontiguousarray(values, dtype=np.float32))
    if scale < 1:
        image = image.resize((max(1, round(cols * scale)), max(1, round(rows * scale))), Image.Resampling.BOX)
    return np.asarray(image)


def _with_bar(
    picture: Image.Image,
    attribution: Attribution,
    title: str,
    ends: tuple[float, float],
    remarks: list[str],
    verdict: str | None,
) -> Image.Image:
    """Put a strip on the right: never over the film, where it could hide a finding."""
    size = max(11, picture.height // 60)
    font = ImageFont.load_default(size)
    lines = [title, attribution.title, attribution.unit, *remarks, NOTICE]
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
    layer = colours(ramp, low, high, attribution.signed, verdict == NOT_TO_BE_USED)
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


def _what(attribution: Attribution, beyond: bool, verdict: str | None) -> list[str]:
    words = ["orange: for the finding, blue: against" if attribution.signed else "bright: pushes the score up"]
    if verdict == NOT_TO_BE_USED:
        words = ["without colour"]
    if verdict is not None:
        words.insert(0, f"map {verdict}")
    if beyond:
        words.append("values beyond the range: end colour")
    delta = attribution.details.get("completeness_delta")
    if delta is not None:
        words.append(f"completeness delta {delta:+.3f} logit")
    return words
