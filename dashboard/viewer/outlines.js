// Outlines and boxes over the film: vectors in scan pixels, drawn with lines of the same width at every zoom.

// Colours apart for every colour vision deficiency (after Okabe and Ito, lightened for black); dashes tell the kinds apart
// without colour: lesions are solid, landmarks dashed, organs dotted.
/** @type {Record<string, {colours: string[], dash: number[]}>} */
const OUTLINE = {
  lesion: { colours: ["#4df0ff", "#f0e442", "#ff9e4a", "#ff9ad5"], dash: [] },
  landmark: { colours: ["#e3c4ff"], dash: [9, 5] },
  organ: { colours: ["#e6e6e6"], dash: [1.5, 4.5] },
};
const OUTLINE_WIDTH = 2; // screen pixels
const LABEL_HEIGHT = 16;

class Outline {
  /**
   * @param {OutlineMeta} meta
   * @param {number} index among those of its kind
   */
  constructor(meta, index) {
    this.meta = meta;
    const { colours, dash } = OUTLINE[meta.kind] ?? OUTLINE.lesion;
    this.colour = colours[index % colours.length];
    this.dash = dash;
    this.path = new Path2D();
    this.pieces = meta.polygons.map((flat) => this.piece(flat));
  }

  /**
   * Add one closed polygon to the path and return the box around it.
   * @param {number[]} flat
   */
  piece(flat) {
    const box = { top: Infinity, left: Infinity, bottom: -Infinity, right: -Infinity };
    for (let i = 0; i < flat.length; i += 2) {
      const [y, x] = [flat[i], flat[i + 1]];
      if (i === 0) this.path.moveTo(x, y);
      else this.path.lineTo(x, y);
      box.top = Math.min(box.top, y);
      box.bottom = Math.max(box.bottom, y);
      box.left = Math.min(box.left, x);
      box.right = Math.max(box.right, x);
    }
    this.path.closePath();
    return box;
  }

  /**
   * Whether (x, y) in scan pixels lies inside; a polygon in another is a hole.
   * @param {number} x
   * @param {number} y
   */
  holds(x, y) {
    const context = drawingOn(makeCanvas(1, 1));
    return context.isPointInPath(this.path, x, y, "evenodd");
  }

  /**
   * @param {CanvasRenderingContext2D} context in screen pixels
   * @param {Place} place
   */
  draw(context, place) {
    const shown = new Path2D();
    shown.addPath(this.path, new DOMMatrix([place.sx, 0, 0, place.sy, place.x, place.y]));
    context.save();
    context.lineJoin = context.lineCap = "round";
    // A dark casing keeps the line legible on bone, on lung and on a map.
    context.strokeStyle = "rgba(0,0,0,0.7)";
    context.lineWidth = OUTLINE_WIDTH + 2.4;
    context.stroke(shown);
    context.strokeStyle = this.colour;
    context.lineWidth = OUTLINE_WIDTH;
    context.setLineDash(this.dash);
    context.stroke(shown);
    context.restore();
  }

  /**
   * Write the label above the largest piece in view, lower where another label stands.
   * @param {CanvasRenderingContext2D} context
   * @param {Place} place
   * @param {Taken[]} taken boxes of other text
   */
  label(context, place, taken) {
    const seen = this.pieces.find((box) => {
      const [left, top] = [place.x + box.left * place.sx, place.y + box.top * place.sy];
      const [right, bottom] = [place.x + box.right * place.sx, place.y + box.bottom * place.sy];
      return right > 0 && bottom > 0 && left < place.width && top < place.height;
    });
    if (!seen) return;
    writeLabel(context, place, this.meta.label, this.colour, place.x + seen.left * place.sx, place.y + seen.top * place.sy - 6, taken);
  }
}

/**
 * Each kind has colours of its own, in the order in which the outlines come.
 * @param {OutlineMeta[]} metas
 */
function makeOutlines(metas) {
  /** @type {Record<string, number>} */
  const counts = {};
  return metas.map((meta) => new Outline(meta, (counts[meta.kind] = (counts[meta.kind] ?? -1) + 1)));
}

/**
 * @param {Outline} outline
 * @param {ViewerState} ui
 * @param {number} frame
 */
function outlineShown(outline, ui, frame) {
  return outline.meta.frame === frame && (outline.meta.kind === "organ" ? ui.organs : ui.outlines);
}

/**
 * Write a label on the picture, lower where another one stands.
 * @param {CanvasRenderingContext2D} context in screen pixels
 * @param {Place} place
 * @param {string} text
 * @param {string} colour
 * @param {number} left
 * @param {number} bottom
 * @param {Taken[]} taken boxes of other text; that of this one is added
 */
function writeLabel(context, place, text, colour, left, bottom, taken) {
  context.save();
  context.font = "600 12px system-ui, sans-serif";
  const width = context.measureText(text).width;
  const x = Math.max(4, Math.min(place.width - width - 4, left));
  let y = Math.max(LABEL_HEIGHT, Math.min(place.height - 4, bottom));
  const hit = () => taken.some((b) => x < b.right && x + width > b.left && y - LABEL_HEIGHT < b.bottom && y > b.top);
  for (let turn = 0; turn < 20 && hit(); turn++) y += LABEL_HEIGHT;
  taken.push({ left: x, right: x + width, top: y - LABEL_HEIGHT, bottom: y });
  context.lineJoin = "round";
  context.lineWidth = 3.5;
  context.strokeStyle = "rgba(0,0,0,0.85)";
  context.strokeText(text, x, y);
  context.fillStyle = colour;
  context.fillText(text, x, y);
  context.restore();
}
