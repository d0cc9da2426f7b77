/** What `managed` says besides the engine: class, TLS, a cache's password. Pure. */
import type { ManagedConfig } from "../config/types";
import { changed, kept, refused, type Verdict } from "../fit";
import type { Choice } from "./database-choice";
import { type Credentials, tokenProblem } from "./database-credentials";
import type { DatabaseKind } from "./database-engines";
import type { Flags, Parameter } from "./database-parameters";
import type { Database } from "./databases";

const HIGHLY_AVAILABLE = /^(micro|small|medium|large|xlarge|2xlarge)_2_0$/u;

export function classOf({ engine }: Choice, managed: ManagedConfig, multiZone: boolean): string {
  const given = managed.class ?? engine.smallest;
  // on Lightsail the second zone is a bundle of its own
  return engine.kind === "lightsail-database" && multiZone ? given.replace(HIGHLY_AVAILABLE, "$1_ha_2_0") : given;
}

const parameter = (name: string, value: string, apply: Parameter["apply"] = "immediate"): Parameter => ({
  name,
  value,
  apply,
});

/** How TLS is asked for, by engine: the container speaks without, so nobody's URL says otherwise. */
export function tlsOf(
  { image, engine, version }: Choice,
  { tls }: ManagedConfig,
): { readonly parameters: readonly Parameter[]; readonly verdicts: readonly Verdict[] } {
  const said = tls
    ? [kept("connections without TLS are refused")]
    : [
        changed(
          "connections without TLS are taken, as the container takes them; with it they are encrypted",
          "set managed.tls: true where each service asks for TLS (sslmode=require, rediss://)",
        ),
      ];
  const on = tls ? "1" : "0";
  const slow = [parameter("log_output", "FILE"), parameter("slow_query_log", "1")];
  switch (engine.kind) {
    case "rds":
    case "aurora":
      return image === "postgres"
        ? { parameters: [parameter("rds.force_ssl", on)], verdicts: said }
        : { parameters: [parameter("require_secure_transport", on), ...slow], verdicts: said };
    case "documentdb":
      return {
        parameters: [
          parameter("profiler", "enabled"),
          parameter("tls", tls ? "enabled" : "disabled", "pending-reboot"),
        ],
        verdicts: said,
      };
    case "elasticache":
      return {
        // what the image has, where ElastiCache would drop keys that have an end
        parameters: [parameter("maxmemory-policy", "noeviction")],
        verdicts:
          canPrefer(version) || tls
            ? said
            : [
                changed(
                  `${engine.title} ${version} has TLS only where all use it, so it has none`,
                  "set managed.tls: true, or take version 7.0 or later",
                ),
              ],
      };
    case "lightsail-database":
      return {
        parameters: [],
        verdicts: [
          tls
            ? refused(
                "a Lightsail database has no parameter group of one's own, so it cannot insist on TLS",
                "choose a tier in the VPC, or leave it out",
              )
            : changed(
                image === "postgres"
                  ? "Lightsail decides whether it insists on TLS: PostgreSQL 15 and later may"
                  : "Lightsail decides whether it insists on TLS",
                "ask for TLS in the services' values (sslmode=require), which works either way",
              ),
        ],
      };
  }
}

/** `preferred`, encrypted or not as the caller wants: Redis 7.0.5 and later. */
export const canPrefer = (version: string): boolean => !version.startsWith("6.");

export function merged(defaults: readonly Parameter[], given: readonly Parameter[]): readonly Parameter[] {
  return [...new Map([...defaults, ...given].map((one) => [one.name, one])).values()].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

/** Of a cache: its user is Redis's own `default`. */
export function tokenOf({ password }: Flags): Credentials | null {
  return password === null ? null : { username: ["default"], password, database: null };
}

export function tokenVerdicts(
  { engine, version }: Choice,
  { tls }: ManagedConfig,
  credentials: Credentials | null,
): readonly Verdict[] {
  const password = credentials?.password ?? null;
  if (password === null) return [];
  const problem = tokenProblem(password);
  if (problem) return [problem];
  return canPrefer(version) || tls
    ? [kept("requirepass is its AUTH token; kept in Secrets Manager too (0.40 USD a month)")]
    : [
        refused(
          `${engine.title} ${version} has passwords with TLS alone`,
          "set managed.tls: true and call it by rediss://, or take version 7.0 or later",
        ),
      ];
}

/** What `--save` of Redis comes to. */
export function saveVerdicts({ saves }: Flags, { backupDays }: ManagedConfig): readonly Verdict[] {
  if (saves === null) return [];
  if (!saves && backupDays === null) return [kept("no snapshots are taken")];
  return [
    changed("a snapshot is taken each day instead", "nothing to do; managed.backupDays says how long they are kept"),
  ];
}

/** Options that the service has no place for. */
export function optionVerdicts(
  { engine: { kind } }: Choice,
  managed: ManagedConfig,
  database: Pick<Database, "class">,
): readonly [string, Verdict][] {
  const none = (reason: string) => changed(`left out: ${reason}`, "leave it out");
  const verdicts: [string, Verdict][] = [];
  if (managed.storage !== null && kind !== "rds")
    verdicts.push([
      "storage",
      none(
        kind === "elasticache"
          ? "the class decides the memory"
          : kind === "lightsail-database"
            ? "the bundle decides it"
            : "its storage grows and shrinks by itself",
      ),
    ]);
  if (managed.backupDays !== null && kind === "lightsail-database")
    verdicts.push(["backupDays", none("Lightsail keeps backups for 7 days")]);
  if (managed.class !== null && !CLASSES[kind].test(managed.class))
    verdicts.push([
      "class",
      refused(
        `got ${JSON.stringify(managed.class)}, which is no class of ${kind === "lightsail-database" ? "Lightsail" : kind}`,
        `give one such as ${database.class === managed.class ? EXAMPLES[kind] : database.class}`,
      ),
    ]);
  return verdicts;
}

const CLASSES: Readonly<Record<DatabaseKind, RegExp>> = {
  rds: /^db\.[a-z0-9-]+\.[a-z0-9]+$/u,
  aurora: /^db\.(?:serverless|[a-z0-9-]+\.[a-z0-9]+)$/u,
  documentdb: /^db\.[a-z0-9-]+\.[a-z0-9]+$/u,
  elasticache: /^cache\.[a-z0-9-]+\.[a-z0-9]+$/u,
  "lightsail-database": HIGHLY_AVAILABLE,
};
const EXAMPLES: Readonly<Record<DatabaseKind, string>> = {
  rds: "db.t4g.small",
  aurora: "db.r8g.large",
  documentdb: "db.t4g.medium",
  elasticache: "cache.t4g.small",
  "lightsail-database": "small_2_0",
};
