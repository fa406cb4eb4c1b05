// One button. Its file is built from the data that came last, when it is pressed.

const ARROW = "M10 3v9M6.3 8.6L10 12.3l3.7-3.7M3.5 13v3.5h13V13";
/** @type {WeakMap<Element, SavedFile>} */
const files = new WeakMap();

/** @typedef {{label: string, name: string, mime: string, base64: string}} SavedFile */

/** @param {SavedFile} file */
function save({ name, mime, base64 }) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], { type: mime }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // Not at once: the browser has yet to read it.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

function build() {
  const space = "http://www.w3.org/2000/svg";
  const icon = document.createElementNS(space, "svg");
  icon.setAttribute("viewBox", "0 0 20 20");
  icon.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", ARROW);
  icon.append(path);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "download";
  button.append(icon, document.createElement("span"));
  button.onclick = () => {
    const file = files.get(button);
    if (file) save(file);
  };
  return button;
}

/** @param {{data: SavedFile, parentElement: HTMLElement | ShadowRoot}} call */
export default function ({ data, parentElement }) {
  let button = parentElement.querySelector("button.download");
  if (!button) {
    button = build();
    parentElement.append(button);
  }
  files.set(button, data);
  const words = button.querySelector("span");
  if (words) words.textContent = data.label;
}
