/**
 * What IAM's actions are asked for, from AWS's service authorization reference
 * (https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html), as
 * cfn-lint 1.58.0 carries it: `authorization.json`, which `npm run fix:authorization` writes.
 */
import reference from "./authorization.json";

interface ServiceReference {
  /** By action, the resource types that it is asked for, with `, ` between them; empty for one that takes `*` alone. */
  readonly actions: Readonly<Record<string, string>>;
  /** By resource type, its ARN up to the first part of its own: `arn:${Partition}:ecs:${Region}:${Account}:cluster/`. */
  readonly resources: Readonly<Record<string, string>>;
}

export type AuthorizationReference = Readonly<Record<string, ServiceReference>>;

const authorization: AuthorizationReference = reference;

/** The resource types that an action is asked for, as `service/resource type`; `null` for an action that there is not. */
export function resourceTypesOf(service: string, action: string): readonly string[] | null {
  const types = authorization[service]?.actions[action];
  if (types === undefined) return null;
  return types === "" ? [] : types.split(", ").map((type) => `${service}/${type}`);
}

/** The fixed start of the ARNs of a `service/resource type`, with `${Partition}`, `${Region}` and `${Account}` in it. */
export function arnStart(type: string): string | null {
  const slash = type.indexOf("/");
  return authorization[type.slice(0, slash)]?.resources[type.slice(slash + 1)] ?? null;
}
