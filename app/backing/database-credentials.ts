/** Who a managed database knows: read from the variables that its image reads. Pure. */
import { fileVariables } from "../file-secrets";
import { changed, kept, refused, type Verdict } from "../fit";
import type { App, Service } from "../model";
import { parseValue, plainText, secretsOf, type Value } from "../value";
import { holdsHosts, hostNames, namedHosts } from "../wiring";
import type { DatabaseImage, DatabaseKind, Engine } from "./database-engines";

export interface Credentials {
  readonly username: Value;
  /** `null`: RDS makes one and changes it each week, for no container is given it. */
  readonly password: Value | null;
  /** `null`: none is made. */
  readonly database: Value | null;
}

export interface ReadCredentials {
  /** `null`: the image has no users, as a cache without a password. */
  readonly credentials: Credentials | null;
  /** By variable. */
  readonly verdicts: Readonly<Record<string, Verdict>>;
}

interface Names {
  readonly user: readonly string[];
  readonly password: readonly string[];
  readonly database: readonly string[];
  /** MySQL's own administrator, beside the app's user. */
  readonly root?: readonly string[];
  readonly defaultUser: string;
}

const mysqlNames = (...prefixes: readonly string[]): Names => {
  const named = (rest: string) => prefixes.map((prefix) => `${prefix}_${rest}`);
  return {
    user: named("USER"),
    password: named("PASSWORD"),
    database: named("DATABASE"),
    root: named("ROOT_PASSWORD"),
    defaultUser: "root",
  };
};

/** https://hub.docker.com/_/postgres, /_/mysql, /_/mariadb, /_/mongo: the variables that make the first user */
const NAMES: Readonly<Partial<Record<DatabaseImage, Names>>> = {
  postgres: {
    user: ["POSTGRES_USER"],
    password: ["POSTGRES_PASSWORD"],
    database: ["POSTGRES_DB"],
    defaultUser: "postgres",
  },
  mysql: mysqlNames("MYSQL"),
  mariadb: mysqlNames("MARIADB", "MYSQL"),
  mongo: {
    user: ["MONGO_INITDB_ROOT_USERNAME"],
    password: ["MONGO_INITDB_ROOT_PASSWORD"],
    database: [],
    defaultUser: "root",
  },
};

interface Limits {
  readonly user: RegExp;
  readonly userRule: string;
  readonly reserved: readonly string[];
  readonly password: readonly [number, number];
}

const RDS_PASSWORD = /^[!-~ ]+$/u;

/** What AWS takes, as the API models of RDS, DocumentDB and Lightsail say it. */
function limitsOf(image: DatabaseImage, kind: DatabaseKind): Limits {
  const mysql = image === "mysql" || image === "mariadb";
  const length = image === "postgres" ? 63 : mysql ? 16 : 63;
  const reserved =
    image === "postgres" ? ["admin", "rdsadmin", "public", "user"] : mysql ? ["rdsadmin", "rdsrepladmin"] : ["admin"];
  return {
    user:
      kind === "documentdb"
        ? /^[A-Za-z][A-Za-z0-9]{0,62}$/u
        : new RegExp(`^[A-Za-z][A-Za-z0-9_]{0,${length - 1}}$`, "u"),
    userRule: `a letter and then letters, digits${kind === "documentdb" ? "" : " and underscores"}, ${length} at most${reserved.length > 0 ? `, and not ${reserved.join(", ")}` : ""}`,
    reserved,
    password: kind === "documentdb" ? [8, 100] : kind === "aurora" || mysql ? [8, 41] : [8, 128],
  };
}

const DATABASE_NAME = /^[A-Za-z][A-Za-z0-9_]{0,62}$/u;

/** Reads the first user, its password and its database, with a verdict for each variable that says them. */
export function readCredentials(
  app: App,
  service: Service,
  image: DatabaseImage,
  { kind, title }: Engine,
): ReadCredentials {
  const names = NAMES[image];
  if (!names) return { credentials: null, verdicts: {} };
  const verdicts: Record<string, Verdict> = {};
  const limits = limitsOf(image, kind);
  const find = (variables: readonly string[]) => findVariable(service, variables);
  const ownUser = find(names.user);
  const root = find(names.root ?? []);
  // one user is made: the app's own, but where the others call as root
  const asRoot = root !== null && (ownUser === null || namesUser(app, service, "root"));
  const username: Value = asRoot || ownUser === null ? [names.defaultUser] : ownUser.value;
  const password = asRoot ? root : (find(names.password) ?? (ownUser === null ? root : null));
  const database = find(names.database);

  if (ownUser !== null)
    verdicts[ownUser.key] = asRoot
      ? refused(`the others call as root, and ${title} has one first user`, "let them all call as one of the two")
      : (userProblem(ownUser.value, limits) ?? kept("the name of the database's first user"));
  if (root !== null && !asRoot)
    verdicts[root.key] = changed(
      "left out: there is no root; the first user may do what AWS lets anybody do",
      "nothing to do",
    );
  if (database !== null)
    verdicts[database.key] = databaseProblem(database.value, title) ?? kept("the database that is made first");

  const shared = password !== null && isShared(app, service, password.value);
  const rotates = kind !== "lightsail-database" && !shared;
  if (password === null) {
    const missing = ownUser === null ? (names.root ?? names.password) : names.password;
    verdicts[missing[0] ?? ""] = refused(
      `it is missing, and ${title} lets nobody in without a password`,
      "set it, and give it to the services that call the database",
    );
  } else {
    verdicts[password.key] =
      passwordProblem(password.value, limits) ??
      (rotates
        ? changed(
            `no other service is given it, so AWS makes a password of its own, keeps it in Secrets Manager (0.40 USD a month) and changes it each week`,
            "nothing to do; a service that calls the database must be told the password by a variable or a secret",
          )
        : kept("the first user's password; kept in Secrets Manager too (0.40 USD a month)"));
  }
  const made = database?.value ?? (image === "postgres" ? username : null);
  return {
    credentials: { username, password: rotates || password === null ? null : password.value, database: made },
    verdicts,
  };
}

