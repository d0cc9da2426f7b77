/** Where the other services name a managed one: what is rewritten, and what cannot hold. Pure. */
import type { Placement } from "../config/types";
import { changed, finding, refused, type Verdict } from "../fit";
import type { Finding } from "../finding";
import type { App, KeyUse, Service } from "../model";
import { markedText, parseValue, type Value } from "../value";
import { holdsHosts, hostNames, type HostNames, wireValue } from "../wiring";
import { withCanonical } from "./variables";

/** What stands for a managed service: `{ output: "db.database.host" }`. By service. */
export type ManagedHosts = ReadonlyMap<string, string>;

/** The names that `from` may call the managed services by. */
export function managedNames(app: App, from: Service, hosts: ManagedHosts): HostNames {
  return new Map([...hostNames(app, from)].filter(([, service]) => hosts.has(service)));
}

/** The value with the hosts of managed services as outputs; every other text stays as it is written. */
export function wireManaged(value: Value, names: HostNames, hosts: ManagedHosts, bare: boolean): Value {
  const wired = wireValue(value, names, bare);
  return wired.map((part) => {
    const output = typeof part === "object" && "host" in part ? hosts.get(part.host) : undefined;
    return output === undefined ? part : { output };
  });
}

export interface Rewritten {
  readonly app: App;
  /** The services that name each managed one, or wait for it. */
  readonly users: ReadonlyMap<string, readonly string[]>;
  readonly findings: readonly Finding[];
}

/** The app without its managed services: their names are rewritten, and whoever mentions them otherwise hears of it. */
export function rewriteMentions(app: App, placement: Placement, hosts: ManagedHosts): Rewritten {
  const users = new Map<string, string[]>([...hosts.keys()].map((name) => [name, []]));
  const findings: Finding[] = [];
  let result = app;
  for (const service of Object.values(app.services)) {
    if (hosts.has(service.name)) continue;
    const names = managedNames(app, service, hosts);
    const report = (key: string, verdict: Verdict) =>
      findings.push(finding({ app, placement }, service.name, key, verdict));
    const calls = rewriteValues(service, names, hosts);
    for (const { key, before, after } of calls.rewritten)
      report(key, changed(`${before} is called by its own name on AWS: ${after}`, "nothing to do"));
    for (const { key, verdict } of others(app, service, names, hosts)) report(key, verdict);
    const named = new Set([...calls.services, ...Object.keys(service.dependsOn).filter((name) => hosts.has(name))]);
    for (const name of named) users.get(name)?.push(service.name);
    result = calls.rewritten.length > 0 ? withCanonical(result, service.name, calls.model, calls.canonical) : result;
    result = withoutMentions(result, service.name, hosts);
    const rewritten = new Set(calls.rewritten.map(({ key }) => key));
    const gone = (use: KeyUse) =>
      use.service === service.name &&
      (rewritten.has(use.key) ? use.key.startsWith("environment.") : mentions(use, hosts));
    result = { ...result, uses: result.uses.filter((use) => !gone(use)) };
  }
  return { app: result, users, findings };
}

interface Calls {
  readonly rewritten: readonly { readonly key: string; readonly before: string; readonly after: string }[];
  readonly services: readonly string[];
  readonly model: Partial<Service>;
  readonly canonical: Readonly<Record<string, unknown>>;
}

