/** The finished model as the typed App. */
import { isAbsolute, resolve } from "node:path";
import type {
  App,
  Build,
  Dependency,
  ExposedPort,
  FileGrant,
  FileSource,
  Healthcheck,
  KeyUse,
  Mount,
  Network,
  Port,
  Resources,
  Service,
  Volume,
} from "../model";
import type { Value } from "../value";
import { parseValue } from "../value";
import { MAX_PORTS } from "./canonical";
import { plainModel, plainService } from "./output";
import { isRemoteContext } from "./paths";
import { parseRange } from "./ports";
import type { Problems } from "./problems";
import { show } from "./problems";
import type { MapNode, Node } from "./tree";
import { entriesOf, get, isList, isMap, isText, itemsOf, locationOf, textOf, toPlain } from "./tree";
import { cleanPath, isWindowsAbsolute, parseBytes, parseDuration } from "./units";
import { locate } from "./uses";

export interface AppParts {
  readonly name: string;
  readonly directory: string;
  /** The bound model, with the services that are not started. */
  readonly model: MapNode;
  /** The model before it was bound, for the extensions. */
  readonly raw: MapNode;
  readonly active: ReadonlySet<string>;
  readonly uses: readonly KeyUse[];
}

/** The App of a model that has been checked. What no tier can have (a port that is neither tcp nor udp) is a problem. */
export function makeApp({ name, directory, model, raw, active, uses }: AppParts, problems: Problems): App {
  const services = entriesOf(get(model, "services")).filter(([service]) => active.has(service));
  const jobs = new Set(
    services.flatMap(([, node]) =>
      entriesOf(get(node, "depends_on"))
        .filter(([, dependency]) => str(dependency, "condition") === "service_completed_successfully")
        .map(([other]) => other),
    ),
  );
  const reader = new ServiceReader(directory, active, jobs, raw, problems);
  return {
    name,
    directory,
    services: record(services, (node, key) => reader.read(key, node)),
    networks: record(entriesOf(get(model, "networks")), network),
    volumes: record(entriesOf(get(model, "volumes")), volume),
    secrets: record(entriesOf(get(model, "secrets")), (node) => source(node, directory)),
    configs: record(entriesOf(get(model, "configs")), (node) => source(node, directory)),
    extension: plainOr(get(raw, "x-spectrum")),
    uses,
    locate: (path) => locate(model, path),
    canonical: plainModel(model, active),
  };
}

function record<T>(
  entries: readonly (readonly [string, Node])[],
  make: (node: Node, key: string) => T,
): Record<string, T> {
  // no key of a file may reach a prototype
  const result = Object.create(null) as Record<string, T>;
  for (const [key, node] of entries) result[key] = make(node, key);
  return result;
}

function plainOr(node: Node | undefined): unknown {
  return node === undefined ? undefined : toPlain(node);
}

function str(node: Node | undefined, ...path: readonly string[]): string | null {
  const value = textOf(get(node, ...path));
  return value === undefined || value === "" ? null : value;
}

function num(node: Node | undefined, ...path: readonly string[]): number | null {
  const value = get(node, ...path);
  return value?.kind === "scalar" && typeof value.value === "number" ? value.value : null;
}

function yes(node: Node | undefined, ...path: readonly string[]): boolean {
  const value = get(node, ...path);
  return value?.kind === "scalar" && value.value === true;
}

function texts(node: Node | undefined, ...path: readonly string[]): string[] {
  return itemsOf(get(node, ...path)).map((item) => (item.kind === "scalar" ? item.text : ""));
}

function words(node: Node | undefined): string[] | null {
  return isList(node) ? texts(node) : null;
}

function textMap(node: Node | undefined): Record<string, string> {
  return record(entriesOf(node), (value) => (value.kind === "scalar" ? value.text : ""));
}

function size(node: Node | undefined, ...path: readonly string[]): number | null {
  const written = str(node, ...path);
  return written === null ? null : Number(written);
}

function seconds(node: Node | undefined, ...path: readonly string[]): number | null {
  const written = str(node, ...path);
  const time = written === null ? null : parseDuration(written);
  return time === null ? null : Number(time) / 1e9;
}

