/** How a machine of the user's own becomes one of the app's. Pure. */
import { shortHash } from "../../names";

/** The attribute by which ECS tells the machines of one group from all others of the cluster. */
export const MACHINES_ATTRIBUTE = "spectrum.machines";

/** What the install script must be told; the code is a secret. */
export interface Registration {
  readonly region: string;
  readonly cluster: string;
  /** The group of machines. */
  readonly machines: string;
  /** True where a container asks for GPUs. */
  readonly gpu: boolean;
  readonly activationId: string;
  readonly activationCode: string;
}

const SCRIPT = "https://amazon-ecs-agent.s3.amazonaws.com/ecs-anywhere-install-latest.sh";

/**
 * What to run on a machine, as one line for a shell: it names the machine's group in the agent's config, which the script
 * leaves as it is, and runs AWS's own script.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere-registration.html
 */
export function registrationCommand({ region, cluster, machines, gpu, ...activation }: Registration): string {
  const attributes = `ECS_INSTANCE_ATTRIBUTES=${JSON.stringify({ [MACHINES_ATTRIBUTE]: machines })}`;
  const words = [
    "sudo bash ecs-anywhere-install.sh",
    `--region ${region}`,
    `--cluster ${cluster}`,
    `--activation-id ${activation.activationId}`,
    `--activation-code ${activation.activationCode}`,
    ...(gpu ? ["--enable-gpu"] : []),
  ];
  return [
    "sudo mkdir -p /etc/ecs",
    `echo '${attributes}' | sudo tee -a /etc/ecs/ecs.config`,
    `curl --proto '=https' -fsS -o ecs-anywhere-install.sh ${SCRIPT}`,
    words.join(" "),
  ].join(" && ");
}

/** The processors that ECS tells apart by a machine's attribute. */
export type Architecture = "x86_64" | "arm64";

/** Where the task may run: on machines of the group alone, and of the processor that its images are for. */
export function placement(machines: string, architecture: Architecture | null): readonly string[] {
  return [
    `attribute:${MACHINES_ATTRIBUTE} == ${machines}`,
    ...(architecture === null ? [] : [`attribute:ecs.cpu-architecture == ${architecture}`]),
  ];
}

/** The group that a placement names, else the app's own. */
export function machinesOf(app: string, machines: string | null): string {
  if (machines !== null) return machines;
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/u.test(app) ? app : shortHash(app);
}
