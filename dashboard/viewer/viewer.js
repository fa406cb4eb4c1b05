// The viewer: state, gestures, keys. One instance per place on the page; new data updates it, the view stays.

const START_VIEW = { zoom: 1, cx: 0.5, cy: 0.5 };
const START = {
  tool: "window",
  mode: null, // null until the reader chooses: overlay when there are maps, otherwise the scan
  a: null,
  b: null,
  opacity: 65,
  low: 0,
  high: 100,
  contour: false,
  marks: true,
  outlines: true,
  organs: false, // no finding: they wait until they are asked for
  invert: false,
  frame: 0,
  read: 0, // the frame that the findings and maps are of: the viewer goes there when it changes
  swipe: 0.5,
  prior: false,
  linked: true,
  view: START_VIEW,
  priorView: START_VIEW,
  window: null, // null: the window of the film
  priorWindow: null,
};

// What the reader set, kept while the page is open, so that it survives a change of page: viewer key and scan -> state.
const remembered = new Map();
const REMEMBERED = 16;
const instances = new WeakMap();

class Viewer {
  constructor(parent, setStateValue) {
    this.parent = parent;
    this.setStateValue = setStateValue;
    this.films = {};
    this.layers = [];
    this.outlines = [];
    this.layerCache = new Map();
    this.data = null;
    this.region = null;
    this.stop = new AbortController();
    this.panes = [new Pane("current"), new Pane("second"), new Pane("prior")];
    this.controls = new Controls(this.actions());
    this.divider = element(
      "div",
      {
        class: "divider",
        role: "slider",
        tabindex: "0",
        "aria-label": "Swipe divider",
        "aria-orientation": "horizontal",
        "aria-valuemin": 0,
        "aria-valuemax": 100,
      },
      element("i", {}, "◂ ▸"),
    );
    this.panes[0].picture.append(this.divider);
    this.panesNode = element("div", {
      class: "panes",
      role: "application",
      tabindex: "0",
      "aria-label": "Scan viewer. Press question mark for the keyboard shortcuts.",
    });
    this.panesNode.append(...this.panes.map((pane) => pane.node));
    this.problem = element("div", { class: "problem", role: "alert", hidden: true });
    this.stage = element("div", { class: "stage" }, this.panesNode, this.problem, this.controls.helpPanel);
    const { top, maps, frames, status } = this.controls;
    this.root = element("section", { class: "viewer", "aria-label": "Scan viewer", "aria-busy": "true" });
    this.root.append(top, maps, this.stage, frames, status);
    parent.append(this.root);
    this.gestures = new Gestures(this, this.stop.signal);
    this.observer = new ResizeObserver(() => this.schedule());
    for (const pane of this.panes) this.observer.observe(pane.picture);
  }

  // ---- data ----------------------------------------------------------------------------------------------------

  // Everything is decoded before anything is shown, so that a map never lies over the film of another update.
  async update(data) {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    this.root.style.height = `${data.height}px`;
    this.root.setAttribute("aria-busy", "true");
    try {
      const layers = await Promise.all(data.layers.map((meta) => this.layer(meta, data.visible)));
      if (turn === this.turn && !this.stop.signal.aborted) this.take(data, layers);
    } catch (error) {
      this.fail(error);
    }
  }

  take(data, layers) {
    const sameScan = this.data?.scan.sha256 === data.scan.sha256;
    this.data = data;
    this.layers = layers;
    this.outlines = makeOutlines(data.outlines);
    for (const [text, layer] of this.layerCache) if (!layers.includes(layer)) this.layerCache.delete(text);
    this.films = {
      current: this.keep(this.films.current, data.scan),
      prior: data.prior ? this.keep(this.films.prior, data.prior) : null,
    };
    this.memory = `${data.key}|${data.scan.sha256}`;
    if (!sameScan) {
      this.region = null;
      this.ui = { ...START, ...remembered.get(this.memory) };
    }
    if (this.ui.read !== data.frame) Object.assign(this.ui, { read: data.frame, frame: data.frame });
    this.ui.frame = Math.min(this.ui.frame, this.films.current.frames - 1);
    this.ui.prior = this.ui.prior && Boolean(data.prior);
    if (!data.region_tool && this.ui.tool === "region") this.ui.tool = "window";
    this.problem.hidden = true;
    this.refresh();
  }

  keep(film, meta) {
    return film && film.sha256 === meta.sha256 && film.meta.frames[0] === meta.frames[0] ? film : new Film(meta);
  }

  async layer(meta, visible) {
    const text = JSON.stringify(meta);
    if (!this.layerCache.has(text)) {
      const layer = new Layer(meta, visible);
      await layer.load();
      this.layerCache.set(text, layer);
    }
    return this.layerCache.get(text);
  }

  fail(error) {
    if (this.stop.signal.aborted) return;
    this.problem.hidden = false;
    this.problem.textContent = "The picture could not be drawn in this browser. Reload the page or use a current browser.";
    this.root.setAttribute("aria-busy", "false");
    console.error(error);
  }

  // ---- what is shown -------------------------------------------------------------------------------------------

