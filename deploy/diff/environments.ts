/** Two environments side by side, as their files have them: config, resources, price. Needs no cloud and no Pulumi CLI. */
import { randomBytes } from "node:crypto";
import type { Problem } from "../../app/finding";
import { chooseConfig } from "../../plan/config-choice";
import { planUnbudgeted } from "../../plan/plan";
import type { StackConfig } from "../../plan/stack-config";
import { type ConfigDifference, configDifferences, fingerprintsOf } from "./config";
import { type PlanDifference, planDifference } from "./plan";

/** Reads the secret values of an environment's config. Throws `InputError` where it cannot. */
export type Decrypt = (environment: string) => Promise<Readonly<Record<string, string>>>;

export interface DiffOptions {
  /** The Pulumi project's folder, absolute. */
  readonly root: string;
  readonly from: string;
  readonly to: string;
  /** The only app that is compared. Default: all. */
  readonly app?: string;
  /** Default: secrets are not compared, but for whether they are there. */
  readonly decrypt?: Decrypt;
}

export interface EnvironmentsDifference {
  readonly version: 1;
  readonly from: string;
  readonly to: string;
  readonly config: readonly ConfigDifference[];
  /** `null` where one of the two cannot be planned. */
  readonly plan: PlanDifference | null;
  /** Why an environment cannot be planned, or is not as it should be. */
  readonly errors: readonly Problem[];
}

/** Throws `InputError` where there is no such environment or app, or the secrets cannot be read. */
export async function diffEnvironments({ root, from, to, app, decrypt }: DiffOptions): Promise<EnvironmentsDifference> {
  const config = (environment: string): StackConfig =>
    chooseConfig(root, { environment, ...(app !== undefined && { app }) });
  const [before, after] = [config(from), config(to)];
  const differences = await diffConfigs(before, after, decrypt);
  const plans = [await planUnbudgeted(root, before, {}), await planUnbudgeted(root, after, {})] as const;
  const [a, b] = plans;
  return {
    version: 1,
    from,
    to,
    config: differences,
    // what the program refuses has no resources
    plan: a.resources.length > 0 && b.resources.length > 0 ? planDifference(a, b) : null,
    errors: plans.flatMap(({ environment, errors }) =>
      errors.map((problem) => ({ ...problem, message: `${environment}: ${problem.message}` })),
    ),
  };
}

/** The difference of two configs, the secrets by fingerprints where they may be decrypted. */
export async function diffConfigs(
  from: StackConfig,
  to: StackConfig,
  decrypt?: Decrypt,
): Promise<readonly ConfigDifference[]> {
  if (!decrypt) return configDifferences(from, to);
  const key = randomBytes(32);
  const prints = async ({ stack }: StackConfig) => fingerprintsOf(await decrypt(stack), key);
  return configDifferences(from, to, { from: await prints(from), to: await prints(to) });
}
