/** The library that lays graphs out, with the types of what is used of it: its own import files that TypeScript finds no more. */
import * as library from "@dagrejs/dagre";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

interface Dagre {
  readonly Graph: new (options: { readonly multigraph: boolean }) => DagreGraph;
  readonly layout: (graph: DagreGraph) => void;
}

/** Sizes and places are in pixels; a place is a middle until `corner` makes it one. */
interface DagreGraph {
  setGraph(label: Readonly<Record<string, string | number>>): void;
  setNode(id: string, size: { readonly width: number; readonly height: number }): void;
  setEdge(from: string, to: string, label: Readonly<Record<string, string | number>>, id: string): void;
  graph(): { readonly width?: number; readonly height?: number };
  node(id: string): Box;
  edge(from: string, to: string, id: string): Box & { readonly points: readonly Point[] };
}

export const dagre = library as unknown as Dagre;

/** From a middle, which the library tells, to the corner at the left and the top. */
export function corner({ x, y, width, height }: Box): Box {
  return { x: x - width / 2, y: y - height / 2, width, height };
}
