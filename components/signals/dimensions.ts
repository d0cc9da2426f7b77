/** What the dimensions of an app's metrics are, once its resources are there. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Dimension, Measured } from "../../app/signals/measure";
import type { AppBacking } from "../platform/backing";
import type { AppEntry } from "../platform/entry";
import type { Platform } from "../platform/platform";
import type { HostedApp } from "../tiers/tier";

/** What is known before the app is hosted: what stands before it. */
export interface BeforeHosting {
  readonly entry: AppEntry;
}

export interface AfterHosting extends BeforeHosting {
  readonly platform: Platform;
  readonly hosted: HostedApp;
  readonly backing: AppBacking;
  /** Of what is looked up. */
  readonly parent: pulumi.Resource;
}

type Value = pulumi.Input<string>;

/** True where nothing of the metrics comes from the hosted app: what is to roll a deployment back is there before it. */
export function isKnownBefore({ metrics }: Measured, service: string, { entry }: BeforeHosting): boolean {
  return metrics.every(({ dimensions }) =>
    Object.values(dimensions).every(
      (value) =>
        typeof value === "string" ||
        ((value.from === "loadBalancer" || value.from === "targetGroup") && entry.group(service, value.port) !== null),
    ),
  );
}

/** Of the entry's own groups alone. Throws for anything else (a defect). */
export function dimensionBefore(service: string, { entry }: BeforeHosting): (dimension: Dimension) => Value {
  return (dimension) => {
    if (typeof dimension === "string") return dimension;
    const found = "port" in dimension ? entry.group(service, dimension.port)?.dimensions : undefined;
    if (dimension.from === "loadBalancer" && found) return found.loadBalancer;
    if (dimension.from === "targetGroup" && found)
      return dimension.slot === "first" ? found.targetGroup : (found.alternate ?? found.targetGroup);
    throw new Error(`nothing before ${service} is found by ${JSON.stringify(dimension)}`);
  };
}

/** Throws where the tier, the entry or the backing services have broken their word (a defect). */
export function dimensionAfter(service: string, sources: AfterHosting): (dimension: Dimension) => Value {
  const { entry, platform, hosted, backing, parent } = sources;
  const own = hosted.services[service];
  const before = dimensionBefore(service, sources);
  return (dimension) => {
    if (typeof dimension === "string") return dimension;
    const unknown = () => new Error(`nobody says what ${JSON.stringify(dimension)} of ${service} is`);
    switch (dimension.from) {
      case "loadBalancer":
        return entry.group(service, dimension.port) ? before(dimension) : platform.loadBalancers.application.arnSuffix; // a tier with groups of its own shares the HTTP load balancer alone
      case "targetGroup": {
        if (entry.group(service, dimension.port)) return before(dimension);
        const endpoint = own?.endpoints[dimension.port];
        if (endpoint?.kind !== "target-group") throw unknown();
        return aws.lb.getTargetGroupOutput({ arn: endpoint.targetGroupArn }, { parent }).arnSuffix;
      }
      case "api": {
        const id = entry.api(service, dimension.port, dimension.host);
        if (!id) throw unknown();
        return id;
      }
      case "tier": {
        const value = own?.dimensions?.[dimension.name];
        if (value === undefined) throw unknown();
        return value;
      }
      case "backing": {
        const { output, suffix = "" } = dimension;
        const value = backing.output(output);
        return suffix === "" ? value : value.apply((name) => `${name}${suffix}`);
      }
    }
  };
}
