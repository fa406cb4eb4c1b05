// The report of the case, beside the app in the body of the document: hidden on the screen, alone in print.

const CLASS = "diaphane-print";
// The page box belongs to the document: a rule for it inside a shadow root has no effect.
const STYLE = `
@media screen { .${CLASS} { display: none; } }
@media print {
  @page { size: A4; margin: 12mm 14mm 13mm; }
  html, body { display: block; width: auto; height: auto; overflow: visible; background: #fff; }
  body > *:not(.${CLASS}) { display: none !important; }
  .${CLASS} { display: block; }
}`;

/** @type {WeakMap<Element, {host: HTMLElement, report: string | null}>} */
const shown = new WeakMap();

function build() {
  const host = document.createElement("div");
  host.className = CLASS;
  host.setAttribute("aria-hidden", "true"); // on the screen the page itself says all of it
  host.attachShadow({ mode: "open" });
  const style = document.createElement("style");
  style.textContent = STYLE;
  host.append(style);
  document.body.append(host);
  return host;
}

/**
 * @param {HTMLElement} host
 * @param {string} report
 */
function fill(host, report) {
  // Parsed apart from the page: nothing in it is run or fetched, and only styles and the report are taken over.
  const parsed = new DOMParser().parseFromString(report, "text/html");
  const article = parsed.querySelector("article.report");
  const styles = [...parsed.querySelectorAll("head style")];
  host.shadowRoot?.replaceChildren(...styles, ...(article ? [article] : []));
}

/** @param {{data: {report: string}, parentElement: Element}} component */
export default function ({ data, parentElement }) {
  let mine = shown.get(parentElement);
  if (!mine) {
    mine = { host: build(), report: null };
    shown.set(parentElement, mine);
  }
  if (mine.report !== data.report) {
    mine.report = data.report;
    fill(mine.host, data.report);
  }
  const { host } = mine;
  return () => {
    host.remove();
    shown.delete(parentElement);
  };
}
