/** What a deployer must be allowed for a resource of one type. Pure. */

export interface Grant {
  /**
   * The type of CloudFormation whose schema says what its handlers call (`handlers.*.permissions`); `null` where it has none.
   * What the AWS provider calls beside that is added, and what belongs to properties that Spectrum never sets is left out.
   */
  readonly source: string | null;
  /** To make, read, change, tag and delete it: by IAM's prefix of the service, names with white space between them. */
  readonly actions: Readonly<Record<string, string>>;
  /**
   * What a plan knows of its ARNs, by `service/resource type` of the service authorization reference: what follows the ARN's
   * fixed start, with `{name}` for its physical name and `{input}` for an input's value, or the name of the resource that the
   * input comes from. What stands nowhere here is allowed on every resource of its type.
   */
  readonly arns?: Readonly<Record<string, string>>;
  /** The input that holds its physical name; `name` by default. */
  readonly name?: string;
  /** The services whose service-linked role AWS makes with the first one of an account. */
  readonly serviceLinkedRoles?: readonly string[];
  /** The services that it hands roles to, beside those that the roles trust. */
  readonly passesTo?: readonly string[];
}

/** For what is asked and makes nothing. */
export const asking = (actions: Grant["actions"], arns?: Grant["arns"]): Grant => ({
  source: null,
  actions,
  ...(arns && { arns }),
});

/** By Pulumi's type token. */
export type Grants = Readonly<Record<string, Grant>>;
