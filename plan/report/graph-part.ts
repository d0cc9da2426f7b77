/** The resources of a tier as pictures: its components first, and each folded with its own. Pure. */
import type { Point } from "../../app/dagre";
import type { TierName } from "../../app/tiers";
import type { ComparedTier } from "../compare/types";
import type { PlannedResource } from "../types";
import { BOX, type BoxText, layOutBoxes, type PlacedBox } from "./graph-layout";
import {
  type ComponentNode,
  type Difference,
  type Differences,
  differencesOf,
  graphOf,
  type Need,
  type PlannedInputs,
} from "./graph";
import { html, idOf, type Markup } from "./html";
import { frame } from "./table";

/** What a tier has otherwise than each of the others that have a plan, the one that is shown at first in front. */
type Others = readonly { readonly tier: TierName; readonly differences: Differences }[];

/** The tiers that have a plan, with what each makes. */
export type TierInputs = readonly { readonly tier: TierName; readonly inputs: PlannedInputs }[];

/** `null` where there is no plan. `from`: the tier whose differences are marked at first; the first other by default. */
export function graphPart(row: ComparedTier, all: TierInputs, from: TierName | null): Markup | null {
  const graph = graphOf(row.planned);
  const own = all.find(({ tier }) => tier === row.tier);
  if (graph.components.length === 0 || !own) return null;
  const others = all
    .filter(({ tier }) => tier !== row.tier)
    .map(({ tier, inputs }) => ({ tier, differences: differencesOf(own.inputs, inputs) }))
    .sort((a, b) => Number(b.tier === from) - Number(a.tier === from));
  const kinds = graph.components.map(({ kind }) => kind);
  const alone = ({ kind }: ComponentNode) => kinds.filter((other) => other === kind).length === 1;
  const count = graph.components.reduce((sum, { resources }) => sum + resources.length, 0);
  const boxes = graph.components.map((component): Drawn => {
    const { urn, name, kind, resources } = component;
    // the title is what tells it from the others
    const [title, less] = alone(component) ? [kind, name] : [name, kind];
    return {
      id: urn,
      title,
      note: `${less}, ${resources.length}`,
      about: `${kind} ${name}: ${counted(resources.length)}`,
      href: `#${componentId(row.tier, component)}`,
      marks: { first: componentMark(component, others[0]?.differences), new: [], other: [] },
    };
  });
  const named = `The components of ${row.tier}`;
  return html`<div class="graph">
    <p>
      ${counted(count)} in ${graph.components.length === 1 ? "1 component" : `${graph.components.length} components`}.
      An arrow leads from what is made first to what needs it.
    </p>
    ${others.length === 0 ? null : comparing(row.tier, others)}${picture(named, boxes, graph.needs)}
    ${graph.components.map((component) => componentPart(row.tier, component, others))}
  </div>`;
}

/** `new` where all of its resources are, `other` where some differ. */
function componentMark({ resources }: ComponentNode, differences: Differences | undefined): Difference | null {
  const found = resources.map(({ urn }) => differences?.here.get(urn));
  if (found.every((difference) => difference === "new")) return "new";
  return found.some((difference) => difference !== undefined) ? "other" : null;
}

const counted = (count: number): string => (count === 1 ? "1 resource" : `${count} resources`);
const componentId = (tier: TierName, { urn }: ComponentNode): string => idOf("component", tier, urn);

/** Which other tier the marks are of; without the script, the first. */
function comparing(tier: TierName, others: Others): Markup {
  return html`<p class="comparing">
      <label for="${idOf("against", tier)}">What differs from</label>
      <select id="${idOf("against", tier)}" data-against disabled>
        ${others.map(
          ({ tier: other, differences }) =>
            html`<option value="${other}" data-summary="${summary(differences)}">${other}</option>`,
        )}
      </select>
      <span class="difference" aria-live="polite">${others[0] ? summary(others[0].differences) : ""}</span>
    </p>
    <p class="legend">
      <span class="key"><span class="sign new">+</span>not there</span>
      <span class="key"
        ><span class="sign other">≠</span>there with other inputs; of a component: some of it differs</span
      >
    </p>`;
}

function summary({ here, missing }: Differences): string {
  const count = (what: Difference) => [...here.values()].filter((value) => value === what).length;
  return `${count("new")} only here, ${count("other")} with other inputs, ${missing} only there`;
}

