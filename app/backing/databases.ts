/**
 * Managed databases: a service that says `managed` is run by AWS in the place of its container. Pure.
 *
 * The service goes out of the app, its name in the other services' values becomes an output (`{ output: "db.database.host" }`),
 * and each of its keys has its finding. Where AWS cannot run it the finding is a refusal, and the container stays.
 */
import { isRecord } from "../config/read";
import type { ManagedConfig } from "../config/types";
import { changed, finding, type FitContext, refused, type Verdict } from "../fit";
import type { Finding } from "../finding";
import type { Hours } from "../hours";
import type { App, Service } from "../model";
import { containerPorts } from "../ports";
import { knownImage } from "../known-images";
import { markedText, plainText } from "../value";
import { holdsHosts, namedHosts } from "../wiring";
import { type Backed, backingHome } from "./backing";
import { type Credentials, readCredentials } from "./database-credentials";
import { type DatabaseKind, priceOf } from "./database-engines";
import { databaseHours } from "./database-hours";
import { managedKey, otherVariable } from "./database-keys";
import { managedNames, rewriteMentions } from "./database-mentions";
import { classOf, merged, optionVerdicts, saveVerdicts, tlsOf, tokenOf, tokenVerdicts } from "./database-options";
import { type Parameter, readFlags } from "./database-parameters";
import { withoutServices } from "./database-removal";
import { type Choice, choose } from "./database-choice";

/** A database or cache that AWS runs. */
export interface Database {
  readonly kind: DatabaseKind;
  /** What its outputs' names start with: `db.database`. */
  readonly id: string;
  /** The service that it takes the place of. */
  readonly service: string;
  /** The services that call it. */
  readonly users: readonly string[];
  /** AWS's word: `postgres`, `aurora-mysql`, `valkey`, `docdb`. */
  readonly engine: string;
  readonly version: string;
  /** True: the user names the version, so another one is an upgrade that is asked for. */
  readonly versionGiven: boolean;
  readonly class: string;
  /** GiB at first; it grows by itself. */
  readonly storage: number;
  readonly port: number;
  /** `null`: a cache that lets in whoever its network does. */
  readonly credentials: Credentials | null;
  /** Of its parameter group. */
  readonly family: string;
  readonly parameters: readonly Parameter[];
  readonly logs: readonly string[];
  /** Days; 0: no backups. */
  readonly backupDays: number;
  readonly multiZone: boolean;
  readonly tls: boolean;
  /** When it runs. `null`: all the time. */
  readonly hours: Hours | null;
}

const BACKUP_DAYS = 7;
const PROTECTED_BACKUP_DAYS = 30;
const STORAGE = 20;

/** The app with its managed services told apart from its containers. One without any comes back as it is. */
export function withManaged(backed: Backed): Backed {
  const { app, placement } = backed;
  const asked = Object.values(app.services).flatMap((service): [Service, ManagedConfig][] => {
    const managed = placement.services[service.name]?.managed ?? null;
    return managed === null ? [] : [[service, managed]];
  });
  if (asked.length === 0) return backed;
  const context: FitContext = { app, placement };
  const home = backingHome[placement.tier];
  const findings: Finding[] = [];
  const planned = asked.flatMap(([service, managed]): Planned[] => {
    const choice = choose(service, managed, home);
    if ("refusal" in choice) {
      findings.push(finding(context, service.name, choice.key, choice.refusal));
      return [];
    }
    const made = planDatabase(context, service, managed, choice);
    findings.push(...made.findings);
    return [made];
  });
  const hosts = new Map(planned.map(({ database: { service, id } }) => [service, `${id}.host`]));
  const { app: rewritten, users, findings: mentions } = rewriteMentions(app, placement, hosts);
  const cleared = withoutServices(rewritten, placement, new Set(hosts.keys()));
  const made = planned.map(({ database }) => {
    const used: Database = { ...database, users: users.get(database.service) ?? [] };
    return { database: used, timed: databaseHours(placement, used) };
  });
  return {
    app: cleared.app,
    placement: cleared.placement,
    services: [
      ...backed.services,
      ...made.map(({ database, timed }) => ({ ...database, hours: timed?.hours ?? null })),
    ],
    findings: [
      ...backed.findings,
      ...findings,
      ...made.flatMap(({ database: { service }, timed }) =>
        timed ? [finding(context, service, "hours", timed.verdict, app.locate("x-spectrum.hours"))] : [],
      ),
      ...mentions,
      ...cleared.findings,
    ],
  };
}

interface Planned {
  readonly database: Database;
  readonly findings: readonly Finding[];
}

