// One pane: a film on black, up to two maps over it, and what stands in its corners.

const LINE = { positive: "#ffb347", negative: "#7cc4ff", plain: "#ffd75e", mark: "#5fe0c8", region: "#ffffff" };

class Pane {
  constructor(role) {
    this.role = role; // "current", "second" (same film, map B) or "prior"
    this.film = null;
    this.canvas = element("canvas", { role: "img" });
    this.header = element("div", { class: "corner header" });
    this.marker = element("div", { class: "marker", role: "img" });
    this.markerSide = element("span", { class: "side" });
    this.markerNote = element("span", { class: "note" });
    this.marker.append(this.markerSide, this.markerNote);
    this.scaleText = element("span");
    this.scale = element("div", { class: "scale", role: "img" }, element("i"), this.scaleText);
    this.bars = [new ColourBar(), new ColourBar()];
    this.empty = element("div", { class: "loading" });
    this.picture = element("div", { class: "picture" });
    this.named = element("div", { class: "named", role: "note", "aria-label": "Outlined under the pointer" });
    this.picture.append(this.canvas, this.header, this.marker, this.scale, this.empty, this.named);
    // The bars stand beside the picture: a legend over a costophrenic angle hides what the reader came for.
    this.gutter = element("div", { class: "gutter" }, this.bars[0].node, this.bars[1].node);
    this.node = element("div", { class: "pane" }, this.picture, this.gutter);
  }

  show(film) {
    if (this.film === film) return;
    this.film = film;
    this.header.replaceChildren();
    if (film.meta.synthetic) {
      this.header.append(element("strong", { class: "synthetic" }, "Synthetic: not a patient"));
    }
    for (const line of film.meta.title_lines) this.header.append(element("span", {}, line));
    const marker = film.meta.marker;
    this.marker.hidden = !marker;
    if (marker) {
      this.markerSide.textContent = marker.side;
      this.markerNote.textContent = marker.stated ? "as stated in the file" : "by convention";
      const text = marker.stated ? `${marker.side} (as stated in the file)` : `${marker.side} (by convention)`;
      this.marker.setAttribute("aria-label", `Laterality marker: ${text}`);
    }
  }

  // Says what is outlined at (x, y) in scan pixels; over the picture, so that no line of the page moves.
  name(scene, x, y) {
    const held = scene?.outlines.filter((o) => outlineShown(o, scene.ui, scene.frame) && o.holds(x, y)) ?? [];
    this.named.replaceChildren(...held.map((outline) => element("span", {}, outline.meta.words)));
    this.named.hidden = held.length === 0;
  }

  // Where the film lies in this pane, in CSS pixels.
  place(view) {
    const width = this.picture.clientWidth;
    const height = this.picture.clientHeight;
    const { rows, cols, aspect } = this.film;
    const fit = Math.min(width / cols, height / (rows * aspect));
    const sx = fit * view.zoom;
    const sy = sx * aspect;
    return { x: width / 2 - view.cx * cols * sx, y: height / 2 - view.cy * rows * sy, sx, sy, fit, width, height };
  }

  // scene: {view, window, invert, frame, layers: [Layer or null, Layer or null], swipe, ui, annotations, outlines, region}
  draw(scene) {
    const film = this.film;
    const place = this.place(scene.view);
    const ratio = window.devicePixelRatio || 1;
    const width = Math.max(1, Math.round(place.width * ratio));
    const height = Math.max(1, Math.round(place.height * ratio));
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    const context = this.canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = "#000";
    context.fillRect(0, 0, width, height);
    const ready = film.paint(scene.frame, scene.window, scene.invert);
    this.empty.textContent = ready ? "" : "Loading the picture …";
    if (!ready) return false;
    context.setTransform(ratio * place.sx, 0, 0, ratio * place.sy, ratio * place.x, ratio * place.y);
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "high";
    context.drawImage(film.canvas, 0, 0, film.cols, film.rows);
    const [a, b] = scene.layers;
    if (scene.swipe === null) {
      if (a) this.drawLayer(context, a, scene, place);
    } else {
      const split = (scene.swipe * place.width - place.x) / place.sx; // in scan pixels
      const far = 1e6;
      if (a) this.clipped(context, -far, split, () => this.drawLayer(context, a, scene, place));
      if (b) this.clipped(context, split, far, () => this.drawLayer(context, b, scene, place));
    }
    if (scene.ui.marks) {
      for (const mark of scene.annotations) {
        if (mark.frame === scene.frame) this.drawBoxes(context, mark, place);
      }
    }
    if (scene.region) this.drawBoxes(context, { name: "", boxes: [scene.region], dashed: true }, place);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const outlines = scene.outlines.filter((outline) => outlineShown(outline, scene.ui, scene.frame));
    for (const outline of outlines) outline.draw(context, place);
    const taken = [this.header, this.marker].filter((node) => !node.hidden).map((node) => boxOf(node));
    for (const outline of outlines) outline.label(context, place, taken);
    context.setTransform(1, 0, 0, 1, 0, 0);
    this.canvas.dataset.place = [place.x, place.y, place.sx, place.sy].join(" ");
    this.drawCorners(scene, place);
    return true;
  }

