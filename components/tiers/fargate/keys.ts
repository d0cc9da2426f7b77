/** What the tier does to each Compose key. Pure. */
import { changed, kept, type KeyTable, refused } from "../../../app/fit";
import { commonKeys, managedMachineKeys } from "../common-keys";
import { containerKeys } from "../ecs/rules/container";
import { deployKeys } from "../ecs/rules/deploy";
import { fileKeys } from "../ecs/rules/files";
import { networkKeys } from "../ecs/rules/network";
import { processKeys } from "../ecs/rules/process";
import { resourceKeys } from "../ecs/rules/resources";
import { leftOut, NOTHING, ruleMakers } from "../ecs/rules/rule";
import { storageSize } from "../ecs/size";
import { fargateTier } from "./fargate-tier";
import { ephemeralStorage } from "./sizes";

const MIB = 1024 * 1024;
const makers = ruleMakers(fargateTier);
const { ofService } = makers;

const oldCpu = leftOut("Fargate shares no single processor out by it", "use cpus");
const pids = leftOut("the number of processes cannot be limited", "use ulimits: { nproc } for the user's own");

export const fargateKeys: KeyTable = {
  ...commonKeys,
  ...managedMachineKeys,
  ...deployKeys(makers),
  ...fileKeys(makers),
  ...networkKeys(makers),
  ...processKeys(makers),
  ...resourceKeys(makers),
  ...containerKeys(makers),
  "services.*.cpu_period": oldCpu,
  "services.*.cpu_quota": oldCpu,
  "services.*.cpu_shares": oldCpu,
  "services.*.deploy.resources.limits.pids": pids,
  "services.*.pids_limit": pids,
  "services.*.shm_size": ofService((service) =>
    (service.shmSize ?? 0) > 64 * MIB
      ? refused(
          "/dev/shm has 64 MiB here, and cannot be made larger",
          "let the program use another folder, or accept it",
        )
      : leftOut("/dev/shm has 64 MiB here"),
  ),
  "services.*.storage_opt": ofService((service) => {
    const size = storageSize(service);
    if (size === null) return leftOut("only the size can be chosen", "say size: 50G");
    const { free, min, max } = ephemeralStorage;
    if (size > max)
      return refused(`a task's disk has ${max} GiB at most`, "ask for less, or use a named volume, which has no limit");
    if (size <= free) return changed(`a task's disk has ${free} GiB anyway, free of charge`, "nothing to do");
    return Number.isInteger(size) && size >= min
      ? kept("GiB of the task's own disk, emptied with each task")
      : changed(`the task's disk has ${Math.max(min, Math.ceil(size))} GiB, whole ones`, "nothing to do");
  }),
  "services.*.runtime": leftOut("AWS chooses the container runtime", NOTHING),
};