function octal(node: Node | undefined, ...path: readonly string[]): number | null {
  const written = str(node, ...path);
  return written === null ? null : parseInt(written, 8);
}

class ServiceReader {
  constructor(
    private readonly directory: string,
    private readonly active: ReadonlySet<string>,
    private readonly jobs: ReadonlySet<string>,
    private readonly raw: MapNode,
    private readonly problems: Problems,
  ) {}

  read(name: string, node: Node): Service {
    const networks = entriesOf(get(node, "networks"));
    return {
      name,
      image: str(node, "image"),
      build: isMap(get(node, "build")) ? build(get(node, "build") as MapNode, this.directory) : null,
      command: words(get(node, "command")),
      entrypoint: words(get(node, "entrypoint")),
      environment: record(entriesOf(get(node, "environment")), (value): Value | null =>
        isText(value) ? parseValue(value.text) : null,
      ),
      ports: this.#ports(name, node),
      expose: this.#expose(name, node),
      mounts: itemsOf(get(node, "volumes")).map((mount, index) => this.#mount(mount, index)),
      tmpfs: this.#tmpfs(name, node),
      secrets: grants(get(node, "secrets"), "/run/secrets"),
      configs: grants(get(node, "configs"), ""),
      dependsOn: record(
        entriesOf(get(node, "depends_on")).filter(([other]) => this.active.has(other)),
        dependency,
      ),
      healthcheck: healthcheck(get(node, "healthcheck")),
      networks: networks.map(([network]) => network),
      aliases: [...new Set(networks.flatMap(([, network]) => texts(network, "aliases")))],
      networkMode: str(node, "network_mode"),
      links: texts(node, "links").map((link) => {
        const [service = "", alias] = link.split(":");
        return { service, alias: alias ?? service };
      }),
      volumesFrom: texts(node, "volumes_from")
        .filter((from) => !from.startsWith("container:"))
        .map((from) => ({ service: from.split(":")[0] ?? "", readOnly: from.split(":")[1] === "ro" })),
      replicas: num(node, "deploy", "replicas") ?? num(node, "scale") ?? 1,
      limits: resources(node, "limits", { cpus: "cpus", memory: "mem_limit", pids: "pids_limit" }),
      reservations: resources(node, "reservations", { memory: "mem_reservation" }),
      platform: str(node, "platform"),
      user: str(node, "user"),
      groupAdd: texts(node, "group_add"),
      workingDir: str(node, "working_dir"),
      hostname: str(node, "hostname"),
      readOnly: yes(node, "read_only"),
      init: yes(node, "init"),
      tty: yes(node, "tty"),
      stdinOpen: yes(node, "stdin_open"),
      privileged: yes(node, "privileged"),
      capAdd: texts(node, "cap_add"),
      capDrop: texts(node, "cap_drop"),
      sysctls: textMap(get(node, "sysctls")),
      ulimits: record(entriesOf(get(node, "ulimits")), (limit) => ({
        soft: num(limit) ?? num(limit, "soft") ?? 0,
        hard: num(limit) ?? num(limit, "hard") ?? 0,
      })),
      shmSize: size(node, "shm_size"),
      stopGracePeriod: seconds(node, "stop_grace_period"),
      stopSignal: str(node, "stop_signal"),
      restart: this.#restart(name, node),
      labels: textMap(get(node, "labels")),
      extraHosts: record(entriesOf(get(node, "extra_hosts")), (addresses) => texts(addresses)),
      dns: texts(node, "dns"),
      logging: isMap(get(node, "logging"))
        ? { driver: str(node, "logging", "driver"), options: textMap(get(node, "logging", "options")) }
        : null,
      pid: str(node, "pid"),
      devices: itemsOf(get(node, "devices")).map(toPlain),
      gpus: itemsOf(get(node, "gpus")).map(toPlain),
      deploy: (plainOr(get(node, "deploy")) ?? {}) as Record<string, unknown>,
      job: this.jobs.has(name),
      extension: plainOr(get(this.raw, "services", name, "x-spectrum")),
      canonical: plainService(node),
    };
  }

  #protocol(written: string, at: string, node: Node): "tcp" | "udp" {
    if (written === "tcp" || written === "udp") return written;
    this.problems.error(
      `${at}: got the protocol ${show(written)}, only tcp and udp are allowed here`,
      locationOf(node),
      at,
    );
    return "tcp";
  }

