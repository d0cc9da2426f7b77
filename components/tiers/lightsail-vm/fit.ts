/** What the tier does to everything that an app asks for. Pure. */
import type { Placement } from "../../../app/config/types";
import type { Finding } from "../../../app/finding";
import { changed, finding, fitKeys, kept, refused, type FitContext, type Verdict } from "../../../app/fit";
import type { App } from "../../../app/model";
import { publish } from "../../../app/publish";
import { hasOneWriter, serviceSizes } from "../../../app/size";
import { jobFindings, type JobWords, MAX_COMMAND_SECONDS } from "../compose";
import { type Bundle, MACHINE_MEMORY, type Need } from "./bundles";
import { carriedBytes } from "./document";
import { keyTable } from "./keys";
import { distributable, keepsData, type Layout, layoutOf } from "./layout";
import { MAX_FILE_BYTES, regions } from "./limits";
import { MAX_MACHINES, settingsOf } from "./settings";

const FARGATE = "place the app on fargate";
const NOTHING = "nothing to do; it is so on this tier";
const TIER = "lightsail-vm";

interface Context extends FitContext {
  readonly layout: Layout;
}

/** Findings on every key, then on what no single key says: ports, names, sizes, machines, restarts, files. */
export function fit(app: App, placement: Placement): readonly Finding[] {
  const context: Context = { app, placement, layout: layoutOf(app, placement) };
  return [
    ...fitKeys(keyTable, context),
    ...jobFindings(context, jobWords(context)),
    ...publishedPorts(context),
    ...hosts(context),
    ...distribution(context),
    ...sizes(context),
    ...machines(context),
    ...restarts(context),
    ...placements(context),
    ...policies(context),
    ...carried(context),
    ...region(context),
  ];
}

function jobWords({ layout: { machines } }: Context): JobWords {
  const deploy =
    machines === 1
      ? kept("run on the machine by each deployment before the new version is started, which its failure stops")
      : refused(
          `${machines} machines are deployed to at once, and each of them would run it`,
          `set ${TIER}: { machines: 1 }, make it one that runs by hand (job: once), or ${FARGATE}`,
        );
  return {
    where: machines === 1 ? "the machine" : "the first machine",
    deploy,
    longest: { seconds: MAX_COMMAND_SECONDS, by: "a command of Systems Manager" },
  };
}

/** A finding for each published port: what the world reaches, and how. */
function publishedPorts(context: Context): Finding[] {
  const { app, placement, layout } = context;
  const { points, findings } = publish(app, placement);
  return layout.services.flatMap((service) =>
    service.ports.flatMap((port) => {
      const key = `ports[${port.index}]`;
      const said = findings.filter((f) => f.service === service.name && f.key === key);
      const point = points.find(
        (p) =>
          p.service === service.name && p.port === port.target && (p.protocol === "udp") === (port.protocol === "udp"),
      );
      if (!point || said.some(({ outcome }) => outcome === "refused")) return said;
      const reached = layout.points.some(
        (p) => p.service === point.service && p.port === point.port && p.protocol === point.protocol,
      );
      if (reached) {
        if (layout.machines === 1 || point.hosts.length > 0 || point.listenerPort === 80) return said;
        const reason = "reached on 80 of the load balancer, which has no other port without a domain";
        return [...said, finding(context, service.name, `${key}.published`, changed(reason, "give the app a domain"))];
      }
      const what = point.protocol === "http" ? "one HTTP port without a domain" : "HTTP alone";
      const verdict = refused(
        `the load balancer of ${layout.machines} machines takes ${what}`,
        `set ${TIER}: { machines: 1 }, bind it to 127.0.0.1 if only the app needs it, or ${FARGATE}`,
      );
      return [finding(context, service.name, key, verdict)];
    }),
  );
}

/** Each name: TLS by Caddy on the machine, or by the load balancer. */
function hosts(context: Context): Finding[] {
  const { placement, layout } = context;
  return placement.hosts.flatMap(({ service, priority }, i) => {
    const report = (part: string, verdict: Verdict) => finding(context, null, `hosts[${i}]${part}`, verdict);
    if (layout.jobs.some(({ name }) => name === service))
      return [
        report("", refused(`${service} is a job, which takes no traffic`, "name a service that goes on running")),
      ];
    const verdict = layout.plain
      ? kept("reached by https with the distribution's certificate, renewed by AWS; from there over plain HTTP on 80")
      : layout.machines === 1
        ? kept(
            "reached by https: Caddy, a container beside the app's, gets its certificate from Let's Encrypt once the name leads there",
          )
        : kept("reached by https with the load balancer's certificate, renewed by AWS");
    return [
      report(".host", verdict),
      ...(priority === null
        ? []
        : [report(".priority", changed("left out: the deeper path comes first", "leave the key out"))]),
    ];
  });
}

/** A distribution calls port 80. */
function distribution(context: Context): Finding[] {
  if (context.placement.cdn === null || distributable(context.layout)) return [];
  const verdict = refused(
    "Lightsail's distribution calls port 80 of the machine, and no HTTP port is published there",
    "give the app a domain, or publish a port on 80",
  );
  return [finding(context, null, "cdn", verdict)];
}

