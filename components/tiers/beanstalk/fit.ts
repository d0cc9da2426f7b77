/** What the tier does to everything that an app asks for. Pure. */
import { apiFindings, isApi, unreachedByApi } from "../../../app/api-entry";
import type { Placement } from "../../../app/config/types";
import type { Finding } from "../../../app/finding";
import { changed, finding, type FitContext, fitKeys, kept, refused, type Verdict } from "../../../app/fit";
import type { App } from "../../../app/model";
import { type EntryPoint, publish } from "../../../app/publish";
import { defaultSize, serviceSizes } from "../../../app/size";
import { leakedSecrets } from "../common-keys";
import { jobFindings, type JobWords } from "../compose";
import { type Deployment, deploymentOf } from "./deployment";
import { sizeText, usableMemory } from "./instance-types";
import { beanstalkKeys, FARGATE, NOTHING } from "./keys";
import { MAX_COMMAND_TIMEOUT, MAX_PROCESSES, PROPERTY_BYTES } from "./limits";
import { scheduleOf } from "./schedule";
import { beanstalkEgress, settingsOf } from "./settings";
import { beanstalkFile, propertyBytes } from "./wired";

interface Context extends FitContext {
  readonly deployment: Deployment;
}

/** Keys whose values may hold a secret: an instance fetches it. */
const SECRET_KEYS = [
  "services.*.environment.*",
  "services.*.command",
  "services.*.entrypoint",
  "configs.*.content",
] as const;

const LOAD_BALANCED = "beanstalk: { type: load-balanced }";
const SINGLE = "beanstalk: { type: single }";

/** Findings on every key, then on what no single key says: ports, names, sizes, counts, secrets. */
export function fitBeanstalk(app: App, placement: Placement): readonly Finding[] {
  const context: Context = { app, placement, deployment: deploymentOf(app, placement) };
  const { leaks, rest } = leakedSecrets(context, SECRET_KEYS);
  return [
    ...fitKeys(beanstalkKeys, { ...context, app: rest }),
    ...leaks,
    ...noService(context),
    ...jobFindings(context, jobWords(context)),
    ...environmentKind(context),
    ...publishedPorts(context),
    ...hosts(context),
    ...egress(context),
    ...sizes(context),
    ...writers(context),
    ...counts(context),
    ...placements(context),
    ...policies(context),
    ...properties(context),
  ];
}

function noService(context: Context): Finding[] {
  if (context.deployment.services.length > 0 || Object.keys(context.app.services).length === 0) return [];
  const none = refused("no service has a container to run all the time", "give one of the services a copy");
  return [finding(context, null, "services", none)];
}

/** https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/customize-containers-ec2.html#linux-container-commands */
function jobWords({ deployment: { type } }: Context): JobWords {
  const where = type === "single" ? "the instance" : "one of the instances";
  return {
    where,
    deploy: kept(
      `run on ${type === "single" ? where : "the instance that Beanstalk calls the leader"}, by each deployment before the new version is started, which its failure stops`,
    ),
    longest: { seconds: MAX_COMMAND_TIMEOUT, by: "Beanstalk's command on an instance" },
  };
}

/** Beanstalk never moves an environment to another load balancer, so its change is a new one. */
function environmentKind(context: Context): Finding[] {
  const { type, processes } = context.deployment;
  if (type === "single") {
    const reason =
      "one instance with an address of its own; behind a load balancer it would be a new environment, made before this one goes";
    return [finding(context, null, "beanstalk.type", kept(reason))];
  }
  const ports = processes.map(({ listenerPort }) => listenerPort).join(" and ");
  const on = ports === "" ? "" : `, on its port ${ports}`;
  const reason =
    `behind the environment's shared load balancer${on}, which Beanstalk cannot change: another type or port replaces its ` +
    `environment, the new one made before the old one goes`;
  return [finding(context, null, "beanstalk.type", kept(reason))];
}

/** Behind API Gateway, which leads to no instances. */
const isUnreached = ({ placement, deployment }: Context): boolean =>
  isApi(placement) && deployment.type === "load-balanced";

/** The finding of each published port, and a refusal where nothing can lead to it here. */
function publishedPorts(context: Context): Finding[] {
  const { app, placement, deployment } = context;
  const running = new Set(deployment.services.map(({ name }) => name));
  if (isUnreached(context)) {
    const said = apiFindings(context, unreachedByApi("instances of Beanstalk"));
    return said.filter(({ service }) => service === null || running.has(service));
  }
  const { findings } = publish(app, placement);
  const unserved = deployment.unserved.filter(({ hosts: names }) => names.length === 0);
  const refusedKeys = new Set(unserved.map(({ service, index }) => `${service}.ports[${index}]`));
  return [
    ...findings.filter(({ service, key }) => running.has(service ?? "") && !refusedKeys.has(`${service}.${key}`)),
    ...unserved.map((point) => finding(context, point.service, `ports[${point.index ?? 0}]`, notServed(point))),
  ];
}

