/** From an app to the Compose file that a machine runs, with everything that it needs beside it. Pure. */
import { posix } from "node:path";
import { Document } from "yaml";
import type { Placement } from "../../../app/config/types";
import type { App, Service } from "../../../app/model";
import { hasMark, parseValue } from "../../../app/value";
import { shortHash } from "../../names";
import { type Grants, grantsOf } from "./grants";
import { bindMount } from "./mounts";
import { holeMark, splitHoles } from "./parts";
import type { WiredApp, WiredFile, WiredOptions } from "./wired";

type Node = Readonly<Record<string, unknown>>;

/** Where the project's own files are, beside the Compose file. */
const FILES = "./files";

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

/** What `docker compose` looks at under `deploy`; the rest is Swarm's. */
const DEPLOY = ["resources", "restart_policy"] as const;

/**
 * The app's Compose file as a machine runs it. Kept keys are as in the app's canonical form; images, secrets, files, volumes,
 * sizes and logs are as the tier has them. Hosts are not touched: on one machine the names of services work as they are.
 */
export function wireApp(app: App, placement: Placement, options: WiredOptions): WiredApp {
  const without = new Set(
    options.without ?? Object.values(app.services).flatMap(({ name, job }) => (job ? [name] : [])),
  );
  const services = Object.values(app.services).filter(({ name }) => !without.has(name));
  const variables = new Map<string, string>();
  const grants = grantsOf(app, services, options.secretsFolder);
  const digests = options.digests ? digestsOf(services, grants) : {};
  const context: Context = { app, placement, options, without, variables, grants, digests };
  const nodes = Object.fromEntries(services.map((service) => [service.name, serviceNode(context, service)]));
  const extra = Object.fromEntries((options.extra ?? []).map(({ name, node }) => [name, node]));
  const top = {
    name: app.name,
    services: { ...nodes, ...extra },
    ...section("networks", networks(context)),
    ...section("volumes", volumes(context, services)),
    ...section("secrets", grants.secrets),
    ...section("configs", grants.configs),
  };
  return {
    composeFile: splitHoles(toYaml(top)),
    files: byPath([...projectFiles(app, services), ...grants.files]),
    secretFiles: grants.secretFiles,
    variables: Object.fromEntries([...variables].sort(([a], [b]) => (a < b ? -1 : 1))),
    digests,
    folders: folders(context, services),
  };
}

interface Context {
  readonly app: App;
  readonly placement: Placement;
  readonly options: WiredOptions;
  readonly without: ReadonlySet<string>;
  /** Filled while the nodes are made. */
  readonly variables: Map<string, string>;
  readonly grants: Grants;
  readonly digests: Readonly<Record<string, readonly string[]>>;
}

/** Double quotes around each text: no word is taken for a number or a truth, and a hole may hold anything. */
function toYaml(value: unknown): string {
  const document = new Document(sorted(value), { aliasDuplicateObjects: false });
  return document.toString({
    lineWidth: 0,
    defaultStringType: "QUOTE_DOUBLE",
    defaultKeyType: "PLAIN",
    // on one line with escapes: folded over several, a line of blanks alone would not come back as it was
    doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
  });
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

const section = (name: string, nodes: Node): Node => (Object.keys(nodes).length > 0 ? { [name]: nodes } : {});

const byPath = (files: readonly WiredFile[]): WiredFile[] =>
  [...new Map(files.map((file) => [file.path, file])).values()].sort((a, b) => (a.path < b.path ? -1 : 1));

function serviceNode(context: Context, service: Service): Node {
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
    ...ports(context, service),
    secrets: nonEmpty(grants.granted.get(service.name)?.secrets),
    configs: nonEmpty(grants.granted.get(service.name)?.configs),
    restart: restart(options, service),
    logging: logging(options, service, node.logging),
    labels: labels(context, service, node.labels),
    ...outputForms(service, node),
    ...(node.pull_policy === "build" && { pull_policy: undefined }),
  };
}

/** Secrets become variables, outputs holes; every other dollar sign is doubled, for Compose reads the file once more. */
function escape(value: unknown, variables: Map<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => escape(item, variables));
  if (typeof value === "string") return escapeText(value, variables);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, escape(inner, variables)]));
}

function escapeText(text: string, variables: Map<string, string>): string {
  if (!hasMark(text)) return text.replaceAll("$", "$$$$");
  return parseValue(text)
    .map((part) => {
      if (typeof part === "string") return part.replaceAll("$", "$$$$");
      if ("host" in part) return part.host;
      if ("output" in part) return holeMark({ output: part.output });
      const name = variableOf(part.secret);
      variables.set(name, part.secret);
      return `\${${name}}`;
    })
    .join("");
}

/** `SECRET_DB_PASSWORD`: the prefix keeps clear of variables that Docker or the shell reads. */
export function variableOf(secret: string): string {
  const plain = secret.replace(/[^A-Za-z0-9_]/gu, "_");
  return `SECRET_${plain === secret ? plain : `${plain}_${shortHash(secret, 6)}`}`;
}

/** A variable that has no value anywhere is not passed on. */
function environment(node: unknown): unknown {
  if (typeof node !== "object" || node === null) return undefined;
  return Object.fromEntries(Object.entries(node).filter(([, value]) => value !== null));
}

const nonEmpty = <T>(items: readonly T[] | undefined): readonly T[] | undefined =>
  items && items.length > 0 ? items : undefined;

