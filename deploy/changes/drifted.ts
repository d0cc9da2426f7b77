/** What a refresh has found, as text for people. Pure. */
import type { Step } from "../engine";

/** The text, with a line feed at the end. Values are left out: what the cloud says may hold secrets. */
export function renderDrift(steps: readonly Step[]): string {
  if (steps.length === 0) return "the cloud is as the state says\n";
  const lines = steps.map(({ op, name, type, diff }) => {
    const what = `${name} ${type}`;
    if (op === "delete") return `  gone      ${what}`;
    const keys = Object.keys(diff).sort();
    return `  changed   ${what}${keys.length > 0 ? `: ${keys.join(", ")}` : ""}`;
  });
  const count = steps.length === 1 ? "1 resource is" : `${steps.length} resources are`;
  return `${count} otherwise in the cloud than in the state\n${lines.map((line) => `${line}\n`).join("")}`;
}
