/** What the tier does to everything that an app asks for. Pure. */
import type { Placement } from "../../../app/config/types";
import type { Finding } from "../../../app/finding";
import { changed, finding, fitKeys, kept, refused, type FitContext, type Verdict } from "../../../app/fit";
import { fileVariables } from "../../../app/file-secrets";
import { jobOf } from "../../../app/jobs";
import type { App } from "../../../app/model";
import { containerPorts } from "../../../app/ports";
import { publish } from "../../../app/publish";
import { hasOneWriter, serviceSizes } from "../../../app/size";
import { hasSecret, parseValue, secretsOf, type Value } from "../../../app/value";
import { hideSecrets } from "../../../app/visible-secrets";
import { wire } from "../../../app/wiring";
import { copies, deploymentOf, type Deployment, maxDomains } from "./deployment";
import { keyTable } from "./keys";
import { aliasZones, MAX_CONTAINERS, MAX_DOMAINS, MAX_SCALE } from "./limits";
import { settingsOf } from "./settings";
import { sizeText } from "./sizes";

const FARGATE = "place the app on fargate";
const NOTHING = "nothing to do; it is so on this tier";

interface Context extends FitContext {
  readonly deployment: Deployment;
}

/** Findings on every key, then on what no single key says: ports, names, sizes, counts, wiring, secrets. */
export function fit(app: App, placement: Placement): readonly Finding[] {
  const context: Context = { app, placement, deployment: deploymentOf(app, placement) };
  return [
    ...fitKeys(keyTable, context),
    ...absentServices(context),
    ...publishedPorts(context),
    ...hosts(context),
    ...sharedPorts(context),
    ...unknownPorts(context),
    ...sizes(context),
    ...counts(context),
    ...placements(context),
    ...rewrites(context),
    ...secrets(context),
    ...region(context),
  ];
}

const WHEN = { once: "by hand", deploy: "before a new version", schedule: "by a schedule" } as const;

/** Lightsail starts a container that ends again, and has nothing that starts one by itself. */
function jobVerdict({ placement }: Context, service: string): Verdict {
  const when = WHEN[jobOf(placement, service)?.on ?? "once"];
  return refused(
    `a container service runs all of its containers all the time, so no job can run ${when}`,
    "place the app on lightsail-vm or fargate, which run jobs; or run it elsewhere, and accept that it is left out here",
  );
}

function absentServices(context: Context): Finding[] {
  const { app, deployment } = context;
  const verdicts = {
    job: (service: string) => jobVerdict(context, service),
    "too-many": () =>
      refused(
        `a deployment has at most ${MAX_CONTAINERS} containers, and this would be a further one`,
        `put services together, or ${FARGATE}`,
      ),
    "no-copy": () => null,
  } as const;
  const findings = Object.entries(deployment.absent).flatMap(([service, absence]) => {
    const verdict = verdicts[absence](service);
    return verdict ? [finding(context, service, absence === "job" ? "job" : "container", verdict)] : [];
  });
  if (deployment.containers.length > 0 || Object.keys(app.services).length === 0) return findings;
  const none = refused("no service has a container to run", "give one of the services a copy");
  return [...findings, finding(context, null, "services", none)];
}

