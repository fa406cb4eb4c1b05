// Draws the figures of an exported review and moves its thresholds. Everything it needs stands in the file.
"use strict";
(() => {
  /** @typedef {{thresholds: number[], tp: number[], fp: number[], positive: number, negative: number, pictures: string}} Counts */
  /** @typedef {{tp: number, fp: number, fn: number, tn: number}} Confusion */

  /** @param {string} id */
  const stored = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");
  const figures = stored("figures");
  /** @type {Record<string, Counts>} */
  const counts = stored("counts").values;
  /** @type {Record<string, string>} */
  const texts = stored("texts").values;
  for (const [name, figure] of Object.entries(figures.values)) {
    Plotly.newPlot(name, figure.data, figure.layout, figures.config);
  }

  /**
   * @param {string} key
   * @param {Record<string, string | number>} [values]
   */
  const say = (key, values = {}) => texts[key].replace(/\{(\w+)\}/g, (place, name) => String(values[name] ?? place));

  /**
   * @param {number} part
   * @param {number} whole
   */
  const share = (part, whole) => (whole ? (part / whole).toFixed(3) : say("not_defined"));

  /**
   * @param {Counts} c
   * @param {number} threshold
   * @returns {Confusion}
   */
  function confusion(c, threshold) {
    // Thresholds fall; the last one at or above the slider holds the counts of all films that are flagged.
    let flagged = 0;
    while (flagged < c.thresholds.length && c.thresholds[flagged] >= threshold) flagged += 1;
    const tp = flagged ? c.tp[flagged - 1] : 0;
    const fp = flagged ? c.fp[flagged - 1] : 0;
    return { tp, fp, fn: c.positive - tp, tn: c.negative - fp };
  }

  /**
   * @param {Confusion} f
   * @param {number | null} prevalence
   * @param {string} pictures
   */
  function hundred(f, prevalence, pictures) {
    const p = prevalence ?? (f.tp + f.fn) / (f.tp + f.fn + f.fp + f.tn);
    const found = (100 * p * f.tp) / (f.tp + f.fn);
    const alarms = (100 * (1 - p) * f.fp) / (f.fp + f.tn);
    const values = {
      pictures,
      prevalence: (100 * p).toPrecision(3),
      flagged: (found + alarms).toFixed(1),
      false_alarms: alarms.toFixed(1),
      missed: (100 * p - found).toFixed(1),
    };
    return prevalence === null ? say("here", values) : say("stated", values);
  }

  /**
   * @param {Element} box
   * @param {string} text
   */
  function paragraph(box, text) {
    const line = document.createElement("p");
    line.textContent = text;
    box.append(line);
  }

  /**
   * @param {string} name
   * @param {number} x
   * @param {number} y
   */
  function move(name, x, y) {
    /** @type {any} */
    const plot = document.getElementById(name);
    const at = plot.data ? plot.data.findIndex((/** @type {{name: string}} */ trace) => trace.name === "threshold") : -1;
    if (at >= 0 && Number.isFinite(x) && Number.isFinite(y)) Plotly.restyle(plot, { x: [[x]], y: [[y]] }, [at]);
  }

  for (const panel of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".panel"))) {
    const id = panel.dataset.output ?? "";
    const c = counts[id];
    const [slider, prevalence] = panel.querySelectorAll("input");
    const shown = panel.querySelector("output");
    const box = panel.querySelector(".live");
    if (!shown || !box) continue;
    const update = () => {
      const f = confusion(c, Number(slider.value));
      shown.textContent = Number(slider.value).toPrecision(3);
      box.replaceChildren();
      paragraph(box, say("counts", { found: f.tp, missed: f.fn, false_alarms: f.fp, rest: f.tn }));
      paragraph(box, say("rates", {
        sensitivity: share(f.tp, c.positive),
        specificity: share(f.tn, c.negative),
        ppv: share(f.tp, f.tp + f.fp),
        npv: share(f.tn, f.tn + f.fn),
      }));
      if (c.positive && c.negative) {
        paragraph(box, hundred(f, null, c.pictures));
        const stated = Number(prevalence.value) / 100;
        if (stated > 0 && stated < 1) paragraph(box, hundred(f, stated, c.pictures));
      }
      move(`${id}-roc`, f.fp / c.negative, f.tp / c.positive);
      move(`${id}-pr`, f.tp / c.positive, f.tp / (f.tp + f.fp));
    };
    slider.addEventListener("input", update);
    prevalence.addEventListener("input", update);
    update();
  }
  document.documentElement.dataset.drawn = "yes";
})();
