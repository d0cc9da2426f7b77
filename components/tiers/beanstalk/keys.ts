/** What the tier does to each Compose key. Pure. */
import type { ComposeKey } from "../../../app/compose/keys";
import { changed, type FitContext, kept, type KeyRule, type KeyTable, refused, type Verdict } from "../../../app/fit";
import type { App, FileGrant, KeyUse, Service } from "../../../app/model";
import { secretsOf } from "../../../app/value";
import { commonKeys, secretStoreOf } from "../common-keys";
import {
  configText,
  dependencyOnJob,
  isOnDisk,
  jobVerdicts,
  linkToJob,
  swarmJob,
  unlessJob,
  volumesFromJob,
} from "../compose";
import { deploymentOf } from "./deployment";
import { mountVerdict } from "./mounts";

export const NOTHING = "nothing to do; leave the key out to be rid of this line";
export const FARGATE = "place the app on fargate";

const leftOut = (reason: string, remedy: string = NOTHING) => changed(`left out: ${reason}`, remedy);
const noContainer = leftOut("the service has no container here");
/** Docker on the instance does what Docker does anywhere. */
const machine = kept("docker compose does it on each instance");

/** A rule that is told the service; a service that does not run has one word for all its keys. */
function ofService(rule: (service: Service, use: KeyUse, context: FitContext) => Verdict | null): KeyRule {
  return (use, context) => {
    const service = use.service === null ? undefined : context.app.services[use.service];
    if (!service) return null;
    const { absent } = deploymentOf(context.app, context.placement);
    return service.name in absent ? noContainer : rule(service, use, context);
  };
}

const running = (verdict: Verdict): KeyRule => ofService(() => verdict);

/** One verdict for several rows. */
function rows<K extends ComposeKey>(keys: readonly K[], rule: KeyRule): Readonly<Record<K, KeyRule>> {
  return Object.fromEntries(keys.map((key) => [key, rule])) as Record<K, KeyRule>;
}

const indexOf = ({ key }: KeyUse): number => Number(/\[(\d+)\]/u.exec(key)?.[1] ?? Number.NaN);

/** One word for each item of a list, at the leaf that every item has; the item's other leaves say nothing of their own. */
function ofItem(
  leaf: string,
  list: string,
  rule: (service: Service, index: number, context: FitContext) => Verdict,
): KeyRule {
  return ofService((service, use, context) => {
    if (use.pattern === `services.*.${list}`) return leftOut("an empty list");
    const index = indexOf(use);
    return use.key === `${list}[${index}].${leaf}` ? rule(service, index, context) : null;
  });
}

const carried = rows(
  [
    "services.*.annotations",
    "services.*.blkio_config",
    "services.*.cap_add",
    "services.*.cap_drop",
    "services.*.cgroup",
    "services.*.cgroup_parent",
    "services.*.cpu_period",
    "services.*.cpu_quota",
    "services.*.cpu_rt_period",
    "services.*.cpu_rt_runtime",
    "services.*.cpu_shares",
    "services.*.cpuset",
    "services.*.device_cgroup_rules",
    "services.*.devices",
    "services.*.dns",
    "services.*.dns_opt",
    "services.*.dns_search",
    "services.*.domainname",
    "services.*.expose",
    "services.*.extra_hosts",
    "services.*.group_add",
    "services.*.hostname",
    "services.*.init",
    "services.*.ipc",
    "services.*.label_file",
    "services.*.labels",
    "services.*.mac_address",
    "services.*.mem_swappiness",
    "services.*.memswap_limit",
    "services.*.networks",
    "services.*.oom_kill_disable",
    "services.*.oom_score_adj",
    "services.*.pid",
    "services.*.pids_limit",
    "services.*.post_start",
    "services.*.pre_stop",
    "services.*.privileged",
    "services.*.read_only",
    "services.*.runtime",
    "services.*.security_opt",
    "services.*.shm_size",
    "services.*.stdin_open",
    "services.*.stop_grace_period",
    "services.*.stop_signal",
    "services.*.storage_opt",
    "services.*.sysctls",
    "services.*.tmpfs",
    "services.*.tty",
    "services.*.ulimits",
    "services.*.user",
    "services.*.userns_mode",
    "services.*.uts",
    "services.*.working_dir",
    "services.*.deploy.resources.limits.pids",
  ],
  running(machine),
);

