/** URNs as Pulumi's engine makes them (`sdk/go/common/resource/urn`): `urn:pulumi:<stack>::<project>::<types>::<name>`. */

export const STACK_TYPE = "pulumi:pulumi:Stack";

export interface UrnScope {
  readonly stack: string;
  readonly project: string;
}

/** The URN of a resource; children of the stack itself carry no parent type. */
export function makeUrn({ stack, project }: UrnScope, parent: string, type: string, name: string): string {
  const types = parent ? qualifiedType(parent) : "";
  const prefix = types && types !== STACK_TYPE ? `${types}$` : "";
  return `urn:pulumi:${stack}::${project}::${prefix}${type}::${name}`;
}

/** The types of the URN's parents and its own, joined by `$`. */
export function qualifiedType(urn: string): string {
  return urn.split("::", 3)[2] ?? "";
}

/** The resource's own type. */
export function urnType(urn: string): string {
  const types = qualifiedType(urn);
  return types.slice(types.lastIndexOf("$") + 1);
}

/** The resource's logical name, which may itself hold `::`. */
export function urnName(urn: string): string {
  return urn.split("::").slice(3).join("::");
}
