/** `--assume requests=1000000,hours=12`: what a price assumes, on the command line. */
import type { UsageConfig } from "../app/config/types";
import { problemsOf } from "../app/config/issues";
import { usageSchema } from "../app/config/schema";

/** The values, or what is wrong with them. */
export type Assumptions = { readonly usage: Partial<UsageConfig> } | { readonly wrong: string };

/** `key=value`, several with commas between; the last word on a key counts. */
export function readAssumptions(given: readonly string[]): Assumptions {
  const pairs = given.flatMap((text) => text.split(",")).filter((text) => text !== "");
  const bad = pairs.find((pair) => !/^\w+=[\d.e+]+$/iu.test(pair));
  if (bad !== undefined)
    return { wrong: `--assume got ${JSON.stringify(bad)}; give key=number, such as requests=1000000` };
  const values: Record<string, number> = {};
  for (const pair of pairs) {
    const [key = "", value] = pair.split("=");
    values[key] = Number(value);
  }
  const parsed = usageSchema.safeParse(values, { reportInput: true });
  if (!parsed.success) {
    const problems = problemsOf(parsed.error, usageSchema, (path) => ({ key: path.join("."), location: null }));
    return { wrong: `--assume: ${problems.map(({ key, message }) => `${key ?? ""}: ${message}`).join("; ")}` };
  }
  return { usage: Object.fromEntries(Object.entries(parsed.data).filter(([, value]) => value !== undefined)) };
}
