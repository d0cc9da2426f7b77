/** What the tier does to each Compose key. Pure. */
import { changed, type FitContext, kept, type KeyTable, refused, type Verdict } from "../../../app/fit";
import type { KeyUse } from "../../../app/model";
import { commonKeys } from "../common-keys";
import { containerKeys } from "../ecs/rules/container";
import { deployKeys } from "../ecs/rules/deploy";
import { fileKeys } from "../ecs/rules/files";
import { networkKeys } from "../ecs/rules/network";
import { processKeys } from "../ecs/rules/process";
import { resourceKeys } from "../ecs/rules/resources";
import { asTexts, leftOut, ruleMakers, type ServiceRule } from "../ecs/rules/rule";
import { sidecarTarget } from "../ecs/tasks";
import { ec2Tier } from "./ec2-tier";
import { deviceRequests, hostDevices, securityOptions, sharedMemory } from "./machine";
import { settingsOf } from "./settings";

const MIB = 1024 * 1024;
const makers = ruleMakers(ec2Tier);
const { ofService, ofTask, flag } = makers;

const BRIDGE = "ecs-ec2: { networkMode: bridge } takes it";
const isBridge = ({ placement }: FitContext) => settingsOf(placement).networkMode === "bridge";

/** What only a container without an interface of its own can have. */
const onBridge = (reason: string, why: string) =>
  ofService((_service, _use, { context }) => (isBridge(context) ? kept(reason) : refused(why, BRIDGE)));

const noEcs = (what: string) => leftOut(`ECS has no word for it: ${what}`);

const devices: ServiceRule = (service) => {
  const given = hostDevices(service).length;
  return given === service.devices.length
    ? kept("the instance's device, given to the container")
    : refused("a device without a path of its own cannot be given", "name it by its path: /dev/…");
};

const gpus: ServiceRule = (service, _use, { tier, context, task, tasks }) => {
  const requests = deviceRequests(service);
  const other = requests.find(({ gpu }) => !gpu);
  if (other) return refused("GPUs are the only devices that ECS reserves", "name the device under devices");
  if (!tier.size(context.app, context.placement, tasks, task).fits)
    return refused("no instance type has so many GPUs, or this processor with one", "ask for fewer, on linux/amd64");
  if (requests.some(({ ids }) => ids.length > 0))
    return changed("as many GPUs as are named; which ones, ECS decides", "say count");
  return requests.some(({ count }) => count === null)
    ? changed("one GPU, as an instance has no number of them before it is chosen", "say count")
    : kept("GPUs of the container's own, on instances that have some");
};

/** What NVIDIA's driver can is all given; how many GPUs there are stands at their number. */
const capabilities: ServiceRule = (service, use, more) => {
  const requests = deviceRequests(service);
  const counted = requests.every(({ gpu, count }) => gpu && count !== null);
  return counted ? leftOut("the container gets all that the GPU's driver can") : gpus(service, use, more);
};

const driver = leftOut("ECS's GPUs are NVIDIA's, with the driver of the instance's image");

const placementKey: ServiceRule = (service, use) => {
  const { placement } = service.deploy;
  const most = typeof placement === "object" && placement !== null && "max_replicas_per_node" in placement;
  return most && use.key.endsWith("max_replicas_per_node")
    ? Number(use.value) === 1
      ? kept("each task runs on an instance of its own")
      : leftOut("ECS knows one on each instance, or any number", "say 1, or leave it to ECS")
    : leftOut(
        "tasks are spread over the zones, and packed by memory within one",
        "platform says linux/arm64, and deploy.resources.reservations.devices asks for GPUs",
      );
};

const networkMode: ServiceRule = (service, use, more) => {
  if (sidecarTarget(service) !== null && isBridge(more.context))
    return refused(
      "containers of one task have no localhost in common under bridge",
      "leave ecs-ec2: { networkMode } at awsvpc, or call the service by its name",
    );
  if (service.networkMode === "host")
    return changed(
      "each task has an address or ports of its own, and no instance's",
      "name the ports under ports or expose, and call services by name",
    );
  const shared = networkKeys(makers)["services.*.network_mode"];
  return shared(use, more.context);
};

const network: ServiceRule = (_service, _use, { context }) =>
  isBridge(context)
    ? leftOut(
        "under bridge all tasks share their instances' group, so every service of the environment's apps there may call this one",
        "leave ecs-ec2: { networkMode } at awsvpc, where each task has a group of its own",
      )
    : kept("who shares a network may call the service, nobody else");

const pid: ServiceRule = (service, use, more) =>
  service.pid === "host" && service === more.task.main
    ? kept("the instance's own process namespace")
    : processKeys(makers)["services.*.pid"](use, more.context);

const ipc: ServiceRule = (service, use, { task }) => {
  const value = String(use.value);
  const target = /^service:(.+)$/u.exec(value)?.[1];
  if (value === "host" && service === task.main) return kept("the instance's own IPC namespace");
  if (target !== undefined && service !== task.main && task.services.some(({ name }) => name === target))
    return kept("all containers of the task share one IPC namespace");
  return value === "host" || target !== undefined || value.startsWith("container:")
    ? refused(`${value} is not there to share`, "leave the key out, or put the service into the other's task")
    : leftOut("each container has an IPC namespace of its own");
};

const namespace =
  (what: string) =>
  (use: KeyUse): Verdict =>
    use.value === "host"
      ? refused(`ECS shares no ${what} of the instance`, "leave the key out")
      : leftOut(`each container has its ${what}`);

