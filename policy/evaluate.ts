/** The rules over all resources of an environment. Pure. */
import { rules, type PolicyEnvironment, type PolicyResource, type Rule, type Severity } from "./rules";
import { PolicyStack } from "./rules/stack";

export interface Violation {
  readonly rule: string;
  readonly severity: Severity;
  readonly urn: string;
  /** The resource's logical name. */
  readonly resource: string;
  /** What is wrong, in lower case without a full stop. */
  readonly message: string;
  readonly remedy: string;
  /** The page that asks for it. */
  readonly source: string;
}

/** What of the resource breaks the rule. */
export function violationsOf(rule: Rule, resource: PolicyResource, stack: PolicyStack): readonly Violation[] {
  if (!rule.types.includes(resource.type)) return [];
  const { name, severity, remedy, source } = rule;
  return rule
    .check(resource, stack)
    .map((message) => ({ rule: name, severity, urn: resource.urn, resource: resource.name, message, remedy, source }));
}

/** Every violation, by rule and then in the order of the resources. */
export function evaluate(resources: readonly PolicyResource[], environment: PolicyEnvironment): readonly Violation[] {
  const stack = new PolicyStack(resources, environment);
  return rules.flatMap((rule) => resources.flatMap((resource) => violationsOf(rule, resource, stack)));
}
