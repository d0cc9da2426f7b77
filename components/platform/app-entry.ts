/** One app's target groups, rules and listeners on the environment's load balancers, and its names. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Host, Placement } from "../../app/config/types";
import { isShifted, parkingHost, parkingPriority, productionPriority, sparePort } from "../../app/priority";
import type { EntryPoint } from "../../app/publish";
import { namePrefix } from "../names";
import type { Endpoint, EntryKind, HostedApp, TargetType } from "../tiers/tier";
import { connectNames } from "./app-names";
import { Front } from "./cdn";
import { endpointOf, readyOf, unreachable } from "./endpoints";
import type { AppEntry, AttachedGroup, AttachedListener } from "./entry";
import { DYNAMIC_PORTS } from "./instance-pool";
import type { LoadBalancer, PortRange } from "./load-balancers";
import type { Platform } from "./platform";

export interface AppEntryArgs {
  readonly placement: Placement;
  readonly points: readonly EntryPoint[];
  /** How the entry reaches the app's tier. */
  readonly kind: EntryKind;
  /** What its target groups hold. Default: `ip`. */
  readonly targets?: TargetType;
  readonly platform: Platform;
}

/** A container port that is published: on one listener or several, over TCP, UDP or both. */
interface Published {
  readonly first: EntryPoint;
  readonly points: readonly EntryPoint[];
}

/** What the load balancer forwards to, and what ECS edits where it moves the traffic itself. */
interface Attached extends AttachedGroup {
  /** Production rules (listeners on a Network Load Balancer) that are made already, by their key. */
  readonly production: Map<string, pulumi.Resource>;
}

/** Seconds that a target may finish its requests after it is taken out; AWS's default is 300. */
const DEREGISTRATION_DELAY = 30;
const HTTP_HEALTH = { healthyThreshold: 2, unhealthyThreshold: 3, interval: 15, timeout: 5 };

/**
 * In its constructor the groups, each held by a rule that nobody can call, because ECS refuses a group without a load
 * balancer; in `connect` the production rules and names, which wait for the service. Nothing here has a tier in its URN.
 */
export class LoadBalancedEntry extends pulumi.ComponentResource implements AppEntry {
  readonly points: readonly EntryPoint[];
  private readonly groups = new Map<string, Attached>();
  private readonly front: Front;

  constructor(
    private readonly name: string,
    private readonly args: AppEntryArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:platform:Entry", name, {}, opts);
    this.points = args.points;
    this.front = new Front(name, args, this);
    if (args.kind !== "target-groups") return;
    for (const published of byContainerPort(args.points)) {
      const { service, port, protocol } = published.first;
      const attached = protocol === "http" ? this.attachHttp(published) : this.attachStream(published);
      this.groups.set(`${service}:${port}`, attached);
    }
  }

  group(service: string, port: number): AttachedGroup | null {
    return this.groups.get(`${service}:${port}`) ?? null;
  }

  registry(): null {
    return null;
  }

  api(): null {
    return null;
  }

  listener(service: string, port: number): AttachedListener | null {
    const point = this.points.find((p) => p.service === service && p.port === port && p.protocol === "http");
    if (this.args.kind !== "listeners" || !point) return null;
    const { loadBalancers } = this.args.platform;
    this.listenerArn(point);
    const { arn: loadBalancerArn, securityGroupId } = loadBalancers.application;
    const made = loadBalancers.listenerResource(point.listenerPort);
    return { point, port: point.listenerPort, loadBalancerArn, securityGroupId, ready: made ? [made] : [] };
  }