function notServed({ protocol, backend, service }: EntryPoint): Verdict {
  if (protocol !== "http")
    return refused(
      `a shared load balancer of Beanstalk's speaks HTTP alone, no ${protocol.toUpperCase()}`,
      `bind it to 127.0.0.1 if only the app needs it, ${SINGLE} where one instance is enough, or ${FARGATE}`,
    );
  if (backend === "grpc" || backend === "http2")
    return refused(
      `Beanstalk's target groups speak HTTP/1.1, not ${backend}`,
      `say app_protocol: http where ${service} speaks it too, or ${FARGATE}`,
    );
  return refused(
    `it would be a further one of Beanstalk's ${MAX_PROCESSES} processes`,
    `let another service pass requests on to it by path, or ${FARGATE}`,
  );
}

/** Names: with the load balancer's certificates, or over plain HTTP to the one instance. */
function hosts(context: Context): Finding[] {
  const { placement, deployment } = context;
  if (isUnreached(context)) return []; // told by its ports
  const { open, type, unserved } = deployment;
  const [first] = open.filter(({ points }) => points.some((point) => point.hosts.length > 0));
  return placement.hosts.flatMap(({ host, path, service, port, priority }, i) => {
    const report = (part: string, verdict: Verdict) => finding(context, null, `hosts[${i}]${part}`, verdict);
    if (context.app.services[service]?.job)
      return [
        report("", refused(`${service} is a job, which takes no traffic`, "name a service that goes on running")),
      ];
    if (type === "load-balanced") {
      const lost = unserved.find((point) => point.service === service && point.port === port);
      return lost ? [report("", notServed(lost))] : [];
    }
    if (first && (first.service !== service || first.target !== port))
      return [
        report(
          "",
          refused(
            `a single instance has one port 80, and ${first.service}:${first.target} has it`,
            `let ${first.service} pass requests on to ${service}, or ${LOAD_BALANCED}`,
          ),
        ),
      ];
    const plain = refused(
      `a single instance has no certificate: ${host} would be served over plain HTTP, on port 80`,
      `${LOAD_BALANCED} for TLS; or accept it: then the name leads to the instance over plain HTTP`,
    );
    return [
      report("", plain),
      ...(path === "/" ? [] : [report(".path", changed("/: every path leads to the one service", LOAD_BALANCED))]),
      ...(priority === null
        ? []
        : [report(".priority", changed("left out: there are no rules to put in order", "leave the key out"))]),
    ];
  });
}

function egress(context: Context): Finding[] {
  const { placement, deployment } = context;
  const way = beanstalkEgress(placement);
  const say = (verdict: Verdict) => [finding(context, null, "platform.egress", verdict)];
  if (way === "endpoints")
    return say(
      refused(
        "Beanstalk's agents call services of AWS that Spectrum makes no endpoint for",
        "platform: { egress: nat }, or public",
      ),
    );
  return way === "public" || deployment.type === "load-balanced"
    ? []
    : say(
        changed(`a single instance is in a public subnet with an address of its own, not behind ${way}`, LOAD_BALANCED),
      );
}

function sizes(context: Context): Finding[] {
  const { app, placement, deployment } = context;
  const { need, instance, misfits, services, jobs, fits } = deployment;
  const known = serviceSizes(app, placement);
  const unsaid = [...services, ...jobs].flatMap(({ name }) => {
    if (known[name]?.said) return [];
    const verdict = changed(
      `says nothing of its size: counted as ${sizeText(defaultSize)} of each instance (${instance.name})`,
      "set deploy.resources.limits, or size under the service in the config",
    );
    return [finding(context, name, "deploy.resources", verdict)];
  });
  const others = misfits.flatMap((name) => {
    const { platform = null } = app.services[name] ?? {};
    if (platform !== null) return []; // the key's own finding says it
    const verdict = refused(
      `its image is built for another processor than the instances' ${deployment.architecture}`,
      "name one platform for all services",
    );
    return [finding(context, name, "build.platforms", verdict)];
  });
  const asks = `the containers ask for ${sizeText(need)}, and ${instance.name} has ${instance.vcpu} vCPU and ${usableMemory(instance)} MiB for them`;
  if (fits) return [...unsaid, ...others];
  const verdict =
    settingsOf(placement.settings).instanceType === null
      ? refused(`${asks}: no larger one is offered`, `ask for less, or ${FARGATE}`)
      : changed(`${asks}: they share it as they are`, "leave the instance type out for one that fits, or ask for less");
  return [...unsaid, ...others, finding(context, null, "beanstalk.instanceType", verdict)];
}

const ONE_WRITER = "the app writes to a named volume, so one instance runs it at a time";
const CONCURRENT = "concurrent: true under the service, where its programs share the files safely";