/** A finding for each published port: one HTTP port is the public endpoint, and nothing else is public. */
function publishedPorts(context: Context): Finding[] {
  const { app, placement, deployment } = context;
  const { points, findings } = publish(app, placement);
  const endpoint = deployment.endpoint?.point;
  return deployment.containers.flatMap(({ service }) =>
    service.ports.flatMap((port) => {
      const key = `ports[${port.index}]`;
      const report = (verdict: Verdict, part = "") => finding(context, service.name, key + part, verdict);
      if (service.name === endpoint?.service && port.target === endpoint.port && port.protocol === "tcp") {
        const asked = port.published ?? port.target;
        const way = "https on 443, where plain http is sent on to";
        return [
          report(kept(`the public endpoint: ${way}`)),
          ...(asked === 443 ? [] : [report(changed(`reached by ${way}; no other port`, NOTHING), ".published")]),
          ...(endpoint.backend === "http" ? [] : [report(backendVerdict(endpoint.backend), ".app_protocol")]),
        ];
      }
      const point = points.find(
        (p) =>
          p.service === service.name && p.port === port.target && (p.protocol === "udp") === (port.protocol === "udp"),
      );
      if (point) return [report(notPublic(point.protocol, deployment))];
      const said = findings.find((f) => f.service === service.name && f.key === key);
      if (!said || said.outcome === "refused") return said ? [said] : [];
      const remedy = port.hostIp === null ? `${FARGATE} to publish it` : said.remedy;
      return [{ ...said, remedy }];
    }),
  );
}

function notPublic(protocol: "http" | "tcp" | "udp", { endpoint }: Deployment): Verdict {
  const remedy = `bind it to 127.0.0.1 if only the app needs it, or ${FARGATE}`;
  if (protocol !== "http") {
    return refused(`the public endpoint speaks HTTPS alone, no ${protocol.toUpperCase()} is ever public`, remedy);
  }
  const { service, port } = endpoint?.point ?? { service: "", port: 0 };
  return refused(
    `there is one public endpoint, ${service}:${port}; this port is reached by the app's own containers alone`,
    `let ${service} pass requests on to it by path; ${remedy}`,
  );
}

const backendVerdict = (backend: string) =>
  refused(
    `the load balancer speaks plain HTTP/1.1 to the container, not ${backend}`,
    `let the container serve HTTP and say app_protocol: http, or ${FARGATE}`,
  );

/** The names under `hosts`: each leads to the public endpoint by a Lightsail certificate of its own, or to nothing. */
function hosts(context: Context): Finding[] {
  const { placement, deployment } = context;
  const endpoint = deployment.endpoint?.point;
  return placement.hosts.flatMap(({ host, path, service, port, priority }, i) => {
    const report = (part: string, verdict: Verdict) => finding(context, null, `hosts[${i}]${part}`, verdict);
    if (service !== endpoint?.service || port !== endpoint.port) {
      const to = endpoint ? `, ${endpoint.service}:${endpoint.port}` : "";
      return [
        report(
          "",
          refused(`there is one public endpoint${to}`, `let it pass requests on to ${service}, or ${FARGATE}`),
        ),
      ];
    }
    if (!deployment.domains.includes(host)) {
      const most = maxDomains(placement);
      const names = most === 1 ? "one name" : `${most} names`;
      const reason = `a container service takes at most ${names}${most < MAX_DOMAINS ? " behind a distribution" : ""}`;
      return [report("", refused(reason, `leave the name out, or ${FARGATE}`))];
    }
    return [
      report(".host", kept("reached by https with a Lightsail certificate, renewed by AWS")),
      ...(path === "/" ? [] : [report(".path", changed("/: every path leads to the one public endpoint", NOTHING))]),
      ...(priority === null
        ? []
        : [report(".priority", changed("left out: there are no rules to put in order", "leave the key out"))]),
    ];
  });
}

/** All containers share one localhost: of two on one port, one cannot start. */
function sharedPorts(context: Context): Finding[] {
  const known = containerPorts(context.app);
  const taken = new Map<string, string>();
  return context.deployment.containers.flatMap(({ service }) =>
    (known[service.name]?.ports ?? []).flatMap(({ port, protocol }) => {
      const by = taken.get(`${port}/${protocol}`);
      taken.set(`${port}/${protocol}`, by ?? service.name);
      if (by === undefined) return [];
      const index = service.ports.find((p) => p.target === port && p.protocol === protocol)?.index;
      const key = index === undefined ? "ports" : `ports[${index}].target`;
      const verdict = refused(
        `${by} listens on ${port} already, and all containers share one localhost`,
        `let one of them listen on another port and write that into the file, or ${FARGATE}`,
      );
      return [finding(context, service.name, key, verdict)];
    }),
  );
}

