// Pointer, wheel and keys over the picture, turned into what a viewer does.

/** @typedef {"window" | "pan" | "swipe" | "pinch" | "mark" | "tap"} DragKind */
/** @typedef {{pane: Pane, kind: DragKind, start: Point, moved: boolean}} Drag */

const TAP = 4; // CSS pixels that a hand may tremble
const REACH = { mouse: 8, touch: 16 }; // how near to a line a press has to be

class Gestures {
  /**
   * @param {Viewer} viewer
   * @param {AbortSignal} signal
   */
  constructor(viewer, signal) {
    this.viewer = viewer;
    /** @type {Map<number, Point>} */
    this.pointers = new Map();
    /** @type {Drag | null} */
    this.drag = null;
    this.keys = new Map(keyTable(viewer.act).flatMap((shortcut) => shortcut.keys.map((key) => [key, shortcut])));
    this.listen(signal);
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const { panesNode, root } = this.viewer;
    panesNode.addEventListener("wheel", (event) => this.onWheel(event), { passive: false, signal });
    panesNode.addEventListener("pointerdown", (event) => this.onDown(event), { signal });
    panesNode.addEventListener("pointermove", (event) => this.onMove(event), { signal });
    panesNode.addEventListener("pointerup", (event) => this.onUp(event), { signal });
    panesNode.addEventListener("pointercancel", (event) => this.onUp(event), { signal });
    panesNode.addEventListener("pointerleave", () => this.viewer.point(null), { signal });
    panesNode.addEventListener("dragstart", (event) => event.preventDefault(), { signal });
    panesNode.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
    panesNode.addEventListener("dblclick", () => markKind(this.viewer.ui.tool) || this.viewer.act.fit(), { signal });
    root.addEventListener("keydown", (event) => this.onKey(event), { signal });
    // The keys work too while no control of the page has the focus: a reader need not find the picture with the pointer first.
    document.body.addEventListener("keydown", (event) => isAtRest(document.activeElement) && this.onKey(event), { signal });
  }

  /** @param {Event} event */
  paneAt(event) {
    return this.viewer.panes.find((pane) => !pane.node.hidden && pane.film && event.composedPath().includes(pane.picture)) ?? null;
  }