  /** Makes the production rules and names, and says where each point is reached, by `service:port`. Called once. */
  connect(hosted: HostedApp): Readonly<Record<string, pulumi.Output<string>>> {
    const points = this.reachable(hosted);
    const rules = new Map<EntryPoint, readonly pulumi.Resource[]>(
      points.map((point) => [point, this.args.kind === "record" ? [] : this.publish(point, hosted)]),
    );
    if (this.args.kind === "record") {
      const endpoints = points.map((point) => endpointOf(point, hosted));
      this.front.stand(endpoints, [...new Set(points.map((point) => readyOf(point, hosted)))]);
    }
    connectNames({ ...this.args, name: this.name, front: this.front, hosted, rules, parent: this });
    const urls = Object.fromEntries(points.map((point) => [`${point.service}:${point.port}`, this.url(point, hosted)]));
    this.registerOutputs({ urls });
    return urls;
  }

  // before the service

  private attachHttp({ first, points }: Published): Attached {
    const { placement, platform } = this.args;
    const balancer = platform.loadBalancers.application;
    const logicalName = this.portName(first);
    const group = this.makeHttpGroup(logicalName, first);
    const second = isShifted(placement, first) ? this.makeHttpGroup(`${logicalName}-alternate`, first) : null;
    const parking = new aws.lb.ListenerRule(
      `${logicalName}-parking`,
      {
        listenerArn: this.listenerArn(first),
        priority: parkingPriority(placement.app, first),
        conditions: [{ hostHeader: { values: [parkingHost(placement.app, first)] } }],
        actions: [forward(group, second)],
      },
      { parent: this },
    );
    platform.loadBalancers.allowTo("application", this.targetPorts(first), "tcp");
    const production = new Map<string, aws.lb.ListenerRule>();
    if (second) {
      for (const [key, make] of this.httpRules(points)) {
        production.set(key, make(group.arn, { ignoreChanges: ["actions"], dependsOn: [parking] }));
      }
    }
    return this.attached({ first, points }, balancer, [group, second], [parking], production);
  }

  private attachStream({ first, points }: Published): Attached {
    const { placement, platform } = this.args;
    const balancer = platform.loadBalancers.network;
    const protocol = streamProtocol(points);
    const logicalName = this.portName(first);
    const group = this.makeStreamGroup(logicalName, first, protocol);
    const second = isShifted(placement, first)
      ? this.makeStreamGroup(`${logicalName}-alternate`, first, protocol)
      : null;
    const spares = [this.makeSpare(first, group, protocol, "first")];
    if (second) spares.push(this.makeSpare(first, second, protocol, "second"));
    for (const layer of layers(protocol)) platform.loadBalancers.allowTo("network", this.targetPorts(first), layer);
    const production = new Map<string, aws.lb.Listener>();
    if (second) {
      for (const [key, make] of this.streamListeners(points)) {
        production.set(key, make(group.arn, { ignoreChanges: ["defaultActions"], dependsOn: spares }));
      }
    }
    return this.attached({ first, points }, balancer, [group, second], spares, production);
  }

  private attached(
    { first, points }: Published,
    balancer: LoadBalancer,
    [group, second]: readonly [aws.lb.TargetGroup, aws.lb.TargetGroup | null],
    attachments: readonly pulumi.Resource[],
    production: ReadonlyMap<string, aws.lb.ListenerRule | aws.lb.Listener>,
  ): Attached {
    const [rule] = production.values();
    return {
      point: first,
      targetGroupArn: group.arn,
      caller: first.protocol === "http" ? "http" : "stream",
      protocols: first.protocol === "http" ? ["tcp"] : layers(streamProtocol(points)),
      securityGroupId: balancer.securityGroupId,
      resourceLabel: pulumi.interpolate`${balancer.arnSuffix}/${group.arnSuffix}`,
      dimensions: {
        loadBalancer: balancer.arnSuffix,
        targetGroup: group.arnSuffix,
        alternate: second?.arnSuffix ?? null,
      },
      attachments: [...attachments, ...production.values()],
      alternate: second && rule ? { targetGroupArn: second.arn, productionRuleArn: rule.arn } : null,
      production: new Map(production),
    };
  }

