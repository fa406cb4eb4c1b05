// The controls around the picture. They hold no state: they call `act` and show what `sync` tells them.

const SHORTCUTS = [
  ["Drag", "window (left–right: width, up–down: level), or pan"],
  ["Right drag, Shift drag", "pan with every tool"],
  ["Wheel, pinch, + −", "zoom at the pointer"],
  ["Arrow keys", "pan"],
  ["W, P, B", "window tool, pan tool, box tool"],
  ["F or double click, 1", "fit, one film pixel per screen pixel"],
  ["I", "invert"],
  ["O", "overlay on and off"],
  ["M", "next way of showing the maps"],
  ["[ ]", "overlay opacity"],
  ["T, Shift T", "raise, lower the threshold"],
  ["C", "contours of the map in place of colour"],
  ["L, Shift L", "outlines of lesions, of organs"],
  ["< >, Page keys", "previous, next frame"],
  ["R", "reset"],
  ["?", "this list"],
];

const MODES = [
  ["scan", "Scan only"],
  ["overlay", "Overlay"],
  ["swipe", "Swipe A | B"],
  ["side", "Side by side"],
];

class Controls {
  constructor(act) {
    this.tools = {
      window: button("Window and level tool", "W", "window"),
      pan: button("Pan tool", "P", "pan"),
      region: button("Mark a box", "B", "region"),
    };
    for (const [name, node] of Object.entries(this.tools)) node.onclick = () => act.set({ tool: name });
    this.clear = button("Clear the marked box", "", "clear");
    this.clear.onclick = act.clearRegion;
    this.invert = button("Invert", "I", "invert");
    this.invert.onclick = () => act.toggle("invert");
    this.prior = button("Prior film", "", "prior", "wide");
    this.prior.append(element("span", {}, "Prior"));
    this.prior.onclick = act.togglePrior;
    this.outlines = button("Outlines", "L", "outlines", "wide");
    this.outlines.append(element("span", {}, "Outlines"));
    this.outlines.onclick = () => act.toggle("outlines");
    this.organs = button("Organ outlines", "Shift L", "organs");
    this.organs.onclick = () => act.toggle("organs");
    this.link = button("Link zoom and pan of both films", "", "link");
    this.link.onclick = act.toggleLink;
    const simple = [
      [button("Fit to the window", "F", "fit"), act.fit],
      [button("One to one", "1", "1:1", "text"), act.oneToOne],
      [button("Zoom out", "-", "−", "text"), () => act.zoom(1 / 1.25)],
      [button("Zoom in", "+", "+", "text"), () => act.zoom(1.25)],
    ];
    const reset = button("Reset view", "R", "reset");
    reset.onclick = act.reset;
    const full = button("Full screen", "", "full", "end");
    full.onclick = act.fullScreen;
    this.help = button("Keyboard shortcuts", "?", "?", "text end");
    this.help.setAttribute("aria-expanded", "false");
    this.help.onclick = act.toggleHelp;
    for (const [node, action] of simple) node.onclick = action;
    const group = (label, ...nodes) => element("div", { class: "group", role: "group", "aria-label": label }, ...nodes);
    this.priorGroup = group("Prior film", this.prior, this.link);
    this.outlineGroup = group("Outlines", this.outlines, this.organs);
    this.top = element(
      "div",
      { class: "toolbar", role: "toolbar", "aria-label": "Picture tools" },
      group("Pointer", ...Object.values(this.tools), this.clear),
      group("Zoom", ...simple.map(([node]) => node)),
      group("Picture", this.invert, reset),
      this.outlineGroup,
      this.priorGroup,
      element("span", { class: "spring" }),
      group("Viewer", full, this.help),
    );
    this.buildMaps(act);
    this.buildFrames(act);
    this.buildHelp(act);
    this.cursor = element("span", { class: "cursor" });
    this.state = element("span", { class: "state" });
    this.status = element("div", { class: "status", role: "group", "aria-label": "Readout" }, this.cursor, this.state);
  }

  buildMaps(act) {
    this.modes = new Map();
    const modes = element("div", { class: "segments", role: "radiogroup", "aria-label": "How to show the maps" });
    const group = `mode-${Math.random().toString(36).slice(2)}`;
    for (const [name, label] of MODES) {
      const input = element("input", { type: "radio", name: group, value: name, "aria-label": label });
      input.onchange = () => act.set({ mode: name });
      this.modes.set(name, input);
      modes.append(element("label", {}, input, element("span", {}, label)));
    }
    this.selects = ["a", "b"].map((slot) => {
      const select = element("select", { "aria-label": `Map ${slot.toUpperCase()}` });
      select.onchange = () => act.set({ [slot]: select.value });
      return select;
    });
    this.fields = this.selects.map((select, i) =>
      element("label", { class: "field" }, element("span", {}, i === 0 ? "A" : "B"), select),
    );
    this.opacity = slider("Overlay opacity", 0, 100, 1);
    this.opacity.oninput = () => act.set({ opacity: Number(this.opacity.value) });
    this.opacityText = element("output");
    this.low = slider("Hide values below", 0, 100, 1);
    this.high = slider("Hide values above", 0, 100, 1);
    this.low.oninput = () => act.threshold(Number(this.low.value), null);
    this.high.oninput = () => act.threshold(null, Number(this.high.value));
    this.rangeFill = element("i");
    this.rangeText = element("output");
    this.contour = button("Contours", "C", "contour");
    this.contour.onclick = () => act.toggle("contour");
    this.marks = button("Marks", "", "marks");
    this.marks.onclick = () => act.toggle("marks");
    this.maps = element(
      "div",
      { class: "toolbar maps", role: "toolbar", "aria-label": "Map controls" },
      modes,
      ...this.fields,
      element("label", { class: "field" }, element("span", {}, "Opacity"), this.opacity, this.opacityText),
      element(
        "div",
        { class: "field", role: "group", "aria-label": "Threshold" },
        element("span", {}, "Threshold"),
        element("div", { class: "dual" }, this.rangeFill, this.low, this.high),
        this.rangeText,
      ),
      element("div", { class: "group" }, this.contour, this.marks),
    );
  }

