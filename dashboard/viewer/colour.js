// Maps to colour. The range comes with the map and is never changed here; NaN is "no value" and stays so.

const FINE_SIDE = 512; // maps are interpolated as values up to about this side, then coloured

class Layer {
  /**
   * @param {LayerMeta} meta
   * @param {Pair} visible shares of the range from which a value is seen, and is opaque
   */
  constructor(meta, visible) {
    this.meta = meta;
    this.name = meta.name;
    this.low = meta.range[0];
    this.high = meta.range[1];
    this.reach = Math.max(Math.abs(this.low), Math.abs(this.high)); // |value| at which opacity and threshold are 100 %
    this.visible = visible;
    this.table = colourTable(meta.stops);
    /** @type {{wanted: string, canvas: HTMLCanvasElement} | null} */
    this.drawn = null;
    /** @type {{share: number, positive: Path2D, negative: Path2D | null} | null} */
    this.lines = null;
    this.values = new Float32Array();
    this.strongest = 0;
    this.factor = 1;
    this.rows = meta.shape[0];
    this.cols = meta.shape[1];
  }

  async load() {
    const [rows, cols] = this.meta.shape;
    const codes = await decodePlanes(this.meta.png, rows, cols, 2);
    const [low, high] = this.meta.values;
    const values = new Float32Array(codes.length);
    let strongest = 0;
    for (let i = 0; i < codes.length; i++) {
      values[i] = codes[i] === 0 ? NaN : low + ((codes[i] - 1) / 65534) * (high - low);
      if (Math.abs(values[i]) > strongest) strongest = Math.abs(values[i]);
    }
    this.strongest = strongest;
    this.factor = Math.max(1, Math.floor(FINE_SIDE / Math.max(rows, cols)));
    this.rows = rows * this.factor;
    this.cols = cols * this.factor;
    this.values = this.factor === 1 ? values : interpolate(values, rows, cols, this.factor);
  }

  /**
   * Value at (x, y) in scan pixels: null outside of the map, NaN where it has no value.
   * @param {number} x
   * @param {number} y
   */
  value(x, y) {
    const [top, left, height, width] = this.meta.extent;
    const row = Math.floor(((y - top) / height) * this.rows);
    const col = Math.floor(((x - left) / width) * this.cols);
    if (row < 0 || col < 0 || row >= this.rows || col >= this.cols) return null;
    return this.values[row * this.cols + col];
  }

  /** @param {number} value */
  alpha(value) {
    const [from, full] = this.visible;
    return within((Math.abs(value) / this.reach - from) / (full - from), 0, 1);
  }

  /** @param {number} value */
  colour(value) {
    const share = within((value - this.low) / (this.high - this.low), 0, 1);
    return this.table.subarray(3 * Math.round(255 * share), 3 * Math.round(255 * share) + 3);
  }

  /**
   * The coloured map with |value| between the two shares of the range; an upper share of 1 has no upper bound.
   * @param {number} lowShare
   * @param {number} highShare
   */
  picture(lowShare, highShare) {
    const wanted = `${lowShare},${highShare}`;
    if (this.drawn?.wanted === wanted) return this.drawn.canvas;
    const canvas = this.drawn?.canvas ?? makeCanvas(this.cols, this.rows);
    const context = drawingOn(canvas);
    const image = context.createImageData(this.cols, this.rows);
    const data = image.data;
    const least = lowShare * this.reach;
    const most = highShare >= 1 ? Infinity : highShare * this.reach;
    for (let i = 0, at = 0; i < this.values.length; i++, at += 4) {
      const value = this.values[i];
      if (Number.isNaN(value)) {
        if ((Math.floor(i / this.cols) + i % this.cols) % 12 < 2) data.set([150, 156, 164, 150], at);
        continue;
      }
      const size = Math.abs(value);
      if (size < least || size > most) continue;
      const alpha = Math.round(255 * this.alpha(value));
      if (alpha === 0) continue;
      const share = within((value - this.low) / (this.high - this.low), 0, 1);
      const entry = 3 * Math.round(255 * share);
      data[at] = this.table[entry];
      data[at + 1] = this.table[entry + 1];
      data[at + 2] = this.table[entry + 2];
      data[at + 3] = alpha;
    }
    context.putImageData(image, 0, 0);
    this.drawn = { wanted, canvas };
    return canvas;
  }

  /**
   * Iso-lines of |value| at a share of the range, as paths in cells of the fine map.
   * @param {number} share
   */
  contour(share) {
    if (this.lines?.share !== share) {
      const level = share * this.reach;
      const positive = isoLines(this.values, this.rows, this.cols, level);
      const negative = this.meta.signed ? isoLines(this.values, this.rows, this.cols, -level) : null;
      this.lines = { share, positive, negative };
    }
    return this.lines;
  }
}

/** @param {number[][]} stops position in the range, red, green, blue */
function colourTable(stops) {
  const table = new Uint8Array(256 * 3);
  for (let i = 0; i < 256; i++) {
    const at = i / 255;
    let k = 1;
    while (k < stops.length - 1 && stops[k][0] < at) k++;
    const [a, b] = [stops[k - 1], stops[k]];
    const share = within((at - a[0]) / (b[0] - a[0]), 0, 1);
    for (let c = 0; c < 3; c++) table[3 * i + c] = Math.round(a[c + 1] + share * (b[c + 1] - a[c + 1]));
  }
  return table;
}

/**
 * Bilinear between the centres of the cells, constant beyond the outermost ones. A missing cell stays missing as a whole
 * and takes no part in its neighbours.
 * @param {Float32Array} values
 * @param {number} rows
 * @param {number} cols
 * @param {number} factor
 */
function interpolate(values, rows, cols, factor) {
  const out = new Float32Array(rows * cols * factor * factor);
  for (let y = 0, at = 0; y < rows * factor; y++) {
    const v = (y + 0.5) / factor - 0.5;
    const r0 = Math.max(0, Math.floor(v));
    const r1 = Math.min(rows - 1, Math.floor(v) + 1);
    const fy = r0 === r1 ? 0 : v - Math.floor(v);
    for (let x = 0; x < cols * factor; x++, at++) {
      const own = values[Math.floor(y / factor) * cols + Math.floor(x / factor)];
      if (Number.isNaN(own)) {
        out[at] = NaN;
        continue;
      }
      const u = (x + 0.5) / factor - 0.5;
      const c0 = Math.max(0, Math.floor(u));
      const c1 = Math.min(cols - 1, Math.floor(u) + 1);
      const fx = c0 === c1 ? 0 : u - Math.floor(u);
      let sum = 0;
      let weights = 0;
      const add = (/** @type {number} */ value, /** @type {number} */ weight) => {
        if (!Number.isNaN(value)) {
          sum += weight * value;
          weights += weight;
        }
      };
      add(values[r0 * cols + c0], (1 - fy) * (1 - fx));
      add(values[r0 * cols + c1], (1 - fy) * fx);
      add(values[r1 * cols + c0], fy * (1 - fx));
      add(values[r1 * cols + c1], fy * fx);
      out[at] = sum / weights;
    }
  }
  return out;
}
