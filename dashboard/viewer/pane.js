// One pane: a film on black, up to two maps over it, and in its margins, outside of the picture, what must be known of it.

const LINE = { positive: "#ffb347", negative: "#7cc4ff", plain: "#ffd75e", box: "#5fe0c8" };

class Pane {
  /** @param {"current" | "second" | "prior"} role second: the same film with map B */
  constructor(role) {
    this.role = role;
    /** @type {Film | null} */
    this.film = null;
    this.canvas = element("canvas", { role: "img", "data-case": "" });
    // Side, scale and the rest stand in margins: the file may carry a burned-in side marker, and nothing is doubled or covered.
    this.marker = element("span", { class: "marker", role: "img" });
    this.synthetic = element("strong", { class: "synthetic" }, say("synthetic"));
    this.title = element("span", { class: "title", "data-case": "" });
    this.header = element("div", { class: "margin" }, this.marker, this.synthetic, this.title);
    this.scaleText = element("span");
    this.scale = element("span", { class: "scale", role: "img", "data-case": "" }, element("i"), this.scaleText);
    this.cursor = element("span", { class: "cursor" });
    this.state = element("span", { class: "state" });
    const readout = role === "prior" ? say("readout_prior") : say("readout");
    this.readout = element("span", { class: "readout", role: "group", "aria-label": readout, "data-case": "" }, this.cursor, this.state);
    const foot = element("div", { class: "margin" }, this.scale, this.readout);
    this.empty = element("div", { class: "loading" });
    this.named = element("div", { class: "named", role: "note", "aria-label": say("named"), "data-case": "" });
    this.picture = element("div", { class: "picture" }, this.canvas, this.empty, this.named);
    // The bars stand beside the picture: a legend over a costophrenic angle hides what the reader came for.
    this.bars = [new ColourBar(), new ColourBar()];
    this.gutter = element("div", { class: "gutter" }, this.bars[0].node, this.bars[1].node);
    const column = element("div", { class: "column" }, this.header, this.picture, foot);
    this.node = element("div", { class: "pane" }, column, this.gutter);
  }

  /** Take everything off the screen. */
  clear() {
    this.film = null;
    drawingOn(this.canvas).clearRect(0, 0, this.canvas.width, this.canvas.height);
    delete this.canvas.dataset.place;
    for (const node of [this.marker, this.title, this.cursor, this.state, this.scaleText, this.named]) node.textContent = "";
    this.scale.hidden = this.synthetic.hidden = this.marker.hidden = this.named.hidden = true;
    for (const bar of this.bars) {
      bar.node.hidden = true;
      bar.layer = null;
    }
    this.empty.textContent = say("loading");
  }

  /**
   * @param {Film} film
   * @param {boolean} titled
   */
  show(film, titled) {
    this.title.textContent = titled ? film.meta.title_lines.join(" · ") : "";
    if (this.film === film) return;
    this.film = film;
    this.synthetic.hidden = !film.meta.synthetic;
    const { marker } = film.meta;
    this.marker.hidden = !marker;
    if (!marker) return;
    const note = marker.stated ? say("side_stated") : say("side_convention");
    this.marker.replaceChildren(element("b", {}, marker.side), note);
    this.marker.setAttribute("aria-label", say("side", { side: marker.side, note }));
  }

  /**
   * Say what is outlined at (x, y) in scan pixels; over the picture, so that no line of the page moves.
   * @param {Scene | null} scene
   * @param {number} x
   * @param {number} y
   */
  name(scene, x, y) {
    const held = scene ? scene.outlines.filter((o) => outlineShown(o, scene.ui, scene.frame) && o.holds(x, y)) : [];
    this.named.replaceChildren(...held.map((outline) => element("span", {}, outline.meta.words)));
    this.named.hidden = held.length === 0;
  }

  /**
   * Where the film lies in this pane.
   * @param {View} view
   * @returns {Place}
   */
  place(view) {
    const width = this.picture.clientWidth;
    const height = this.picture.clientHeight;
    const { rows, cols, aspect } = this.film ?? { rows: 1, cols: 1, aspect: 1 };
    const fit = Math.min(width / cols, height / (rows * aspect));
    const sx = fit * view.zoom;
    const sy = sx * aspect;
    return { x: width / 2 - view.cx * cols * sx, y: height / 2 - view.cy * rows * sy, sx, sy, fit, width, height };
  }