  buildFrames(act) {
    this.frame = slider("Frame", 1, 1, 1);
    this.frame.oninput = () => act.frame(Number(this.frame.value) - 1);
    this.frameText = element("output");
    this.frames = element("div", { class: "frames" }, element("span", {}, "Frame"), this.frame, this.frameText);
  }

  buildHelp(act) {
    const close = button("Close", "", "clear");
    close.onclick = act.toggleHelp;
    this.helpClose = close;
    const list = element("dl");
    for (const [keys, what] of SHORTCUTS) list.append(element("dt", {}, keys), element("dd", {}, what));
    this.helpPanel = element(
      "div",
      { class: "help", role: "dialog", "aria-label": "Keyboard shortcuts", hidden: true },
      element("div", { class: "help-head" }, element("strong", {}, "Mouse, touch and keys"), close),
      list,
      element("p", {}, "Keys work while the picture has the focus: click it or reach it with Tab."),
    );
  }

  // model: {ui, layers, films, annotations, outlines, regionTool, region, mode, a, b, zoom, window}
  sync(model) {
    const { ui, layers, mode } = model;
    const press = (node, on) => node.setAttribute("aria-pressed", String(on));
    for (const [name, node] of Object.entries(this.tools)) press(node, ui.tool === name);
    this.tools.region.hidden = !model.regionTool;
    this.clear.hidden = !model.region;
    press(this.invert, ui.invert);
    const drawn = (organ) => model.outlines.some((outline) => (outline.meta.kind === "organ") === organ);
    this.outlines.hidden = !drawn(false);
    this.organs.hidden = !drawn(true);
    this.outlineGroup.hidden = model.outlines.length === 0;
    press(this.outlines, ui.outlines);
    press(this.organs, ui.organs);
    this.priorGroup.hidden = !model.hasPrior;
    press(this.prior, ui.prior);
    press(this.link, ui.linked);
    this.link.hidden = !ui.prior;
    this.maps.hidden = layers.length === 0 && model.annotations.length === 0;
    this.maps.classList.toggle("no-layers", layers.length === 0);
    for (const [name, input] of this.modes) {
      input.checked = mode === name;
      input.disabled = (name === "swipe" || name === "side") && layers.length < 2;
    }
    const names = layers.map((layer) => layer.name);
    [model.a, model.b].forEach((chosen, i) => {
      const select = this.selects[i];
      if (select.options.length !== names.length || names.some((name, k) => select.options[k].value !== name)) {
        select.replaceChildren(...names.map((name) => element("option", { value: name }, name)));
      }
      select.value = chosen?.name ?? "";
      // B stays in its place while it is not used: the toolbar must not reflow under the pointer.
      this.fields[i].hidden = layers.length <= i;
      select.disabled = mode === "scan" || (i === 1 && mode !== "swipe" && mode !== "side");
    });
    const off = mode === "scan";
    for (const node of [this.opacity, this.low, this.high, this.contour]) node.disabled = off;
    this.opacity.disabled = off || ui.contour;
    this.high.disabled = off || ui.contour;
    this.opacity.value = ui.opacity;
    this.opacity.style.setProperty("--at", `${ui.opacity}%`);
    this.opacityText.textContent = `${ui.opacity} %`;
    this.low.value = ui.low;
    this.high.value = ui.high;
    this.rangeFill.style.left = `${ui.low}%`;
    this.rangeFill.style.right = `${100 - ui.high}%`;
    const reach = model.a?.reach;
    const value = (share) => (reach ? `${plain((share / 100) * reach, reach)} ${model.a.meta.unit}` : `${share} %`);
    this.low.setAttribute("aria-valuetext", value(ui.low));
    this.high.setAttribute("aria-valuetext", ui.high >= 100 ? "no upper limit" : value(ui.high));
    const open = ui.high >= 100;
    this.rangeText.textContent = open ? (ui.low === 0 ? "off" : `≥ ${ui.low} %`) : `${ui.low}–${ui.high} %`;
    press(this.contour, ui.contour);
    press(this.marks, ui.marks);
    this.marks.hidden = model.annotations.length === 0;
    const frames = model.film.frames;
    this.frames.hidden = frames < 2;
    this.frame.max = frames;
    this.frame.value = ui.frame + 1;
    this.frame.style.setProperty("--at", `${(100 * ui.frame) / Math.max(1, frames - 1)}%`);
    this.frame.setAttribute("aria-valuetext", `Frame ${ui.frame + 1} of ${frames}`);
    this.frameText.textContent = `${ui.frame + 1} / ${frames}`;
  }
}