const security: ServiceRule = (service, use) => {
  const options = asTexts(use.value);
  const known = options.every((option) => /^no-new-privileges(?:[:=](?:true|false))?$/u.test(option));
  if (!known)
    return refused(
      "profiles of seccomp, AppArmor and SELinux need an instance that is set up for them",
      "leave all but no-new-privileges out",
    );
  return securityOptions(service).length > 0
    ? kept("no process gains privileges, not even by a setuid program")
    : leftOut("it is off anyway");
};

const shm: ServiceRule = (service) =>
  (service.shmSize ?? 0) % MIB === 0
    ? kept("the size of /dev/shm, in the instance's memory")
    : changed(`${sharedMemory(service) ?? 0} MiB: ECS takes whole ones`, "nothing to do");

const hasNoSwap = leftOut("the instances have no swap");
const address = noEcs("addresses and interfaces are given out at each start; call services by name");

export const ec2Keys: KeyTable = {
  ...commonKeys,
  ...deployKeys(makers),
  ...fileKeys(makers),
  ...networkKeys(makers),
  ...processKeys(makers),
  ...resourceKeys(makers),
  ...containerKeys(makers),

  // what an instance has
  "services.*.devices": ofService(devices),
  "services.*.deploy.placement": ofTask(placementKey),
  "services.*.deploy.resources.reservations.devices": ofService(gpus),
  "services.*.deploy.resources.reservations.devices[].capabilities": ofService(capabilities),
  "services.*.deploy.resources.reservations.devices[].driver": driver,
  "services.*.deploy.resources.reservations.devices[].options": driver,
  "services.*.gpus[].capabilities": ofService(capabilities),
  "services.*.gpus[].driver": driver,
  "services.*.gpus[].options": driver,
  "services.*.dns": onBridge(
    "the container asks these servers",
    "a task with an interface asks the network's resolver",
  ),
  "services.*.dns_search": onBridge("appended to short names", "a task with an interface has the network's domains"),
  "services.*.extra_hosts": onBridge(
    "in the container's /etc/hosts",
    "ECS writes no /etc/hosts of a task with an interface of its own",
  ),
  "services.*.gpus": ofService(gpus),
  "services.*.ipc": ofService(ipc),
  "services.*.network_mode": ofService(networkMode),
  "services.*.networks.*": ofService(network),
  "services.*.pid": ofService(pid),
  "services.*.privileged": flag(
    kept("root on the instance, which other apps' tasks share: give single rights under cap_add where they do"),
  ),
  "services.*.security_opt": ofService(security),
  "services.*.shm_size": ofService(shm),

  // what ECS has no word for
  "services.*.blkio_config": noEcs("the bandwidth of disks"),
  "services.*.cgroup": noEcs("control groups are the agent's"),
  "services.*.cgroup_parent": noEcs("control groups are the agent's"),
  "services.*.cpu_count": leftOut("it is for Windows containers", "use cpus"),
  "services.*.cpu_percent": leftOut("it is for Windows containers", "use cpus"),
  "services.*.cpu_period": leftOut("the task's cpu is shared out by cpus", "use cpus"),
  "services.*.cpu_quota": leftOut("the task's cpu is shared out by cpus", "use cpus"),
  "services.*.cpu_rt_period": noEcs("realtime scheduling"),
  "services.*.cpu_rt_runtime": noEcs("realtime scheduling"),
  "services.*.cpu_shares": leftOut("the task's cpu is shared out by cpus", "use cpus"),
  "services.*.cpuset": noEcs("which processors"),
  "services.*.deploy.resources.limits.pids": noEcs("the number of processes; use ulimits: { nproc }"),
  "services.*.pids_limit": noEcs("the number of processes; use ulimits: { nproc }"),
  "services.*.deploy.resources.reservations.generic_resources": refused(
    "ECS has no generic resources",
    "leave the key out",
  ),
  "services.*.device_cgroup_rules": refused("ECS has no rules for devices", "name each device under devices"),
  "services.*.dns_opt": noEcs("options of the resolver"),
  "services.*.domainname": noEcs("a domain of the container's own"),
  "services.*.external_links": refused(
    "containers of other projects are not here",
    "call the other app by its public name",
  ),
  "services.*.group_add": refused("ECS gives a process no further groups", "give the group in user, as uid:gid"),
  "services.*.mac_address": address,
  "services.*.mem_swappiness": hasNoSwap,
  "services.*.memswap_limit": hasNoSwap,
  "services.*.networks.*.driver_opts": address,
  "services.*.networks.*.gw_priority": address,
  "services.*.networks.*.interface_name": address,
  "services.*.networks.*.ipv4_address": address,
  "services.*.networks.*.ipv6_address": address,
  "services.*.networks.*.link_local_ips": address,
  "services.*.networks.*.mac_address": address,
  "services.*.networks.*.priority": address,
  "services.*.oom_kill_disable": noEcs("a container that exceeds its memory is stopped"),
  "services.*.oom_score_adj": noEcs("a container that exceeds its memory is stopped"),
  "services.*.post_start": refused("ECS runs nothing in a container from outside", "put it into the start script"),
  "services.*.pre_stop": refused("ECS runs nothing in a container from outside", "do it on SIGTERM"),
  "services.*.runtime": (use: KeyUse) =>
    use.value === "runc" || use.value === "nvidia"
      ? leftOut("the agent chooses it: NVIDIA's where GPUs are asked for")
      : refused("ECS's agent chooses the container runtime", "leave the key out"),
  "services.*.storage_opt": leftOut(
    "a container's disk is its instance's, which its tasks share",
    "ecs-ec2: { disk } says how large it is",
  ),
  "services.*.userns_mode": namespace("user namespace"),
  "services.*.uts": namespace("host name"),
};