const networks = rows(
  [
    "networks.*",
    "networks.*.attachable",
    "networks.*.driver_opts",
    "networks.*.enable_ipv4",
    "networks.*.enable_ipv6",
    "networks.*.internal",
    "networks.*.ipam",
    "networks.*.labels",
    "networks.*.name",
  ],
  machine,
);

const platform = ofService((service, use, { app, placement }) => {
  if (/windows/iu.test(String(use.value))) return refused("only Linux images run here", "build the image for Linux");
  const { misfits, architecture } = deploymentOf(app, placement);
  return misfits.includes(service.name)
    ? refused(`the instances are ${architecture}, as another service asks`, "name one platform for all services")
    : kept("the processor of the instances");
});

const environment = ofService((service, use) => {
  const value = service.environment[use.key.slice("environment.".length)];
  if (value === undefined || value === null) return leftOut("it has no value here, as with docker compose");
  return secretsOf(value).length > 0
    ? kept("by reference: each instance fetches the secret when it starts")
    : kept("in the Compose file that the instances run");
});

/** cpu and memory are the container's own limits, and decide the instance type. */
const size = (kind: "cpu" | "memory"): KeyRule =>
  ofService((service, _use, { app, placement }) => {
    const placed = placement.services[service.name]?.[kind] ?? null;
    if (placed !== null) return leftOut(`size says ${kind === "cpu" ? `${placed} vCPU` : `${placed} MiB`} instead`);
    const { instance } = deploymentOf(app, placement);
    return kept(`the container's own, and part of the sum that each instance (${instance.name}) has to hold`);
  });

const gpu = refused("no instance type with a GPU is offered here", "call a hosted model, or leave the key out");

const networkMode = ofService((service, use) =>
  String(use.value).startsWith("container:")
    ? refused(`a container outside of the app cannot be joined`, "put it into the app as a service")
    : service.networkMode === "host"
      ? kept("the instance's own network; open is what is published")
      : machine,
);

const dependency = ofService((service, use, { app, placement }) => {
  const name = Object.keys(app.services)
    .filter((n) => use.key === `depends_on.${n}` || use.key.startsWith(`depends_on.${n}.`))
    .sort((a, b) => b.length - a.length)[0];
  const wanted = name === undefined ? undefined : service.dependsOn[name];
  if (name === undefined || !wanted) return leftOut("the service that it names is not part of the app here");
  if (name in deploymentOf(app, placement).absent) return leftOut(`${name} does not run`);
  return dependencyOnJob(app, use) ?? kept(`on each instance it starts after ${name}`);
});

/** How many copies run is how many instances there are. */
const copies: KeyRule = unlessJob(jobVerdicts.replicas, (use, context) => {
  const { absent, instances, type } = deploymentOf(context.app, context.placement);
  const service = context.app.services[use.service ?? ""];
  if (!service) return null;
  if (service.name in absent) return kept("no copy runs: the service has no container");
  const scaled = context.placement.services[service.name]?.scale;
  if (!scaled && instances.min === instances.max && service.replicas === instances.min)
    return kept(`${instances.min} ${instances.min === 1 ? "instance" : "instances"}, each with a copy`);
  const count = instances.min === instances.max ? String(instances.min) : `${instances.min} to ${instances.max}`;
  return changed(
    `${count}: each instance runs every service once`,
    type === "single"
      ? "beanstalk: { type: load-balanced } for more instances"
      : `the same count for all services, or ${FARGATE}`,
  );
});

