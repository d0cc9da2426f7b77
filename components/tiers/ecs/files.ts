/** The script that writes a task's files before its containers start. Pure. */
import { posix } from "node:path";
import { slug } from "../../names";
import type { FolderMount, TaskFile, TaskMounts } from "./mounts";

/** The task's volume behind a folder: a volume of the file by its name, else one for the service and its folder. */
export function volumeName({ service, target, kind }: FolderMount): string {
  if ("efs" in kind) return slug(kind.efs, 60);
  if ("docker" in kind) return kind.docker;
  if ("scratch" in kind && kind.scratch.shared !== null) return slug(`${kind.scratch.shared}`, 60);
  return slug(`${service}-${target.replace(/[^A-Za-z0-9]+/gu, "-").replace(/^-|-$/gu, "")}-files`, 120);
}

/** The variable that a file's content is handed over in. */
export const fileVariable = (index: number): string => `FILE_${index}`;

/**
 * Gives each folder its mode and each file its content, mode and owner. Volumes stand at `/spectrum/<n>`, in the order of
 * their first folder; contents in `FILE_<n>`, in the order of the files.
 */
export function filesScript(folders: readonly FolderMount[], files: readonly TaskFile[]): string {
  const volumes = [...new Set(folders.map(volumeName))];
  const lines = ["set -e"];
  for (const folder of folders) {
    if (!("scratch" in folder.kind)) continue;
    lines.push(`chmod ${octal(folder.kind.scratch.mode)} ${root(volumes, folder)}`);
  }
  files.forEach((file, i) => {
    const folder = folderOf(folders, file);
    if (!folder) return;
    const path = quote(posix.join(root(volumes, folder), posix.relative(folder.target, file.target)));
    const base64 = "value" in file.content && file.content.encoding === "base64";
    lines.push(
      `mkdir -p ${quote(posix.dirname(posix.join(root(volumes, folder), posix.relative(folder.target, file.target))))}`,
    );
    lines.push(`printf %s "$${fileVariable(i)}" ${base64 ? "| base64 -d " : ""}> ${path}`);
    if (file.uid !== null || file.gid !== null)
      lines.push(`chown ${quote(`${file.uid ?? "0"}:${file.gid ?? "0"}`)} ${path}`);
    lines.push(`chmod ${octal(file.mode)} ${path}`);
  });
  return lines.join("\n");
}

/** The deepest folder that the file is in. */
function folderOf(folders: readonly FolderMount[], file: TaskFile): FolderMount | undefined {
  return folders
    .filter((f) => f.service === file.service && "files" in f.kind && file.target.startsWith(`${f.target}/`))
    .sort((a, b) => b.target.length - a.target.length)[0];
}

const root = (volumes: readonly string[], folder: FolderMount) => `/spectrum/${volumes.indexOf(volumeName(folder))}`;
const octal = (mode: number) => mode.toString(8).padStart(4, "0");
const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** True for a folder that a container of its own must prepare before the task's start. */
export const isPrepared = ({ kind }: FolderMount): boolean => "scratch" in kind || "files" in kind;

/** How many containers prepare the task's files: one for each image whose own files are copied, and one that writes. */
export function preparingContainers({ folders }: TaskMounts): number {
  const prepared = folders.filter(isPrepared);
  const copied = prepared.flatMap(({ service, kind }) => ("files" in kind && kind.files.copy ? [service] : []));
  return prepared.length === 0 ? 0 : new Set(copied).size + 1;
}
