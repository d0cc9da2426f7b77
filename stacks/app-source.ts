/** What an app is read from: its Compose files as they are on the disk, or a release. Opens files; touches no Pulumi. */
import { join, resolve } from "node:path";
import type { FileSystem, ReadResult } from "../app/compose";
import type { AppConfig } from "../app/config/types";
import type { App } from "../app/model";
import { packContent, type Packed } from "../app/release/pack";
import { pinImages, releaseFiles, releaseRoot, releaseSources } from "../app/release/pin";
import { withProjectFiles } from "./project-files";
import { openRelease, releaseFolder } from "./releases";

export interface AppSource {
  /** Absolute paths of its Compose files. */
  readonly files: readonly string[];
  /** Where the reader opens them; left out: on the disk. */
  readonly source?: FileSystem;
  /** The app as it was read, with its small files, and with its images where they are known. */
  readonly complete: (read: ReadResult) => { readonly app: App; readonly packed: Packed };
}

/** Throws `InputError` where the release that the config names is not there, or is none. */
export function appSource(name: string, config: AppConfig, root: string): AppSource {
  if (config.release === null) {
    const files = config.compose.map((file) => resolve(root, file));
    return {
      files,
      complete({ app: read, variable, sources }) {
        const app = withProjectFiles(read, variable);
        return { app, packed: packContent(app, files, sources) };
      },
    };
  }
  const { id, release } = openRelease(root, name, config.release, `spectrum:apps.${name}.release`);
  const folder = releaseRoot(resolve(root, releaseFolder(name)), id);
  return {
    files: release.compose.map((file) => join(folder, file)),
    source: releaseSources(release, folder),
    complete({ app: read, variable }) {
      const dockerfilePorts = () => release.dockerfilePorts;
      const app = withProjectFiles(read, variable, { read: releaseFiles(release, folder), dockerfilePorts });
      return {
        app: pinImages(app, release, id),
        packed: { content: release, paths: {}, images: release.images, variableFiles: [] },
      };
    },
  };
}
