/** The project as a folder of files: its root, what git tracks of it, its pages. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const root = resolve(__dirname, "../..");

export const readText = (file: string): string => readFileSync(join(root, file), "utf8");

/** The tracked files, relative to the root; `null` where this is no git clone (an unpacked archive). */
export function trackedFiles(): readonly string[] | null {
  try {
    const listed = execFileSync("git", ["ls-files", "-z"], { cwd: root, stdio: ["ignore", "pipe", "ignore"] });
    const files = listed.toString("utf8").split("\0").filter(Boolean);
    return files.length > 0 ? files : null;
  } catch {
    return null;
  }
}
