/** What stands in front of an app, and what it changes: a distribution, names that redirect. Pure. */
import { ALB, isApi } from "./api-entry";
import type { CdnConfig, Placement } from "./config/types";
import type { Finding, Problem } from "./finding";
import { changed, finding, kept, refused, type FitContext, type Verdict } from "./fit";
import type { App } from "./model";
import { publish, type EntryPoint } from "./publish";

/** How the entry reaches a tier: the kinds of the tiers' contract. */
export type Reach = "target-groups" | "listeners" | "record";

/** Lightsail's tiers have a distribution of Lightsail's own; where a name leads to machines there is none. */
export type Distribution = "cloudfront" | "lightsail";

const isOnLightsail = ({ tier }: Pick<Placement, "tier">): boolean => tier === "lightsail" || tier === "lightsail-vm";

/** The distribution that an app gets; `null`: it asks for none, or its tier can have none. */
export function distributionOf(
  placement: Pick<Placement, "cdn" | "environment" | "tier">,
  reach: Reach,
): Distribution | null {
  if (placement.cdn === null) return null;
  if (reach !== "record") return isApi(placement) ? null : "cloudfront";
  return isOnLightsail(placement) ? "lightsail" : null;
}

/** Load balancers have rules that redirect, and so has the proxy on a machine; nothing else has. */
export function redirects(placement: Pick<Placement, "environment" | "tier">, reach: Reach): boolean {
  return reach === "record" ? placement.tier === "lightsail-vm" : !isApi(placement);
}

/** What CloudFront can call: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html */
const isCallable = ({ protocol, listenerPort }: EntryPoint): boolean =>
  protocol === "http" && (listenerPort === 80 || listenerPort === 443 || listenerPort >= 1024);

/** The points that a distribution leads to: those with names, else the one that a browser would try. */
export function distributed(points: readonly EntryPoint[]): readonly EntryPoint[] {
  const http = points.filter(isCallable);
  const named = http.filter(({ hosts }) => hosts.length > 0);
  if (named.length > 0) return named;
  const main = [80, 443, 8080].map((port) => http.find((p) => p.listenerPort === port)).find((p) => p) ?? http[0];
  return main ? [main] : [];
}

/** An app behind the environment's load balancer. */
export interface Fronted {
  readonly placement: Placement;
  readonly points: readonly EntryPoint[];
  readonly reach: Reach;
}

/** The ports of the load balancer that CloudFront alone may call: each app on them has a distribution. */
export function closedPorts(apps: readonly Fronted[]): readonly number[] {
  const open = new Set<number>();
  const closed = new Set<number>();
  for (const { placement, points, reach } of apps) {
    if (reach === "record") continue;
    const behind = placement.cdn === null || placement.cdn.direct ? [] : distributed(points);
    for (const point of points) {
      if (point.protocol === "http") (behind.includes(point) ? closed : open).add(point.listenerPort);
    }
  }
  return [...closed].filter((port) => !open.has(port)).sort((a, b) => a - b);
}

/** A finding for the distribution, for what it changes, and for each name that redirects. */
export function frontFindings(app: App, placement: Placement, reach: Reach): readonly Finding[] {
  const context: FitContext = { app, placement };
  const { cdn } = placement;
  return [
    ...(cdn === null ? [] : distributionFindings(context, cdn, reach)),
    ...placement.redirects.map(({ from, to }) => redirectFinding(context, from, to, reach)),
  ];
}

function distributionFindings(context: FitContext, cdn: CdnConfig, reach: Reach): Finding[] {
  const { app, placement } = context;
  const report = (key: string, verdict: Verdict) => finding(context, null, key, verdict);
  const distribution = distributionOf(placement, reach);
  const { points } = publish(app, placement);
  const behind = distributed(points);
  if (distribution === null) {
    const remedy =
      reach !== "record"
        ? ALB
        : placement.tier === "beanstalk"
          ? "set beanstalk: { type: load-balanced }"
          : "place the app on fargate";
    return [report("cdn", refused("a distribution needs a load balancer to stand before, and there is none", remedy))];
  }
  if (behind.length === 0)
    return [
      report(
        "cdn",
        refused("nothing is published over HTTP on 80, 443 or from 1024 on", "publish a port, or leave the key out"),
      ),
    ];
  const caching = cdn.cache.map(({ path }, i) => report(`cdn.cache[${i}]`, cachingVerdict(path, distribution)));
  const only = distribution === "cloudfront" ? cloudFrontFindings : lightsailFindings;
  return [...only(report, cdn, points, behind), ...caching];
}

type Report = (key: string, verdict: Verdict) => Finding;

