/** Flags of a database's command as parameters of its group, where AWS's engine has such a parameter. Pure. */
import { changed, kept, refused, type Verdict } from "../fit";
import { parseValue, plainText, type Value } from "../value";
import type { DatabaseImage, DatabaseKind } from "./database-engines";

export interface Parameter {
  readonly name: string;
  readonly value: string;
  /** A static one holds from the next restart on. */
  readonly apply: "immediate" | "pending-reboot";
}

export interface Flags {
  readonly parameters: readonly Parameter[];
  /** `--requirepass` of Redis. */
  readonly password: Value | null;
  /** `--save` of Redis: false where it is told to keep nothing; `null`: it is not said. */
  readonly saves: boolean | null;
  readonly verdicts: readonly Verdict[];
}

/** What a parameter's value counts, in AWS's unit; `plain`: as it is written. */
type Unit = "plain" | "bool" | "8kB" | "kB" | "MB" | "bytes" | "ms" | "s";

interface Known {
  readonly unit: Unit;
  readonly static?: true;
  /** What AWS calls it. Default: the same. */
  readonly as?: string;
}

const own = (unit: Unit = "plain"): Known => ({ unit });
const fixed = (unit: Unit = "plain"): Known => ({ unit, static: true });

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Parameters.html */
const POSTGRES: Readonly<Record<string, Known>> = {
  autovacuum: own("bool"),
  checkpoint_completion_target: own(),
  checkpoint_timeout: own("s"),
  default_statistics_target: own(),
  effective_cache_size: own("8kB"),
  effective_io_concurrency: own(),
  idle_in_transaction_session_timeout: own("ms"),
  jit: own("bool"),
  lock_timeout: own("ms"),
  log_connections: own("bool"),
  log_disconnections: own("bool"),
  log_lock_waits: own("bool"),
  log_min_duration_statement: own("ms"),
  log_statement: own(),
  maintenance_work_mem: own("kB"),
  max_connections: fixed(),
  max_locks_per_transaction: fixed(),
  max_parallel_workers: own(),
  max_parallel_workers_per_gather: own(),
  max_prepared_transactions: fixed(),
  max_replication_slots: fixed(),
  max_wal_senders: fixed(),
  max_wal_size: own("MB"),
  max_worker_processes: fixed(),
  min_wal_size: own("MB"),
  random_page_cost: own(),
  shared_buffers: fixed("8kB"),
  shared_preload_libraries: fixed(),
  statement_timeout: own("ms"),
  synchronous_commit: own(),
  temp_buffers: own("8kB"),
  timezone: own(),
  track_activity_query_size: fixed("bytes"),
  wal_buffers: fixed("8kB"),
  work_mem: own("kB"),
};

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.MySQL.Parameters.html */
const MYSQL: Readonly<Record<string, Known>> = {
  character_set_server: own(),
  collation_server: own(),
  event_scheduler: own(),
  explicit_defaults_for_timestamp: own("bool"),
  group_concat_max_len: own("bytes"),
  innodb_buffer_pool_size: own("bytes"),
  innodb_file_per_table: own("bool"),
  innodb_lock_wait_timeout: own(),
  interactive_timeout: own(),
  local_infile: own("bool"),
  log_bin_trust_function_creators: own("bool"),
  long_query_time: own(),
  lower_case_table_names: fixed(),
  max_allowed_packet: own("bytes"),
  max_connections: own(),
  slow_query_log: own("bool"),
  sql_mode: own(),
  default_time_zone: { unit: "plain", as: "time_zone" },
  transaction_isolation: own(),
  wait_timeout: own(),
};

/** https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html */
const REDIS: Readonly<Record<string, Known>> = {
  "active-defrag-threshold-lower": own(),
  activedefrag: own(),
  databases: fixed(),
  "lazyfree-lazy-eviction": own(),
  "lazyfree-lazy-expire": own(),
  "maxmemory-policy": own(),
  "maxmemory-samples": own(),
  "notify-keyspace-events": own(),
  "slowlog-log-slower-than": own(),
  "slowlog-max-len": own(),
  "tcp-keepalive": own(),
  timeout: own(),
};

