/** One app's registries, routes and names where API Gateway is the environment's entry. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { routeKeys } from "../../app/api-entry";
import type { Host, Placement } from "../../app/config/types";
import type { EntryPoint } from "../../app/publish";
import { childName } from "../names";
import type { HostedApp, TargetType } from "../tiers/tier";
import type { HttpApi } from "./api-gateway";
import type { AppEntry, AttachedRegistry } from "./entry";
import { checkedPath, healthCheck } from "./health-checks";
import { DYNAMIC_PORTS } from "./instance-pool";
import type { Platform } from "./platform";

export interface ApiEntryArgs {
  readonly placement: Placement;
  readonly points: readonly EntryPoint[];
  /** What its registries hold. Default: `ip`. */
  readonly targets?: TargetType;
  readonly platform: Platform;
}

/** Milliseconds: the most, and AWS's default. */
const INTEGRATION_TIMEOUT = 30_000;

/**
 * A Cloud Map service for each port that the tier asks for, before the app is hosted; in `connect` the routes to them and the
 * names, which wait for the service. Nothing here has a tier in its URN.
 */
export class ApiEntry extends pulumi.ComponentResource implements AppEntry {
  readonly points: readonly EntryPoint[];
  private readonly registries = new Map<string, AttachedRegistry>();
  /** Ids by `service:port host`. */
  private readonly apis = new Map<string, pulumi.Output<string>>();

  constructor(
    private readonly name: string,
    private readonly args: ApiEntryArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:platform:Entry", name, {}, opts);
    this.points = args.points;
  }

  group(): null {
    return null;
  }

  listener(): null {
    return null;
  }

  registry(service: string, port: number): AttachedRegistry | null {
    const key = `${service}:${port}`;
    const known = this.registries.get(key);
    const point = this.points.find((p) => p.service === service && p.port === port);
    if (known || !point) return known ?? null;
    const { apiGateway } = this.args.platform;
    apiGateway.allowTo(this.args.targets === "instance" ? DYNAMIC_PORTS : { from: port, to: port });
    const { arn } = apiGateway.registry(this.portName(point), { parent: this });
    const { securityGroupId } = apiGateway;
    const made: AttachedRegistry = { point, protocols: ["tcp"], caller: "api", securityGroupId, registryArn: arn };
    this.registries.set(key, made);
    return made;
  }

  api(service: string, port: number, host: string | null): pulumi.Output<string> | null {
    return this.apis.get(apiKey({ service, port }, host)) ?? null;
  }

  /** Makes routes and names, and says where each registered port is reached, by `service:port`. Called once. */
  connect(hosted: HostedApp): Readonly<Record<string, pulumi.Output<string>>> {
    const registered = [...this.registries.values()];
    const named = registered.filter(({ point }) => point.hosts.length > 0);
    for (const host of new Set(named.flatMap(({ point }) => point.hosts.map((one) => one.host)))) {
      this.publishHost(host, named, hosted);
    }
    const urls = Object.fromEntries(
      registered.map((registry): [string, pulumi.Output<string>] => {
        const { service, port } = registry.point;
        return [`${service}:${port}`, this.publish(registry, hosted)];
      }),
    );
    this.registerOutputs({ urls });
    return urls;
  }

  /** Routes of all ports that the host leads to, and then its name. */
  private publishHost(host: string, registries: readonly AttachedRegistry[], hosted: HostedApp): void {
    const { apiGateway, names } = this.args.platform;
    const api = apiGateway.ofHost(host);
    const after = registries.flatMap((registry) => {
      const hosts = registry.point.hosts.filter((one) => one.host === host);
      if (hosts.length === 0) return [];
      this.apis.set(apiKey(registry.point, host), api.id);
      const ready = readyOf(registry, hosted);
      const integration = this.integrate(`${this.portName(registry.point)}-${host}`, api, registry, ready);
      const routes = hosts.flatMap((one) =>
        routeKeys(one.path).map((key, i) =>
          this.route(this.hostName(one) + (i === 0 ? "" : "/"), api, key, integration),
        ),
      );
      return [ready, ...routes];
    });
    const record = names.record(host, api.target, [api.ready, ...after]);
    const { healthChecks } = this.args.placement.environment.platform;
    const points = registries.map(({ point }) => point);
    const checked = checkedPath(host, points);
    if (healthChecks === null || !checked) return;
    const { path } = checked;
    healthCheck(`${this.name}-${host}`, { host, port: 443, path }, healthChecks, { parent: this, dependsOn: [record] });
  }

  /** Where a port is reached: at its first name, or by an API of its own. */
  private publish(registry: AttachedRegistry, hosted: HostedApp): pulumi.Output<string> {
    const { point } = registry;
    const [first] = point.hosts;
    if (first) return pulumi.output(`https://${first.host}${first.path === "/" ? "" : first.path}`);
    const name = this.portName(point);
    const api = this.args.platform.apiGateway.make(name, null, { parent: this });
    this.apis.set(apiKey(point, null), api.id);
    this.route(name, api, "$default", this.integrate(name, api, registry, readyOf(registry, hosted)));
    return api.endpoint;
  }

  /** One for each API and port, whatever the number of its routes. */
  private integrate(name: string, api: HttpApi, { registryArn }: AttachedRegistry, ready: pulumi.Resource) {
    return new aws.apigatewayv2.Integration(
      name,
      {
        apiId: api.id,
        integrationType: "HTTP_PROXY",
        integrationMethod: "ANY",
        integrationUri: registryArn,
        connectionType: "VPC_LINK",
        connectionId: this.args.platform.apiGateway.linkId,
        payloadFormatVersion: "1.0",
        timeoutMilliseconds: INTEGRATION_TIMEOUT,
      },
      { parent: this, dependsOn: [ready] },
    );
  }

  private route(name: string, api: HttpApi, routeKey: string, integration: aws.apigatewayv2.Integration) {
    const target = pulumi.interpolate`integrations/${integration.id}`;
    return new aws.apigatewayv2.Route(name, { apiId: api.id, routeKey, target }, { parent: this });
  }

  private portName({ service, port }: EntryPoint): string {
    return childName(this.name, service, String(port));
  }

  private hostName({ host, path }: Host): string {
    return `${this.name}-${host}${path === "/" ? "" : path}`;
  }
}

const apiKey = ({ service, port }: Pick<EntryPoint, "service" | "port">, host: string | null): string =>
  `${service}:${port} ${host ?? ""}`;

function readyOf({ point: { service, port } }: AttachedRegistry, { services }: HostedApp): pulumi.Resource {
  const hosted = services[service];
  if (!hosted) throw new Error(`the tier has registered ${service}:${port} and hosts no such service`);
  return hosted.ready;
}
