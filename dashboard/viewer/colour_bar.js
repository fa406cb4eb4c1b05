// The legend of a map: its name, unit, range and verdict, beside the picture.

/**
 * The share of the range at which the iso-lines run: the lower threshold, or half of the range when there is none.
 * @param {ViewerState} ui
 */
function contourShare(ui) {
  return ui.low > 0 ? ui.low / 100 : 0.5;
}

const BAR_HEIGHT = 120;

class ColourBar {
  constructor() {
    this.wanted = "";
    /** @type {Layer | null} */
    this.layer = null;
    this.slot = element("span", { class: "unit" });
    this.name = element("strong");
    this.unit = element("span", { class: "unit" });
    this.verdict = element("span", { class: "verdict" });
    this.notes = element("span", { class: "unit" });
    this.canvas = makeCanvas(12, BAR_HEIGHT);
    this.ticks = element("div", { class: "ticks" });
    this.node = element(
      "div",
      { class: "bar", role: "img", "data-case": "" },
      element("div", { class: "bar-head" }, this.slot, this.name, this.unit, this.verdict),
      element("div", { class: "bar-body" }, this.canvas, this.ticks),
      this.notes,
    );
  }

  /**
   * @param {Layer | null} layer
   * @param {Scene} scene
   * @param {string} slot which of two maps it is, "" for one
   */
  show(layer, scene, slot) {
    this.node.hidden = !layer;
    if (!layer) {
      this.layer = null;
      return;
    }
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
    if (frame !== scene.frame) notes.push(say("bar.other_frame", { n: frame + 1 }));
    else if (layer.strongest <= layer.visible[0] * layer.reach) notes.push(say("bar.near_empty"));
    if (missing) notes.push(say("bar.missing"));
    if (ui.contour) notes.push(say("bar.line", { value: `${signed ? "±" : ""}${plain(contourShare(ui) * layer.reach, layer.reach)}` }));
    this.notes.replaceChildren(...notes.map((note) => element("span", {}, note)));
    this.paint(layer, ui);
    const at = (/** @type {number} */ value) => BAR_HEIGHT * (1 - (value - layer.low) / (layer.high - layer.low));
    const values = signed ? [layer.high, 0, layer.low] : [layer.high, layer.low];
    this.ticks.replaceChildren();
    for (const value of values) {
      const more = clipped && Math.abs(value) === layer.reach ? (value > 0 ? "≥ " : "≤ ") : "";
      const sign = signed && value > 0 && !more ? "+" : "";
      const tick = element("span", {}, value === 0 ? "0" : `${more}${sign}${plain(value, layer.reach)}`);
      tick.style.top = `${at(value)}px`;
      if (signed && value !== 0) tick.append(element("small", {}, value > 0 ? say("bar.raises") : say("bar.lowers")));
      this.ticks.append(tick);
    }
    const range = { name: layer.name, unit, low: plain(layer.low, layer.reach), high: plain(layer.high, layer.reach) };
    const parts = [say("bar", range), verdict, ...notes].filter(Boolean);
    this.node.setAttribute("aria-label", parts.join(". "));
  }

  /**
   * The bar shows each value as it looks over black, thresholds included.
   * @param {Layer} layer
   * @param {ViewerState} ui
   */
  paint(layer, ui) {
    const context = drawingOn(this.canvas);
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
      context.fillRect(0, within(y - 1, 0, BAR_HEIGHT - 2), 12, 2);
    }
  }
}