const PARAMETERS: Readonly<Record<DatabaseImage, Readonly<Record<string, Known>>>> = {
  postgres: POSTGRES,
  mysql: MYSQL,
  mariadb: MYSQL,
  redis: REDIS,
  valkey: REDIS,
  mongo: {},
};

/** Flags about the machine under a container: AWS decides them. */
const MACHINE: Readonly<Record<DatabaseImage, readonly string[]>> = {
  postgres: ["listen_addresses", "port", "ssl", "ssl_cert_file", "ssl_key_file", "unix_socket_directories"],
  mysql: ["bind_address", "datadir", "port", "socket", "user", "skip_name_resolve", "skip_host_cache"],
  mariadb: ["bind_address", "datadir", "port", "socket", "user", "skip_name_resolve", "skip_host_cache"],
  redis: [
    "bind",
    "daemonize",
    "dir",
    "loglevel",
    "logfile",
    "maxmemory",
    "port",
    "protected-mode",
    "appendonly",
    "appendfsync",
  ],
  valkey: [
    "bind",
    "daemonize",
    "dir",
    "loglevel",
    "logfile",
    "maxmemory",
    "port",
    "protected-mode",
    "appendonly",
    "appendfsync",
  ],
  mongo: ["auth", "bind_ip", "bind_ip_all", "port", "dbpath", "replSet", "wiredTigerCacheSizeGB", "quiet"],
};

const PROGRAMS: Readonly<Record<DatabaseImage, readonly string[]>> = {
  postgres: ["postgres", "docker-entrypoint.sh"],
  mysql: ["mysqld", "docker-entrypoint.sh"],
  mariadb: ["mariadbd", "mysqld", "docker-entrypoint.sh"],
  redis: ["redis-server", "docker-entrypoint.sh"],
  valkey: ["valkey-server", "docker-entrypoint.sh"],
  mongo: ["mongod", "docker-entrypoint.sh"],
};

interface Flag {
  readonly name: string;
  /** `null`: it has none. */
  readonly value: string | null;
}

const NOTHING = "nothing to do; leave it out to be rid of this line";

/** What becomes of each flag of a command. `null`: the image's own command, which has none. */
export function readFlags(image: DatabaseImage, kind: DatabaseKind, command: readonly string[] | null): Flags {
  const { flags, rest } = flagsOf(image, command ?? []);
  const parameters: Parameter[] = [];
  const verdicts: Verdict[] = [];
  if (rest.length > 0)
    verdicts.push(
      refused(
        `it is more than flags of ${PROGRAMS[image][0] ?? image}, and there is no container that would run it`,
        "write each setting as a flag (--name=value), and run what else it does as a job",
      ),
    );
  let password: Value | null = null;
  let saves: boolean | null = null;
  const cache = image === "redis" || image === "valkey";
  for (const flag of flags) {
    if (cache && flag.name === "requirepass" && flag.value !== null) password = parseValue(flag.value);
    else if (cache && flag.name === "save") saves = flag.value !== "";
    else {
      const found = parameterOf(image, kind, flag);
      if ("outcome" in found) verdicts.push(found);
      else {
        parameters.push(found);
        verdicts.push(kept(`${found.name} = ${found.value} in the parameter group`));
      }
    }
  }
  return { parameters, password, saves, verdicts };
}

