/** Recordings of the engine's previews, for where there is no engine. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { ROOT } from "./cases";
import type { EngineResource } from "./engine-resources";

export const RECORDED = join(ROOT, "test/recorded");

export interface Recording {
  /** Of each Pulumi package that was installed; the recording is of no worth with others. */
  readonly versions: Readonly<Record<string, string>>;
  readonly resources: readonly EngineResource[];
}

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly version?: string }>>;
}

/** Makes no resource. */
const POLICY = "node_modules/@pulumi/policy";

/** The versions of all Pulumi packages in the lock file that a program is made with, nested ones with their path. */
export function lockedVersions(lockFile = join(ROOT, "package-lock.json")): Record<string, string> {
  const { packages } = JSON.parse(readFileSync(lockFile, "utf8")) as LockFile;
  const found = Object.entries(packages).flatMap(([path, { version }]) =>
    /(?:^|\/)@pulumi\/[^/]+$/u.test(path) && path !== POLICY && version !== undefined
      ? [[path.replace(/^node_modules\//u, ""), version]]
      : [],
  );
  return Object.fromEntries(found.sort(([a = ""], [b = ""]) => (a < b ? -1 : 1))) as Record<string, string>;
}

/** A line for each package whose version the recording does not have. */
export function staleness(recording: Recording, versions: Readonly<Record<string, string>>): readonly string[] {
  const names = new Set([...Object.keys(recording.versions), ...Object.keys(versions)]);
  return [...names]
    .filter((name) => recording.versions[name] !== versions[name])
    .sort()
    .map(
      (name) => `${name}: recorded with ${recording.versions[name] ?? "none"}, locked is ${versions[name] ?? "none"}`,
    );
}

export function readRecording(name: string): Recording {
  return JSON.parse(readFileSync(join(RECORDED, `${name}.json`), "utf8")) as Recording;
}

/** A line for each resource, so that a change shows as the lines of what changed. */
export function recordingText({ versions, resources }: Recording): string {
  const lines = resources.map((resource) => JSON.stringify(resource));
  return `{\n"versions": ${JSON.stringify(versions)},\n"resources": [\n${lines.join(",\n")}\n]\n}\n`;
}
