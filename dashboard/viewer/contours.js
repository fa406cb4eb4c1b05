/**
 * Marching squares: the lines along which a map crosses a level, as one Path2D in cells (cell i has its centre at i + 0.5).
 * @param {Float32Array} values
 * @param {number} rows
 * @param {number} cols
 * @param {number} level
 */
function isoLines(values, rows, cols, level) {
  const path = new Path2D();
  const cut = (/** @type {number} */ a, /** @type {number} */ b) => (level - a) / (b - a);
  for (let r = 0; r < rows - 1; r++) {
    for (let c = 0; c < cols - 1; c++) {
      const at = r * cols + c;
      const a = values[at];
      const b = values[at + 1];
      const d = values[at + cols];
      const e = values[at + cols + 1];
      // A NaN makes the sum NaN: no line is drawn next to a missing value.
      const sum = a + b + d + e;
      if (Number.isNaN(sum)) continue;
      const kind = (a >= level ? 8 : 0) | (b >= level ? 4 : 0) | (e >= level ? 2 : 0) | (d >= level ? 1 : 0);
      if (kind === 0 || kind === 15) continue;
      const x = c + 0.5;
      const y = r + 0.5;
      const top = () => [x + cut(a, b), y];
      const right = () => [x + 1, y + cut(b, e)];
      const bottom = () => [x + cut(d, e), y + 1];
      const left = () => [x, y + cut(a, d)];
      const line = (/** @type {number[]} */ p, /** @type {number[]} */ q) => {
        path.moveTo(p[0], p[1]);
        path.lineTo(q[0], q[1]);
      };
      if (kind === 1 || kind === 14) line(left(), bottom());
      else if (kind === 2 || kind === 13) line(bottom(), right());
      else if (kind === 3 || kind === 12) line(left(), right());
      else if (kind === 4 || kind === 11) line(top(), right());
      else if (kind === 6 || kind === 9) line(top(), bottom());
      else if (kind === 7 || kind === 8) line(left(), top());
      else {
        // Saddle: the mean of the four corners says which pair of corners is joined.
        const joined = sum / 4 >= level;
        if ((kind === 5) === joined) {
          line(left(), top());
          line(bottom(), right());
        } else {
          line(left(), bottom());
          line(top(), right());
        }
      }
    }
  }
  return path;
}
