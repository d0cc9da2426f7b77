/** What the tier does to each thing that an app asks for. Pure. */
import type { Placement } from "../../../app/config/types";
import type { Finding } from "../../../app/finding";
import { changed, finding, type FitContext, fitKeys, kept, refused, type Verdict } from "../../../app/fit";
import { jobOf, jobsOf } from "../../../app/jobs";
import type { App } from "../../../app/model";
import { defaultSize } from "../../../app/size";
import { leakedSecrets } from "../common-keys";
import { definitionSize, SECRET_KEYS, targetClashes } from "../ecs/fit";
import { ecsJobFindings } from "../ecs/jobs/fit";
import { saysCpu, saysMemory } from "../ecs/size";
import { jobTasks } from "../ecs/tasks";
import { absences, anywhereTier, withoutContainer } from "./anywhere-tier";
import { appTask } from "./app-task";
import { anywhereKeys } from "./keys";
import { MAX_ACTIVATION } from "./limits";
import { machinesOf } from "./machines";
import { namedVolumes } from "./mounts";
import { hostPortOf, hostPorts, portFindings } from "./ports";
import { MORE } from "./rules/deploy";
import { settingsOf } from "./settings";

export function fitAnywhere(app: App, placement: Placement): readonly Finding[] {
  const context = { app, placement };
  const { leaks, rest } = leakedSecrets(context, SECRET_KEYS);
  const { task } = appTask(app);
  const shared = { ...context, tier: anywhereTier };
  return [
    ...keys({ ...context, app: rest }),
    ...leaks,
    ...portFindings(app, placement),
    ...absentServices(context),
    ...circles(context),
    ...sizes(context),
    ...placements(context),
    ...machines(context),
    ...firstRuns(context),
    ...hosts(context),
    ...[...(task ? [task] : []), ...jobTasks(app)].flatMap((one) => [
      ...targetClashes(shared, one),
      ...definitionSize(shared, one),
    ]),
    ...ecsJobFindings(shared),
  ];
}

/** Nothing that is said of a service without a container comes true, but how many of it there should be. */
function keys(context: FitContext): Finding[] {
  const { app } = context;
  const { absent } = appTask(app);
  const isCount = (pattern: string) => ["services.*.scale", "services.*.deploy.replicas"].includes(pattern);
  const [lost, other] = [true, false].map((wanted) =>
    app.uses.filter(({ service, pattern }) => (service !== null && service in absent && !isCount(pattern)) === wanted),
  );
  return [
    ...fitKeys(anywhereKeys, { ...context, app: { ...app, uses: other ?? [] } }),
    ...(lost ?? []).flatMap((use) => {
      const service = app.services[use.service ?? ""];
      return service ? [finding(context, use.service, use.key, withoutContainer(app, service), use.location)] : [];
    }),
  ];
}

function absentServices(context: FitContext): Finding[] {
  const { task, absent } = appTask(context.app);
  const findings = Object.entries(absent).flatMap(([service, absence]) => {
    const verdict = absences[absence];
    return verdict ? [finding(context, service, "container", verdict)] : [];
  });
  const { services } = context.app;
  if (task || jobsOf(context.app).length > 0 || Object.keys(services).length === 0) return findings;
  const none = refused("no service has a container to run", "give one of the services a copy");
  return [...findings, finding(context, null, "services", none)];
}

/** A link goes one way, so of two services that call each other the first has no name for the second. */
function circles(context: FitContext): Finding[] {
  return appTask(context.app).circles.map(({ from, to }) =>
    finding(
      context,
      from,
      "depends_on",
      refused(
        `${from} and ${to} call each other, and links go one way: ${from} has no name for ${to}`,
        `let only one of them call the other; publish a port of ${to} and call it at the machine's address; or say network_mode: host for all services`,
      ),
    ),
  );
}

function sizes(context: FitContext): Finding[] {
  const { app, placement } = context;
  const services = [...(appTask(app).task?.services ?? []), ...jobsOf(app)];
  const silent = services
    .filter((service) => !saysCpu(placement, service) && !saysMemory(placement, service))
    .map(({ name }) =>
      finding(
        context,
        name,
        "deploy.resources",
        changed(
          `nothing is said of its size, so ${defaultSize.cpu} vCPU and ${defaultSize.memory} MiB of the machine are kept for it; it may take more where there are`,
          "say deploy.resources.limits, or size under the service",
        ),
      ),
    );
  const placed = services.flatMap(({ name }) => {
    const { cpu = null, memory = null } = placement.services[name] ?? {};
    if (cpu === null && memory === null) return [];
    return [finding(context, name, "size", kept("of the container; its machine must have it to spare"))];
  });
  return [...silent, ...placed];
}