function componentPart(tier: TierName, component: ComponentNode, others: Others): Markup {
  const { name, kind, resources, needs } = component;
  const boxes = resources.map((resource): Drawn => {
    const type = typeText(resource.type);
    return {
      id: resource.urn,
      title: resource.name,
      note: type,
      about: `${resource.type} ${resource.name}`,
      href: null,
      marks: marksOf(resource, others),
    };
  });
  const [first] = others;
  const changed = first ? resources.filter(({ urn }) => first.differences.here.has(urn)).length : 0;
  return html`<details class="component">
    <summary>
      ${name} <span class="place">${kind}, ${counted(resources.length)}</span>
      <span class="changed" data-changed>${changed === 0 ? "" : `${changed} differ`}</span>
    </summary>
    <div id="${componentId(tier, component)}">
      ${picture(`The resources of ${kind} ${name} on ${tier}`, boxes, needs)}
    </div>
  </details>`;
}

/** `aws:ecs/service:Service` is `ecs Service`, `kubernetes:apps/v1:Deployment` is `apps Deployment`. */
export function typeText(type: string): string {
  const [provider = "", path = "", name = type] = type.split(":");
  return `${path === "index" ? provider : (path.split("/")[0] ?? "")} ${name}`;
}

/** By difference, the tiers that it is against. */
interface Marks {
  readonly first: Difference | null;
  readonly new: readonly TierName[];
  readonly other: readonly TierName[];
}

function marksOf({ urn }: PlannedResource, others: Others): Marks {
  const against = (what: Difference) =>
    others.filter(({ differences }) => differences.here.get(urn) === what).map(({ tier }) => tier);
  return { first: others[0]?.differences.here.get(urn) ?? null, new: against("new"), other: against("other") };
}

interface Drawn extends BoxText {
  /** What is said of it as a whole. */
  readonly about: string;
  /** Where it leads; `null`: nowhere. */
  readonly href: string | null;
  readonly marks: Marks;
}

/** A picture is made smaller where it is a little too wide, and scrolls where it is wider: its text stays readable. */
const SMALLEST = 0.85;

function picture(label: string, drawn: readonly Drawn[], needs: readonly Need[]): Markup {
  const { width, height, boxes, arrows } = layOutBoxes(drawn, needs);
  const byId = new Map(drawn.map((one) => [one.id, one]));
  return frame(
    label,
    html`<svg
      class="picture"
      style="min-width: ${Math.round(width * SMALLEST)}px"
      width="${width}"
      height="${height}"
      viewBox="0 0 ${width} ${height}"
      role="group"
      aria-label="${label}"
    >
      ${arrows.map((points) => html`<path class="arrow" d="${curve(points)}" /><path class="tip" d="${tip(points)}" />`)}
      ${boxes.map((box) => drawBox(box, byId.get(box.id)))}
    </svg>`,
  );
}

function drawBox(box: PlacedBox, drawn: Drawn | undefined): Markup | null {
  if (!drawn) return null;
  const { x, y, width, height, shown } = box;
  const { about, href, marks } = drawn;
  const at = html`class="box ${marks.first ?? ""}" transform="translate(${round(x)} ${round(y)})"`;
  const inside = html`<title>${about}</title><rect width="${width}" height="${height}" rx="6" /><text
      class="name"
      x="${BOX.left}"
      y="${BOX.title}"
      >${shown.title}</text
    ><text class="type" x="${BOX.left}" y="${BOX.note}">${shown.note}</text
    ><text class="sign" x="${width - BOX.left}" y="${BOX.title}" text-anchor="end">${sign(marks.first)}</text>`;
  return href === null
    ? html`<g ${at} data-new="${marks.new.join(" ")}" data-other="${marks.other.join(" ")}">${inside}</g>`
    : html`<a ${at} href="${href}">${inside}</a>`;
}

const sign = (difference: Difference | null): string => (difference === null ? "" : difference === "new" ? "+" : "≠");

/** From box to box, flat at both ends. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let at = first;
  const bends = rest.map((to) => {
    const half = (to.x - at.x) / 2;
    const bend = `C${pair(at.x + half, at.y)} ${pair(to.x - half, to.y)} ${pair(to.x, to.y)}`;
    at = to;
    return bend;
  });
  return `M${pair(first.x, first.y)}${bends.join("")}`;
}

const TIP = 5;

function tip(points: readonly Point[]): string {
  const last = points.at(-1);
  if (!last) return "";
  return `M${pair(last.x, last.y)}l${-TIP * 1.4} ${-TIP * 0.7}v${TIP * 1.4}z`;
}

const round = (value: number): string => String(Math.round(value * 2) / 2);
const pair = (x: number, y: number): string => `${round(x)} ${round(y)}`;
