/** A drift for people. Pure. */
import type { Drift, DriftedProperty } from "./find";

export interface DriftReport {
  readonly environment: string;
  /** The end of the last update that went through, ISO 8601: what drifted did so after it. `null` where nobody knows. */
  readonly since: string | null;
  readonly drifts: readonly Drift[];
  readonly ignored: readonly Drift[];
}

/** Values longer than this are cut. */
const LENGTH = 160;

/** Text with a line feed at its end. */
export function renderDrift({ environment, since, drifts, ignored }: DriftReport): string {
  const left =
    ignored.length === 0 ? [] : [`left alone, for an update leaves it: ${ignored.map(leftAlone).join(", ")}`];
  const after = since === null ? "" : ` since its last update (${since})`;
  if (drifts.length === 0) return `${[`nothing of ${environment} has drifted${after}`, ...left].join("\n")}\n`;
  const what = drifts.length === 1 ? "1 resource has" : `${drifts.length} resources have`;
  return `${[`${what} drifted in ${environment}${after}`, "", ...drifts.map(paragraph), remedy(environment), ...left].join("\n")}\n`;
}

const leftAlone = ({ name, properties }: Drift): string => `${name} ${properties.map(({ path }) => path).join(" ")}`;

function paragraph({ type, name, kind, properties, keep }: Drift): string {
  if (kind === "deleted") return `${name} (${type}) was deleted\n`;
  const lines = [`${name} (${type}) was changed`, ...properties.map(line)];
  if (keep !== null) lines.push(`    to keep it: ${keep} in the config`);
  return `${lines.join("\n")}\n`;
}

const line = ({ path, was, is }: DriftedProperty): string => `    ${path}: ${shown(was)} → ${shown(is)}`;

function shown(value: unknown): string {
  if (value === null) return "(nothing)";
  if (value === "[secret]") return "(secret)";
  const text = JSON.stringify(value);
  return text.length <= LENGTH ? text : `${text.slice(0, LENGTH)}…`;
}

const remedy = (environment: string): string =>
  [
    `\`spectrum up --env ${environment} --refresh\` brings it back to what the config says.`,
    "What is to stay is taken over into the config first: by its key, or where it has none by an override (docs/overrides.md).",
  ].join("\n");
