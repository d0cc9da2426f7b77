/** Resources as Pulumi's engine hands them to a policy pack, as rules see them. */
import type * as policy from "@pulumi/policy";
import type { PlanValue } from "../plan/types";
import type { PolicyResource } from "./rules";

/** Alone, before it is made: what it is made from is not told. */
export const checkedResource = (args: policy.ResourceValidationArgs): PolicyResource => fromEngine(args, () => []);

/** Among all others, at the end of a preview or an update. */
export const stackResource = (resource: policy.PolicyResource): PolicyResource =>
  fromEngine(resource, (input) => (resource.propertyDependencies[input] ?? []).map(({ urn }) => urn));

function fromEngine(
  { urn, type, name, props }: Pick<policy.PolicyResource, "urn" | "type" | "name" | "props">,
  references: PolicyResource["references"],
): PolicyResource {
  return { urn, type, name, inputs: mapOf(props), references };
}

const mapOf = (map: Readonly<Record<string, unknown>>): Record<string, PlanValue> =>
  Object.fromEntries(Object.keys(map).map((key) => [key, read(() => map[key])]));

/** The SDK throws where a property is read that nobody knows in a preview. */
function read(property: () => unknown): PlanValue {
  let value: unknown;
  try {
    value = property();
  } catch {
    return { $output: "unknown" };
  }
  if (Array.isArray(value)) return Array.from({ length: value.length }, (_, i) => read(() => (value as unknown[])[i]));
  if (typeof value === "object" && value !== null) return mapOf(value as Readonly<Record<string, unknown>>);
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}