interface Found {
  /** As the file has it: `POSTGRES_PASSWORD_FILE`. */
  readonly key: string;
  readonly value: Value;
}

/** The first of the variables that has a value, or whose `_FILE` names one of the service's secrets. */
function findVariable(service: Service, variables: readonly string[]): Found | null {
  const files = fileVariables(service);
  for (const key of variables) {
    const value = service.environment[key];
    if (value && value.length > 0) return { key, value };
    const file = files.find(({ variable }) => variable === key);
    if (file) return { key: file.file, value: [{ secret: file.secret }] };
  }
  return null;
}

const othersOf = (app: App, service: Service) =>
  Object.values(app.services).filter(({ name }) => name !== service.name);

const valuesOf = (service: Service): readonly Value[] => [
  ...Object.values(service.environment).flatMap((value) => (value ? [value] : [])),
  ...[...(service.command ?? []), ...(service.entrypoint ?? [])].map(parseValue),
  ...(service.healthcheck?.test ?? []).map(parseValue),
];

/** True where another service is told the password: in a value, in a file of a secret's or a config's. */
export function isShared(app: App, service: Service, password: Value): boolean {
  const named = new Set(secretsOf(password));
  const plain = plainText(password);
  const holds = (value: Value) =>
    secretsOf(value).some((name) => named.has(name)) ||
    (plain !== null && value.some((part) => typeof part === "string" && part.includes(plain)));
  const configs = Object.values(app.configs).flatMap((config) => (config.kind === "content" ? [config.content] : []));
  const files = Object.values(app.files ?? {}).flatMap(({ content }) => (content === null ? [] : [[content]]));
  return (
    [...configs, ...Object.values(app.configValues ?? {}), ...files].some(holds) ||
    othersOf(app, service).some(
      (other) =>
        other.secrets.some(({ source }) => named.has(source) || sameSource(app, source, named)) ||
        valuesOf(other).some(holds),
    )
  );
}

/** A Compose secret that has its value of the same variable as the password. */
function sameSource(app: App, secret: string, named: ReadonlySet<string>): boolean {
  const source = app.secrets[secret];
  const own = [...named].flatMap((name) => app.secrets[name] ?? []);
  switch (source?.kind) {
    case "environment":
      return (
        named.has(source.variable) || own.some((one) => one.kind === "environment" && one.variable === source.variable)
      );
    case "file":
      return own.some((one) => one.kind === "file" && one.path === source.path);
    case "content":
      return secretsOf(source.content).some((name) => named.has(name));
    case "external":
      return own.some((one) => one.kind === "external" && one.name === source.name);
    case undefined:
      return false;
  }
}

/** True where the values of a service that calls this one say that it does so as this user. */
function namesUser(app: App, service: Service, user: string): boolean {
  return othersOf(app, service).some((other) => {
    const names = hostNames(app, other);
    const values = Object.entries(other.environment).flatMap(([name, value]) => (value ? [{ name, value }] : []));
    const calling = values.filter(({ name, value }) =>
      namedHosts(value, names, holdsHosts(name)).some(({ host }) => host === service.name),
    );
    const isUser = ({ name, value }: (typeof values)[number]) =>
      /USER(?:NAME)?$/iu.test(name) && plainText(value) === user;
    const inUrl = ({ value }: (typeof values)[number]) =>
      value.some((part) => typeof part === "string" && new RegExp(`://${user}[:@]`, "u").test(part));
    return calling.length > 0 && (values.some(isUser) || calling.some(inUrl));
  });
}

function userProblem(value: Value, { user, userRule, reserved }: Limits): Verdict | null {
  const text = plainText(value);
  return text === null || (user.test(text) && !reserved.includes(text.toLowerCase()))
    ? null
    : refused(`AWS takes no user ${JSON.stringify(text)}`, `name it with ${userRule}`);
}

function databaseProblem(value: Value, title: string): Verdict | null {
  const text = plainText(value);
  return text === null || DATABASE_NAME.test(text)
    ? null
    : refused(
        `${title} makes no database ${JSON.stringify(text)}`,
        "name it with a letter and then letters, digits and underscores, 63 at most",
      );
}

/** Of a plain password; what a secret holds nobody reads here. The password itself is in no message. */
function passwordProblem(value: Value, { password: [min, max] }: Limits): Verdict | null {
  const text = plainText(value);
  if (text === null) return null;
  const rule = `AWS takes ${min} to ${max} printable characters without / " @ and space`;
  if (text.length < min || text.length > max)
    return refused(`it has ${text.length} characters`, `choose another: ${rule}`);
  return RDS_PASSWORD.test(text) && !/[/"@ ]/u.test(text)
    ? null
    : refused("it has a character that AWS refuses", `choose another: ${rule}`);
}

/** What ElastiCache takes for `--requirepass`. https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html */
export function tokenProblem(value: Value): Verdict | null {
  const text = plainText(value);
  if (text === null || /^[A-Za-z0-9!&#$^<>-]{16,128}$/u.test(text)) return null;
  return refused(
    `its password has ${text.length} characters, or one that ElastiCache refuses`,
    "choose another: 16 to 128 letters, digits and ! & # $ ^ < > -",
  );
}
