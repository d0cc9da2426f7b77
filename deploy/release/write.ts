/** Writes a release where the project has its releases. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { InputError } from "../../app/finding";
import { type Release, releaseId, releaseText } from "../../app/release/release";
import { openRelease, releaseIds, releasePath } from "../../stacks/releases";

export interface Written {
  readonly id: string;
  /** From the project's folder. */
  readonly path: string;
  /** False where it was there already. */
  readonly isNew: boolean;
}

/** The file is there whole or not at all. Throws `InputError` where it cannot be written, or one of its name is another's. */
export function writeRelease(root: string, release: Release): Written {
  const id = releaseId(release);
  const { app } = release;
  const path = releasePath(app, id);
  if (releaseIds(root, app).includes(id)) {
    openRelease(root, app, id, "the release");
    return { id, path, isNew: false };
  }
  const file = join(root, path);
  const unfinished = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(unfinished, releaseText(release));
    renameSync(unfinished, file);
  } catch (error) {
    if (existsSync(unfinished)) rmSync(unfinished);
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    throw new InputError([{ message: `the release ${path} cannot be written (${code})`, location: null }]);
  }
  return { id, path, isNew: true };
}
