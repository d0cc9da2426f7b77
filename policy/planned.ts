/** The resources of a plan as rules see them. Pure. */
import { referencedUrns } from "../plan/references";
import type { PlannedResource } from "../plan/types";
import type { PolicyResource } from "./rules";

export function plannedPolicyResources(
  planned: readonly Pick<PlannedResource, "urn" | "type" | "name" | "inputs">[],
): readonly PolicyResource[] {
  const known = new Set(planned.map(({ urn }) => urn));
  return planned.map(({ urn, type, name, inputs }) => ({
    urn,
    type,
    name,
    inputs,
    references: (input) => referencedUrns(inputs[input], known),
  }));
}
