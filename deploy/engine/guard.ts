/**
 * What is checked before anything is planned: that the credentials are of the account, and the region the one, that the
 * environment's file means. Pulumi's provider checks the accounts too, once it runs (`aws:allowedAccountIds`).
 */
import { type Problem, InputError } from "../../app/finding";
import type { StackConfig } from "../../plan/stack-config";
import { type CallerIdentity, callerIdentity } from "./account";
import { deployedRegion } from "./state";
import type { EnvironmentStack } from "./types";

export interface Guarded {
  /** Twelve digits; `null` where the stack's file brings credentials of its own, which are not decrypted. */
  readonly account: string | null;
  /** Whose credentials those are; `null` likewise. */
  readonly arn: string | null;
  readonly region: string;
  readonly warnings: readonly Problem[];
}

/**
 * Throws `InputError` for another account or region than the stack's, for keys that stand in Pulumi.yaml and would hold for
 * every environment, and where there are no credentials.
 */
export async function guardStack(stack: EnvironmentStack): Promise<Guarded> {
  const { config } = stack;
  const { region, problems } = checkConfig(config);
  if (problems.length > 0) throw new InputError(problems);
  if (!stack.isNew) {
    const moved = checkRegion(config, region, deployedRegion(await stack.exportState()));
    if (moved) throw new InputError([moved]);
  }
  const caller = await callerOf(config, region);
  const account = assumedAccount(config) ?? caller?.account ?? null;
  const wrong = account === null ? null : checkAccount(config, account);
  if (wrong) throw new InputError([wrong]);
  return { account, arn: caller?.arn ?? null, region, warnings: warningsOf(config, account) };
}

/** Keys of one environment, which Pulumi.yaml would set for all. */
const OWN_KEYS = ["aws:region", "aws:profile", "aws:allowedAccountIds", "aws:forbiddenAccountIds"];
const PROTECTED = "spectrum:protected";
const ALLOWED = "aws:allowedAccountIds";
const FORBIDDEN = "aws:forbiddenAccountIds";

/** What can be seen in the files alone. Pure. */
export function checkConfig(config: StackConfig): { readonly region: string; readonly problems: readonly Problem[] } {
  const file = `Pulumi.${config.stack}.yaml`;
  const inProject = (key: string) => config.locate(key)?.file === "Pulumi.yaml";
  const misplaced = [
    ...OWN_KEYS.filter(inProject),
    ...(isProtected(config) && inProject(PROTECTED) ? [PROTECTED] : []),
  ];
  const problems: Problem[] = misplaced.map((key) => ({
    key,
    message: `stands in Pulumi.yaml, and so holds for every environment; each has its own: move it to ${file}`,
    location: config.locate(key),
  }));
  const region = config.values["aws:region"];
  if (region === undefined)
    problems.push({
      key: "aws:region",
      message: `is missing; give a region such as us-east-1 in ${file} (pulumi config set --stack ${config.stack} aws:region us-east-1)`,
      location: null,
    });
  for (const key of [ALLOWED, FORBIDDEN])
    for (const id of accountIds(config, key))
      if (!/^\d{12}$/u.test(id))
        problems.push({
          key,
          message: `got ${JSON.stringify(id)}; give a list of account ids, each of twelve digits in quotes: ["123456789012"]`,
          location: config.locate(key),
        });
  return { region: region ?? "", problems };
}

/** @param deployed the region that the stack's resources are in; `null`: there are none. Pure. */
export function checkRegion(config: StackConfig, region: string, deployed: string | null): Problem | null {
  if (deployed === null || deployed === region) return null;
  const { stack } = config;
  return {
    key: "aws:region",
    message: `${stack} runs in ${deployed}, and its file says ${region}: all of it would be made anew there, and its data lost; put ${deployed} back, or make an environment of its own for ${region} (another Pulumi.<name>.yaml). To move ${stack} itself: put ${deployed} back, destroy it, and then change the region`,
    location: config.locate("aws:region"),
  };
}

/** Pure. */
export function checkAccount(config: StackConfig, account: string): Problem | null {
  const [allowed, forbidden] = [accountIds(config, ALLOWED), accountIds(config, FORBIDDEN)];
  const then = "nothing has been done: take the credentials of the right account (AWS_PROFILE), or change the key";
  if (allowed.length > 0 && !allowed.includes(account))
    return {
      key: ALLOWED,
      message: `the credentials are of the account ${account}, and ${config.stack} may be changed in ${allowed.join(" and ")} alone; ${then}`,
      location: config.locate(ALLOWED),
    };
  if (forbidden.includes(account))
    return {
      key: FORBIDDEN,
      message: `the credentials are of the account ${account}, in which ${config.stack} may not be changed; ${then}`,
      location: config.locate(FORBIDDEN),
    };
  return null;
}

async function callerOf(config: StackConfig, region: string): Promise<CallerIdentity | null> {
  const { "aws:accessKey": key, "aws:profile": profile } = config.values;
  return key === undefined ? callerIdentity({ region, ...(profile !== undefined && { profile }) }) : null;
}

/** The account that the provider will work in, where it takes a role: the last one's ARN says so. */
function assumedAccount(config: StackConfig): string | null {
  const roles = parse(config.values["aws:assumeRoles"]);
  const last: unknown = Array.isArray(roles) ? roles.at(-1) : null;
  const arn: unknown = typeof last === "object" && last !== null && "roleArn" in last ? last.roleArn : null;
  return typeof arn === "string" ? (/^arn:[\w-]+:iam::(\d{12}):/u.exec(arn)?.[1] ?? null) : null;
}

function warningsOf(config: StackConfig, account: string | null): readonly Problem[] {
  const guarded = accountIds(config, ALLOWED).length + accountIds(config, FORBIDDEN).length > 0;
  if (guarded || !isProtected(config)) return [];
  const example = account ?? "123456789012";
  const message = `${config.stack} is protected, and may yet be deployed in any account that the shell has credentials of; name its own in Pulumi.${config.stack}.yaml: aws:allowedAccountIds: ["${example}"]`;
  return [{ key: ALLOWED, message, location: null }];
}

export const isProtected = ({ values }: StackConfig): boolean => values[PROTECTED] === "true";

/** The ids of a list, or of one id alone; YAML reads those without quotes as numbers. */
function accountIds({ values }: StackConfig, key: string): readonly string[] {
  const value = values[key];
  if (value === undefined) return [];
  const parsed = parse(value);
  return Array.isArray(parsed) ? parsed.map(String) : [value];
}

function parse(value: string | undefined): unknown {
  try {
    return value === undefined ? null : JSON.parse(value);
  } catch {
    return null;
  }
}
