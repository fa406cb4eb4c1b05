// Zoom, pan and window of the films of one viewer.

const ZOOM = { least: 0.4, most: 60 };

class Viewing {
  /** @param {Viewer} viewer */
  constructor(viewer) {
    this.viewer = viewer;
  }

  /**
   * @param {Pane} pane
   * @param {View} wanted
   */
  setView(pane, wanted) {
    const view = {
      zoom: within(wanted.zoom, ZOOM.least, ZOOM.most),
      cx: within(wanted.cx, 0, 1),
      cy: within(wanted.cy, 0, 1),
    };
    const both = this.viewer.ui.linked;
    const isPrior = pane.role === "prior";
    this.viewer.set({
      view: both || !isPrior ? view : this.viewer.ui.view,
      priorView: both || isPrior ? view : this.viewer.ui.priorView,
    });
  }

  /** @param {Pane} pane */
  viewOf(pane) {
    return pane.role === "prior" ? this.viewer.ui.priorView : this.viewer.ui.view;
  }

  /**
   * What lies under the point stays there.
   * @param {Pane} pane
   * @param {Point | null} point in the pane, or null for its middle
   * @param {number} factor
   */
  zoomAt(pane, point, factor) {
    if (!pane.film) return;
    const view = this.viewOf(pane);
    const place = pane.place(view);
    const x = point?.x ?? place.width / 2;
    const y = point?.y ?? place.height / 2;
    const zoom = within(view.zoom * factor, ZOOM.least, ZOOM.most);
    const grow = zoom / view.zoom;
    const { cols, rows } = pane.film;
    const cx = view.cx + ((x - place.width / 2) / (cols * place.sx)) * (1 - 1 / grow);
    const cy = view.cy + ((y - place.height / 2) / (rows * place.sy)) * (1 - 1 / grow);
    this.setView(pane, { zoom, cx, cy });
  }

  /**
   * @param {Pane} pane
   * @param {number} dx
   * @param {number} dy
   */
  panBy(pane, dx, dy) {
    if (!pane.film) return;
    const view = this.viewOf(pane);
    const place = pane.place(view);
    const { cols, rows } = pane.film;
    this.setView(pane, { zoom: view.zoom, cx: view.cx - dx / (cols * place.sx), cy: view.cy - dy / (rows * place.sy) });
  }

  /**
   * Right: wider. Up: brighter, which is a lower level, or of a film in colour a greater brightness alone. The step follows
   * the width, so fine windows move finely.
   * @param {Pane} pane
   * @param {number} dx
   * @param {number} dy
   */
  windowBy(pane, dx, dy) {
    const { film } = pane;
    if (!film) return;
    const slot = pane.role === "prior" ? "priorWindow" : "window";
    const { centre, width } = this.viewer.ui[slot] ?? film.defaultWindow();
    if (film.colour) {
      this.viewer.set({ [slot]: brightnessWindow(film, width * Math.exp(dy / 250)) });
      return;
    }
    const least = film.meta.step;
    const next = within(width * Math.exp(dx / 250), least, 4 * Math.max(film.span, width));
    this.viewer.set({ [slot]: { centre: centre + (dy * Math.max(width, 10 * least)) / 350, width: next } });
  }
}

/**
 * A film in colour is only made brighter or darker: black stays black, and every channel changes alike.
 * @param {Film} film
 * @param {number} width
 * @returns {GreyWindow}
 */
function brightnessWindow(film, width) {
  const kept = within(width, film.span / 2 ** WIDEST, film.span * 2 ** WIDEST);
  return { centre: kept / 2, width: kept };
}