  #ports(name: string, node: Node): Port[] {
    return itemsOf(get(node, "ports")).map((port, index) => ({
      target: num(port, "target") ?? 0,
      // of a range the first: it is as free as the others
      published: parseRange(str(port, "published") ?? "")?.start ?? null,
      protocol: this.#protocol(str(port, "protocol") ?? "tcp", `services.${name}.ports[${index}].protocol`, port),
      hostIp: str(port, "host_ip"),
      appProtocol: str(port, "app_protocol"),
      name: str(port, "name"),
      index,
    }));
  }

  #expose(name: string, node: Node): ExposedPort[] {
    let count = 0;
    return itemsOf(get(node, "expose")).flatMap((item, i) => {
      const at = `services.${name}.expose[${i}]`;
      const [ports = "", protocol = "tcp"] = (item.kind === "scalar" ? item.text : "").split("/");
      const range = parseRange(ports);
      if (range === null) {
        const got = show(item.kind === "scalar" ? item.text : "");
        this.problems.error(
          `${at}: got ${got}, only a port or a range such as 8000-8010, with /tcp or /udp, is allowed here`,
          item.place,
          at,
        );
        return [];
      }
      count += range.end - range.start + 1;
      if (count > MAX_PORTS) {
        this.problems.error(
          `${at}: more than ${MAX_PORTS} ports, at most so many are allowed for a service`,
          item.place,
          at,
        );
        return [];
      }
      const kind = this.#protocol(protocol.toLowerCase(), at, item);
      return Array.from({ length: range.end - range.start + 1 }, (_, port) => ({
        port: range.start + port,
        protocol: kind,
      }));
    });
  }

  #mount(node: Node, index: number): Mount {
    const type = (str(node, "type") ?? "volume") as Mount["type"];
    const written = str(node, "source");
    return {
      type,
      source: type === "bind" && written !== null ? absolute(this.directory, written) : written,
      target: str(node, "target") ?? "",
      readOnly: yes(node, "read_only"),
      subpath: str(node, "volume", "subpath") ?? str(node, "image", "subpath"),
      size: size(node, "tmpfs", "size"),
      index,
    };
  }

  #tmpfs(name: string, node: Node): Service["tmpfs"] {
    return itemsOf(get(node, "tmpfs")).map((item, i) => {
      const [target = "", options = ""] = (item.kind === "scalar" ? item.text : "").split(":");
      const option = (key: string) => new RegExp(`(?:^|,)${key}=([^,]*)`, "u").exec(options)?.[1];
      const bytes = option("size");
      const parsed = bytes === undefined ? null : parseBytes(bytes);
      const at = `services.${name}.tmpfs[${i}]`;
      if (bytes !== undefined && parsed === null)
        this.problems.error(
          `${at}: got the size ${show(bytes)}, only bytes or a size such as 64m is allowed here`,
          item.place,
          at,
        );
      const mode = option("mode");
      return {
        target,
        size: parsed === null ? null : Number(parsed),
        mode: mode === undefined ? null : parseInt(mode, 8),
      };
    });
  }

  #restart(name: string, node: Node): Service["restart"] {
    const written = str(node, "restart");
    const policy = (written ?? "").replace(/:.*$/su, "");
    switch (policy) {
      case "":
        return null;
      case "no":
      case "always":
      case "on-failure":
      case "unless-stopped":
        return policy;
      default: {
        const at = `services.${name}.restart`;
        const allowed = "no, always, on-failure[:times] or unless-stopped";
        this.problems.error(
          `${at}: got ${show(written ?? "")}, only ${allowed} is allowed here`,
          locationOf(get(node, "restart")),
          at,
        );
        return null;
      }
    }
  }
}

