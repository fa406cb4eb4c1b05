// Draws the figures of an exported review and moves its thresholds. Everything it needs stands in the file.
"use strict";
(() => {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const counts = JSON.parse(document.getElementById("counts").textContent).values;
  for (const [name, figure] of Object.entries(figures.values)) {
    Plotly.newPlot(name, figure.data, figure.layout, figures.config);
  }

  const share = (part, whole) => (whole ? (part / whole).toFixed(3) : "not defined");

  function confusion(c, threshold) {
    // Thresholds fall; the last one at or above the slider holds the counts of all films that are flagged.
    let flagged = 0;
    while (flagged < c.thresholds.length && c.thresholds[flagged] >= threshold) flagged += 1;
    const tp = flagged ? c.tp[flagged - 1] : 0;
    const fp = flagged ? c.fp[flagged - 1] : 0;
    return { tp, fp, fn: c.positive - tp, tn: c.negative - fp };
  }

  function hundred(f, prevalence, pictures) {
    const p = prevalence ?? (f.tp + f.fn) / (f.tp + f.fn + f.fp + f.tn);
    const found = (100 * p * f.tp) / (f.tp + f.fn);
    const alarms = (100 * (1 - p) * f.fp) / (f.fp + f.tn);
    const words = prevalence === null ? "here" : "at the stated prevalence";
    return `Of 100 ${pictures} ${words} (${(100 * p).toPrecision(3)} with the finding), ${(found + alarms).toFixed(1)} are flagged, ` +
      `${alarms.toFixed(1)} of them for nothing, and ${(100 * p - found).toFixed(1)} are missed.`;
  }

  function paragraph(box, text) {
    const line = document.createElement("p");
    line.textContent = text;
    box.append(line);
  }

  function move(name, x, y) {
    const plot = document.getElementById(name);
    const at = plot.data ? plot.data.findIndex((trace) => trace.name === "threshold") : -1;
    if (at >= 0 && Number.isFinite(x) && Number.isFinite(y)) Plotly.restyle(plot, { x: [[x]], y: [[y]] }, [at]);
  }

  for (const panel of document.querySelectorAll(".panel")) {
    const id = panel.dataset.output;
    const c = counts[id];
    const [slider, prevalence] = panel.querySelectorAll("input");
    const update = () => {
      const f = confusion(c, Number(slider.value));
      panel.querySelector("output").textContent = Number(slider.value).toPrecision(3);
      const box = panel.querySelector(".live");
      box.replaceChildren();
      paragraph(box, `Found ${f.tp}, missed ${f.fn}, false alarms ${f.fp}, rightly not flagged ${f.tn}.`);
      paragraph(box, `Sensitivity ${share(f.tp, c.positive)}, specificity ${share(f.tn, c.negative)}, ` +
        `positive predictive value ${share(f.tp, f.tp + f.fp)}, negative ${share(f.tn, f.tn + f.fn)}.`);
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
