/** Every rule, in the order in which they are told. */
import { encryptionRules } from "./encryption";
import { networkRules } from "./network";
import { permissionRules } from "./permissions";
import { recordRules } from "./records";
import { resilienceRules } from "./resilience";
import type { Rule } from "./rule";
import { workloadRules } from "./workloads";

export type { PolicyEnvironment, PolicyResource, Rule, Severity } from "./rule";

export const rules: readonly Rule[] = [
  ...networkRules,
  ...encryptionRules,
  ...permissionRules,
  ...workloadRules,
  ...resilienceRules,
  ...recordRules,
];
