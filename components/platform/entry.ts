/** One app's part of the environment's entry: what its containers join before it is hosted, its rules and names after. */
import type * as pulumi from "@pulumi/pulumi";
import { isApi } from "../../app/api-entry";
import type { Placement } from "../../app/config/types";
import type { App } from "../../app/model";
import { type EntryPoint, publish } from "../../app/publish";
import type { EntryKind, HostedApp, TargetType } from "../tiers/tier";
import { ApiEntry } from "./api-entry";
import { LoadBalancedEntry } from "./app-entry";
import type { Platform } from "./platform";

/** What of the entry's calls a container port. */
export interface EntryCaller {
  readonly point: EntryPoint;
  /** The application load balancer, the network one, or the link of API Gateway: each has a security group of its own. */
  readonly caller: "http" | "stream" | "api";
  /** What it calls the container port with: for UDP both, since it asks over TCP whether a target is healthy. */
  readonly protocols: readonly ("tcp" | "udp")[];
  /** Its security group; only from there may the container port be reached. */
  readonly securityGroupId: pulumi.Output<string>;
}

/** A Cloud Map service, where an API of the entry's finds the tasks that are registered with it. */
export interface AttachedRegistry extends EntryCaller {
  readonly registryArn: pulumi.Output<string>;
}

/** A target group that is already attached to the load balancer, by a rule on a host that nobody calls. */
export interface AttachedGroup extends EntryCaller {
  readonly targetGroupArn: pulumi.Output<string>;
  /** The load balancer and target group as ALBRequestCountPerTarget wants them (`app/x/1/targetgroup/y/2`). */
  readonly resourceLabel: pulumi.Output<string>;
  /** What its metrics are found by; `alternate` where there is a second group. */
  readonly dimensions: {
    readonly loadBalancer: pulumi.Output<string>;
    readonly targetGroup: pulumi.Output<string>;
    readonly alternate: pulumi.Output<string> | null;
  };
  /** What the service must wait for: the rule that attaches the group. */
  readonly attachments: readonly pulumi.Resource[];
  /** Under blue/green, linear and canary: the second group and the production rule (NLB: the listener) that ECS edits. */
  readonly alternate: {
    readonly targetGroupArn: pulumi.Output<string>;
    readonly productionRuleArn: pulumi.Output<string>;
  } | null;
}

/** A listener of the load balancer that a tier attaches target groups of its own to. */
export interface AttachedListener {
  readonly point: EntryPoint;
  /** The port that the world calls. */
  readonly port: number;
  readonly loadBalancerArn: pulumi.Output<string>;
  /** The load balancer's security group; only from there may the instances' port be reached. */
  readonly securityGroupId: pulumi.Output<string>;
  /** What the tier must wait for: the listener, where Spectrum makes it. */
  readonly ready: readonly pulumi.Resource[];
}

export interface AppEntry {
  readonly points: readonly EntryPoint[];
  /** The listener of a published container port, made at the first call; `null` where the tier's entry is no listener. */
  listener(service: string, port: number): AttachedListener | null;
  /** The group of a published container port; `null` where the entry makes none for the tier. */
  group(service: string, port: number): AttachedGroup | null;
  /** The Cloud Map service of a published container port, made at the first call; `null` where API Gateway is not the entry. */
  registry(service: string, port: number): AttachedRegistry | null;
  /**
   * Id of the HTTP API by which a host leads to a container port (`null`: of the port's own), once the entry is connected; `null`
   * where there is none.
   */
  api(service: string, port: number, host: string | null): pulumi.Output<string> | null;
}

/** The entry of an environment: opened for each app before it is hosted, connected after. */
export class EnvironmentEntry {
  private readonly entries = new Map<AppEntry, LoadBalancedEntry | ApiEntry>();

  constructor(private readonly platform: Platform) {}

  /** The app's target groups or registries, where its tier takes them. The component has the app's name. */
  open(
    app: App,
    placement: Placement,
    kind: EntryKind,
    opts?: pulumi.ComponentResourceOptions,
    targets: TargetType = "ip",
  ): AppEntry {
    const { points } = publish(app, placement);
    const { platform } = this;
    const entry =
      kind !== "record" && isApi(placement)
        ? new ApiEntry(app.name, { placement, points, targets, platform }, opts)
        : new LoadBalancedEntry(app.name, { placement, points, kind, targets, platform }, opts);
    this.entries.set(entry, entry);
    return entry;
  }

  /** The app's rules and names; where it is reached, by `service:port`. */
  connect(entry: AppEntry, hosted: HostedApp): Readonly<Record<string, pulumi.Output<string>>> {
    const opened = this.entries.get(entry);
    if (!opened) throw new Error("the entry was not opened here");
    return opened.connect(hosted);
  }
}
