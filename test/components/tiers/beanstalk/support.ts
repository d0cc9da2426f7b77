/** A Compose text on Beanstalk. */
import { beanstalk } from "../../../../components/tiers/beanstalk";
import type { Recorded } from "../../../support/record";
import { type Input as TierInput, onTier } from "../../../support/on-tier";

export const tools = onTier(beanstalk);
export type Input = TierInput;

export const types = {
  application: "aws:elasticbeanstalk/application:Application",
  version: "aws:elasticbeanstalk/applicationVersion:ApplicationVersion",
  environment: "aws:elasticbeanstalk/environment:Environment",
  object: "aws:s3/bucketObjectv2:BucketObjectv2",
  bucket: "aws:s3/bucket:Bucket",
  rule: "aws:lb/listenerRule:ListenerRule",
  ingress: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
} as const;

interface Setting {
  readonly namespace: string;
  readonly name: string;
  readonly value: unknown;
  readonly resource?: string;
}

/** The environment's options by namespace, without the prefix `aws:`. */
export function options(made: Recorded): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const { settings } = made.one(types.environment).inputs;
  const all: Record<string, Record<string, unknown>> = {};
  for (const { namespace, name, value, resource } of settings as unknown as readonly Setting[]) {
    const key = `${namespace.replace("aws:", "")}${resource ? ` ${resource}` : ""}`;
    (all[key] ??= {})[name] = value;
  }
  return all;
}

/** What the bundle holds: a file's text where something in it is not known yet, else its hash. */
export function bundle(
  made: Recorded,
): Readonly<Record<string, { readonly sha256?: string; readonly text?: unknown }>> {
  return made.one(types.object).inputs.source as never;
}

export const SHARED = { beanstalk: { type: "load-balanced" } };
export const web = (lines = "", rest = "") =>
  `services:\n  web:\n    image: nginx:1.29\n    ports: ["8080:80"]\n${lines
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n")}\n${rest}`;
