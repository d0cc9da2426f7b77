/** A definition as a picture: the boxes of Step Functions' own graphs, light or dark as the reader's screen is. */
import type { Point } from "../../dagre";
import type { Machine, StateType } from "../states";
import { HEAD, type Layout, layOut, type Line, type StateBox } from "./layout";
import { retries, summary } from "./words";

const MARGIN = 24;
const TITLE = 56;

const STYLE = `
  .page { fill: #ffffff } text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif }
  .title { font-size: 18px; font-weight: 700; fill: #16191f } .sub, .note { fill: #5f6b7a } .sub { font-size: 12px } .note { font-size: 11px }
  .name { font-size: 13px; font-weight: 600; fill: #16191f } .label { font-size: 11px; fill: #414d5c }
  .box { fill: #ffffff; stroke: #8d99a8; stroke-width: 1.2 } .group { fill: #f4f6f9; stroke: #8d99a8; stroke-dasharray: 5 4 }
  .lane { fill: #ffffff; stroke: #d5dbe3 } .way { fill: none; stroke: #687485; stroke-width: 1.4 } .tip { fill: #687485 }
  .catch { stroke: #c5283d; stroke-dasharray: 5 4 } .tip-catch, .label-catch { fill: #c5283d } .pill { fill: #ffffff; stroke: #d5dbe3 }
  .dot { fill: #ffffff; stroke: #687485; stroke-width: 1.4 } .mark { fill: none; stroke: #ffffff; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round }
  .Task { fill: #c8511b } .Choice, .Parallel, .Map { fill: #b0084d } .Wait, .Pass { fill: #4d27aa } .Succeed { fill: #1d7d3f } .Fail { fill: #c5283d }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0f1b2a } .title, .name { fill: #e9ebed } .sub, .note { fill: #a4b1c1 } .label { fill: #c6d0dc }
    .box, .dot { fill: #192534; stroke: #7d8998 } .group { fill: #142030; stroke: #7d8998 } .lane { fill: #101c2b; stroke: #35445a }
    .way { stroke: #93a2b4 } .tip { fill: #93a2b4 } .catch { stroke: #ff7a8a } .tip-catch, .label-catch { fill: #ff7a8a } .pill { fill: #0f1b2a; stroke: #35445a }
  }`;

/** 20 by 20. */
const MARKS: Readonly<Record<StateType, string>> = {
  Task: "M7 5.5 14.5 10 7 14.5Z",
  Choice: "M10 4 16 10 10 16 4 10Z",
  Parallel: "M6.5 5v10M10 5v10M13.5 5v10",
  Map: "M5 6h10M5 10h10M5 14h10",
  Wait: "M10 4a6 6 0 1 0 .01 0M10 7v3.4l2.4 1.6",
  Pass: "M4.5 10h10.5M11 6l4 4-4 4",
  Succeed: "M5 10.5 8.6 14 15 6.5",
  Fail: "M6 6l8 8M14 6l-8 8",
};

/** The picture as one SVG file. `title`: the workflow's name. */
export function drawSvg(machine: Machine, title: string): string {
  const layout = layOut(machine);
  const width = Math.ceil(Math.max(layout.width, title.length * 10.5, 180)) + 2 * MARGIN;
  const height = Math.ceil(layout.height) + TITLE + MARGIN;
  const shift = (width - layout.width) / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(`The workflow ${title}`)}">`,
    `<style>${STYLE}\n</style>`,
    "<defs>",
    tip("tip"),
    tip("tip-catch"),
    "</defs>",
    `<rect class="page" width="${width}" height="${height}"/>`,
    `<text class="title" x="${MARGIN}" y="30">${escape(title)}</text>`,
    `<text class="sub" x="${MARGIN}" y="48">${escape(summary(machine))}</text>`,
    `<g transform="translate(${at(shift)} ${TITLE})">`,
    ...drawLayout(layout),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

function tip(id: string): string {
  return `<marker id="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path class="${id}" d="M0 .5 7.5 4 0 7.5Z"/></marker>`;
}

