/**
 * The real Compose files that stand beside the project, planned on every tier. `table.ts` prints the result.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse, stringify } from "yaml";
import type { TierName } from "../../app/tiers";
import { makePlan } from "../../plan/plan";
import type { Plan } from "../../plan/types";

const root = resolve(__dirname, "../..");
/** Docker's own examples, as data; absent from a clone of the project alone. */
const folder = join(root, "../shared/apps/awesome-compose");

export interface RealApp {
  readonly name: string;
  readonly file: string;
}

/** Empty where the folder is not there. */
export function realApps(): readonly RealApp[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const file = readdirSync(join(folder, name)).find((entry) => /^(?:docker-)?compose\.ya?ml$/u.test(entry));
      return file === undefined ? [] : [{ name, file: join(folder, name, file) }];
    });
}

export async function planRealApp(app: RealApp, tier: TierName): Promise<Plan> {
  return makePlan({ root, compose: [app.file], tier });
}

/** The plan where every refusal is accepted by name, by an override file: what the tier would make with those losses. */
export async function planAccepted(app: RealApp, tier: TierName, scratch: string): Promise<Plan> {
  const plan = await planRealApp(app, tier);
  const accept = plan.apps.flatMap(({ findings }) =>
    findings.filter((f) => f.outcome === "refused").map((f) => (f.service === null ? f.key : `${f.service}.${f.key}`)),
  );
  if (accept.length === 0) return plan;
  const override = join(scratch, `${app.name}.${tier}.yaml`);
  writeFileSync(override, stringify({ "x-spectrum": { [tier]: { accept } } }));
  return makePlan({ root, compose: [app.file, override], tier, app: app.name.toLowerCase() });
}

/** The keys that the file's services use, as `service` and first key: `["web", "ports"]`. */
export function usedKeys(file: string): readonly (readonly [string, string])[] {
  const model = parse(readFileSync(file, "utf8"), { merge: true }) as {
    services?: Record<string, Record<string, unknown> | null>;
  };
  return Object.entries(model.services ?? {}).flatMap(([service, keys]) =>
    Object.keys(keys ?? {})
      .filter((key) => !key.startsWith("x-"))
      .map((key) => [service, key] as const),
  );
}
