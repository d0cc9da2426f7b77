/**
 * A release: what an app is made of, apart from where and for whom it runs. One immutable file, `releases/<app>/<id>.json`,
 * that each environment deploys in its turn. Pure.
 *
 * It holds the Compose files as they were written, with their variables left open, and not the model merged from them: so
 * profiles, `include`, `extends` and merging go on as the environment's own config says, and everything that is told of the
 * app has a line of a file that a user knows. Not in it: what is the environment's (variables and `.env`, profiles, the tier
 * and all of `spectrum:apps`), files of Compose `secrets`, build contexts (the images are there by digest), times and people.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import { keyOf, problemsOf } from "../config/issues";
import { InputError } from "../finding";
import { parseImage } from "../image";
import { stableJson } from "../records";

/** Paths are relative to the folder that holds all of the files, with slashes. */
const filePath = z.string().regex(/^(?!\/)(?!.*(?:^|\/)\.{0,2}(?:\/|$)).+$/su, {
  error: "give a path inside the release, such as conf/web.conf",
});

const executable = z.literal(true).optional();
const projectFile = z.union([
  z.strictObject({ text: z.string(), executable }),
  z.strictObject({ base64: z.base64(), executable }),
  /** Larger than any tier could carry: its size in bytes alone. */
  z.strictObject({ size: z.number().int().min(0) }),
]);

const pinned = z.string().refine((image) => parseImage(image)?.digest?.startsWith("sha256:") === true, {
  error: "give an image with its digest: name@sha256:…",
});

const contentShape = {
  version: z.literal(1, { error: "the only version of a release is 1; this one is of a newer Spectrum" }),
  app: z.string().min(1),
  compose: z.array(filePath).min(1),
  sources: z.record(filePath, z.string()),
  files: z.record(filePath, projectFile),
  dockerfilePorts: z.record(
    z.string(),
    z.array(z.strictObject({ port: z.number().int().min(1).max(65_535), protocol: z.enum(["tcp", "udp"]) })),
  ),
};

const releaseSchema = z
  .strictObject({
    ...contentShape,
    images: z.record(z.string(), z.strictObject({ image: pinned, built: z.boolean() })),
  })
  .refine(({ compose, sources }) => compose.every((file) => Object.hasOwn(sources, file)), {
    path: ["compose"],
    error: "each of these has to be one of sources",
  });

/** What a release says besides its images. */
export interface ReleaseContent {
  readonly version: 1;
  /** The app's name, as under `spectrum:apps`. */
  readonly app: string;
  /** The Compose files to read, in order: keys of `sources`. */
  readonly compose: readonly string[];
  /** The texts of all files that reading opens: the Compose files, what they include and extend, `env_file`, `label_file`. */
  readonly sources: Readonly<Record<string, string>>;
  /** The project's small files: those of configs, and those that are mounted. */
  readonly files: Readonly<Record<string, ReleaseFile>>;
  /** What the Dockerfiles expose, by service. */
  readonly dockerfilePorts: Readonly<
    Record<string, readonly { readonly port: number; readonly protocol: "tcp" | "udp" }[]>
  >;
}

export type ReleaseFile =
  | { readonly text: string; readonly executable?: true | undefined }
  | { readonly base64: string; readonly executable?: true | undefined }
  | { readonly size: number };

export interface ReleaseImage {
  /** With its digest: `postgres:17@sha256:…`. A tag besides it says what the image was called, and is not pulled by. */
  readonly image: string;
  /** True: from the service's `build`, pushed to the repository that the owner of the repositories has for it. */
  readonly built: boolean;
}

export interface Release extends ReleaseContent {
  /** By service and job. */
  readonly images: Readonly<Record<string, ReleaseImage>>;
}

/** How many digits of an id say which release is meant, at the least. */
export const SHORT_ID = 12;
/** The file's text, of which the id is the SHA-256: `sha256sum` prints it. */
export const releaseText = (release: Release): string => stableJson(release);

/** 64 hex digits. */
export const releaseId = (release: Release): string => sha256(releaseText(release));

/** What tells two apps apart whose images nobody has looked at: 64 hex digits over all but the images. */
export function contentHash({ version, app, compose, sources, files, dockerfilePorts }: ReleaseContent): string {
  return sha256(stableJson({ version, app, compose, sources, files, dockerfilePorts }));
}

/**
 * A release from the text of its file, whose name says its id. Throws `InputError` where it is none, is another app's, or its
 * content is not the one that it was named after.
 */
export function parseRelease(text: string, { id, app, file }: { id: string; app: string; file: string }): Release {
  const location = { file, line: 1, column: 1 };
  const fail = (message: string) => new InputError([{ message, location }]);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw fail(`is no JSON (${(error as Error).message}); take the file back from version control`);
  }
  const parsed = releaseSchema.safeParse(json, { reportInput: true });
  if (!parsed.success)
    throw new InputError(problemsOf(parsed.error, releaseSchema, (path) => ({ key: keyOf("", path), location })));
  const release: Release = parsed.data;
  const found = releaseId(release);
  if (found !== id)
    throw fail(
      `the content has the id ${found}, the file is named ${id}: a release is never altered; ` +
        "take the file back from version control, or make another release with spectrum release",
    );
  if (release.app !== app) throw fail(`is a release of ${release.app}, not of ${app}; name one of ${app}'s`);
  return release;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