  private makeHttpGroup(name: string, point: EntryPoint): aws.lb.TargetGroup {
    return new aws.lb.TargetGroup(
      name,
      {
        namePrefix: namePrefix(point.service),
        targetType: this.args.targets ?? "ip",
        vpcId: this.args.platform.network.vpcId,
        port: point.port,
        protocol: point.backend === "https" ? "HTTPS" : "HTTP",
        protocolVersion: point.backend === "grpc" ? "GRPC" : point.backend === "http2" ? "HTTP2" : "HTTP1",
        deregistrationDelay: DEREGISTRATION_DELAY,
        healthCheck: { ...HTTP_HEALTH, protocol: point.backend === "https" ? "HTTPS" : "HTTP", ...healthOf(point) },
      },
      { parent: this },
    );
  }

  private makeStreamGroup(name: string, point: EntryPoint, protocol: StreamProtocol): aws.lb.TargetGroup {
    return new aws.lb.TargetGroup(
      name,
      {
        namePrefix: namePrefix(point.service),
        targetType: this.args.targets ?? "ip",
        vpcId: this.args.platform.network.vpcId,
        port: point.port,
        protocol,
        deregistrationDelay: DEREGISTRATION_DELAY,
        // AWS has no health check over UDP: a service that listens on UDP alone is asked over TCP on the same port
        healthCheck: { protocol: "TCP", healthyThreshold: 2, unhealthyThreshold: 2, interval: 10 },
      },
      { parent: this },
    );
  }

  /** A listener that no security group opens: a Network Load Balancer has no rules that could hold a group. */
  private makeSpare(
    point: EntryPoint,
    group: aws.lb.TargetGroup,
    protocol: StreamProtocol,
    slot: "first" | "second",
  ): aws.lb.Listener {
    return new aws.lb.Listener(
      `${this.name}-${point.listenerPort}-spare${slot === "first" ? "" : "-alternate"}`,
      {
        loadBalancerArn: this.args.platform.loadBalancers.network.arn,
        port: sparePort(point.listenerPort, slot),
        protocol,
        defaultActions: [{ type: "forward", targetGroupArn: group.arn }],
      },
      { parent: this },
    );
  }

  // after the service

  private publish(point: EntryPoint, hosted: HostedApp): readonly pulumi.Resource[] {
    if (this.args.kind === "listeners") return this.publishGroup(point, hosted);
    const attached = this.groups.get(`${point.service}:${point.port}`);
    const service = hosted.services[point.service];
    const endpoint = service?.endpoints[point.port];
    if (!attached || !service || endpoint?.kind !== "target-group") throw unreachable(point);
    const make = point.protocol === "http" ? this.httpRules([point]) : this.streamListeners([point]);
    return make.map(([key, rule]) => {
      const made =
        attached.production.get(key) ??
        rule(endpoint.targetGroupArn, { dependsOn: [service.ready, ...attached.attachments] });
      attached.production.set(key, made); // one listener for TCP and UDP
      return made;
    });
  }

  /** The production rules of a group that the tier has made. */
  private publishGroup(point: EntryPoint, hosted: HostedApp): readonly pulumi.Resource[] {
    const endpoint = endpointOf(point, hosted);
    if (endpoint.kind !== "target-group") throw unreachable(point);
    const opts = { dependsOn: [readyOf(point, hosted)] };
    return this.httpRules([point]).map(([, make]) => make(endpoint.targetGroupArn, opts));
  }

  /** A rule for each name and path, or for the whole port; by key, to be made before the service or after. */
  private httpRules(points: readonly EntryPoint[]) {
    return points.flatMap((point): [string, MakeRule<aws.lb.ListenerRule>][] =>
      point.hosts.length === 0
        ? [[String(point.listenerPort), this.httpRule(point, { host: "", path: "/", priority: null }, [ANY_PATH])]]
        : point.hosts.map((host) => [
            hostKey(host),
            this.httpRule(point, host, [{ hostHeader: { values: [host.host] } }, ...pathConditions(host.path)]),
          ]),
    );
  }

