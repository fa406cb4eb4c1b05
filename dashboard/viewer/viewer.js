// The viewer: one instance per place on the page. New data updates it, what the reader set stays; another case clears it.

/** @type {View} */
const START_VIEW = { zoom: 1, cx: 0.5, cy: 0.5 };
/** @type {ViewerState} */
const START = {
  tool: "window",
  overlay: false, // opened clean
  mode: "one",
  a: null,
  b: null,
  opacity: 65,
  low: 0,
  high: 100,
  contour: false,
  boxes: true,
  outlines: true,
  organs: false, // no finding: they wait until they are asked for
  invert: false,
  frame: 0,
  read: 0, // the frame that the findings and maps are of: the viewer goes there when it changes
  swipe: 0.5,
  prior: false,
  linked: true,
  more: false,
  shown: null, // the last request of the page to show a map
  view: START_VIEW,
  priorView: START_VIEW,
  window: null, // null: the window of the film
  priorWindow: null,
};

// What the reader set, kept while the page is open, so that it survives a change of page: viewer key and case -> state.
/** @type {Map<string, ViewerState>} */
const remembered = new Map();
const REMEMBERED = 16;
/** @type {string | null} */
let shownCase = null;
/** @type {WeakMap<object, Viewer>} */
const instances = new WeakMap();

// The page asks for a closed sidebar once; one that the reader opened for another case is closed here.
/** @param {string} key */
function closeSidebar(key) {
  if (key === shownCase) return;
  shownCase = key;
  const open = document.querySelector('[data-testid="stSidebar"][data-collapsed="false"]');
  /** @type {HTMLElement | null | undefined} */
  const collapse = open?.querySelector('[data-testid="stSidebarCollapseButton"] button');
  collapse?.click();
}

class Viewer {
  /**
   * @param {HTMLElement | ShadowRoot} parent
   * @param {SetStateValue} setStateValue
   */
  constructor(parent, setStateValue) {
    this.parent = parent;
    this.setStateValue = setStateValue;
    /** @type {{current: Film | null, prior: Film | null}} */
    this.films = { current: null, prior: null };
    /** @type {Layer[]} */
    this.layers = [];
    /** @type {Outline[]} */
    this.outlines = [];
    /** @type {Map<string, Layer>} */
    this.layerCache = new Map();
    /** @type {ViewerInput | null} */
    this.data = null;
    this.ui = { ...START };
    this.memory = "";
    this.turn = 0;
    this.loading = false;
    /** @type {{pane: Pane, x: number, y: number} | null} */
    this.hover = null;
    /** @type {number | null} */
    this.request = null;
    /** @type {Element | null} */
    this.beforeHelp = null;
    this.stop = new AbortController();
    this.marking = new Marking(this);
    this.viewing = new Viewing(this);
    this.act = actionsOf(this);
    this.panes = [new Pane("current"), new Pane("second"), new Pane("prior")];
    this.controls = new Controls(this.act);
    this.strip = new MarkStrip(this.act);
    this.divider = makeDivider();
    this.panes[0].picture.append(this.divider);
    this.howTo = element("span", { id: "how-to", hidden: true });
    this.panesNode = element("div", { class: "panes", role: "application", tabindex: "0", "aria-describedby": "how-to" });
    this.panesNode.append(...this.panes.map((pane) => pane.node));
    this.problem = element("div", { class: "problem", role: "alert", hidden: true });
    const { row, panel, frames, helpPanel } = this.controls;
    this.stage = element("div", { class: "stage" }, this.panesNode, this.howTo, this.problem, this.strip.node, panel, helpPanel);
    this.root = element("section", { class: "viewer", "aria-label": say("viewer"), "aria-busy": "true" }, row, this.stage, frames);
    parent.append(this.root);
    this.gestures = new Gestures(this, this.stop.signal);
    this.observer = new ResizeObserver(() => this.schedule());
    for (const pane of this.panes) this.observer.observe(pane.picture);
    document.addEventListener("fullscreenchange", () => this.refresh(), { signal: this.stop.signal });
  }

  // ---- data ----------------------------------------------------------------------------------------------------

  get ready() {
    return this.films.current !== null;
  }

  /** @returns {Film} */
  get film() {
    if (!this.films.current) throw new Error("no film yet");
    return this.films.current;
  }

  /**
   * The film is shown as soon as it is decoded; maps of the same case follow together, and those before stay until then.
   * @param {ViewerInput} data
   */
  async update(data) {
    const turn = ++this.turn;
    this.root.style.height = data.height === null ? "" : `${data.height}px`;
    this.loading = true;
    this.root.setAttribute("aria-busy", "true");
    if (this.data?.case_key !== data.case_key) {
      this.clear(data);
      this.take(data, []);
    }
    try {
      const layers = await Promise.all(data.layers.map((meta) => this.layer(meta, data.visible)));
      if (turn !== this.turn || this.stop.signal.aborted) return;
      this.loading = false;
      this.take(data, layers);
    } catch (error) {
      if (turn === this.turn) this.fail(error);
    }
  }

