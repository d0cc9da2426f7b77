/** What stands before the entry of one app: its distribution, where it has one. */
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { distributed, distributionOf, redirects } from "../../../app/cdn";
import type { Placement } from "../../../app/config/types";
import type { EntryPoint } from "../../../app/publish";
import { childName } from "../../names";
import type { Endpoint, EntryKind, LightsailOrigin } from "../../tiers/tier";
import type { RecordTarget } from "../dns-names";
import type { Platform } from "../platform";
import { CloudFront } from "./cloudfront";
import { LightsailDistribution } from "./lightsail";

export interface FrontArgs {
  readonly placement: Placement;
  readonly points: readonly EntryPoint[];
  readonly kind: EntryKind;
  readonly platform: Platform;
}

/**
 * CloudFront is made before the load balancer's rules: they ask for its header, and would leave out who comes without it.
 * Lightsail's distribution comes after the app, which has to be there first.
 */
export class Front {
  private readonly name: string;
  private readonly points: readonly EntryPoint[];
  private distribution: CloudFront | LightsailDistribution | null = null;

  constructor(
    name: string,
    private readonly args: FrontArgs,
    private readonly parent: pulumi.Resource,
  ) {
    this.name = childName(name, "cdn");
    const { placement, kind, platform } = args;
    const { cdn } = placement;
    this.points = distributed(args.points);
    if (cdn === null || this.points.length === 0 || distributionOf(placement, kind) !== "cloudfront") return;
    const cloudFront = { placement, cdn, points: this.points, hosts: this.hosts, platform };
    this.distribution = new CloudFront(this.name, cloudFront, { parent });
  }

  /** What a rule that leads to the point asks for besides. */
  conditions(point: EntryPoint): readonly aws.types.input.lb.ListenerRuleCondition[] {
    return this.distribution instanceof CloudFront && this.points.includes(point) ? this.distribution.conditions : [];
  }

  /** What the rules and names wait for. */
  get ready(): readonly pulumi.Resource[] {
    return this.distribution === null ? [] : [this.distribution.distribution];
  }

  /** Puts a distribution before what Lightsail hosts, where the app asks for one and the tier has an origin for it. */
  stand(endpoints: readonly Endpoint[], after: readonly pulumi.Resource[]): void {
    const { placement, kind, platform } = this.args;
    const { cdn } = placement;
    const origin = endpoints.map(originOf).find((found) => found !== undefined);
    if (cdn === null || origin === undefined || distributionOf(placement, kind) !== "lightsail") return;
    const { hosts } = this;
    this.distribution = new LightsailDistribution(
      this.name,
      { placement, cdn, origin, hosts, names: platform.names, after },
      { parent: this.parent },
    );
  }

  /** What the names point to; `null`: what is behind. */
  get target(): RecordTarget | null {
    if (this.distribution === null) return null;
    const { domainName: aliasName, zoneId: aliasZoneId } = this.distribution;
    return { aliasName, aliasZoneId };
  }

  /** Where a point without a name is reached; `null`: not through a distribution. */
  url(point: EntryPoint): pulumi.Output<string> | null {
    if (this.distribution === null || !this.points.includes(point)) return null;
    return pulumi.interpolate`https://${this.distribution.domainName}`;
  }

  private get hosts(): readonly string[] {
    const { placement, kind } = this.args;
    const named = this.points.flatMap(({ hosts }) => hosts.map(({ host }) => host));
    const others = redirects(placement, kind) ? placement.redirects.map(({ from }) => from) : [];
    return named.length === 0 ? [] : [...new Set([...named, ...others])];
  }
}

function originOf(endpoint: Endpoint): LightsailOrigin | undefined {
  return endpoint.kind === "alias" || endpoint.kind === "addresses" ? endpoint.origin : undefined;
}