function cachingVerdict(path: string, distribution: Distribution): Verdict {
  const reason = `an answer under ${path} is kept, so a deployment is not seen there before its time is up`;
  const hash = "give what changes another name (a hash in it), or empty the cache:";
  return distribution === "cloudfront"
    ? changed(`${reason}; requests there are GET, and carry no cookies`, `${hash} aws cloudfront create-invalidation`)
    : changed(reason, `${hash} aws lightsail reset-distribution-cache --region us-east-1`);
}

function cloudFrontFindings(
  report: Report,
  cdn: CdnConfig,
  points: readonly EntryPoint[],
  behind: readonly EntryPoint[],
): Finding[] {
  const findings = [
    report(
      "cdn",
      kept(
        "a CloudFront distribution stands before the load balancer: 0.085 USD a GB and from 1 USD a million requests",
      ),
    ),
  ];
  if (behind.every(({ hosts }) => hosts.length === 0)) {
    const reason =
      "between CloudFront and the load balancer it is plain HTTP, for there is no name to have a certificate";
    findings.push(report("cdn.origin", changed(reason, "give the app a domain")));
  }
  const past = points.filter((point) => point.protocol === "http" && !behind.includes(point));
  if (past.length > 0) {
    const ports = past.map(({ service, port }) => `${service}:${port}`).join(", ");
    const reason = `a distribution leads to one port without a domain: ${ports} is reached at the load balancer itself`;
    findings.push(report("cdn.ports", changed(reason, "give the app hosts")));
  }
  if (cdn.direct) {
    const reason = "the load balancer also answers who calls it past the distribution, its cache and its web ACL";
    findings.push(report("cdn.direct", changed(reason, "leave direct out once the names lead to the distribution")));
  }
  return findings;
}

function lightsailFindings(report: Report, cdn: CdnConfig): Finding[] {
  const findings = [
    report(
      "cdn",
      changed(
        "Lightsail's own distribution, 50 GB for 2.50 USD a month; what it stands before can still be called past it",
        "nothing to do; it is CloudFront on fargate",
      ),
    ),
  ];
  const has = "Lightsail's distribution has no such setting";
  if (cdn.priceClass !== "PriceClass_100")
    findings.push(report("cdn.priceClass", changed(`${has}: it answers everywhere`, "leave the key out")));
  if (!cdn.compress) findings.push(report("cdn.compress", changed(`${has}`, "leave the key out")));
  if (cdn.logs) findings.push(report("cdn.logs", refused(has, "leave the key out, or place the app on fargate")));
  if (cdn.webAcl !== null)
    findings.push(report("cdn.webAcl", refused(has, "leave the key out, or place the app on fargate")));
  const ttls = new Set(cdn.cache.map(({ ttl }) => ttl));
  if (ttls.size > 1) {
    const reason = `one time for all paths, the shortest: ${Math.min(...ttls)} s`;
    findings.push(report("cdn.cache", changed(reason, "give all paths one ttl")));
  }
  return findings;
}

function redirectFinding(context: FitContext, from: string, to: string, reach: Reach): Finding {
  const { placement } = context;
  const i = placement.hosts.findIndex(({ host }) => host === to);
  const verdict = redirects(placement, reach)
    ? kept(`${from} redirects to ${to} by 301, with the path as it is`)
    : refused(
        `nothing that redirects stands before the app here, so ${from} would lead nowhere`,
        `add ${from} to hosts and let the app redirect; or ${reach === "record" ? "place it on lightsail-vm or fargate" : ALB}`,
      );
  return finding(context, null, `hosts[${i}].redirectFrom`, verdict);
}

/** What a Lightsail DNS zone cannot hold, each with the key and the remedy. */
export function lightsailZoneProblems(placements: readonly Placement[]): readonly Problem[] {
  return placements.flatMap((placement) => {
    const { app, tier, environment, hosts, redirects: others } = placement;
    const zone = environment.platform.lightsailZoneName;
    const names = [...hosts.map(({ host }) => host), ...others.map(({ from }) => from)];
    if (zone === null || names.length === 0) return [];
    const key = `spectrum:apps.${app}.hosts`;
    if (!isOnLightsail(placement)) {
      const message =
        `a Lightsail DNS zone leads to what is Lightsail's, and ${app} is on ${tier}; ` +
        `give spectrum:platform.hostedZoneName in the place of lightsailZoneName`;
      return [{ key, location: null, message }];
    }
    return [...new Set(names)].flatMap((name) => {
      if (`.${name}`.endsWith(`.${zone}`)) return [];
      return [{ key, location: null, message: `${name} is not in the Lightsail DNS zone ${zone}; give a name in it` }];
    });
  });
}
