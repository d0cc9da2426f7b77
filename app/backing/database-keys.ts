/** What becomes of each key of a service that AWS runs as a managed database. Pure. */
import type { ComposeKey } from "../compose/keys";
import { changed, type FitContext, type KeyRule, kept, refused, ruleFor, type Verdict } from "../fit";
import type { KeyUse, Service } from "../model";
import type { DatabaseImage } from "./database-engines";

const NOTHING = "nothing to do; leave the key out to be rid of this line";
const leftOut = (reason: string, remedy = NOTHING) => changed(`left out: ${reason}`, remedy);
const container = leftOut("it is about a container, and there is none");

/** Where the images keep their data. */
const DATA: Readonly<Record<DatabaseImage, readonly string[]>> = {
  postgres: ["/var/lib/postgresql"],
  mysql: ["/var/lib/mysql"],
  mariadb: ["/var/lib/mysql"],
  redis: ["/data"],
  valkey: ["/data"],
  mongo: ["/data/db", "/data/configdb"],
};
const SCRIPTS = "/docker-entrypoint-initdb.d";
const SETTINGS = /(?:^\/etc\/|^\/usr\/local\/etc\/|\.(?:cnf|conf|ini)$)/u;

/** What a file or folder that is mounted comes to, by its place in the container. */
export function mounted(image: DatabaseImage, target: string): Verdict {
  const under = (folder: string) => target === folder || target.startsWith(`${folder}/`);
  if (under(SCRIPTS))
    return refused(
      "AWS runs no scripts when it makes a database",
      "run them once as a job or by hand; or accept it where the database is filled in another way",
    );
  if (DATA[image].some(under))
    return changed(
      "the managed service keeps the data, in storage of its own",
      "nothing to do; move what there is by dump and restore (docs/databases.md)",
    );
  if (SETTINGS.test(target))
    return refused("no file of settings can be given to a managed database", "write each setting as a flag of command");
  return leftOut(`there is no container that could read ${target}`);
}

const mount =
  (image: DatabaseImage, find: (service: Service, index: number) => string | undefined): KeyRule =>
  ({ service, key }, { app }) => {
    const index = Number(/\[(\d+)\]/u.exec(key)?.[1] ?? "0");
    // one finding for a mount, whose place says all
    if (key.includes("].") && !key.endsWith("].target")) return null;
    const own = service === null ? undefined : app.services[service];
    const target = own && find(own, index);
    return target === undefined ? container : mounted(image, target);
  };

const names = changed("the name is rewritten in the services' values to the managed service's own", "nothing to do");

/** Keys that another part of this folder speaks of: `null`. */
const elsewhere: KeyRule = () => null;

function tableOf(image: DatabaseImage): Readonly<Partial<Record<ComposeKey, KeyRule>>> {
  return {
    "services.*": container,
    "services.*.build": elsewhere,
    "services.*.command": elsewhere,
    "services.*.configs": mount(image, ({ configs }, i) => configs.find(({ index }) => index === i)?.target),
    "services.*.container_name": names,
    "services.*.cpus": leftOut("the class decides it", "give another under managed.class"),
    "services.*.depends_on": leftOut("a managed service waits for none; it is there before the containers start"),
    "services.*.deploy": leftOut("AWS runs it: its class, its zones and its backups stand under managed"),
    "services.*.deploy.replicas": leftOut(
      "there is one, or two where multiZone is true",
      "set managed.multiZone for a second one in another zone",
    ),
    "services.*.deploy.resources": leftOut("the class decides it", "give another under managed.class"),
    "services.*.entrypoint": refused(
      "there is no container that would run it",
      "leave it out where it runs the image's own program; run what else it does as a job",
    ),
    "services.*.env_file": elsewhere,
    "services.*.environment": elsewhere,
    "services.*.expose": changed("no port is opened: the services that name it reach its own, and no other", NOTHING),
    "services.*.healthcheck": leftOut("AWS watches the database, and restarts or replaces it"),
    "services.*.hostname": names,
    "services.*.image": elsewhere,
    "services.*.ipc": leftOut("it is about a container, and there is none"),
    "services.*.links": leftOut("a managed service calls no other"),
    "services.*.logging": changed(
      "its logs go to CloudWatch, kept for 14 days, or 90 where the environment is protected",
      NOTHING,
    ),
    "services.*.mem_limit": leftOut("the class decides it", "give another under managed.class"),
    "services.*.network_mode": (use: KeyUse) =>
      String(use.value).startsWith("service:")
        ? refused(
            "it shares no network with a container, which calls it by localhost",
            "leave network_mode out, and call it by its name",
          )
        : leftOut("it is in a network of AWS's; the services that name it reach it"),
    "services.*.networks": leftOut("it is in subnets of its own; the services that name it reach it, and no other"),
    "services.*.networks.*.aliases": names,
    "services.*.ports": (use: KeyUse) =>
      use.key.includes("].") && !use.key.endsWith(".target")
        ? null
        : changed("never public: only the services that name it reach it", NOTHING),
    "services.*.profiles": kept("it decides whether the service is part of the app, when the files are read"),
    "services.*.restart": leftOut("AWS restarts it"),
    "services.*.secrets": (use: KeyUse) =>
      use.key.includes("].") && !use.key.endsWith(".source")
        ? null
        : changed("there is no file: the platform gives the password to AWS itself", "nothing to do"),
    "services.*.stop_grace_period": leftOut("AWS stops it"),
    "services.*.volumes": mount(image, ({ mounts }, i) => mounts.find(({ index }) => index === i)?.target),
    "services.*.volumes_from": refused("there is no container that could read them", "leave the key out"),
  };
}

/** The verdict on a use of the managed service's; `null`: another part says it. */
export function managedKey(image: DatabaseImage, use: KeyUse, context: FitContext): Verdict | null {
  const rule = ruleFor(tableOf(image), use.pattern);
  return typeof rule === "function" ? rule(use, context) : rule;
}

/** What becomes of variables that make no user, password or database, by image. */
export function otherVariable(image: DatabaseImage, name: string, value: string | null): Verdict {
  if (image === "postgres" && name === "POSTGRES_INITDB_ARGS")
    return refused(
      "AWS makes the database its own way: UTF-8, en_US.UTF-8, with checksums",
      "leave it out; another encoding or locale: CREATE DATABASE … LOCALE … TEMPLATE template0",
    );
  if (image === "postgres" && name === "POSTGRES_HOST_AUTH_METHOD" && value === "trust")
    return refused(
      "AWS lets nobody in without a password",
      "give POSTGRES_PASSWORD, and put it into the values of the services that call it",
    );
  if (/^(?:MYSQL|MARIADB)_ALLOW_EMPTY(?:_ROOT)?_PASSWORD$/u.test(name) && value !== "" && value !== "no")
    return refused(
      "AWS lets nobody in without a password",
      "give MYSQL_ROOT_PASSWORD, or MYSQL_USER and MYSQL_PASSWORD",
    );
  if (name === "VALKEY_EXTRA_FLAGS")
    return refused("there is no container that would read it", "write the flags under command");
  if (name === "MONGO_INITDB_DATABASE")
    return leftOut("DocumentDB makes a database when something is first written to it");
  return leftOut("it is the image's own, and there is no container that would read it");
}
