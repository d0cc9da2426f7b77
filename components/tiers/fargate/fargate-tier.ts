/** Fargate as the shared rules of the ECS tiers see it. Pure. */
import type { EcsTier } from "../ecs/ecs-tier";
import { ecsTasks } from "../ecs/tasks";
import { serviceSettings, settingsOf } from "./settings";
import { taskSize } from "./task-size";

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html */
export const fargateTier: EcsTier = {
  name: "fargate",
  title: "Fargate",
  tasks: ecsTasks,
  size: taskSize,
  settings: (placement) => {
    const settings = settingsOf(placement.settings);
    return {
      filesImage: settings.filesImage,
      exec: (service) => serviceSettings(settings, service).exec,
      spot: (service) => serviceSettings(settings, service).spot > 0,
    };
  },
  jobsCall: () => null,
  containers: {
    capabilities: { addable: ["SYS_PTRACE"], text: "Fargate adds SYS_PTRACE alone" },
    sysctls: { can: (name) => name.startsWith("net."), text: "Fargate takes net.* alone" },
    stopSeconds: 120,
    mounts: { memory: false },
  },
};
