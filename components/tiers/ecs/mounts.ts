/**
 * What becomes of a service's mounts, secrets and configs in an ECS task: one decision for each, with the word about it
 * and the place of it in the plan. Pure; the same on the ECS tiers, but for what `MountRules` says.
 */
import { posix } from "node:path";
import { changed, kept, refused, type Verdict } from "../../../app/fit";
import type { App, FileGrant, Mount, ProjectFile, Service } from "../../../app/model";
import { knownImage } from "../../../app/known-images";
import type { Value } from "../../../app/value";
import type { MountRules } from "./ecs-tier";
import type { EcsTask } from "./tasks";

/** A file that is written when the task starts, before its containers do. */
export interface TaskFile {
  readonly service: string;
  /** Where the container finds it. */
  readonly target: string;
  readonly content: { readonly secret: string } | { readonly value: Value; readonly encoding: ProjectFile["encoding"] };
  readonly mode: number;
  readonly uid: string | null;
  readonly gid: string | null;
}

/** A folder of a container that is a volume of the task. */
export interface FolderMount {
  readonly service: string;
  readonly target: string;
  readonly readOnly: boolean;
  readonly kind:
    | { readonly efs: string }
    /** A Docker volume of the machine, by its name in the file, and in a task's definition by its name there. */
    | { readonly docker: string }
    /** A folder or file of the machine. */
    | { readonly host: string }
    /** The task's own disk, new with each task; `shared`: a volume of the file that the task's containers share. */
    | { readonly scratch: { readonly shared: string | null; readonly mode: number } }
    /** What holds files; `copy`: with the files that the image has in the folder. */
    | { readonly files: { readonly copy: boolean } };
}

/** The word about a mount, and what it is in the task. */
export interface Decision {
  readonly verdict: Verdict;
  readonly folders?: readonly FolderMount[];
  readonly files?: readonly TaskFile[];
  readonly memory?: readonly MemoryMount[];
}

/** A folder of a container in memory. */
export interface MemoryMount {
  readonly service: string;
  readonly target: string;
  /** MiB */
  readonly size: number;
  /** Permission bits (0o1777). */
  readonly mode: number;
}

/** What a task mounts and writes, in a fixed order. */
export interface TaskMounts {
  readonly folders: readonly FolderMount[];
  readonly files: readonly TaskFile[];
  readonly memory: readonly MemoryMount[];
}

/** The largest sum of a task's files in bytes: they stand in its definition, which AWS limits to 64 KiB. */
export const MAX_FILE_BYTES = 40 * 1024;
/** MiB of a folder in memory whose size nobody says. */
const TMPFS_MIB = 64;
const WORLD_WRITABLE = 0o1777;
const READABLE = 0o444;

/** Folders that the system or its programs stand in: a volume there would hide them. */
const SYSTEM =
  /^(?:\/|\/(?:bin|boot|dev|etc|home|lib|lib64|opt|proc|root|run|sbin|sys|usr|var)|\/usr\/(?:bin|lib|lib64|sbin|share|local)|\/usr\/local\/(?:bin|lib)|\/var\/(?:lib|run)|\/etc\/(?:ssl|ssl\/certs))$/u;
const SECRETS = "/run/secrets";

/** Every folder and file of a task, whatever findings say of the rest. */
export function taskMounts(app: App, task: EcsTask, rules: MountRules): TaskMounts {
  const decisions = task.services.flatMap((service) => [
    ...service.mounts.map((mount) => decideMount(app, task, service, mount, rules)),
    ...service.tmpfs.map((_, i) => decideTmpfs(service, i, rules)),
    ...service.secrets.map((grant) => decideSecret(app, service, grant)),
    ...service.configs.map((grant) => decideConfig(app, service, grant)),
  ]);
  const files = decisions.flatMap((d) => d.files ?? []);
  const given = decisions.flatMap((d) => d.folders ?? []);
  const folders = [...given, ...fileFolders(given, files)];
  return {
    folders: unique(folders, (f) => `${f.service} ${f.target}`).sort(byService(task)),
    files: unique(files, (f) => `${f.service} ${f.target}`).sort(byService(task)),
    memory: unique(
      decisions.flatMap((d) => d.memory ?? []),
      (f) => `${f.service} ${f.target}`,
    ).sort(byService(task)),
  };
}