function sizes(context: Context): Finding[] {
  const { app, placement, layout } = context;
  const known = serviceSizes(app, placement);
  const { need, bundle } = layout;
  const perService = [...layout.services, ...layout.jobs].flatMap(({ name }) => {
    const size = known[name];
    const { cpu = null, memory = null } = placement.services[name] ?? {};
    const findings: Finding[] = [];
    if (size && !size.said) {
      const verdict = changed(
        `says nothing of its size: counted as ${sizeText(size)} for the machine, and not limited`,
        "set deploy.resources.limits, or size under the service in the config",
      );
      findings.push(finding(context, name, "deploy.resources", verdict));
    }
    if (cpu !== null || memory !== null) {
      const verdict = changed(
        `its limits are ${sizeText({ cpu: size?.cpu ?? 0, memory: size?.memory ?? 0 })}`,
        NOTHING,
      );
      findings.push(finding(context, name, "size", verdict));
    }
    return findings;
  });
  if (layout.fits) return perService;
  const asks = `the containers ask for ${sizeText(need)} and the machine itself for ${MACHINE_MEMORY} MiB, a ${bundle.name} has ${sizeText(bundle)}`;
  const chosen = settingsOf(placement.settings).bundle !== null;
  const verdict = refused(
    asks,
    chosen ? "leave the bundle out for one that fits, or ask for less" : `ask for less, or ${FARGATE}`,
  );
  return [...perService, finding(context, null, `${TIER}.bundle`, verdict)];
}

export function sizeText({ cpu, memory }: Need | Bundle): string {
  return `${Number(cpu.toFixed(3))} vCPU and ${Math.ceil(memory)} MiB`;
}

/** How many machines, and what that means for data and for services that keep some in memory. */
function machines(context: Context): Finding[] {
  const { app, placement, layout } = context;
  const settings = settingsOf(placement.settings);
  const findings: Finding[] = [];
  const oneWriters = layout.services.filter(({ name }) => hasOneWriter(app, placement, name));
  for (const { name, replicas } of oneWriters) {
    if (replicas <= 1 && !placement.services[name]?.scale) continue;
    const verdict = changed(
      "one container runs: it writes to a volume",
      "concurrent: true under the service, where its programs share the files safely",
    );
    findings.push(finding(context, name, "volumes", verdict));
  }
  if (layout.machines === 1) return findings;
  for (const { name } of [...layout.services, ...layout.jobs].filter((service) => keepsData(app, service))) {
    const verdict = refused(
      `it keeps data, and a disk is on one machine: ${layout.machines} machines would each have data of their own`,
      `set ${TIER}: { machines: 1 }, use a database outside of the app, or ${FARGATE}`,
    );
    findings.push(finding(context, name, "volumes", verdict));
  }
  const each = changed(
    `${layout.machines} machines behind a load balancer (18 USD a month), each with every service: what one keeps in memory the other does not have`,
    `set ${TIER}: { machines: 1 } for one machine`,
  );
  findings.push(finding(context, null, `${TIER}.machines`, each));
  const wanted = Math.max(...layout.services.map(({ replicas }) => replicas));
  if (settings.machines === null && wanted > MAX_MACHINES) {
    const verdict = changed(
      `${MAX_MACHINES} machines at most, where ${wanted} copies are asked for`,
      "ask for fewer copies",
    );
    findings.push(finding(context, null, `${TIER}.machines`, verdict));
  }
  return findings;
}

/** A container that says nothing stays down after a restart of the machine, under Compose. */
function restarts(context: Context): Finding[] {
  const verdict = changed(
    "started again when it ends, and with the machine, where Compose would leave it down",
    'say restart: "no" for a container that may end',
  );
  return context.layout.services
    .filter(({ canonical, deploy }) => !("restart" in canonical) && !deploy.restart_policy)
    .map(({ name }) => finding(context, name, "restart", verdict));
}

/** What the config says of a service and the tier has no place for. */
function placements(context: Context): Finding[] {
  const { placement, layout } = context;
  return layout.services.flatMap(({ name }) => {
    const placed = placement.services[name];
    if (!placed) return [];
    const findings: Finding[] = [];
    const report = (key: string, verdict: Verdict) => findings.push(finding(context, name, key, verdict));
    if (placed.scale) {
      const { min, max } = placed.scale;
      const runs = (layout.copies[name] ?? 1) * layout.machines;
      report(
        "scale",
        changed(`there is no autoscaling from ${min} to ${max}: ${runs} at all times`, `${FARGATE} to scale`),
      );
    }
    if (placed.deployment.strategy !== "rolling") {
      const reason = `not ${placed.deployment.strategy}: Compose replaces the containers one after the other`;
      report("deployment", changed(`left out: ${reason}`, `leave the key out, or ${FARGATE}`));
    }
    return findings;
  });
}

function policies(context: Context): Finding[] {
  const { placement, layout } = context;
  const verdict = refused(
    "the machine has one role, and containers have none of their own",
    `call AWS with a key of its own as a secret, and accept it; or ${FARGATE}`,
  );
  return [...layout.services, ...layout.jobs]
    .filter(({ name }) => (placement.services[name]?.policies.length ?? 0) > 0)
    .map(({ name }) => finding(context, name, "policies", verdict));
}

/** Compose file and files have to fit into one document of Systems Manager. */
function carried(context: Context): Finding[] {
  const bytes = carriedBytes(context.app, context.placement);
  if (bytes <= MAX_FILE_BYTES) return [];
  const verdict = refused(
    `the Compose file and the files beside it have ${Math.ceil(bytes / 1024)} KiB as they are sent, and ${MAX_FILE_BYTES / 1024} KiB can be brought to a machine`,
    "COPY the larger files into the images",
  );
  return [finding(context, null, "services", verdict)];
}

function region(context: Context): Finding[] {
  const { region: name } = context.placement.environment;
  if (regions.includes(name)) return [];
  const verdict = refused(`Lightsail is not in ${name}`, `choose another region, or ${FARGATE}`);
  return [finding(context, null, "aws:region", verdict)];
}
