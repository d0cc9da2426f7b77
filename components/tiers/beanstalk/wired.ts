/** The app's Compose file as an instance of Beanstalk's runs it, and what of it comes by reference. Pure. */
import { posix } from "node:path";
import type { Placement } from "../../../app/config/types";
import type { App, Service } from "../../../app/model";
import type { Value } from "../../../app/value";
import { type HostPort, isOnDisk, type SecretFile, variableOf, type WiredApp, wireApp } from "../compose";
import { shortHash } from "../../names";
import { type Deployment, deploymentOf } from "./deployment";
import { PROPERTY_BYTES } from "./limits";

/** Volumes of the app on an instance, and folders that it keeps data in. */
export const DATA_FOLDER = "/mnt/spectrum";
/** Files that hold secrets: root's alone, on the instance's own disk. */
export const SECRETS_FOLDER = "/var/lib/spectrum/secrets";

/** A value that an instance fetches when it starts, by the name of the environment property. */
export interface Reference {
  readonly property: string;
  /** A secret by its name, or a value that is stored whole under `key`. */
  readonly content: SecretFile["content"];
}

export interface BeanstalkFile {
  readonly wired: WiredApp;
  /** Sorted by property. */
  readonly references: readonly Reference[];
  /** The property that a secret file's content is in, by the file's path. */
  readonly fileProperties: Readonly<Record<string, string>>;
  /** The volumes that are on EFS, by their names, sorted. */
  readonly volumes: readonly string[];
}

export function beanstalkFile(app: App, placement: Placement): BeanstalkFile {
  const deployment = deploymentOf(app, placement);
  const wired = wireApp(app, placement, {
    without: Object.keys(deployment.absent),
    copies: () => 1, // the instances are the copies
    ports: (service) => instancePorts(deployment, service),
    dataFolder: DATA_FOLDER,
    secretsFolder: SECRETS_FOLDER,
    restart: "unless-stopped",
    logs: null, // Beanstalk streams what Docker keeps, but of no container that is run once
    jobLogs: { region: placement.environment.region },
    digests: "secrets",
  });
  const references = new Map<string, Reference>();
  for (const [property, secret] of Object.entries(wired.variables))
    references.set(property, { property, content: { secret } });
  const fileProperties: Record<string, string> = {};
  for (const { path, content } of wired.secretFiles) {
    const property =
      "secret" in content ? variableOf(content.secret) : `FILE_${shortHash(content.key, 8).toUpperCase()}`;
    references.set(property, { property, content });
    fileProperties[path] = property;
  }
  return {
    wired,
    references: [...references.values()].sort((a, b) => (a.property < b.property ? -1 : 1)),
    fileProperties,
    volumes: volumesOf(app, [...deployment.services, ...deployment.jobs]),
  };
}

/** What an instance publishes: what the entry or the world calls, and what is bound to the loopback address. */
function instancePorts({ services, processes, open }: Deployment, name: string): readonly HostPort[] {
  const service = services.find((s) => s.name === name);
  const called = [...processes, ...open]
    .filter((port) => port.service === name)
    .map(({ target, hostPort, protocol }): HostPort => ({ target, published: hostPort, protocol, hostIp: null }));
  const local = (service?.ports ?? []).flatMap(({ hostIp, published, target, protocol }): HostPort[] =>
    hostIp?.startsWith("127.") && published !== null ? [{ target, published, protocol, hostIp }] : [],
  );
  // a container on the machine's own network listens on the machine's ports itself
  return service?.networkMode === "host" ? [] : [...called, ...local];
}

function volumesOf(app: App, services: readonly Service[]): readonly string[] {
  const names = services.flatMap(({ mounts }) =>
    mounts.flatMap(({ type, source }) =>
      type === "volume" && source !== null && isOnDisk(app, source) ? [source] : [],
    ),
  );
  return [...new Set(names)].sort();
}

/** The folder of a volume on each instance. */
export const volumeFolder = (name: string): string => posix.join(DATA_FOLDER, "volumes", name);

/** What an ARN has after the secret's name in Secrets Manager: the provider's digits and AWS's own. */
const SECRET_SUFFIX = 34;
/** The length of a version: a number in SSM, a UUID in Secrets Manager. */
const VERSION_LENGTH = { ssm: 3, "secrets-manager": 37 } as const;

/**
 * Bytes that the environment properties take at most, written as `KEY=value`. Beanstalk limits the sum; whether it counts the
 * ARN or what it fetches it does not say, so the ARN counts. A version stands in the property of all, and of each service.
 */
export function propertyBytes({ references, wired }: BeanstalkFile, { environment, app }: Placement): number {
  const { secretStore } = environment.platform;
  const name = `spectrum/${environment.name}/${app}/`;
  const arn = `arn:aws:secretsmanager:${environment.region}:123456789012:secret:${name}`.length;
  const suffix = secretStore === "ssm" ? 0 : SECRET_SUFFIX;
  const versions = Object.values(wired.digests).flat().length + references.length;
  const names = ["SPECTRUM_SECRETS", ...Object.keys(wired.digests)].reduce((sum, key) => sum + key.length + 1, 0);
  const given = references.reduce((sum, { property, content }) => {
    const key = "secret" in content ? content.secret : content.key;
    return sum + property.length + 1 + arn + key.length + suffix;
  }, 0);
  return references.length === 0 ? 0 : given + names + versions * VERSION_LENGTH[secretStore];
}

export const tooManyProperties = (file: BeanstalkFile, placement: Placement): boolean =>
  propertyBytes(file, placement) > PROPERTY_BYTES;

/** True for a value that is stored whole: text with secrets in it. */
export const isWhole = (content: Reference["content"]): content is { readonly key: string; readonly value: Value } =>
  "value" in content;
