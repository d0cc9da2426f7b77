/** The ports that a container listens on, found by one pure function for all tiers. */
import { knownImage } from "./known-images";
import type { App, ExposedPort, Service } from "./model";
import { oncePerApp } from "./once";
import { holdsHosts, hostNames, namedHosts } from "./wiring";
import { parseValue } from "./value";

export interface ContainerPorts {
  /** Sorted, each once. */
  readonly ports: readonly ExposedPort[];
  /** Where they were found; `none`: nobody needs one. `unknown`: somebody calls the service and no port is known. */
  readonly source: "file" | "values" | "image" | "dockerfile" | "none" | "unknown";
}

/**
 * By service. Sources in order, the first that names a port wins: `ports` and `expose`; ports that other services' values
 * put after the service's name; known images; `EXPOSE` of the Dockerfile where it is there.
 */
export const containerPorts = oncePerApp((app: App): Readonly<Record<string, ContainerPorts>> => {
  const dockerfilePorts = app.dockerfilePorts ?? {};
  const { ports: called, named } = calls(app);
  return Object.fromEntries(
    Object.values(app.services).map((service): [string, ContainerPorts] => {
      const written = [...service.ports.map((p) => ({ port: p.target, protocol: p.protocol })), ...service.expose];
      const values = [...(called.get(service.name) ?? [])].map((port) => ({ port, protocol: "tcp" as const }));
      // the file's own words do not end the search: an API that publishes 8080 may be called on 9000 as well
      if (written.length > 0) return [service.name, { ports: unique([...written, ...values]), source: "file" }];
      if (values.length > 0) return [service.name, { ports: unique(values), source: "values" }];
      const known = service.build ? null : knownImage(service.image);
      if (known) {
        const ports = known.ports.map((port) => ({ port, protocol: "tcp" as const }));
        return [service.name, { ports: unique(ports), source: "image" }];
      }
      const exposed = dockerfilePorts[service.name] ?? [];
      if (exposed.length > 0) return [service.name, { ports: unique(exposed), source: "dockerfile" }];
      return [service.name, { ports: [], source: named.has(service.name) ? "unknown" : "none" }];
    }),
  );
});

/** The ports that values put after each service's name, and the services that anybody names or awaits. */
function calls(app: App): {
  readonly ports: ReadonlyMap<string, ReadonlySet<number>>;
  readonly named: ReadonlySet<string>;
} {
  const ports = new Map<string, Set<number>>();
  const named = new Set<string>();
  for (const service of Object.values(app.services)) {
    const names = hostNames(app, service);
    const found = [
      ...Object.entries(service.environment).flatMap(([name, value]) =>
        value ? namedHosts(value, names, holdsHosts(name)) : [],
      ),
      ...[...(service.command ?? []), ...(service.entrypoint ?? [])].flatMap((word) =>
        namedHosts(parseValue(word), names, false),
      ),
      ...ownHealthcheck(service),
    ];
    for (const { host, port } of found) {
      if (host !== service.name) named.add(host);
      if (port !== null) ports.set(host, (ports.get(host) ?? new Set()).add(port));
    }
    for (const { service: link } of service.links) named.add(link);
    for (const [name, { condition }] of Object.entries(service.dependsOn)) {
      if (condition !== "service_completed_successfully" && !sidecarOf(app, name, service.name)) named.add(name);
    }
  }
  return { ports, named };
}

/** A service in another's network is reached by its own localhost: no port of its own need be known. */
function sidecarOf(app: App, a: string, b: string): boolean {
  return app.services[a]?.networkMode === `service:${b}` || app.services[b]?.networkMode === `service:${a}`;
}

/** `curl http://localhost:8080/healthz` in the health check names the service's own port. */
function ownHealthcheck(service: Service): readonly { host: string; port: number | null }[] {
  const text = service.healthcheck?.test?.join(" ") ?? "";
  return [...text.matchAll(/https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]):(\d{1,5})(?!\d)/giu)].map(
    (match) => ({
      host: service.name,
      port: Number(match[1]),
    }),
  );
}

function unique(ports: readonly ExposedPort[]): readonly ExposedPort[] {
  const by = new Map(ports.map((p) => [`${p.protocol}/${p.port}`, { port: p.port, protocol: p.protocol }]));
  return [...by.values()].sort((a, b) => a.port - b.port || a.protocol.localeCompare(b.protocol));
}
