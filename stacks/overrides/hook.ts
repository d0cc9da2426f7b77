/** The function of a project's own `overrides.ts`, for what no list in a config can say. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { OverrideChange } from "../../app/overrides";
import { InputError } from "../../app/finding";

/** A resource as Spectrum is about to register it. */
export interface OverridableResource {
  /** `aws:lb/targetGroup:TargetGroup` */
  readonly type: string;
  /** The logical name, as a plan shows it. */
  readonly name: string;
  /** `null`: what the environment's apps share, and workflows. */
  readonly app: string | null;
  /** By the names of Pulumi's SDK, after the config's overrides. What is known only later is an Output. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Called once for each resource. It changes nothing where it returns nothing, and must say the same each time. */
export type OverrideHook = (
  resource: OverridableResource,
) => OverrideChange | undefined | Promise<OverrideChange | undefined>;

/** The file's name, in the project's folder. */
export const HOOK_FILE = "overrides.ts";

/** `null` where the project has no such file. Throws `InputError` where it has, and no function `override` can be had of it. */
export function loadHook(root: string): OverrideHook | null {
  const path = join(root, HOOK_FILE);
  if (!existsSync(path)) return null;
  const wrong = (why: string) =>
    new InputError([
      {
        message: `${why}; export a function: export const override: OverrideHook = …`,
        location: { file: path, line: 1, column: 1 },
      },
    ]);
  let loaded: unknown;
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() of TypeScript is none that ts-node knows
    loaded = require(path);
  } catch (error) {
    throw wrong(`the file cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
  }
  const { override } = loaded as { readonly override?: unknown };
  if (typeof override !== "function") throw wrong(`the file exports no function override`);
  return override as OverrideHook;
}
