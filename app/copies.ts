/** An app as if it ran in more copies than it says: what a range of numbers of replicas is planned with. Pure. */
import type { Placement } from "./config/types";
import type { Finding } from "./finding";
import type { App } from "./model";
import { hasOneWriter } from "./size";

/**
 * The services that more load would need more of: those that publish a port, or all where none does; but none that writes to a
 * volume, is a job, or is run by AWS.
 */
export function copiedServices(app: App, placement: Placement): readonly string[] {
  const able = Object.values(app.services).filter(
    ({ name, job }) => !job && !hasOneWriter(app, placement, name) && placement.services[name]?.managed === null,
  );
  const published = able.filter(({ ports }) => ports.length > 0);
  return (published.length > 0 ? published : able).map(({ name }) => name);
}

/** The app and its placement with so many copies of those services, at all times. */
export function withCopies(
  app: App,
  placement: Placement,
  copies: number,
): { readonly app: App; readonly placement: Placement } {
  const copied = new Set(copiedServices(app, placement));
  const mapped = <T>(services: Readonly<Record<string, T>>, change: (service: T) => T) =>
    Object.fromEntries(
      Object.entries(services).map(([name, service]) => [name, copied.has(name) ? change(service) : service]),
    );
  return {
    app: { ...app, services: mapped(app.services, (service) => ({ ...service, replicas: copies })) },
    placement: { ...placement, services: mapped(placement.services, (service) => ({ ...service, scale: null })) },
  };
}

/** Whether a tier runs fewer of a service than there should be: what it says of their number is not that it is kept. */
export const runsFewer = (findings: readonly Finding[], services: readonly string[]): boolean =>
  findings.some(
    ({ service, key, outcome, accepted }) =>
      service !== null &&
      services.includes(service) &&
      (key === "deploy.replicas" || key === "scale") &&
      (outcome === "changed" || accepted),
  );