function planDatabase(context: FitContext, service: Service, managed: ManagedConfig, choice: Choice): Planned {
  const { app, placement } = context;
  const { image, engine, version } = choice;
  const { kind } = engine;
  const isProtected = placement.environment.protected;
  const flags = readFlags(image, kind, service.command);
  const multiZone = managed.multiZone ?? isProtected;
  const read = readCredentials(app, service, image, engine);
  const credentials = kind === "elasticache" ? tokenOf(flags) : read.credentials;
  const tls = tlsOf(choice, managed);
  const backupDays =
    managed.backupDays ?? (flags.saves !== false ? (isProtected ? PROTECTED_BACKUP_DAYS : BACKUP_DAYS) : 0);
  const database: Database = {
    kind,
    id: `${service.name}.database`,
    service: service.name,
    users: [],
    engine: engine.engine,
    version,
    versionGiven: choice.versionGiven,
    class: classOf(choice, managed, multiZone),
    storage: managed.storage ?? STORAGE,
    port: portOf(app, service),
    credentials,
    family: engine.family?.(version) ?? "",
    parameters: merged(tls.parameters, flags.parameters),
    logs: engine.logs,
    backupDays,
    multiZone,
    tls: managed.tls,
    hours: null,
  };
  const report = (key: string, verdict: Verdict) => finding(context, service.name, key, verdict);
  return {
    database,
    findings: [
      report("image", imageVerdict(choice, managed, database)),
      ...tls.verdicts.map((verdict) => report("x-spectrum.managed.tls", verdict)),
      ...optionVerdicts(choice, managed, database).map(([option, verdict]) =>
        report(`x-spectrum.managed.${option}`, verdict),
      ),
      ...otherConfig(context, service).map(([key, verdict]) => report(`x-spectrum.${key}`, verdict)),
      ...saveVerdicts(flags, managed).map((verdict) => report("command", verdict)),
      ...flags.verdicts.map((verdict) => report("command", verdict)),
      ...(kind === "elasticache"
        ? tokenVerdicts(choice, managed, credentials).map((verdict) => report("command", verdict))
        : []),
      ...Object.entries(read.verdicts).map(([name, verdict]) => report(`environment.${name}`, verdict)),
      ...Object.entries(service.environment)
        .filter(([name]) => !(name in read.verdicts))
        .map(([name, value]) => report(`environment.${name}`, otherVariable(image, name, value && plainText(value)))),
      ...keyVerdicts(context, service, choice),
      ...portVerdicts(database, service, report),
      ...(kind === "documentdb" ? retryFindings(context, service) : []),
    ],
  };
}

/** One finding for each key that the file uses. */
function keyVerdicts(context: FitContext, service: Service, { image }: Choice): readonly Finding[] {
  return context.app.uses.flatMap((use) => {
    if (use.service !== service.name) return [];
    const verdict = managedKey(image, use, context);
    return verdict ? [finding(context, service.name, use.key, verdict, use.location)] : [];
  });
}

function imageVerdict(
  { engine, version, versionGiven, note }: Choice,
  managed: ManagedConfig,
  database: Database,
): Verdict {
  const price = priceOf(engine, managed, database.multiZone);
  const cost = price === null ? `class ${database.class}` : `${database.class}, ${price} (${engine.priceNote})`;
  const zones = database.multiZone && engine.kind !== "lightsail-database" ? ", in two zones" : "";
  return changed(
    `${engine.title} ${version} takes its place: ${cost}${zones}${note === null ? "" : `; ${note}`}`,
    versionGiven
      ? "nothing to do; managed: false runs the container"
      : "name the version in the image's tag or under managed.version, so that an upgrade is yours to decide",
  );
}

/** The port that the others call it by: their values', else its image's. */
function portOf(app: App, service: Service): number {
  const own = knownImage(service.image)?.ports[0] ?? 0;
  const called = containerPorts(app)[service.name]?.ports.filter(({ protocol }) => protocol === "tcp") ?? [];
  return called.some(({ port }) => port === own) ? own : (called[0]?.port ?? own);
}

function portVerdicts(
  { kind, port }: Database,
  service: Service,
  report: (key: string, verdict: Verdict) => Finding,
): readonly Finding[] {
  const own = knownImage(service.image)?.ports[0] ?? 0;
  if (kind === "lightsail-database" && port !== own)
    return [
      report(
        "expose",
        refused(
          `a Lightsail database listens on ${own} alone, not on ${port}`,
          `call it on ${own}, or choose a tier in the VPC`,
        ),
      ),
    ];
  return port < 1150
    ? [report("expose", refused(`AWS's databases listen on 1150 to 65535, not on ${port}`, `call it on ${own}`))]
    : [];
}

/** Drivers retry writes by default, which DocumentDB refuses. https://docs.aws.amazon.com/documentdb/latest/developerguide/functional-differences.html */
function retryFindings(context: FitContext, service: Service): readonly Finding[] {
  const { app } = context;
  const hosts = new Map([[service.name, ""]]);
  const verdict = refused(
    "its URL retries writes, which DocumentDB refuses",
    "end it with ?retryWrites=false (or &retryWrites=false), which MongoDB takes as well",
  );
  return Object.values(app.services).flatMap((other) => {
    const names = managedNames(app, other, hosts);
    return Object.entries(other.environment).flatMap(([variable, value]) => {
      const text = value === null ? "" : markedText(value);
      if (value === null || !text.includes("mongodb://") || /retryWrites=false/iu.test(text)) return [];
      const calls = namedHosts(value, names, holdsHosts(variable)).length > 0;
      return calls ? [finding(context, other.name, `environment.${variable}`, verdict)] : [];
    });
  });
}

/** What the config says of the service's container besides. */
function otherConfig({ app, placement }: FitContext, { name, extension }: Service): readonly [string, Verdict][] {
  const { services } = placement.environment.apps[app.name]?.rest ?? {};
  const written = [extension, isRecord(services) ? services[name] : undefined].flatMap((said) =>
    isRecord(said) ? Object.keys(said) : [],
  );
  return [...new Set(written)]
    .filter((key) => key !== "managed" && key !== "hours")
    .map((key) => [
      key,
      CONTAINER_ONLY.has(key)
        ? changed("left out: it is about a container, and there is none", "nothing to do")
        : refused("a managed service calls nobody and has no role", "give it to the service that uses it"),
    ]);
}

/** What a container of the same name may go on saying, where another environment runs it. */
const CONTAINER_ONLY: ReadonlySet<string> = new Set(["size", "scale", "deployment", "concurrent"]);