  /**
   * @param {Pane} pane
   * @param {{clientX: number, clientY: number}} event
   * @returns {Point}
   */
  pointIn(pane, event) {
    const box = pane.picture.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  /** @param {WheelEvent} event */
  onWheel(event) {
    const pane = this.paneAt(event);
    if (!pane) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    // A trackpad pinch arrives as a wheel with Ctrl and small steps.
    const strength = event.ctrlKey ? 0.01 : 0.0016;
    this.viewer.viewing.zoomAt(pane, this.pointIn(pane, event), Math.exp(-event.deltaY * lines * strength));
  }

  /** @param {PointerEvent} event */
  onDown(event) {
    const pane = this.paneAt(event);
    if (!pane) return;
    const { viewer } = this;
    viewer.panesNode.focus({ preventScroll: true });
    event.preventDefault();
    const onDivider = event.composedPath().includes(viewer.divider);
    if (onDivider) viewer.divider.focus({ preventScroll: true });
    viewer.panesNode.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const start = this.pointIn(pane, event);
    if (this.pointers.size > 1) {
      this.drag = { pane, kind: "pinch", start, moved: true };
      return;
    }
    const aside = event.button !== 0 || event.shiftKey;
    this.drag = { pane, kind: onDivider ? "swipe" : this.kind(pane, event.pointerType, aside), start, moved: false };
    if (this.drag.kind === "mark") viewer.marking.place(pane, start, this.reach(event));
  }

  /**
   * @param {Pane} pane
   * @param {string} pointer
   * @param {boolean} aside another button, or Shift: pans with every tool
   * @returns {DragKind}
   */
  kind(pane, pointer, aside) {
    const { tool } = this.viewer.ui;
    // One finger scrolls the page, so it can only tap.
    if (pointer === "touch") return "tap";
    if (aside || tool === "pan") return "pan";
    if (tool === "window") return "window";
    return pane.role === "prior" ? "pan" : "mark";
  }

  /** @param {PointerEvent} event */
  reach(event) {
    return event.pointerType === "touch" ? REACH.touch : REACH.mouse;
  }

  /** @param {PointerEvent} event */
  onMove(event) {
    const last = this.pointers.get(event.pointerId);
    const { viewer, drag } = this;
    if (!last || !drag) {
      const pane = this.paneAt(event);
      viewer.point(pane ? { pane, ...this.pointIn(pane, event) } : null);
      if (pane) viewer.marking.follow(pane, this.pointIn(pane, event));
      return;
    }
    const { pane, kind } = drag;
    const now = { x: event.clientX, y: event.clientY };
    const [dx, dy] = [now.x - last.x, now.y - last.y];
    const point = this.pointIn(pane, event);
    drag.moved ||= Math.hypot(point.x - drag.start.x, point.y - drag.start.y) > TAP;
    if (event.pointerType !== "touch") viewer.point({ pane, ...point });
    if (kind === "pinch") this.pinch(pane, event.pointerId, last, now);
    else if (kind === "pan") viewer.viewing.panBy(pane, dx, dy);
    else if (kind === "window") viewer.viewing.windowBy(pane, dx, dy);
    else if (kind === "swipe") viewer.set({ swipe: within(point.x / pane.picture.clientWidth, 0, 1) });
    else if (kind === "mark") viewer.marking.follow(pane, point);
    this.pointers.set(event.pointerId, now);
  }

  /**
   * @param {Pane} pane
   * @param {number} id
   * @param {Point} last
   * @param {Point} now
   */
  pinch(pane, id, last, now) {
    const other = [...this.pointers].find(([key]) => key !== id)?.[1];
    if (!other) return;
    const before = Math.hypot(last.x - other.x, last.y - other.y);
    const after = Math.hypot(now.x - other.x, now.y - other.y);
    const middle = this.pointIn(pane, { clientX: (now.x + other.x) / 2, clientY: (now.y + other.y) / 2 });
    this.viewer.viewing.panBy(pane, (now.x - last.x) / 2, (now.y - last.y) / 2);
    this.viewer.viewing.zoomAt(pane, middle, after / Math.max(before, 1));
  }

  /** @param {PointerEvent} event */
  onUp(event) {
    this.pointers.delete(event.pointerId);
    if (this.pointers.size > 0) return;
    const { drag, viewer } = this;
    this.drag = null;
    if (!drag || event.type !== "pointerup" || drag.kind === "pinch" || drag.kind === "swipe") return;
    const point = this.pointIn(drag.pane, event);
    const { marking } = viewer;
    if (drag.kind === "mark") {
      if (drag.moved) marking.place(drag.pane, point, 0); // drawn in one go; else the next press sets the next point
    } else if (!drag.moved && drag.pane.role !== "prior") {
      if (drag.kind === "tap" && markKind(viewer.ui.tool)) marking.place(drag.pane, point, REACH.touch);
      else marking.choose(drag.pane, point, this.reach(event));
    }
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.defaultPrevented || !this.viewer.ready) return;
    // The page scrolls by these, or steps through prepared cases: they are the film's where it has another frame, and nobody presents.
    if (event.key.startsWith("Page") && (this.viewer.film.frames < 2 || document.querySelector(".st-key-presenting"))) return;
    // AltGr types the brackets on many keyboards, and arrives as Ctrl with Alt.
    if ((event.ctrlKey || event.metaKey || event.altKey) && !event.getModifierState("AltGraph")) return;
    const path = event.composedPath();
    const first = path[0];
    if (first instanceof HTMLSelectElement || (first instanceof HTMLInputElement && first.type === "text")) {
      if (event.key.length === 1) event.stopPropagation();
      return;
    }
    const done = this.special(event, first) || this.shortcut(event, path);
    // Letters typed in the viewer never reach the shortcuts of the page around it ("r" would rerun, "c" clear caches).
    if (done || (event.key.length === 1 && path.includes(this.viewer.root))) event.stopPropagation();
    if (done) event.preventDefault();
  }

  /**
   * @param {KeyboardEvent} event
   * @param {EventTarget} first
   */
  special(event, first) {
    if (event.key === "Escape") return this.viewer.act.escape();
    if (first !== this.viewer.divider || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return false;
    const step = event.key === "ArrowLeft" ? -0.02 : 0.02;
    this.viewer.set({ swipe: within(this.viewer.ui.swipe + step, 0, 1) });
    return true;
  }

  /**
   * @param {KeyboardEvent} event
   * @param {EventTarget[]} path
   */
  shortcut(event, path) {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const found = this.keys.get(key);
    if (!found || (key.length === 1 && !singleKeys.on)) return false;
    // Sliders and buttons keep the keys that move and press them.
    const elsewhere = path.includes(this.viewer.root) && !path.includes(this.viewer.panesNode);
    if (elsewhere && (found.picture || key.startsWith("Page"))) return false;
    found.act(key, event.shiftKey);
    return true;
  }
}

/**
 * Whether the focus is nowhere, or on the heading of the case, which takes it when the case opens.
 * @param {Element | null} held
 */
function isAtRest(held) {
  return held === document.body || (held?.matches("h1") ?? false);
}
