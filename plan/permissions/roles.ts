/** Who may be handed which role, which policies may be attached, and which roles AWS makes for itself. Pure. */
import { documentOf, listOf, textsOf } from "../../policy/rules/values";
import { referencedUrns } from "../references";
import type { PlannedResource } from "../types";
import { arn, type Place, type PlannedNames } from "./arns";
import type { Grants } from "./grant";
import { sid, type Statement, widest } from "./statements";

const ROLE = "aws:iam/role:Role";

/** What the roles of a plan are read from. */
export interface RoleSource {
  readonly resources: readonly PlannedResource[];
  readonly names: PlannedNames;
  readonly grants: Grants;
  readonly place: Place;
}

export function roleStatements(source: RoleSource): readonly Statement[] {
  return [...passStatements(source), ...attachStatements(source), ...serviceLinkedStatements(source)];
}

const roleArn = (name: string, place: Place): string => arn("iam/role", name, place) ?? "*";

/**
 * A role may be handed to the services that it trusts and to those that its users give it to. Roles of the same services
 * stand together.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
 */
function passStatements({ resources, names, grants, place }: RoleSource): readonly Statement[] {
  const known = new Set(resources.map(({ urn }) => urn));
  const services = new Map<string, Set<string>>();
  for (const { type, inputs, urn } of resources) {
    if (type === ROLE) services.set(urn, new Set([...(services.get(urn) ?? []), ...trusted(inputs.assumeRolePolicy)]));
    for (const service of grants[type]?.passesTo ?? []) {
      for (const role of referencedUrns({ ...inputs }, known)) {
        services.set(role, (services.get(role) ?? new Set()).add(service));
      }
    }
  }
  const byServices = new Map<string, string[]>();
  for (const role of resources.filter(({ type }) => type === ROLE)) {
    const key = [...(services.get(role.urn) ?? [])].sort().join(" ");
    // nobody is handed a role that trusts no service
    if (key !== "") byServices.set(key, [...(byServices.get(key) ?? []), roleArn(names.nameOf(role), place)]);
  }
  return [...byServices].sort(byKey).map(([key, arns], at) => ({
    Sid: sid("pass-role", at + 1),
    Effect: "Allow",
    Action: ["iam:PassRole"],
    Resource: widest(arns),
    Condition: { StringEquals: { "iam:PassedToService": key.split(" ") } },
  }));
}

const trusted = (document: PlannedResource["inputs"][string] | undefined): readonly string[] =>
  listOf(documentOf(document))
    .flatMap(({ Statement: statements }) => listOf(statements))
    .flatMap(({ Principal }) => listOf(Principal).flatMap(({ Service }) => textsOf(Service)));

/** Only the policies that the plan attaches can be attached. */
function attachStatements({ resources, names, place }: RoleSource): readonly Statement[] {
  const byPolicy = new Map<string, string[]>();
  const attach = (role: string, policy: string): void => {
    byPolicy.set(policy, [...(byPolicy.get(policy) ?? []), roleArn(role, place)]);
  };
  for (const resource of resources) {
    const { type, inputs } = resource;
    if (type === "aws:iam/rolePolicyAttachment:RolePolicyAttachment") {
      attach(names.fill("{role}", resource), names.patternOf(inputs.policyArn));
    }
    if (type === ROLE) for (const policy of textsOf(inputs.managedPolicyArns)) attach(names.nameOf(resource), policy);
  }
  const byRoles = new Map<string, string[]>();
  for (const [policy, roles] of byPolicy) {
    const key = widest(roles).join(" ");
    byRoles.set(key, [...(byRoles.get(key) ?? []), policy]);
  }
  return [...byRoles].sort(byKey).map(([key, policies], at) => ({
    Sid: sid("attach-policy", at + 1),
    Effect: "Allow",
    Action: ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
    Resource: key.split(" "),
    Condition: { ArnLike: { "iam:PolicyARN": [...policies].sort() } },
  }));
}

/**
 * AWS makes a service's own role with the first resource that needs it, with the caller's permissions.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
 */
function serviceLinkedStatements({ resources, grants, place }: RoleSource): readonly Statement[] {
  const services = [...new Set(resources.flatMap(({ type }) => grants[type]?.serviceLinkedRoles ?? []))].sort();
  if (services.length === 0) return [];
  return [
    {
      Sid: "ServiceLinkedRoles",
      Effect: "Allow",
      Action: ["iam:CreateServiceLinkedRole"],
      Resource: services.map((service) => roleArn(`aws-service-role/${service}/*`, place)),
      Condition: { StringEquals: { "iam:AWSServiceName": services } },
    },
  ];
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);
