/** Private DNS names of services, for tasks that Service Connect has no names for: those of jobs. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childName, environmentPrefix, slug } from "../names";
import type { Network } from "./network";

export interface ServiceNamesArgs {
  readonly environment: string;
  readonly network: Network;
}

/** Seconds that a resolver may keep an address: no longer than a task that stops goes on answering. */
const TTL = 10;
/** The longest label of a name. */
const LABEL = 63;

/** The zone of the environment's names; the entry's APIs have the one above it. */
const zoneOf = (environment: string) => `services.${slug(environmentPrefix(environment), 50)}.internal`;

const labelsOf = (app: string, service: string) => `${slug(service, LABEL)}.${slug(app, LABEL)}`;

/** The name of a service in the VPC: `api.shop.services.spectrum-dev.internal`. */
export const privateName = (environment: string, app: string, service: string): string =>
  `${labelsOf(app, service)}.${zoneOf(environment)}`;

/**
 * A private zone of the VPC, made when somebody first asks for a name in it: 0.50 USD a month, and queries at 0.40 USD a million. A
 * name's URN has no tier in it: while an app changes from one to another, both find their tasks under it.
 */
export class ServiceNames extends pulumi.ComponentResource {
  private readonly namespace: aws.servicediscovery.PrivateDnsNamespace;
  private readonly services = new Map<string, aws.servicediscovery.Service>();

  constructor(
    private readonly name: string,
    { environment, network }: ServiceNamesArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:platform:ServiceNames", name, {}, opts);
    this.namespace = new aws.servicediscovery.PrivateDnsNamespace(
      name,
      { name: zoneOf(environment), vpc: network.vpcId, description: "services that jobs call" },
      { parent: this },
    );
    this.registerOutputs({ namespaceId: this.namespace.id });
  }

  /** ARN of the Cloud Map service that an ECS service registers its tasks' addresses with, and so gets its private name. */
  registry(app: string, service: string): pulumi.Output<string> {
    const key = childName(this.name, app, service);
    const made =
      this.services.get(key) ??
      new aws.servicediscovery.Service(
        key,
        {
          name: labelsOf(app, service),
          dnsConfig: {
            namespaceId: this.namespace.id,
            routingPolicy: "MULTIVALUE",
            dnsRecords: [{ type: "A", ttl: TTL }],
          },
          // the value is AWS's own and the only one; without it the provider asks for no check at all (pulumi-aws#6289)
          healthCheckCustomConfig: { failureThreshold: 1 },
          forceDestroy: true, // what is registered is a task, which ECS takes out as it ends
        },
        { parent: this },
      );
    this.services.set(key, made);
    return made.arn;
  }
}
