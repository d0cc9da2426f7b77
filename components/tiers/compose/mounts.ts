/** What a bind mount comes to on a machine that runs the app's Compose file: one decision for each. Pure. */
import { posix } from "node:path";
import type { App, Mount, ProjectFile, Service } from "../../../app/model";
import { isProjectPath } from "../ecs/mounts";

export type BindMount =
  /** In the image already, which is built from the folder that it is in. */
  | { readonly kind: "carried" }
  /** A path of the machine's own: `/var/run/docker.sock`. */
  | { readonly kind: "machine"; readonly path: string }
  /** A file of the project, written beside the Compose file. */
  | { readonly kind: "file"; readonly path: string; readonly file: ProjectFile }
  /** A folder of the project with its files, by their paths in it. */
  | { readonly kind: "folder"; readonly path: string; readonly files: Readonly<Record<string, ProjectFile>> }
  /** A path of the project where nothing is: an empty folder, as Compose makes one. */
  | { readonly kind: "empty"; readonly path: string };

/** `path` of a project's file or folder is relative to the Compose file's folder; `_up` stands for `..`. */
export function bindMount(app: App, service: Service, mount: Mount): BindMount {
  const source = mount.source ?? "";
  if (service.build && within(service.build.context, source)) return { kind: "carried" };
  if (!isProjectPath(app.directory, source)) return { kind: "machine", path: source };
  const path = projectPath(app, source);
  const file = app.files?.[source];
  if (file) return { kind: "file", path, file };
  const files = filesUnder(app, source);
  return Object.keys(files).length > 0 ? { kind: "folder", path, files } : { kind: "empty", path };
}

/** Where a project's file is beside the Compose file. */
export function projectPath(app: App, file: string): string {
  const relative = posix.relative(app.directory, file);
  return relative === ""
    ? "."
    : relative
        .split("/")
        .map((part) => (part === ".." ? "_up" : part))
        .join("/");
}

function filesUnder(app: App, folder: string): Record<string, ProjectFile> {
  const prefix = folder.endsWith("/") ? folder : `${folder}/`;
  return Object.fromEntries(
    Object.entries(app.files ?? {})
      .filter(([path]) => path.startsWith(prefix))
      .map(([path, file]): [string, ProjectFile] => [path.slice(prefix.length), file])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

const within = (folder: string, path: string): boolean =>
  path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
