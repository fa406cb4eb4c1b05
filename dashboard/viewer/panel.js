// What "More" opens over the film: the groups of controls, each with what it shows.

class FilmControls {
  /** @param {Actions} act */
  constructor(act) {
    this.level = slider(say("level"), 0, 100, 0.5);
    this.level.oninput = () => act.level(Number(this.level.value));
    this.width = slider(say("width"), 0, 100, 0.5);
    this.width.oninput = () => act.width(Number(this.width.value));
    this.widthField = field(say("width"), this.width);
    this.invert = button(say("invert"), "V", () => act.toggle("invert"));
    this.node = group(
      say("film"),
      field(say("level"), this.level),
      this.widthField,
      this.invert,
      button(say("zoom_in"), "+", () => act.zoom(1.25)),
      button(say("zoom_out"), "-", () => act.zoom(1 / 1.25)),
      button(say("fit"), "F", act.fit),
      button(say("one_to_one"), "Z", act.oneToOne),
      button(say("reset"), "R", act.reset),
    );
  }

  /**
   * @param {ViewerState} ui
   * @param {Film} film
   */
  sync(ui, film) {
    const { level, width } = windowPosition(ui.window ?? film.defaultWindow(), film);
    this.level.value = String(level);
    this.width.value = String(width);
    this.widthField.hidden = film.colour;
    press(this.invert, ui.invert);
  }
}

class MapControls {
  /** @param {Actions} act */
  constructor(act) {
    /** @type {Map<Mode, HTMLInputElement>} */
    this.modes = new Map();
    const segments = element("div", { class: "segments", role: "radiogroup", "aria-label": say("modes") });
    const name = `mode-${Math.random().toString(36).slice(2)}`;
    for (const [value, label] of /** @type {[Mode, string][]} */ ([["one", say("mode.one")], ["swipe", say("mode.swipe")], ["side", say("mode.side")]])) {
      const input = element("input", { type: "radio", name, value });
      input.onchange = () => act.set({ mode: value, overlay: true });
      this.modes.set(value, input);
      segments.append(element("label", {}, input, element("span", {}, label)));
    }
    this.second = element("select");
    this.second.onchange = () => act.set({ b: this.second.value });
    this.opacity = slider(say("opacity"), 0, 100, 1);
    this.opacity.oninput = () => act.set({ opacity: Number(this.opacity.value) });
    this.opacityText = element("output", { "data-case": "" });
    this.low = slider(say("hide_below"), 0, 100, 1);
    this.low.oninput = () => act.threshold(Number(this.low.value), null);
    this.high = slider(say("hide_above"), 0, 100, 1);
    this.high.oninput = () => act.threshold(null, Number(this.high.value));
    this.lowText = element("output", { "data-case": "" });
    this.highText = element("output", { "data-case": "" });
    this.contour = button(say("contours"), "C", () => act.toggle("contour"));
    this.node = group(
      say("maps"),
      segments,
      field(say("second_map"), this.second),
      field(say("opacity"), this.opacity, this.opacityText),
      field(say("hide_below"), this.low, this.lowText),
      field(say("hide_above"), this.high, this.highText),
      this.contour,
    );
  }

  /** @param {Shown} model */
  sync({ ui, layers, a, b }) {
    const { modes, second, opacity, low, high } = this;
    this.node.hidden = layers.length === 0;
    for (const [name, input] of modes) {
      input.checked = ui.mode === name;
      input.disabled = name !== "one" && layers.length < 2;
    }
    fillSelect(second, layers.map((layer) => [layer.name, layer.name]), b?.name ?? "");
    second.disabled = ui.mode === "one" || layers.length < 2;
    opacity.value = String(ui.opacity);
    opacity.disabled = high.disabled = ui.contour;
    this.opacityText.textContent = `${ui.opacity} %`;
    low.value = String(ui.low);
    high.value = String(ui.high);
    const value = (/** @type {number} */ share) =>
      a ? `${plain((share / 100) * a.reach, a.reach)} ${a.meta.unit}` : `${share} %`;
    const open = ui.high >= 100;
    low.setAttribute("aria-valuetext", value(ui.low));
    high.setAttribute("aria-valuetext", open ? say("no_limit") : value(ui.high));
    this.lowText.textContent = `${ui.low} %`;
    this.highText.textContent = `${ui.high} %`;
    press(this.contour, ui.contour);
  }
}

class BesideControls {
  /** @param {Actions} act */
  constructor(act) {
    this.boxes = button(say("boxes"), "", () => act.toggle("boxes"));
    this.outlines = button(say("outlines"), "L", () => act.toggle("outlines"));
    this.organs = button(say("organs"), "Shift+L", () => act.toggle("organs"));
    this.prior = button(say("prior"), "", act.togglePrior);
    this.link = button(say("link"), "", act.toggleLink);
    this.node = group(say("beside"), this.boxes, this.outlines, this.organs, this.prior, this.link);
  }

  /** @param {Shown} model */
  sync({ ui, annotations, outlines, hasPrior }) {
    const drawn = (/** @type {boolean} */ organ) => outlines.some((outline) => (outline.meta.kind === "organ") === organ);
    const shown = /** @type {[HTMLElement, boolean, boolean][]} */ ([
      [this.boxes, annotations.length > 0, ui.boxes],
      [this.outlines, drawn(false), ui.outlines],
      [this.organs, drawn(true), ui.organs],
      [this.prior, hasPrior, ui.prior],
      [this.link, hasPrior && ui.prior, ui.linked],
    ]);
    for (const [node, there, on] of shown) {
      node.hidden = !there;
      press(node, on);
    }
    this.node.hidden = shown.every(([, there]) => !there);
  }
}

const WIDEST = 5; // the slider goes from 1/32 to 32 times the window that the file asks for

/**
 * Where the two sliders stand, 0 to 100. Of a film in colour the first is its brightness.
 * @param {GreyWindow} window
 * @param {Film} film
 */
function windowPosition(window, film) {
  const width = 50 + (50 / WIDEST) * Math.log2(window.width / film.defaultWindow().width);
  if (film.colour) return { level: 100 - width, width };
  return { level: 100 * (1 - (window.centre - film.meta.offset) / film.span), width };
}
