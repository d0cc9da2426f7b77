/** Lightsail's own distribution, before an app on one of Lightsail's tiers. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { CdnConfig, Placement } from "../../../app/config/types";
import { childName, environmentPrefix, slug } from "../../names";
import { Wait } from "../../tiers/lightsail/wait";
import type { LightsailOrigin } from "../../tiers/tier";
import type { DnsNames } from "../dns-names";
import { EDGE_REGION, EDGE_ZONE } from "./edge";

export interface LightsailDistributionArgs {
  readonly placement: Placement;
  readonly cdn: CdnConfig;
  readonly origin: LightsailOrigin;
  readonly hosts: readonly string[];
  readonly names: DnsNames;
  /** What has to run before it is asked. */
  readonly after: readonly pulumi.Resource[];
}

/** 50 GB a month for 2.50 USD; medium_1_0 200 GB for 10, large_1_0 500 GB for 35. */
const BUNDLE = "small_1_0";
const NAME_LENGTH = 255;
/** Seconds that DNS and the certificate's issuer usually need. */
const CERTIFICATE_SECONDS = 300;
const YEAR = 31_536_000;
/** Host, since names lead to services by it; what an app cannot do without; and nothing that would part the cache for little. */
const HEADERS = ["Host", "Authorization", "Origin", "CloudFront-Forwarded-Proto"];

export class LightsailDistribution extends pulumi.ComponentResource {
  readonly domainName: pulumi.Output<string>;
  readonly zoneId = pulumi.output(EDGE_ZONE);
  readonly distribution: aws.lightsail.Distribution;

  constructor(
    private readonly name: string,
    private readonly args: LightsailDistributionArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:platform:LightsailDistribution", name, {}, opts);
    this.distribution = this.makeDistribution();
    this.domainName = this.distribution.domainName;
    this.registerOutputs({ domainName: this.domainName });
  }

  private makeDistribution(): aws.lightsail.Distribution {
    const { placement, cdn, origin, hosts, after } = this.args;
    const certificate = hosts.length > 0 ? this.certificate() : null;
    return new aws.lightsail.Distribution(
      this.name,
      {
        name: this.physicalName("cdn"),
        bundleId: BUNDLE,
        origin: {
          name: origin.name,
          regionName: placement.environment.region,
          protocolPolicy: origin.protocol,
        },
        ...(certificate && { certificateName: certificate.name }),
        defaultCacheBehavior: { behavior: "dont-cache" },
        cacheBehaviorSettings: {
          allowedHttpMethods: "GET,HEAD,OPTIONS,PUT,PATCH,POST,DELETE",
          cachedHttpMethods: "GET,HEAD",
          minimumTtl: 0,
          defaultTtl: Math.min(YEAR, ...cdn.cache.map(({ ttl }) => ttl)),
          maximumTtl: YEAR,
          forwardedCookies: { option: "all" },
          forwardedHeaders: { option: "allow-list", headersAllowLists: HEADERS },
          forwardedQueryStrings: { option: true },
        },
        ...(cdn.cache.length > 0 && {
          cacheBehaviors: cdn.cache.map(({ path }) => ({ path: path.replace(/^\//u, ""), behavior: "cache" })),
        }),
        region: EDGE_REGION,
      },
      { parent: this, dependsOn: [...after, ...(certificate?.ready ?? [])] },
    );
  }

  /** The origin's, where it has one in the same region; else one for all names. Another set of names is another certificate. */
  private certificate(): { readonly name: pulumi.Output<string>; readonly ready: readonly pulumi.Resource[] } {
    const { hosts, names, origin } = this.args;
    if (origin.certificateName) return { name: origin.certificateName, ready: [] };
    const [first = "", ...others] = hosts;
    const key = slug(hosts.join("-"), 40);
    const certificate = new aws.lightsail.Certificate(
      childName(this.name, key),
      {
        name: this.physicalName(key),
        domainName: first,
        ...(others.length > 0 && { subjectAlternativeNames: others }),
        region: EDGE_REGION,
      },
      { parent: this },
    );
    const records = hosts.map((host) => {
      const option = certificate.domainValidationOptions.apply((options) =>
        options.find(({ domainName }) => domainName === host)!,
      );
      const value = {
        name: option.resourceRecordName,
        type: option.resourceRecordType,
        value: option.resourceRecordValue,
      };
      return names.validationRecord(childName(this.name, host, "validation"), host, value, this);
    });
    const proved = new Wait(
      childName(this.name, key, "validation"),
      {
        seconds: CERTIFICATE_SECONDS,
        reason: "a Lightsail certificate is validated some minutes after its DNS record is there",
        after: certificate.arn,
      },
      { parent: this, dependsOn: records },
    );
    return { name: certificate.name, ready: [proved] };
  }

  private physicalName(what: string): string {
    const { app, environment } = this.args.placement;
    return slug(`${environmentPrefix(environment.name)}-${app}-${what}`, NAME_LENGTH);
  }
}
