/** The API of a Kubernetes cluster for tests: a server on this machine with TLS and a certificate authority of its own. */
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { CoreV1EventList, V1Deployment, V1PodList, V1ReplicaSetList } from "@kubernetes/client-node";
import { selfSigned } from "./self-signed";

/** A refusal, as a `Status` object. */
export class KubernetesError {
  constructor(
    readonly code: number,
    readonly message: string,
  ) {}
}

type Answer<T> = T | KubernetesError | ((time: number) => T | KubernetesError);

export interface KubernetesTold {
  readonly deployment?: Answer<V1Deployment>;
  readonly replicaSets?: Answer<V1ReplicaSetList["items"]>;
  readonly pods?: Answer<V1PodList["items"]>;
  readonly events?: Answer<CoreV1EventList["items"]>;
  /** By what stands after the `?` as well: `previous=true`. */
  readonly log?: (query: URLSearchParams) => string | KubernetesError;
}

export interface FakeKubernetes {
  readonly url: string;
  /** PEM of its authority, in base64, as EKS tells it. */
  readonly authority: string;
  /** Path and bearer token of each request since `tell`. */
  readonly asked: readonly { readonly path: string; readonly token: string }[];
  tell(told: KubernetesTold): void;
  close(): void;
}

type Kind = "deployment" | "replicaSets" | "pods" | "events" | "log";

const ROUTES: readonly (readonly [RegExp, Kind])[] = [
  [/^\/apis\/apps\/v1\/namespaces\/[^/]+\/deployments\/[^/]+$/u, "deployment"],
  [/^\/apis\/apps\/v1\/namespaces\/[^/]+\/replicasets$/u, "replicaSets"],
  [/^\/api\/v1\/namespaces\/[^/]+\/pods$/u, "pods"],
  [/^\/api\/v1\/namespaces\/[^/]+\/events$/u, "events"],
  [/^\/api\/v1\/namespaces\/[^/]+\/pods\/[^/]+\/log$/u, "log"],
];

export async function serveKubernetes(): Promise<FakeKubernetes> {
  const certificate = selfSigned();
  let told: KubernetesTold = {};
  let asked: { path: string; token: string }[] = [];
  const server = createServer({ ...certificate }, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "https://cluster");
    asked.push({ path: pathname, token: (request.headers.authorization ?? "").replace(/^Bearer /u, "") });
    const kind = ROUTES.find(([route]) => route.test(pathname))?.[1];
    const time = asked.filter(({ path }) => path === pathname).length;
    const answer = kind === undefined ? undefined : answerOf(told, kind, time, searchParams);
    const said = answer ?? new KubernetesError(404, `${pathname} not found`);
    if (said instanceof KubernetesError) {
      const { code, message } = said;
      response.writeHead(code, { "Content-Type": "application/json" });
      response.end(JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", message, code }));
      return;
    }
    response.writeHead(200, { "Content-Type": kind === "log" ? "text/plain" : "application/json" });
    response.end(typeof said === "string" ? said : JSON.stringify(Array.isArray(said) ? { items: said } : said));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    authority: Buffer.from(certificate.cert).toString("base64"),
    get asked() {
      return asked;
    },
    tell: (what) => {
      told = what;
      asked = [];
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function answerOf(told: KubernetesTold, kind: Kind, time: number, query: URLSearchParams): unknown {
  if (kind === "log") return told.log?.(query);
  const answer = told[kind];
  return typeof answer === "function" ? answer(time) : answer;
}
