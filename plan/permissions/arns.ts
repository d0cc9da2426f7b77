/** The ARNs of planned resources, as far as a plan knows them. Pure. */
import { partitionOf } from "../../components/names";
import type { PlannedResource, PlanValue } from "../types";
import { splitReference } from "../references";
import { arnStart } from "./authorization";
import type { Grants } from "./grant";

/** Where the resources are. */
export interface Place {
  readonly region: string;
  /** Twelve digits, or `*`. */
  readonly account: string;
}

/** The plan's resources, and what is known of their names. */
export class PlannedNames {
  readonly #resources: ReadonlyMap<string, PlannedResource>;
  readonly #grants: Grants;

  constructor(resources: readonly PlannedResource[], grants: Grants) {
    this.#resources = new Map(resources.map((resource) => [resource.urn, resource]));
    this.#grants = grants;
  }

  /**
   * What its physical name is like, `*` for what nobody knows: `shop-web-*` of a resource that Pulumi names by its logical name
   * and seven digits.
   */
  nameOf(resource: Pick<PlannedResource, "type" | "name" | "inputs">): string {
    const { name: key = "name" } = this.#grants[resource.type] ?? {};
    const { [key]: name, [`${key}Prefix`]: prefix } = resource.inputs;
    if (name !== undefined && name !== null) return this.#textOf(name);
    if (typeof prefix === "string") return `${prefix}*`;
    return `${resource.name}-*`;
  }

  /** A grant's template with the resource's own in the places of `{…}`. */
  fill(template: string, resource: PlannedResource): string {
    return template.replace(/\{(\w+)\}/gu, (_, input: string) =>
      input === "name" ? this.nameOf(resource) : this.#textOf(resource.inputs[input]),
    );
  }

  /** The start of an ARN is the grant's to say, and what follows it has another form in every service. */
  #textOf(value: PlanValue | undefined): string {
    const pattern = this.patternOf(value);
    return pattern.startsWith("arn:") ? "*" : pattern;
  }

  /** A planned text with `*` for what nobody knows, and the names of resources in the places of their outputs. */
  patternOf(value: PlanValue | undefined): string {
    if (typeof value === "string") return value;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return "*";
    const { $output: output, $lookup: lookup } = value;
    if (typeof output === "string") return filled(output, (reference) => this.#named(reference));
    return typeof lookup === "string" ? filled(lookup, () => "*") : "*";
  }

  #named(reference: string): string {
    const split = splitReference(reference, this.#resources);
    const resource = split && this.#resources.get(split.urn);
    return resource ? this.nameOf(resource) : "*";
  }
}

/** A text around `${…}`, or what would stand there alone. */
const filled = (text: string, value: (inner: string) => string): string =>
  text.includes("${") ? text.replace(/\$\{([^}]*)\}/gu, (_, inner: string) => value(inner)) : value(text);

/** The ARN of a `service/resource type` that ends with what is given; `null` where the reference has no such type. */
export function arn(type: string, end: string, place: Place): string | null {
  const start = arnStart(type);
  if (start === null) return null;
  const fixed = inPlace(start, place);
  // a parameter's path has the slash that stands before it in its ARN
  return (fixed + (fixed.endsWith("/") ? end.replace(/^\//u, "") : end)).replace(/\*+/gu, "*");
}

/** Every ARN of the service in the region. */
export const anyArn = (type: string, place: Place): string =>
  inPlace((arnStart(type) ?? "").split(":").slice(0, 5).join(":"), place) + ":*";

function inPlace(start: string, { region, account }: Place): string {
  return start.replace("${Partition}", partitionOf(region)).replace("${Region}", region).replace("${Account}", account);
}

/** Where the resource is: the provider takes a region for each. */
export function placeOf({ inputs }: Pick<PlannedResource, "inputs">, place: Place): Place {
  return typeof inputs.region === "string" ? { ...place, region: inputs.region } : place;
}
