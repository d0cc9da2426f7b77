/** A stack's state as `pulumi stack export` writes it, with secrets as ciphertext. */

export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  readonly id?: string;
  readonly parent?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
  readonly protect?: boolean;
  /** True for what a replacement has left, which is still to be deleted. */
  readonly delete?: boolean;
}

/** What an operation was doing to a resource when it was cut off. */
export interface PendingOperation {
  readonly type: "creating" | "updating" | "deleting" | "reading" | "importing" | (string & {});
  readonly urn: string;
}

export interface StackState {
  readonly resources: readonly StateResource[];
  /** What a deployment that was killed had begun: nobody knows how far it came. */
  readonly pending: readonly PendingOperation[];
}

interface Exported {
  readonly deployment?: {
    readonly resources?: readonly StateResource[] | null;
    readonly pending_operations?:
      readonly { readonly type: string; readonly resource: { readonly urn: string } }[] | null;
  } | null;
}

/** Reads what `pulumi stack export` prints. */
export function readState(text: string): StackState {
  const { deployment } = JSON.parse(text) as Exported;
  return {
    resources: deployment?.resources ?? [],
    pending: (deployment?.pending_operations ?? []).map(({ type, resource }) => ({ type, urn: resource.urn })),
  };
}

/**
 * The region that the default provider of AWS had when the stack was deployed last; `null` where nothing of AWS is in it.
 * Providers of other regions (us-east-1 for CloudFront's certificates) have names of their own.
 */
export function deployedRegion({ resources }: StackState): string | null {
  if (!resources.some(({ custom, type }) => custom && type.startsWith("aws:"))) return null;
  const regions = resources.flatMap(({ urn, type, inputs }) =>
    type === "pulumi:providers:aws" && /::default(?:_[\d_]+)?$/u.test(urn) ? [inputs?.region] : [],
  );
  const [region = null] = regions.filter((one) => typeof one === "string");
  return region;
}
