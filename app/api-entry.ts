/**
 * The entry by API Gateway: which published ports its HTTP APIs can lead to, what it says of the others, and what apps may not
 * say beside it. Pure.
 */
import type { Placement } from "./config/types";
import type { Finding, Problem } from "./finding";
import { changed, finding, type FitContext, refused, type Verdict } from "./fit";
import type { EntryClaim } from "./priority";
import { type EntryPoint, publish } from "./publish";

/** True where API Gateway stands before the apps in the VPC. */
export const isApi = ({ environment }: Pick<Placement, "environment">): boolean =>
  environment.platform.entry === "apigateway";

export const ALB = "platform: { entry: alb }";

/** Why no HTTP API can lead to a port; `null` where one can. */
export function apiRefusal({ backend, service, port }: EntryPoint): Verdict | null {
  switch (backend) {
    case "http":
      return null;
    case "https":
      return refused(
        `API Gateway takes a container's TLS by a certificate of a public authority and its name alone`,
        `let ${service} speak HTTP on ${port}: clients speak TLS with API Gateway anyway; or ${ALB}`,
      );
    case "http2":
    case "grpc":
      return refused(
        `API Gateway speaks HTTP/1.1 with the containers, not ${backend}`,
        `say app_protocol: http where ${service} speaks it too, or ${ALB}`,
      );
    case "tcp":
    case "udp":
      return refused(
        `API Gateway speaks HTTP alone, no ${backend.toUpperCase()}`,
        `bind it to 127.0.0.1 if only the app needs it, or ${ALB}`,
      );
  }
}

/** What is said of a port that an API of its own leads to: without a name its number does not count. */
export const ownEndpoint = changed(
  "reached by https on 443, at an endpoint of API Gateway's own; no other port",
  "nothing to do; hosts gives it a name",
);

/**
 * The findings of published ports and names. `decide`: what becomes of a port; it stands at `ports[n]`, or at the names that
 * lead to it where only they name it.
 */
export function apiFindings(context: FitContext, decide: (point: EntryPoint) => Verdict): readonly Finding[] {
  const { app, placement } = context;
  const { points, findings } = publish(app, placement);
  const said = points.map((point) => ({ point, verdict: decide(point) }));
  const ports = findings.map((found) => {
    const own = said.find(({ point }) => point.service === found.service && `ports[${point.index}]` === found.key);
    return own ? finding(context, found.service, found.key, own.verdict) : found;
  });
  const names = said.flatMap(({ point, verdict }) =>
    point.hosts.flatMap((host) => {
      const key = `hosts[${placement.hosts.indexOf(host)}]`;
      if (verdict.outcome === "refused") return point.index === null ? [finding(context, null, key, verdict)] : [];
      const order = changed("left out: an API takes the most specific route", "leave the key out");
      return host.priority === null ? [] : [finding(context, null, `${key}.priority`, order)];
    }),
  );
  return [...ports, ...names];
}

/** What stands before the app, once for it: its price and its limits. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
export function apiLimits(context: FitContext): Finding {
  const verdict = changed(
    "API Gateway, 1 USD for a million requests: an answer comes within 30 s and as a whole, requests and answers have 10 MB " +
      "each, headers 10 KB; no WebSockets, no sticky sessions, and port 80 does not answer",
    `${ALB} has none of these limits, at about 24 USD a month for the environment`,
  );
  return finding(context, null, "entry", verdict);
}

/** For tiers whose containers nobody registers with Cloud Map. */
export function unreachedByApi(what: string): (point: EntryPoint) => Verdict {
  const verdict = refused(`API Gateway leads to ECS tasks alone, which register themselves, not to ${what}`, ALB);
  return () => verdict;
}

/**
 * The routes of a prefix: `/api` means itself and what is under it, not `/apiary`.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export const routeKeys = (path: string): readonly string[] =>
  path === "/" ? ["$default"] : [`ANY ${path}`, `ANY ${path}/{proxy+}`];

/** What a route's path may hold. */
const PATH = /^[A-Za-z0-9/._~:-]+$/u;

/** Paths that no route can have. */
export function apiProblems(claims: readonly EntryClaim[]): readonly Problem[] {
  return claims.flatMap(({ placement }) =>
    placement.hosts.flatMap(({ path }, i): Problem[] => {
      if (PATH.test(path)) return [];
      const message = `got ${JSON.stringify(path)}; a path of API Gateway's has letters, digits, and . _ ~ : - / alone`;
      return [{ key: `spectrum:apps.${placement.app}.hosts[${i}].path`, location: null, message }];
    }),
  );
}