  /**
   * Nothing of the case before stays on the screen while this one is decoded.
   * @param {ViewerInput} data
   */
  clear(data) {
    this.films = { current: null, prior: null };
    this.layers = [];
    this.outlines = [];
    this.layerCache.clear();
    this.hover = null;
    this.marking.clear();
    for (const pane of this.panes) pane.clear();
    this.strip.node.hidden = true;
    this.controls.frames.hidden = data.scan.frames.length < 2;
    closeSidebar(data.case_key);
    this.root.dataset.case = data.case_key;
    for (const node of this.root.querySelectorAll("[data-case]")) node.setAttribute("data-case", data.case_key);
    this.memory = `${data.key}|${data.case_key}`;
    this.ui = { ...START, ...remembered.get(this.memory) };
  }

  /**
   * @param {ViewerInput} data
   * @param {Layer[]} layers
   */
  take(data, layers) {
    this.data = data;
    this.layers = layers;
    this.outlines = makeOutlines(data.outlines);
    for (const [text, layer] of this.layerCache) if (!layers.includes(layer)) this.layerCache.delete(text);
    this.films = {
      current: keptFilm(this.films.current, data.scan),
      prior: data.prior ? keptFilm(this.films.prior, data.prior) : null,
    };
    this.marking.take(data.marks);
    if (this.ui.read !== data.frame) Object.assign(this.ui, { read: data.frame, frame: data.frame });
    this.ui.frame = Math.min(this.ui.frame, this.film.frames - 1);
    this.ui.prior = this.ui.prior && Boolean(data.prior);
    this.ui.a ??= layers[0]?.name ?? null; // a map that comes later does not take the place of the one that is shown
    const [asked, number] = data.show ?? [null, null];
    if (number !== null && number !== this.ui.shown && layers.some((layer) => layer.name === asked)) {
      Object.assign(this.ui, { shown: number, a: asked, overlay: true });
    }
    this.problem.hidden = true;
    this.refresh();
  }

  /**
   * @param {LayerMeta} meta
   * @param {Pair} visible
   */
  async layer(meta, visible) {
    const text = JSON.stringify(meta);
    const known = this.layerCache.get(text);
    if (known) return known;
    const layer = new Layer(meta, visible);
    await layer.load();
    this.layerCache.set(text, layer);
    return layer;
  }

  /** @param {unknown} error */
  fail(error) {
    if (this.stop.signal.aborted) return;
    this.loading = false;
    this.problem.hidden = false;
    this.problem.textContent = say("problem");
    this.root.setAttribute("aria-busy", "false");
    console.error(error);
  }

  /** @param {Mark[]} marks */
  tell(marks) {
    // The time tells a change from one that Python has seen already.
    if (this.data) this.setStateValue("marks", { case: this.data.case_key, turn: Date.now(), marks });
  }

  // ---- what is shown -------------------------------------------------------------------------------------------

  /** @returns {Mode | "scan"} */
  mode() {
    if (!this.ui.overlay || this.layers.length === 0) return "scan";
    return this.layers.length === 1 ? "one" : this.ui.mode;
  }

  /** @param {"a" | "b"} slot */
  chosen(slot) {
    const [first, second] = this.layers;
    const named = this.layers.find((layer) => layer.name === this.ui[slot]);
    return named ?? (slot === "a" ? first : second ?? first) ?? null;
  }

  /** @param {Partial<ViewerState>} change */
  set(change) {
    if ("tool" in change || "frame" in change) this.marking.draft = this.marking.cursor = null;
    Object.assign(this.ui, change);
    this.refresh();
  }

  refresh() {
    const { ui, data } = this;
    const { current, prior } = this.films;
    if (!data || !current) return;
    remembered.delete(this.memory);
    remembered.set(this.memory, ui);
    const [oldest] = remembered.keys();
    if (remembered.size > REMEMBERED && oldest) remembered.delete(oldest);
    const mode = this.mode();
    const [one, two, old] = this.panes;
    const titled = ui.prior || document.fullscreenElement !== null;
    one.show(current, titled);
    two.show(current, titled);
    if (prior) old.show(prior, true);
    two.node.hidden = mode !== "side";
    old.node.hidden = !ui.prior;
    this.divider.hidden = mode !== "swipe";
    this.divider.style.left = `${100 * ui.swipe}%`;
    this.divider.setAttribute("aria-valuenow", String(Math.round(100 * ui.swipe)));
    this.panesNode.dataset.tool = markKind(ui.tool) ? "mark" : ui.tool;
    this.panesNode.setAttribute("aria-label", this.words(mode));
    this.howTo.textContent = singleKeys.on ? say("how_to") : say("how_to_without_keys");
    this.controls.sync({
      ui,
      layers: this.layers,
      a: this.chosen("a"),
      b: this.chosen("b"),
      annotations: data.annotations,
      outlines: this.outlines,
      film: current,
      hasPrior: Boolean(prior),
    });
    this.strip.show(this.marking.current?.frame === ui.frame ? this.marking.current : null, current.meta);
    this.schedule();
  }

