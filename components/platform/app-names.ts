/** One app's names: a record for each, rules for those that redirect, health checks. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { redirects } from "../../app/cdn";
import type { Placement, Redirect } from "../../app/config/types";
import { redirectPriority } from "../../app/priority";
import type { EntryPoint } from "../../app/publish";
import type { EntryKind, HostedApp } from "../tiers/tier";
import type { Front } from "./cdn";
import type { RecordTarget } from "./dns-names";
import { endpointOf, readyOf, recordTarget } from "./endpoints";
import { checkedPath, healthCheck } from "./health-checks";
import type { Platform } from "./platform";

export interface AppNamesArgs {
  readonly name: string;
  readonly placement: Placement;
  readonly kind: EntryKind;
  readonly platform: Platform;
  readonly front: Front;
  readonly hosted: HostedApp;
  /** The points that are reached, with the rules that lead to them. */
  readonly rules: ReadonlyMap<EntryPoint, readonly pulumi.Resource[]>;
  readonly parent: pulumi.Resource;
}

/** Names lead to the app when it answers: they wait for its rules, its service and its distribution. */
export function connectNames(args: AppNamesArgs): void {
  const { front, hosted, kind, placement, platform, rules } = args;
  const reachable = [...rules.keys()];
  for (const host of new Set(reachable.flatMap((point) => point.hosts.map((h) => h.host)))) {
    const points = reachable.filter((point) => point.hosts.some((h) => h.host === host));
    const [first] = points;
    if (!first) continue;
    const answers = points.flatMap((point) => [...(rules.get(point) ?? []), readyOf(point, hosted)]);
    const after = [...answers, ...front.ready];
    const target = targetOf(first, args);
    const record = platform.names.record(host, target, after);
    checkHealth(host, points, record, args);
    if (!redirects(placement, kind)) continue;
    for (const redirect of placement.redirects.filter(({ to }) => to === host)) {
      const rule = kind === "record" ? [] : [redirectRule(redirect, args)];
      platform.names.record(redirect.from, target, [...after, ...rule]);
    }
  }
}

function targetOf(point: EntryPoint, { front, hosted, kind, platform }: AppNamesArgs): RecordTarget {
  if (front.target) return front.target;
  if (kind === "record") return recordTarget(endpointOf(point, hosted), point);
  const { dnsName, zoneId } = platform.loadBalancers.application;
  return { aliasName: dnsName, aliasZoneId: zoneId };
}

function redirectRule({ from, to }: Redirect, { name, parent, platform }: AppNamesArgs): aws.lb.ListenerRule {
  const { loadBalancers, names } = platform;
  return new aws.lb.ListenerRule(
    `${name}-${from}`,
    {
      listenerArn: loadBalancers.httpsListener(from, names.certificateArn(from)),
      priority: redirectPriority(from),
      conditions: [{ hostHeader: { values: [from] } }],
      actions: [{ type: "redirect", redirect: { host: to, protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } }],
    },
    { parent },
  );
}

/** Of the service that has the host's shallowest path. */
function checkHealth(
  host: string,
  points: readonly EntryPoint[],
  record: pulumi.Resource,
  { front, hosted, kind, name, parent, platform }: AppNamesArgs,
): void {
  const { healthChecks } = platform.environment.platform;
  const checked = checkedPath(host, points);
  if (healthChecks === null || !checked) return;
  const { path, point } = checked;
  const port = front.target || kind !== "record" ? 443 : namePort(point, hosted);
  healthCheck(`${name}-${host}`, { host, port, path }, healthChecks, { parent, dependsOn: [record] });
}

/** The port that answers where a name leads to the tier itself. */
function namePort(point: EntryPoint, hosted: HostedApp): number {
  const endpoint = endpointOf(point, hosted);
  if (endpoint.kind === "addresses") return endpoint.port ?? point.listenerPort;
  return endpoint.kind === "alias" && endpoint.direct ? 80 : 443;
}
