/** The reverse proxy on a machine: TLS for the app's names, and requests shared out among copies. Pure. */
import type { Redirect } from "../../../app/config/types";
import type { App, Service } from "../../../app/model";
import type { EntryPoint } from "../../../app/publish";
import { shortHash } from "../../names";
import type { ExtraService, WiredFile } from "../compose";
import { proxyPorts } from "./layout";

export const PROXY = "spectrum-proxy";
/** Where the machine's own address is called from inside a container. */
const MACHINE = "host.docker.internal";

export interface ProxyArgs {
  readonly app: App;
  readonly machines: number;
  /** A distribution ends TLS. */
  readonly plain: boolean;
  /** Names that send on to another. */
  readonly redirects: readonly Redirect[];
  readonly proxied: readonly EntryPoint[];
  readonly image: string;
  /** Where certificates are kept, an absolute path. */
  readonly dataFolder: string;
  /** What the load balancer asks. */
  readonly healthCheckPath: string;
  readonly logging: unknown;
}

/** Caddy as one more service, and its file. https://caddyserver.com/docs/automatic-https */
export function proxyOf(args: ProxyArgs): { readonly service: ExtraService; readonly file: WiredFile } | null {
  const { app, proxied, image, dataFolder, logging } = args;
  if (proxied.length === 0) return null;
  const content = caddyfile(args);
  const file: WiredFile = {
    path: "proxy/Caddyfile",
    content,
    encoding: "utf8",
    mode: 0o644,
    uid: null,
    gid: null,
  };
  const reached = proxied.map(({ service }) => app.services[service]).filter((service) => service !== undefined);
  const networks = [...new Set(reached.flatMap((service) => owner(app, service).networks))].sort();
  const onMachine = reached.some((service) => owner(app, service).networkMode === "host");
  const node = {
    image,
    restart: "unless-stopped",
    ports: proxyPorts(args).map((port) => ({
      mode: "ingress",
      target: port,
      published: String(port),
      protocol: "tcp",
    })),
    ...(networks.length > 0 && { networks: Object.fromEntries(networks.map((name) => [name, {}])) }),
    ...(onMachine && { extra_hosts: [`${MACHINE}=host-gateway`] }),
    volumes: [
      { type: "bind", source: "./proxy/Caddyfile", target: "/etc/caddy/Caddyfile", read_only: true },
      { type: "bind", source: `${dataFolder}/proxy`, target: "/data", bind: { create_host_path: true } },
    ],
    labels: { "spectrum.files": shortHash(content, 12) },
    logging,
  };
  return { service: { name: PROXY, node }, file };
}

/** A sidecar is called at the service whose network it has. */
function owner(app: App, service: Service): Service {
  const of = /^service:(.+)$/u.exec(service.networkMode ?? "")?.[1];
  const shared = of === undefined ? undefined : app.services[of];
  return shared ? owner(app, shared) : service;
}

function caddyfile(args: ProxyArgs): string {
  const { machines, plain } = args;
  const balanced = machines > 1;
  const blocks = [
    ...(balanced ? ["{\n\tauto_https off\n\tservers {\n\t\ttrusted_proxies static private_ranges\n\t}\n}"] : []),
    ...(plain ? ["{\n\tauto_https off\n}"] : []),
    ...sites(args, balanced || plain),
    ...redirectSites(args, balanced || plain),
    ...(balanced ? [asks(args)] : []),
    ...(balanced ? [] : plainSites(args)),
  ];
  return `# Written by Spectrum.\n${blocks.join("\n\n")}\n`;
}

/** A site for each name; deeper paths first. `behind`: something else ends TLS. */
function sites({ app, proxied, plain }: ProxyArgs, behind: boolean): string[] {
  const all = proxied.flatMap((point) => point.hosts.map((host) => ({ ...host, point })));
  const hosts = [...new Set(all.map(({ host }) => host))].sort();
  return hosts.map((host) => {
    const paths = all
      .filter((one) => one.host === host)
      .sort((a, b) => b.path.length - a.path.length || (a.path < b.path ? -1 : 1));
    const handlers = paths.map(({ path, point }, i) => {
      const bare = path.replace(/\/+$/u, "");
      if (bare === "") return `\thandle {\n${upstream(app, point, "\t\t", plain)}\n\t}`;
      return `\t@path${i} path ${bare} ${bare}/*\n\thandle @path${i} {\n${upstream(app, point, "\t\t", plain)}\n\t}`;
    });
    const rest = paths.some(({ path }) => path === "/") ? [] : ["\thandle {\n\t\trespond 404\n\t}"];
    return `${behind ? `http://${host}` : host} {\n${[...handlers, ...rest].join("\n")}\n}`;
  });
}

function redirectSites({ proxied, redirects }: ProxyArgs, behind: boolean): string[] {
  const hosts = new Set(proxied.flatMap((point) => point.hosts.map(({ host }) => host)));
  return redirects
    .filter(({ to }) => hosts.has(to))
    .map(({ from, to }) => `${behind ? `http://${from}` : from} {\n\tredir https://${to}{uri} permanent\n}`);
}

/** What the load balancer asks by the machine's address; without names every request. */
function asks({ app, proxied, healthCheckPath }: ProxyArgs): string {
  const [point] = proxied;
  if (!point) return "";
  if (point.hosts.length === 0) return `:80 {\n${upstream(app, point, "\t")}\n}`;
  return `:80 {\n\thandle ${healthCheckPath} {\n${upstream(app, point, "\t\t")}\n\t}\n\thandle {\n\t\trespond 404\n\t}\n}`;
}

function plainSites({ app, proxied }: ProxyArgs): string[] {
  return proxied
    .filter(({ hosts }) => hosts.length === 0)
    .map((point) => `:${point.listenerPort} {\n${upstream(app, point, "\t")}\n}`);
}

/** Asks the name again and again, so that each copy gets its share, and one that was replaced is forgotten. */
function upstream(app: App, point: EntryPoint, indent: string, plain = false): string {
  const service = app.services[point.service];
  const at = service ? owner(app, service) : undefined;
  const name = at?.networkMode === "host" ? MACHINE : (at?.name ?? point.service);
  const versions = point.backend === "http2" || point.backend === "grpc" ? ["versions h2c 2"] : [];
  const tls = point.backend === "https" ? ["tls_insecure_skip_verify"] : [];
  const transport = [...versions, ...tls];
  const lines = [
    "reverse_proxy {",
    "\tdynamic a {",
    `\t\tname ${name}`,
    `\t\tport ${point.port}`,
    "\t\trefresh 5s",
    "\t}",
    // the distribution is called over HTTPS, and calls over HTTP
    ...(plain ? ["\theader_up X-Forwarded-Proto https"] : []),
    ...(transport.length > 0 ? ["\ttransport http {", ...transport.map((line) => `\t\t${line}`), "\t}"] : []),
    "}",
  ];
  return lines.map((line) => indent + line).join("\n");
}