  /**
   * What the picture shows, for who does not see it.
   * @param {Mode | "scan"} mode
   */
  words(mode) {
    const film = this.data?.film || say("scan");
    if (mode === "scan") return film;
    const shown = mode === "one" ? [this.chosen("a")] : [this.chosen("a"), this.chosen("b")];
    const maps = shown.map((layer) => (layer ? this.data?.about[layer.name] || layer.name : ""));
    return say("scan_with", { scan: film, maps: maps.join(", ") });
  }

  schedule() {
    this.request ??= requestAnimationFrame(() => {
      this.request = null;
      this.draw();
    });
  }

  /**
   * @param {Pane} pane
   * @param {Film} film
   * @returns {Scene}
   */
  scene(pane, film) {
    const { ui, marking } = this;
    const isPrior = pane.role === "prior";
    const mode = this.mode();
    /** @type {Scene} */
    const base = {
      ui,
      view: isPrior ? ui.priorView : ui.view,
      window: (isPrior ? ui.priorWindow : ui.window) ?? film.defaultWindow(),
      frame: Math.min(ui.frame, film.frames - 1),
      swipe: null,
      layers: [null, null],
      annotations: isPrior ? [] : this.data?.annotations ?? [],
      outlines: isPrior ? [] : this.outlines,
      marks: isPrior ? [] : marking.marks,
      chosen: marking.chosen,
      draft: isPrior ? null : marking.draft,
      cursor: isPrior ? null : marking.cursor,
    };
    if (isPrior || mode === "scan") return base;
    const [a, b] = [this.chosen("a"), this.chosen("b")];
    if (mode === "swipe") return { ...base, swipe: ui.swipe, layers: [a, b] };
    return { ...base, layers: [pane.role === "second" ? b : a, null] };
  }

  draw() {
    let waiting = false;
    for (const pane of this.panes) {
      const { film } = pane;
      if (pane.node.hidden || !film || !pane.picture.clientWidth) continue;
      const scene = this.scene(pane, film);
      if (pane.draw(scene)) continue;
      waiting = true;
      film.load(scene.frame).then(
        () => this.schedule(),
        (error) => this.fail(error),
      );
    }
    this.root.setAttribute("aria-busy", String(waiting || this.loading));
    for (const pane of this.panes) if (pane.film && !pane.node.hidden) this.read(pane, pane.film);
  }

  /** @param {{pane: Pane, x: number, y: number} | null} hover */
  point(hover) {
    this.hover = hover;
    this.schedule();
  }

  /**
   * Say in the margin of a pane what lies under the pointer, and how the film is shown.
   * @param {Pane} pane
   * @param {Film} film
   */
  read(pane, film) {
    const scene = this.scene(pane, film);
    const place = pane.place(scene.view);
    const { centre, width } = scene.window;
    const zoom = say("zoom", { percent: Math.round(100 * place.sx * (window.devicePixelRatio || 1)) });
    const sent = film.sentCols < film.cols ? say("sent", { percent: Math.round((100 * film.sentCols) / film.cols) }) : "";
    const grey = (/** @type {number} */ value) => plain(value, film.meta.step === 1 ? 200 : width);
    const brightness = say("brightness", { percent: Math.round((100 * film.defaultWindow().width) / width) });
    const shown = film.colour ? brightness : `W ${grey(width)}  L ${grey(centre)}`;
    pane.state.textContent = [shown, zoom, sent].filter(Boolean).join(" · ");
    pane.cursor.textContent = "";
    const { hover } = this;
    if (hover?.pane !== pane) return pane.name(null, 0, 0);
    const x = (hover.x - place.x) / place.sx;
    const y = (hover.y - place.y) / place.sy;
    const value = film.value(scene.frame, x, y);
    if (value === null) return pane.name(null, 0, 0);
    const parts = [`x ${Math.floor(x)}  y ${Math.floor(y)}`, say("grey", { value: grey(value) })];
    for (const layer of scene.layers) {
      if (!layer || layer.meta.frame !== scene.frame) continue;
      const number = layer.value(x, y);
      const unit = number === null || Number.isNaN(number) ? "" : ` ${layer.meta.unit}`;
      parts.push(`${layer.name} ${plain(number, layer.reach / 10)}${unit}`);
    }
    pane.name(scene, x, y);
    pane.cursor.textContent = parts.join("  ·  ");
  }

  destroy() {
    this.stop.abort();
    this.observer.disconnect();
    if (this.request) cancelAnimationFrame(this.request);
    this.root.remove();
    instances.delete(this.parent);
  }
}

/**
 * @param {Film | null} film
 * @param {FilmMeta} meta
 */
function keptFilm(film, meta) {
  return film && sameFilm(film.meta, meta) ? film : new Film(meta);
}

function makeDivider() {
  const divider = element("div", { class: "divider", role: "slider", tabindex: "0", "aria-label": say("divider") });
  divider.setAttribute("aria-orientation", "horizontal");
  divider.setAttribute("aria-valuemin", "0");
  divider.setAttribute("aria-valuemax", "100");
  divider.append(element("i", {}, "◂ ▸"));
  return divider;
}