  mode() {
    const { mode } = this.ui;
    if (this.layers.length === 0) return "scan";
    if (this.layers.length === 1 && (mode === "swipe" || mode === "side")) return "overlay";
    return mode ?? "overlay";
  }

  chosen(slot) {
    const [first, second] = this.layers;
    const named = this.layers.find((layer) => layer.name === this.ui[slot]);
    return named ?? (slot === "a" ? first : second ?? first) ?? null;
  }

  set(change) {
    Object.assign(this.ui, change);
    this.refresh();
  }

  refresh() {
    remembered.delete(this.memory);
    remembered.set(this.memory, this.ui);
    if (remembered.size > REMEMBERED) remembered.delete(remembered.keys().next().value);
    const mode = this.mode();
    const { ui } = this;
    const [one, two, prior] = this.panes;
    one.show(this.films.current);
    two.show(this.films.current);
    if (this.films.prior) prior.show(this.films.prior);
    two.node.hidden = mode !== "side";
    prior.node.hidden = !ui.prior;
    this.divider.hidden = mode !== "swipe";
    this.divider.style.left = `${100 * ui.swipe}%`;
    this.divider.setAttribute("aria-valuenow", Math.round(100 * ui.swipe));
    // Also beside a bare scan, so that the picture does not jump when the maps are switched on and off.
    for (const pane of this.panes) pane.gutter.hidden = this.layers.length === 0;
    this.panesNode.dataset.tool = ui.tool;
    this.controls.sync({
      ui,
      mode,
      layers: this.layers,
      annotations: this.data.annotations,
      outlines: this.outlines,
      film: this.films.current,
      hasPrior: Boolean(this.films.prior),
      regionTool: this.data.region_tool,
      region: this.region,
      a: this.chosen("a"),
      b: this.chosen("b"),
    });
    this.schedule();
  }

  schedule() {
    this.request ??= requestAnimationFrame(() => {
      this.request = null;
      this.draw();
    });
  }

  scene(pane) {
    const { ui } = this;
    const isPrior = pane.role === "prior";
    const mode = this.mode();
    const film = pane.film;
    const base = {
      ui,
      view: isPrior ? ui.priorView : ui.view,
      window: (isPrior ? ui.priorWindow : ui.window) ?? film.defaultWindow(),
      invert: ui.invert,
      frame: Math.min(ui.frame, film.frames - 1),
      swipe: null,
      layers: [null, null],
      annotations: isPrior ? [] : this.data.annotations,
      outlines: isPrior ? [] : this.outlines,
      region: !isPrior && this.region?.frame === ui.frame ? this.region.box : null,
    };
    if (isPrior || mode === "scan") return base;
    const [a, b] = [this.chosen("a"), this.chosen("b")];
    if (mode === "swipe") return { ...base, swipe: ui.swipe, layers: [a, b] };
    return { ...base, layers: [pane.role === "second" ? b : a, null] };
  }

  draw() {
    let waiting = false;
    for (const pane of this.panes) {
      if (pane.node.hidden || !pane.film || !pane.picture.clientWidth) continue;
      const scene = this.scene(pane);
      if (pane.draw(scene)) continue;
      waiting = true;
      pane.film.load(scene.frame).then(
        () => this.schedule(),
        (error) => this.fail(error),
      );
    }
    this.root.setAttribute("aria-busy", String(waiting));
    this.readout();
  }

  readout() {
    const { film } = this.panes[0];
    if (!film) return;
    const scene = this.scene(this.panes[0]);
    const place = this.panes[0].place(scene.view);
    const { centre, width } = scene.window;
    const screen = 100 * place.sx * (window.devicePixelRatio || 1);
    const sent = film.sentCols < film.cols ? ` · sent at ${Math.round((100 * film.sentCols) / film.cols)} %` : "";
    const grey = (value) => plain(value, film.meta.step === 1 ? 200 : width);
    this.controls.state.textContent = `W ${grey(width)}  L ${grey(centre)} · Zoom ${Math.round(screen)} %${sent}`;
    for (const pane of this.panes) pane.name(null);
    const { hover } = this;
    if (!hover || hover.pane.node.hidden) {
      this.controls.cursor.textContent = "Point at the picture to read values";
      return;
    }
    const shown = this.scene(hover.pane);
    const at = hover.pane.place(shown.view);
    const x = (hover.x - at.x) / at.sx;
    const y = (hover.y - at.y) / at.sy;
    const value = hover.pane.film.value(shown.frame, x, y);
    if (value === null) {
      this.controls.cursor.textContent = "Outside of the picture";
      return;
    }
    const parts = [`x ${Math.floor(x)}  y ${Math.floor(y)}`, `grey ${grey(value)}`];
    for (const layer of shown.layers) {
      if (!layer || layer.meta.frame !== shown.frame) continue;
      const number = layer.value(x, y);
      const unit = number === null || Number.isNaN(number) ? "" : ` ${layer.meta.unit}`;
      parts.push(`${layer.name} ${plain(number, layer.reach / 10)}${unit}`);
    }
    hover.pane.name(shown, x, y);
    this.controls.cursor.textContent = parts.join("  ·  ");
  }

