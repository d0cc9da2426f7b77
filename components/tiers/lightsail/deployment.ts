/**
 * What the deployment of an app runs, decided from its model and placement alone. Pure: fit says it, the component makes it.
 */
import type { EnvironmentConfig, Placement } from "../../../app/config/types";
import { fileVariable, fileVariables } from "../../../app/file-secrets";
import { ecrRegistry, parseImage, registryName, type ImageReference } from "../../../app/image";
import type { App, Service } from "../../../app/model";
import { mainPort, publish, type EntryPoint } from "../../../app/publish";
import { replicas, serviceSizes } from "../../../app/size";
import type { Value } from "../../../app/value";
import { wire } from "../../../app/wiring";
import { isInOwnRepository } from "../../platform/repositories";
import { healthCheck, type HealthCheck } from "./health";
import { DISTRIBUTION_REGION, MAX_CONTAINERS, MAX_DOMAINS, MAX_SCALE } from "./limits";
import { settingsOf } from "./settings";
import { cheapestPower, fits, powers, powerSize, type Need, type PowerSize } from "./sizes";

/** Why a service has no container: a job, a count of zero, or the eleventh and later ones. */
export type Absence = "job" | "no-copy" | "too-many";

export interface Container {
  readonly service: Service;
  /** Words after the image's own entrypoint; `null`: the image's own command. */
  readonly command: readonly Value[] | null;
  /** Sorted by variable. */
  readonly environment: Readonly<Record<string, Value>>;
  readonly pull: Pull;
}

/** How a node gets the image: from the app's repository or another one on ECR by the service's role, else without login. */
export type Pull = "own-repository" | "ecr" | "public";

export interface PublicEndpoint {
  readonly point: EntryPoint;
  readonly protocol: "HTTP" | "HTTPS";
  readonly healthCheck: HealthCheck;
}

export interface Deployment {
  /** In the file's order. */
  readonly containers: readonly Container[];
  readonly absent: Readonly<Record<string, Absence>>;
  /** The sum of the containers: what one node has to hold. */
  readonly need: Need;
  readonly power: PowerSize;
  readonly fits: boolean;
  /** Nodes, each with all containers. */
  readonly scale: number;
  /** What the replica counts ask for; more than `scale` where that is above the limit. */
  readonly wantedScale: number;
  readonly endpoint: PublicEndpoint | null;
  /** Names of the app's own that lead to the endpoint. */
  readonly domains: readonly string[];
}

const decided = new WeakMap<Placement, { readonly app: App; readonly deployment: Deployment }>();

/** The deployment of an app; computed once for each placement. */
export function deploymentOf(app: App, placement: Placement): Deployment {
  const earlier = decided.get(placement);
  if (earlier?.app === app) return earlier.deployment;
  const deployment = decide(app, placement);
  decided.set(placement, { app, deployment });
  return deployment;
}

function decide(app: App, placement: Placement): Deployment {
  const absent = absences(app, placement);
  const present = Object.values(app.services).filter((service) => !(service.name in absent));
  const need = needOf(app, placement, present);
  const wantedScale = Math.max(1, ...present.map((service) => copies(app, placement, service.name)));
  const settings = settingsOf(placement.settings);
  const power = settings.power ? powerSize(settings.power) : (cheapestPower(need) ?? largestPower);
  const endpoint = publicEndpoint(app, placement, present);
  return {
    containers: containersOf(app, present, placement.environment),
    absent,
    need,
    power,
    fits: fits(power, need),
    scale: settings.scale ?? Math.min(wantedScale, MAX_SCALE),
    wantedScale,
    endpoint,
    domains: domainsOf(endpoint, placement),
  };
}

const largestPower = powers.reduce((largest, size) => (size.memory > largest.memory ? size : largest));

/** Copies that the app asks for. A service that scales starts at its minimum; zero is no choice for one that scales. */
export function copies(app: App, placement: Placement, service: string): number {
  const count = replicas(app, placement, service);
  return placement.services[service]?.scale ? Math.max(1, count) : count;
}

