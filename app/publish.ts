/**
 * Which ports of an app the entry opens to the world, and how. Pure; the same for every tier.
 *
 * - UDP goes by a Network Load Balancer. For TCP, `app_protocol` says it (`http`, `https`, `http2`, `grpc`, or `tcp`); without it
 *   the image and the port decide (known-images.ts), and a finding names the choice.
 * - A job has no ports. A port bound to 127.0.0.1, and a database's or debugger's port without `app_protocol`, is not opened.
 * - With `hosts`, only what they name is published over HTTP, on 443; without, each HTTP port listens on its own number.
 */
import type { Host, Placement } from "./config/types";
import type { Finding } from "./finding";
import { changed, finding, kept, refused, type Verdict } from "./fit";
import { guessProtocol, isPrivatePort } from "./known-images";
import type { App, Port, Service } from "./model";

/** One port that the entry publishes. */
export interface EntryPoint {
  readonly service: string;
  /** Container port. */
  readonly port: number;
  /** `http` goes by an Application Load Balancer, `tcp` and `udp` by a Network Load Balancer. */
  readonly protocol: "http" | "tcp" | "udp";
  /** What the load balancer speaks to the container. */
  readonly backend: "http" | "https" | "http2" | "grpc" | "tcp" | "udp";
  /** The port that the world calls: 443 where there are hosts, else the published one. */
  readonly listenerPort: number;
  /** Names and paths that lead here; empty: every request to the listener's port. */
  readonly hosts: readonly Host[];
  /** Index in the service's canonical `ports`; `null` where only `hosts` names the port. */
  readonly index: number | null;
  /** HTTP path of the health check, found in the Compose health check's own URL, else `/`. */
  readonly healthPath: string;
}

/** What is said of a port that `hosts` names. */
export const byNames = kept("reached on 443 by the names under hosts");

const HTTP_BACKENDS = ["http", "https", "http2", "grpc"] as const;

interface Decision {
  readonly service: Service;
  readonly port: Port;
  readonly verdict: Verdict;
  /** `null`: not opened. */
  readonly backend: EntryPoint["backend"] | null;
}

/** The app's published ports, and what became of each: a finding for `ports[n]`, or `ports[n].host_ip` and the like. */
export function publish(
  app: App,
  placement: Placement,
): { readonly points: readonly EntryPoint[]; readonly findings: readonly Finding[] } {
  const context = { app, placement };
  const decisions = Object.values(app.services).flatMap((service) =>
    service.ports.map((port) => decide(service, port)),
  );
  const points: EntryPoint[] = placement.hosts.length > 0 ? hostPoints(app, placement.hosts) : [];
  const findings: Finding[] = [];
  for (const { service, port, verdict, backend } of decisions) {
    const report = (v: Verdict) => findings.push(finding(context, service.name, `ports[${port.index}]`, v));
    if (backend === null) report(verdict);
    else if (backend === "tcp" || backend === "udp" || placement.hosts.length === 0) {
      const taken = points.find((p) => layer(p.protocol) === layer(backend) && p.listenerPort === listenerPort(port));
      if (!taken) {
        points.push(
          point(service, port.target, backend, { listenerPort: listenerPort(port), hosts: [], index: port.index }),
        );
        report(verdict);
      } else {
        report(
          refused(
            `port ${listenerPort(port)} is published by ${taken.service} already`,
            `publish another port, or give both a host under hosts`,
          ),
        );
      }
    } else {
      const named = placement.hosts.some((h) => h.service === service.name && h.port === port.target);
      report(
        named
          ? byNames
          : changed(
              `not published: with a domain only what hosts names is reached over HTTP`,
              `add { host, path, service: ${service.name}, port: ${port.target} } to hosts`,
            ),
      );
    }
  }
  return { points, findings };
}

/** The port that a `domain:` without a service leads to: the one published on 80, on 443, on 8080, else the first HTTP one. */
export function mainPort(app: App): { readonly service: string; readonly port: number } | null {
  const open = Object.values(app.services)
    .flatMap((service) => service.ports.map((port) => decide(service, port)))
    .filter((d) => d.backend !== null && d.backend !== "tcp" && d.backend !== "udp");
  const main = [80, 443, 8080].map((n) => open.find((d) => d.port.published === n)).find((d) => d) ?? open[0];
  return main ? { service: main.service.name, port: main.port.target } : null;
}