  /**
   * Draw; false while the film is not decoded yet.
   * @param {Scene} scene
   */
  draw(scene) {
    const { film } = this;
    if (!film) return false;
    const place = this.place(scene.view);
    const ratio = window.devicePixelRatio || 1;
    const width = Math.max(1, Math.round(place.width * ratio));
    const height = Math.max(1, Math.round(place.height * ratio));
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    const context = drawingOn(this.canvas);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = "#000";
    context.fillRect(0, 0, width, height);
    const ready = film.paint(scene.frame, scene.window, scene.ui.invert);
    this.empty.textContent = ready ? "" : say("loading");
    if (!ready) return false;
    context.setTransform(ratio * place.sx, 0, 0, ratio * place.sy, ratio * place.x, ratio * place.y);
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "high";
    context.drawImage(film.canvas, 0, 0, film.cols, film.rows);
    this.drawMaps(context, scene, place);
    if (scene.ui.boxes) for (const one of scene.annotations) if (one.frame === scene.frame) this.drawBoxes(context, one, place);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.drawLines(context, scene, place);
    context.setTransform(1, 0, 0, 1, 0, 0);
    this.canvas.dataset.place = [place.x, place.y, place.sx, place.sy].join(" ");
    this.drawMargins(scene, place);
    return true;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Scene} scene
   * @param {Place} place
   */
  drawMaps(context, scene, place) {
    const [a, b] = scene.layers;
    if (scene.swipe === null) {
      if (a) this.drawLayer(context, a, scene, place);
      return;
    }
    const split = (scene.swipe * place.width - place.x) / place.sx; // in scan pixels
    const far = 1e6;
    for (const [layer, from, to] of /** @type {[Layer | null, number, number][]} */ ([[a, -far, split], [b, split, far]])) {
      if (!layer) continue;
      context.save();
      context.beginPath();
      context.rect(from, -far, to - from, 2 * far);
      context.clip();
      this.drawLayer(context, layer, scene, place);
      context.restore();
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Layer} layer
   * @param {Scene} scene
   * @param {Place} place
   */
  drawLayer(context, layer, scene, place) {
    if (layer.meta.frame !== scene.frame) return;
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
      for (const sign of /** @type {const} */ (["positive", "negative"])) {
        const line = lines[sign];
        if (!line) continue;
        const scale = place.sx * cell;
        // What speaks against the finding is told by its line too, not by the colour alone.
        context.setLineDash(sign === "negative" ? [5 / scale, 8 / scale] : []);
        strokeCased(context, layer.meta.signed ? LINE[sign] : LINE.plain, scale, () => context.stroke(line));
      }
    }
    context.restore();
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Annotation} annotation
   * @param {Place} place
   */
  drawBoxes(context, annotation, place) {
    for (const [top, left, height, width] of annotation.boxes) {
      strokeCased(context, LINE.box, place.sx, () => context.strokeRect(left, top, width, height));
      context.save();
      context.translate(left, top);
      context.scale(1 / place.sx, 1 / place.sy);
      context.font = "500 12px system-ui, sans-serif";
      context.lineWidth = 3;
      context.strokeStyle = "rgba(0,0,0,0.8)";
      context.fillStyle = LINE.box;
      context.strokeText(annotation.name, 1, -5);
      context.fillText(annotation.name, 1, -5);
      context.restore();
    }
  }

  /**
   * Outlines, marks of the reader, and the cross with which the keyboard draws.
   * @param {CanvasRenderingContext2D} context in screen pixels
   * @param {Scene} scene
   * @param {Place} place
   */
  drawLines(context, scene, place) {
    /** @type {Taken[]} */
    const taken = [];
    const outlines = scene.outlines.filter((outline) => outlineShown(outline, scene.ui, scene.frame));
    for (const outline of outlines) outline.draw(context, place);
    for (const outline of outlines) outline.label(context, place, taken);
    const spacing = this.film?.meta.spacing_mm ?? null;
    scene.marks.forEach((mark, i) => {
      if (mark.frame === scene.frame) drawMark(context, place, mark, i === scene.chosen, spacing, taken);
    });
    if (scene.draft) drawMark(context, place, scene.draft, true, spacing, taken);
    if (!scene.cursor) return;
    const [x, y] = [place.x + scene.cursor.x * place.sx, place.y + scene.cursor.y * place.sy];
    const cross = new Path2D(`M${x - 12} ${y}h24M${x} ${y - 12}v24`);
    strokeCased(context, MARK_CHOSEN, 1, () => context.stroke(cross));
  }

  /**
   * @param {Scene} scene
   * @param {Place} place
   */
  drawMargins(scene, place) {
    const spacing = this.film?.meta.spacing_mm;
    this.header.style.paddingLeft = `${within(place.x, 8, Math.max(8, place.width / 3))}px`;
    this.scale.hidden = !spacing;
    if (spacing) {
      const perMm = place.sx / spacing[1];
      const length = niceLength(Math.min(120, place.width * 0.2) / perMm);
      /** @type {HTMLElement} */ (this.scale.firstChild).style.width = `${length * perMm}px`;
      const text = `${length >= 1 ? length : Number(length.toPrecision(1))} mm`;
      this.scaleText.textContent = text;
      this.scale.setAttribute("aria-label", say("scale", { length: text }));
    }
    const [a, b] = scene.layers;
    const two = scene.swipe !== null;
    this.bars[0].show(a, scene, two ? say("slot_a") : "");
    this.bars[1].show(b, scene, two ? say("slot_b") : "");
    const maps = [a, b].flatMap((layer) => (layer ? [layer.name] : [])).join(", ");
    const what = this.role === "prior" ? say("prior") : say("scan");
    this.canvas.setAttribute("aria-label", maps ? say("scan_with", { scan: what, maps }) : what);
  }
}

/**
 * Stroke with a dark casing, which keeps a line legible on bone, on lung and on a map.
 * @param {CanvasRenderingContext2D} context
 * @param {string} colour
 * @param {number} scale screen pixels per unit of the context
 * @param {() => void} stroke
 */
function strokeCased(context, colour, scale, stroke) {
  for (const [style, pixels] of /** @type {[string, number][]} */ ([["rgba(0,0,0,0.65)", 3.6], [colour, 1.7]])) {
    context.strokeStyle = style;
    context.lineWidth = pixels / scale;
    stroke();
  }
}

/**
 * The largest 1, 2 or 5 times a power of ten that is not above the limit.
 * @param {number} limit
 */
function niceLength(limit) {
  const power = 10 ** Math.floor(Math.log10(limit));
  return power * (limit / power >= 5 ? 5 : limit / power >= 2 ? 2 : 1);
}