const mode = unlessJob(jobVerdicts.mode, (use) =>
  String(use.value).endsWith("job") ? swarmJob : leftOut("every instance runs every service"),
);

const logging = ofService(({ job, logging: said }) => {
  const driver = said?.driver ?? null;
  if (job && driver === null)
    return leftOut("a job's output goes to a log group of its own", "name the driver that they are for");
  return driver === null || (!job && ["json-file", "local"].includes(driver))
    ? kept("docker compose does it; Beanstalk sends what it writes to CloudWatch")
    : kept("docker compose does it; CloudWatch gets nothing of it");
});

const secretGrant = ofItem("source", "secrets", (service, index, { app }) =>
  grantVerdict(app, "secrets", find(service.secrets, index)),
);
const configGrant = ofItem("source", "configs", (service, index, { app }) =>
  grantVerdict(app, "configs", find(service.configs, index)),
);

const find = (grants: readonly FileGrant[], index: number) => grants.find((grant) => grant.index === index);

function grantVerdict(app: App, kind: "secrets" | "configs", grant: FileGrant | undefined): Verdict {
  if (!grant || !(grant.source in app[kind]))
    return refused(`the file has no such ${kind.slice(0, -1)}`, `name it under ${kind}`);
  if (kind === "configs" && configText(app, grant.source) === null)
    return refused("its content is not known here", "create its file, set its variable, or give its content");
  return kept(
    kind === "secrets"
      ? `the file ${grant.target}, which each instance fetches when it starts`
      : `the file ${grant.target}`,
  );
}

/** A secret or config that no service uses is not there. */
const ofTop =
  (
    section: "secrets" | "configs" | "volumes",
    rule: (name: string, use: KeyUse, context: FitContext) => Verdict,
  ): KeyRule =>
  (use, context) => {
    const { app } = context;
    const name = Object.keys(app[section])
      .filter((n) => use.key === `${section}.${n}` || use.key.startsWith(`${section}.${n}.`))
      .sort((a, b) => b.length - a.length)[0];
    if (name === undefined || !isUsed(app, section, name))
      return leftOut("no service uses it", "name it under a service, or leave it out");
    return rule(name, use, context);
  };

function isUsed(app: App, section: "secrets" | "configs" | "volumes", name: string): boolean {
  return Object.values(app.services).some((service) =>
    section === "volumes"
      ? service.mounts.some(({ type, source }) => type === "volume" && source === name)
      : service[section].some(({ source }) => source === name),
  );
}

const stored = ofTop("secrets", (_name, _use, context) =>
  kept(`stored encrypted in ${secretStoreOf(context)}, and fetched by reference`),
);
const content = ofTop("configs", () => kept("part of the bundle that the instances run"));
const calledByKey = (section: "secrets" | "configs") => ofTop(section, () => leftOut("it is called by its key"));

const volume = ofTop("volumes", (name, _use, { app }) =>
  isOnDisk(app, name)
    ? kept("a folder of its own on the app's EFS file system")
    : kept("a volume of Docker's own on each instance, which goes with it"),
);
const volumeDriver = ofTop("volumes", (name, use) =>
  use.value === "local" || use.value === ""
    ? kept("the local driver")
    : refused(`there is no volume driver ${String(use.value)}`, `leave the key out: ${name} is on EFS`),
);

const policyInstead = leftOut(
  "Beanstalk deploys by its own policy",
  "beanstalk: { batch } says how many instances at once; deployment: { strategy } how",
);

