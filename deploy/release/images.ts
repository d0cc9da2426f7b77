/** The digest of each image of an app: of what runs, where anybody tells. */
import { ecrRegistry, imageSuffix, parseImage, pullName } from "../../app/image";
import { InputError, type Problem } from "../../app/finding";
import type { AskedImage } from "../../app/release/pack";
import type { ReleaseImage } from "../../app/release/release";
import { digestOfTag, RegistryError } from "./registry";

export interface ImagesArgs {
  readonly app: string;
  readonly environment: string;
  /** By service, what its files ask for. */
  readonly asked: Readonly<Record<string, AskedImage>>;
  /** By service, the reference that the tier pulls; a service that has no container has none. */
  readonly pulled: Readonly<Record<string, string>>;
  /** By service, the digests that run; `null` where the tier does not tell. Asked where a tag alone names an image. */
  readonly running: () => Promise<Readonly<Record<string, readonly string[] | null>>>;
}

export interface Resolved {
  readonly images: Readonly<Record<string, ReleaseImage>>;
  readonly warnings: readonly Problem[];
}

/** Throws `InputError` with every image whose digest nobody tells. */
export async function resolveImages(args: ImagesArgs): Promise<Resolved> {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const known = new Map<string, ReleaseImage>();
  let running: ReturnType<ImagesArgs["running"]> | undefined;
  for (const [service, asked] of Object.entries(args.asked)) {
    const pulled = args.pulled[service];
    try {
      if (asked.built) known.set(service, built(args, service, pulled));
      else {
        const image = taken(args, asked.image ?? "", pulled);
        const digest = parseImage(image)?.digest ?? null;
        const runs = digest === null && pulled !== undefined ? (await (running ??= args.running()))[service] : null;
        if (runs && runs.length > 1)
          throw new Unknown(
            `${runs.length} images run at once; wait until the deployment of ${args.environment} has ended`,
          );
        const [found] = digest === null ? (runs ?? []) : [digest];
        if (found === undefined) warnings.push(ofNow(args, service, image));
        const pinned = digest === null ? `${image}@${found ?? (await askRegistry(image))}` : image;
        known.set(service, { image: pinned, built: false });
      }
    } catch (error) {
      if (!(error instanceof Unknown)) throw error;
      problems.push({ location: null, message: `${args.app}.${service}: ${error.message}` });
    }
  }
  if (problems.length > 0) throw new InputError(problems);
  return { images: Object.fromEntries(known), warnings };
}

/** Nobody tells the digest of an image; the message goes after the service's name. */
class Unknown extends Error {}

function built({ environment }: ImagesArgs, service: string, pulled: string | undefined): ReleaseImage {
  if (pulled === undefined)
    throw new Unknown(
      `its image is built, and ${environment} did not build it, for nothing of ${service} runs there; make the release where it runs`,
    );
  if (!parseImage(pulled)?.digest)
    throw new Unknown(`its image is built, and ${pulled} names no digest; deploy ${environment} again`);
  return { image: pulled, built: true };
}

/** The image as the file names it, which has to be the one that is deployed. */
function taken({ environment }: ImagesArgs, image: string, pulled: string | undefined): string {
  const reference = parseImage(image);
  if (!reference) throw new Unknown(`${JSON.stringify(image)} is no name of an image`);
  const viaCache = ecrRegistry(parseImage(pulled ?? "")?.registry ?? "") !== null;
  const same = (uri: string) =>
    uri === pullName(image) || (viaCache && uri.endsWith(`/${reference.repository}${imageSuffix(reference)}`));
  if (pulled !== undefined && !same(pulled))
    throw new Unknown(
      `the files name ${image}, and ${environment} runs ${pulled}; deploy ${environment}, or name what runs`,
    );
  return image;
}

async function askRegistry(image: string): Promise<string> {
  const reference = parseImage(image);
  if (!reference) throw new Unknown(`${JSON.stringify(image)} is no name of an image`);
  try {
    return await digestOfTag(reference);
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    throw new Unknown(
      `the digest of ${image} is not known: ${error.message}; name the image by its digest: docker buildx imagetools inspect ${image} shows it`,
    );
  }
}

function ofNow({ app, environment }: ImagesArgs, service: string, image: string): Problem {
  return {
    location: null,
    message:
      `${app}.${service}: the digest of ${image} is the one that its tag has now, for ${environment} does not tell which one runs there; ` +
      "a digest in the file would be the same everywhere",
  };
}