/** Files stand in a folder of their own; only `/run/secrets` is known to have nothing of the image's. */
function fileFolders(folders: readonly FolderMount[], files: readonly TaskFile[]): readonly FolderMount[] {
  return files.flatMap((file): FolderMount[] => {
    if (folders.some((f) => f.service === file.service && "files" in f.kind && isWithin(f.target, file.target)))
      return [];
    const target = posix.dirname(file.target);
    const copy = target !== SECRETS;
    return [{ service: file.service, target, readOnly: !copy, kind: { files: { copy } } }];
  });
}

/** The word about `volumes[index]`, and what it is in the task. */
export function decideMount(app: App, task: EcsTask, service: Service, mount: Mount, tier: MountRules): Decision {
  const own = tier.decide?.(app, service, mount);
  if (own) return own;
  const rules: Readonly<Record<Mount["type"], () => Decision>> = {
    volume: () => (mount.source === null ? anonymous(service, mount) : named(app, task, service, mount, mount.source)),
    bind: () => bind(app, service, mount),
    tmpfs: () =>
      tier.memory
        ? inMemory(service, { target: mount.target, size: mount.size, mode: null })
        : scratch(service, mount.target, WORLD_WRITABLE),
    image: () => no("another image's files cannot be mounted", "copy them with COPY --from in the Dockerfile"),
    npipe: () => no("named pipes are of Windows, and only Linux is hosted", "leave the mount out"),
    cluster: () => no("there is no Swarm with its volumes", "use a volume of the file"),
  };
  return rules[mount.type]();
}

/** The word about `tmpfs[index]`. */
export function decideTmpfs(service: Service, index: number, tier: MountRules): Decision {
  const entry = service.tmpfs[index];
  if (!entry) return no("it mounts nothing", "leave it out");
  return tier.memory ? inMemory(service, entry) : scratch(service, entry.target, entry.mode ?? WORLD_WRITABLE);
}

const no = (reason: string, remedy: string): Decision => ({ verdict: refused(reason, remedy) });
const nothing = (reason: string, remedy: string): Decision => ({ verdict: changed(`left out: ${reason}`, remedy) });

function scratch(service: Service, target: string, mode: number): Decision {
  return {
    verdict: changed(
      "on the task's own disk, as there is no memory to mount; new with each task, its size is the disk's",
      "nothing to do",
    ),
    folders: [{ service: service.name, target, readOnly: false, kind: { scratch: { shared: null, mode } } }],
  };
}

/** ECS wants a size, where Docker takes as much memory as there is. */
function inMemory(service: Service, { target, size, mode }: Service["tmpfs"][number]): Decision {
  const given = size === null ? TMPFS_MIB : Math.max(1, Math.ceil(size / 1024 ** 2));
  return {
    verdict:
      size === null
        ? changed(`in memory, ${TMPFS_MIB} MiB, as nothing is said of its size and ECS wants one`, "say its size")
        : kept("in the instance's memory"),
    memory: [{ service: service.name, target, size: given, mode: mode ?? WORLD_WRITABLE }],
  };
}

function anonymous(service: Service, mount: Mount): Decision {
  if (!service.readOnly)
    return nothing("the container's own disk holds it, and is new with each task", "name the volume to keep its data");
  return scratch(service, mount.target, WORLD_WRITABLE);
}

