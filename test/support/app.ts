/** Apps made by hand, for tests of pure functions: every key that a test does not name has the reader's default. */
import { defaultUsage } from "../../app/config/schema";
import type { EnvironmentConfig, Placement, ServicePlacement } from "../../app/config/types";
import type { App, Service } from "../../app/model";
import { packContent, type Packed } from "../../app/release/pack";
import { parseValue } from "../../app/value";

type Overrides = Partial<Omit<Service, "environment">> & { environment?: Record<string, string | null> };

export function service(name: string, overrides: Overrides = {}): Service {
  const { environment = {}, ...rest } = overrides;
  const none = { cpus: null, memory: null, pids: null };
  return {
    name,
    image: "example/app:1",
    build: null,
    command: null,
    entrypoint: null,
    ports: [],
    expose: [],
    mounts: [],
    tmpfs: [],
    secrets: [],
    configs: [],
    dependsOn: {},
    healthcheck: null,
    networks: ["default"],
    aliases: [],
    networkMode: null,
    links: [],
    volumesFrom: [],
    replicas: 1,
    limits: none,
    reservations: none,
    platform: null,
    user: null,
    groupAdd: [],
    workingDir: null,
    hostname: null,
    readOnly: false,
    init: false,
    tty: false,
    stdinOpen: false,
    privileged: false,
    capAdd: [],
    capDrop: [],
    sysctls: {},
    ulimits: {},
    shmSize: null,
    stopGracePeriod: null,
    stopSignal: null,
    restart: null,
    labels: {},
    extraHosts: {},
    dns: [],
    logging: null,
    pid: null,
    devices: [],
    gpus: [],
    deploy: {},
    job: false,
    extension: null,
    canonical: {},
    environment: Object.fromEntries(
      Object.entries(environment).map(([k, v]) => [k, v === null ? null : parseValue(v)]),
    ),
    ...rest,
  };
}

export function appOf(services: readonly Service[], overrides: Partial<App> = {}): App {
  return {
    name: "shop",
    directory: "/app",
    services: Object.fromEntries(services.map((s) => [s.name, s])),
    networks: {},
    volumes: {},
    secrets: {},
    configs: {},
    extension: null,
    uses: [],
    locate: () => null,
    canonical: {},
    ...overrides,
  };
}

export const port = (target: number, overrides: Partial<Service["ports"][number]> = {}): Service["ports"][number] => ({
  target,
  published: target,
  protocol: "tcp",
  hostIp: null,
  appProtocol: null,
  name: null,
  index: 0,
  ...overrides,
});

export function environmentOf(overrides: Partial<EnvironmentConfig> = {}): EnvironmentConfig {
  return {
    name: "dev",
    region: "us-east-1",
    defaults: 1,
    protected: false,
    tags: {},
    secretNames: {},
    workflows: {},
    budget: null,
    usage: defaultUsage,
    policy: { exemptions: [] },
    overrides: [],
    apps: {},
    platform: {
      egress: null,
      availabilityZones: 2,
      vpcId: null,
      hostedZoneId: null,
      hostedZoneName: null,
      createHostedZone: false,
      lightsailZoneName: null,
      createLightsailZone: false,
      healthChecks: null,
      certificateArn: null,
      loadBalancerArn: null,
      entry: "alb",
      ecsClusterArn: null,
      permissionsBoundary: null,
      registries: {},
      registry: { environment: null, readers: [] },
      insights: "off",
      eks: { version: "1.36", admins: [], viewers: [], publicAccessCidrs: [], logTypes: null },
      eksClusterName: null,
      secretStore: "ssm",
      backup: null,
    },
    ...overrides,
  };
}

/** A service of which the config says nothing. */
export const plainService: ServicePlacement = {
  cpu: null,
  memory: null,
  scale: null,
  deployment: { strategy: "rolling" },
  concurrent: false,
  hours: null,
  policies: [],
  bucket: null,
  job: null,
  queue: null,
  managed: null,
};

export function placementOf(
  app: App,
  overrides: Partial<Omit<Placement, "services">> & { services?: Record<string, Partial<ServicePlacement>> } = {},
): Placement {
  const { services = {}, ...rest } = overrides;
  return {
    app: app.name,
    tier: "fargate",
    environment: environmentOf(),
    hosts: [],
    redirects: [],
    cdn: null,
    budget: null,
    usage: defaultUsage,
    signals: null,
    data: "keep",
    timeToFail: 600,
    hours: null,
    settings: {},
    accept: [],
    overrides: [],
    services: Object.fromEntries(
      Object.keys(app.services).map((name) => [name, { ...plainService, ...services[name] }]),
    ),
    ...rest,
  };
}

/** What a release of an app made by hand would hold: a Compose file without a word. */
export function packedOf(app: App): Packed {
  const path = `${app.directory}/compose.yaml`;
  return packContent(app, [path], [{ path, text: "", kind: "compose" }]);
}
