/**
 * The App: one Compose project, read, merged, interpolated, validated and normalised. Immutable, plain values.
 *
 * Units: durations in seconds, sizes in bytes, cpu in vCPU. `null` means that the file does not say.
 */
import type { Location } from "./finding";
import type { ReleaseImage } from "./release/release";
import type { Value } from "./value";

export interface App {
  /** The app's name in the environment: its key under `spectrum:apps`, or the Compose project name. */
  readonly name: string;
  /** The folder of the first Compose file, absolute: relative paths of the model start here. */
  readonly directory: string;
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, Network>>;
  readonly volumes: Readonly<Record<string, Volume>>;
  readonly secrets: Readonly<Record<string, FileSource>>;
  readonly configs: Readonly<Record<string, FileSource>>;
  /** `x-spectrum` at the top of the file: an app's keys, unvalidated. */
  readonly extension: unknown;
  /** `EXPOSE` by service, where the Dockerfile is there to read. */
  readonly dockerfilePorts?: Readonly<Record<string, readonly ExposedPort[]>>;
  /**
   * The small files of the project that the app mounts, and those that its configs name, by absolute path: what is not in
   * here is not there. Read by the caller of the reader.
   */
  readonly files?: Readonly<Record<string, ProjectFile>>;
  /** The content of each config whose source is a variable. */
  readonly configValues?: Readonly<Record<string, Value>>;
  /** What the app is pinned to where it comes from a release. */
  readonly release?: { readonly id: string; readonly images: Readonly<Record<string, ReleaseImage>> };
  /** Every key that the files use, in file order: what findings are made from. */
  readonly uses: readonly KeyUse[];
  /** Where a path of the model (`services.web.ports[0].published`) was written; the nearest parent where it was not. */
  locate(path: string): Location | null;
  /** The merged, interpolated model in Compose's canonical form, as `docker compose config --format json` prints it. */
  readonly canonical: Readonly<Record<string, unknown>>;
}

/** A file beside the Compose files. */
export interface ProjectFile {
  /** `null`: larger than any tier could carry, so not read. */
  readonly content: string | null;
  /** How `content` is written: as it is where it is text, else as base64. */
  readonly encoding: "utf8" | "base64";
  /** Bytes. */
  readonly size: number;
  readonly executable: boolean;
}

/** One key that a Compose file uses. */
export interface KeyUse {
  readonly service: string | null;
  /** Relative to the service (`ports[0].published`) or, without one, to the top (`volumes.data.driver`). */
  readonly key: string;
  /** The key's row in the key table: a pattern from the top (`services.*.ports[].published`). */
  readonly pattern: string;
  /** The canonical value; may hold secret marks. */
  readonly value: unknown;
  readonly location: Location | null;
}

export interface Service {
  readonly name: string;
  readonly image: string | null;
  readonly build: Build | null;
  /** Words; `null` where the image decides; `[]` where the file clears it. May hold secret marks. */
  readonly command: readonly string[] | null;
  readonly entrypoint: readonly string[] | null;
  /** By variable; `null`: named without a value and not set anywhere, so not passed on. */
  readonly environment: Readonly<Record<string, Value | null>>;
  readonly ports: readonly Port[];
  /** Container ports with protocol (`8080/tcp`, `53/udp`), from `expose` (ranges expanded). */
  readonly expose: readonly ExposedPort[];
  readonly mounts: readonly Mount[];
  /** `tmpfs:` short form: mount point and size in bytes (`null`: no limit). */
  readonly tmpfs: readonly { readonly target: string; readonly size: number | null; readonly mode: number | null }[];
  readonly secrets: readonly FileGrant[];
  readonly configs: readonly FileGrant[];
  readonly dependsOn: Readonly<Record<string, Dependency>>;
  readonly healthcheck: Healthcheck | null;
  /** The networks' names; `default` where none is named; empty under `network_mode`. */
  readonly networks: readonly string[];
  readonly aliases: readonly string[];
  /** `service:x`, `host`, `none`, `bridge`, `container:x` or `null`. */
  readonly networkMode: string | null;
  readonly links: readonly { readonly service: string; readonly alias: string }[];
  readonly volumesFrom: readonly { readonly service: string; readonly readOnly: boolean }[];
  /** `deploy.replicas`, else `scale`, else 1. */
  readonly replicas: number;
  /** What a container may use at most and what it is sure of. cpu in vCPU, memory in bytes. */
  readonly limits: Resources;
  readonly reservations: Resources;
  readonly platform: string | null;
  readonly user: string | null;
  readonly groupAdd: readonly string[];
  readonly workingDir: string | null;
  readonly hostname: string | null;
  readonly readOnly: boolean;
  readonly init: boolean;
  readonly tty: boolean;
  readonly stdinOpen: boolean;
  readonly privileged: boolean;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly sysctls: Readonly<Record<string, string>>;
  readonly ulimits: Readonly<Record<string, { readonly soft: number; readonly hard: number }>>;
  readonly shmSize: number | null;
  readonly stopGracePeriod: number | null;
  readonly stopSignal: string | null;
  readonly restart: "no" | "always" | "on-failure" | "unless-stopped" | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly extraHosts: Readonly<Record<string, readonly string[]>>;
  readonly dns: readonly string[];
  readonly logging: { readonly driver: string | null; readonly options: Readonly<Record<string, string>> } | null;
  readonly pid: string | null;
  readonly devices: readonly unknown[];
  readonly gpus: readonly unknown[] | "all";
  /** `deploy.update_config`, `rollback_config`, `restart_policy`, `placement` as the canonical form has them. */
  readonly deploy: Readonly<Record<string, unknown>>;
  /** True where others await it by `service_completed_successfully`: a job. */
  readonly job: boolean;
  /** `x-spectrum` of the service, unvalidated. */
  readonly extension: unknown;
  /** The service's own node of the canonical form, for what this type does not name. */
  readonly canonical: Readonly<Record<string, unknown>>;
}

