/** Keys of the machine under the containers, which is the user's own. Pure. */
import { changed, kept, refused, type Verdict } from "../../../../app/fit";
import type { Service } from "../../../../app/model";
import { asTexts, leftOut, type RuleMakers, type ServiceRule } from "../../ecs/rules/rule";
import {
  canonicalTexts,
  devicesOf,
  extraHosts,
  gpusOf,
  maxSwap,
  securityOptions,
  sharedMemory,
  swappiness,
} from "../machine-parameters";

const MIB = 1024 * 1024;

/** A key of Docker's that a task definition has no place for, and that changes nothing of what the app does. */
const noPlace = leftOut("a task definition has no place for it");
const nothing = (remedy: string) => refused("a task definition has no place for it", remedy);
const addresses = leftOut("Docker gives out addresses at each start; call services by name");

const gpu: ServiceRule = (service) => {
  const count = gpusOf(service);
  if (count === "all") return refused("ECS gives GPUs by number, and not all that there are", "say how many: count: 1");
  return count === 0
    ? leftOut("it asks for no GPU")
    : kept(`${count} of the machine's GPUs, which must have NVIDIA's driver and container runtime`);
};

/** What Docker's words about GPUs have besides their number. */
const gpuDetails = (path: string, makers: RuleMakers) => ({
  [`${path}[].capabilities`]: leftOut("only GPUs are counted"),
  [`${path}[].count`]: makers.ofService(gpu),
  [`${path}[].device_ids`]: makers.ofService((service, use, more) => {
    const verdict = gpu(service, use, more);
    return verdict?.outcome === "kept"
      ? changed(`${gpusOf(service)} of the machine's GPUs, whichever are free`, "say count instead")
      : verdict;
  }),
  [`${path}[].driver`]: leftOut("ECS gives NVIDIA's GPUs alone"),
  [`${path}[].options`]: noPlace,
});

const devices: ServiceRule = (service) =>
  devicesOf(service).length === service.devices.length
    ? kept("devices of the machine that the task runs on")
    : refused("ECS gives devices by their paths on the machine", "name the path: /dev/ttyUSB0:/dev/ttyUSB0");

const hosts: ServiceRule = (service) => {
  const all = Object.values(service.extraHosts).flat().length;
  return extraHosts(service).length === all
    ? kept("lines of the container's /etc/hosts")
    : refused(
        "ECS takes addresses, and host-gateway is none",
        "say 172.17.0.1, which the machine has on Docker's bridge",
      );
};

const security: ServiceRule = (service, use) => {
  const lost = asTexts(use.value).filter((option) => !/^(?:no-new-privileges|apparmor)(?:[:=]|$)/u.test(option));
  if (lost.length > 0)
    return refused(
      `${lost.join(" and ")} cannot be had: ECS passes on no-new-privileges and AppArmor's profiles alone`,
      "leave it out, or accept it",
    );
  return securityOptions(service).length > 0 ? kept("passed on to Docker") : leftOut("it is off anyway");
};

const swapLimit: ServiceRule = (service, use) => {
  if (Number(use.value) < 0) return leftOut("how much swap there is beside the memory is the machine's");
  if (service.limits.memory === null) return leftOut("it counts only beside a limit of the memory", "say mem_limit");
  return kept(`${maxSwap(service) ?? 0} MiB of swap beside the memory`);
};

const shm: ServiceRule = (service) => {
  const given = sharedMemory(service) ?? 0;
  return given * MIB === service.shmSize
    ? kept("MiB of /dev/shm")
    : changed(`${given} MiB of /dev/shm: ECS takes whole ones`, "nothing to do, or say it so");
};

/** A namespace that ECS shares for a whole task or not at all. */
const shared =
  (what: string, value: (service: Service) => string): ServiceRule =>
  (service) => {
    const said = value(service);
    if (said === "host") return changed(`all containers of the app's task share the machine's ${what}`, "leave it out");
    if (said.startsWith("service:") || said === "shareable")
      return changed(`all containers of the app's task share one ${what}`, "nothing to do");
    if (said.startsWith("container:"))
      return refused(`a container of another project has the ${what}`, "name a service of this file: service:x");
    return leftOut("each container has its own anyway");
  };

const userNamespace: ServiceRule = (_service, use): Verdict =>
  use.value === "host" || use.value === ""
    ? leftOut("Docker maps no users unless the machine's own settings say so")
    : nothing("set it in the machine's Docker");

