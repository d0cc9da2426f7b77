/** A registry for tests: a server on this machine that speaks what is asked of the Distribution API. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeRegistry {
  /** `127.0.0.1:40123`: what an image's name begins with. */
  readonly host: string;
  /** By `repository:tag`. */
  readonly manifests: Map<string, FakeManifest>;
  /** `METHOD path`, in order. */
  readonly asked: string[];
  close(): void;
}

export interface FakeManifest {
  readonly body: string;
  /** What `docker-content-digest` says; left out: the header is missing. */
  readonly digest?: string;
  /** What it takes: nothing, a token that anybody gets, a token that nobody gets, a password; or it answers with a status. */
  readonly wants?: "nothing" | "token" | "login" | "password" | number;
}

export async function serveRegistry(): Promise<FakeRegistry> {
  const manifests = new Map<string, FakeManifest>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { method = "", url = "", headers } = request;
    asked.push(`${method} ${url}`);
    const { pathname, searchParams } = new URL(url, "http://registry");
    const at = `http://${headers.host ?? ""}`;
    if (pathname === "/token") {
      const repository = /^repository:(.+):pull$/u.exec(searchParams.get("scope") ?? "")?.[1] ?? "";
      const [, one] = [...manifests].find(([name]) => name.startsWith(`${repository}:`)) ?? [];
      response.statusCode = one?.wants === "token" ? 200 : 401;
      response.end(JSON.stringify({ token: `for ${repository} of ${searchParams.get("service") ?? ""}` }));
      return;
    }
    const [, repository = "", tag = ""] = /^\/v2\/(.+)\/manifests\/(.+)$/u.exec(pathname) ?? [];
    const manifest = manifests.get(`${repository}:${tag}`);
    const { wants = "nothing" } = manifest ?? {};
    const known = wants === "nothing" || headers.authorization === `Bearer for ${repository} of fake`;
    if (typeof wants === "number") response.statusCode = wants;
    else if (!known) {
      response.statusCode = 401;
      const challenge = wants === "password" ? 'Basic realm="fake"' : `Bearer realm="${at}/token",service="fake"`;
      response.setHeader("www-authenticate", challenge);
    } else if (!manifest) response.statusCode = 404;
    else if (!headers.accept?.includes("application/vnd.oci.image.index.v1+json")) response.statusCode = 406;
    else if (manifest.digest !== undefined) response.setHeader("docker-content-digest", manifest.digest);
    response.end(method === "GET" && response.statusCode === 200 ? manifest?.body : undefined);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    manifests,
    asked,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
