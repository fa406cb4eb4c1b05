// Packed pictures back to numbers. A PNG holds one or two planes of bytes under one another: high bytes, then low bytes.

async function decodePlanes(base64, rows, cols, planes) {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  // Colour management or premultiplication would change the codes.
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }), {
    colorSpaceConversion: "none",
    premultiplyAlpha: "none",
  });
  const canvas = makeCanvas(cols, rows * planes);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const rgba = context.getImageData(0, 0, cols, rows * planes).data;
  const n = rows * cols;
  const codes = planes === 2 ? new Uint16Array(n) : new Uint8Array(n);
  for (let i = 0; i < n; i++) codes[i] = planes === 2 ? (rgba[4 * i] << 8) | rgba[4 * (i + n)] : rgba[4 * i];
  return codes;
}

function makeCanvas(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

// One film: codes per frame, decoded when asked for, and the grey picture of one frame under one window.
class Film {
  constructor(meta) {
    this.meta = meta;
    this.sha256 = meta.sha256;
    [this.rows, this.cols] = meta.size;
    [this.sentRows, this.sentCols] = meta.sent;
    const spacing = meta.spacing_mm;
    this.aspect = spacing ? spacing[0] / spacing[1] : 1; // height of a pixel in widths of a pixel
    this.frames = meta.frames.length;
    this.decoded = new Map();
    this.canvas = makeCanvas(this.sentCols, this.sentRows);
    this.painted = "";
    const top = meta.planes === 2 ? 65535 : 255;
    this.span = meta.step * top;
  }

  defaultWindow() {
    return { centre: this.meta.window[0], width: this.meta.window[1] };
  }

  // Keeps at most 24 decoded frames: a cine loop of megapixels must not fill the memory of the browser.
  async load(frame) {
    if (this.decoded.has(frame)) return;
    const { frames, planes } = this.meta;
    const codes = await decodePlanes(frames[frame], this.sentRows, this.sentCols, planes);
    this.decoded.set(frame, codes);
    for (const old of this.decoded.keys()) {
      if (this.decoded.size <= 24) break;
      if (old !== frame) this.decoded.delete(old);
    }
  }

  // Grey value in the units of the scan, or null outside of it. x, y in scan pixels.
  value(frame, x, y) {
    const codes = this.decoded.get(frame);
    if (!codes || x < 0 || y < 0 || x >= this.cols || y >= this.rows) return null;
    const column = Math.floor((x * this.sentCols) / this.cols);
    const row = Math.floor((y * this.sentRows) / this.rows);
    return this.meta.offset + this.meta.step * codes[row * this.sentCols + column];
  }

  // Paints the frame through the window; does nothing when that is what the canvas holds already.
  paint(frame, window, invert) {
    const codes = this.decoded.get(frame);
    const wanted = [frame, window.centre, window.width, invert].join();
    if (!codes || wanted === this.painted) return Boolean(codes);
    const table = new Uint8ClampedArray(this.meta.planes === 2 ? 65536 : 256);
    const low = window.centre - window.width / 2;
    for (let code = 0; code < table.length; code++) {
      const share = (this.meta.offset + this.meta.step * code - low) / Math.max(window.width, 1e-6);
      const grey = 255 * Math.min(1, Math.max(0, share));
      table[code] = invert ? 255 - grey : grey;
    }
    const context = this.canvas.getContext("2d", { willReadFrequently: true });
    const image = context.createImageData(this.sentCols, this.sentRows);
    const words = new Uint32Array(image.data.buffer);
    for (let i = 0; i < codes.length; i++) words[i] = 0xff000000 | (table[codes[i]] * 0x010101);
    context.putImageData(image, 0, 0);
    this.painted = wanted;
    return true;
  }
}
