/** What the tier does to each Compose key: a machine of one's own keeps nearly all of them. Pure. */
import { changed, kept, refused, type KeyRule, type KeyTable, type Verdict } from "../../../app/fit";
import type { KeyUse, Service } from "../../../app/model";
import type { FitContext } from "../../../app/fit";
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
import { asked, layoutOf } from "./layout";
import { bindVerdict } from "./mounts";

const NOTHING = "nothing to do; leave the key out to be rid of this line";
const leftOut = (reason: string, remedy: string = NOTHING): Verdict => changed(`left out: ${reason}`, remedy);
const asWritten = kept("as written, in the machine's own Compose file");
const swarm = leftOut("it is for Docker Swarm, and Compose itself passes over it");
const windows = (remedy = NOTHING) => leftOut("it is for Windows containers, and only Linux is hosted", remedy);
const noGpu = refused("Lightsail's general machines have no GPUs", "call a hosted model, or leave the key out");

/** A rule that is told the service. */
function ofService(rule: (service: Service, use: KeyUse, context: FitContext) => Verdict | null): KeyRule {
  return (use, context) => {
    const service = use.service === null ? undefined : context.app.services[use.service];
    return service ? rule(service, use, context) : null;
  };
}

const written = ofService(() => asWritten);
const indexOf = (use: KeyUse): number => Number(/\[(\d+)\]/u.exec(use.key)?.[1] ?? -1);

/** One word for each mount, at its target; its type, source and mode are part of it. */
const mount = ofService((service, use, context) => {
  const found = service.mounts.find(({ index }) => index === indexOf(use));
  if (!found) return leftOut("it mounts nothing");
  switch (found.type) {
    case "volume":
      if (found.source === null) return kept("a volume of Docker's own, on the machine's disk");
      return isOnDisk(context.app, found.source)
        ? kept("a folder of the app's data disk, which outlives the machine")
        : kept("as the volume's own options say");
    case "bind":
      return bindVerdict(context.app, service, found);
    case "tmpfs":
      return asWritten;
    case "image":
      return refused(
        "another image's files are mounted by no Compose of the distribution",
        "COPY --from in the Dockerfile",
      );
    case "npipe":
      return refused("named pipes are of Windows, and only Linux is hosted", "leave the mount out");
    case "cluster":
      return refused("there is no Swarm with its volumes", "use a volume of the file");
  }
});

const partOfMount = ofService((service, use) =>
  service.mounts.some(({ index }) => index === indexOf(use)) ? null : leftOut("it mounts nothing"),
);

/** A rule for something at the top of the file, which counts only where a service uses it. */
function ofTop(
  section: "volumes" | "secrets" | "configs",
  rule: (name: string, use: KeyUse, context: FitContext) => Verdict,
): KeyRule {
  return (use, context) => {
    const { app } = context;
    const name =
      Object.keys(app[section])
        .filter((n) => use.key === `${section}.${n}` || use.key.startsWith(`${section}.${n}.`))
        .sort((a, b) => b.length - a.length)[0] ?? "";
    const used = Object.values(app.services).some((service) =>
      section === "volumes"
        ? service.mounts.some((m) => m.type === "volume" && m.source === name)
        : service[section].some(({ source }) => source === name),
    );
    return used
      ? rule(name, use, context)
      : leftOut(`no service uses ${name}`, "name it under a service, or leave it out");
  };
}

const volume = ofTop("volumes", (name, _use, { app }) =>
  isOnDisk(app, name) ? kept("a folder of the app's data disk") : asWritten,
);
const secretValue = ofTop("secrets", (_name, _use, context) =>
  kept(`stored encrypted in ${secretStoreOf(context)}, and fetched by the machine`),
);
const configValue = ofTop("configs", (name, _use, { app }) =>
  configText(app, name) === null
    ? refused("nobody knows what is in it", "create its file beside the Compose file, or give its content")
    : kept("written on the machine"),
);

