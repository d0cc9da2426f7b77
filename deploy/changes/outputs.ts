/** A stack's outputs as text for people: where each app is reached first. Pure. */

/** The text, with a line feed at the end; empty where there are none. `deployed` is for the command alone, and left out. */
export function renderOutputs({ apps, deployed: _, ...others }: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(mapOf(apps)).flatMap(([app, value]) => {
    const { tier, urls, outputs } = mapOf(value);
    const named = [...Object.entries(mapOf(urls)), ...Object.entries(mapOf(outputs))];
    return [
      `${app}${typeof tier === "string" ? ` on ${tier}` : ""}`,
      ...named.map(([name, item]) => `  ${name}  ${textOf(item)}`),
    ];
  });
  const rest = Object.entries(others).map(([name, value]) => `${name}: ${textOf(value)}`);
  return [...lines, ...rest].map((line) => `${line}\n`).join("");
}

const mapOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
