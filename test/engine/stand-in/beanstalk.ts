/** Elastic Beanstalk as the stand-in has it: what an environment's options say, and what it makes beside itself. */
import { createHash } from "node:crypto";

import type { Values } from "./values";
import { records, text } from "./values";

export const ENVIRONMENT = "aws:elasticbeanstalk/environment:Environment";

/** What `ListAvailableSolutionStacks` answers. */
export const PLATFORMS: readonly string[] = [
  "64bit Amazon Linux 2023 v4.13.8 running Docker",
  "64bit Amazon Linux 2023 v4.13.7 running Docker",
  "64bit Amazon Linux 2023 v4.7.8 running ECS",
];

/** The value of an option; empty where the environment does not say it. */
export function option(inputs: Values, namespace: string, name: string): string {
  const found = records(inputs.settings).find((o) => o.namespace === namespace && o.name === name);
  return text(found?.value);
}

/** The options whose namespace starts so, as `namespace name`, sorted, with their values. */
export function optionsUnder(inputs: Values, prefix: string): readonly string[] {
  return records(inputs.settings)
    .filter(({ namespace }) => text(namespace).startsWith(prefix))
    .map((o) => `${text(o.namespace)} ${text(o.name)}=${text(o.value)}`)
    .sort();
}

/** The processes of an environment: each is a target group. */
export function processes(inputs: Values): readonly string[] {
  const prefix = "aws:elasticbeanstalk:environment:process:";
  const names = records(inputs.settings).flatMap(({ namespace }) =>
    text(namespace).startsWith(prefix) ? [text(namespace).slice(prefix.length)] : [],
  );
  return [...new Set(names)];
}

/** The Auto Scaling group of an environment: its name says how many target groups it has, which only the stand-in needs. */
export function scalingGroup(id: string, inputs: Values): string {
  return `awseb-${id}-stack-AWSEBAutoScalingGroup-${processes(inputs).join("_") || "none"}`;
}

/** The target groups of an Auto Scaling group, in no order of theirs. */
export function targetGroups(group: string, region: string, account: string): readonly string[] {
  const names = (group.split("AWSEBAutoScalingGroup-")[1] ?? "none").split("_");
  if (names[0] === "none") return [];
  return names
    .map((name) => {
      const hash = createHash("sha256").update(`${group} ${name}`).digest("hex");
      const short = name === "default" ? "AWSEB" : name.slice(0, 5);
      const suffix = hash.slice(0, 12).toUpperCase();
      return `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/awseb-${short}-${suffix}/${hash.slice(12, 28)}`;
    })
    .reverse();
}
