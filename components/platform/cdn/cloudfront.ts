/** CloudFront before the environment's load balancer, for one app. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { CdnConfig, Placement } from "../../../app/config/types";
import type { EntryPoint } from "../../../app/publish";
import { childName } from "../../names";
import type { Platform } from "../platform";
import { accessLogs } from "./access-logs";
import { originSecret, SECRET_HEADER } from "./origin-secret";

export interface CloudFrontArgs {
  readonly placement: Placement;
  readonly cdn: CdnConfig;
  /** What it leads to: all points with names, or one without. */
  readonly points: readonly EntryPoint[];
  /** All names, those that redirect too. None: its own domain name is the app's. */
  readonly hosts: readonly string[];
  readonly platform: Platform;
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html */
const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
/**
 * Every header of the viewer's, Host too: the load balancer's rules go by it, and CloudFront takes a certificate for it.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-502-bad-gateway.html
 */
const ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3";

const ALL_METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"];
const READ_METHODS = ["GET", "HEAD", "OPTIONS"];
const CACHED_METHODS = ["GET", "HEAD"];
const ORIGIN = "entry";
/** Seconds that the load balancer may take for an answer: as long as it waits itself. CloudFront's own default is 30. */
const READ_TIMEOUT = 60;
const YEAR = 31_536_000;

/**
 * Free while nobody calls it; 0.085 USD a GB in North America and Europe, 1 and 1.20 USD a million requests. A change of it takes
 * some minutes until it is everywhere, which is waited for.
 */
export class CloudFront extends pulumi.ComponentResource {
  readonly domainName: pulumi.Output<string>;
  readonly zoneId: pulumi.Output<string>;
  readonly distribution: aws.cloudfront.Distribution;
  /** What the rules ask for besides; none where the load balancer answers everybody. */
  readonly conditions: readonly aws.types.input.lb.ListenerRuleCondition[];

  constructor(
    private readonly name: string,
    private readonly args: CloudFrontArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:platform:CloudFront", name, {}, opts);
    const { cdn, placement } = args;
    const { app, environment } = placement;
    const secret = cdn.direct ? null : originSecret(name, { app, environment: environment.name }, this);
    this.conditions = secret === null ? [] : [{ httpHeader: { httpHeaderName: SECRET_HEADER, values: [secret] } }];
    this.distribution = this.makeDistribution(secret);
    this.domainName = this.distribution.domainName;
    this.zoneId = this.distribution.hostedZoneId;
    if (cdn.logs) accessLogs(name, { app, environment, distributionArn: this.distribution.arn }, this);
    this.registerOutputs({ domainName: this.domainName });
  }

  private makeDistribution(secret: pulumi.Output<string> | null): aws.cloudfront.Distribution {
    const { cdn, placement, hosts, points } = this.args;
    const speaksGrpc = points.some(({ backend }) => backend === "grpc");
    return new aws.cloudfront.Distribution(
      this.name,
      {
        comment: `${placement.app} of ${placement.environment.name}`,
        enabled: true,
        httpVersion: "http2and3",
        isIpv6Enabled: true,
        priceClass: cdn.priceClass,
        ...(hosts.length > 0 && { aliases: [...hosts] }),
        ...(cdn.webAcl !== null && { webAclId: cdn.webAcl }),
        viewerCertificate: this.certificate(),
        origins: [this.origin(secret)],
        defaultCacheBehavior: {
          targetOriginId: ORIGIN,
          viewerProtocolPolicy: "redirect-to-https",
          allowedMethods: ALL_METHODS,
          cachedMethods: CACHED_METHODS,
          cachePolicyId: CACHING_DISABLED,
          originRequestPolicyId: ALL_VIEWER,
          ...(speaksGrpc && { grpcConfig: { enabled: true } }),
        },
        ...(cdn.cache.length > 0 && { orderedCacheBehaviors: this.cacheBehaviors() }),
        restrictions: { geoRestriction: { restrictionType: "none" } },
      },
      { parent: this },
    );
  }

  private certificate(): aws.types.input.cloudfront.DistributionViewerCertificate {
    const { hosts, platform } = this.args;
    if (hosts.length === 0) return { cloudfrontDefaultCertificate: true };
    return {
      acmCertificateArn: platform.names.edgeCertificateArn(hosts),
      sslSupportMethod: "sni-only",
      minimumProtocolVersion: "TLSv1.2_2021",
    };
  }

  /** The load balancer, by HTTPS where there is a name that it has a certificate for. */
  private origin(secret: pulumi.Output<string> | null): aws.types.input.cloudfront.DistributionOrigin {
    const { hosts, points, platform } = this.args;
    return {
      originId: ORIGIN,
      domainName: platform.loadBalancers.application.dnsName,
      customOriginConfig: {
        httpPort: hosts.length > 0 ? 80 : (points[0]?.listenerPort ?? 80),
        httpsPort: 443,
        originProtocolPolicy: hosts.length > 0 ? "https-only" : "http-only",
        originSslProtocols: ["TLSv1.2"],
        originReadTimeout: READ_TIMEOUT,
      },
      ...(secret !== null && { customHeaders: [{ name: SECRET_HEADER, value: secret }] }),
    };
  }

  private cacheBehaviors(): aws.types.input.cloudfront.DistributionOrderedCacheBehavior[] {
    const { cache, compress } = this.args.cdn;
    const policies = new Map([...new Set(cache.map(({ ttl }) => ttl))].map((ttl) => [ttl, this.cachePolicy(ttl)]));
    return cache.map(({ path, ttl }) => ({
      pathPattern: path,
      targetOriginId: ORIGIN,
      viewerProtocolPolicy: "redirect-to-https",
      allowedMethods: READ_METHODS,
      cachedMethods: CACHED_METHODS,
      cachePolicyId: policies.get(ttl)!.id,
      compress,
    }));
  }

  /**
   * One for each time. Kept apart by host, for the names of an app may lead to several services, and by query string; sent on
   * without cookies. None of AWS's own policies does so. Free; 20 in an account.
   */
  private cachePolicy(ttl: number): aws.cloudfront.CachePolicy {
    const { compress } = this.args.cdn;
    return new aws.cloudfront.CachePolicy(
      childName(this.name, String(ttl)),
      {
        minTtl: 0,
        defaultTtl: ttl,
        maxTtl: Math.max(ttl, YEAR),
        parametersInCacheKeyAndForwardedToOrigin: {
          headersConfig: { headerBehavior: "whitelist", headers: { items: ["Host"] } },
          queryStringsConfig: { queryStringBehavior: "all" },
          cookiesConfig: { cookieBehavior: "none" },
          enableAcceptEncodingBrotli: compress,
          enableAcceptEncodingGzip: compress,
        },
      },
      { parent: this },
    );
  }
}
