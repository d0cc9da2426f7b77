/** What a rule is. Pure. */
import type { PlanValue } from "../../plan/types";
import type { PolicyStack } from "./stack";

/** `mandatory`: a plan that breaks it fails. `advisory`: it is told. */
export type Severity = "mandatory" | "advisory";

/** A resource as rules see it, whether it comes from a plan or from Pulumi's engine. */
export interface PolicyResource {
  readonly urn: string;
  readonly type: string;
  /** The logical name. */
  readonly name: string;
  /** What is not known stands there as in a plan: `$output`, `$lookup`, `$secret`. */
  readonly inputs: Inputs;
  /** The URNs of the resources that the input's value comes from. */
  readonly references: (input: string) => readonly string[];
}

export type Inputs = Readonly<Record<string, PlanValue>>;

/** What rules are told of the environment. */
export interface PolicyEnvironment {
  /** True for production (`spectrum:protected`). */
  readonly protected: boolean;
}

interface About {
  /** In kebab-case: what an exemption names. */
  readonly name: string;
  readonly severity: Severity;
  /** What must hold, as a sentence. */
  readonly description: string;
  /** What to do where it does not hold: lower case, no full stop. */
  readonly remedy: string;
  /** The page of AWS's documentation (or Kubernetes') that asks for it. */
  readonly source: string;
  /** The types of resources that it is about. */
  readonly types: readonly string[];
}

/** A rule that needs no more than the resource: Pulumi checks it before the resource is made. */
export interface ResourceRule extends About {
  readonly scope: "resource";
  /** What is wrong, each in lower case without a full stop; empty where the rule holds, or nobody knows yet. */
  readonly check: (resource: PolicyResource, environment: PolicyEnvironment) => readonly string[];
}

/** A rule that looks at the resource among the others: Pulumi checks it at the end of its preview. */
export interface StackRule extends About {
  readonly scope: "stack";
  readonly check: (resource: PolicyResource, stack: PolicyStack) => readonly string[];
}

export type Rule = ResourceRule | StackRule;

/** A rule's answer: the message where something is wrong. */
export const when = (wrong: boolean, message: string): readonly string[] => (wrong ? [message] : []);
