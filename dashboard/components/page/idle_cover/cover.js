// Covers the page after a time without a press, by the clock of the wall: timers stand still while a laptop is closed.

const PRESSES = ["pointerdown", "keydown", "wheel", "touchstart"];
const CHECK_MS = 5000;
const GOING_MS = 2000;
/** @type {WeakMap<Element, Watch>} */
const watches = new WeakMap();

/** @typedef {{title: string, why: string, show: string}} CoverWords */
/** @typedef {{idle_s: number, shown: string | number | boolean | null, words: CoverWords}} CoverData */
/** @typedef {(name: string, value: unknown) => void} Trigger */

/** @returns {HTMLElement | null} */
function appRoot() {
  return document.querySelector("#root");
}

class Watch {
  constructor() {
    this.usedAt = Date.now();
    this.saidAt = this.usedAt;
    /** @type {CoverData["shown"]} */
    this.shown = null;
    /** @type {HTMLDialogElement | null} */
    this.cover = null;
    this.idle = Infinity;
    /** @type {CoverWords} */
    this.words = { title: "", why: "", show: "" };
    /** @type {Trigger} */
    this.setTriggerValue = () => {};
    /** @type {number | undefined} */
    this.timer = undefined;
    this.stop = new AbortController();
    this.others = new BroadcastChannel("diaphane-presses");
    const options = { signal: this.stop.signal, capture: true, passive: true };
    for (const press of PRESSES) window.addEventListener(press, () => this.used(), options);
    // Back from another window, from the lock screen, from a closed lid: at once, before anything is seen.
    for (const back of ["focus", "pageshow"]) window.addEventListener(back, () => this.check(), options);
    document.addEventListener("visibilitychange", () => this.check(), options);
    this.others.onmessage = () => {
      if (!this.cover) this.usedAt = Date.now();
    };
  }

  /**
   * @param {CoverData} data
   * @param {Trigger} setTriggerValue
   */
  update({ idle_s, shown, words }, setTriggerValue) {
    this.idle = idle_s * 1000;
    this.words = words;
    this.setTriggerValue = setTriggerValue;
    if (this.shown !== null && shown !== this.shown) this.uncover();
    this.shown = shown;
    clearInterval(this.timer);
    this.timer = setInterval(() => this.check(), Math.min(CHECK_MS, this.idle / 4));
  }

  get isIdle() {
    return Date.now() - this.usedAt >= this.idle;
  }

  // A press on a page that should be covered already covers it, and does not count.
  used() {
    if (this.cover) return;
    if (this.isIdle) {
      this.raise();
      return;
    }
    const now = Date.now();
    if (now - this.usedAt > 1000) this.others.postMessage(null);
    this.usedAt = now;
  }

  check() {
    if (this.cover) return;
    if (this.isIdle) {
      this.raise();
    } else if (this.usedAt > this.saidAt && Date.now() - this.saidAt > this.idle / 4) {
      this.saidAt = Date.now();
      this.setTriggerValue("used", true);
    }
  }

  // A modal dialog: over everything, other dialogs included, and nothing behind it can be reached or printed.
  raise() {
    const { title, why, show } = this.words;
    const cover = document.createElement("dialog");
    cover.className = "diaphane-idle-cover";
    cover.setAttribute("aria-label", title);
    const page = getComputedStyle(document.querySelector(".stApp") ?? document.body);
    cover.style.cssText =
      `position:fixed;inset:0;width:100vw;height:100vh;max-width:none;max-height:none;margin:0;border:0;box-sizing:border-box;` +
      `padding:20vh 1rem 0;text-align:center;background:${page.backgroundColor};color:${page.color};font-family:${page.fontFamily}`;
    const heading = document.createElement("h2");
    heading.textContent = title;
    const reason = document.createElement("p");
    reason.textContent = why;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = show;
    button.style.cssText = "font:inherit;padding:.5rem 1rem;cursor:pointer";
    // The server says when the case may be shown: without it the cover stays.
    button.onclick = () => this.setTriggerValue("show", true);
    cover.append(heading, reason, button);
    cover.addEventListener("cancel", (event) => event.preventDefault());
    cover.addEventListener("close", () => this.cover === cover && cover.showModal());
    document.body.append(cover);
    this.cover = cover;
    const app = appRoot();
    if (app) app.style.visibility = "hidden";
    cover.showModal();
    // The server counts its own drawings as presses, later than the last one here: a reload would show the case.
    this.setTriggerValue("covered", true);
  }

  uncover() {
    this.usedAt = this.saidAt = Date.now();
    const cover = this.cover;
    this.cover = null;
    cover?.remove();
    const app = appRoot();
    if (app) app.style.visibility = "";
  }

  destroy() {
    clearInterval(this.timer);
    this.stop.abort();
    this.others.close();
    // What stood behind goes with the next drawing of the page, which follows: until then the cover stays.
    if (this.cover) setTimeout(() => this.uncover(), GOING_MS);
  }
}

/** @param {{data: CoverData, parentElement: Element, setTriggerValue: Trigger}} component */
export default function ({ data, parentElement, setTriggerValue }) {
  let watch = watches.get(parentElement);
  if (!watch) {
    watch = new Watch();
    watches.set(parentElement, watch);
  }
  watch.update(data, setTriggerValue);
  const mine = watch;
  return () => {
    mine.destroy();
    watches.delete(parentElement);
  };
}
