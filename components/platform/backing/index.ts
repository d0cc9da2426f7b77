/** An app's backing services: each made once, under names without a tier in them, so that a change of tier touches none. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { BackingService } from "../../../app/backing";
import { childName } from "../../names";
import { makeAurora } from "./aurora";
import { makeBucket } from "./buckets";
import { makeDocumentDb } from "./documentdb";
import { makeElastiCache } from "./elasticache";
import { makeLightsailDatabase } from "./lightsail-database";
import type { BackingArgs, Made } from "./made";
import { makeQueue } from "./queues";
import { makeRds } from "./rds";

export interface AppBacking {
  /** An output by its whole name: `web.bucket.name`. Throws where there is none (a defect). */
  output(ref: string): pulumi.Output<string>;
  /** A secret by its whole name, or `null` where it is no backing service's. */
  secret(ref: string): pulumi.Output<string> | null;
  /**
   * Lets the members of a security group reach what these services use by network; what comes back is waited for by what runs
   * there. The rules go with the tier that asks for them.
   *
   * @param name what the rules' names start with
   */
  admit(
    name: string,
    args: { readonly services: readonly string[]; readonly securityGroupId: pulumi.Input<string> },
    opts: pulumi.CustomResourceOptions,
  ): readonly pulumi.Resource[];
}

/** Of an app that keeps everything in its containers. */
export const noBacking: AppBacking = {
  output: (ref) => {
    throw new Error(`no backing service has the output ${ref}`);
  },
  secret: () => null,
  admit: () => [],
};

export interface BackingServicesArgs extends BackingArgs {
  readonly services: readonly BackingService[];
}

export class BackingServices extends pulumi.ComponentResource implements AppBacking {
  private readonly made = new Map<string, { readonly spec: BackingService; readonly made: Made }>();

  constructor(name: string, args: BackingServicesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spectrum:platform:BackingServices", name, {}, opts);
    for (const spec of args.services) this.made.set(spec.id, { spec, made: make(spec, args, this) });
    this.registerOutputs({});
  }

  output(ref: string): pulumi.Output<string> {
    const found = this.find(ref, "outputs");
    if (!found) throw new Error(`no backing service has the output ${ref}`);
    return found;
  }

  secret(ref: string): pulumi.Output<string> | null {
    const found = this.find(ref, "secrets");
    return found ? pulumi.secret(found) : null;
  }

  admit(
    name: string,
    {
      services,
      securityGroupId,
    }: { readonly services: readonly string[]; readonly securityGroupId: pulumi.Input<string> },
    opts: pulumi.CustomResourceOptions,
  ): readonly pulumi.Resource[] {
    return [...this.made.values()].flatMap(({ spec, made: { reached, ready } }) => {
      if (!spec.users.some((user) => services.includes(user))) return [];
      if (!reached) return ready;
      const rule = new aws.vpc.SecurityGroupIngressRule(
        childName(name, ...spec.id.split(".")),
        {
          securityGroupId: reached.securityGroupId,
          referencedSecurityGroupId: securityGroupId,
          ipProtocol: "tcp",
          fromPort: reached.port,
          toPort: reached.port,
          description: `from ${services.join(", ")}`,
        },
        opts,
      );
      return [...ready, rule];
    });
  }

  private find(ref: string, what: "outputs" | "secrets"): pulumi.Output<string> | undefined {
    const at = ref.lastIndexOf(".");
    return this.made.get(ref.slice(0, at))?.made[what]?.[ref.slice(at + 1)];
  }
}

function make(spec: BackingService, args: BackingArgs, parent: pulumi.Resource): Made {
  switch (spec.kind) {
    case "bucket":
      return makeBucket(spec, args, parent);
    case "queue":
      return makeQueue(spec, args, parent);
    case "rds":
      return makeRds(spec, args, parent);
    case "aurora":
      return makeAurora(spec, args, parent);
    case "documentdb":
      return makeDocumentDb(spec, args, parent);
    case "elasticache":
      return makeElastiCache(spec, args, parent);
    case "lightsail-database":
      return makeLightsailDatabase(spec, args, parent);
  }
}