  clipped(context, from, to, draw) {
    context.save();
    context.beginPath();
    context.rect(from, -1e6, to - from, 2e6);
    context.clip();
    draw();
    context.restore();
  }

  drawLayer(context, layer, scene, place) {
    if (layer.meta.frame !== scene.frame || !layer.values) return;
    const { ui } = scene;
    const [top, left, height, width] = layer.meta.extent;
    context.save();
    if (!ui.contour) {
      context.globalAlpha = ui.opacity / 100;
      context.drawImage(layer.picture(ui.low / 100, ui.high / 100), left, top, width, height);
    } else {
      const lines = layer.contour(contourShare(ui));
      const cell = width / layer.cols;
      context.translate(left, top);
      context.scale(cell, height / layer.rows);
      context.lineJoin = context.lineCap = "round";
      for (const sign of ["positive", "negative"]) {
        if (!lines[sign]) continue;
        const colour = layer.meta.signed ? LINE[sign] : LINE.plain;
        // A dark casing keeps the line legible on bone and on lung.
        for (const [style, pixels] of [["rgba(0,0,0,0.65)", 3.6], [colour, 1.7]]) {
          context.strokeStyle = style;
          context.lineWidth = pixels / (place.sx * cell);
          context.stroke(lines[sign]);
        }
      }
    }
    context.restore();
  }

  drawBoxes(context, mark, place) {
    context.save();
    for (const [top, left, height, width] of mark.boxes) {
      for (const [style, pixels] of [["rgba(0,0,0,0.6)", 3.4], [mark.dashed ? LINE.region : LINE.mark, 1.5]]) {
        context.setLineDash(mark.dashed ? [6 / place.sx, 4 / place.sx] : []);
        context.strokeStyle = style;
        context.lineWidth = pixels / place.sx;
        context.strokeRect(left, top, width, height);
      }
      if (mark.name) {
        context.save();
        context.translate(left, top);
        context.scale(1 / place.sx, 1 / place.sy);
        context.font = "500 12px system-ui, sans-serif";
        context.lineWidth = 3;
        context.strokeStyle = "rgba(0,0,0,0.8)";
        context.fillStyle = LINE.mark;
        context.strokeText(mark.name, 1, -5);
        context.fillText(mark.name, 1, -5);
        context.restore();
      }
    }
    context.restore();
  }

  drawCorners(scene, place) {
    const { film } = this;
    this.marker.style.left = `${Math.max(10, Math.min(place.x + 12, place.width - 90))}px`;
    const spacing = film.meta.spacing_mm;
    this.scale.hidden = !spacing;
    if (spacing) {
      const perMm = place.sx / spacing[1];
      const length = niceLength(Math.min(160, place.width * 0.25) / perMm);
      this.scale.firstChild.style.width = `${length * perMm}px`;
      const text = length >= 1 ? `${length} mm` : `${Number(length.toPrecision(1))} mm`;
      this.scaleText.textContent = text;
      this.scale.setAttribute("aria-label", `Scale bar: ${text}`);
    }
    const [a, b] = scene.layers;
    const two = scene.swipe !== null;
    this.bars[0].show(a, scene, two ? "A · left" : "");
    this.bars[1].show(b, scene, two ? "B · right" : "");
    const maps = [a, b].filter(Boolean).map((layer) => layer.name);
    const what = this.role === "prior" ? "Prior film" : "Scan";
    this.canvas.setAttribute("aria-label", maps.length ? `${what} with ${maps.join(" and ")}` : what);
  }
}

function boxOf(node) {
  const { offsetLeft, offsetTop, offsetWidth, offsetHeight } = node;
  return { left: offsetLeft, top: offsetTop, right: offsetLeft + offsetWidth, bottom: offsetTop + offsetHeight };
}

// The share of the range at which the iso-lines run: the lower threshold, or half of the range when there is none.
function contourShare(ui) {
  return ui.low > 0 ? ui.low / 100 : 0.5;
}

