/**
 * A set budget and overrides hold for `pulumi preview` and `up` too: what would be registered is planned first, priced and looked
 * through. In a process of its own, for a plan takes the SDK's state, of which each process has one.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { RawConfig } from "../app/config/read";
import { InputError, type Problem } from "../app/finding";
import type { ReadEnvironment } from "./apps";

/** What the process is told on its standard input. */
export interface PlanQuestion {
  readonly root: string;
  readonly project: string;
  /** Without the content of any secret. */
  readonly config: Pick<RawConfig, "stack" | "values"> & { readonly secretKeys: readonly string[] };
  readonly shellEnv?: Readonly<Record<string, string>>;
}

/** What it answers on its standard output. */
export interface PlanAnswer {
  /** What the plan fails for. */
  readonly problems: readonly Problem[];
}

export const hasBudget = ({ environment, apps }: ReadEnvironment): boolean =>
  environment.budget !== null || apps.some(({ placement }) => placement.budget !== null);

/** Throws `InputError` where the plan fails, and `Error` where none could be made. Takes about as long as a plan. */
export function holdPlan(question: Omit<PlanQuestion, "config"> & { readonly config: RawConfig }): void {
  const { config, ...rest } = question;
  const asked: PlanQuestion = {
    ...rest,
    config: { stack: config.stack, values: withoutSecrets(config), secretKeys: [...config.secretKeys] },
  };
  const loader = pathToFileURL(require.resolve("tsx")).href;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", loader, join(__dirname, "../plan/hold-process.ts")],
    { input: JSON.stringify(asked), encoding: "utf8", env: withoutPulumi(process.env), maxBuffer: 1 << 26 },
  );
  if (status !== 0) throw new Error(`no plan could be made first, so nothing is deployed: ${stderr}`);
  const { problems } = JSON.parse(stdout) as PlanAnswer;
  if (problems.length > 0) throw new InputError(problems);
}

/** Each text of a secret value is left out: a plan names secrets, and reads none. */
function withoutSecrets({ values, secretKeys }: RawConfig): Record<string, string> {
  const blank = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return "secret";
    if (Array.isArray(value)) return value.map(blank);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, blank(item)]));
  };
  const blanked = (value: string): string => {
    try {
      return JSON.stringify(blank(JSON.parse(value)));
    } catch {
      return "secret";
    }
  };
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, secretKeys.has(key) ? blanked(value) : value]),
  );
}

/** The engine's addresses are not for it. */
function withoutPulumi(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("PULUMI_")));
}
