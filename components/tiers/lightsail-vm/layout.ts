/** What machines an app gets, what runs on each and what of it is reached: decided once. Pure. */
import type { Placement } from "../../../app/config/types";
import { jobsOf } from "../../../app/jobs";
import type { App, Port, Service } from "../../../app/model";
import { publish, type EntryPoint } from "../../../app/publish";
import { hasOneWriter, replicas, serviceSizes } from "../../../app/size";
import { bindMount, type HostPort, isOnDisk } from "../compose";
import { type Bundle, bundleOf, bundles, cheapestBundle, fits, type Need } from "./bundles";
import { MAX_MACHINES, settingsOf } from "./settings";

export interface Layout {
  /** What runs all the time, in the file's order: no jobs. */
  readonly services: readonly Service[];
  /** What runs to its end, on the first machine. */
  readonly jobs: readonly Service[];
  readonly machines: number;
  /** Copies of each service on each machine. */
  readonly copies: Readonly<Record<string, number>>;
  readonly need: Need;
  readonly bundle: Bundle;
  readonly fits: boolean;
  /** True where data has to outlive the machine. */
  readonly disk: boolean;
  /** What the world reaches. */
  readonly points: readonly EntryPoint[];
  /** Points that the proxy stands before. */
  readonly proxied: readonly EntryPoint[];
  /** True where a distribution ends TLS, and calls the one machine over HTTP on 80. */
  readonly plain: boolean;
  /** The machines' open ports. */
  readonly open: readonly { readonly port: number; readonly protocol: "tcp" | "udp" }[];
  /** The ports of each service on the machine. */
  readonly ports: Readonly<Record<string, readonly HostPort[]>>;
}

const decided = new WeakMap<Placement, { readonly app: App; readonly layout: Layout }>();

/** Computed once for each placement. */
export function layoutOf(app: App, placement: Placement): Layout {
  const earlier = decided.get(placement);
  if (earlier?.app === app) return earlier.layout;
  const layout = decide(app, placement);
  decided.set(placement, { app, layout });
  return layout;
}

function decide(app: App, placement: Placement): Layout {
  const settings = settingsOf(placement.settings);
  const services = Object.values(app.services).filter(({ job }) => !job);
  const all = publish(app, placement).points.filter(({ service }) => services.some(({ name }) => name === service));
  const jobs = jobsOf(app);
  const disk = [...services, ...jobs].some((service) => keepsData(app, service));
  const wanted = Math.max(1, ...all.map(({ service }) => asked(app, placement, service)));
  const machines = settings.machines ?? (disk ? 1 : Math.min(wanted, MAX_MACHINES));
  const points = machines > 1 ? balancedPoints(all) : all;
  const copies = Object.fromEntries(
    services.map(({ name }): [string, number] => [name, copiesOf(app, placement, name, { machines, points })]),
  );
  const proxied = points.filter(
    ({ protocol, hosts, service }) =>
      protocol === "http" && (machines > 1 || hosts.length > 0 || (copies[service] ?? 1) > 1),
  );
  const plain = placement.cdn !== null && machines === 1 && proxied.some(({ hosts }) => hosts.length > 0);
  const need = needOf(app, placement, { copies, jobs, proxy: proxied.length > 0 });
  const bundle = settings.bundle ? bundleOf(settings.bundle) : (cheapestBundle(need) ?? bundles.at(-1)!);
  return {
    services,
    jobs,
    machines,
    copies,
    need,
    bundle,
    fits: fits(bundle, need),
    disk,
    points,
    proxied,
    plain,
    open: openPorts({ machines, points, proxied, plain }),
    ports: Object.fromEntries(
      services.map((service): [string, readonly HostPort[]] => [service.name, hostPorts(service, points, proxied)]),
    ),
  };
}

/** Copies that the app asks for, all machines together. */
export function asked(app: App, placement: Placement, service: string): number {
  if (hasOneWriter(app, placement, service)) return Math.min(1, app.services[service]?.replicas ?? 1);
  return replicas(app, placement, service);
}

/** A machine's own port has one owner, so a service that publishes one without the proxy has one copy on a machine. */
function copiesOf(
  app: App,
  placement: Placement,
  service: string,
  { machines, points }: Pick<Layout, "machines" | "points">,
): number {
  const count = Math.ceil(asked(app, placement, service) / machines);
  const own = points.some((point) => point.service === service && point.protocol !== "http");
  const fixed = app.services[service]?.networkMode === "host" || own;
  return fixed ? Math.min(1, count) : count;
}