/** A path of the host as an absolute one; those of Windows and of a home stay as they are. */
function absolute(directory: string, path: string): string {
  return isAbsolute(path) || isWindowsAbsolute(path) || path.startsWith("~") ? path : resolve(directory, path);
}

function build(node: MapNode, directory: string): Build {
  const context = str(node, "context") ?? ".";
  return {
    context: isRemoteContext(context) ? context : absolute(directory, context),
    dockerfile: str(node, "dockerfile") ?? "Dockerfile",
    dockerfileInline: str(node, "dockerfile_inline"),
    target: str(node, "target"),
    args: record(entriesOf(get(node, "args")), (value) => (isText(value) ? value.text : null)),
    platforms: texts(node, "platforms"),
    cacheFrom: texts(node, "cache_from"),
    cacheTo: texts(node, "cache_to"),
    additionalContexts: record(entriesOf(get(node, "additional_contexts")), (value) => {
      const written = textOf(value) ?? "";
      return isRemoteContext(written) ? written : absolute(directory, written);
    }),
    labels: textMap(get(node, "labels")),
    secrets: grants(get(node, "secrets"), "/run/secrets"),
    network: str(node, "network"),
    noCache: yes(node, "no_cache"),
    pull: yes(node, "pull"),
  };
}

function grants(node: Node | undefined, folder: string): FileGrant[] {
  return itemsOf(node).map((grant, index) => {
    const source = str(grant, "source") ?? "";
    const target = str(grant, "target") ?? source;
    return {
      source,
      target: target.startsWith("/") ? cleanPath(target) : `${folder}/${target}`,
      uid: str(grant, "uid"),
      gid: str(grant, "gid"),
      mode: octal(grant, "mode"),
      index,
    };
  });
}

function dependency(node: Node): Dependency {
  return {
    condition: (str(node, "condition") ?? "service_started") as Dependency["condition"],
    required: get(node, "required") === undefined || yes(node, "required"),
    restart: yes(node, "restart"),
  };
}

function healthcheck(node: Node | undefined): Healthcheck | null {
  if (!isMap(node)) return null;
  const test = texts(node, "test");
  const none = test[0] === "NONE";
  return {
    test: test.length === 0 || none ? null : test,
    disabled: none || yes(node, "disable"),
    interval: seconds(node, "interval"),
    timeout: seconds(node, "timeout"),
    retries: num(node, "retries"),
    startPeriod: seconds(node, "start_period"),
    startInterval: seconds(node, "start_interval"),
  };
}

/** `deploy.resources` first, then the old keys. */
function resources(
  node: Node,
  kind: "limits" | "reservations",
  old: { readonly cpus?: string; readonly memory: string; readonly pids?: string },
): Resources {
  const deploy = get(node, "deploy", "resources", kind);
  const zero = (value: number | null | undefined) => (value === 0 ? null : (value ?? null));
  return {
    cpus: zero(num(deploy, "cpus") ?? (old.cpus === undefined ? null : num(node, old.cpus))),
    memory: zero(size(deploy, "memory") ?? size(node, old.memory)),
    pids: zero(num(deploy, "pids") ?? (old.pids === undefined ? null : num(node, old.pids))),
  };
}

function network(node: Node): Network {
  return {
    name: str(node, "name") ?? "",
    external: yes(node, "external"),
    internal: yes(node, "internal"),
    driver: str(node, "driver"),
  };
}

function volume(node: Node): Volume {
  return {
    name: str(node, "name") ?? "",
    external: yes(node, "external"),
    driver: str(node, "driver"),
    driverOptions: textMap(get(node, "driver_opts")),
    labels: textMap(get(node, "labels")),
  };
}

function source(node: Node, directory: string): FileSource {
  const name = str(node, "name") ?? "";
  const file = str(node, "file");
  const variable = str(node, "environment");
  const content = get(node, "content");
  if (file !== null) return { name, kind: "file", path: absolute(directory, file) };
  if (variable !== null) return { name, kind: "environment", variable };
  if (isText(content)) return { name, kind: "content", content: parseValue(content.text) };
  return { name, kind: "external" };
}
