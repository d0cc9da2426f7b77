/**
 * Wiring: the hosts that stand in an app's values, found by one pure function for all tiers. A tier then says what each
 * host becomes: `localhost`, a Service Connect name, a managed endpoint.
 *
 * A service name counts as a host where it is a whole host name in
 *
 * - a URL's authority: `postgres://u:p@db:5432/app`, `mongodb://a:27017,b:27017`, `jdbc:mysql://db/app`;
 * - `host:port`, alone, in a list or in a data source name: `db:5432`, `k1:9092,k2:9092`, `user:pw@tcp(db:3306)/app`;
 * - `host=db` of a libpq connection string, `Server=db;` of an ADO one;
 * - the whole value, or an item of a list, of a variable whose name says that it holds a host: `DB_HOST=db`.
 *
 * Everywhere else it is a word like any other: `MYSQL_DATABASE=db` stays.
 */
import type { App, Service } from "./model";
import { oncePerApp } from "./once";
import { normalise, parseValue, type Part, type Value } from "./value";

/** One host name that stands in a value. */
export interface Rewrite {
  readonly service: string;
  /** `environment.DATABASE_URL`, `command[1]` */
  readonly key: string;
  /** The service that is named. */
  readonly host: string;
}

export interface Wiring {
  /** The environment of each service with its hosts as parts. `null`: the variable has no value. */
  readonly environment: Readonly<Record<string, Readonly<Record<string, Value | null>>>>;
  /** The words of `command` and `entrypoint` likewise. `null`: the image's own. */
  readonly command: Readonly<Record<string, readonly Value[] | null>>;
  readonly entrypoint: Readonly<Record<string, readonly Value[] | null>>;
  readonly rewrites: readonly Rewrite[];
}

/** A host in a value, with the port that follows it. */
export interface NamedHost {
  readonly host: string;
  readonly port: number | null;
}

/** Finds every service name that stands as a host in the app's values. Idempotent; touches no value that names none. */
export const wire = oncePerApp((app: App): Wiring => {
  const rewrites: Rewrite[] = [];
  const mapServices = <T>(map: (service: Service, names: HostNames) => T): Record<string, T> =>
    Object.fromEntries(Object.values(app.services).map((s) => [s.name, map(s, hostNames(app, s))]));
  const note = (service: string, key: string, value: Value): Value => {
    for (const part of value) if (isHost(part)) rewrites.push({ service, key, host: part.host });
    return value;
  };
  const words = (service: Service, names: HostNames, key: "command" | "entrypoint") =>
    service[key]?.map((word, i) => note(service.name, `${key}[${i}]`, wireValue(parseValue(word), names, false))) ??
    null;

  return {
    environment: mapServices((service, names) =>
      Object.fromEntries(
        Object.entries(service.environment).map(([variable, value]) => [
          variable,
          value && note(service.name, `environment.${variable}`, wireValue(value, names, holdsHosts(variable))),
        ]),
      ),
    ),
    command: mapServices((service, names) => words(service, names, "command")),
    entrypoint: mapServices((service, names) => words(service, names, "entrypoint")),
    rewrites,
  };
});

/** From each name that a service may call to the service that answers: service names, network aliases, links. */
export type HostNames = ReadonlyMap<string, string>;

/** The names that `from` may use: every service's name, host name and aliases, and its own links. */
export function hostNames(app: App, from: Service): HostNames {
  const names = new Map<string, string>();
  for (const service of Object.values(app.services)) {
    for (const alias of [
      ...service.aliases,
      ...(service.hostname ? [service.hostname] : []),
      ...containerNames(service),
    ]) {
      if (!(alias in app.services)) names.set(alias, service.name);
    }
  }
  for (const link of from.links) names.set(link.alias, link.service);
  for (const service of Object.keys(app.services)) names.set(service, service);
  return names;
}

/** Docker's own DNS knows a container by its name too. */
function containerNames({ canonical }: Service): readonly string[] {
  const { container_name: name } = canonical;
  return typeof name === "string" && name !== "" ? [name] : [];
}

const HOST_WORDS =
  /(^|_)(HOST|HOSTS|HOSTNAME|HOSTNAMES|SERVER|SERVERS|ADDR|ADDRS|ADDRESS|ADDRESSES|ENDPOINT|ENDPOINTS|URL|URLS|URI|URIS|BROKER|BROKERS|NODE|NODES|PEER|PEERS|SEEDS|UPSTREAM|UPSTREAMS|BACKEND|BACKENDS|TARGET|TARGETS|PROXY|ORIGIN|DSN|CONNECT|LINK)\d*$/iu;

