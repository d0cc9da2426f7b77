/** Releases of the apps of a folder, with digests that are made up. */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { RawConfig } from "../../app/config/read";
import { type Release, releaseId, releaseText } from "../../app/release/release";
import { readApps } from "../../stacks/apps";
import { releasePath } from "../../stacks/releases";

/** A digest that is the text's own. */
export const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

export const HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com";

/** What a release of the app would be, whose images ran in `dev`. */
export function releaseOf(
  root: string,
  app: string,
  config: Readonly<Record<string, unknown>>,
  repositories = "dev",
): Release {
  const read = readApps(rawConfig({ [app]: config }), { root, assumeSecrets: true }).apps[0];
  if (!read) throw new Error(`no app ${app}`);
  const images = Object.values(read.app.services).map(({ name, build, image }) => {
    const pinned = build
      ? `${HOST}/spectrum-${repositories}/${app}/${name}@${digestOf(name)}`
      : `${(image ?? "").replace(/@.*$/u, "")}@${/@(.*)$/u.exec(image ?? "")?.[1] ?? digestOf(name)}`;
    return [name, { image: pinned, built: build !== null }] as const;
  });
  return { ...read.packed.content, images: Object.fromEntries(images) };
}

/** Writes the release where the project has its releases; its id. */
export function writeRelease(root: string, release: Release): string {
  const id = releaseId(release);
  const path = join(root, releasePath(release.app, id));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, releaseText(release));
  return id;
}

const rawConfig = (apps: object): RawConfig => ({
  stack: "dev",
  values: { "aws:region": "us-east-1", "spectrum:tier": "fargate", "spectrum:apps": JSON.stringify(apps) },
  secretKeys: new Set(),
});