function unknownPorts(context: Context): Finding[] {
  const known = containerPorts(context.app);
  const verdict = refused(
    "others call it and no port of it is known, so nobody can say if another container has the same",
    "name its port under expose",
  );
  return context.deployment.containers.flatMap(({ service }) =>
    known[service.name]?.source === "unknown" ? [finding(context, service.name, "expose", verdict)] : [],
  );
}

function sizes(context: Context): Finding[] {
  const { app, placement, deployment } = context;
  const known = serviceSizes(app, placement);
  const { need, power } = deployment;
  const unsaid = deployment.containers.flatMap(({ service }) => {
    const size = known[service.name];
    if (!size || size.said) return [];
    const verdict = changed(
      `says nothing of its size: counted as ${sizeText(size)}`,
      "set deploy.resources.limits, or size under the service in the config",
    );
    return [finding(context, service.name, "deploy.resources", verdict)];
  });
  const placed = deployment.containers.flatMap(({ service }) => {
    const { cpu = null, memory = null } = placement.services[service.name] ?? {};
    if (cpu === null && memory === null) return [];
    const verdict = changed(
      `counted into the sum that a ${power.power} node (${sizeText(power)}) has to hold`,
      NOTHING,
    );
    return [finding(context, service.name, "size", verdict)];
  });
  if (deployment.fits) return [...unsaid, ...placed];
  const asks = `the containers ask for ${sizeText(need)}, a ${power.power} node has ${sizeText(power)}`;
  const verdict = settingsOf(placement.settings).power
    ? changed(`${asks}: they share it as they are`, "leave the power out for one that fits, or ask for less")
    : refused(`${asks}, and there is no larger one`, `ask for less, or ${FARGATE}`);
  return [...unsaid, ...placed, finding(context, null, "lightsail.power", verdict)];
}

/** How many copies run: one number for all. */
function counts(context: Context): Finding[] {
  const { app, placement, deployment } = context;
  const { scale, wantedScale } = deployment;
  const written = new Set(
    app.uses.filter(({ key }) => key === "deploy.replicas" || key === "scale").map(({ service }) => service),
  );
  const each = `each of the ${scale} nodes runs every container`;
  const perService = deployment.containers.flatMap(({ service: { name } }) => {
    const findings: Finding[] = [];
    const asked = copies(app, placement, name);
    if (asked !== scale && !written.has(name) && !placement.services[name]?.scale) {
      const remedy = `give all services the same count, or ${FARGATE}`;
      findings.push(finding(context, name, "deploy.replicas", changed(`${scale} copies: ${each}`, remedy)));
    }
    if (scale > 1 && hasOneWriter(app, placement, name)) {
      const verdict = refused(
        `it keeps data, and ${each}: ${scale} copies, each with data of its own`,
        `give all services one copy, set lightsail: { scale: 1 }, or ${FARGATE}`,
      );
      findings.push(finding(context, name, "deploy.replicas", verdict));
    }
    return findings;
  });
  if (settingsOf(placement.settings).scale !== null) {
    if (scale >= wantedScale) return perService;
    const verdict = changed(`${scale} nodes, where services ask for ${wantedScale} copies`, "leave the scale out");
    return [...perService, finding(context, null, "lightsail.scale", verdict)];
  }
  if (wantedScale <= MAX_SCALE) return perService;
  const verdict = refused(`a service has at most ${MAX_SCALE} nodes`, `ask for fewer copies, or ${FARGATE}`);
  return [...perService, finding(context, null, "lightsail.scale", verdict)];
}

