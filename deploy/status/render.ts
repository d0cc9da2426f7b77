/** The status as text for people. Pure. */
import { createColors } from "picocolors";
import type { Colors } from "picocolors/types";
import { renderTable } from "../../plan/compare/table";
import type { EntryHealth, ServiceStatus, State } from "./model";

export interface RenderOptions {
  readonly color: boolean;
}

/** Characters of an image or revision that the table shows. */
const WIDTH = 48;

/** A line for each service, then what is wrong with the events and the log, then what the tiers do not tell. Ends with a line feed. */
export function renderStatus(statuses: readonly ServiceStatus[], { color }: RenderOptions): string {
  const colors = createColors(color);
  const [head = "", ...lines] = renderTable([HEAD, ...statuses.map(row)]);
  const untold = [...new Set(statuses.flatMap((status) => status.untold.map((text) => `${status.tier}: ${text}`)))];
  const sections = [
    [colors.bold(head), ...lines.map((line, i) => painted(line, statuses[i]?.state ?? "unknown", colors))],
    ...statuses.filter(({ state }) => state !== "running").map((status) => details(status, colors)),
    ...(untold.length > 0 ? [untold.map((text) => colors.dim(`  not told by ${text}`))] : []),
  ];
  return sections.map((section) => `${section.join("\n")}\n`).join("\n");
}

const HEAD = ["service", "tier", "state", "healthy", "entry", "revision", "image"];

function row({ app, service, tier, state, wanted, running, entry }: ServiceStatus): readonly string[] {
  const [image] = running.images;
  return [
    `${app}/${service}`,
    tier,
    state,
    `${count(running.healthy)} of ${count(wanted.count)}`,
    entry ? entryText(entry) : "-",
    shortened(running.revision?.split("/").at(-1) ?? "-"),
    shortened(image ? imageText(image.reference, image.digest) : "-"),
  ];
}

const count = (told: number | null): string => (told === null ? "?" : String(told));

const entryText = ({ healthy, unhealthy, waiting }: EntryHealth): string =>
  `${healthy} healthy${unhealthy > 0 ? `, ${unhealthy} not` : ""}${waiting > 0 ? `, ${waiting} waiting` : ""}`;

/** `shop-api@sha256:0123456789ab`, without the registry. */
function imageText(reference: string, digest: string | null): string {
  const name = (reference.split("@")[0] ?? reference).split("/").at(-1) ?? reference;
  return digest === null ? name : `${name}@${digest.slice(0, "sha256:".length + 12)}`;
}

const shortened = (text: string): string => (text.length > WIDTH ? `…${text.slice(1 - WIDTH)}` : text);

function painted(line: string, state: State, { green, yellow, red }: Colors): string {
  const paint = state === "running" ? green : state === "deploying" ? yellow : red;
  return line.replace(`  ${state} `, `  ${paint(state)} `);
}

function details({ app, service, state, wanted, reasons, events, logs }: ServiceStatus, { bold }: Colors): string[] {
  return [
    bold(`${app}/${service} is ${state}`),
    ...reasons.map((reason) => `  ${reason}`),
    `  asked for: ${wanted.revision}, ${wanted.image}`,
    ...(events.length > 0 ? ["  events", ...events.map(({ at, message }) => `    ${at ?? "-"} ${message}`)] : []),
    ...logs.flatMap(({ source, lines }) => [`  log of ${source}`, ...lines.map((line) => `    ${line}`)]),
  ];
}
