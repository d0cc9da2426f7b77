/** An app without the services that AWS runs in its place. Pure. */
import type { Placement, ServicePlacement } from "../config/types";
import { changed, finding, refused } from "../fit";
import type { App, Service } from "../model";
import type { Backed } from "./backing";

/** The app and placement without the managed services, and without the volumes that nobody else mounts. */
export function withoutServices(
  app: App,
  placement: Placement,
  gone: ReadonlySet<string>,
): Pick<Backed, "app" | "placement" | "findings"> {
  const context = { app, placement };
  const without = <T>(all: Readonly<Record<string, T>>, names: ReadonlySet<string>): Record<string, T> =>
    Object.fromEntries(Object.entries(all).filter(([name]) => !names.has(name)));
  const services = without(app.services, gone);
  const mountsOf = (all: Readonly<Record<string, Service>>) =>
    new Set(
      Object.values(all).flatMap(({ mounts }) =>
        mounts.flatMap(({ type, source }) => (type === "volume" && source !== null ? [source] : [])),
      ),
    );
  const mounted = mountsOf(services);
  const volumes = new Set([...mountsOf(app.services)].filter((name) => !mounted.has(name)));
  const canonical = app.canonical as Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
  const isGone = (key: string) =>
    [...volumes].some((name) => key === `volumes.${name}` || key.startsWith(`volumes.${name}.`));
  const used = app.uses.filter((use) => use.service === null && isGone(use.key));
  const hosts = placement.hosts.flatMap(({ service }, i) =>
    gone.has(service)
      ? [
          finding(
            context,
            null,
            `hosts[${i}]`,
            refused(`${service} is managed, and never public`, "point the host to another service"),
          ),
        ]
      : [],
  );
  return {
    app: {
      ...app,
      services,
      volumes: without(app.volumes, volumes),
      uses: app.uses.filter((use) => (use.service === null ? !used.includes(use) : !gone.has(use.service))),
      canonical: {
        ...app.canonical,
        services: without(canonical.services ?? {}, gone),
        ...(canonical.volumes && { volumes: without(canonical.volumes, volumes) }),
      },
    },
    placement: {
      ...placement,
      hosts: placement.hosts.filter(({ service }) => !gone.has(service)),
      services: Object.fromEntries(
        Object.entries(without(placement.services, gone)).map(([name, own]) => [name, withoutShares(own, gone)]),
      ),
    },
    findings: [
      ...hosts,
      ...used.map((use) =>
        finding(
          context,
          null,
          use.key,
          changed("left out: the managed service keeps the data", "nothing to do"),
          use.location,
        ),
      ),
    ],
  };
}

function withoutShares(own: ServicePlacement, gone: ReadonlySet<string>): ServicePlacement {
  return own.bucket?.sharedWith.some((name) => gone.has(name))
    ? { ...own, bucket: { ...own.bucket, sharedWith: own.bucket.sharedWith.filter((name) => !gone.has(name)) } }
    : own;
}
