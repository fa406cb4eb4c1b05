// Pointer, wheel and keys over the picture, turned into the actions of a viewer.

class Gestures {
  constructor(viewer, signal) {
    this.viewer = viewer;
    this.pointers = new Map();
    this.drag = null;
    this.listen(signal);
  }

  paneAt(event) {
    return this.viewer.panes.find((pane) => !pane.node.hidden && event.composedPath().includes(pane.picture)) ?? null;
  }

  pointIn(pane, event) {
    const box = pane.picture.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  listen(signal) {
    const on = (target, name, handler, options = {}) => target.addEventListener(name, handler, { ...options, signal });
    on(this.viewer.panesNode, "wheel", (event) => this.onWheel(event), { passive: false });
    on(this.viewer.panesNode, "pointerdown", (event) => this.onDown(event));
    on(this.viewer.panesNode, "pointermove", (event) => this.onMove(event));
    on(this.viewer.panesNode, "pointerup", (event) => this.onUp(event));
    on(this.viewer.panesNode, "pointercancel", (event) => this.onUp(event));
    on(this.viewer.panesNode, "pointerleave", () => {
      this.viewer.hover = null;
      this.viewer.readout();
    });
    on(this.viewer.panesNode, "dragstart", (event) => event.preventDefault());
    on(this.viewer.panesNode, "contextmenu", (event) => event.preventDefault());
    on(this.viewer.panesNode, "dblclick", () => this.viewer.set({ view: START_VIEW, priorView: START_VIEW }));
    on(this.viewer.root, "keydown", (event) => this.onKey(event));
  }

  onWheel(event) {
    const pane = this.paneAt(event);
    if (!pane) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    // A trackpad pinch arrives as a wheel with Ctrl and small steps.
    const strength = event.ctrlKey ? 0.01 : 0.0016;
    this.viewer.zoomAt(pane, this.pointIn(pane, event), Math.exp(-event.deltaY * lines * strength));
  }

  onDown(event) {
    const pane = this.paneAt(event);
    if (!pane) return;
    this.viewer.panesNode.focus({ preventScroll: true });
    event.preventDefault();
    const onDivider = event.composedPath().includes(this.viewer.divider);
    if (onDivider) this.viewer.divider.focus({ preventScroll: true });
    this.viewer.panesNode.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const tool = event.button !== 0 || event.shiftKey ? "pan" : this.viewer.ui.tool;
    const start = this.pointIn(pane, event);
    const before = this.drag?.kind === "region" ? this.drag.before : this.viewer.region;
    const kind = onDivider ? "swipe" : tool === "region" && pane.role === "prior" ? "pan" : tool;
    this.drag = { pane, start, kind, before };
    if (this.pointers.size > 1) {
      this.viewer.region = before; // a second finger makes a pinch of it, not a box
      this.drag = { pane, kind: "pinch" };
    }
  }

  onMove(event) {
    const last = this.pointers.get(event.pointerId);
    if (!last || !this.drag) {
      const pane = this.paneAt(event);
      this.viewer.hover = pane ? { pane, ...this.pointIn(pane, event) } : null;
      this.viewer.readout();
      return;
    }
    const { pane, kind } = this.drag;
    const now = { x: event.clientX, y: event.clientY };
    const [dx, dy] = [now.x - last.x, now.y - last.y];
    const point = this.pointIn(pane, event);
    this.viewer.hover = { pane, ...point };
    if (kind === "pinch") this.pinch(event.pointerId, last, now);
    else if (kind === "pan") this.viewer.panBy(pane, dx, dy);
    else if (kind === "window") this.viewer.windowBy(pane, dx, dy);
    else if (kind === "swipe") this.viewer.set({ swipe: Math.min(1, Math.max(0, point.x / pane.picture.clientWidth)) });
    else if (kind === "region") {
      this.viewer.region = { box: this.box(pane, this.drag.start, point), frame: this.viewer.ui.frame };
      this.viewer.schedule();
    }
    this.pointers.set(event.pointerId, now);
  }

  pinch(id, last, now) {
    const other = [...this.pointers].find(([key]) => key !== id)?.[1];
    if (!other) return;
    const { pane } = this.drag;
    const before = Math.hypot(last.x - other.x, last.y - other.y);
    const after = Math.hypot(now.x - other.x, now.y - other.y);
    const middle = this.pointIn(pane, { clientX: (now.x + other.x) / 2, clientY: (now.y + other.y) / 2 });
    this.viewer.panBy(pane, (now.x - last.x) / 2, (now.y - last.y) / 2);
    this.viewer.zoomAt(pane, middle, after / Math.max(before, 1));
  }

  onUp(event) {
    this.pointers.delete(event.pointerId);
    if (this.pointers.size > 0) return;
    const drag = this.drag;
    this.drag = null;
    if (drag?.kind !== "region") return;
    if (event.type !== "pointerup") {
      this.viewer.region = drag.before; // broken off: what was marked before stands
      this.viewer.refresh();
      return;
    }
    const box = this.box(drag.pane, drag.start, this.pointIn(drag.pane, event));
    // A click is no box: it clears the one that is there.
    this.viewer.sendRegion(box[2] >= 2 && box[3] >= 2 ? box : null);
  }

  // Two corners in a pane -> [top, left, height, width] in whole scan pixels, cut at the border of the scan.
  box(pane, p, q) {
    const place = pane.place(this.viewer.viewOf(pane));
    const { rows, cols } = pane.film;
    const inside = (value, end) => Math.min(end, Math.max(0, Math.round(value)));
    const xs = [p.x, q.x].map((x) => inside((x - place.x) / place.sx, cols)).sort((a, b) => a - b);
    const ys = [p.y, q.y].map((y) => inside((y - place.y) / place.sy, rows)).sort((a, b) => a - b);
    return [ys[0], xs[0], ys[1] - ys[0], xs[1] - xs[0]];
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.viewer.ui) return;
    const path = event.composedPath();
    if (event.key === "Escape" && !this.viewer.controls.helpPanel.hidden) {
      this.viewer.toggleHelp();
      event.stopPropagation();
      return;
    }
    if (path[0] === this.viewer.divider && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      const step = event.key === "ArrowLeft" ? -0.02 : 0.02;
      this.viewer.set({ swipe: Math.min(1, Math.max(0, this.viewer.ui.swipe + step)) });
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    const action = path.includes(this.viewer.panesNode) ? this.keys(event.key, event.shiftKey) : null;
    // Letters typed in the viewer never reach the shortcuts of the page around it ("r" would rerun, "c" clear caches).
    if (event.key.length === 1) event.stopPropagation();
    if (!action) return;
    event.preventDefault();
    action();
  }

  keys(key, shift) {
    const { ui } = this.viewer;
    const pane = this.viewer.panes[0];
    const pan = (dx, dy) => () => this.viewer.panBy(pane, dx, dy);
    const pointer = () => (this.viewer.hover && this.viewer.hover.pane.role !== "prior" ? this.viewer.hover : null);
    const table = {
      ArrowLeft: pan(40, 0),
      ArrowRight: pan(-40, 0),
      ArrowUp: pan(0, 40),
      ArrowDown: pan(0, -40),
      "+": () => this.viewer.zoomAt(pane, pointer(), 1.25),
      "=": () => this.viewer.zoomAt(pane, pointer(), 1.25),
      "-": () => this.viewer.zoomAt(pane, pointer(), 1 / 1.25),
      f: () => this.viewer.set({ view: START_VIEW, priorView: START_VIEW }),
      1: () => this.viewer.oneToOne(),
      w: () => this.viewer.set({ tool: "window" }),
      p: () => this.viewer.set({ tool: "pan" }),
      b: () => this.viewer.data.region_tool && this.viewer.set({ tool: "region" }),
      i: () => this.viewer.set({ invert: !ui.invert }),
      o: () => this.viewer.set({ mode: this.viewer.mode() === "scan" ? "overlay" : "scan" }),
      m: () => this.nextMode(),
      c: () => this.viewer.set({ contour: !ui.contour }),
      l: () => this.viewer.set(shift ? { organs: !ui.organs } : { outlines: !ui.outlines }),
      "[": () => this.viewer.set({ opacity: Math.max(0, ui.opacity - 5) }),
      "]": () => this.viewer.set({ opacity: Math.min(100, ui.opacity + 5) }),
      t: () => this.viewer.threshold(ui.low + (shift ? -5 : 5), null),
      ",": () => this.viewer.setFrame(ui.frame - 1),
      ".": () => this.viewer.setFrame(ui.frame + 1),
      "<": () => this.viewer.setFrame(ui.frame - 1),
      ">": () => this.viewer.setFrame(ui.frame + 1),
      PageUp: () => this.viewer.setFrame(ui.frame - 1),
      PageDown: () => this.viewer.setFrame(ui.frame + 1),
      r: () => this.viewer.reset(),
      "?": () => this.viewer.toggleHelp(),
    };
    return table[key.length === 1 ? key.toLowerCase() : key] ?? null;
  }

  nextMode() {
    const names = MODES.map(([name]) => name).filter((name) => !this.viewer.controls.modes.get(name).disabled);
    this.viewer.set({ mode: names[(names.indexOf(this.viewer.mode()) + 1) % names.length] });
  }
}