/** Environment, command and entrypoint, in the model and in its canonical form alike. */
function rewriteValues(service: Service, names: HostNames, hosts: ManagedHosts): Calls {
  const rewritten: Calls["rewritten"][number][] = [];
  const services = new Set<string>();
  const outputs = new Map([...hosts].map(([name, output]) => [output, name]));
  const rewrite = (key: string, value: Value, bare: boolean): Value => {
    const wired = wireManaged(value, names, hosts, bare);
    const found = wired.flatMap((part) => {
      const named = typeof part === "object" && "output" in part ? outputs.get(part.output) : undefined;
      return named === undefined ? [] : [named];
    });
    if (found.length === 0) return value;
    for (const name of found) services.add(name);
    const each = [...new Set(found)];
    rewritten.push({
      key,
      before: each.join(" and "),
      after: each.map((name) => `(${hosts.get(name) ?? name})`).join(" and "),
    });
    return wired;
  };
  const environment = Object.fromEntries(
    Object.entries(service.environment).map(([name, value]) => [
      name,
      value && rewrite(`environment.${name}`, value, holdsHosts(name)),
    ]),
  );
  const words = (key: "command" | "entrypoint") =>
    service[key]?.map((word, i) => markedText(rewrite(`${key}[${i}]`, parseValue(word), false))) ?? null;
  const [command, entrypoint] = [words("command"), words("entrypoint")];
  const own = service.canonical.environment as Readonly<Record<string, unknown>> | undefined;
  const texts = Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value ? [[name, markedText(value)]] : [])),
  );
  const touched = (key: string) => rewritten.some((one) => one.key.startsWith(key));
  return {
    rewritten,
    services: [...services],
    model: { environment, command, entrypoint },
    canonical: {
      ...(touched("environment.") && { environment: { ...own, ...texts } }),
      ...(touched("command") && { command }),
      ...(touched("entrypoint") && { entrypoint }),
    },
  };
}

/** What names a managed service elsewhere than in a value that can be rewritten. */
function others(
  app: App,
  service: Service,
  names: HostNames,
  hosts: ManagedHosts,
): { readonly key: string; readonly verdict: Verdict }[] {
  const found: { key: string; verdict: Verdict }[] = [];
  const isManaged = (name: string | null, prefix: string) =>
    name !== null && name.startsWith(prefix) && hosts.has(name.slice(prefix.length));
  for (const name of Object.keys(service.dependsOn).filter((one) => hosts.has(one)))
    found.push({
      key: `depends_on.${name}`,
      verdict: changed(`${name} is managed: it is there before the containers start`, "nothing to do"),
    });
  for (const { service: name } of service.links.filter((link) => hosts.has(link.service)))
    found.push({
      key: "links",
      verdict: changed(`${name} is managed: its name is rewritten in the values instead`, "nothing to do"),
    });
  for (const { service: name } of service.volumesFrom.filter((from) => hosts.has(from.service)))
    found.push({
      key: "volumes_from",
      verdict: refused(
        `${name} is managed, and gives its volumes to nobody`,
        "leave it out, and read the data by the database's own protocol",
      ),
    });
  const joined = (key: string, value: string | null) => {
    if (isManaged(value, "service:"))
      found.push({
        key,
        verdict: refused(
          `${String(value).slice("service:".length)} is managed: it has no container to join`,
          "leave the key out, and call it by its name",
        ),
      });
  };
  joined("network_mode", service.networkMode);
  joined("pid", service.pid);
  joined("ipc", textOf(service.canonical.ipc));
  if (service.healthcheck?.test?.some((word) => callsHost(word, names)))
    found.push({
      key: "healthcheck.test",
      verdict: refused(
        "it names a managed service, whose name is another on AWS",
        "read the host from a variable of the environment",
      ),
    });
  for (const { key, text } of filesOf(app, service))
    if (callsHost(text, names))
      found.push({
        key,
        verdict: refused(
          "it names a managed service, whose name is another on AWS, and no file is rewritten",
          "read the host from a variable of the environment; or accept it where the word means something else",
        ),
      });
  return found;
}

