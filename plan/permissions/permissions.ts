/** The least policy that a deployer needs, from plans. Pure: `docs/permissions.md` describes what comes of it. */
import type { TierName } from "../../app/tiers";
import type { Plan, PlannedResource } from "../types";
import { placeOf, PlannedNames, type Place } from "./arns";
import type { Grant } from "./grant";
import { grants } from "./grants";
import { lookupGrants } from "./lookups";
import { asPolicies, type NamedPolicy } from "./policies";
import { readsOfSpectrum } from "./reads";
import { roleStatements } from "./roles";
import { Gathered, type Statement } from "./statements";
import { stateStatements, type StateStore } from "./state";

export interface PermissionOptions extends Place {
  /** What the policies' names begin with: `spectrum-dev`. */
  readonly prefix: string;
  /** Where Pulumi's state is, if in a bucket of the account. */
  readonly state: StateStore | null;
}

export interface Permissions {
  readonly policies: readonly NamedPolicy[];
  /** Types of AWS's resources that nobody has said the actions of: the policy lacks them. Sorted. */
  readonly unknown: readonly string[];
}

/** What the deployer of all the plans needs: of one environment on several tiers, where it moves from one to another. */
export function permissionsOf(plans: readonly Plan[], options: PermissionOptions): Permissions {
  const gathered = new Gathered();
  const unknown = new Set<string>();
  const resources = [...new Map(plans.flatMap((plan) => plan.resources).map((of) => [of.urn, of])).values()];
  const names = new PlannedNames(resources, grants);
  for (const resource of resources) {
    const grant = grants[resource.type];
    if (grant) gathered.add(grant, placeOf(resource, options), (template) => names.fill(template, resource));
    else if (resource.type.startsWith("aws:")) unknown.add(resource.type);
  }
  for (const grant of [...lookupsOf(plans), ...readsOf(plans)]) gathered.add(grant, options, (template) => template);
  const statements = [
    ...bounded(gathered.statements(), resources),
    ...roleStatements({ resources, names, grants, place: options }),
    ...(options.state ? stateStatements(options.state, options.region) : []),
  ];
  return { policies: asPolicies(statements, options.prefix), unknown: [...unknown].sort() };
}

/** Of the functions that something in the plans is looked up by. */
function lookupsOf(plans: readonly Plan[]): readonly Grant[] {
  const text = JSON.stringify(plans.map(({ resources, outputs }) => [resources, outputs]));
  return Object.entries(lookupGrants)
    .filter(([token]) => text.includes(token))
    .map(([, grant]) => grant);
}

const readsOf = (plans: readonly Plan[]): readonly Grant[] =>
  [...new Set(plans.flatMap(({ apps }) => apps.map(({ tier }) => tier as TierName)))]
    .sort()
    .map((tier) => readsOfSpectrum[tier]);

/** What makes or widens a role: a permissions boundary can be asked of it. */
const WIDENING = new Set([
  "iam:CreateRole",
  "iam:PutRolePolicy",
  "iam:DeleteRolePolicy",
  "iam:PutRolePermissionsBoundary",
]);

/**
 * Where every role has the same permissions boundary, none can be made or widened without it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
function bounded(statements: readonly Statement[], resources: readonly PlannedResource[]): readonly Statement[] {
  const boundaries = new Set(
    resources.filter(({ type }) => type === "aws:iam/role:Role").map(({ inputs }) => inputs.permissionsBoundary),
  );
  const [boundary] = boundaries;
  if (boundaries.size !== 1 || typeof boundary !== "string") return statements;
  return statements.flatMap((statement) => {
    const widening = statement.Action.filter((action) => WIDENING.has(action));
    if (widening.length === 0) return [statement];
    return [
      { ...statement, Action: statement.Action.filter((action) => !WIDENING.has(action)) },
      {
        ...statement,
        Sid: `${statement.Sid}Bounded`,
        Action: widening,
        Condition: { StringEquals: { "iam:PermissionsBoundary": boundary } },
      },
    ].filter(({ Action }) => Action.length > 0);
  });
}