  // ---- what the controls and gestures ask for ------------------------------------------------------------------

  actions() {
    return {
      set: (change) => this.set(change),
      fit: () => this.set({ view: START_VIEW, priorView: START_VIEW }),
      oneToOne: () => this.oneToOne(),
      zoom: (factor) => this.zoomAt(this.panes[0], null, factor),
      toggle: (name) => this.set({ [name]: !this.ui[name] }),
      reset: () => this.reset(),
      frame: (frame) => this.setFrame(frame),
      threshold: (low, high) => this.threshold(low, high),
      togglePrior: () => this.set({ prior: !this.ui.prior }),
      toggleLink: () => this.set({ linked: !this.ui.linked, priorView: this.ui.linked ? this.ui.priorView : this.ui.view }),
      clearRegion: () => this.sendRegion(null),
      fullScreen: () => this.fullScreen(),
      toggleHelp: () => this.toggleHelp(),
    };
  }

  reset() {
    const { view, priorView, window, priorWindow, invert, opacity, low, high, contour, swipe } = START;
    this.set({ view, priorView, window, priorWindow, invert, opacity, low, high, contour, swipe });
  }

  threshold(low, high) {
    const { ui } = this;
    if (low !== null) this.set({ low: Math.max(0, Math.min(low, ui.high)) });
    else this.set({ high: Math.min(100, Math.max(high, ui.low)) });
  }

  setFrame(frame) {
    this.set({ frame: Math.max(0, Math.min(this.films.current.frames - 1, frame)) });
  }

  setView(pane, view) {
    view.zoom = Math.min(60, Math.max(0.4, view.zoom));
    view.cx = Math.min(1, Math.max(0, view.cx));
    view.cy = Math.min(1, Math.max(0, view.cy));
    const both = this.ui.linked;
    const isPrior = pane.role === "prior";
    this.set({
      view: both || !isPrior ? view : this.ui.view,
      priorView: both || isPrior ? view : this.ui.priorView,
    });
  }

  viewOf(pane) {
    return pane.role === "prior" ? this.ui.priorView : this.ui.view;
  }

  // point: {x, y} in the pane, or null for its middle. What lies under the point stays there.
  zoomAt(pane, point, factor) {
    const view = this.viewOf(pane);
    const place = pane.place(view);
    const x = point?.x ?? place.width / 2;
    const y = point?.y ?? place.height / 2;
    const zoom = Math.min(60, Math.max(0.4, view.zoom * factor));
    const grow = zoom / view.zoom;
    const { cols, rows } = pane.film;
    const cx = view.cx + ((x - place.width / 2) / (cols * place.sx)) * (1 - 1 / grow);
    const cy = view.cy + ((y - place.height / 2) / (rows * place.sy)) * (1 - 1 / grow);
    this.setView(pane, { zoom, cx, cy });
  }

  panBy(pane, dx, dy) {
    const view = this.viewOf(pane);
    const place = pane.place(view);
    const { cols, rows } = pane.film;
    this.setView(pane, { zoom: view.zoom, cx: view.cx - dx / (cols * place.sx), cy: view.cy - dy / (rows * place.sy) });
  }

  oneToOne() {
    const place = this.panes[0].place(this.ui.view);
    const zoom = 1 / ((window.devicePixelRatio || 1) * place.fit);
    this.setView(this.panes[0], { ...this.ui.view, zoom });
  }

  // Right: wider. Up: brighter, which is a lower level. The step follows the width, so fine windows move finely.
  windowBy(pane, dx, dy) {
    const slot = pane.role === "prior" ? "priorWindow" : "window";
    const { centre, width } = this.ui[slot] ?? pane.film.defaultWindow();
    const least = pane.film.meta.step;
    const next = Math.min(4 * pane.film.span, Math.max(least, width * Math.exp(dx / 250)));
    this.set({ [slot]: { centre: centre + (dy * Math.max(width, 10 * least)) / 350, width: next } });
  }

  sendRegion(box) {
    this.region = box ? { box, frame: this.ui.frame } : null;
    this.setStateValue("region", box ? { ...this.region, sha256: this.data.scan.sha256 } : null);
    this.refresh();
  }

  fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.root.requestFullscreen?.().catch(() => {});
  }

  toggleHelp() {
    const { helpPanel, help, helpClose } = this.controls;
    const opens = helpPanel.hidden;
    if (opens) this.beforeHelp = this.root.getRootNode().activeElement;
    helpPanel.hidden = !opens;
    help.setAttribute("aria-expanded", String(opens));
    (opens ? helpClose : this.beforeHelp ?? help).focus({ preventScroll: true });
  }

  destroy() {
    this.stop.abort();
    this.observer.disconnect();
    if (this.request) cancelAnimationFrame(this.request);
    this.root.remove();
    instances.delete(this.parent);
  }
}

export default function ({ data, parentElement, setStateValue }) {
  let viewer = instances.get(parentElement);
  if (!viewer) {
    viewer = new Viewer(parentElement, setStateValue);
    instances.set(parentElement, viewer);
  }
  viewer.setStateValue = setStateValue;
  viewer.update(data);
  return () => viewer.destroy();
}