function writers(context: Context): Finding[] {
  return context.deployment.writers.map((name) =>
    finding(
      context,
      name,
      "volumes",
      changed(`one instance, on which the old containers stop before the new ones start: ${ONE_WRITER}`, CONCURRENT),
    ),
  );
}

/** How many instances run: one number for all services. */
function counts(context: Context): Finding[] {
  const { app, placement, deployment } = context;
  const { instances, wanted, services, type } = deployment;
  const written = new Set(
    app.uses.filter(({ key }) => key === "deploy.replicas" || key === "scale").map(({ service }) => service),
  );
  const count = instances.min === instances.max ? String(instances.min) : `${instances.min} to ${instances.max}`;
  return services.flatMap(({ name, replicas }) => {
    const scale = placement.services[name]?.scale;
    if (scale && (scale.min !== instances.min || scale.max !== instances.max)) {
      const why =
        type === "single"
          ? "a single instance does not scale"
          : wanted.max > instances.max
            ? ONE_WRITER
            : "each instance runs every service";
      const remedy =
        type === "single"
          ? LOAD_BALANCED
          : wanted.max > instances.max
            ? CONCURRENT
            : `the same scale for all services, or ${FARGATE}`;
      return [finding(context, name, "scale", changed(`${count} instances: ${why}`, remedy))];
    }
    if (scale || written.has(name) || (instances.max === 1 && replicas <= 1)) return [];
    if (instances.min === instances.max && replicas === instances.min) return [];
    const remedy = `give all services the same count, or ${FARGATE}`;
    return [
      finding(context, name, "deploy.replicas", changed(`${count} copies: each instance runs every service`, remedy)),
    ];
  });
}

/** What the config says of a service and Beanstalk has no place for. */
function placements(context: Context): Finding[] {
  const { placement, deployment } = context;
  return deployment.services.flatMap(({ name }) => {
    const placed = placement.services[name];
    if (!placed) return [];
    const report = (key: string, verdict: Verdict) => finding(context, name, key, verdict);
    return [
      ...(deployment.type === "load-balanced" && deployment.writers.length === 0
        ? scaling(name, placement, report)
        : []),
      ...deploymentVerdict(placed.deployment.strategy, deployment).map((verdict) => report("deployment", verdict)),
    ];
  });
}

function policies(context: Context): Finding[] {
  const { placement, deployment } = context;
  const verdict = changed(
    "on the role of the instances, which every service of the app runs under",
    `${FARGATE} for roles of their own`,
  );
  return [...deployment.services, ...deployment.jobs]
    .filter(({ name }) => (placement.services[name]?.policies.length ?? 0) > 0)
    .map(({ name }) => finding(context, name, "policies", verdict));
}

function scaling(name: string, placement: Placement, report: (key: string, verdict: Verdict) => Finding): Finding[] {
  const scale = placement.services[name]?.scale;
  if (!scale) return [];
  const refuse = (key: string, reason: string, remedy: string) => report(key, refused(reason, remedy));
  return [
    ...(scale.memory === null
      ? []
      : [refuse("scale.memory", "Beanstalk's triggers do not measure memory", "scale by cpu")]),
    ...(scale.requests === null
      ? []
      : [
          refuse(
            "scale.requests",
            "Beanstalk has no trigger by requests of one instance on a shared load balancer",
            "scale by cpu",
          ),
        ]),
    ...scale.schedule.flatMap((action, i) =>
      scheduleOf(action)
        ? []
        : [
            refuse(
              `scale.schedule[${i}]`,
              `Auto Scaling cannot say ${action.at} in ${action.timezone}`,
              "give cron(…) or at(…) in UTC, without a year, L, W or #",
            ),
          ],
    ),
  ];
}

function deploymentVerdict(
  strategy: Placement["services"][string]["deployment"]["strategy"],
  { type, policy, writers: own }: Deployment,
): Verdict[] {
  if (strategy === "rolling") return [];
  if (own.length > 0) return [changed(`AllAtOnce instead of ${strategy}: ${ONE_WRITER}`, CONCURRENT)];
  if (strategy === "blue-green")
    return [changed(`${policy}: new instances take over at once when they are healthy, without a bake time`, NOTHING)];
  const reason =
    type === "single"
      ? "a single instance has no traffic to split"
      : "Beanstalk splits traffic on a load balancer of the environment's own alone, not on a shared one";
  return [
    refused(
      `${reason}: new instances would take over at once`,
      `deployment: { strategy: rolling } or blue-green, or ${FARGATE}`,
    ),
  ];
}

function properties(context: Context): Finding[] {
  const { app, placement } = context;
  const bytes = propertyBytes(beanstalkFile(app, placement), placement);
  if (bytes <= PROPERTY_BYTES) return [];
  const verdict = refused(
    `the secrets' names and ARNs are ${bytes} bytes, and Beanstalk takes ${PROPERTY_BYTES} of environment properties`,
    `put several of them into one secret, or ${FARGATE}`,
  );
  return [finding(context, null, "secrets", verdict)];
}