function drawLayout({ states, lines, start, end }: Layout): readonly string[] {
  const circle = (box: { x: number; y: number; width: number } | null, word: string) => {
    if (box === null) return [];
    const [x, y, r] = [box.x + box.width / 2, box.y + box.width / 2, box.width / 2];
    return [
      `<circle class="dot" cx="${at(x)}" cy="${at(y)}" r="${at(r)}"/>`,
      `<text class="label" x="${at(x)}" y="${at(y + 4)}" text-anchor="middle">${word}</text>`,
    ];
  };
  return [
    ...lines.map(drawWay),
    ...states.flatMap(drawState),
    ...circle(start, "Start"),
    ...circle(end, "End"),
    // over the boxes' lines, so that none runs through a word
    ...lines.flatMap(drawLabel),
  ];
}

function drawWay({ way, points }: Line): string {
  const caught = way.kind === "Catch";
  return `<path class="way${caught ? " catch" : ""}" marker-end="url(#${caught ? "tip-catch" : "tip"})" d="${curve(points)}"/>`;
}

const BEND = 36;

/** Along the points, each corner rounded. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  const last = rest.at(-1);
  if (first === undefined || last === undefined) return "";
  const bends = rest.slice(0, -1).map((corner, i) => {
    const before = towards(corner, points[i] ?? first);
    const after = towards(corner, rest[i + 1] ?? last);
    return `L${pair(before)} Q${pair(corner)} ${pair(after)}`;
  });
  return [`M${pair(first)}`, ...bends, `L${pair(last)}`].join(" ");
}

/** A point on the way from one to another: half of it, a bend's length at most. */
function towards(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const part = length === 0 ? 0 : Math.min(BEND / length, 0.5);
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}

const pair = ({ x, y }: Point): string => `${at(x)} ${at(y)}`;

function drawLabel({ way, label, labelAt }: Line): readonly string[] {
  if (labelAt === null) return [];
  const { x, y, width, height } = labelAt;
  const caught = way.kind === "Catch" ? " label-catch" : "";
  return [
    `<rect class="pill" x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}" rx="6"><title>${escape(way.label)}</title></rect>`,
    ...label.map(
      (text, i) =>
        `<text class="label${caught}" x="${at(x + width / 2)}" y="${at(y + 14 + i * 15)}" text-anchor="middle">${escape(text)}</text>`,
    ),
  ];
}

function drawState({ state, x, y, width, height, name, note, inner }: StateBox): readonly string[] {
  const repeated = retries(state);
  const about = [`${state.type}: ${state.name}`, state.type === "Task" ? state.resource : "", repeated].filter(Boolean);
  const nameTop = HEAD.top + HEAD.note + 14;
  return [
    `<g transform="translate(${at(x)} ${at(y)})">`,
    `<title>${escape(about.join("\n"))}</title>`,
    `<rect class="box${inner.length > 0 ? " group" : ""}" width="${at(width)}" height="${at(height)}" rx="8"/>`,
    `<rect class="${state.type}" x="12" y="14" width="20" height="20" rx="5"/>`,
    `<path class="mark" transform="translate(12 14)" d="${MARKS[state.type]}"/>`,
    `<text class="note" x="${HEAD.left}" y="${HEAD.top + 10}">${escape(note)}</text>`,
    ...name.map(
      (line, i) => `<text class="name" x="${HEAD.left}" y="${nameTop + i * HEAD.line}">${escape(line)}</text>`,
    ),
    ...inner.flatMap((machine) => [
      `<g transform="translate(${at(machine.x)} ${at(machine.y)})">`,
      `<rect class="lane" x="-6" y="-2" width="${at(machine.width + 12)}" height="${at(machine.height + 8)}" rx="8"/>`,
      ...drawLayout(machine),
      "</g>",
    ]),
    "</g>",
  ];
}

/** A coordinate to half a pixel, which the eye does not tell from more. */
function at(value: number): string {
  return String(Math.round(value * 2) / 2);
}

function escape(text: string): string {
  const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/gu, (char) => entities[char] ?? char);
}