function absences(app: App, placement: Placement): Record<string, Absence> {
  const absent: Record<string, Absence> = {};
  let taken = 0;
  for (const { name, job } of Object.values(app.services)) {
    if (job) absent[name] = "job";
    else if (copies(app, placement, name) === 0) absent[name] = "no-copy";
    else if (++taken > MAX_CONTAINERS) absent[name] = "too-many";
  }
  return absent;
}

function needOf(app: App, placement: Placement, services: readonly Service[]): Need {
  const sizes = serviceSizes(app, placement);
  return services.reduce(
    (sum, { name }) => ({
      cpu: sum.cpu + (sizes[name]?.cpu ?? 0),
      memory: sum.memory + (sizes[name]?.memory ?? 0),
    }),
    { cpu: 0, memory: 0 },
  );
}

function containersOf(app: App, services: readonly Service[], where: EnvironmentConfig): Container[] {
  const wiring = wire(app);
  return services.map((service) => {
    const entrypoint = wiring.entrypoint[service.name] ?? [];
    const command = wiring.command[service.name] ?? [];
    const words = [...entrypoint, ...command];
    const environment = Object.entries(wiring.environment[service.name] ?? {})
      .filter((entry): entry is [string, Value] => entry[1] !== null && !fileVariable(service, entry[0]))
      .concat(fileVariables(service).map(({ variable, secret }) => [variable, [{ secret }]]))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      service,
      command: words.length > 0 ? words : null,
      environment: Object.fromEntries(environment),
      pull: pullOf(app, service, where),
    };
  });
}

/** How the image of a service is pulled, whether or not that is possible here. */
function pullOf(app: App, service: Service, environment: EnvironmentConfig): Pull {
  const pinned = app.release?.images[service.name];
  const isBuilt = pinned?.built ?? service.build !== null;
  if (isBuilt && isInOwnRepository(app, service.name, environment)) return "own-repository";
  if (isBuilt && !pinned) return "ecr";
  const reference = parseImage(pinned?.image ?? service.image ?? "");
  return reference && ecrRegistry(reference.registry) ? "ecr" : "public";
}

export function imageOf(service: Service): ImageReference | null {
  return service.image === null ? null : parseImage(service.image);
}

/** The key under `platform.registries` that holds a login for the image; `null`: none. */
export function loginOf(service: Service, placement: Placement): string | null {
  const reference = service.build ? null : imageOf(service);
  if (!reference) return null;
  const hosts = Object.keys(placement.environment.platform.registries);
  return hosts.find((host) => registryName(host) === reference.registry) ?? null;
}

/**
 * The one port that the world reaches: with `hosts` the first that they name, else the HTTP port that a browser would try
 * (published on 80, 443 or 8080), else the first HTTP port of the file.
 */
function publicEndpoint(app: App, placement: Placement, services: readonly Service[]): PublicEndpoint | null {
  const points = publish(app, placement).points.filter(
    (point) => point.protocol === "http" && services.some(({ name }) => name === point.service),
  );
  const main = placement.hosts.length > 0 ? null : mainPort(app);
  const point = points.find((p) => p.service === main?.service && p.port === main.port) ?? points[0];
  const service = point && app.services[point.service];
  if (!point || !service) return null;
  return {
    point,
    protocol: point.backend === "https" ? "HTTPS" : "HTTP",
    healthCheck: healthCheck(service.healthcheck, point.healthPath),
  };
}

/** The names that lead to the endpoint, each once, as many as a service takes. */
function domainsOf(endpoint: PublicEndpoint | null, placement: Placement): readonly string[] {
  if (!endpoint) return [];
  return [...new Set(endpoint.point.hosts.map(({ host }) => host))].slice(0, maxDomains(placement));
}

/**
 * Names of a service. The name of a distribution before it counts as one. In the region of the distributions the two have
 * their certificate in common: a service's is for one name here, and a distribution has one.
 */
export function maxDomains({ cdn, environment }: Placement): number {
  if (cdn === null) return MAX_DOMAINS;
  return environment.region === DISTRIBUTION_REGION ? 1 : MAX_DOMAINS - 1;
}
