/** Buckets: a service that says `bucket` gets one of its own. Pure. */
import type { Placement, PolicyStatement, ServicePlacement } from "../config/types";
import { changed, finding, kept } from "../fit";
import type { Value } from "../value";
import { type Backed, backingHome } from "./backing";
import { withVariables } from "./variables";

/** A private, encrypted bucket for objects. */
export interface Bucket {
  readonly kind: "bucket";
  /** What its outputs' names start with: `web.bucket`. */
  readonly id: string;
  /** The service that asks for it. */
  readonly service: string;
  /** The services that are told of it. */
  readonly users: readonly string[];
  /** `s3`: reached by the service's role; `lightsail`: by an access key of its own, for Lightsail has no roles. */
  readonly store: "s3" | "lightsail";
  /** Former versions of an object are kept for 30 days. */
  readonly versioned: boolean;
  /** A Lightsail bucket's size and price. */
  readonly bundle: string;
}

/** The smallest bundle of Lightsail's: 5 GB and 25 GB of transfer for 1 USD a month. */
const LIGHTSAIL_BUNDLE = "small_1_0";

export function withBuckets(backed: Backed): Backed {
  return Object.values(backed.app.services).reduce((before, { name }) => withBucket(before, name), backed);
}

function withBucket(backed: Backed, service: string): Backed {
  const { app, placement } = backed;
  const asked = placement.services[service]?.bucket ?? null;
  if (asked === null) return backed;
  const id = `${service}.bucket`;
  const store = backingHome[placement.tier] === "lightsail" ? "lightsail" : "s3";
  const versioned = asked.versioned ?? placement.environment.protected;
  const users = [service, ...asked.sharedWith];
  const bucket: Bucket = { kind: "bucket", id, service, users, store, versioned, bundle: LIGHTSAIL_BUNDLE };
  const variables: Record<string, Value> = {
    [`${asked.variable}_NAME`]: [{ output: `${id}.name` }],
    [`${asked.variable}_REGION`]: [placement.environment.region],
    ...(store === "lightsail" && {
      // the names that AWS's SDKs read by themselves
      AWS_ACCESS_KEY_ID: [{ secret: `${id}.keyId` }],
      AWS_SECRET_ACCESS_KEY: [{ secret: `${id}.secretKey` }],
    }),
  };
  const told = users.reduce((before, user) => withVariables(before, user, variables, `the bucket of ${service}`), {
    ...backed,
    placement: store === "s3" ? withPolicies(placement, users, bucketPolicy(id)) : placement,
  });
  const names = Object.keys(variables).join(", ");
  const verdict =
    store === "s3"
      ? kept(`an S3 bucket, reached by the service's role; its name is in ${names}`)
      : changed(
          `a Lightsail bucket (5 GB, 25 GB out, 1 USD a month), reached by a key in ${names}: Lightsail has no roles`,
          "nothing to do; on a tier in the VPC it is an S3 bucket, reached by the service's role",
        );
  return {
    ...told,
    services: [...told.services, bucket],
    findings: [...told.findings, finding({ app, placement }, service, "x-spectrum.bucket", verdict)],
  };
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html */
function bucketPolicy(id: string): readonly PolicyStatement[] {
  const arn = { output: `${id}.arn` };
  return [
    { actions: ["s3:ListBucket", "s3:GetBucketLocation"], resources: [[arn]] },
    {
      actions: [
        "s3:GetObject",
        "s3:PutObject",
        "s3:DeleteObject",
        "s3:AbortMultipartUpload",
        "s3:ListMultipartUploadParts",
      ],
      resources: [[arn, "/*"]],
    },
  ];
}

/** The placement with more that some services' roles may do. */
export function withPolicies(
  placement: Placement,
  services: readonly string[],
  policies: ServicePlacement["policies"],
): Placement {
  const more = services.flatMap((name): [string, ServicePlacement][] => {
    const own = placement.services[name];
    return own ? [[name, { ...own, policies: [...own.policies, ...policies] }]] : [];
  });
  return { ...placement, services: { ...placement.services, ...Object.fromEntries(more) } };
}
