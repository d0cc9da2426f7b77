/** The release of what runs in an environment: the one that it was deployed from, or one that is made of its files. */
import { isAbsolute, relative } from "node:path";
import { suggestion } from "../../app/compose/problems";
import { InputError, type Problem } from "../../app/finding";
import type { Packed } from "../../app/release/pack";
import { contentHash, type Release, releaseId } from "../../app/release/release";
import { secretProblems } from "../../app/release/secrets";
import type { ReadApp } from "../../stacks/apps";
import { openRelease } from "../../stacks/releases";
import { resolveImages } from "./images";

export interface RunningReleaseArgs {
  /** The project's folder. */
  readonly root: string;
  readonly environment: string;
  readonly app: string;
  /** What the environment has deployed of it, as its stack exports it. */
  readonly deployed: DeployedRelease | undefined;
  /** The app as the environment's files say it now; asked where it was not deployed from a release. */
  readonly read: () => ReadApp;
  /** As `ImagesArgs` has it. */
  readonly running: () => Promise<Readonly<Record<string, readonly string[] | null>>>;
}

/** What is needed of the stack's output `deployed.<app>`. */
export interface DeployedRelease {
  /** Left out by a version of Spectrum that knew no releases. */
  readonly content?: string | undefined;
  readonly release?: string | undefined;
  readonly images: Readonly<Record<string, string>>;
}

export interface RunningRelease {
  readonly id: string;
  readonly release: Release;
  readonly warnings: readonly Problem[];
}

/**
 * Writes nothing. Throws `InputError` where the app is not deployed, its files are not those that were deployed, they hold
 * what no release may, or nobody tells the digest of an image.
 */
export async function runningRelease(args: RunningReleaseArgs): Promise<RunningRelease> {
  const { root, environment, app, deployed, read, running } = args;
  if (!deployed) throw wrong(`${app} is not deployed in ${environment}; deploy it: spectrum up --env ${environment}`);
  const { content, release: id, images: pulled } = deployed;
  if (content === undefined)
    throw wrong(
      `${app} was deployed in ${environment} by a version that knew no releases; deploy it again: spectrum up --env ${environment}`,
    );
  if (id !== undefined) {
    const opened = openRelease(root, app, id, `the release of ${app} that runs in ${environment}`);
    return { ...opened, warnings: [] };
  }
  const { packed, app: model } = read();
  if (model.release)
    throw wrong(
      `the file of ${environment} names the release ${model.release.id}, which is not what runs there; deploy it first: spectrum up --env ${environment}`,
    );
  if (contentHash(packed.content) !== content)
    throw wrong(
      `the files of ${app} are not those that run in ${environment}; deploy them: spectrum up --env ${environment}, or take back those that run`,
    );
  const problems = [...foreignFiles(packed, root, model.directory), ...secretProblems(packed)];
  if (problems.length > 0) throw new InputError(problems);
  const { images, warnings } = await resolveImages({ app, environment, asked: packed.images, pulled, running });
  const release: Release = { ...packed.content, images };
  return { id: releaseId(release), release, warnings };
}

/** The app of the name. Throws `InputError` where the environment has none. */
export function appOf(apps: readonly ReadApp[], name: string, environment: string): ReadApp {
  const found = apps.find(({ app }) => app.name === name);
  if (found) return found;
  throw wrong(
    `${environment} has no app ${name}${suggestion(
      name,
      apps.map(({ app }) => app.name),
    )}`,
  );
}

/** A path out of the project and out of the app's folder is of one machine. */
function foreignFiles({ paths }: Packed, root: string, directory: string): readonly Problem[] {
  const isIn = (folder: string, path: string) => {
    const inside = relative(folder, path);
    return !inside.startsWith("..") && !isAbsolute(inside);
  };
  return Object.values(paths)
    .filter((path) => !isIn(root, path) && !isIn(directory, path))
    .map((path) => ({
      location: null,
      message: `the file ${path} is outside of the project's folder and of the app's, and would be on no other machine; move it into one of them`,
    }));
}

const wrong = (message: string): InputError => new InputError([{ message, location: null }]);
