/**
 * Which image a tag names now, asked of a registry without a login.
 * https://distribution.github.io/distribution/spec/api/, https://distribution.github.io/distribution/spec/auth/token/
 */
import { createHash } from "node:crypto";
import { DOCKER_HUB, type ImageReference } from "../../app/image";

/** Where Docker Hub's registry is. */
const HUB_HOST = "registry-1.docker.io";
const MANIFESTS = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");
const TIMEOUT = 30_000;

/** The registry does not say; the message goes after the image's name. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
}

/** The digest of the reference's tag, of all platforms together where it has several. Throws `RegistryError`. */
export async function digestOfTag({ registry, repository, tag }: ImageReference): Promise<string> {
  const host = registry === DOCKER_HUB ? HUB_HOST : registry;
  const url = `${schemeOf(host)}://${host}/v2/${repository}/manifests/${tag ?? "latest"}`;
  const ask = (method: string, token: string | null) =>
    call(url, { method, headers: { accept: MANIFESTS, ...(token !== null && { authorization: `Bearer ${token}` }) } });
  let token: string | null = null;
  let answer = await ask("HEAD", token);
  if (answer.status === 401) {
    token = await anonymousToken(answer.headers.get("www-authenticate") ?? "", repository);
    if (token !== null) answer = await ask("HEAD", token);
  }
  if (!answer.ok) throw new RegistryError(reasonOf(answer.status, host));
  const told = answer.headers.get("docker-content-digest");
  if (told !== null) return told;
  const whole = await ask("GET", token);
  if (!whole.ok) throw new RegistryError(reasonOf(whole.status, host));
  return `sha256:${createHash("sha256")
    .update(Buffer.from(await whole.arrayBuffer()))
    .digest("hex")}`;
}

/** As Docker does: a registry on this machine has no certificate. */
const schemeOf = (host: string): string => (/^(?:localhost|127\.0\.0\.1)(?::\d+)?$/u.test(host) ? "http" : "https");

/** What the registry's token server gives to anybody; `null` where it asks for a login of another kind, or gives nothing. */
async function anonymousToken(challenge: string, repository: string): Promise<string | null> {
  if (!/^bearer\s/iu.test(challenge)) return null;
  const fields = new Map([...challenge.matchAll(/(\w+)="([^"]*)"/gu)].map(([, key = "", value = ""]) => [key, value]));
  const realm = fields.get("realm");
  if (realm === undefined || !URL.canParse(realm)) return null;
  const url = new URL(realm);
  const service = fields.get("service");
  if (service !== undefined) url.searchParams.set("service", service);
  url.searchParams.set("scope", `repository:${repository}:pull`);
  const answer = await call(url.href, {});
  if (!answer.ok) return null;
  const { token, access_token: other } = (await answer.json()) as Readonly<Record<string, unknown>>;
  return typeof token === "string" ? token : typeof other === "string" ? other : null;
}

async function call(url: string, options: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...options, signal: AbortSignal.timeout(TIMEOUT) });
  } catch (error) {
    const { cause, message } = error as Error & { readonly cause?: { readonly code?: string } };
    throw new RegistryError(`${new URL(url).host} cannot be asked (${cause?.code ?? message})`);
  }
}

function reasonOf(status: number, host: string): string {
  switch (status) {
    case 401:
    case 403:
      return `${host} wants a login`;
    case 404:
      return `${host} has no such image`;
    case 429:
      return `${host} answers nobody so often without a login`;
    default:
      return `${host} answers with status ${status}`;
  }
}
