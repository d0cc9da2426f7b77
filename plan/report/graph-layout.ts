/** Boxes and arrows laid out from left to right: what is made first stands at the left. Pure. */
import { type Box, corner, dagre, type Point } from "../../app/dagre";
import type { Need } from "./graph";

/** One box, by its id in the arrows. */
export interface BoxText {
  readonly id: string;
  readonly title: string;
  readonly note: string;
}

export interface PlacedBox extends BoxText, Box {
  /** What is shown, cut where it is too long. */
  readonly shown: { readonly title: string; readonly note: string };
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly PlacedBox[];
  readonly arrows: readonly (readonly Point[])[];
}

/** In pixels, for the page's own font. */
export const BOX = { height: 46, left: 12, title: 19, note: 35 } as const;
const TITLE_CHAR = 7.3;
const NOTE_CHAR = 6.2;
const LEAST = 120;
const MOST_CHARS = 38;
/** Room at the right for a mark. */
const RIGHT = 34;
const MARGIN = 6;

/** Boxes without an arrow stand in columns of about as many. */
const COLUMN = 8;

/** The same texts and needs give the same layout. */
export function layOutBoxes(texts: readonly BoxText[], needs: readonly Need[]): GraphLayout {
  const graph = new dagre.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 10, ranksep: 40, edgesep: 6, marginx: MARGIN, marginy: MARGIN });
  const bound = new Set(needs.flatMap(({ from, to }) => [from, to]));
  const ids = new Map(texts.map(({ id }, i) => [id, `b${i}`]));
  const measured = texts.map((text) => ({ ...text, ...measure(text) }));
  // all as wide as the widest, so that they stand in columns
  const widest = Math.max(0, ...measured.map((box) => box.width));
  const sized = measured.map((box) => ({ ...box, width: widest }));
  const drawn = sized.filter(({ id }) => bound.has(id));
  for (const { id, width, height } of drawn) graph.setNode(ids.get(id) ?? "", { width, height });
  needs.forEach(({ from, to }, i) => graph.setEdge(ids.get(from) ?? "", ids.get(to) ?? "", {}, `e${i}`));
  dagre.layout(graph);
  const { width = 0, height = 0 } = drawn.length > 0 ? graph.graph() : {};
  const boxes = drawn.map((box): PlacedBox => ({ ...box, ...corner(graph.node(ids.get(box.id) ?? "")) }));
  const loose = inColumns(
    sized.filter(({ id }) => !bound.has(id)),
    drawn.length > 0 ? height + 4 : MARGIN,
  );
  const all = [...boxes, ...loose];
  const byId = new Map(boxes.map((box) => [box.id, box]));
  return {
    width: Math.ceil(Math.max(width, ...all.map((box) => box.x + box.width + MARGIN))),
    height: Math.ceil(Math.max(height, ...all.map((box) => box.y + box.height + MARGIN))),
    boxes: all,
    arrows: needs.flatMap(({ from, to }, i): (readonly Point[])[] => {
      const [source, target] = [byId.get(from), byId.get(to)];
      if (!source || !target) return [];
      const { points } = graph.edge(ids.get(from) ?? "", ids.get(to) ?? "", `e${i}`);
      const between = points.slice(1, -1).map(({ x, y }) => ({ x, y }));
      return [[middle(source, source.width), ...between, middle(target, 0)]];
    }),
  };
}

/** Arrows leave a box at its right and come to it at its left, whatever way they take between. */
const middle = ({ x, y, height }: Box, across: number): Point => ({ x: x + across, y: y + height / 2 });

type Sized = BoxText & Pick<PlacedBox, "shown" | "width" | "height">;

function inColumns(boxes: readonly Sized[], top: number): readonly PlacedBox[] {
  const columns = Math.ceil(boxes.length / COLUMN) || 1;
  const rows = Math.ceil(boxes.length / columns);
  const width = Math.max(0, ...boxes.map((box) => box.width));
  return boxes.map((box, i) => ({
    ...box,
    x: MARGIN + Math.floor(i / rows) * (width + 16),
    y: top + (i % rows) * (BOX.height + 10),
  }));
}

function measure({ title, note }: BoxText): Pick<PlacedBox, "shown" | "width" | "height"> {
  const shown = { title: cut(title), note: cut(note) };
  const text = Math.max([...shown.title].length * TITLE_CHAR, [...shown.note].length * NOTE_CHAR);
  return { shown, width: Math.ceil(Math.max(LEAST, BOX.left + text + RIGHT)), height: BOX.height };
}

/** In the middle: names begin alike, and say at their ends what is their own. */
function cut(text: string): string {
  const chars = [...text];
  const half = Math.floor((MOST_CHARS - 1) / 2);
  return chars.length > MOST_CHARS ? [...chars.slice(0, half), "…", ...chars.slice(-half)].join("") : text;
}