  private httpRule(
    point: EntryPoint,
    host: Pick<Host, "host" | "path" | "priority">,
    conditions: aws.types.input.lb.ListenerRuleCondition[],
  ): MakeRule<aws.lb.ListenerRule> {
    const name = `${this.name}-${host.host === "" ? point.listenerPort : hostKey(host)}`;
    return (targetGroupArn, opts) =>
      new aws.lb.ListenerRule(
        name,
        {
          listenerArn: this.listenerArn(point),
          priority: productionPriority(host),
          conditions: [...conditions, ...this.front.conditions(point)],
          actions: [{ type: "forward", targetGroupArn }],
        },
        { parent: this, ...opts, dependsOn: [...opts.dependsOn, ...this.front.ready] },
      );
  }

  private streamListeners(points: readonly EntryPoint[]) {
    const ports = [...new Set(points.map(({ listenerPort }) => listenerPort))];
    return ports.map((port): [string, MakeRule<aws.lb.Listener>] => [String(port), this.streamListener(port)]);
  }

  private streamListener(port: number): MakeRule<aws.lb.Listener> {
    const { loadBalancers } = this.args.platform;
    const points = this.points.filter((point) => point.protocol !== "http" && point.listenerPort === port);
    return (targetGroupArn, opts) => {
      for (const { protocol } of points) loadBalancers.openToWorld("network", port, protocol === "udp" ? "udp" : "tcp");
      return new aws.lb.Listener(
        `${this.name}-${port}`,
        {
          loadBalancerArn: loadBalancers.network.arn,
          port,
          protocol: streamProtocol(this.points.filter((point) => points.some((p) => isSamePort(p, point)))),
          defaultActions: [{ type: "forward", targetGroupArn }],
        },
        { parent: this, ...opts },
      );
    };
  }

  /** A tier with endpoints of its own may publish less than the app asks for: what the user accepts leads nowhere. */
  private reachable({ services }: HostedApp): readonly EntryPoint[] {
    if (this.args.kind === "target-groups") return this.points;
    return this.points.filter(({ service, port, protocol }) => {
      const endpoint = services[service]?.endpoints[port];
      return endpoint !== undefined && (protocol === "http" || isDirect(endpoint));
    });
  }

  private url(point: EntryPoint, hosted: HostedApp): pulumi.Output<string> {
    const [host] = point.hosts;
    const distributed = host ? null : this.front.url(point);
    if (distributed) return distributed;
    if (this.args.kind === "record") {
      const endpoint = endpointOf(point, hosted);
      if (endpoint.kind === "target-group" || endpoint.kind === "registry") throw unreachable(point);
      if (endpoint.kind === "addresses")
        return directUrl(
          point,
          endpoint.addresses.apply(([first = ""]) => first),
          endpoint.port,
        );
      // nothing ends TLS before the machine
      if (endpoint.direct) return directUrl(point, endpoint.aliasName, host ? 80 : point.listenerPort);
      if (!host) return endpoint.url;
    }
    if (host) return pulumi.output(`https://${host.host}${host.path === "/" ? "" : host.path}`);
    const { loadBalancers } = this.args.platform;
    return portUrl(point, (point.protocol === "http" ? loadBalancers.application : loadBalancers.network).dnsName);
  }

  private listenerArn({ hosts, listenerPort }: EntryPoint): pulumi.Output<string> {
    const { loadBalancers, names } = this.args.platform;
    const arns = [...new Set(hosts.map(({ host }) => host))].map((host) =>
      loadBalancers.httpsListener(host, names.certificateArn(host)),
    );
    return arns[0] ?? loadBalancers.httpListener(listenerPort);
  }

  /** The container port, or those that Docker chooses from where instances are the targets. */
  private targetPorts({ port }: EntryPoint): PortRange {
    return this.args.targets === "instance" ? DYNAMIC_PORTS : { from: port, to: port };
  }

  private portName({ service, port }: EntryPoint): string {
    return `${this.name}-${service}-${port}`;
  }
}

