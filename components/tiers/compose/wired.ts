/** What the wired Compose file of an app is, and what a tier may choose about it. */
import type { ProjectFile } from "../../../app/model";
import type { Value } from "../../../app/value";
import type { Text } from "./parts";

/** Everything that a machine's `docker compose` needs to run an app. No secret's value is in any of it. */
export interface WiredApp {
  /** The Compose file: YAML, keys sorted. */
  readonly composeFile: Text;
  /** Written beside it, sorted by path. */
  readonly files: readonly WiredFile[];
  /** Fetched on the machine, sorted by path. */
  readonly secretFiles: readonly SecretFile[];
  /** Variables that the Compose file is read with, sorted: each holds a secret, by its name. */
  readonly variables: Readonly<Record<string, string>>;
  /**
   * Variables that hold a digest of secret files, by their paths: Compose does not see that a file's content has changed,
   * so a label with the digest makes it replace the container. Empty where the tier does not ask for it.
   */
  readonly digests: Readonly<Record<string, readonly string[]>>;
  /** Folders to make before the containers start, sorted. */
  readonly folders: readonly string[];
}

/** A plain file. */
export interface WiredFile {
  /** Relative to the Compose file's folder. */
  readonly path: string;
  readonly content: string;
  readonly encoding: ProjectFile["encoding"];
  /** Permission bits. */
  readonly mode: number;
  /** A number or a name of the machine's; `null`: root. */
  readonly uid: string | null;
  readonly gid: string | null;
}

/** A file whose content is a secret, or has one in it. */
export interface SecretFile {
  readonly path: string;
  /** A Compose secret by its name, or a value that is stored whole under `key`. */
  readonly content: { readonly secret: string } | { readonly key: string; readonly value: Value };
  readonly mode: number;
  readonly uid: string | null;
  readonly gid: string | null;
}

/** A port of a service as the machine opens it. */
export interface HostPort {
  readonly target: number;
  readonly published: number;
  readonly protocol: "tcp" | "udp";
  /** `null`: every address. */
  readonly hostIp: string | null;
}

/** A service that the tier puts beside the app's own. */
export interface ExtraService {
  readonly name: string;
  /** Its node of the Compose file, with `$` as Compose reads it. */
  readonly node: Readonly<Record<string, unknown>>;
}

/** What differs between tiers. */
export interface WiredOptions {
  /** Services that are left out: what the tier cannot run. Default: none. */
  readonly without?: readonly string[];
  /** Copies of a service on this machine. Default: as the file says. */
  readonly copies?: (service: string) => number;
  /** The ports of a service instead of those of the file. `null`: the file's own. Default: `null` for each. */
  readonly ports?: (service: string) => readonly HostPort[] | null;
  /**
   * Where named volumes and folders for data are, an absolute path on a disk that outlives the machine. `null`: with Docker
   * itself, and beside the Compose file.
   */
  readonly dataFolder: string | null;
  /** Where files are that hold secrets: a folder that root alone may open; relative paths start beside the Compose file. */
  readonly secretsFolder: string;
  /** What becomes of a service that says nothing of its restart. `null`: nothing, so it stays down. */
  readonly restart: "always" | "unless-stopped" | null;
  /** Logs of services without a driver of their own go to CloudWatch. `null`: Docker keeps them. */
  readonly logs: { readonly region: string } | null;
  /** Where the logs of jobs go. Default: where those of services do. */
  readonly jobLogs?: { readonly region: string };
  /** A label changes with the content of files that hold secrets, or of all that a service mounts. Default: with none. */
  readonly digests?: "secrets" | "all";
  readonly extra?: readonly ExtraService[];
}
