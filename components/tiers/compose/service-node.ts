/** A service as its node of the Compose file that a machine runs. Pure. */
import type { Service } from "../../../app/model";
import { shortHash } from "../../names";
import type { Context, Node } from "./context";
import { escape, variableOf } from "./escape";
import { holeMark } from "./parts";
import { byPath, mounts, nonEmpty, projectFiles } from "./places";
import type { WiredOptions } from "./wired";

/** Keys of a service that have been used up, or that Docker on Linux has no place for. */
const USED_UP: ReadonlySet<string> = new Set([
  "attach",
  "build",
  "cpu_count",
  "cpu_percent",
  "credential_spec",
  "develop",
  "env_file",
  "extends",
  "isolation",
  "label_file",
  "models",
  "profiles",
  "provider",
  "pull_refresh_after",
  "scale",
  "use_api_socket",
]);

/** What `docker compose` looks at under `deploy`; the rest is Swarm's. A job is run once at a time. */
const DEPLOY = ["resources", "restart_policy"] as const;
const JOB_DEPLOY = ["resources"] as const;

/** The profile of jobs: `docker compose up` passes over what is in it, and `run` does not. */
export const JOB_PROFILE = "jobs";

export function serviceNode(context: Context, service: Service): Node {
  const { options, grants } = context;
  const kept = Object.entries(service.canonical).filter(
    ([key, value]) => !USED_UP.has(key) && !key.startsWith("x-") && value !== null && value !== undefined,
  );
  const node = escape(Object.fromEntries(kept), context.variables) as Record<string, unknown>;
  return {
    ...node,
    image: holeMark({ image: service.name }),
    environment: environment(node.environment),
    deploy: deploy(context, service),
    ...sizeInDeploy(context, service, node),
    depends_on: dependencies(context, node.depends_on),
    links: toServices(context, node.links),
    volumes_from: toServices(context, node.volumes_from),
    volumes: mounts(context, service, node.volumes),
    ...(service.job ? { ports: undefined, profiles: [JOB_PROFILE] } : ports(context, service)),
    secrets: nonEmpty(grants.granted.get(service.name)?.secrets),
    configs: nonEmpty(grants.granted.get(service.name)?.configs),
    restart: restart(options, service),
    logging: logging(options, service, node.logging),
    labels: labels(context, service, node.labels),
    ...outputForms(service, node),
    ...(node.pull_policy === "build" && { pull_policy: undefined }),
  };
}

/** A variable that has no value anywhere is not passed on. */
function environment(node: unknown): unknown {
  if (typeof node !== "object" || node === null) return undefined;
  return Object.fromEntries(Object.entries(node).filter(([, value]) => value !== null));
}

function deploy({ options }: Context, service: Service): Node | undefined {
  const copies = service.job ? 1 : (options.copies?.(service.name) ?? service.replicas);
  const said = (service.job ? JOB_DEPLOY : DEPLOY).flatMap((key): [string, unknown][] =>
    isSaid(service.deploy[key]) ? [[key, service.deploy[key]]] : [],
  );
  const node = { ...Object.fromEntries(said), ...(copies !== 1 && { replicas: copies }) };
  return Object.keys(node).length > 0 ? node : undefined;
}

const isSaid = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).length > 0;

/** What the config says of a service's size takes the place of what the file says. */
function sizeInDeploy(context: Context, service: Service, node: Node): Node {
  const placed = context.placement.services[service.name];
  const { cpu = null, memory = null } = placed ?? {};
  if (cpu === null && memory === null) return {};
  const own = deploy(context, service) ?? {};
  const resources = (own.resources ?? {}) as Node;
  const size = {
    ...(cpu !== null && { cpus: cpu }),
    ...(memory !== null && { memory: `${memory}m` }),
  };
  return {
    deploy: { ...own, resources: { limits: { ...plainLimits(service), ...size }, ...reservations(resources, size) } },
    cpus: cpu === null ? node.cpus : undefined,
    mem_limit: memory === null ? node.mem_limit : undefined,
    mem_reservation: undefined,
  };
}

