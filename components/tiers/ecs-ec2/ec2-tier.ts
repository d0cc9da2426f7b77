/** ECS on EC2 as the shared rules of the ECS tiers see it. Pure. */
import { refused } from "../../../app/fit";
import type { EcsTier } from "../ecs/ecs-tier";
import { ecsTasks } from "../ecs/tasks";
import { taskSize } from "./capacity";
import { serviceSettings, settingsOf } from "./settings";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KernelCapabilities.html */
const CAPABILITIES =
  "ALL AUDIT_CONTROL AUDIT_WRITE BLOCK_SUSPEND CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID IPC_LOCK IPC_OWNER KILL " +
  "LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW SETFCAP SETGID " +
  "SETPCAP SETUID SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME " +
  "SYS_TTY_CONFIG SYSLOG WAKE_ALARM";

/** Those of the network, and those of a container's own IPC namespace. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_SystemControl.html */
const SYSCTLS = /^(?:net\.|fs\.mqueue\.|kernel\.(?:msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)$)/u;

export const ec2Tier: EcsTier = {
  name: "ecs-ec2",
  title: "EC2",
  tasks: ecsTasks,
  size: taskSize,
  settings: (placement) => {
    const settings = settingsOf(placement);
    return {
      filesImage: settings.filesImage,
      exec: (service) => serviceSettings(settings, service).exec,
      spot: (service) => serviceSettings(settings, service).spot > 0,
    };
  },
  jobsCall: (_app, placement) =>
    settingsOf(placement).networkMode === "awsvpc"
      ? null
      : refused(
          "under bridge a task has ports of its instance that Docker chooses, which no address record tells a job",
          "leave ecs-ec2: { networkMode } at awsvpc, or call the service at its public address",
        ),
  containers: {
    capabilities: { addable: CAPABILITIES.split(" "), text: "ECS knows no such capability" },
    sysctls: {
      can: (name) => SYSCTLS.test(name),
      text: "ECS takes net.*, fs.mqueue.* and the kernel's limits of messages and shared memory",
    },
    // ECS names no limit on instances; an hour is longer than any deployment here waits
    stopSeconds: 3600,
    mounts: { memory: true },
  },
};
