/** References to container images, as Docker reads them. Pure. */

export interface ImageReference {
  /** `docker.io` where the text names none. */
  readonly registry: string;
  /** Docker Hub's official images are under `library/`. */
  readonly repository: string;
  /** `null` where the text names none. */
  readonly tag: string | null;
  /** `sha256:…` */
  readonly digest: string | null;
}

export const DOCKER_HUB = "docker.io";

const HUB_NAMES = new Set([DOCKER_HUB, "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"]);
const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*$/u;
const TAG = /^\w[\w.-]{0,127}$/u;
const DIGEST = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-f]{32,}$/u;
/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html */
const ECR = /^(\d{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/u;

/**
 * Reads a reference; `null` where it is none. The part before the first slash is a registry if it has a dot or a colon, or
 * is `localhost`: https://pkg.go.dev/github.com/distribution/reference
 */
export function parseImage(text: string): ImageReference | null {
  const at = text.indexOf("@");
  const digest = at < 0 ? null : text.slice(at + 1);
  const named = at < 0 ? text : text.slice(0, at);
  const slash = named.indexOf("/");
  const first = slash < 0 ? "" : named.slice(0, slash);
  const hasRegistry = first.includes(".") || first.includes(":") || first === "localhost";
  const rest = hasRegistry ? named.slice(slash + 1) : named;
  const colon = rest.lastIndexOf(":");
  const tag = colon < 0 ? null : rest.slice(colon + 1);
  const path = colon < 0 ? rest : rest.slice(0, colon);
  const registry = registryName(hasRegistry ? first : DOCKER_HUB);
  const repository = registry === DOCKER_HUB && !path.includes("/") ? `library/${path}` : path;
  const valid =
    REPOSITORY.test(repository) && (tag === null || TAG.test(tag)) && (digest === null || DIGEST.test(digest));
  return valid ? { registry, repository, tag, digest } : null;
}

/** One name for a registry that has several (`index.docker.io`, `https://index.docker.io/v1/`). */
export function registryName(host: string): string {
  const bare = host
    .toLowerCase()
    .replace(/^https?:\/\//u, "")
    .replace(/\/.*$/u, "");
  return HUB_NAMES.has(bare) ? DOCKER_HUB : bare;
}

/** What stands after the repository: the digest, which alone says the content, else the tag, else `:latest`. */
export function imageSuffix({ tag, digest }: Pick<ImageReference, "tag" | "digest">): string {
  return digest === null ? `:${tag ?? "latest"}` : `@${digest}`;
}

/** The text by which the image is pulled: without a tag beside the digest, which not every puller takes. */
export function pullName(text: string): string {
  const [, name, digest] = /^(.*?)(?::[^:/@]+)?(@.+)$/su.exec(text) ?? [];
  return name === undefined || digest === undefined ? text : `${name}${digest}`;
}

/** The account and region of a registry on ECR; `null` for any other. */
export function ecrRegistry(registry: string): { readonly account: string; readonly region: string } | null {
  const [, account, region] = ECR.exec(registry) ?? [];
  return account !== undefined && region !== undefined ? { account, region } : null;
}