function parameterOf(image: DatabaseImage, kind: DatabaseKind, { name, value }: Flag): Parameter | Verdict {
  if (MACHINE[image].includes(name)) return changed(`${name} is left out: AWS decides it`, NOTHING);
  const known = Object.hasOwn(PARAMETERS[image], name) ? PARAMETERS[image][name] : undefined;
  if (kind === "lightsail-database")
    return refused(
      `${name} cannot be set: a Lightsail database has no parameter group of one's own`,
      "leave it out, choose a tier in the VPC, or set it by aws lightsail update-relational-database-parameters",
    );
  if (!known) return refused(`${name} is no parameter that Spectrum knows of the managed engine`, "leave the flag out");
  const text = value === null ? null : plainText(parseValue(value));
  if (text === null) return refused(`${name} has no plain value`, "write the value as plain text");
  const converted = convert(text, known.unit);
  if (converted === null)
    return refused(
      `${name} has the value ${JSON.stringify(text)}, which is none of its unit`,
      "give a number and a unit, such as 256MB",
    );
  return { name: known.as ?? name, value: converted, apply: known.static ? "pending-reboot" : "immediate" };
}

/** Words to flags: `-c name=value`, `--name=value`, `--name value`. */
function flagsOf(
  image: DatabaseImage,
  command: readonly string[],
): { readonly flags: readonly Flag[]; readonly rest: readonly string[] } {
  const flags: Flag[] = [];
  const rest: string[] = [];
  const words = [...command];
  while (PROGRAMS[image].includes(words[0] ?? "")) words.shift();
  if (words[0]?.startsWith("-") === false) return { flags, rest: words };
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const [, setting] = /^(?:-c|--)(.+)$/u.exec(word) ?? [];
    if (word === "-c") flags.push(pair(image, words.shift() ?? ""));
    else if (setting === undefined) rest.push(word);
    else if (setting.includes("=")) flags.push(pair(image, setting));
    else {
      const values: string[] = [];
      while (words[0] !== undefined && !/^-(?!\d)/u.test(words[0])) values.push(words.shift() ?? "");
      flags.push({ name: named(image, setting), value: values.length > 0 ? values.join(" ") : null });
    }
  }
  return { flags, rest };
}

function pair(image: DatabaseImage, setting: string): Flag {
  const at = setting.indexOf("=");
  return at < 0
    ? { name: named(image, setting), value: null }
    : { name: named(image, setting.slice(0, at)), value: setting.slice(at + 1) };
}

/** The relational ones take hyphens for underscores. */
function named(image: DatabaseImage, name: string): string {
  if (image === "postgres") return name.replaceAll("-", "_").toLowerCase();
  return image === "mysql" || image === "mariadb" ? name.replaceAll("-", "_") : name;
}

const BYTES: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  K: 2 ** 10,
  KB: 2 ** 10,
  M: 2 ** 20,
  MB: 2 ** 20,
  G: 2 ** 30,
  GB: 2 ** 30,
  TB: 2 ** 40,
};
const MILLISECONDS: Readonly<Record<string, number>> = { MS: 1, S: 1000, MIN: 60_000, H: 3_600_000, D: 86_400_000 };
const SIZE_OF: Readonly<Partial<Record<Unit, number>>> = { bytes: 1, kB: 2 ** 10, "8kB": 8 * 2 ** 10, MB: 2 ** 20 };
const TIME_OF: Readonly<Partial<Record<Unit, number>>> = { ms: 1, s: 1000 };

/** A value in AWS's unit, which takes numbers alone; `null` where it is none. */
function convert(text: string, unit: Unit): string | null {
  if (unit === "plain") return text;
  if (unit === "bool")
    return /^(?:on|true|yes|1)$/iu.test(text) ? "1" : /^(?:off|false|no|0)$/iu.test(text) ? "0" : null;
  const [, number = "", given = ""] = /^(-?\d+)\s*([A-Za-z]*)$/u.exec(text) ?? [];
  if (number === "") return null;
  if (given === "") return number;
  const size = SIZE_OF[unit];
  const factor = size === undefined ? MILLISECONDS[given.toUpperCase()] : BYTES[given.toUpperCase()];
  const base = size ?? TIME_OF[unit];
  return factor === undefined || base === undefined ? null : String(Math.floor((Number(number) * factor) / base));
}
