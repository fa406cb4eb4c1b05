// One step of the reader is one step back. The menu leads to a page whose address does not name the open case yet; that it is then
// written there is no step of its own. Of two quick steps back the page of the first is drawn when the second is done: it is no
// step either, and the page of the address is asked for again.
(() => {
  /** @param {string | URL} address */
  const caseIn = (address) => new URL(address, window.location.href).searchParams.get("case");
  const push = window.history.pushState.bind(window.history);
  let open = caseIn(window.location.href);
  let steppedBack = false; // or on, and nothing was pressed since

  window.history.pushState = (state, title, url) => {
    const here = new URL(window.location.href);
    const next = new URL(url ?? here, here);
    const from = caseIn(here);
    const to = caseIn(next);
    const samePage = next.pathname === here.pathname;
    if (!samePage && steppedBack) {
      setTimeout(() => window.dispatchEvent(new PopStateEvent("popstate")));
      return;
    }
    if (samePage && from === null && to !== null && to === open) window.history.replaceState(state, title, url);
    else push(state, title, url);
    if (to !== null || (samePage && from !== null)) open = to; // a case that was closed is opened again by a step
  };
  window.addEventListener("popstate", () => {
    open = caseIn(window.location.href);
    steppedBack = true;
  });
  for (const press of ["pointerdown", "keydown", "click"]) {
    window.addEventListener(press, () => (steppedBack = false), { capture: true });
  }
})();