export interface Build {
  /** Absolute path of the folder, or a URL. */
  readonly context: string;
  /** Relative to the context. */
  readonly dockerfile: string;
  readonly dockerfileInline: string | null;
  readonly target: string | null;
  /** `null`: taken from the shell at build time, so left out. */
  readonly args: Readonly<Record<string, string | null>>;
  readonly platforms: readonly string[];
  readonly cacheFrom: readonly string[];
  readonly cacheTo: readonly string[];
  readonly additionalContexts: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly secrets: readonly FileGrant[];
  readonly network: string | null;
  readonly noCache: boolean;
  readonly pull: boolean;
}

export interface ExposedPort {
  readonly port: number;
  readonly protocol: "tcp" | "udp";
}

/** One published port. A range in the file is one entry for each port. */
export interface Port {
  /** Container port. */
  readonly target: number;
  /** Host port; `null`: any free port. */
  readonly published: number | null;
  readonly protocol: "tcp" | "udp";
  /** `127.0.0.1` and `::1` mean: never public. */
  readonly hostIp: string | null;
  readonly appProtocol: string | null;
  readonly name: string | null;
  /** Index in the canonical `ports` list: the finding's key is `ports[index]`. */
  readonly index: number;
}

export interface Mount {
  readonly type: "volume" | "bind" | "tmpfs" | "npipe" | "cluster" | "image";
  /** A volume's key in `volumes` (`null`: anonymous), or a bind's absolute path as written (`/var/run/docker.sock`). */
  readonly source: string | null;
  readonly target: string;
  readonly readOnly: boolean;
  /** Path inside the volume. */
  readonly subpath: string | null;
  /** tmpfs size in bytes. */
  readonly size: number | null;
  readonly index: number;
}

/** A secret or config given to a service as a file. */
export interface FileGrant {
  readonly source: string;
  /** Absolute path in the container: `/run/secrets/<source>` and `/<source>` by default. */
  readonly target: string;
  readonly uid: string | null;
  readonly gid: string | null;
  /** Permission bits (0o444). */
  readonly mode: number | null;
  readonly index: number;
}

export interface Dependency {
  readonly condition: "service_started" | "service_healthy" | "service_completed_successfully";
  readonly required: boolean;
  readonly restart: boolean;
}

export interface Healthcheck {
  /** `["CMD", …]` or `["CMD-SHELL", text]`; `null`: the image's own test with these times; never `NONE`. */
  readonly test: readonly string[] | null;
  readonly disabled: boolean;
  readonly interval: number | null;
  readonly timeout: number | null;
  readonly retries: number | null;
  readonly startPeriod: number | null;
  readonly startInterval: number | null;
}

export interface Resources {
  readonly cpus: number | null;
  readonly memory: number | null;
  readonly pids: number | null;
}

export interface Network {
  readonly name: string;
  readonly external: boolean;
  readonly internal: boolean;
  readonly driver: string | null;
}

export interface Volume {
  readonly name: string;
  readonly external: boolean;
  readonly driver: string | null;
  readonly driverOptions: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** Where the content of a secret or config comes from: exactly one of the four. */
export type FileSource = { readonly name: string } & (
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "environment"; readonly variable: string }
  | { readonly kind: "content"; readonly content: Value }
  | { readonly kind: "external" }
);