/** A limit of a container: the config's `size` wins over it. */
const size = (kind: "cpu" | "memory") =>
  ofService((service, _use, { placement }) => {
    const placed = placement.services[service.name]?.[kind] ?? null;
    if (placed === null) return kept("so Docker runs the container, and it counts for the machine's size");
    return leftOut(`size says ${kind === "cpu" ? `${placed} vCPU` : `${placed} MiB`} instead`);
  });

/** Docker alone looks at it, within the limit that the machine is chosen by. */
const reservation = (kind: "cpu" | "memory") =>
  ofService((service, _use, { placement }) =>
    (placement.services[service.name]?.[kind] ?? null) === null
      ? asWritten
      : leftOut("size says what the service gets", "leave the key out"),
  );

const count = ofService((service, _use, { app, placement }) => {
  const { copies, machines } = layoutOf(app, placement);
  const runs = (copies[service.name] ?? 1) * machines;
  const wanted = placement.services[service.name]?.scale ? asked(app, placement, service.name) : service.replicas;
  if (runs === wanted) return kept(machines === 1 ? `${runs} on the machine` : `shared out among ${machines} machines`);
  return changed(
    `${runs} run: ${machines === 1 ? "the machine's own port, or its data, is one container's" : `the same number on each of ${machines} machines`}`,
    machines === 1 ? "publish it by HTTP, which a proxy can share out, or set concurrent: true" : "ask for a multiple",
  );
});

const platform: KeyRule = (use) => {
  const [first] = [use.value].flat().map(String);
  if (first !== undefined && /^linux(?:\/(?:amd64|x86_64)(?:\/v\d)?)?$/u.test(first)) return asWritten;
  return refused(
    `${first ?? "it"} does not run here: Lightsail's machines are x86-64`,
    "build the image for linux/amd64",
  );
};

/** Drivers that are part of Docker; any other is a plugin, which the machine does not have. */
const LOG_DRIVERS = [
  "none",
  "local",
  "json-file",
  "syslog",
  "journald",
  "gelf",
  "fluentd",
  "awslogs",
  "splunk",
  "gcplogs",
];

const networkDriver: KeyRule = (use) =>
  ["", "bridge", "host", "none", "macvlan", "ipvlan"].includes(String(use.value))
    ? asWritten
    : refused(
        `the machine has no network driver ${String(use.value)}`,
        "leave the key out: the network is Docker's bridge",
      );