export const beanstalkKeys: KeyTable = {
  ...commonKeys,
  ...carried,
  ...networks,
  "networks.*.driver": (use) =>
    ["", "bridge", "host", "none", "macvlan", "ipvlan"].includes(String(use.value))
      ? machine
      : refused(`the driver ${String(use.value)} needs more than one instance's Docker`, "leave the key out"),
  "networks.*.external": leftOut(
    "the networks of other projects are not here; the app gets one of its own of the same name",
    "put the services that it joins into one app with include, or call the other app by its public name",
  ),
  "services.*.platform": platform,
  "services.*.environment": environment,
  "services.*.command": running(machine),
  "services.*.entrypoint": running(machine),
  "services.*.pull_policy": running(machine),
  "services.*.pull_refresh_after": leftOut("the image is pulled for each deployment"),
  // fit.ts has one finding for each published port
  "services.*.ports": ofService((_service, use) =>
    use.pattern === "services.*.ports" ? leftOut("an empty list") : null,
  ),
  "services.*.ports[].mode": leftOut("the load balancer, or the world, calls each instance's own port"),
  "services.*.ports[].name": leftOut("it names the port for people"),
  "services.*.container_name": unlessJob(jobVerdicts.containerName, running(machine)),
  "services.*.restart": unlessJob(jobVerdicts.restart, running(machine)),
  "services.*.deploy.restart_policy": unlessJob(jobVerdicts.restart, running(machine)),
  "services.*.links": ofService((service, _use, { app }) => linkToJob(app, service) ?? machine),
  "services.*.volumes_from": ofService((service, _use, { app }) => volumesFromJob(app, service) ?? machine),
  "services.*.depends_on": leftOut("it names no service"),
  "services.*.depends_on.*": dependency,
  "services.*.network_mode": networkMode,
  "services.*.external_links": refused(
    "containers of other projects are not here",
    "call the other app by its public name",
  ),
  "services.*.volumes": ofItem("target", "volumes", (service, index, { app }) => mountVerdict(app, service, index)),
  "services.*.secrets": secretGrant,
  "services.*.configs": configGrant,
  "services.*.logging": logging,
  "services.*.healthcheck": running(
    kept("docker's own check on each instance; its URL is the load balancer's too, where the port is published"),
  ),

  "services.*.cpu_count": leftOut("it is for Windows containers", "use cpus"),
  "services.*.cpu_percent": leftOut("it is for Windows containers", "use cpus"),
  "services.*.cpus": size("cpu"),
  "services.*.mem_limit": size("memory"),
  "services.*.mem_reservation": size("memory"),
  "services.*.deploy": leftOut("it says nothing"),
  "services.*.deploy.resources": leftOut("it says nothing"),
  "services.*.deploy.resources.limits.cpus": size("cpu"),
  "services.*.deploy.resources.limits.memory": size("memory"),
  "services.*.deploy.resources.reservations.cpus": size("cpu"),
  "services.*.deploy.resources.reservations.memory": size("memory"),
  "services.*.deploy.resources.reservations.devices": gpu,
  "services.*.deploy.resources.reservations.generic_resources": gpu,
  "services.*.gpus": gpu,
  "services.*.scale": copies,
  "services.*.deploy.replicas": copies,
  "services.*.deploy.mode": mode,
  "services.*.deploy.placement": leftOut(
    "there is no Swarm with nodes to choose from; instances are spread over the zones",
  ),
  "services.*.deploy.update_config": policyInstead,
  "services.*.deploy.rollback_config": leftOut("Beanstalk goes back as it went forward"),

  "secrets.*": stored,
  "secrets.*.environment": stored,
  "secrets.*.external": stored,
  "secrets.*.file": stored,
  "secrets.*.name": calledByKey("secrets"),
  "configs.*": content,
  "configs.*.content": content,
  "configs.*.environment": content,
  "configs.*.external": content,
  "configs.*.file": content,
  "configs.*.name": calledByKey("configs"),
  "volumes.*": volume,
  "volumes.*.driver": volumeDriver,
  "volumes.*.driver_opts": volume,
  "volumes.*.external": ofTop("volumes", (name) =>
    refused(
      `${name} is a volume of another project, with data that is not here`,
      "leave external out for an empty volume of the app's own",
    ),
  ),
  "volumes.*.labels": ofTop("volumes", () => machine),
  "volumes.*.name": ofTop("volumes", () => machine),
};
