// Every key of the viewer, once: the list that a reader sees and what a key does come from the same table.

/** @typedef {{keys: string[], shown: string, words: string, act: (key: string, shift: boolean) => void, picture?: boolean}} Shortcut */

const PAN = 40; // CSS pixels a press

// Whether letters, digits and signs act at all: who speaks to the computer may type them by mistake. Kept by the browser.
const singleKeys = {
  place: "diaphane-single-keys",
  get on() {
    return window.localStorage.getItem(this.place) !== "off";
  },
  toggle() {
    if (this.on) window.localStorage.setItem(this.place, "off");
    else window.localStorage.removeItem(this.place);
  },
};

/**
 * @param {Actions} act
 * @returns {Shortcut[]} picture: only while the picture itself has the focus, because other controls use these keys too
 */
function keyTable(act) {
  const arrows = /** @type {Record<string, Pair>} */ ({ ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] });
  return [
    { keys: ["o"], shown: "O", words: say("key.overlay"), act: act.overlay },
    { keys: ["["], shown: "[", words: say("key.map_before"), act: () => act.nextMap(-1) },
    { keys: ["]"], shown: "]", words: say("key.map_next"), act: () => act.nextMap(1) },
    { keys: [..."123456789"], shown: "1 – 9", words: say("key.map_number"), act: (key) => act.showMap(Number(key) - 1) },
    { keys: ["g"], shown: "G", words: say("key.grad_cam"), act: act.mapOfKey },
    { keys: ["i"], shown: "I", words: say("key.integrated_gradients"), act: act.mapOfKey },
    { keys: ["m"], shown: "M", words: say("key.mode"), act: act.nextMode },
    { keys: ["a"], shown: "A, Shift A", words: say("key.opacity"), act: (_, shift) => act.opacity(shift ? -5 : 5) },
    { keys: ["t"], shown: "T, Shift T", words: say("key.threshold"), act: (_, shift) => act.thresholdBy(shift ? -5 : 5) },
    { keys: ["c"], shown: "C", words: say("key.contours"), act: () => act.toggle("contour") },
    { keys: ["l"], shown: "L, Shift L", words: say("key.outlines"), act: (_, shift) => act.toggle(shift ? "organs" : "outlines") },
    { keys: ["w"], shown: "W", words: say("key.window"), act: () => act.set({ tool: "window" }) },
    { keys: ["p"], shown: "P", words: say("key.pan"), act: () => act.set({ tool: "pan" }) },
    { keys: ["v"], shown: "V", words: say("key.invert"), act: () => act.toggle("invert") },
    { keys: ["+", "="], shown: "+", words: say("key.zoom_in"), act: () => act.zoom(1.25) },
    { keys: ["-"], shown: "−", words: say("key.zoom_out"), act: () => act.zoom(1 / 1.25) },
    { keys: ["f"], shown: "F", words: say("key.fit"), act: act.fit },
    { keys: ["z"], shown: "Z", words: say("key.one_to_one"), act: act.oneToOne },
    {
      keys: Object.keys(arrows),
      shown: "← → ↑ ↓",
      words: say("key.arrows"),
      picture: true,
      act: (key, shift) => act.pan(...(/** @type {Pair} */ (arrows[key].map((way) => way * (shift ? 1 : PAN))))),
    },
    { keys: [",", "<", "PageUp"], shown: "<, Page up", words: say("key.frame_before"), act: () => act.nextFrame(-1) },
    { keys: [".", ">", "PageDown"], shown: ">, Page down", words: say("key.frame_next"), act: () => act.nextFrame(1) },
    { keys: ["d"], shown: "D", words: say("key.ruler"), act: () => act.set({ tool: "ruler" }) },
    { keys: ["e"], shown: "E", words: say("key.angle"), act: () => act.set({ tool: "angle" }) },
    { keys: ["b"], shown: "B", words: say("key.box"), act: () => act.set({ tool: "box" }) },
    { keys: ["k"], shown: "K", words: say("key.point"), act: () => act.set({ tool: "point" }) },
    { keys: ["Enter"], shown: "Enter", words: say("key.enter"), picture: true, act: act.enter },
    { keys: ["n"], shown: "N, Shift N", words: say("key.next_mark"), act: (_, shift) => act.nextMark(shift ? -1 : 1) },
    { keys: ["Delete", "Backspace"], shown: "Delete", words: say("key.delete"), picture: true, act: act.deleteMark },
    { keys: ["r"], shown: "R", words: say("key.reset"), act: act.reset },
    { keys: ["?"], shown: "?", words: say("key.help"), act: act.toggleHelp },
  ];
}

/** @returns {[string, string][]} keys and words, as the list shows them: what a hand does first */
function shortcuts() {
  const nothing = /** @type {Actions} */ ({});
  return [
    [say("hand.drag"), say("hand.drag_words")],
    [say("hand.shift_drag"), say("hand.shift_drag_words")],
    [say("hand.wheel"), say("hand.wheel_words")],
    [say("hand.two_fingers"), say("hand.two_fingers_words")],
    ...keyTable(nothing).map(({ shown, words }) => /** @type {[string, string]} */ ([shown, words])),
    ["Esc", say("key.escape")],
  ];
}