function named(app: App, task: EcsTask, service: Service, mount: Mount, source: string): Decision {
  const volume = app.volumes[source];
  const at = { service: service.name, target: mount.target, readOnly: mount.readOnly };
  if (volume && isTmpfs(volume.driverOptions)) {
    const elsewhere = Object.values(app.services).some(
      (other) => !task.services.includes(other) && other.mounts.some((m) => m.type === "volume" && m.source === source),
    );
    if (elsewhere)
      return no(
        `${source} is in memory, and services of several tasks mount it`,
        "give one the network of the other (network_mode: service:…), or leave driver_opts out",
      );
    return {
      verdict: changed("on the task's own disk, shared by its containers and new with each task", "nothing to do"),
      folders: [{ ...at, kind: { scratch: { shared: source, mode: WORLD_WRITABLE } } }],
    };
  }
  if (mount.subpath !== null)
    return no("a folder inside a volume cannot be mounted", "make the folder a volume of its own");
  const folders: FolderMount[] = [{ ...at, kind: { efs: source } }];
  if (knownImage(service.image)?.kind === "database" && !mount.readOnly) {
    return {
      verdict: changed(
        "on EFS, a network file system: safe, but slow for a database, and what the image has there is not copied into it",
        "a managed database outside of the app is faster, backed up and patched; keep this one for small or trial data",
      ),
      folders,
    };
  }
  return {
    verdict: kept("on EFS, encrypted; what the image has there is not copied into it"),
    folders,
  };
}

/** A volume that Compose would hold in memory. */
export function isTmpfs(options: Readonly<Record<string, string>>): boolean {
  return options.type === "tmpfs";
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
  if (!own && inside.length === 0) {
    return no(
      `${show(app, source)} is missing, empty or no folder of files`,
      mount.readOnly
        ? "create it beside the Compose file, or COPY it into the image"
        : "create it beside the Compose file and end the mount with :ro, or use a named volume to keep what the container writes",
    );
  }
  if (!own && !mount.readOnly)
    return no(
      "the container may write to a folder of your machine, which is not there",
      "end the mount with :ro where the container only reads it, use a named volume, or COPY it into the image",
    );
  const files = own
    ? [[mount.target, own] as const]
    : inside.map(([path, file]) => [posix.join(mount.target, path), file] as const);
  const bytes = files.reduce((sum, [, file]) => sum + file.size, 0);
  if (bytes > MAX_FILE_BYTES || files.some(([, file]) => file.content === null))
    return no(
      `${show(app, source)} has ${kib(bytes)}, and a task carries ${kib(MAX_FILE_BYTES)} at most`,
      "COPY it into the image",
    );
  return fromFiles(service, mount, files, own !== undefined);
}

function fromFiles(
  service: Service,
  mount: Mount,
  files: readonly (readonly [string, ProjectFile])[],
  single: boolean,
): Decision {
  const written = files.map(([target, { content, encoding, executable }]): TaskFile => ({
    service: service.name,
    target,
    content: { value: content === null || content === "" ? [] : [content], encoding },
    mode: executable ? 0o555 : READABLE,
    uid: null,
    gid: null,
  }));
  if (single) {
    const folder = hiddenFolder(mount.target);
    if (folder) return folder;
    return { verdict: asFile(mount.target, !mount.readOnly), files: written };
  }
  if (SYSTEM.test(mount.target)) return hides(mount.target);
  const folder: FolderMount = {
    service: service.name,
    target: mount.target,
    readOnly: true,
    kind: { files: { copy: false } },
  };
  return {
    verdict: changed("a copy of these files, written when a task starts", "deploy again after a change of theirs"),
    folders: [folder],
    files: written,
  };
}

/** The word about `secrets[index]` of a service. */
export function decideSecret(app: App, service: Service, grant: FileGrant): Decision {
  if (!(grant.source in app.secrets)) return no("the file has no such secret", "name it under secrets");
  const folder = hiddenFolder(grant.target);
  if (folder) return folder;
  const verdict =
    posix.dirname(grant.target) === SECRETS
      ? kept(`the file ${grant.target}, written when a task starts`)
      : asFile(grant.target, false);
  return { verdict, files: [granted(service, grant, { secret: grant.source })] };
}

