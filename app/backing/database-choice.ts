/** Which of AWS's services takes the place of a database's container, and in which version; or why none does. Pure. */
import type { ManagedConfig } from "../config/types";
import { refused, type Verdict } from "../fit";
import type { Service } from "../model";
import type { BackingHome } from "./backing";
import {
  databaseImage,
  type DatabaseImage,
  databaseImages,
  type Engine,
  engines,
  newestOf,
  valkeyFor,
  versionOf,
} from "./database-engines";

export interface Choice {
  readonly image: DatabaseImage;
  readonly engine: Engine;
  readonly version: string;
  readonly versionGiven: boolean;
  /** What the user should know of the choice; `null`: nothing. */
  readonly note: string | null;
}

export interface Refusal {
  /** The key that is refused. */
  readonly key: string;
  readonly refusal: Verdict;
}

const VALKEY_IS_CHEAPER = "Valkey does the same for a fifth less: name the image valkey/valkey:8";
const CONTAINER = "leave managed out here, so that its container runs";

export function choose(service: Service, managed: ManagedConfig, home: BackingHome): Choice | Refusal {
  const found = service.build === null ? databaseImage(service.image) : null;
  if (!found)
    return refusal(
      service.build === null ? "image" : "build",
      `AWS has no service that Spectrum knows for ${service.build === null ? JSON.stringify(service.image) : "an image of one's own"}`,
      `name an image of ${databaseImages.join(", ")}; or ${CONTAINER}`,
    );
  if (service.job)
    return refusal("x-spectrum.managed", "others wait for its end, and a managed service has none", CONTAINER);
  const { image } = found;
  const place = engineFor(image, managed, home);
  if ("refusal" in place) return place;
  return inVersion(
    image,
    place,
    managed.version ?? found.version,
    managed.version === null ? "image" : "x-spectrum.managed.version",
  );
}

function engineFor(image: DatabaseImage, { engine }: ManagedConfig, home: BackingHome): Engine | Refusal {
  const no = (reason: string, remedy: string) => refusal("x-spectrum.managed", reason, remedy);
  if (home === "outside")
    return no(
      "the machines are in no network of AWS's, and a managed database is reached from inside alone",
      CONTAINER,
    );
  if (engine === "aurora" && image !== "postgres" && image !== "mysql")
    return refusal("x-spectrum.managed.engine", `Aurora is of postgres and mysql, not of ${image}`, "leave engine out");
  if (engine === "documentdb" && image !== "mongo")
    return refusal("x-spectrum.managed.engine", `DocumentDB is of mongo, not of ${image}`, "leave engine out");
  if (home === "lightsail") {
    if (engine !== null)
      return refusal(
        "x-spectrum.managed.engine",
        `Lightsail has no ${engine}`,
        `leave engine out, choose a tier in the VPC, or ${CONTAINER}`,
      );
    if (image === "postgres") return engines.lightsailPostgres;
    if (image === "mysql") return engines.lightsailMysql;
    return no(
      `Lightsail has databases of PostgreSQL and MySQL, none of ${image}`,
      `choose a tier in the VPC, or ${CONTAINER}`,
    );
  }
  switch (image) {
    case "postgres":
      return engine === "aurora" ? engines.auroraPostgres : engines.postgres;
    case "mysql":
      return engine === "aurora" ? engines.auroraMysql : engines.mysql;
    case "mariadb":
    case "redis":
    case "valkey":
      return engines[image];
    case "mongo":
      return engine === "documentdb"
        ? engines.documentdb
        : no(
            "AWS has no MongoDB: DocumentDB speaks its protocol, and not all of its commands",
            "try the app with managed: { engine: documentdb }, about 55 USD a month at the least; or leave managed out",
          );
  }
}

function inVersion(image: DatabaseImage, engine: Engine, asked: string | null, key: string): Choice | Refusal {
  if (image === "redis") {
    const valkey = valkeyFor(asked);
    if (valkey !== null)
      return {
        image,
        engine: engines.valkey,
        version: valkey,
        versionGiven: asked !== null,
        note: `ElastiCache has no Redis ${asked ?? "without a version"} (7.1 is its last), and Valkey, which comes of Redis 7.2, is a fifth cheaper`,
      };
  }
  if (asked === null)
    return {
      image,
      engine,
      version: newestOf(engine),
      versionGiven: false,
      note: "its tag names no version, so it is the newest that AWS has",
    };
  const version = versionOf(engine, asked);
  if (version === null)
    return refusal(
      key,
      `${engine.title} has no version ${asked}; it has ${engine.versions.join(", ")}`,
      `name one of them in the tag, or under managed.version; or ${CONTAINER}`,
    );
  return { image, engine, version, versionGiven: true, note: noteOf(engine, version, asked) };
}

function noteOf(engine: Engine, version: string, asked: string): string | null {
  if (engine.engine === "redis") return VALKEY_IS_CHEAPER;
  if (engine.engine === "mysql" && version === "8.0" && engine.kind === "rds")
    return "past its standard support, for which RDS bills 0.10 USD a vCPU-hour more; 8.4 is free of that";
  return asked === version || engine.kind === "elasticache" || engine.kind === "documentdb"
    ? null
    : "AWS chooses the minor version, and keeps it up to date";
}

const refusal = (key: string, reason: string, remedy: string): Refusal => ({ key, refusal: refused(reason, remedy) });
