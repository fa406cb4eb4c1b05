// Says what arrived, and finds a place for the focus that was lost. Lives beside the app: no drawing of the page replaces it.

/** @typedef {{key: string, words: string, alert: boolean}} Said */
/** @typedef {{case: string, said: Said[], drawer: number | null}} Told */

const LOOK_MS = 100;
const LOOK_FOR_MS = 20_000; // a large case on a slow machine
const UNSEEN = "position:fixed;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap";

/** What stood on the page at the last drawing; null: nothing yet. @type {{case: string, drawer: number | null} | null} */
let before = null;
/** What was said of the case, by key. @type {Map<string, string>} */
const known = new Map();
/** Where this script stands on the page. @type {Set<object>} */
const places = new Set();
/** @type {AbortController | null} */
let search = null;

/** @param {"status" | "alert"} role */
function region(role) {
  const name = `diaphane-said-${role}`;
  const found = document.getElementById(name);
  if (found) return found;
  const made = document.createElement("div");
  made.id = name;
  made.setAttribute("role", role);
  made.setAttribute("aria-atomic", "false");
  made.style.cssText = UNSEEN;
  document.body.append(made);
  return made;
}

function empty() {
  for (const role of /** @type {const} */ (["status", "alert"])) region(role).replaceChildren();
}

/** What stays the same is not touched, and so not said again. @param {Said[]} said */
function say(said) {
  const wanted = new Set(said.map((one) => one.key));
  for (const role of /** @type {const} */ (["status", "alert"]))
    for (const node of [...region(role).children]) if (!wanted.has(node.getAttribute("data-about") ?? "")) node.remove();
  for (const { key, words, alert } of said) {
    if (known.get(key) === words) continue;
    known.set(key, words);
    const place = region(alert ? "alert" : "status");
    place.querySelector(`[data-about="${CSS.escape(key)}"]`)?.remove();
    const line = document.createElement("p");
    line.setAttribute("data-about", key);
    line.textContent = words;
    place.append(line);
  }
}

function isLost() {
  const held = document.activeElement;
  return !held || held === document.body || !held.checkVisibility({ visibilityProperty: true });
}

/**
 * Put the focus on what a selector finds as soon as it is there, where nothing else has it; again when a later drawing replaces it.
 * The next press of the reader ends the search.
 * @param {() => HTMLElement | null | undefined} find
 */
function rescue(find) {
  search?.abort();
  const mine = (search = new AbortController());
  const { signal } = mine;
  const began = Date.now();
  const look = () => {
    if (Date.now() - began > LOOK_FOR_MS) mine.abort();
    if (signal.aborted || !isLost() || document.querySelector("dialog[open]")) return;
    const target = find();
    if (!target) return;
    if (target.tabIndex < 0) target.tabIndex = -1; // a heading takes the focus, but is no stop of Tab
    target.focus({ preventScroll: true });
  };
  const timer = setInterval(look, LOOK_MS);
  signal.addEventListener("abort", () => clearInterval(timer));
  for (const press of ["pointerdown", "keydown"])
    window.addEventListener(press, () => mine.abort(), { signal, capture: true });
}

/** @param {string} shown */
function heading(shown) {
  const open = document.querySelectorAll('[class*="st-key-open-case-"]');
  if (!shown) return open.length ? null : /** @type {HTMLElement | null} */ (document.querySelector('[data-testid="stMain"] h1'));
  return /** @type {HTMLElement | null} */ (document.querySelector(`.st-key-open-case-${CSS.escape(shown)} h1`));
}

/** @param {number} place */
function nameOfDrawer(place) {
  return /** @type {HTMLElement | undefined} */ (document.querySelectorAll(".st-key-drawers button")[place]);
}

/** @param {{data: Told, parentElement: object}} call */
export default function ({ data, parentElement }) {
  places.add(parentElement);
  if (before?.case !== data.case) {
    known.clear();
    empty();
    // A page that was just loaded begins at its beginning.
    if (before) rescue(() => heading(data.case));
  } else if (before.drawer !== data.drawer) {
    const place = data.drawer ?? before.drawer;
    if (place !== null) rescue(() => nameOfDrawer(place));
  }
  before = { case: data.case, drawer: data.drawer };
  say(data.said);
  return () => {
    places.delete(parentElement);
    setTimeout(() => places.size || empty(), 0); // another page, or the cover of an idle screen
  };
}
