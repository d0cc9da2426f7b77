/** The releases of a project: a file for each, named by its id, in `releases/<app>/`. Opens files; touches no Pulumi. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../app/finding";
import { parseRelease, type Release } from "../app/release/release";

/** A release with its id of 64 hex digits. */
export interface OpenRelease {
  readonly id: string;
  readonly release: Release;
}

const FILE = /^([0-9a-f]{64})\.json$/u;

/** Where the app's releases are, from the project's folder. */
export const releaseFolder = (app: string): string => join("releases", app);

/** Where the release is, from the project's folder. */
export const releasePath = (app: string, id: string): string => join(releaseFolder(app), `${id}.json`);

/** The ids of the app's releases that there are files of, sorted. */
export function releaseIds(root: string, app: string): readonly string[] {
  let names: readonly string[];
  try {
    names = readdirSync(join(root, releaseFolder(app)));
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!["ENOENT", "ENOTDIR"].includes(code)) throw error;
    names = [];
  }
  return names.flatMap((name) => FILE.exec(name)?.[1] ?? []).sort();
}

/**
 * The release of an id, or of its first digits. Throws `InputError`, about the key, where there is none or several that
 * begin so; and where the file's content is not the release that its name says.
 *
 * @param key the config's key, or the option, that says which
 */
export function openRelease(root: string, app: string, wanted: string, key: string): OpenRelease {
  const ids = releaseIds(root, app);
  const [id, ...others] = ids.filter((one) => one.startsWith(wanted));
  const fail = (message: string) => new InputError([{ key, location: null, message }]);
  if (id === undefined) {
    const there = ids.length === 0 ? "there is none" : `there are ${ids.join(", ")}`;
    throw fail(
      `got ${wanted}, of which ${releaseFolder(app)} has no file: ${there}; ` +
        `make one with spectrum release --env ENV --app ${app}, or take it from version control`,
    );
  }
  if (others.length > 0)
    throw fail(`got ${wanted}, and several begin so: ${[id, ...others].join(", ")}; give more digits`);
  const file = releasePath(app, id);
  return { id, release: parseRelease(readFileSync(join(root, file), "utf8"), { id, app, file }) };
}