function decide(service: Service, port: Port): Decision {
  const at = { service, port };
  if (service.job) {
    return { ...at, backend: null, verdict: changed("not published: a job takes no traffic", "leave the port out") };
  }
  const number = port.published ?? port.target;
  if (port.hostIp !== null && isLoopback(port.hostIp)) {
    return {
      ...at,
      backend: null,
      verdict: changed("bound to the loopback address, so never public", "leave the address out to publish it"),
    };
  }
  if (port.protocol === "udp") return { ...at, backend: "udp", verdict: kept(`published on ${number}/udp`) };
  if (port.appProtocol !== null) {
    const known = HTTP_BACKENDS.find((b) => b === port.appProtocol?.toLowerCase());
    return {
      ...at,
      backend: known ?? "tcp",
      verdict: kept(`published on ${number} as ${known ?? "tcp"}, as app_protocol says`),
    };
  }
  if (isPrivatePort(service.image, port.target)) {
    const reason = `not opened to the world: ${port.target} is a database's or debugger's port; the app's own services reach it`;
    return {
      ...at,
      backend: null,
      verdict: changed(reason, "app_protocol: tcp on the port publishes it all the same"),
    };
  }
  // what listens on one number over UDP as well (DNS, syslog, QUIC's elders) speaks no HTTP there
  const alsoUdp = service.ports.some((p) => p.target === port.target && p.protocol === "udp");
  const guess = alsoUdp ? "tcp" : guessProtocol(service.image, port.target);
  if (guess === "http" && number === 443 && service.ports.some((p) => p !== port && p.published === 80)) {
    const reason = "not published: TLS ends at the entry, which serves 443 itself where the app has a domain";
    return { ...at, backend: null, verdict: changed(reason, "set domain, or app_protocol: tcp to pass TLS through") };
  }
  const by = guess === "http" ? "HTTP" : "TCP";
  const reason = `published on ${number} as ${by}, which the image and the port suggest`;
  return { ...at, backend: guess, verdict: kept(`${reason}; app_protocol says otherwise`) };
}

function hostPoints(app: App, hosts: readonly Host[]): EntryPoint[] {
  const byPort = new Map<string, Host[]>();
  for (const host of hosts) {
    const key = `${host.service}:${host.port}`;
    byPort.set(key, [...(byPort.get(key) ?? []), host]);
  }
  return [...byPort.values()].flatMap((group) => {
    const first = group[0];
    const service = first && app.services[first.service];
    if (!first || !service || service.job) return [];
    const port = service.ports.find((p) => p.target === first.port);
    const backend = HTTP_BACKENDS.find((b) => b === port?.appProtocol?.toLowerCase()) ?? "http";
    return [point(service, first.port, backend, { listenerPort: 443, hosts: group, index: port?.index ?? null })];
  });
}

function point(
  service: Service,
  port: number,
  backend: EntryPoint["backend"],
  rest: Pick<EntryPoint, "listenerPort" | "hosts" | "index">,
): EntryPoint {
  const protocol = backend === "tcp" || backend === "udp" ? backend : "http";
  return { service: service.name, port, protocol, backend, healthPath: healthPath(service, port), ...rest };
}

const listenerPort = (port: Port): number => port.published ?? port.target;
const layer = (protocol: EntryPoint["backend"] | EntryPoint["protocol"]): "tcp" | "udp" =>
  protocol === "udp" ? "udp" : "tcp";

function isLoopback(address: string): boolean {
  return address === "::1" || address === "[::1]" || address === "localhost" || address.startsWith("127.");
}

/** `/healthz` of `curl -f http://localhost:8080/healthz`, where the URL names this port (or none, on 80). */
function healthPath(service: Service, port: number): string {
  const text = service.healthcheck?.test?.join(" ") ?? "";
  const urls = text.matchAll(
    /https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::(\d{1,5}))?(\/[^\s"'|;?#)]*)?/giu,
  );
  for (const [, urlPort, path] of urls) if (Number(urlPort ?? 80) === port) return path ?? "/";
  return "/";
}
