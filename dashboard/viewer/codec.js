// Packed pictures back to numbers. A PNG holds one or two planes of bytes under one another (high bytes, then low bytes), or
// one picture in colour.

// What was fetched, by address: the same address always holds the same bytes. Enough for a film, its prior and their maps.
/** @type {Map<string, Promise<Blob>>} */
const fetched = new Map();
const FETCHED = 48;

/**
 * The bytes of a picture: out of the message, or fetched once and kept.
 * @param {SentPicture} picture
 * @returns {Promise<Blob>}
 */
function pictureBytes(picture) {
  if (typeof picture === "string") {
    const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
    return Promise.resolve(new Blob([bytes], { type: "image/png" }));
  }
  const { url } = picture;
  const found = fetched.get(url) ?? fetchPicture(url);
  fetched.delete(url); // the one that was asked for last is let go of last
  fetched.set(url, found);
  found.catch(() => fetched.delete(url));
  const [oldest] = fetched.keys();
  if (fetched.size > FETCHED && oldest) fetched.delete(oldest);
  return found;
}

/**
 * @param {string} url
 * @returns {Promise<Blob>}
 */
async function fetchPicture(url) {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`a picture was answered with ${answer.status}`);
  return answer.blob();
}

/**
 * @param {SentPicture} picture
 * @param {number} rows
 * @param {number} cols
 * @returns {Promise<Uint8ClampedArray>}
 */
async function decodePixels(picture, rows, cols) {
  // Colour management or premultiplication would change the codes.
  const bitmap = await createImageBitmap(await pictureBytes(picture), {
    colorSpaceConversion: "none",
    premultiplyAlpha: "none",
  });
  const context = drawingOn(makeCanvas(cols, rows), true);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, cols, rows).data;
}

/**
 * @param {SentPicture} picture
 * @param {number} rows
 * @param {number} cols
 * @param {number} planes
 */
async function decodePlanes(picture, rows, cols, planes) {
  const rgba = await decodePixels(picture, rows * planes, cols);
  const n = rows * cols;
  const codes = planes === 2 ? new Uint16Array(n) : new Uint8Array(n);
  for (let i = 0; i < n; i++) codes[i] = planes === 2 ? (rgba[4 * i] << 8) | rgba[4 * (i + n)] : rgba[4 * i];
  return codes;
}

/**
 * @param {number} width
 * @param {number} height
 */
function makeCanvas(width, height) {
  return element("canvas", { width, height });
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {boolean} [read] its pixels are read back often
 * @returns {CanvasRenderingContext2D}
 */
function drawingOn(canvas, read = false) {
  const context = canvas.getContext("2d", { willReadFrequently: read });
  if (!context) throw new Error("no canvas in this browser");
  return context;
}

const COLOUR_PLANES = 3;
const LUMA = [0.299, 0.587, 0.114]; // as in model_zoo/scans/formats/_luminance.py
// A cine loop of megapixels must not fill the memory of the browser.
const DECODED_FRAMES = 24;

// One film: codes per frame, decoded when asked for, and the picture of one frame under one window.
class Film {
  /** @param {FilmMeta} meta */
  constructor(meta) {
    this.meta = meta;
    this.rows = meta.size[0];
    this.cols = meta.size[1];
    this.sentRows = meta.sent[0];
    this.sentCols = meta.sent[1];
    this.colour = meta.planes === COLOUR_PLANES;
    const spacing = meta.spacing_mm;
    this.aspect = spacing ? spacing[0] / spacing[1] : 1; // height of a pixel in widths of a pixel
    this.frames = meta.frames.length;
    /** @type {Map<number, Uint8Array | Uint16Array | Uint8ClampedArray>} codes, or RGBA of a film in colour */
    this.decoded = new Map();
    this.canvas = makeCanvas(this.sentCols, this.sentRows);
    this.painted = "";
    this.span = Math.max(meta.top - meta.offset, meta.step);
  }

  /** @returns {GreyWindow} */
  defaultWindow() {
    return { centre: this.meta.window[0], width: this.meta.window[1] };
  }

  /** @param {number} frame */
  async load(frame) {
    if (this.decoded.has(frame)) return;
    const { frames, planes } = this.meta;
    const codes = this.colour
      ? await decodePixels(frames[frame], this.sentRows, this.sentCols)
      : await decodePlanes(frames[frame], this.sentRows, this.sentCols, planes);
    this.decoded.set(frame, codes);
    for (const old of this.decoded.keys()) {
      if (this.decoded.size <= DECODED_FRAMES) break;
      if (old !== frame) this.decoded.delete(old);
    }
  }

  /**
   * Grey value in the units of the scan (brightness of a colour), or null outside of it. x, y in scan pixels.
   * @param {number} frame
   * @param {number} x
   * @param {number} y
   */
  value(frame, x, y) {
    const codes = this.decoded.get(frame);
    if (!codes || x < 0 || y < 0 || x >= this.cols || y >= this.rows) return null;
    const column = Math.floor((x * this.sentCols) / this.cols);
    const row = Math.floor((y * this.sentRows) / this.rows);
    const at = row * this.sentCols + column;
    if (this.colour) return LUMA.reduce((sum, weight, channel) => sum + weight * codes[4 * at + channel], 0);
    return this.meta.offset + this.meta.step * codes[at];
  }

  /**
   * Paint the frame through the window; does nothing when that is what the canvas holds already.
   * @param {number} frame
   * @param {GreyWindow} window
   * @param {boolean} invert
   */
  paint(frame, window, invert) {
    const codes = this.decoded.get(frame);
    const wanted = [frame, window.centre, window.width, invert].join();
    if (!codes || wanted === this.painted) return Boolean(codes);
    const table = this.table(window, invert);
    const context = drawingOn(this.canvas, true);
    const image = context.createImageData(this.sentCols, this.sentRows);
    if (this.colour) {
      const { data } = image;
      for (let i = 0; i < data.length; i++) data[i] = (i & 3) === 3 ? 255 : table[codes[i]];
    } else {
      const words = new Uint32Array(image.data.buffer);
      for (let i = 0; i < codes.length; i++) words[i] = 0xff000000 | (table[codes[i]] * 0x010101);
    }
    context.putImageData(image, 0, 0);
    this.painted = wanted;
    return true;
  }

  /**
   * The brightness of each code.
   * @param {GreyWindow} window
   * @param {boolean} invert
   */
  table(window, invert) {
    const table = new Uint8ClampedArray(this.meta.planes === 2 ? 65536 : 256);
    const low = window.centre - window.width / 2;
    for (let code = 0; code < table.length; code++) {
      const share = (this.meta.offset + this.meta.step * code - low) / Math.max(window.width, 1e-6);
      const grey = 255 * within(share, 0, 1);
      table[code] = invert ? 255 - grey : grey;
    }
    return table;
  }
}

/**
 * Whether two films are sent as the same.
 * @param {FilmMeta} one
 * @param {FilmMeta} other
 */
function sameFilm(one, other) {
  return one.sha256 === other.sha256 && JSON.stringify(one.frames[0]) === JSON.stringify(other.frames[0]);
}
