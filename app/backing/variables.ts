/** What a container is told of a backing service: variables, in the app's model and in its canonical form alike. Pure. */
import { changed, finding } from "../fit";
import type { App } from "../model";
import { markedText, type Value } from "../value";
import type { Backed } from "./backing";

/** Sets variables of a service. One that the Compose file sets too is the backing service's here, with a finding. */
export function withVariables(
  backed: Backed,
  service: string,
  variables: Readonly<Record<string, Value>>,
  what: string,
): Backed {
  const { app, placement } = backed;
  const written = Object.keys(variables).filter((name) => (app.services[service]?.environment[name] ?? null) !== null);
  const findings = written.map((name) =>
    finding(
      { app, placement },
      service,
      `environment.${name}`,
      changed(`${what} gives its value here; the file's stands where there is none`, "nothing to do"),
    ),
  );
  const keys = new Set(written.map((name) => `environment.${name}`));
  const uses = app.uses.filter((use) => use.service !== service || !keys.has(use.key));
  return {
    ...backed,
    app: { ...setVariables(app, service, variables), uses },
    findings: [...backed.findings, ...findings],
  };
}

/** The app with some variables of a service set. */
export function setVariables(app: App, name: string, variables: Readonly<Record<string, Value>>): App {
  const service = app.services[name];
  if (!service) return app;
  const environment = { ...service.environment, ...variables };
  const texts = Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, markedText(value)]));
  const own = service.canonical.environment as Readonly<Record<string, unknown>> | undefined;
  return withCanonical(app, name, { environment }, { environment: { ...own, ...texts } });
}

/** The app with some of a service's keys replaced, in its model and its canonical form. */
export function withCanonical(
  app: App,
  name: string,
  model: Partial<App["services"][string]>,
  canonical: Readonly<Record<string, unknown>>,
): App {
  const service = app.services[name];
  if (!service) return app;
  const node = { ...service.canonical, ...canonical };
  return {
    ...app,
    services: { ...app.services, [name]: { ...service, ...model, canonical: node } },
    canonical: {
      ...app.canonical,
      services: { ...(app.canonical.services as Readonly<Record<string, unknown>>), [name]: node },
    },
  };
}
