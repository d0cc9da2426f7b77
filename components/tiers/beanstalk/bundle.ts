/** The bundle of an application version: the wired Compose file, what lies beside it, and hooks that prepare an instance. */
import * as pulumi from "@pulumi/pulumi";
import type { App } from "../../../app/model";
import { mapValues } from "../../../app/records";
import { contextHash } from "../../platform/context-hash";
import { fillHoles, type WiredFile } from "../compose";
import { shortHash } from "../../names";
import { type BeanstalkFile, SECRETS_FOLDER, volumeFolder } from "./wired";

/** Where Beanstalk's Docker platform looks for it. */
export const COMPOSE_FILE = "docker-compose.yml";
/** What runs before the containers start: of a new version, and of new settings, a new value of a secret among them. */
const HOOKS = ".platform/hooks/prebuild";
const LOGIN_HOOK = "10-registries.sh";
/** The script that logs in to the registries, in the bundle. */
export const LOGIN_SCRIPT = `${HOOKS}/${LOGIN_HOOK}`;
const SETTING_HOOKS = ".platform/confighooks/prebuild";

/** A volume of the app on EFS. */
export interface MountedVolume {
  readonly name: string;
  readonly fileSystemId: pulumi.Input<string>;
  readonly accessPointId: pulumi.Input<string>;
}

export interface BundleArgs {
  readonly app: App;
  readonly file: BeanstalkFile;
  /** Seconds that a new instance gets before its failing health check counts; `null`: no load balancer checks it. */
  readonly gracePeriod: number | null;
  /** By service. */
  readonly images: Readonly<Record<string, pulumi.Input<string>>>;
  /** By output of a backing service. */
  readonly outputs: Readonly<Record<string, pulumi.Input<string>>>;
  readonly volumes: readonly MountedVolume[];
  /** Names of log groups, by job. */
  readonly logGroups: Readonly<Record<string, pulumi.Input<string>>>;
  /** What runs jobs, by its paths in the bundle. */
  readonly jobFiles: Readonly<Record<string, string>>;
  /** ARN of the secret with user name and password, by registry. */
  readonly logins: Readonly<Record<string, pulumi.Input<string>>>;
}

export interface Bundle {
  /** The same for the same content, in every environment: the content of built images counts by their contexts. */
  readonly hash: string;
  readonly archive: pulumi.Output<pulumi.asset.AssetArchive>;
}

/** Paths are sorted and no file has a time, so that the same content is the same archive. */
export function bundleOf(args: BundleArgs): Bundle {
  const { app, file, gracePeriod, images, outputs, logGroups, jobFiles, volumes, logins } = args;
  const { composeFile, files } = file.wired;
  const scripts: Readonly<Record<string, Script>> = {
    ...hooks(file, LOGIN_HOOK, loginScript(Object.keys(logins)), logins),
    ...hooks(file, "20-volumes.sh", volumeScript(volumes.map(({ name }) => name)), volumeIds(volumes)),
    ...hooks(file, "30-files.sh", fileScript(file)),
  };
  const plain: Readonly<Record<string, string>> = {
    ...Object.fromEntries(files.map((one) => [bundlePath(one), one.content])),
    ...jobFiles,
    ...(gracePeriod !== null && { ".ebextensions/health.config": healthExtension(gracePeriod) }),
  };
  const known = fillHoles(composeFile, (hole) =>
    "image" in hole ? imageIdentity(app, hole.image) : JSON.stringify(hole),
  );
  const texts = Object.entries({ ...plain, ...mapValues(scripts, ({ text }) => text), [COMPOSE_FILE]: known });
  const hash = shortHash(JSON.stringify(texts.sort(([a], [b]) => (a < b ? -1 : 1))), 16);

  const compose = pulumi
    .output({ uris: images, values: outputs, groups: logGroups })
    .apply(({ uris, values, groups }) =>
      fillHoles(composeFile, (hole) => {
        if ("image" in hole) return uris[hole.image] ?? "";
        if ("logGroup" in hole) return groups[hole.logGroup] ?? "";
        return JSON.stringify(values[hole.output] ?? "").slice(1, -1);
      }),
    );
  const archive = pulumi
    .all({ ...plain, ...mapValues(scripts, filled), [COMPOSE_FILE]: compose })
    .apply(
      (contents) => new pulumi.asset.AssetArchive(mapValues(contents, (text) => new pulumi.asset.StringAsset(text))),
    );
  return { hash, archive };
}

/** What an image's content is known by before it is built. */
function imageIdentity(app: App, name: string): string {
  const service = app.services[name];
  const pinned = app.release?.images[name];
  if (pinned) return pinned.image;
  if (!service?.build) return service?.image ?? "";
  return `${name}:${contextHash(service.build, service.build.platforms[0] ?? service.platform ?? "linux/amd64")}`;
}

/** Bytes travel as text. */
const bundlePath = ({ path, encoding }: WiredFile): string => (encoding === "utf8" ? path : `${path}.base64`);

/** A script and the values that it is given: in the text they are `@name@`. */
interface Script {
  readonly text: string;
  readonly values: Readonly<Record<string, pulumi.Input<string>>>;
}

function hooks(
  { references }: BeanstalkFile,
  name: string,
  text: string,
  values: Script["values"] = {},
): Record<string, Script> {
  if (text === "") return {};
  const folders = references.length > 0 ? [HOOKS, SETTING_HOOKS] : [HOOKS];
  return Object.fromEntries(folders.map((folder) => [`${folder}/${name}`, { text, values }]));
}

