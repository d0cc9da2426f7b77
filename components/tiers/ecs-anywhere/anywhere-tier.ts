/** ECS Anywhere as the shared rules of the ECS tiers see it. Pure. */
import { changed, refused, type Verdict } from "../../../app/fit";
import type { App, Service } from "../../../app/model";
import type { EcsTier } from "../ecs/ecs-tier";
import { anywhereHost, anywhereTasks, appTask } from "./app-task";
import { CAPABILITIES, STOP_SECONDS } from "./limits";
import { ownMounts } from "./mounts";
import { settingsOf } from "./settings";
import { anywhereSize } from "./size";

/** Kernel parameters that a container has of its own. https://docs.docker.com/reference/cli/docker/container/run/#sysctl */
const SYSCTLS =
  /^(?:net\..+|fs\.mqueue\..+|kernel\.(?:msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced))$/u;

export const anywhereTier: EcsTier = {
  name: "ecs-anywhere",
  title: "a machine of your own",
  tasks: anywhereTasks,
  size: anywhereSize,
  settings: (placement) => {
    const { filesImage, exec } = settingsOf(placement.settings);
    return { filesImage, exec: () => exec, spot: () => false };
  },
  host: (app, from, to) => (from === to ? to : anywhereHost(app, to)),
  jobsCall: () =>
    refused(
      "a job is a task of its own, on any of the machines, and only the containers of the app's one task have names for each other",
      "publish the service's port, and call it at a machine's address",
    ),
  absent: withoutContainer,
  containers: {
    capabilities: { addable: CAPABILITIES, text: "ECS knows it not" },
    sysctls: {
      can: (name) => SYSCTLS.test(name),
      text: "a container has only net.*, fs.mqueue.* and IPC's of its own",
    },
    stopSeconds: STOP_SECONDS,
    mounts: ownMounts,
  },
};

/** Why a service has no container, where that is the user's affair. */
export const absences = {
  "too-many": refused(
    "the app's one task has 10 containers at most, those that prepare files among them",
    "put services together, or place the app on fargate or ecs-ec2",
  ),
  "no-copy": null,
} as const;

/** The word about every key of a service that has no container. */
export function withoutContainer(app: App, { name }: Service): Verdict {
  const absence = appTask(app).absent[name];
  if (absence === "no-copy") return changed("left out: no copy of the service runs", "give it one");
  return changed("left out: the task has no room for the service", "put services together");
}
