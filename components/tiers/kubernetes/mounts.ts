/**
 * What becomes of a service's mounts, secrets and configs in a pod: one decision for each, with the word about it and the
 * place of it in the plan. Pure.
 */
import { posix } from "node:path";
import { knownImage } from "../../../app/known-images";
import { changed, kept, refused, type Verdict } from "../../../app/fit";
import type { App, FileGrant, Mount, ProjectFile, Service } from "../../../app/model";
import { secretsOf, type Value } from "../../../app/value";
import { isProjectPath, isTmpfs } from "../ecs/mounts";
import { keyOf, type Pod } from "./pods";

/** A file of a container: a key of the pod's ConfigMap, or of its Secret where a secret stands in it. */
export interface PodFile {
  readonly service: string;
  /** Where the container finds it. */
  readonly target: string;
  /** The folder that is mounted as a whole and holds nothing else; `null`: the file alone is. */
  readonly folder: string | null;
  readonly content: { readonly secret: string } | { readonly value: Value; readonly encoding: ProjectFile["encoding"] };
  readonly mode: number;
}

/** A folder of a container that is a volume of the pod. */
export interface PodFolder {
  readonly service: string;
  readonly target: string;
  readonly readOnly: boolean;
  readonly subPath: string | null;
  readonly kind:
    | { readonly volume: string }
    /** In memory, which counts as the container's; bytes, `null`: half of the machine's. `name`: shared by the pod. */
    | { readonly memory: { readonly name: string; readonly size: number | null } }
    /** On the node's disk, gone with the pod. */
    | { readonly scratch: string };
}

interface Decision {
  readonly verdict: Verdict;
  readonly folders?: readonly PodFolder[];
  readonly files?: readonly PodFile[];
}

export interface PodMounts {
  readonly folders: readonly PodFolder[];
  readonly files: readonly PodFile[];
}

/** What the decisions rest on besides the file: GiB of each volume that is on a disk of EBS. */
export interface MountContext {
  readonly app: App;
  readonly pod: Pod;
  readonly disks: Readonly<Record<string, number>>;
}

const READABLE = 0o444;

/** Every folder and file of a pod, whatever findings say of the rest. */
export function podMounts(context: MountContext): PodMounts {
  const { app, pod } = context;
  const own = (service: Service): readonly Decision[] => [
    ...service.mounts.map((mount) => decideMount(context, service, mount)),
    ...service.tmpfs.map((_, i) => decideTmpfs(service, i)),
    ...service.secrets.map((grant) => decideSecret(app, service, grant)),
    ...service.configs.map((grant) => decideConfig(app, service, grant)),
    ...sharedMemory(service),
  ];
  const decisions = pod.services.flatMap((service) => [
    ...own(service),
    ...service.volumesFrom.flatMap(({ service: from, readOnly }) => {
      const other = pod.services.find(({ name }) => name === from);
      return other ? own(other).map((decision) => lent(decision, service, readOnly)) : [];
    }),
  ]);
  return {
    folders: unique(decisions.flatMap((d) => d.folders ?? [])),
    files: unique(decisions.flatMap((d) => d.files ?? [])),
  };
}

/** What `volumes_from` takes from another container of the pod. */
function lent(
  { verdict, folders = [], files = [] }: Decision,
  { name: service }: Service,
  readOnly: boolean,
): Decision {
  return {
    verdict,
    folders: folders
      .filter(({ kind }) => "volume" in kind)
      .map((folder) => ({ ...folder, service, readOnly: folder.readOnly || readOnly })),
    files: files.filter(({ content }) => !("secret" in content)).map((file) => ({ ...file, service })),
  };
}

/** The word about `volumes[index]`, and what it is in the pod. */
export function decideMount(context: MountContext, service: Service, mount: Mount): Decision {
  const rules: Readonly<Record<Mount["type"], () => Decision>> = {
    volume: () => (mount.source === null ? anonymous(service, mount) : named(context, service, mount, mount.source)),
    bind: () => bind(context.app, service, mount),
    tmpfs: () => memory(service, mount.target, mount.size),
    image: () => no("another image's files cannot be mounted", "copy them with COPY --from in the Dockerfile"),
    npipe: () => no("named pipes are of Windows, and only Linux is hosted", "leave the mount out"),
    cluster: () => no("there is no Swarm with its volumes", "use a volume of the file"),
  };
  return rules[mount.type]();
}

