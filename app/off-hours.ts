/** Off hours on an app's tier: what the tier makes of them, and what somebody should know of them. Pure. */
import type { Fail } from "./config/placement";
import type { Placement } from "./config/types";
import type { Finding, Problem } from "./finding";
import { finding, type Verdict } from "./fit";
import { sameHours } from "./hours";
import type { App } from "./model";

/** True where the app, or one of its services, does not run all the time. */
const hasHours = ({ hours, services }: Placement): boolean =>
  hours !== null || Object.values(services).some((service) => service.hours !== null);

/**
 * The placement as the tier then takes it, with a finding for the app's hours and one for each service that has others. Where the
 * tier refuses them everything runs all the time, whether the refusal is accepted or not.
 */
export function withHours(
  app: App,
  placement: Placement,
  verdict: (app: App, placement: Placement) => Verdict,
): { readonly placement: Placement; readonly findings: readonly Finding[] } {
  if (!hasHours(placement)) return { placement, findings: [] };
  const said = verdict(app, placement);
  const own = Object.values(app.services).filter(({ name, job }) => {
    const { hours = null, managed = null } = placement.services[name] ?? {};
    return !job && managed === null && hours !== null && !sameHours(hours, placement.hours);
  });
  const context = { app, placement };
  const places = [...(placement.hours === null ? [] : [null]), ...own.map(({ name }) => name)];
  const findings = places.map((service) => finding(context, service, "hours", said, placeOf(app, service)));
  return { placement: said.outcome === "refused" ? withoutHours(placement) : placement, findings };
}

/** Where the file says it; the config's own words have no place. */
const placeOf = (app: App, service: string | null) =>
  app.locate(service === null ? "x-spectrum.hours" : `services.${service}.x-spectrum.hours`);

function withoutHours(placement: Placement): Placement {
  const services = Object.entries(placement.services).map(([name, service]) => [name, { ...service, hours: null }]);
  return { ...placement, hours: null, services: Object.fromEntries(services) as Placement["services"] };
}

/** Reports what says twice when a service runs. */
export function checkHours(
  { hours, services }: Pick<Placement, "hours" | "services">,
  said: { readonly scale?: unknown; readonly services: Readonly<Record<string, { readonly scale?: unknown }>> },
  fail: Fail,
): void {
  const message = "hours say when it runs already; leave out one of the two";
  for (const [name, service] of Object.entries(services)) {
    if (service.hours === null || (service.scale?.schedule.length ?? 0) === 0) continue;
    const own = said.services[name]?.scale !== undefined;
    if (!own && said.scale !== undefined && sameHours(service.hours, hours)) {
      fail(["scale", "schedule"], message);
      return;
    }
    fail(own ? ["services", name, "scale", "schedule"] : ["services", name, "hours"], message);
  }
}

/** What is allowed and yet worth a look. */
export function hoursWarnings(app: App, placement: Placement): readonly Problem[] {
  if (!hasHours(placement)) return [];
  const { environment, hosts } = placement;
  const location = app.locate("x-spectrum.hours");
  const key = location === null ? `spectrum:apps.${app.name}.hours` : "x-spectrum.hours";
  return [
    ...(environment.protected
      ? [
          "the environment is protected, and the app does not run outside of its hours; say hours: always where somebody may want it",
        ]
      : []),
    ...(hosts.length > 0 && environment.platform.healthChecks !== null
      ? [
          "the health checks of its names fail outside of its hours, and so do their alarms; leave out healthChecks, or hours",
        ]
      : []),
  ].map((message) => ({ key, location, message }));
}