function filled({ text, values }: Script): pulumi.Output<string> {
  return pulumi
    .output(values)
    .apply((known) => Object.entries(known).reduce((all, [name, value]) => all.replaceAll(`@${name}@`, value), text));
}

const HEAD = ["#!/bin/bash", "# Made by Spectrum: runs as root before the containers start.", "set -euo pipefail"];

/**
 * Beanstalk logs in to ECR by itself for a Dockerrun file; for a Compose file this does. A login lasts 12 hours, and the
 * images are pulled right after.
 */
function loginScript(registries: readonly string[]): string {
  const others = [...registries]
    .sort()
    .flatMap((registry) => [`login '@${registry}@' ${registry === "docker.io" ? "" : registry}`.trimEnd()]);
  return [
    ...HEAD,
    `for registry in $(grep -oE '[0-9]{12}\\.dkr\\.ecr\\.[a-z0-9-]+\\.amazonaws\\.com(\\.cn)?' ${COMPOSE_FILE} | sort -u); do`,
    `  aws ecr get-login-password --region "$(echo "$registry" | cut -d. -f4)" |`,
    `    docker login --username AWS --password-stdin "$registry"`,
    "done",
    ...(others.length === 0 ? [] : [...LOGIN, ...others]),
    "",
  ].join("\n");
}

/** `login ARN REGISTRY`: user name and password from Secrets Manager, in no process's arguments. */
const LOGIN = [
  "login() {",
  `  local secret field`,
  `  secret=$(aws secretsmanager get-secret-value --region "$(echo "$1" | cut -d: -f4)" --secret-id "$1" --query SecretString --output text)`,
  `  field() { python3 -c 'import json,sys; sys.stdout.write(json.load(sys.stdin)[sys.argv[1]])' "$1" <<< "$secret"; }`,
  `  field password | docker login --username "$(field username)" --password-stdin "\${@:2}"`,
  "}",
];

/** Over TLS, by the instance's role, at an access point of the volume's own; again after each start of the instance. */
function volumeScript(names: readonly string[]): string {
  if (names.length === 0) return "";
  return [
    ...HEAD,
    "rpm -q amazon-efs-utils >/dev/null || dnf install -y -q amazon-efs-utils",
    "mount_volume() {",
    `  mkdir -p "$1"`,
    `  sed -i "\\\\# $1 efs #d" /etc/fstab`,
    `  echo "$2:/ $1 efs _netdev,tls,iam,accesspoint=$3 0 0" >> /etc/fstab`,
    `  mountpoint -q "$1" || mount "$1"`,
    "}",
    ...names.map((name) => `mount_volume ${quoted(volumeFolder(name))} @${name}.system@ @${name}.point@`),
    "",
  ].join("\n");
}

function volumeIds(volumes: readonly MountedVolume[]): Record<string, pulumi.Input<string>> {
  return Object.fromEntries(
    volumes.flatMap(({ name, fileSystemId, accessPointId }) => [
      [`${name}.system`, fileSystemId],
      [`${name}.point`, accessPointId],
    ]),
  );
}

/**
 * An archive carries no rights, and no secrets: these come from the instance's environment, which Beanstalk has filled from
 * the stores.
 */
function fileScript({ wired, fileProperties, volumes }: BeanstalkFile): string {
  const mounted = new Set(volumes.map(volumeFolder));
  const folders = wired.folders.filter((folder) => !mounted.has(folder));
  const { files, secretFiles } = wired;
  if (files.length + secretFiles.length + folders.length === 0) return "";
  return [
    ...HEAD,
    ...folders.map((folder) => `mkdir -p ${quoted(folder)}`),
    ...files.flatMap((file) => [
      ...(file.encoding === "base64" ? [`base64 -d ${quoted(bundlePath(file))} > ${quoted(file.path)}`] : []),
      ...rights(file),
    ]),
    ...(secretFiles.length > 0 ? [`install -d -m 0700 ${SECRETS_FOLDER}`] : []),
    ...secretFiles.flatMap((file) => [
      `printf %s "$${fileProperties[file.path] ?? ""}" > ${quoted(file.path)}`,
      ...rights(file),
    ]),
    "",
  ].join("\n");
}

function rights({ path, mode, uid, gid }: Pick<WiredFile, "path" | "mode" | "uid" | "gid">): readonly string[] {
  const owner =
    uid === null && gid === null
      ? []
      : [`chown ${quoted(`${uid ?? ""}${gid === null ? "" : `:${gid}`}`)} ${quoted(path)}`];
  return [`chmod ${mode.toString(8).padStart(4, "0")} ${quoted(path)}`, ...owner];
}

/** A word as the shell takes it, whatever is in it. */
const quoted = (text: string): string => (/^[\w./:@%+=-]+$/u.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/**
 * Auto Scaling replaces an instance that fails the load balancer's check, which is no option of Beanstalk's.
 * https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/environmentconfig-autoscaling-healthchecktype.html
 */
function healthExtension(gracePeriod: number): string {
  const properties = { HealthCheckType: "ELB", HealthCheckGracePeriod: gracePeriod };
  const group = { Type: "AWS::AutoScaling::AutoScalingGroup", Properties: properties };
  return `${JSON.stringify({ Resources: { AWSEBAutoScalingGroup: group } }, null, 2)}\n`;
}