// The largest 1, 2 or 5 times a power of ten that is not above the limit.
function niceLength(limit) {
  const power = 10 ** Math.floor(Math.log10(limit));
  return power * (limit / power >= 5 ? 5 : limit / power >= 2 ? 2 : 1);
}

const BAR_HEIGHT = 150;

class ColourBar {
  constructor() {
    this.slot = element("span", { class: "unit" });
    this.name = element("strong");
    this.unit = element("span", { class: "unit" });
    this.verdict = element("span", { class: "verdict" });
    this.notes = element("span", { class: "unit" });
    this.canvas = makeCanvas(12, BAR_HEIGHT);
    this.ticks = element("div", { class: "ticks" });
    this.node = element(
      "div",
      { class: "bar", role: "img" },
      element("div", { class: "bar-head" }, this.slot, this.name, this.unit, this.verdict),
      element("div", { class: "bar-body" }, this.canvas, this.ticks),
      this.notes,
    );
  }

  show(layer, scene, slot) {
    this.node.hidden = !layer;
    if (!layer) return;
    const { ui } = scene;
    const wanted = [slot, ui.low, ui.high, ui.contour, scene.frame].join();
    if (this.wanted === wanted && this.layer === layer) return;
    this.wanted = wanted;
    this.layer = layer;
    const { unit, verdict, signed, missing, frame } = layer.meta;
    this.slot.textContent = slot;
    this.name.textContent = layer.name;
    this.unit.textContent = unit;
    this.verdict.textContent = verdict ?? "";
    this.verdict.hidden = !verdict;
    const clipped = layer.strongest > layer.reach * 1.001;
    const notes = [];
    if (frame !== scene.frame) notes.push(`Map of frame ${frame + 1}: not drawn here`);
    else if (layer.strongest <= layer.visible[0] * layer.reach) notes.push("No value rises above 2 % of this range");
    if (missing) notes.push("Hatched: no value");
    if (ui.contour) notes.push(`Line at ${signed ? "±" : ""}${plain(contourShare(ui) * layer.reach, layer.reach)}`);
    this.notes.replaceChildren(...notes.map((note) => element("span", {}, note)));
    this.paint(layer, ui);
    const at = (value) => BAR_HEIGHT * (1 - (value - layer.low) / (layer.high - layer.low));
    const values = signed ? [layer.high, 0, layer.low] : [layer.high, layer.low];
    this.ticks.replaceChildren();
    for (const value of values) {
      const more = clipped && Math.abs(value) === layer.reach ? (value > 0 ? "≥ " : "≤ ") : "";
      const sign = signed && value > 0 && !more ? "+" : "";
      const tick = element("span", {}, value === 0 ? "0" : `${more}${sign}${plain(value, layer.reach)}`);
      tick.style.top = `${at(value)}px`;
      this.ticks.append(tick);
    }
    const range = `${plain(layer.low, layer.reach)} to ${plain(layer.high, layer.reach)}`;
    const parts = [`Colour bar: ${layer.name}, ${unit}, ${range}`, verdict, ...notes].filter(Boolean);
    this.node.setAttribute("aria-label", parts.join(". "));
  }

  // The bar shows each value as it looks over black, thresholds included.
  paint(layer, ui) {
    const context = this.canvas.getContext("2d");
    const image = context.createImageData(12, BAR_HEIGHT);
    for (let y = 0; y < BAR_HEIGHT; y++) {
      const value = layer.high - ((y + 0.5) / BAR_HEIGHT) * (layer.high - layer.low);
      const share = Math.abs(value) / layer.reach;
      const hidden = !ui.contour && (share < ui.low / 100 || (ui.high < 100 && share > ui.high / 100));
      const alpha = hidden ? 0 : layer.alpha(value);
      const colour = layer.colour(value);
      for (let x = 0; x < 12; x++) {
        const at = 4 * (y * 12 + x);
        for (let c = 0; c < 3; c++) image.data[at + c] = Math.round(alpha * colour[c] + (1 - alpha) * 16);
        image.data[at + 3] = 255;
      }
    }
    context.putImageData(image, 0, 0);
    if (!ui.contour) return;
    const levels = layer.meta.signed ? [contourShare(ui), -contourShare(ui)] : [contourShare(ui)];
    for (const level of levels) {
      const y = BAR_HEIGHT * (1 - (level * layer.reach - layer.low) / (layer.high - layer.low));
      context.fillStyle = "#fff";
      context.fillRect(0, Math.min(BAR_HEIGHT - 2, Math.max(0, y - 1)), 12, 2);
    }
  }
}