/** What the config says of a service and the tier has no place for. */
function placements(context: Context): Finding[] {
  const { placement, deployment } = context;
  return deployment.containers.flatMap(({ service: { name } }) => {
    const placed = placement.services[name];
    if (!placed) return [];
    const findings: Finding[] = [];
    const report = (key: string, verdict: Verdict) => findings.push(finding(context, name, key, verdict));
    if (placed.scale) {
      const { min, max } = placed.scale;
      const reason = `there is no autoscaling from ${min} to ${max}: ${deployment.scale} nodes at all times`;
      report("scale", changed(reason, `set the number by lightsail: { scale }, or ${FARGATE}`));
    }
    if (placed.deployment.strategy !== "rolling") {
      const reason = `not ${placed.deployment.strategy}: the new deployment takes over at once when it is healthy`;
      report("deployment", changed(`left out: ${reason}`, `leave the key out, or ${FARGATE}`));
    }
    if (placed.policies.length > 0) {
      const remedy = `call AWS with a key of its own as a secret, and accept it; or ${FARGATE}`;
      report("policies", refused("containers have no role, so none to give rights to", remedy));
    }
    if (placed.concurrent) {
      report("concurrent", changed("left out: there are no volumes to write to", "leave the key out"));
    }
    return findings;
  });
}

/** Each host name that becomes localhost, with the value before and after. */
function rewrites(context: Context): Finding[] {
  const { app, deployment } = context;
  const wiring = wire(app);
  return deployment.containers.flatMap(({ service: { name } }) => {
    const keys = new Set(wiring.rewrites.filter((r) => r.service === name).map((r) => r.key));
    const words = (key: "command" | "entrypoint") =>
      (wiring[key][name] ?? []).map((word, i): [string, Value | null] => [`${key}[${i}]`, word]);
    const values = [
      ...Object.entries(wiring.environment[name] ?? {}).map(([k, v]): [string, Value | null] => [
        `environment.${k}`,
        v,
      ]),
      ...words("command"),
      ...words("entrypoint"),
    ];
    return values.flatMap(([key, value]) => {
      if (!value || !keys.has(key)) return [];
      const [before, after] = [show(value, (host) => host), show(value, () => "localhost")].map(hideSecrets);
      const verdict = changed(
        `${before} becomes ${after}: all containers share one localhost`,
        `nothing to do; keep a word that is no host name out of it by giving the service another name`,
      );
      return [finding(context, name, key, verdict)];
    });
  });
}

/** Secrets have no references here: where a value holds one, the account's Lightsail API shows it. */
function secrets(context: Context): Finding[] {
  const verdict = refused(
    "it holds a secret, which everybody who may call the account's Lightsail API could read",
    `${FARGATE}; or accept it: then it stays encrypted in Pulumi's state, and open in the deployment`,
  );
  return context.deployment.containers.flatMap(({ service, environment }) => {
    const secret = (word: string) => hasSecret(word) && secretsOf(parseValue(word)).length > 0;
    // the finding on the secret's file says what takes its place
    const instead = new Set(fileVariables(service).map(({ variable }) => variable));
    const keys = Object.entries(environment)
      .filter(([variable, value]) => secretsOf(value).length > 0 && !instead.has(variable))
      .map(([variable]) => `environment.${variable}`);
    if (service.command?.some(secret)) keys.push("command");
    if (service.entrypoint?.some(secret)) keys.push("entrypoint");
    return keys.map((key) => finding(context, service.name, key, verdict));
  });
}

function region(context: Context): Finding[] {
  const { region: name } = context.placement.environment;
  if (name in aliasZones) return [];
  const verdict = refused(
    `Lightsail has no container services in ${name}`,
    `${FARGATE}, or choose one of ${Object.keys(aliasZones).join(", ")}`,
  );
  return [finding(context, null, "tier", verdict)];
}

function show(value: Value, host: (service: string) => string): string {
  return value
    .map((part) => {
      if (typeof part === "string") return part;
      if ("host" in part) return host(part.host);
      return "secret" in part ? `(secret ${part.secret})` : `(${part.output})`;
    })
    .join("");
}
