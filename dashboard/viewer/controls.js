// The controls around the picture: one row that is always there, and what "More" opens over the film. They hold no state: they
// call `act` and show what `sync` tells them.

class Controls {
  /** @param {Actions} act */
  constructor(act) {
    this.overlay = element("button", { type: "button", class: "switch", role: "switch", "aria-keyshortcuts": "O", title: `${say("overlay")} (O)` });
    this.overlay.append(element("i"), say("overlay"));
    this.overlay.onclick = act.overlay;
    this.map = element("select");
    this.map.onchange = () => act.set({ a: this.map.value, overlay: true });
    this.tool = element("select");
    this.tool.onchange = () => act.set({ tool: /** @type {Tool} */ (this.tool.value) });
    this.more = button(say("more"), "", act.toggleMore);
    this.row = element(
      "div",
      { class: "row", role: "toolbar", "aria-label": say("tools") },
      this.overlay,
      field(say("map"), this.map),
      field(say("tool"), this.tool),
      element("span", { class: "spring" }),
      this.more,
    );
    this.film = new FilmControls(act);
    this.maps = new MapControls(act);
    this.beside = new BesideControls(act);
    this.helpButton = button(say("keys"), "?", act.toggleHelp);
    this.helpButton.setAttribute("aria-expanded", "false");
    this.single = element("button", { type: "button", class: "switch", role: "switch" }, element("i"), say("single_keys"));
    this.single.onclick = act.toggleKeys;
    this.panel = element(
      "div",
      { class: "panel", role: "group", "aria-label": say("more"), hidden: true },
      this.film.node,
      this.maps.node,
      this.beside.node,
      group(say("viewer"), button(say("full"), "", act.fullScreen), this.helpButton, this.single),
    );
    this.frame = slider(say("frame"), 1, 1, 1);
    this.frame.oninput = () => act.frame(Number(this.frame.value) - 1);
    this.frameText = element("output", { "data-case": "" });
    this.frames = element("div", { class: "frames" }, element("span", {}, say("frame")), this.frame, this.frameText);
    this.helpClose = button(say("close"), "Escape", act.toggleHelp);
    this.helpPanel = this.help();
  }

  help() {
    const list = element("dl");
    for (const [keys, what] of shortcuts()) list.append(element("dt", {}, keys), element("dd", {}, what));
    return element(
      "div",
      { class: "help", role: "dialog", "aria-label": say("keys"), hidden: true },
      element("div", { class: "help-head" }, element("strong", {}, say("keys_title")), this.helpClose),
      list,
    );
  }

  /** @param {Shown} model */
  sync(model) {
    const { ui, layers, film } = model;
    const off = layers.length === 0;
    this.overlay.setAttribute("aria-checked", String(ui.overlay && !off));
    this.overlay.disabled = off;
    const names = layers.map((layer) => [layer.name, layer.name]);
    fillSelect(this.map, off ? [["", say("no_map")]] : names, model.a?.name ?? "");
    this.map.disabled = off;
    fillSelect(this.tool, toolNames(), ui.tool);
    this.panel.hidden = !ui.more;
    this.more.setAttribute("aria-expanded", String(ui.more));
    this.single.setAttribute("aria-checked", String(singleKeys.on));
    this.film.sync(ui, film);
    this.maps.sync(model);
    this.beside.sync(model);
    this.frames.hidden = film.frames < 2;
    this.frame.max = String(film.frames);
    this.frame.value = String(ui.frame + 1);
    this.frame.setAttribute("aria-valuetext", say("frame_of", { n: ui.frame + 1, total: film.frames }));
    this.frameText.textContent = `${ui.frame + 1} / ${film.frames}`;
  }

}

/** @returns {string[][]} */
function toolNames() {
  return [
    ["window", say("tool.window")],
    ["pan", say("tool.pan")],
    ["ruler", say("tool.ruler")],
    ["angle", say("tool.angle")],
    ["box", say("tool.box")],
    ["point", say("tool.point")],
  ];
}