/** What the config says of a service and the tier has no place for. */
function placements(context: FitContext): Finding[] {
  const { app, placement } = context;
  return (appTask(app).task?.services ?? []).flatMap(({ name, replicas, deploy }) => {
    const placed = placement.services[name];
    if (!placed) return [];
    const findings: Finding[] = [];
    const report = (key: string, verdict: Verdict) => findings.push(finding(context, name, key, verdict));
    if (placed.scale) {
      const { min, max } = placed.scale;
      report("scale", changed(`left out: there is no autoscaling from ${min} to ${max}, one copy runs`, MORE));
    }
    if (replicas > 1 && !("replicas" in deploy))
      report("deploy.replicas", changed("left out: one copy runs, in the app's one task", MORE));
    const { strategy } = placed.deployment;
    if (strategy !== "rolling")
      report(
        "deployment",
        changed(
          `left out: no ${strategy}: the task is stopped before the next one starts, for there is no load balancer`,
          MORE,
        ),
      );
    if (placed.policies.length > 0 && appTask(app).task?.services.length !== 1)
      report("policies", changed("one task has one role, so all services of the app may do what they allow", MORE));
    if (placed.concurrent)
      report(
        "concurrent",
        changed("left out: one task runs at a time, whatever writes to its volumes", "leave it out"),
      );
    return findings;
  });
}

/** How machines come to the app, and what each of them keeps to itself. */
function machines(context: FitContext): Finding[] {
  const { app, placement } = context;
  const { activation, machines: named } = settingsOf(placement.settings);
  const group = machinesOf(app.name, named);
  const task = appTask(app).task;
  const report = (key: string, verdict: Verdict) => finding(context, null, key, verdict);
  const joining =
    activation === null
      ? changed(
          `no machine can register: the app runs on those that are in the group ${group} already`,
          `ecs-anywhere: { activation: { count: 1, expires: <a moment, ${MAX_ACTIVATION.days} days ahead at most> } }, then run the command in the stack's outputs on each machine`,
        )
      : kept(
          `${activation.count} ${activation.count === 1 ? "machine" : "machines"} can register until ${activation.expires}, by the command in the stack's outputs`,
        );
  const volumes = namedVolumes(app, [...(task?.services ?? []), ...jobsOf(app)]);
  const several =
    activation !== null && activation.count > 1 && volumes.length > 0
      ? [
          report(
            "ecs-anywhere.activation.count",
            refused(
              `each machine has a volume ${volumes.join(" and ")} of its own, and the task may run on any of them`,
              "let one machine register; or mount what they all share, such as NFS, by a path of the machine or driver_opts, and accept it",
            ),
          ),
        ]
      : [];
  return [report("ecs-anywhere.activation", joining), ...several];
}

/** A job of the deployment needs a machine, and where none has registered yet the deployment fails with it. */
function firstRuns(context: FitContext): Finding[] {
  const { app, placement } = context;
  if (settingsOf(placement.settings).activation === null) return [];
  return jobsOf(app)
    .filter(({ name }) => jobOf(placement, name)?.on === "deploy")
    .map(({ name }) => {
      const verdict = changed(
        "it runs on a machine of the group, and machines can yet register: while there is none, the deployment fails with it",
        `deploy once without ${name}, register a machine, and add it then`,
      );
      return finding(context, name, "job.on", verdict);
    });
}

/** Names lead to the machines' addresses; no load balancer and no certificate stands before them. */
function hosts(context: FitContext): Finding[] {
  const { app, placement } = context;
  const { addresses } = settingsOf(placement.settings);
  const ports = hostPorts(app, placement);
  return placement.hosts.flatMap(({ host, path, service, port, priority }, i) => {
    const report = (part: string, verdict: Verdict) => finding(context, null, `hosts[${i}]${part}`, verdict);
    if (addresses.length === 0)
      return [
        report(
          "",
          refused(
            `nobody here knows where the machines are reached, so ${host} can lead nowhere`,
            "give their addresses: ecs-anywhere: { addresses: [203.0.113.7] }",
          ),
        ),
      ];
    const hostPort = hostPortOf(ports, service, port);
    if (hostPort === null)
      return [
        report(
          "",
          refused(
            `port ${port} of ${service} is no port of the machine`,
            `publish it: ports: ["443:${port}"] under ${service}`,
          ),
        ),
      ];
    return [
      report(".host", hostVerdict(hostPort)),
      ...(path === "/"
        ? []
        : [
            report(
              ".path",
              changed("/: the name leads to the machine, whatever the path", "let a proxy of the app's own look at it"),
            ),
          ]),
      ...(priority === null
        ? []
        : [report(".priority", changed("left out: there are no rules to put in order", "leave the key out"))]),
    ];
  });
}

function hostVerdict(hostPort: number): Verdict {
  if (hostPort === 443) return kept("leads to the machines' addresses; TLS and its certificate are the service's own");
  return changed(
    `leads to the machines' addresses, on port ${hostPort} and without TLS: nothing stands before the service`,
    "publish 443 by a proxy that gets its own certificates, such as Caddy",
  );
}
