/** `spectrum permissions`. */
import { createColors } from "picocolors";
import { InputError } from "../app/finding";
import { stableJson } from "../plan/json";
import type { Permissions } from "../plan/permissions/permissions";
import { permissionsOf } from "../plan/permissions/permissions";
import { POLICIES_OF_A_ROLE, POLICY_CHARACTERS } from "../plan/permissions/policies";
import { makePlan } from "../plan/plan";
import type { Plan } from "../plan/types";
import { fromCaller, shellVariables } from "./caller";
import { writeInto } from "./files";
import { EXIT, finish, problemLines, usageError, wantsColor } from "./output";

export interface PermissionsArguments {
  readonly compose?: readonly string[];
  /** Each is planned; without one, what the config says. */
  readonly tier?: readonly string[];
  readonly env: string;
  readonly app?: string;
  readonly shellEnv?: true;
  readonly account: string;
  readonly stateBucket?: string;
  readonly stateKey?: string;
  readonly output?: string;
  readonly json?: true;
}

/** A policy that breaks the environment's rules is none that hinders asking what it takes to deploy: told, and 0. */
export async function permissions(asked: PermissionsArguments): Promise<void> {
  const wrong = wrongArgument(asked);
  if (wrong !== null) return usageError(wrong, false);
  const plans: Plan[] = [];
  for (const tier of asked.tier ?? [null]) plans.push(await planOn(tier, asked));
  const colors = createColors(wantsColor(process.stderr));
  const told = (["warnings", "errors"] as const).map((kind) =>
    problemLines(
      plans.flatMap((plan) => plan[kind]),
      kind === "errors" ? colors.red("error") : colors.yellow("warning"),
    ),
  );
  if (plans.some(({ resources }) => resources.length === 0))
    return finish({ stdout: "", stderr: told.join(""), code: EXIT.wrong });
  const made = permissionsOf(plans, {
    // urn:pulumi:<stack>::<project>::…
    prefix: `${plans[0]?.resources[0]?.urn.split("::")[1] ?? "spectrum"}-${asked.env}`,
    region: plans[0]?.prices?.region ?? "us-east-1",
    account: asked.account,
    state: asked.stateBucket === undefined ? null : { bucket: asked.stateBucket, key: asked.stateKey ?? null },
  });
  const stderr = told.join("") + warnings(made, colors.yellow("warning"));
  try {
    finish({ stdout: print(made, plans, asked), stderr, code: EXIT.done });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    finish({ stdout: "", stderr: stderr + problemLines(error.problems, colors.red("error")), code: EXIT.wrong });
  }
}

function wrongArgument({ account, stateBucket, stateKey }: PermissionsArguments): string | null {
  if (!/^(?:\d{12}|\*)$/u.test(account)) return `--account got ${JSON.stringify(account)}; give twelve digits, or *`;
  if (stateBucket !== undefined && !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/u.test(stateBucket))
    return `--state-bucket got ${JSON.stringify(stateBucket)}; give a bucket's name, without s3:// and without a path`;
  if (stateKey !== undefined && !/^arn:[^:]+:kms:[^:]+:\d{12}:key\/\S+$/u.test(stateKey))
    return `--state-key got ${JSON.stringify(stateKey)}; give a key's ARN: arn:aws:kms:us-east-1:123456789012:key/…`;
  if (stateKey !== undefined && stateBucket === undefined) return "--state-key needs --state-bucket, whose key it is";
  return null;
}

const planOn = (tier: string | null, { compose, env, app, shellEnv }: PermissionsArguments): Promise<Plan> =>
  makePlan({
    environment: env,
    ...(tier !== null && { tier }),
    ...(compose && { compose: compose.map(fromCaller) }),
    ...(app !== undefined && { app }),
    ...(shellEnv && { shellEnv: shellVariables() }),
  });

function warnings({ policies, unknown }: Permissions, label: string): string {
  const many = `${policies.length} policies are more than the ${POLICIES_OF_A_ROLE} that a role may have: raise the account's quota, or deploy the apps by environments of their own`;
  return problemLines(
    [
      ...unknown.map((type) => `nobody knows what ${type} needs: its actions are not in the policies`),
      ...(policies.length > POLICIES_OF_A_ROLE ? [many] : []),
    ].map((message) => ({ message, location: null })),
    label,
  );
}

function print(
  { policies, unknown }: Permissions,
  plans: readonly Plan[],
  { env, output, json }: PermissionsArguments,
) {
  const files = output === undefined ? [] : policies.map(({ name, document }) => write(output, name, document));
  if (json) {
    const tiers = [...new Set(plans.flatMap(({ apps }) => apps.map(({ tier }) => tier)))].sort();
    return stableJson({ version: 1, environment: env, tiers, policies, unknown });
  }
  if (output !== undefined) return files.map((file) => `${file}\n`).join("");
  return policies
    .map(({ name, characters, document }) => {
      const size = `${characters} of ${POLICY_CHARACTERS} characters`;
      return `${name}, ${size}\n${JSON.stringify(document, null, 2)}\n`;
    })
    .join("\n");
}

/** Without white space: IAM counts none, and a call's argument has its own limit. */
const write = (folder: string, name: string, document: object): string =>
  writeInto(folder, `${name}.json`, `${JSON.stringify(document)}\n`);
