// Marks of the reader: what they measure, how they are drawn, and which one lies under a point. Points are (row, col) in pixels
// of the scan; see model_zoo/review/marks.py, which measures the same.

/** @type {Record<MarkKind, number>} */
const MARK_POINTS = { ruler: 2, angle: 3, box: 2, point: 1 };
const MARK_COLOUR = "#ffe14d";
const MARK_CHOSEN = "#ffffff";
const WORD_LENGTH = 80;
const MOST_MARKS = 100;

/**
 * @param {string} tool
 * @returns {MarkKind | null} the kind of mark that a tool draws
 */
function markKind(tool) {
  return tool in MARK_POINTS ? /** @type {MarkKind} */ (tool) : null;
}

/**
 * @param {MarkKind} kind
 */
function kindName(kind) {
  const names = { ruler: say("tool.ruler"), angle: say("tool.angle"), box: say("tool.box"), point: say("tool.point") };
  return names[kind];
}

/**
 * @param {number} value
 * @param {number} digits
 */
function rounded(value, digits) {
  return (Math.floor(value * 10 ** digits + 0.5) / 10 ** digits).toFixed(digits);
}

/**
 * What a mark measures: "34.2 mm", "42°", "12.0 × 8.5 mm"; pixels where no spacing is stated, "" for a point.
 * @param {Draft} mark
 * @param {Pair | null} spacing
 */
function markValue(mark, spacing) {
  if (mark.kind === "point" || mark.points.length < MARK_POINTS[mark.kind]) return "";
  const [rowMm, colMm] = spacing ?? [1, 1];
  const [a, b, c] = mark.points.map(([row, col]) => ({ y: row * rowMm, x: col * colMm }));
  const digits = spacing ? 1 : 0;
  const unit = spacing ? "mm" : "px";
  if (mark.kind === "angle") {
    const [p, q] = [a, c].map((end) => ({ x: end.x - b.x, y: end.y - b.y }));
    const angle = Math.atan2(Math.abs(p.x * q.y - p.y * q.x), p.x * q.x + p.y * q.y);
    return `${rounded((180 / Math.PI) * angle, 0)}°`;
  }
  if (mark.kind === "ruler") return `${rounded(Math.hypot(b.x - a.x, b.y - a.y), digits)} ${unit}`;
  return `${rounded(Math.abs(b.x - a.x), digits)} × ${rounded(Math.abs(b.y - a.y), digits)} ${unit}`;
}

/**
 * What must be known of a length on this film: why it is in pixels, or that it holds at the detector.
 * @param {FilmMeta} meta
 * @param {MarkKind} kind
 */
function lengthNote(meta, kind) {
  if (kind !== "ruler" && kind !== "box") return "";
  if (!meta.spacing_mm) return say("no_spacing");
  return meta.magnified ? say("magnified") : "";
}

/**
 * The corners of what is drawn, in screen pixels: an open line, or the closed line of a box.
 * @param {Draft} mark
 * @param {Place} place
 * @returns {Point[]}
 */
function markLine(mark, place) {
  const points = mark.points.map(([row, col]) => ({ x: place.x + col * place.sx, y: place.y + row * place.sy }));
  if (mark.kind !== "box" || points.length < 2) return points;
  const [p, q] = points;
  return [p, { x: q.x, y: p.y }, q, { x: p.x, y: q.y }, p];
}

/**
 * @param {CanvasRenderingContext2D} context in screen pixels
 * @param {Place} place
 * @param {Draft & {word?: string}} mark
 * @param {boolean} chosen
 * @param {Pair | null} spacing
 * @param {Taken[]} taken
 */
function drawMark(context, place, mark, chosen, spacing, taken) {
  const line = markLine(mark, place);
  const colour = chosen ? MARK_CHOSEN : MARK_COLOUR;
  context.save();
  context.lineJoin = context.lineCap = "round";
  const path = new Path2D();
  line.forEach(({ x, y }, i) => (i === 0 ? path.moveTo(x, y) : path.lineTo(x, y)));
  const ends = mark.kind === "box" ? [] : line;
  for (const { x, y } of ends) {
    path.moveTo(x + 4, y);
    path.arc(x, y, 4, 0, 2 * Math.PI);
  }
  // A dark casing keeps the line legible on bone, on lung and on a map.
  for (const [style, width] of /** @type {[string, number][]} */ ([["rgba(0,0,0,0.7)", chosen ? 5 : 4.2], [colour, chosen ? 2.4 : 1.7]])) {
    context.strokeStyle = style;
    context.lineWidth = width;
    context.stroke(path);
  }
  context.restore();
  const text = [markValue(mark, spacing), mark.word].filter(Boolean).join(" · ");
  if (!text) return;
  const left = Math.max(...line.map((point) => point.x)) + 8;
  const bottom = Math.min(...line.map((point) => point.y)) - 4;
  writeLabel(context, place, text, colour, left, bottom, taken);
}

/**
 * The mark whose line lies nearest to a point of the pane and not farther than `reach`; -1 where there is none.
 * @param {Mark[]} marks
 * @param {number} frame
 * @param {Place} place
 * @param {Point} point
 * @param {number} reach in CSS pixels
 */
function markAt(marks, frame, place, point, reach) {
  let best = reach;
  let found = -1;
  marks.forEach((mark, index) => {
    if (mark.frame !== frame) return;
    const line = markLine(mark, place);
    line.forEach((end, i) => {
      const distance = toSegment(point, line[Math.max(0, i - 1)], end);
      if (distance > best) return;
      best = distance;
      found = index;
    });
  });
  return found;
}

/**
 * @param {Point} p
 * @param {Point} a
 * @param {Point} b
 */
function toSegment(p, a, b) {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  const share = length ? within(((p.x - a.x) * dx + (p.y - a.y) * dy) / length, 0, 1) : 0;
  return Math.hypot(p.x - a.x - share * dx, p.y - a.y - share * dy);
}

// The strip under the picture in which the chosen mark gets its word and can be deleted.
class MarkStrip {
  /** @param {MarkActions} act */
  constructor(act) {
    this.what = element("strong", { "data-case": "" });
    this.note = element("span", { class: "note" });
    this.word = element("input", { type: "text", maxlength: WORD_LENGTH, autocomplete: "off" });
    this.word.onchange = () => act.setWord(this.word.value);
    this.word.onkeydown = (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      if (event.key === "Escape") this.word.value = this.kept;
      act.leaveWord();
    };
    this.kept = "";
    this.node = element(
      "div",
      { class: "strip", role: "group", "aria-label": say("mark"), hidden: true },
      element(
        "div",
        { class: "strip-row" },
        this.what,
        field(say("word"), this.word),
        button(say("delete"), "Delete", act.deleteMark),
        button(say("close"), "Escape", act.closeMark),
      ),
      this.note,
    );
  }

  /**
   * @param {Mark | null} mark
   * @param {FilmMeta} meta
   */
  show(mark, meta) {
    this.node.hidden = !mark;
    if (!mark) return;
    this.what.textContent = [kindName(mark.kind), markValue(mark, meta.spacing_mm)].filter(Boolean).join(" ");
    this.note.textContent = lengthNote(meta, mark.kind);
    this.node.title = this.note.textContent;
    this.kept = mark.word;
    // What is being typed is not taken away by a redraw.
    const typing = /** @type {ShadowRoot | Document} */ (this.word.getRootNode()).activeElement === this.word;
    if (!typing) this.word.value = mark.word;
  }
}
