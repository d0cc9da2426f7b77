/** What the apps of one environment may not both claim: a host with its path, a published port without a domain. Pure. */
import { isApi } from "./api-entry";
import type { Placement } from "./config/types";
import type { Problem } from "./finding";
import type { EntryPoint } from "./publish";

/** What only one app on a machine can have. */
export interface Claim {
  /** `port 80/tcp of the machines edge`: the same words are the same thing. */
  readonly what: string;
  /** Of the app: `services.web`. */
  readonly key: string;
}

export interface Claimant {
  readonly placement: Placement;
  readonly points: readonly EntryPoint[];
  /** True where the tier is reached through what the environment's apps share: load balancers with listeners, or APIs by name. */
  readonly sharesEntry: boolean;
  /** What it takes of its machines. */
  readonly claims?: readonly Claim[];
}

/** A problem for every second claim, with the config key and the remedy. */
export function conflicts(claimants: readonly Claimant[]): readonly Problem[] {
  const problems: Problem[] = [...nameClashes(claimants.map(({ placement }) => placement))];
  const taken = new Map<string, string>();
  const claim = (what: string, app: string, key: string, message: (by: string) => string) => {
    const by = taken.get(what);
    if (by === undefined) taken.set(what, app);
    else if (by !== app) problems.push({ key, location: null, message: message(by) });
  };
  for (const { placement, points, sharesEntry } of claimants) {
    const { app, hosts } = placement;
    hosts.forEach(({ host, path }, i) => {
      const key = `spectrum:apps.${app}.hosts[${i}]`;
      claim(
        `host ${host}${path}`,
        app,
        key,
        (by) => `${host}${path} is claimed by the app ${by} already; give it another host or path`,
      );
    });
    for (const { from } of placement.redirects) {
      const key = `spectrum:apps.${app}.hosts`;
      const message = (by: string) => `${from}/ is claimed by the app ${by} already; redirect from another name`;
      claim(`host ${from}/`, app, key, message);
    }
    // a name is one record, which points to one place: only apps behind the environment's entry can share it
    const names = [...hosts.map((h) => h.host), ...placement.redirects.map(({ from }) => from)];
    for (const host of new Set(names)) {
      // and so is a distribution, which is an app's own
      const shared = isApi(placement) ? "API Gateway" : "the load balancer";
      const owner = sharesEntry && placement.cdn === null ? shared : app;
      const key = `spectrum:apps.${app}.hosts`;
      const by = taken.get(`name ${host}`);
      if (by === undefined) taken.set(`name ${host}`, owner);
      else if (by !== owner) {
        const message = `${host} leads to ${by} already, and a name leads to one place; give it another host`;
        problems.push({ key, location: null, message });
      }
    }
    if (!sharesEntry || isApi(placement)) continue; // an API listens on 443 alone, at an endpoint of its own
    for (const point of points) {
      if (point.hosts.length > 0) continue;
      const port = `${point.listenerPort}/${point.protocol === "udp" ? "udp" : "tcp"}`;
      const key = `spectrum:apps.${app}.services.${point.service}`;
      const remedy = `publish another port, or give both apps a domain`;
      claim(
        `port ${port}`,
        app,
        key,
        (by) => `port ${port} of the load balancer is published by the app ${by} already; ${remedy}`,
      );
    }
  }
  return problems;
}

/** Warnings where apps take the same of their machines, whose number nobody knows: on one machine only one of them can run. */
export function crowded(claimants: readonly Claimant[]): readonly Problem[] {
  const taken = new Map<string, string>();
  return claimants.flatMap(({ placement: { app }, claims = [] }) =>
    claims.flatMap(({ what, key }): Problem[] => {
      const by = taken.get(what);
      taken.set(what, by ?? app);
      if (by === undefined || by === app) return [];
      const message = `${what} is taken by the app ${by} already, so each of the two needs a machine of its own there; publish another port, or give one of them another group of machines`;
      return [{ key: `spectrum:apps.${app}.${key}`, location: null, message }];
    }),
  );
}

/** Resources are named after app and service: `shop` with `api-x` and `shop-api` with `x` would both be `shop-api-x`. */
function nameClashes(placements: readonly Placement[]): readonly Problem[] {
  const owners = new Map<string, string>();
  return placements.flatMap(({ app, services }) =>
    Object.keys(services).flatMap((service): Problem[] => {
      const by = owners.get(`${app}-${service}`);
      owners.set(`${app}-${service}`, by ?? app);
      if (by === undefined) return [];
      const message = `${app}-${service} names a service of the app ${by} too; give one of the two apps another name`;
      return [{ key: `spectrum:apps.${app}`, location: null, message }];
    }),
  );
}
