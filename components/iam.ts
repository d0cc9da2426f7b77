/** Roles and their policies: statements as values, from which one inline policy is made. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ServicePlacement } from "../app/config/types";
import type { Value } from "../app/value";

type Text = pulumi.Input<string>;

/** The account and region that a role may be taken from. */
export interface Caller {
  readonly accountId: pulumi.Input<string>;
  readonly region: string;
}

/** What a role may do. */
export interface Statement {
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: Text | readonly Text[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Text | readonly Text[]>>>>;
}

export const allow = (actions: readonly string[], resources: readonly Text[]): Statement => ({
  Effect: "Allow",
  Action: actions,
  Resource: resources,
});

/** What the services' own `policies` allow; managed policies, which are texts, are attached apart. */
export const policyStatements = (
  policies: ServicePlacement["policies"],
  resolve: (value: Value) => pulumi.Output<string>,
): Statement[] =>
  policies.flatMap((policy) =>
    typeof policy === "string"
      ? []
      : [
          allow(
            policy.actions,
            policy.resources.map((resource) => (typeof resource === "string" ? resource : resolve(resource))),
          ),
        ],
  );

/** False for a statement about no resource at all, which IAM refuses. */
export const isUsed = ({ Resource }: Statement): boolean => !Array.isArray(Resource) || Resource.length > 0;

/**
 * The policy document of a role that AWS's services may take.
 *
 * @param services such as `ec2.amazonaws.com`
 * @param condition narrows it to an account or a resource, against the confused deputy
 */
export function trustPolicy(
  services: string | readonly string[],
  condition?: Statement["Condition"],
): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: services },
        Action: "sts:AssumeRole",
        ...(condition && { Condition: condition }),
      },
    ],
  });
}

/** One inline policy, which goes with its role. */
export function inlinePolicy(
  name: string,
  { role, statements }: { readonly role: aws.iam.Role; readonly statements: readonly Statement[] },
  opts: pulumi.CustomResourceOptions,
): aws.iam.RolePolicy {
  const policy = pulumi.jsonStringify({ Version: "2012-10-17", Statement: [...statements] });
  return new aws.iam.RolePolicy(name, { role: role.name, policy }, opts);
}