/** The word about `configs[index]` of a service. */
export function decideConfig(app: App, service: Service, grant: FileGrant): Decision {
  const content = configContent(app, grant.source);
  if ("outcome" in content) return { verdict: content };
  const folder = hiddenFolder(grant.target);
  if (folder) return folder;
  return { verdict: asFile(grant.target, false), files: [granted(service, grant, content)] };
}

const granted = (service: Service, grant: FileGrant, content: TaskFile["content"]): TaskFile => ({
  service: service.name,
  target: grant.target,
  content,
  mode: grant.mode ?? READABLE,
  uid: grant.uid,
  gid: grant.gid,
});

/** What a config holds; a refusal where it cannot be known. */
export function configContent(app: App, name: string): TaskFile["content"] | Verdict {
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
      if (file.content === null || file.size > MAX_FILE_BYTES)
        return refused(
          `its file has ${kib(file.size)}, and a task carries ${kib(MAX_FILE_BYTES)} at most`,
          "COPY it into the image",
        );
      return { value: file.content === "" ? [] : [file.content], encoding: file.encoding };
    }
    case "external":
      return refused("it is external, and nobody keeps configs here", "give its file or content");
    case undefined:
      return refused("the file has no such config", "name it under configs");
  }
}

function asFile(target: string, writable: boolean): Verdict {
  const folder = posix.dirname(target);
  const reason = `a copy of it, written when a task starts; ${folder} becomes a volume, into which sh and cp of the image copy its own files`;
  return writable
    ? changed(`${reason}; what the container writes to it is lost`, "deploy again after a change of the file")
    : changed(reason, "an image without sh and cp needs the whole folder mounted instead");
}

/** A file can only be put beside others by a volume over its folder. */
function hiddenFolder(target: string): Decision | null {
  const folder = posix.dirname(target);
  return SYSTEM.test(folder) ? hides(folder) : null;
}

const hides = (folder: string): Decision =>
  no(
    `a volume over ${folder} would hide the image's own files`,
    "mount it in a folder of its own, such as /etc/app or /config",
  );

/** The user and group of a volume's files: those that all services that mount it name in numbers, else `null`. */
export function volumeOwner(app: App, volume: string): { readonly uid: number; readonly gid: number } | null {
  const users = Object.values(app.services)
    .filter((service) => service.mounts.some((m) => m.type === "volume" && m.source === volume))
    .map((service) => service.user);
  const [first] = users;
  const match = /^(\d+)(?::(\d+))?$/u.exec(first ?? "");
  if (!match || users.some((user) => user !== first)) return null;
  return { uid: Number(match[1]), gid: Number(match[2] ?? match[1]) };
}

/** The folder's files by their path below it. */
function filesUnder(app: App, folder: string): readonly (readonly [string, ProjectFile])[] {
  const prefix = folder.endsWith("/") ? folder : `${folder}/`;
  return Object.entries(app.files ?? {})
    .filter(([path]) => path.startsWith(prefix))
    .map(([path, file]) => [path.slice(prefix.length), file] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** True where the path belongs to the project rather than to the machine: under the Compose file's folder, or beside it. */
export function isProjectPath(directory: string, path: string): boolean {
  if (!path.startsWith("/")) return false;
  if (isWithin(directory, path)) return true;
  const common = directory.split("/").findIndex((part, i) => path.split("/")[i] !== part);
  return common > 2 && directory.split("/").length - common <= 2;
}

function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

const show = (app: App, path: string) => posix.relative(app.directory, path) || ".";
const kib = (bytes: number) => `${Math.ceil(bytes / 1024)} KiB`;

function unique<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}

function byService(task: EcsTask) {
  const rank = new Map(task.services.map((service, i) => [service.name, i]));
  return (a: { service: string; target: string }, b: { service: string; target: string }) =>
    (rank.get(a.service) ?? 0) - (rank.get(b.service) ?? 0) || (a.target < b.target ? -1 : a.target > b.target ? 1 : 0);
}