/** The small files that a service is given: configs, and files of the project that it mounts. */
function filesOf(app: App, service: Service): readonly { readonly key: string; readonly text: string }[] {
  const textsUnder = (path: string) =>
    Object.entries(app.files ?? {}).flatMap(([file, { content, encoding }]) =>
      content !== null && encoding === "utf8" && (file === path || file.startsWith(`${path}/`)) ? [content] : [],
    );
  const configs = service.configs.flatMap(({ source, index }) => {
    const config = app.configs[source];
    const value = app.configValues?.[source];
    const texts =
      config?.kind === "file"
        ? textsUnder(config.path)
        : config?.kind === "content"
          ? [markedText(config.content)]
          : value
            ? [markedText(value)]
            : [];
    return texts.map((text) => ({ key: `configs[${index}]`, text }));
  });
  const mounts = service.mounts.flatMap(({ type, source, index }) =>
    type === "bind" && source !== null ? textsUnder(source).map((text) => ({ key: `volumes[${index}]`, text })) : [],
  );
  // one finding for a mount, however many of its files it is
  return [
    ...new Map(
      [...configs, ...mounts].map(({ key, text }) => [key, text] as const).reduce(joinTexts, new Map<string, string>()),
    ),
  ].map(([key, text]) => ({ key, text }));
}

const joinTexts = (all: Map<string, string>, [key, text]: readonly [string, string]) =>
  all.set(key, `${all.get(key) ?? ""}\n${text}`);

/** A host as in a value, or after a key that says so: `host: db`, `"DB_HOST" = "db"`. */
function callsHost(text: string, names: HostNames): boolean {
  if (wireValue(parseValue(text), names, false).some((part) => typeof part === "object" && "host" in part)) return true;
  return [...text.matchAll(/\b([\w.-]+)["']?\s*[:=]\s*["']?([A-Za-z0-9][\w.-]*)(?![\w.-])/gu)].some(
    ([, key = "", host = ""]) => holdsHosts(key) && names.has(host),
  );
}

const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

/** True for a use whose finding says all: the service that it mentions is not there any more. */
function mentions({ key, value }: KeyUse, hosts: ManagedHosts): boolean {
  const [first = "", second = ""] = key.split(/[.[]/u);
  if (first === "depends_on") return hosts.has(second) || (typeof value === "string" && hosts.has(value));
  if (first === "links" || first === "volumes_from")
    return [value].flat().some((one) => hosts.has(String(one).split(":")[0] ?? ""));
  return (
    ["network_mode", "pid", "ipc"].includes(first) &&
    typeof value === "string" &&
    hosts.has(value.replace(/^service:/u, ""))
  );
}

function withoutMentions(app: App, name: string, hosts: ManagedHosts): App {
  const service = app.services[name];
  if (!service) return app;
  const joins = (value: unknown) =>
    typeof value === "string" && value.startsWith("service:") && hosts.has(value.slice("service:".length));
  const dependsOn = Object.fromEntries(Object.entries(service.dependsOn).filter(([other]) => !hosts.has(other)));
  const links = service.links.filter((link) => !hosts.has(link.service));
  const volumesFrom = service.volumesFrom.filter((from) => !hosts.has(from.service));
  const { canonical } = service;
  const listed = (key: "links" | "volumes_from") =>
    [canonical[key]].flat().filter((item) => typeof item === "string" && !hosts.has(item.split(":")[0] ?? ""));
  const awaited = Object.fromEntries(
    Object.entries((canonical.depends_on ?? {}) as Readonly<Record<string, unknown>>).filter(
      ([other]) => !hosts.has(other),
    ),
  );
  const changes: Partial<Service> = {
    ...(Object.keys(dependsOn).length < Object.keys(service.dependsOn).length && { dependsOn }),
    ...(links.length < service.links.length && { links }),
    ...(volumesFrom.length < service.volumesFrom.length && { volumesFrom }),
    ...(joins(service.networkMode) && { networkMode: null, networks: ["default"] }),
    ...(joins(service.pid) && { pid: null }),
  };
  const node = {
    ...(changes.dependsOn && { depends_on: awaited }),
    ...(changes.links && { links: listed("links") }),
    ...(changes.volumesFrom && { volumes_from: listed("volumes_from") }),
    ...(changes.networkMode === null && { network_mode: undefined }),
    ...(changes.pid === null && { pid: undefined }),
    ...(joins(canonical.ipc) && { ipc: undefined }),
  };
  return Object.keys(node).length > 0 ? withCanonical(app, name, changes, node) : app;
}