/** Nothing stands before what answers there: its own port, and TLS where that is HTTPS's. */
function directUrl(
  { protocol, hosts: [host], listenerPort }: EntryPoint,
  name: pulumi.Output<string>,
  port = listenerPort,
): pulumi.Output<string> {
  const scheme = protocol !== "http" ? protocol : port === 443 ? "https" : "http";
  const usual = protocol === "http" && (port === 80 || port === 443);
  const path = host && host.path !== "/" ? host.path : "";
  return pulumi.interpolate`${scheme}://${host?.host ?? name}${usual ? "" : `:${port}`}${path}`;
}

function portUrl({ protocol, listenerPort }: EntryPoint, host: pulumi.Output<string>): pulumi.Output<string> {
  const port = protocol === "http" && listenerPort === 80 ? "" : `:${listenerPort}`;
  return pulumi.interpolate`${protocol}://${host}${port}`;
}

/** True where the endpoint's own ports are reached as they are. */
const isDirect = (endpoint: Endpoint): boolean =>
  endpoint.kind === "addresses" || (endpoint.kind === "alias" && endpoint.direct === true);

type StreamProtocol = "TCP" | "UDP" | "TCP_UDP";
type MakeRule<T> = (targetGroupArn: pulumi.Input<string>, opts: RuleOptions) => T;

interface RuleOptions {
  readonly dependsOn: pulumi.Resource[];
  readonly ignoreChanges?: string[];
}

const ANY_PATH: aws.types.input.lb.ListenerRuleCondition = { pathPattern: { values: ["/*"] } };

const hostKey = ({ host, path }: Pick<Host, "host" | "path">): string => `${host}${path === "/" ? "" : path}`;

/** `/api` means itself and what is under it, not `/apiary`. */
function pathConditions(path: string): aws.types.input.lb.ListenerRuleCondition[] {
  const bare = path.replace(/\/+$/u, "");
  return bare === "" ? [] : [{ pathPattern: { values: [bare, `${bare}/*`] } }];
}

/** Both groups stay attached while ECS moves the traffic between them. */
function forward(group: aws.lb.TargetGroup, second: aws.lb.TargetGroup | null): aws.types.input.lb.ListenerRuleAction {
  if (!second) return { type: "forward", targetGroupArn: group.arn };
  const targetGroups = [
    { arn: group.arn, weight: 1 },
    { arn: second.arn, weight: 0 },
  ];
  return { type: "forward", forward: { targetGroups } };
}

/**
 * What counts as healthy. Where the app has no health check of its own the path is a guess, and any answer but a server's
 * own error says that it lives; gRPC has a path of AWS's that every server answers with 12, unimplemented.
 */
function healthOf({ backend, healthPath }: EntryPoint): { readonly path: string; readonly matcher: string } {
  if (backend === "grpc" && healthPath === "/") return { path: "/AWS.ALB/healthcheck", matcher: "0-99" };
  if (backend === "grpc") return { path: healthPath, matcher: "0" };
  return { path: healthPath, matcher: healthPath === "/" ? "200-499" : "200-399" };
}

function byContainerPort(points: readonly EntryPoint[]): readonly Published[] {
  return points
    .filter((point, i) => points.findIndex((other) => isSamePort(other, point)) === i)
    .map((first) => ({ first, points: points.filter((point) => isSamePort(point, first)) }));
}

const isSamePort = (a: EntryPoint, b: EntryPoint): boolean => a.service === b.service && a.port === b.port;

function streamProtocol(points: readonly EntryPoint[]): StreamProtocol {
  const has = (protocol: "tcp" | "udp") => points.some((point) => point.protocol === protocol);
  return has("tcp") && has("udp") ? "TCP_UDP" : has("udp") ? "UDP" : "TCP";
}

const layers = (protocol: StreamProtocol): readonly ("tcp" | "udp")[] =>
  // the health check of UDP is TCP
  protocol === "TCP" ? ["tcp"] : ["tcp", "udp"];
