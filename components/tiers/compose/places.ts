/** Where files, folders and volumes of an app are on a machine. Pure. */
import { posix } from "node:path";
import type { App, Service } from "../../../app/model";
import type { Context, Node } from "./context";
import { escape } from "./escape";
import { bindMount } from "./mounts";
import type { WiredFile, WiredOptions } from "./wired";

/** Where the project's own files are, beside the Compose file. */
const FILES = "./files";

/** Each path once, sorted. */
export const byPath = (files: readonly WiredFile[]): WiredFile[] =>
  [...new Map(files.map((file) => [file.path, file])).values()].sort((a, b) => (a.path < b.path ? -1 : 1));

/** Compose leaves an empty list out. */
export const nonEmpty = <T>(items: readonly T[] | undefined): readonly T[] | undefined =>
  items && items.length > 0 ? items : undefined;

export function mounts(context: Context, service: Service, node: unknown): unknown {
  const items = (node ?? []) as readonly Node[];
  const kept = items.flatMap((item, index): Node[] => {
    const mount = service.mounts.find((m) => m.index === index);
    if (mount?.type !== "bind") return mount ? [item] : [];
    const place = bindPath(context, service, index);
    return place === null ? [] : [{ ...item, source: place }];
  });
  return nonEmpty(kept);
}

/** Where the source of `volumes[index]` is on the machine; `null`: the mount is left out. */
function bindPath({ app, options }: Context, service: Service, index: number): string | null {
  const mount = service.mounts.find((m) => m.index === index);
  if (mount?.type !== "bind") return null;
  const bind = bindMount(app, service, mount);
  switch (bind.kind) {
    case "carried":
      return null;
    case "machine":
      return bind.path.replaceAll("$", "$$$$");
    case "file":
    case "folder":
      return `${FILES}/${bind.path}`.replaceAll("$", "$$$$");
    case "empty":
      return dataPath(options, "folders", bind.path).replaceAll("$", "$$$$");
  }
}

const dataPath = ({ dataFolder }: WiredOptions, kind: "folders" | "volumes", path: string): string =>
  dataFolder === null ? `${FILES}/${path}` : posix.join(dataFolder, kind, path);

export function projectFiles(app: App, services: readonly Service[]): WiredFile[] {
  return services.flatMap((service) =>
    service.mounts.flatMap((mount): WiredFile[] => {
      if (mount.type !== "bind") return [];
      const bind = bindMount(app, service, mount);
      const files =
        bind.kind === "file"
          ? { [bind.path]: bind.file }
          : bind.kind === "folder"
            ? Object.fromEntries(
                Object.entries(bind.files).map(([name, file]) => [posix.join(bind.path, name), file] as const),
              )
            : {};
      return Object.entries(files).flatMap(([path, { content, encoding, executable }]): WiredFile[] =>
        content === null
          ? [] // too large, which the tier refuses
          : [
              {
                path: posix.join("files", path),
                content,
                encoding,
                mode: executable ? 0o755 : 0o644,
                uid: null,
                gid: null,
              },
            ],
      );
    }),
  );
}

/** A volume with options of its own stays as it is; every other one is a folder of the data disk. */
export function volumes({ app, options, variables }: Context, services: readonly Service[]): Node {
  const own = (app.canonical.volumes ?? {}) as Readonly<Record<string, Node | null>>;
  const { dataFolder } = options;
  return Object.fromEntries(
    usedVolumes(services).flatMap((name): [string, unknown][] => {
      const { external: _, ...rest } = own[name] ?? {};
      const node = escape(rest, variables) as Node;
      if (dataFolder === null || !isOnDisk(app, name)) return [[name, node]];
      const device = dataPath(options, "volumes", name);
      return [[name, { ...node, driver: "local", driver_opts: { device, o: "bind", type: "none" } }]];
    }),
  );
}

function usedVolumes(services: readonly Service[]): readonly string[] {
  const names = services.flatMap(({ mounts: all }) =>
    all.flatMap(({ type, source }) => (type === "volume" && source !== null ? [source] : [])),
  );
  return [...new Set(names)].sort();
}

/** True for a named volume that has no driver or options of its own, so that the tier gives it a place. */
export function isOnDisk(app: App, volume: string): boolean {
  const { driver = null, driverOptions = {} } = app.volumes[volume] ?? {};
  return (driver === null || driver === "" || driver === "local") && Object.keys(driverOptions).length === 0;
}

export function folders(context: Context, services: readonly Service[]): readonly string[] {
  const { app, options } = context;
  const ofVolumes =
    options.dataFolder === null
      ? []
      : usedVolumes(services)
          .filter((name) => isOnDisk(app, name))
          .map((name) => dataPath(options, "volumes", name));
  const ofMounts = services.flatMap((service) =>
    service.mounts.flatMap((mount) => {
      if (mount.type !== "bind") return [];
      const bind = bindMount(app, service, mount);
      return bind.kind === "empty" ? [dataPath(options, "folders", bind.path)] : [];
    }),
  );
  return [...new Set([...ofVolumes, ...ofMounts])].sort();
}