const ownRows = {
  "services.*.container_name": unlessJob(jobVerdicts.containerName, written),
  "services.*.annotations": written,
  "services.*.pull_policy": ofService((_service, use) =>
    use.value === "build" ? leftOut("the image is built before, and pulled") : asWritten,
  ),
  "services.*.build.platforms": platform,
  "services.*.platform": ofService((_service, use, context) =>
    (platform as (u: KeyUse, c: FitContext) => Verdict)(use, context),
  ),

  "services.*.command": written,
  "services.*.entrypoint": written,
  "services.*.environment": written,
  "services.*.user": written,
  "services.*.group_add": written,
  "services.*.working_dir": written,
  "services.*.init": written,
  "services.*.tty": written,
  "services.*.stdin_open": written,
  "services.*.read_only": written,
  "services.*.labels": written,
  "services.*.label_file": ofService(() => kept("read into the container's labels")),
  "services.*.healthcheck": written,
  "services.*.stop_grace_period": written,
  "services.*.stop_signal": written,
  "services.*.restart": unlessJob(jobVerdicts.restart, written),
  "services.*.post_start": written,
  "services.*.pre_stop": written,

  "services.*.cap_add": written,
  "services.*.cap_drop": written,
  "services.*.privileged": written,
  "services.*.security_opt": written,
  "services.*.sysctls": written,
  "services.*.ulimits": written,
  "services.*.devices": written,
  "services.*.device_cgroup_rules": written,
  "services.*.cgroup": written,
  "services.*.cgroup_parent": written,
  "services.*.ipc": written,
  "services.*.pid": written,
  "services.*.uts": written,
  "services.*.userns_mode": written,
  "services.*.isolation": windows(),
  "services.*.credential_spec": refused("it is for Windows containers, and only Linux is hosted", "leave the key out"),
  "services.*.runtime": ofService((_service, use) =>
    ["runc", "io.containerd.runc.v2"].includes(String(use.value))
      ? asWritten
      : refused(`the machine has runc alone, no ${String(use.value)}`, "leave the key out"),
  ),

  "services.*.blkio_config": written,
  "services.*.cpu_count": windows("use cpus"),
  "services.*.cpu_percent": windows("use cpus"),
  "services.*.cpu_period": written,
  "services.*.cpu_quota": written,
  "services.*.cpu_rt_period": written,
  "services.*.cpu_rt_runtime": written,
  "services.*.cpu_shares": written,
  "services.*.cpuset": written,
  "services.*.cpus": size("cpu"),
  "services.*.mem_limit": size("memory"),
  "services.*.mem_reservation": reservation("memory"),
  "services.*.mem_swappiness": written,
  "services.*.memswap_limit": ofService((service, _use, { placement }) =>
    (placement.services[service.name]?.memory ?? null) === null ? asWritten : leftOut("size says the memory instead"),
  ),
  "services.*.oom_kill_disable": written,
  "services.*.oom_score_adj": written,
  "services.*.pids_limit": written,
  "services.*.shm_size": written,
  "services.*.storage_opt": refused(
    "the size of a container's disk cannot be set on the machine's file system",
    "leave the key out, or take a larger bundle",
  ),
  "services.*.gpus": noGpu,
  "services.*.tmpfs": written,

  "services.*.deploy": leftOut("it says nothing"),
  "services.*.deploy.endpoint_mode": swarm,
  "services.*.deploy.labels": swarm,
  "services.*.deploy.mode": unlessJob(jobVerdicts.mode, (use) =>
    String(use.value).endsWith("job") ? swarmJob : leftOut("every machine runs every service"),
  ),
  "services.*.deploy.placement": swarm,
  "services.*.deploy.replicas": unlessJob(jobVerdicts.replicas, count),
  "services.*.scale": unlessJob(jobVerdicts.replicas, count),
  "services.*.deploy.resources": leftOut("it says nothing"),
  "services.*.deploy.resources.limits.cpus": size("cpu"),
  "services.*.deploy.resources.limits.memory": size("memory"),
  "services.*.deploy.resources.limits.pids": written,
  "services.*.deploy.resources.reservations.cpus": reservation("cpu"),
  "services.*.deploy.resources.reservations.memory": reservation("memory"),
  "services.*.deploy.resources.reservations.devices": noGpu,
  "services.*.deploy.resources.reservations.generic_resources": refused(
    "the machine has no generic resources",
    "leave the key out",
  ),
  "services.*.deploy.restart_policy": unlessJob(jobVerdicts.restart, written),
  "services.*.deploy.rollback_config": leftOut(
    "a deployment that fails is not rolled back",
    "deploy the former file again",
  ),
  "services.*.deploy.update_config": leftOut("Compose replaces the containers of a service one after the other"),

  "services.*.depends_on": ofService((_service, use, { app }) => dependencyOnJob(app, use) ?? asWritten),
  "services.*.links": ofService((service, _use, { app }) => linkToJob(app, service) ?? asWritten),
  "services.*.external_links": refused(
    "containers of other projects are not here",
    "call the other app by its public name",
  ),
  "services.*.expose": written,
  // fit.ts has one finding for each published port
  "services.*.ports": ofService((_service, use) =>
    use.pattern === "services.*.ports" ? leftOut("an empty list") : null,
  ),
  "services.*.ports[].mode": swarm,
  "services.*.ports[].name": leftOut("a published port has no name on the machine"),
  "services.*.network_mode": ofService((_service, use) =>
    String(use.value).startsWith("container:")
      ? refused("a container outside of the app cannot be joined", "put it into the app as a service")
      : asWritten,
  ),
  "services.*.networks": written,
  "services.*.hostname": written,
  "services.*.domainname": written,
  "services.*.extra_hosts": written,
  "services.*.dns": written,
  "services.*.dns_opt": written,
  "services.*.dns_search": written,
  "services.*.mac_address": written,
  "networks.*": asWritten,
  "networks.*.attachable": asWritten,
  "networks.*.driver": networkDriver,
  "networks.*.driver_opts": asWritten,
  "networks.*.enable_ipv4": asWritten,
  "networks.*.enable_ipv6": asWritten,
  "networks.*.external": changed(
    "made for the app: the networks of other projects are not on its machine",
    "put the services that it joins into one app with include, or call the other app by its public name",
  ),
  "networks.*.internal": asWritten,
  "networks.*.ipam": asWritten,
  "networks.*.labels": asWritten,
  "networks.*.name": asWritten,

  "services.*.volumes": mount,
  "services.*.volumes[].bind": partOfMount,
  "services.*.volumes[].consistency": leftOut("it is for Docker Desktop on a Mac"),
  "services.*.volumes[].image": partOfMount,
  "services.*.volumes[].read_only": partOfMount,
  "services.*.volumes[].source": partOfMount,
  "services.*.volumes[].target": mount,
  "services.*.volumes[].tmpfs": partOfMount,
  "services.*.volumes[].type": partOfMount,
  "services.*.volumes[].volume": partOfMount,
  "services.*.volumes_from": ofService((service, _use, { app }) =>
    service.volumesFrom.length === 0
      ? refused("containers of other projects are not here", "name the volumes under volumes")
      : (volumesFromJob(app, service) ?? asWritten),
  ),
  "volumes.*": volume,
  "volumes.*.driver": ofTop("volumes", (_name, use) =>
    ["local", ""].includes(String(use.value))
      ? leftOut("it is Docker's own driver anyway")
      : refused(
          `the machine has no volume driver ${String(use.value)}`,
          "leave the key out: the volume is on the data disk",
        ),
  ),
  "volumes.*.driver_opts": ofTop("volumes", () => asWritten),
  "volumes.*.external": ofTop("volumes", (name) =>
    refused(
      `${name} is a volume of another project, with data that is not here`,
      "leave external out for an empty volume of the app's own",
    ),
  ),
  "volumes.*.labels": ofTop("volumes", () => asWritten),
  "volumes.*.name": ofTop("volumes", () => asWritten),

  "services.*.secrets": ofService((_service, _use, context) =>
    kept(`a file that the machine fetches from ${secretStoreOf(context)}`),
  ),
  "services.*.configs": ofService((service, use, { app }) => {
    const grant = service.configs.find(({ index }) => index === indexOf(use));
    return grant && configText(app, grant.source) === null
      ? refused("nobody knows what is in it", "create its file beside the Compose file, or give its content")
      : kept("a file that is written on the machine");
  }),
  "secrets.*": secretValue,
  "secrets.*.environment": secretValue,
  "secrets.*.external": secretValue,
  "secrets.*.file": secretValue,
  "secrets.*.name": ofTop("secrets", (_name, use, context) => {
    const { app } = context;
    const external = app.secrets[use.key.split(".")[1] ?? ""]?.kind === "external";
    return external ? kept("the secret or parameter that is read") : leftOut("a secret is called by its key");
  }),
  "configs.*": configValue,
  "configs.*.content": configValue,
  "configs.*.environment": configValue,
  "configs.*.external": configValue,
  "configs.*.file": configValue,
  "configs.*.name": ofTop("configs", () => leftOut("a config is called by its key")),

  "services.*.logging": written,
  "services.*.logging.driver": ofService((_service, use) =>
    LOG_DRIVERS.includes(String(use.value))
      ? asWritten
      : refused(`the machine has no log driver ${String(use.value)}`, "leave logging out: logs go to CloudWatch"),
  ),
  "services.*.logging.options": ofService((service) =>
    service.logging?.driver
      ? asWritten
      : leftOut("they are of Docker's own driver, and logs go to CloudWatch", "name the driver that they are for"),
  ),
};

/** The tier's key table: what all tiers say alike, then its own words. */
export const keyTable: KeyTable = { ...commonKeys, ...ownRows };