/** The word about `tmpfs[index]`. */
export function decideTmpfs(service: Service, index: number): Decision {
  const entry = service.tmpfs[index];
  return entry ? memory(service, entry.target, entry.size) : no("it mounts nothing", "leave it out");
}

const no = (reason: string, remedy: string): Decision => ({ verdict: refused(reason, remedy) });
const nothing = (reason: string, remedy: string): Decision => ({ verdict: changed(`left out: ${reason}`, remedy) });

function memory(service: Service, target: string, size: number | null): Decision {
  const name = keyOf(`${service.name}-${target}`);
  return {
    verdict: kept("in memory, which counts as the container's own; every user of the container may write to it"),
    folders: [{ service: service.name, target, readOnly: false, subPath: null, kind: { memory: { name, size } } }],
  };
}

/** `shm_size`: what Docker gives by default is there anyway. */
function sharedMemory(service: Service): readonly Decision[] {
  return service.shmSize === null ? [] : [memory(service, "/dev/shm", service.shmSize)];
}

function anonymous(service: Service, mount: Mount): Decision {
  if (!service.readOnly)
    return nothing("the container's own disk holds it, and is new with each pod", "name the volume to keep its data");
  const scratch = keyOf(`${service.name}-${mount.target}`);
  return {
    verdict: changed("on the pod's own disk, new with each pod", "name the volume to keep its data"),
    folders: [{ service: service.name, target: mount.target, readOnly: false, subPath: null, kind: { scratch } }],
  };
}

function named({ app, pod, disks }: MountContext, service: Service, mount: Mount, source: string): Decision {
  const volume = app.volumes[source];
  const at = { service: service.name, target: mount.target, readOnly: mount.readOnly, subPath: mount.subpath };
  const users = Object.values(app.services).filter((other) =>
    other.mounts.some((m) => m.type === "volume" && m.source === source),
  );
  const elsewhere = users.some((other) => !pod.services.includes(other));
  if (volume && isTmpfs(volume.driverOptions)) {
    if (elsewhere)
      return no(
        `${source} is in memory, and services of several pods mount it`,
        "give one the network of the other (network_mode: service:…), or leave driver_opts out",
      );
    const kind = { memory: { name: keyOf(source), size: null } };
    return { verdict: kept("in memory, shared by the containers of the pod"), folders: [{ ...at, kind }] };
  }
  const folders: PodFolder[] = [{ ...at, kind: { volume: source } }];
  const size = disks[source];
  if (size !== undefined) {
    if (elsewhere)
      return no(`${source} is on a disk, which one pod mounts at a time`, "leave it on EFS, which all pods can mount");
    return {
      verdict: changed(
        `on a disk of ${size} GiB (gp3), in one zone: its data does not follow a change of tier`,
        "copy the data out before; a volume on EFS stays where it is",
      ),
      folders,
    };
  }
  if (knownImage(service.image)?.kind === "database" && !mount.readOnly) {
    return {
      verdict: changed(
        "on EFS, a network file system: safe, but slow for a database, and what the image has there is not copied into it",
        "a managed database outside of the app is faster, backed up and patched; keep this one for small or trial data",
      ),
      folders,
    };
  }
  return { verdict: kept("on EFS, encrypted; what the image has there is not copied into it"), folders };
}