/** True where a volume, or a folder that the app fills itself, has to outlive the machine. */
export function keepsData(app: App, service: Service): boolean {
  return service.mounts.some((mount) =>
    mount.type === "volume"
      ? mount.source !== null && isOnDisk(app, mount.source)
      : mount.type === "bind" && bindMount(app, service, mount).kind === "empty",
  );
}

/** A load balancer has 80 and 443 alone, for HTTP: with names all that they lead to, without one port. */
function balancedPoints(points: readonly EntryPoint[]): readonly EntryPoint[] {
  const http = points.filter(({ protocol }) => protocol === "http");
  const named = http.filter(({ hosts }) => hosts.length > 0);
  if (named.length > 0) return named;
  const main = [80, 443, 8080].map((port) => http.find((p) => p.listenerPort === port)).find((p) => p) ?? http[0];
  return main ? [main] : [];
}

const PROXY_SIZE: Need = { cpu: 0.1, memory: 64 };

/** All services, and beside them the largest of the jobs. */
function needOf(
  app: App,
  placement: Placement,
  { copies, jobs, proxy }: Pick<Layout, "copies" | "jobs"> & { readonly proxy: boolean },
): Need {
  const sizes = serviceSizes(app, placement);
  const largest = (kind: keyof Need) => Math.max(0, ...jobs.map(({ name }) => sizes[name]?.[kind] ?? 0));
  return Object.entries(copies).reduce(
    (sum, [name, count]) => ({
      cpu: sum.cpu + count * (sizes[name]?.cpu ?? 0),
      memory: sum.memory + count * (sizes[name]?.memory ?? 0),
    }),
    { cpu: largest("cpu") + (proxy ? PROXY_SIZE.cpu : 0), memory: largest("memory") + (proxy ? PROXY_SIZE.memory : 0) },
  );
}

type Proxied = Pick<Layout, "machines" | "proxied" | "plain">;

/** The ports that the proxy listens on: 80 and 443 where names lead to it, else the published ones. */
export function proxyPorts({ machines, proxied, plain }: Proxied): readonly number[] {
  if (proxied.length === 0) return [];
  if (machines > 1) return [80];
  const named = proxied.some(({ hosts }) => hosts.length > 0);
  const others = proxied.filter(({ hosts }) => hosts.length === 0).map(({ listenerPort }) => listenerPort);
  const own = plain ? [80] : named ? [80, 443] : [];
  return [...new Set([...own, ...others])].sort((a, b) => a - b);
}

function openPorts(layout: Proxied & Pick<Layout, "points">): Layout["open"] {
  const direct = layout.points
    .filter((point) => !layout.proxied.includes(point))
    .map(
      ({ listenerPort, protocol }) => ({ port: listenerPort, protocol: protocol === "udp" ? "udp" : "tcp" }) as const,
    );
  const all = [...proxyPorts(layout).map((port) => ({ port, protocol: "tcp" }) as const), ...direct];
  const unique = new Map(all.map((open) => [`${open.protocol} ${open.port}`, open]));
  return [...unique.values()].sort((a, b) => a.port - b.port || (a.protocol < b.protocol ? -1 : 1));
}

/** What a distribution can call: port 80 of the machine or of the load balancer, or 443 where that has a certificate. */
export function distributable({ machines, points, plain }: Pick<Layout, "machines" | "points" | "plain">): boolean {
  return (
    machines > 1 || plain || points.some(({ protocol, listenerPort }) => protocol === "http" && listenerPort === 80)
  );
}

/** What is not published is not bound either, but to the loopback address where the file says so. */
function hostPorts(service: Service, points: readonly EntryPoint[], proxied: readonly EntryPoint[]): HostPort[] {
  return service.ports.flatMap((port): HostPort[] => {
    const { target, protocol, hostIp, published } = port;
    const point = points.find((p) => isPoint(service, port, p));
    if (point) {
      return proxied.includes(point) ? [] : [{ target, published: point.listenerPort, protocol, hostIp }];
    }
    const loopback = hostIp !== null && /^(?:127\.|::1$|localhost$)/u.test(hostIp);
    return loopback && published !== null ? [{ target, published, protocol, hostIp }] : [];
  });
}

function isPoint(service: Service, port: Port, point: EntryPoint): boolean {
  if (point.service !== service.name || point.port !== port.target) return false;
  if ((point.protocol === "udp") !== (port.protocol === "udp")) return false;
  return point.hosts.length > 0 || point.listenerPort === (port.published ?? port.target);
}
