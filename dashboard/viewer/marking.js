// The marks of one viewer: drawn point by point, chosen, given a word, deleted, and told to the page.

class Marking {
  /** @param {Viewer} viewer */
  constructor(viewer) {
    this.viewer = viewer;
    /** @type {Mark[]} */
    this.marks = [];
    this.chosen = -1;
    /** @type {Draft | null} its last point follows the hand */
    this.draft = null;
    /** @type {Point | null} in scan pixels: the cross that the arrow keys move while a mark is drawn by keys */
    this.cursor = null;
    this.received = "";
    /** @type {string | null} what was sent and has not come back yet */
    this.sent = null;
  }

  clear() {
    Object.assign(this, { marks: [], chosen: -1, draft: null, cursor: null, received: "", sent: null });
  }

  /**
   * Take the marks that the page keeps, unless it has not yet heard of the last change here.
   * @param {Mark[]} marks
   */
  take(marks) {
    const text = JSON.stringify(marks);
    if (this.sent !== null) {
      if (text !== this.sent) return;
      this.sent = null;
    } else if (text === this.received) return;
    if (text !== JSON.stringify(this.marks)) {
      this.marks = marks;
      this.chosen = -1;
    }
    this.received = text;
  }

  /** @returns {Mark | null} */
  get current() {
    return this.marks[this.chosen] ?? null;
  }

  tell() {
    this.sent = JSON.stringify(this.marks);
    this.viewer.tell(this.marks);
    this.viewer.refresh();
  }

  /**
   * @param {Pane} pane
   * @param {Point} point
   * @returns {Pair} (row, col), inside of the scan
   */
  onScan(pane, point) {
    const place = pane.place(this.viewer.ui.view);
    const { rows, cols } = this.viewer.film;
    const exact = (/** @type {number} */ value) => Math.round(10 * value) / 10;
    return [exact(within((point.y - place.y) / place.sy, 0, rows)), exact(within((point.x - place.x) / place.sx, 0, cols))];
  }

  /**
   * Set a point of a new mark; a press on an existing one chooses it instead.
   * @param {Pane} pane
   * @param {Point} point
   * @param {number} reach
   */
  place(pane, point, reach) {
    if (!this.draft && reach && this.choose(pane, point, reach)) return;
    this.set(this.onScan(pane, point));
  }

  /** @param {Pair} point */
  set(point) {
    const kind = markKind(this.viewer.ui.tool);
    if (!kind || this.marks.length >= MOST_MARKS) return;
    const placed = this.draft?.kind === kind ? this.draft.points.slice(0, -1) : [];
    const before = placed.at(-1);
    if (before && before[0] === point[0] && before[1] === point[1]) return; // a point twice is a hand that trembled
    const points = [...placed, point];
    if (points.length < MARK_POINTS[kind]) this.draft = { kind, points: [...points, point] };
    else this.finish({ kind, points, frame: this.viewer.ui.frame, word: "" });
    this.viewer.refresh();
  }

  /** @param {Mark} mark */
  finish(mark) {
    this.draft = this.cursor = null;
    this.marks = [...this.marks, mark];
    this.chosen = this.marks.length - 1;
    this.tell();
  }

  /**
   * @param {Pane} pane
   * @param {Point} point
   */
  follow(pane, point) {
    if (!this.draft || pane.role === "prior") return;
    this.draft.points[this.draft.points.length - 1] = this.onScan(pane, point);
    this.viewer.schedule();
  }

  /**
   * @param {Pane} pane
   * @param {Point} point
   * @param {number} reach
   */
  choose(pane, point, reach) {
    const place = pane.place(this.viewer.ui.view);
    this.chosen = markAt(this.marks, this.viewer.ui.frame, place, point, reach);
    this.viewer.refresh();
    return this.chosen >= 0;
  }

  /** @param {number} step */
  next(step) {
    const here = this.marks.flatMap((mark, i) => (mark.frame === this.viewer.ui.frame ? [i] : []));
    if (here.length === 0) return;
    const at = here.indexOf(this.chosen);
    this.chosen = here[(Math.max(at, step > 0 ? -1 : 0) + step + here.length) % here.length];
    this.viewer.refresh();
  }

  /** @param {string} word */
  setWord(word) {
    const { current } = this;
    const kept = word.trim().slice(0, WORD_LENGTH);
    if (!current || current.word === kept) return;
    this.marks = this.marks.map((mark, i) => (i === this.chosen ? { ...mark, word: kept } : mark));
    this.tell();
  }

  delete() {
    if (!this.current) return;
    this.marks = this.marks.filter((_, i) => i !== this.chosen);
    this.chosen = -1;
    this.tell();
  }

  /** Let go of what is being drawn or chosen; false where there is nothing. */
  letGo() {
    const held = this.draft !== null || this.cursor !== null || this.chosen >= 0;
    this.draft = this.cursor = null;
    this.chosen = -1;
    if (held) this.viewer.refresh();
    return held;
  }

  /**
   * Move the cross that draws by keys.
   * @param {number} dx in scan pixels
   * @param {number} dy
   */
  moveCursor(dx, dy) {
    const { rows, cols } = this.viewer.film;
    const from = this.cursor ?? { x: Math.round(this.viewer.ui.view.cx * cols), y: Math.round(this.viewer.ui.view.cy * rows) };
    this.cursor = { x: within(from.x + dx, 0, cols), y: within(from.y + dy, 0, rows) };
    if (this.draft) this.draft.points[this.draft.points.length - 1] = [this.cursor.y, this.cursor.x];
    this.viewer.schedule();
  }

  setAtCursor() {
    if (!this.cursor) this.moveCursor(0, 0);
    else this.set([this.cursor.y, this.cursor.x]);
  }
}
