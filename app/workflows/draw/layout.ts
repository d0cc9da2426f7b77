/**
 * Where each state stands, in pixels: each machine laid out by dagre on its own, the machines inside a state side by side in its
 * box, which is then one node of the machine around it. The same definition gives the same layout.
 */
import { type Box, corner, dagre, type Point } from "../../dagre";
import { partitionOf } from "../walk/scope";
import { innerMachines, type Machine, type State } from "../states";
import { detail, inOrder, type Way, waysOut } from "./words";

export interface StateBox extends Box {
  readonly state: State;
  readonly name: readonly string[];
  readonly note: string;
  /** The machines inside, in the coordinates of the box. */
  readonly inner: readonly (Layout & Point)[];
}

export interface Line {
  readonly way: Way;
  readonly points: readonly Point[];
  readonly label: readonly string[];
  readonly labelAt: Box | null;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly states: readonly StateBox[];
  readonly lines: readonly Line[];
  /** Where the machine starts and ends: circles, at the top level alone. */
  readonly start: Box | null;
  readonly end: Box | null;
}

/** Of the head of a box: the icon at the left, the type over the name. */
export const HEAD = { left: 44, right: 16, top: 12, note: 14, line: 18, bottom: 12 } as const;
const PADDING = 20;
const CIRCLE = 52;
const LABEL_LINE = 15;
/** Average widths of a character of the fonts that the picture asks for, with some room. */
const NAME_CHAR = 7.9;
const NOTE_CHAR = 6.3;
const LABEL_CHAR = 6.3;

/** `top`: with circles for the start and the end. */
export function layOut(machine: Machine, top = true): Layout {
  const graph = new dagre.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "TB", nodesep: 36, ranksep: 44, edgesep: 18, marginx: 4, marginy: 4 });
  const states = inOrder(machine);
  const boxes = new Map(states.map((state) => [state.name, measure(state)]));
  // names of states may be any text: numbers keep them apart from the circles
  const ids = new Map(states.map(({ name }, i) => [name, `s${i}`]));
  const node = (name: string | null): string => (name === null ? "end" : (ids.get(name) ?? ""));
  const ways = states.flatMap((state) => waysOut(state).map((way) => ({ from: state.name, way })));
  const ends = top && ways.some(({ way }) => way.to === null);
  if (top) graph.setNode("start", { width: CIRCLE, height: CIRCLE });
  for (const [name, { width, height }] of boxes) graph.setNode(node(name), { width, height });
  if (ends) graph.setNode("end", { width: CIRCLE, height: CIRCLE });
  if (top) graph.setEdge("start", node(machine.startAt), { weight: 4, minlen: 1 }, "start");
  const drawn = ways.filter(({ way }) => ends || way.to !== null);
  drawn.forEach(({ from, way }, i) => {
    const label = labelOf(way);
    const size = { width: widest(label, LABEL_CHAR) + 12, height: label.length * LABEL_LINE + 6, labelpos: "c" };
    const weight = way.kind === "Catch" ? 1 : 3;
    graph.setEdge(node(from), node(way.to), label.length === 0 ? { weight } : { ...size, weight }, `w${i}`);
  });
  dagre.layout(graph);
  const boxOf = (name: string): Box => corner(graph.node(name));
  const { width = 0, height = 0 } = graph.graph();
  const first: Line[] = top
    ? [
        {
          ...pointsOf(graph.edge("start", node(machine.startAt), "start")),
          way: START,
          label: [],
          labelAt: null,
        },
      ]
    : [];
  return {
    width,
    height,
    states: states.map((state) => ({ ...boxes.get(state.name)!, ...boxOf(node(state.name)) })),
    lines: [
      ...first,
      ...drawn.map(({ from, way }, i): Line => {
        const edge = graph.edge(node(from), node(way.to), `w${i}`);
        const label = labelOf(way);
        return { way, label, labelAt: label.length === 0 ? null : corner(edge), ...pointsOf(edge) };
      }),
    ],
    start: top ? boxOf("start") : null,
    end: ends ? boxOf("end") : null,
  };
}

const START: Way = { kind: "Next", label: "", to: null };

function pointsOf({ points }: { readonly points: readonly Point[] }): { readonly points: readonly Point[] } {
  return { points: points.map(({ x, y }) => ({ x, y })) };
}

function measure(state: State): Omit<StateBox, "x" | "y"> & Point {
  const name = wrap(state.name, 34, 3);
  const said = detail(state);
  const note = cut(said === "" ? `${state.type} state` : `${state.type}: ${said}`, 60);
  const head = HEAD.top + HEAD.note + name.length * HEAD.line + HEAD.bottom;
  const text = HEAD.left + Math.max(widest(name, NAME_CHAR), widest([note], NOTE_CHAR)) + HEAD.right;
  const machines = innerMachines(state).map((machine) => layOut(machine, false));
  let x = PADDING;
  const inner = machines.map((machine) => {
    const placed = { ...machine, x, y: head + PADDING / 2 };
    x += machine.width + PADDING;
    return placed;
  });
  const tallest = Math.max(0, ...machines.map(({ height }) => height));
  const width = Math.max(180, Math.ceil(text), machines.length === 0 ? 0 : x);
  // what is inside stands in the middle of a wide head
  const shift = machines.length === 0 ? 0 : (width - x) / 2;
  return {
    state,
    name,
    note,
    x: 0,
    y: 0,
    width,
    height: head + (machines.length === 0 ? 0 : tallest + PADDING * 1.5),
    inner: inner.map((machine) => ({ ...machine, x: machine.x + shift })),
  };
}

function labelOf({ kind, label }: Way): readonly string[] {
  if (kind === "Default") return ["Default"];
  if (kind === "Catch") return wrap(`Catch ${label}`, 28, 3);
  return kind === "Choice" ? wrap(label, 28, 4) : [];
}

const widest = (lines: readonly string[], char: number): number =>
  Math.max(0, ...lines.map((line) => [...line].length * char));

const cut = (text: string, most: number): string =>
  [...text].length > most ? `${[...text].slice(0, most - 1).join("")}…` : text;

/** The text in lines of at most `most` characters, a longer word broken; `…` where the lines do not hold it. */
function wrap(text: string, most: number, lines: number): readonly string[] {
  const wrapped: string[] = [];
  for (const word of text.split(" ").flatMap((one) => partitionOf([...one], most).map((part) => part.join("")))) {
    const last = wrapped.at(-1);
    if (last !== undefined && [...last].length + [...word].length < most)
      wrapped[wrapped.length - 1] = `${last} ${word}`;
    else wrapped.push(word);
  }
  if (wrapped.length <= lines) return wrapped;
  return [...wrapped.slice(0, lines - 1), cut(`${wrapped[lines - 1] ?? ""} …`, most)];
}
