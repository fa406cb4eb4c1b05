// What a control or a key does to a viewer.

/**
 * @param {Viewer} viewer
 * @returns {Actions}
 */
function actionsOf(viewer) {
  const { marking } = viewer;
  const film = () => viewer.panes[0];
  return {
    set: (change) => viewer.set(change),
    fit: () => viewer.set({ view: START_VIEW, priorView: START_VIEW }),
    oneToOne: () => {
      const { fit } = film().place(viewer.ui.view);
      viewer.viewing.setView(film(), { ...viewer.ui.view, zoom: 1 / ((window.devicePixelRatio || 1) * fit) });
    },
    zoom: (factor) => {
      const { hover } = viewer;
      viewer.viewing.zoomAt(film(), hover && hover.pane.role !== "prior" ? hover : null, factor);
    },
    pan: (dx, dy) => {
      if (!markKind(viewer.ui.tool)) viewer.viewing.panBy(film(), dx, dy);
      else marking.moveCursor(-Math.round(dx / 4) || -dx, -Math.round(dy / 4) || -dy);
    },
    toggle: (name) => viewer.set({ [name]: !viewer.ui[name] }),
    overlay: () => viewer.set({ overlay: !viewer.ui.overlay }),
    showMap: (index) => showMap(viewer, viewer.layers[index]),
    nextMap: (step) => {
      const { layers } = viewer;
      const at = layers.findIndex((layer) => layer === viewer.chosen("a"));
      if (layers.length) showMap(viewer, layers[(at + step + layers.length) % layers.length]);
    },
    mapOfKey: (key) => showMap(viewer, viewer.layers.find((layer) => layer.meta.key === key)),
    nextMode: () => {
      const modes = /** @type {Mode[]} */ (viewer.layers.length > 1 ? ["one", "swipe", "side"] : ["one"]);
      viewer.set({ overlay: true, mode: modes[(modes.indexOf(viewer.ui.mode) + 1) % modes.length] });
    },
    reset: () => {
      const { view, priorView, window, priorWindow, invert, opacity, low, high, contour, swipe } = START;
      viewer.set({ view, priorView, window, priorWindow, invert, opacity, low, high, contour, swipe });
    },
    frame: (frame) => viewer.set({ frame: within(frame, 0, viewer.film.frames - 1) }),
    nextFrame: (step) => viewer.set({ frame: within(viewer.ui.frame + step, 0, viewer.film.frames - 1) }),
    threshold: (low, high) => {
      const { ui } = viewer;
      if (low !== null) viewer.set({ low: within(low, 0, ui.high) });
      else if (high !== null) viewer.set({ high: within(high, ui.low, 100) });
    },
    thresholdBy: (step) => viewer.set({ low: within(viewer.ui.low + step, 0, viewer.ui.high) }),
    opacity: (step) => viewer.set({ opacity: within(viewer.ui.opacity + step, 0, 100) }),
    level: (value) => viewer.set({ window: leveled(viewer.film, viewer.ui.window, value) }),
    width: (value) => {
      const { centre } = viewer.ui.window ?? viewer.film.defaultWindow();
      viewer.set({ window: { centre, width: widthAt(viewer.film, value) } });
    },
    togglePrior: () => viewer.set({ prior: !viewer.ui.prior }),
    toggleLink: () => {
      const { ui } = viewer;
      viewer.set({ linked: !ui.linked, priorView: ui.linked ? ui.priorView : ui.view });
    },
    fullScreen: () => fullScreen(viewer),
    toggleHelp: () => toggleHelp(viewer),
    toggleKeys: () => {
      singleKeys.toggle();
      viewer.refresh();
    },
    toggleMore: () => viewer.set({ more: !viewer.ui.more }),
    nextMark: (step) => marking.next(step),
    enter: () => {
      if (marking.current && !marking.draft) viewer.strip.word.focus();
      else if (markKind(viewer.ui.tool)) marking.setAtCursor();
    },
    setWord: (word) => marking.setWord(word),
    leaveWord: () => viewer.panesNode.focus({ preventScroll: true }),
    deleteMark: () => {
      marking.delete();
      viewer.panesNode.focus({ preventScroll: true });
    },
    closeMark: () => {
      marking.letGo();
      viewer.panesNode.focus({ preventScroll: true });
    },
    escape: () => stepBack(viewer),
  };
}

/**
 * @param {Viewer} viewer
 * @param {Layer | undefined} layer
 */
function showMap(viewer, layer) {
  if (layer) viewer.set({ a: layer.name, overlay: true });
}

/**
 * @param {Film} film
 * @param {GreyWindow | null} window
 * @param {number} value of the slider, 0 to 100
 */
function leveled(film, window, value) {
  if (film.colour) return brightnessWindow(film, widthAt(film, 100 - value));
  const { width } = window ?? film.defaultWindow();
  return { centre: film.meta.offset + (1 - value / 100) * film.span, width };
}

/**
 * @param {Film} film
 * @param {number} value of the slider, 0 to 100
 */
function widthAt(film, value) {
  return film.defaultWindow().width * 2 ** (((value - 50) / 50) * WIDEST);
}

/** @param {Viewer} viewer */
function fullScreen(viewer) {
  if (document.fullscreenElement) document.exitFullscreen();
  else viewer.root.requestFullscreen().then(() => viewer.refresh(), () => {});
}

/** @param {Viewer} viewer */
function toggleHelp(viewer) {
  const { helpPanel, helpButton, helpClose } = viewer.controls;
  const opens = helpPanel.hidden;
  const page = /** @type {ShadowRoot | Document} */ (viewer.root.getRootNode());
  if (opens) viewer.beforeHelp = page.activeElement;
  helpPanel.hidden = !opens;
  helpButton.setAttribute("aria-expanded", String(opens));
  const back = viewer.beforeHelp instanceof HTMLElement ? viewer.beforeHelp : viewer.panesNode;
  (opens ? helpClose : back).focus({ preventScroll: true });
}

/**
 * Close or let go of the topmost thing; false where there is nothing.
 * @param {Viewer} viewer
 */
function stepBack(viewer) {
  if (!viewer.controls.helpPanel.hidden) toggleHelp(viewer);
  else if (viewer.ui.more) {
    viewer.set({ more: false });
    viewer.controls.more.focus({ preventScroll: true });
  } else return viewer.marking.letGo();
  return true;
}