/** A reservation above the limit is none that Docker takes. */
function reservations(resources: Node, size: Node): Node {
  const { reservations: own } = resources as { reservations?: Node };
  if (!own) return {};
  const left = Object.fromEntries(Object.entries(own).filter(([key]) => !(key in size)));
  return Object.keys(left).length > 0 ? { reservations: left } : {};
}

function plainLimits({ limits }: Service): Node {
  return {
    ...(limits.cpus !== null && { cpus: limits.cpus }),
    ...(limits.memory !== null && { memory: String(limits.memory) }),
    ...(limits.pids !== null && { pids: limits.pids }),
  };
}

/** Without jobs: what waits for one is started when it has ended. */
function dependencies({ app, without }: Context, node: unknown): unknown {
  const there = (name: string) => app.services[name]?.job === false && !without.has(name);
  const kept = Object.entries((node ?? {}) as Node).filter(([name]) => there(name));
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

/** `api`, `api:alias`, `api:ro`: without those of services that have no container all the time. */
function toServices({ app, without }: Context, node: unknown): unknown {
  const items = (node ?? []) as readonly string[];
  return nonEmpty(
    items.filter((item) => {
      const [name = ""] = item.split(":");
      return !without.has(name) && app.services[name]?.job !== true;
    }),
  );
}

function ports({ options }: Context, service: Service): Node {
  const given = options.ports?.(service.name) ?? null;
  if (given === null) return {};
  return {
    ports: nonEmpty(
      given.map(({ target, published, protocol, hostIp }) => ({
        mode: "ingress",
        target,
        published: String(published),
        protocol,
        ...(hostIp !== null && { host_ip: hostIp }),
      })),
    ),
  };
}

function restart(options: WiredOptions, service: Service): string | undefined {
  if (service.job) return "no";
  const said = service.canonical.restart;
  if (typeof said === "string") return said;
  return service.deploy.restart_policy || options.restart === null ? undefined : options.restart;
}

/** A driver of the service's own stays. Without waiting for CloudWatch, so that a full buffer never stops the program. */
function logging(options: WiredOptions, service: Service, node: unknown): unknown {
  const logs = service.job && options.jobLogs ? options.jobLogs : options.logs;
  if (logs === null || service.logging?.driver) return node;
  return {
    driver: "awslogs",
    options: {
      "awslogs-group": holeMark({ logGroup: service.name }),
      "awslogs-region": logs.region,
      "max-buffer-size": "4m",
      mode: "non-blocking",
      tag: "{{.Name}}/{{.ID}}",
    },
  };
}

function labels(context: Context, service: Service, node: unknown): unknown {
  const own = (node ?? {}) as Node;
  const files = context.options.digests === "all" ? filesDigest(context, service) : null;
  const variable = digestVariable(service.name);
  const secrets = variable in context.digests ? `\${${variable}}` : null;
  const label = [files, secrets].filter((part) => part !== null).join("-");
  const all = label === "" ? own : { ...own, "spectrum.files": label };
  return Object.keys(all).length > 0 ? all : undefined;
}

/** A digest of the plain files that the service mounts; `null` where it has none. */
function filesDigest({ app, grants }: Context, service: Service): string | null {
  const own = [...projectFiles(app, [service]), ...(grants.granted.get(service.name)?.files ?? [])];
  return own.length === 0 ? null : shortHash(JSON.stringify(byPath(own)), 12);
}

export const digestVariable = (service: string): string => `DIGEST_${variableOf(service).slice("SECRET_".length)}`;

/** Where the canonical form, which prints like Compose, is not what Compose reads. */
function outputForms(service: Service, node: Node): Node {
  const blkio = node.blkio_config as Node | undefined;
  const hosts = Object.entries(service.extraHosts).flatMap(([host, ips]) => ips.map((ip) => `${host}=${ip}`));
  return {
    ...(hosts.length > 0 && { extra_hosts: hosts.map((line) => line.replaceAll("$", "$$$$")) }),
    ...(Object.keys(service.ulimits).length > 0 && { ulimits: service.ulimits }),
    ...(blkio && { blkio_config: lowerKeys(blkio) }),
  };
}

function lowerKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowerKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toLowerCase(), lowerKeys(inner)]));
}
