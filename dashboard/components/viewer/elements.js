// Elements, icons and numbers. Text is set as text only: nothing that comes from data is ever read as markup.

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

// 20 x 20 line drawings.
const ICONS = {
  window: "M10 3a7 7 0 1 0 0 14a7 7 0 1 0 0-14M10 3v14M10 6h3.6M10 8.7h5.7M10 11.4h5.7M10 14h3.6",
  pan: "M10 2.5v15M2.5 10h15M7.8 4.7L10 2.5l2.2 2.2M7.8 15.3L10 17.5l2.2-2.2M4.7 7.8L2.5 10l2.2 2.2M15.3 7.8l2.2 2.2l-2.2 2.2",
  region: "M3 6V3h3M14 3h3v3M17 14v3h-3M6 17H3v-3M9 3h2M9 17h2M3 9v2M17 9v2M8 10h4M10 8v4",
  fit: "M3 7.5V3h4.5M12.5 3H17v4.5M17 12.5V17h-4.5M7.5 17H3v-4.5M7 7h6v6H7z",
  invert: "M3 3h14v14H3zM17 3L3 17M12.5 12.5h2.5M5 7.5h3.5M6.7 5.7v3.5",
  reset: "M4.2 7.2A6.6 6.6 0 1 1 3.5 11.5M4 3v4.4h4.4",
  contour: "M10 3.2c4.4 0 7 2.8 6.6 6.6s-3.2 7-7 7S3.2 13.6 3.4 10S6 3.2 10 3.2zM10.2 7.2c2 0 3.1 1.3 2.9 3s-1.5 2.8-3.2 2.8s-2.9-1.4-2.8-2.9s1.3-2.9 3.1-2.9z",
  outlines: "M4.2 9.5c-.6-3.6 2.6-6.3 6-5.6s6.6 2.4 5.9 6.2s-3.3 6.4-6.6 5.9s-4.8-2.9-5.3-6.5zM10 8.6v2.8M8.6 10h2.8",
  organs: "M9 3.5c-3 .5-5.5 5-5.5 9.5c0 3 3.5 3.8 5.5 2.5zM11 3.5c3 .5 5.5 5 5.5 9.5c0 3-3.5 3.8-5.5 2.5z",
  marks: "M3.5 5h9v9h-9zM12.5 8h4v8.5h-8v-2.5",
  prior: "M2.5 4h6.5v12H2.5zM11 4h6.5v12H11z",
  link: "M8.3 11.7a3 3 0 0 1 0-4.2l2.6-2.6a3 3 0 0 1 4.2 4.2l-1.3 1.3M11.7 8.3a3 3 0 0 1 0 4.2l-2.6 2.6a3 3 0 0 1-4.2-4.2l1.3-1.3",
  full: "M11.5 3H17v5.5M17 3l-5.5 5.5M8.5 17H3v-5.5M3 17l5.5-5.5",
  clear: "M5 5l10 10M15 5L5 15",
};

function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

// A button: icon or short text, an accessible name, and a tooltip with the key beside the name.
function button(label, key, face, classes = "") {
  const node = element("button", {
    type: "button",
    class: `tool ${classes}`,
    "aria-label": label,
    "aria-keyshortcuts": key || null,
    "data-tip": key ? `${label}  (${key})` : label,
  });
  node.append(ICONS[face] ? icon(face) : face);
  return node;
}

function slider(label, min, max, step) {
  return element("input", { type: "range", min, max, step, "aria-label": label });
}

// A number with a true minus sign and as many digits as its range deserves.
function plain(value, range) {
  if (value === null || value === undefined) return "–";
  if (Number.isNaN(value)) return "no value";
  const size = Math.max(Math.abs(range), 1e-12);
  const digits = Math.max(0, Math.min(8, 2 - Math.floor(Math.log10(size))));
  const text = size < 1e-4 ? value.toExponential(1) : value.toFixed(digits);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}