function deploy({ options }: Context, service: Service): Node | undefined {
  const copies = options.copies?.(service.name) ?? service.replicas;
  const said = DEPLOY.flatMap((key): [string, unknown][] =>
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

function dependencies({ app, without }: Context, node: unknown): unknown {
  const there = (name: string) => name in app.services && !without.has(name);
  const kept = Object.entries((node ?? {}) as Node).filter(([name]) => there(name));
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

/** `api`, `api:alias`, `api:ro`: without those of services that are left out. */
function toServices({ without }: Context, node: unknown): unknown {
  const items = (node ?? []) as readonly string[];
  return nonEmpty(items.filter((item) => !without.has(item.split(":")[0] ?? "")));
}

function mounts(context: Context, service: Service, node: unknown): unknown {
  const items = (node ?? []) as readonly Node[];
  const kept = items.flatMap((item, index): Node[] => {
    const mount = service.mounts.find((m) => m.index === index);
    if (mount?.type !== "bind") return mount ? [item] : [];
    const place = bindPath(context, service, index);
    return place === null ? [] : [{ ...item, source: place }];
  });
  return nonEmpty(kept);
}

/** Where the source of `volumes[index]` is on the machine; `null`: the mount is left out. */
function bindPath({ app, options }: Context, service: Service, index: number): string | null {
  const mount = service.mounts.find((m) => m.index === index);
  if (mount?.type !== "bind") return null;
  const bind = bindMount(app, service, mount);
  switch (bind.kind) {
    case "carried":
      return null;
    case "machine":
      return bind.path.replaceAll("$", "$$$$");
    case "file":
    case "folder":
      return `${FILES}/${bind.path}`.replaceAll("$", "$$$$");
    case "empty":
      return dataPath(options, "folders", bind.path).replaceAll("$", "$$$$");
  }
}

const dataPath = ({ dataFolder }: WiredOptions, kind: "folders" | "volumes", path: string): string =>
  dataFolder === null ? `${FILES}/${path}` : posix.join(dataFolder, kind, path);

function projectFiles(app: App, services: readonly Service[]): WiredFile[] {
  return services.flatMap((service) =>
    service.mounts.flatMap((mount): WiredFile[] => {
      if (mount.type !== "bind") return [];
      const bind = bindMount(app, service, mount);
      const files =
        bind.kind === "file"
          ? { [bind.path]: bind.file }
          : bind.kind === "folder"
            ? Object.fromEntries(
                Object.entries(bind.files).map(([name, file]) => [posix.join(bind.path, name), file] as const),
              )
            : {};
      return Object.entries(files).flatMap(([path, { content, encoding, executable }]): WiredFile[] =>
        content === null
          ? [] // too large, which the tier refuses
          : [
              {
                path: posix.join("files", path),
                content,
                encoding,
                mode: executable ? 0o755 : 0o644,
                uid: null,
                gid: null,
              },
            ],
      );
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
  const said = service.canonical.restart;
  if (typeof said === "string") return said;
  return service.deploy.restart_policy || options.restart === null ? undefined : options.restart;
}

/** A driver of the service's own stays. Without waiting for CloudWatch, so that a full buffer never stops the program. */
function logging({ logs }: WiredOptions, service: Service, node: unknown): unknown {
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

const digestVariable = (service: string): string => `DIGEST_${variableOf(service).slice("SECRET_".length)}`;

function digestsOf(services: readonly Service[], grants: Grants): Record<string, readonly string[]> {
  return Object.fromEntries(
    services
      .map(({ name }): [string, readonly string[]] => [
        digestVariable(name),
        (grants.granted.get(name)?.secretFiles ?? []).map(({ path }) => path).sort(),
      ])
      .filter(([, paths]) => paths.length > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

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

/** Networks of other projects are not there: the app gets one of its own of the same name. */
function networks({ app, variables }: Context): Node {
  const own = (app.canonical.networks ?? {}) as Readonly<Record<string, Node | null>>;
  return Object.fromEntries(
    Object.entries(own).map(([name, node]) => {
      const { external: _, ...rest } = node ?? {};
      return [name, escape(rest, variables)];
    }),
  );
}

/** A volume with options of its own stays as it is; every other one is a folder of the data disk. */
function volumes({ app, options, variables }: Context, services: readonly Service[]): Node {
  const own = (app.canonical.volumes ?? {}) as Readonly<Record<string, Node | null>>;
  const { dataFolder } = options;
  return Object.fromEntries(
    usedVolumes(services).flatMap((name): [string, unknown][] => {
      const { external: _, ...rest } = own[name] ?? {};
      const node = escape(rest, variables) as Node;
      if (dataFolder === null || !isOnDisk(app, name)) return [[name, node]];
      const device = dataPath(options, "volumes", name);
      return [[name, { ...node, driver: "local", driver_opts: { device, o: "bind", type: "none" } }]];
    }),
  );
}

function usedVolumes(services: readonly Service[]): readonly string[] {
  const names = services.flatMap(({ mounts: all }) =>
    all.flatMap(({ type, source }) => (type === "volume" && source !== null ? [source] : [])),
  );
  return [...new Set(names)].sort();
}

/** True for a named volume that has no driver or options of its own, so that the tier gives it a place. */
export function isOnDisk(app: App, volume: string): boolean {
  const { driver = null, driverOptions = {} } = app.volumes[volume] ?? {};
  return (driver === null || driver === "" || driver === "local") && Object.keys(driverOptions).length === 0;
}

function folders(context: Context, services: readonly Service[]): readonly string[] {
  const { app, options } = context;
  const ofVolumes =
    options.dataFolder === null
      ? []
      : usedVolumes(services)
          .filter((name) => isOnDisk(app, name))
          .map((name) => dataPath(options, "volumes", name));
  const ofMounts = services.flatMap((service) =>
    service.mounts.flatMap((mount) => {
      if (mount.type !== "bind") return [];
      const bind = bindMount(app, service, mount);
      return bind.kind === "empty" ? [dataPath(options, "folders", bind.path)] : [];
    }),
  );
  return [...new Set([...ofVolumes, ...ofMounts])].sort();
}
