/** An app that comes from a release: where its files stand, and the images that it is pinned to. Pure. */
import { join, sep } from "node:path";
import type { FileSystem } from "../compose";
import { InputError, type Problem } from "../finding";
import type { App, ProjectFile } from "../model";
import { unpackFile } from "./pack";
import { type Release, SHORT_ID } from "./release";

/**
 * The folder that the release's files seem to lie in: `releases/shop/0123456789ab.json#`, so that what is said of a line of
 * theirs names the release.
 *
 * @param folder where the app's releases are
 */
export const releaseRoot = (folder: string, id: string): string => join(folder, `${id.slice(0, SHORT_ID)}.json#`);

/** What the reader of Compose files opens, and nothing of the disk. */
export function releaseSources({ sources }: Release, root: string): FileSystem {
  const texts = new Map(Object.entries(sources).map(([path, text]) => [join(root, path), text]));
  return {
    read(path) {
      const text = texts.get(path);
      if (text !== undefined) return { kind: "text", text };
      return {
        kind: "problem",
        missing: true,
        reason: "is not in the release; make one that has it, from an environment that uses it",
      };
    },
  };
}

/** The project's file at a path, or the files under it, by absolute path. */
export function releaseFiles(
  { files }: Release,
  root: string,
): (path: string) => Readonly<Record<string, ProjectFile>> {
  const all = Object.entries(files).map(([path, file]) => [join(root, path), unpackFile(file)] as const);
  return (wanted) => Object.fromEntries(all.filter(([path]) => path === wanted || path.startsWith(`${wanted}${sep}`)));
}

/**
 * The app with the release's images. Throws `InputError` where it runs a service whose image is not in the release: under a
 * profile that was off where the release was made.
 */
export function pinImages(app: App, release: Release, id: string): App {
  const missing = Object.keys(app.services).filter((name) => !Object.hasOwn(release.images, name));
  if (missing.length > 0) throw new InputError(missing.map((name) => withoutImage(app, name, id)));
  const services = Object.entries(app.services).map(([name, service]) => {
    const pinned = release.images[name];
    return [name, pinned && !pinned.built ? { ...service, image: pinned.image } : service] as const;
  });
  return { ...app, services: Object.fromEntries(services), release: { id, images: release.images } };
}

function withoutImage(app: App, name: string, id: string): Problem {
  return {
    location: app.locate(`services.${name}`),
    message:
      `the release ${id.slice(0, SHORT_ID)} has no image of ${name}, which did not run where it was made; ` +
      `leave out the profile that turns it on (spectrum:apps.${app.name}.profiles), or make the release where it is on`,
  };
}
