/**
 * The only module of `app/` that opens files, and only those that the Compose files name. Synchronous: a program reads its
 * configuration once, before there is anything else to do.
 */
import { readFileSync, statSync } from "node:fs";
import { MAX_BYTES } from "./yaml";

export type FileResult =
  | { readonly kind: "text"; readonly text: string }
  /** Why it cannot be read, to go after the file's name: `is missing`, `is a folder`. */
  | { readonly kind: "problem"; readonly missing: boolean; readonly reason: string };

/** Where files come from; a test may give its own. */
export interface FileSystem {
  /** The text of the file at an absolute path. */
  read(path: string): FileResult;
}

/** The files of the machine. A file over 256 KiB (`MAX_BYTES`) is not opened. */
export const disk: FileSystem = {
  read(path) {
    try {
      const stat = statSync(path);
      if (stat.isDirectory()) return problem("is a folder, name a file in it");
      if (!stat.isFile()) return problem("is no ordinary file");
      if (stat.size > MAX_BYTES)
        return problem(`has ${stat.size} bytes, at most ${MAX_BYTES} (256 KiB) are allowed, split it`);
      const bytes = readFileSync(path);
      try {
        return { kind: "text", text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
      } catch {
        return problem("is no UTF-8 text, save it as UTF-8");
      }
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "unknown";
      if (code === "ENOENT" || code === "ENOTDIR") return problem("is missing", true);
      return problem(`cannot be read (${code})`);
    }
  },
};

function problem(reason: string, missing = false): FileResult {
  return { kind: "problem", missing, reason };
}