function bind(app: App, service: Service, mount: Mount): Decision {
  const source = mount.source ?? "";
  if (service.build && isWithin(service.build.context, source)) {
    return nothing(
      `the image is built from this folder and carries ${mount.target}`,
      "COPY it in the Dockerfile if it does not do so yet",
    );
  }
  if (/docker\.sock$|\.sock$/u.test(source))
    return no(
      "there is no Docker and no socket of a machine to share",
      "do without it; policies give access to AWS's API",
    );
  if (!isProjectPath(app.directory, source))
    return no("the machine's own files are not there", "COPY what is needed into the image, or leave the mount out");
  const inside = filesUnder(app, source);
  const own = app.files?.[source];
  if (!own && inside.length === 0)
    return no(
      `${show(app, source)} is missing, empty or no folder of files`,
      mount.readOnly
        ? "create it beside the Compose file, or COPY it into the image"
        : "create it beside the Compose file and end the mount with :ro, or use a named volume to keep what the container writes",
    );
  if (!own && !mount.readOnly)
    return no(
      "the container may write to a folder of your machine, which is not there",
      "end the mount with :ro where the container only reads it, use a named volume, or COPY it into the image",
    );
  const folder = own ? null : mount.target;
  const files = own
    ? [[mount.target, own] as const]
    : inside.map(([path, file]) => [posix.join(mount.target, path), file] as const);
  if (files.some(([, file]) => file.content === null))
    return no(`${show(app, source)} is larger than a ConfigMap may carry here`, "COPY it into the image");
  return {
    verdict: mount.readOnly
      ? changed("a copy of it in a ConfigMap; a change of yours comes with the next deployment", "nothing to do")
      : changed(
          "a copy of it in a ConfigMap, which the container cannot write to",
          "end the mount with :ro, or use a named volume for what it writes",
        ),
    files: files.map(([target, { content, encoding, executable }]): PodFile => ({
      service: service.name,
      target,
      folder,
      content: { value: content === null || content === "" ? [] : [content], encoding },
      mode: executable ? 0o555 : READABLE,
    })),
  };
}

/** The word about `secrets[index]` of a service. */
export function decideSecret(app: App, service: Service, grant: FileGrant): Decision {
  if (!(grant.source in app.secrets)) return no("the file has no such secret", "name it under secrets");
  return {
    verdict: kept(`the file ${grant.target}, from a Secret of the app's own`),
    files: [granted(service, grant, { secret: grant.source })],
  };
}

/** The word about `configs[index]` of a service. */
export function decideConfig(app: App, service: Service, grant: FileGrant): Decision {
  const content = configContent(app, grant.source);
  if ("outcome" in content) return { verdict: content };
  return { verdict: kept(`the file ${grant.target}, from a ConfigMap`), files: [granted(service, grant, content)] };
}

const granted = (service: Service, grant: FileGrant, content: PodFile["content"]): PodFile => ({
  service: service.name,
  target: grant.target,
  folder: null,
  content,
  mode: grant.mode ?? READABLE,
});

/** What a config holds; a refusal where it cannot be known. */
export function configContent(app: App, name: string): PodFile["content"] | Verdict {
  const config = app.configs[name];
  switch (config?.kind) {
    case "content":
      return { value: config.content, encoding: "utf8" };
    case "environment": {
      const value = app.configValues?.[name];
      return value
        ? { value, encoding: "utf8" }
        : refused(`its variable ${config.variable} has no value`, "set it in .env or under variables");
    }
    case "file": {
      const file = app.files?.[config.path];
      if (!file) return refused(`its file ${show(app, config.path)} is missing`, "create it beside the Compose file");
      if (file.content === null)
        return refused("its file is larger than a ConfigMap may carry here", "COPY it into the image");
      return { value: file.content === "" ? [] : [file.content], encoding: file.encoding };
    }
    case "external":
      return refused("it is external, and nobody keeps configs here", "give its file or content");
    case undefined:
      return refused("the file has no such config", "name it under configs");
  }
}

/** True where the file's content is a secret, or holds one. */
export function isSecretFile({ content }: PodFile): boolean {
  return "secret" in content || secretsOf(content.value).length > 0;
}

/** The file's key in the pod's ConfigMap or Secret. */
export const fileKey = ({ service, target }: PodFile): string => keyOf(`${service}-${target}`);

function filesUnder(app: App, folder: string): readonly (readonly [string, ProjectFile])[] {
  const prefix = folder.endsWith("/") ? folder : `${folder}/`;
  return Object.entries(app.files ?? {})
    .filter(([path]) => path.startsWith(prefix))
    .map(([path, file]) => [path.slice(prefix.length), file] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

const show = (app: App, path: string) => posix.relative(app.directory, path) || ".";

/** The last word about a place counts. */
function unique<T extends { readonly service: string; readonly target: string }>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [`${item.service} ${item.target}`, item])).values()].sort((a, b) =>
    `${a.service} ${a.target}` < `${b.service} ${b.target}` ? -1 : 1,
  );
}
