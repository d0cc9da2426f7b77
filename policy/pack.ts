/** The rules as Pulumi's policies: the same checks and exemptions as in a plan. */
import type * as policy from "@pulumi/policy";
import type { EnvironmentConfig } from "../app/config/types";
import { formatProblem } from "../app/finding";
import { checkedResource, stackResource } from "./engine";
import { evaluate, violationsOf, type Violation } from "./evaluate";
import { applyExemptions } from "./exemptions";
import { rules, type Rule } from "./rules";
import { PolicyStack } from "./rules/stack";

export interface PackContext extends Pick<EnvironmentConfig, "protected" | "policy"> {
  /** `YYYY-MM-DD`, in UTC: exemptions end. */
  readonly today: string;
}

/** Each rule under its name, and `exemptions`, which tells of those that take nothing. */
export const packPolicies = (context: PackContext): policy.Policies => [
  ...rules.map((rule) => packPolicy(rule, context)),
  exemptionsPolicy(context),
];

function packPolicy(rule: Rule, context: PackContext): policy.Policies[number] {
  const about = {
    name: rule.name,
    description: rule.description,
    enforcementLevel: rule.severity,
    remediationSteps: rule.remedy,
    url: rule.source,
  };
  const report = (violations: readonly Violation[], tell: policy.ReportViolation) => {
    const { results } = applyExemptions(violations, context.policy.exemptions, context.today);
    for (const { message, remedy, urn, exemption } of results) if (!exemption) tell(`${message}; ${remedy}`, urn);
  };
  if (rule.scope === "resource")
    return {
      ...about,
      validateResource: (args, tell) => {
        if (!rule.types.includes(args.type)) return;
        const resource = checkedResource(args);
        report(violationsOf(rule, resource, new PolicyStack([resource], context)), tell);
      },
    };
  return {
    ...about,
    validateStack: ({ resources }, tell) => {
      const all = resources.map(stackResource);
      const stack = new PolicyStack(all, context);
      report(
        all.flatMap((resource) => violationsOf(rule, resource, stack)),
        tell,
      );
    },
  };
}

const exemptionsPolicy = (context: PackContext): policy.StackValidationPolicy => ({
  name: "exemptions",
  description: "Exemptions that have ended or take nothing are taken out.",
  enforcementLevel: "advisory",
  validateStack: ({ resources }, tell) => {
    const violations = evaluate(resources.map(stackResource), context);
    const { warnings } = applyExemptions(violations, context.policy.exemptions, context.today);
    for (const warning of warnings) tell(formatProblem(warning));
  },
});
