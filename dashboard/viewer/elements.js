// Elements, texts and numbers. Text is set as text only: nothing that comes from data is ever read as markup.

/** The texts of the page's language, by key; they come with the data. @type {Record<string, string>} */
const labels = {};

/**
 * The text of a key with its {places} filled.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
function say(key, values = {}) {
  const found = labels[key] ?? key;
  return found.replace(/\{(\w+)\}/g, (place, name) => String(values[name] ?? place));
}

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | number | boolean | null | undefined>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children);
  return node;
}

/**
 * A button with its visible text; the key stands in the tooltip, and in the list of keys.
 * @param {string} label
 * @param {string} key as aria-keyshortcuts wants it, "" for none
 * @param {() => void} act
 */
function button(label, key, act) {
  const title = key ? `${label} (${key})` : null;
  const node = element("button", { type: "button", class: "tool", "aria-keyshortcuts": key || null, title }, label);
  node.onclick = act;
  return node;
}

/**
 * @param {string} label
 * @param {number} min
 * @param {number} max
 * @param {number} step
 */
function slider(label, min, max, step) {
  return element("input", { type: "range", min, max, step, "aria-label": label });
}

/**
 * A control under its visible label.
 * @param {string} label
 * @param {...HTMLElement} controls
 */
function field(label, ...controls) {
  controls[0].setAttribute("aria-label", label);
  return element("label", { class: "field" }, element("span", {}, label), ...controls);
}

/**
 * @param {string} label
 * @param {...HTMLElement} nodes
 */
function group(label, ...nodes) {
  return element("div", { class: "group", role: "group", "aria-label": label }, ...nodes);
}

/**
 * @param {HTMLElement} node
 * @param {boolean} on
 */
function press(node, on) {
  node.setAttribute("aria-pressed", String(on));
}

/**
 * Fill a list once for each change of its options; a list that is open is not closed by a redraw.
 * @param {HTMLSelectElement} select
 * @param {string[][]} options value and text of each
 * @param {string} chosen
 */
function fillSelect(select, options, chosen) {
  const wanted = JSON.stringify(options);
  if (select.dataset.options !== wanted) {
    select.replaceChildren(...options.map(([value, text]) => element("option", { value }, text)));
    select.dataset.options = wanted;
  }
  select.value = chosen;
}

/**
 * A number with a true minus sign and as many digits as its range deserves.
 * @param {number | null} value
 * @param {number} range
 */
function plain(value, range) {
  if (value === null) return "–";
  if (Number.isNaN(value)) return say("no_value");
  const size = Math.max(Math.abs(range), 1e-12);
  const digits = Math.max(0, Math.min(8, 2 - Math.floor(Math.log10(size))));
  const text = size < 1e-4 ? value.toExponential(1) : value.toFixed(digits);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
function within(value, low, high) {
  return Math.min(high, Math.max(low, value));
}
