/**
 * Reads the state of an `up` of test/support/remote-program.ts (`pulumi stack export`, the file named on the command line)
 * and writes remote-recorded.json, or the file named second: each resource with made-up ids and looked-up values replaced by their names.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { SIGNATURE } from "../../plan/convert";

interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly parent?: string;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly provider?: string;
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
  readonly dependencies?: readonly string[];
}

const state = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as { deployment: { resources: StateResource[] } };
const resources = state.deployment.resources.filter(({ type }) => !type.startsWith("pulumi:"));

/** What AWS made up, with the name that a plan has for it; the stand-in makes some up twice. */
const made: { readonly value: string; readonly urn: string; readonly name: string }[] = [];
for (const { urn, id, type, inputs = {}, outputs = {} } of resources) {
  for (const key of [
    "arn",
    "repositoryUrl",
    "digest",
    "endpoint",
    ...(type === "aws:ec2/eip:Eip" ? ["allocationId"] : []),
  ]) {
    if (typeof outputs[key] === "string") made.push({ value: outputs[key], urn, name: `\${${urn}.${key}}` });
  }
  for (const path of [
    ["identities", 0, "oidcs", 0, "issuer"],
    ["vpcConfig", "clusterSecurityGroupId"],
  ]) {
    const value = path.reduce<unknown>(
      (at, key) => (at as Record<string | number, unknown> | undefined)?.[key],
      outputs,
    );
    const name = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("");
    if (typeof value === "string") made.push({ value, urn, name: `\${${urn}${name}}` });
  }
  // a name that the program gives is the program's own word
  if (id && inputs.name !== id) made.push({ value: id, urn, name: `\${${urn}.id}` });
}

function normalise(value: unknown, dependencies: readonly string[]): unknown {
  if (typeof value === "string") {
    let text = value;
    // of two that were made up alike, the one that the resource depends on
    for (const { value: from, urn, name } of made) {
      const alike = made.filter((other) => other.value === from);
      if (alike.length === 1 || dependencies.includes(urn)) text = text.replaceAll(from, name);
    }
    return text;
  }
  if (Array.isArray(value)) return value.map((item) => normalise(item, dependencies));
  if (typeof value !== "object" || value === null) return value;
  // a whole resource as an input stands for its id
  if (SIGNATURE in value && "urn" in value) return `\${${String(value.urn)}.id}`;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, normalise(item, dependencies)]));
}

const recorded = resources
  .map((resource) => ({
    urn: resource.urn,
    parent: resource.parent,
    inputs: normalise(resource.inputs ?? {}, resource.dependencies ?? []),
    dependencies: [...(resource.dependencies ?? [])].sort(),
    ...(resource.protect ? { protect: true } : {}),
    ...(resource.retainOnDelete ? { retainOnDelete: true } : {}),
    ...(resource.provider?.includes("::default") ? {} : { provider: resource.provider?.replace(/::[^:]*$/, "") }),
  }))
  .sort((a, b) => (a.urn < b.urn ? -1 : 1));
writeFileSync(join(__dirname, process.argv[3] ?? "remote-recorded.json"), `${JSON.stringify(recorded, null, 1)}\n`);