/** True where the variable's name says that its value is a host or a list of hosts. */
export function holdsHosts(variable: string): boolean {
  // `PGHOST`, `DBHOST`, `PGHOSTADDR`: the word after two letters at least, for a `GHOST` is none
  if (/^[A-Z0-9_]{2,}HOST(?:S|NAME|ADDR)?\d*$/u.test(variable)) return true;
  return HOST_WORDS.test(variable.replace(/([a-z0-9])([A-Z])/gu, "$1_$2").replace(/[.-]/gu, "_"));
}

/** Turns the hosts in the value's texts into parts. `bare`: a name that stands alone is a host as well. */
export function wireValue(value: Value, names: HostNames, bare: boolean): Value {
  return normalise(
    value.flatMap((part, i): readonly Part[] =>
      typeof part === "string" ? wireText(part, names, bare, i > 0, i < value.length - 1) : [part],
    ),
  );
}

/** Every host that the value names, with its port. */
export function namedHosts(value: Value, names: HostNames, bare: boolean): readonly NamedHost[] {
  const wired = wireValue(value, names, bare);
  return wired.flatMap((part, i) => {
    if (!isHost(part)) return [];
    const next = wired[i + 1];
    const port = typeof next === "string" ? /^:(\d{1,5})(?!\d)/u.exec(next)?.[1] : undefined;
    return [{ host: part.host, port: port === undefined ? null : Number(port) }];
  });
}

const isHost = (part: Part): part is { readonly host: string } => typeof part === "object" && "host" in part;

/** A host name: letters, digits, hyphens, underscores and dots, whole. */
const NAME = /[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?/gu;
const SEPARATORS = " \t\n,;|";

/** `before`, `after`: another part stands at the text's edge, so a name there may be a piece of a longer one. */
function wireText(text: string, names: HostNames, bare: boolean, before: boolean, after: boolean): readonly Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const match of text.matchAll(NAME)) {
    const service = names.get(match[0]);
    const end = match.index + match[0].length;
    if (service === undefined || !standsAsHost(text, match.index, end, bare, before, after)) continue;
    parts.push(text.slice(from, match.index), { host: service });
    from = end;
  }
  parts.push(text.slice(from));
  return parts;
}

function standsAsHost(
  text: string,
  start: number,
  end: number,
  bare: boolean,
  before: boolean,
  after: boolean,
): boolean {
  const left = text.slice(0, start);
  const right = text.slice(end);
  // at an edge beside a secret or another host, the name may go on in what no plan knows
  if (left === "" && before && !/^:\d/u.test(right)) return false;
  const atEnd = right === "" ? !after : false;
  const port = /^:\d{1,5}(?![\w.])/u.test(right);
  const stop = atEnd || /^[/?#\s,;|)"'\]]/u.test(right);

  // the authority of a URL: directly after //, after its user info, or after a comma in a list of hosts
  const authority = /:\/\/([^/?#\s]*)$/u.exec(left)?.[1] ?? (before && left.startsWith("@") ? left : undefined);
  if (authority !== undefined && (authority === "" || /[@,]$/u.test(authority)) && (port || stop)) {
    // `://name:word@host`: the name is a user, not a host
    return !/^:[^/?#\s]*@/u.test(right) && !right.startsWith("@");
  }
  // after a secret password: `…<secret>@db:5432`
  if (before && left.endsWith("@") && (port || stop)) return true;
  // key=value connection strings
  if (
    /(?:^|[\s;,&?])(?:host|hostname|server|data source|addr|address|endpoint)\s*=\s*(?:tcp:)?$/iu.test(left) &&
    (port || stop || right.startsWith("\\"))
  ) {
    return true;
  }
  const opens = left === "" || SEPARATORS.includes(left.at(-1) ?? "") || /[(=@"'[]$/u.test(left);
  if (port && opens) return !isMountOrImage(right);
  if (
    bare &&
    (left === "" || SEPARATORS.includes(left.at(-1) ?? "")) &&
    (atEnd || SEPARATORS.includes(right[0] ?? "x"))
  )
    return true;
  return false;
}

/** `name:8080/path` may follow; `name:1.2.3` (an image's tag) and `name:80:80` (a mapping) are no host and port. */
function isMountOrImage(right: string): boolean {
  return /^:\d+(?:[.:]\d|-|[A-Za-z_])/u.test(right);
}
