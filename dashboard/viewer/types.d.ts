// What Python sends to the viewer and gets back; see dashboard/viewmodels/viewer/payload.py.

// Base64 of a PNG, or where it lies.
type SentPicture = string | { url: string };
type Pair = [number, number];
type Point = { x: number; y: number };
// A box of the screen that text covers.
type Taken = { left: number; right: number; top: number; bottom: number };

interface FilmMeta {
  sha256: string;
  frames: SentPicture[];
  planes: number;
  sent: Pair;
  size: Pair;
  offset: number;
  step: number;
  top: number;
  window: Pair;
  spacing_mm: Pair | null;
  magnified: boolean;
  marker: { side: string; stated: boolean } | null;
  title_lines: string[];
  synthetic: boolean;
}

interface LayerMeta {
  name: string;
  unit: string;
  signed: boolean;
  key: string;
  png: SentPicture;
  shape: Pair;
  values: Pair;
  range: Pair;
  extent: [number, number, number, number];
  frame: number;
  verdict: string | null;
  stops: number[][];
  missing: boolean;
}

interface OutlineMeta {
  label: string;
  words: string;
  kind: string;
  polygons: number[][];
  frame: number;
}

interface Annotation {
  name: string;
  boxes: number[][];
  frame: number;
}

type MarkKind = "ruler" | "angle" | "box" | "point";

// points: (row, col) in pixels of the scan.
interface Mark {
  kind: MarkKind;
  points: Pair[];
  frame: number;
  word: string;
}

interface ViewerInput {
  key: string;
  height: number | null;
  labels: Record<string, string>;
  case_key: string;
  scan: FilmMeta;
  prior: FilmMeta | null;
  film: string; // what the film is, in words
  about: Record<string, string>; // by the name of a map: of what it is, and where it points
  layers: LayerMeta[];
  annotations: Annotation[];
  outlines: OutlineMeta[];
  marks: Mark[];
  show: [string, number] | null;
  frame: number;
  visible: Pair;
}

interface GreyWindow {
  centre: number;
  width: number;
}

interface View {
  zoom: number;
  cx: number;
  cy: number;
}

// Where a film lies in its pane, in CSS pixels.
interface Place {
  x: number;
  y: number;
  sx: number;
  sy: number;
  fit: number;
  width: number;
  height: number;
}

type Mode = "one" | "swipe" | "side";
type Tool = "window" | "pan" | MarkKind;

// What the reader chose.
interface ViewerState {
  tool: Tool;
  overlay: boolean;
  mode: Mode;
  a: string | null;
  b: string | null;
  opacity: number;
  low: number;
  high: number;
  contour: boolean;
  boxes: boolean;
  outlines: boolean;
  organs: boolean;
  invert: boolean;
  frame: number;
  read: number;
  swipe: number;
  prior: boolean;
  linked: boolean;
  more: boolean;
  shown: number | null;
  view: View;
  priorView: View;
  window: GreyWindow | null;
  priorWindow: GreyWindow | null;
}

// What the browser draws with a mark that is not finished yet.
interface Draft {
  kind: MarkKind;
  points: Pair[];
}

type SetStateValue = (name: string, value: unknown) => void;

// Of the file that is exported with a review: a library beside it, and nothing of it is ours.
declare const Plotly: any;

interface MarkActions {
  setWord(word: string): void;
  leaveWord(): void;
  deleteMark(): void;
  closeMark(): void;
}

// What the controls and keys ask of the viewer.
interface Actions extends MarkActions {
  set(change: Partial<ViewerState>): void;
  fit(): void;
  oneToOne(): void;
  zoom(factor: number): void;
  pan(dx: number, dy: number): void;
  toggle(name: Toggle): void;
  overlay(): void;
  showMap(index: number): void;
  nextMap(step: number): void;
  mapOfKey(key: string): void;
  nextMode(): void;
  reset(): void;
  frame(frame: number): void;
  nextFrame(step: number): void;
  threshold(low: number | null, high: number | null): void;
  thresholdBy(step: number): void;
  opacity(step: number): void;
  level(value: number): void;
  width(value: number): void;
  togglePrior(): void;
  toggleLink(): void;
  fullScreen(): void;
  toggleHelp(): void;
  toggleKeys(): void;
  toggleMore(): void;
  nextMark(step: number): void;
  enter(): void;
  escape(): boolean;
}

type Toggle = "contour" | "boxes" | "outlines" | "organs" | "invert";

// What the controls show.
interface Shown {
  ui: ViewerState;
  layers: Layer[];
  a: Layer | null;
  b: Layer | null;
  annotations: Annotation[];
  outlines: Outline[];
  film: Film;
  hasPrior: boolean;
}

// What one pane draws.
interface Scene {
  ui: ViewerState;
  view: View;
  window: GreyWindow;
  frame: number;
  swipe: number | null;
  layers: (Layer | null)[];
  annotations: Annotation[];
  outlines: Outline[];
  marks: Mark[];
  chosen: number;
  draft: Draft | null;
  cursor: Point | null;
}