const hostNames: ServiceRule = (_service, use): Verdict =>
  use.value === "host" ? nothing("leave the key out, or give the container a hostname") : leftOut("it is so anyway");

export const machineKeys = (makers: RuleMakers) => {
  const { ofService, flag } = makers;
  return {
    ...gpuDetails("services.*.deploy.resources.reservations.devices", makers),
    ...gpuDetails("services.*.gpus", makers),
    "services.*.blkio_config": noPlace,
    "services.*.cgroup": noPlace,
    "services.*.cgroup_parent": noPlace,
    "services.*.cpu_count": leftOut("it is for Windows containers", "use cpus"),
    "services.*.cpu_percent": leftOut("it is for Windows containers", "use cpus"),
    "services.*.cpu_period": leftOut("a task definition has no place for it", "use cpus"),
    "services.*.cpu_quota": leftOut("a task definition has no place for it", "use cpus"),
    "services.*.cpu_rt_period": noPlace,
    "services.*.cpu_rt_runtime": noPlace,
    "services.*.cpu_shares": leftOut("the share comes from cpus", "use cpus"),
    "services.*.cpuset": noPlace,
    "services.*.deploy.placement": leftOut(
      "the task runs on the machines of its group, whatever they are called",
      "ecs-anywhere: { machines } names the group",
    ),
    "services.*.deploy.resources.limits.pids": leftOut("processes are not counted", "use ulimits: { nproc }"),
    "services.*.deploy.resources.reservations.devices": ofService(gpu),
    "services.*.deploy.resources.reservations.generic_resources": nothing("leave the key out"),
    "services.*.device_cgroup_rules": nothing("name the devices, or set privileged: true"),
    "services.*.devices": ofService(devices),
    "services.*.dns": kept("name servers of the container"),
    "services.*.dns_opt": noPlace,
    "services.*.dns_search": ofService((service) =>
      canonicalTexts(service, "dns_search").length > 0
        ? kept("search domains of the container")
        : leftOut("it names none"),
    ),
    "services.*.domainname": noPlace,
    "services.*.external_links": refused(
      "containers of other projects are not in the task",
      "put the services into one app with include, or call the other app by the machine's address",
    ),
    "services.*.extra_hosts": ofService(hosts),
    "services.*.gpus": ofService(gpu),
    "services.*.group_add": nothing("give the group in user, as uid:gid"),
    "services.*.ipc": ofService(shared("IPC namespace", (service) => canonicalTexts(service, "ipc")[0] ?? "")),
    "services.*.mac_address": noPlace,
    "services.*.mem_swappiness": ofService((service) =>
      swappiness(service) === null
        ? leftOut("it counts only where the swap is limited", "say memswap_limit and mem_limit")
        : kept("how readily the container's memory is swapped out"),
    ),
    "services.*.memswap_limit": ofService(swapLimit),
    "services.*.networks.*.driver_opts": noPlace,
    "services.*.networks.*.gw_priority": leftOut("a container has one interface"),
    "services.*.networks.*.interface_name": leftOut("a container has one interface"),
    "services.*.networks.*.ipv4_address": addresses,
    "services.*.networks.*.ipv6_address": addresses,
    "services.*.networks.*.link_local_ips": addresses,
    "services.*.networks.*.mac_address": noPlace,
    "services.*.networks.*.priority": leftOut("a container has one interface"),
    "services.*.oom_kill_disable": noPlace,
    "services.*.oom_score_adj": noPlace,
    "services.*.pid": ofService(shared("process namespace", ({ pid }) => pid ?? "")),
    "services.*.pids_limit": leftOut("processes are not counted", "use ulimits: { nproc }"),
    "services.*.post_start": nothing("put the commands into the image's start script"),
    "services.*.pre_stop": nothing("do it on SIGTERM"),
    "services.*.privileged": flag(kept("all rights on the machine")),
    "services.*.runtime": nothing("make it the default of the machine's Docker"),
    "services.*.security_opt": ofService(security),
    "services.*.shm_size": ofService(shm),
    "services.*.storage_opt": leftOut("a container's disk is the machine's"),
    "services.*.userns_mode": ofService(userNamespace),
    "services.*.uts": ofService(hostNames),
  };
};
