/** What ECS Anywhere and SSM take, as data. */

/**
 * Of one activation: machines (API model of SSM, RegistrationLimit) and days until it ends.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateActivation.html
 */
export const MAX_ACTIVATION = { machines: 1000, days: 30 } as const;

/**
 * Ports of a machine that no task gets: SSH, Docker's API, the agent's own.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
 */
export const RESERVED_PORTS: readonly number[] = [22, 2375, 2376, 51678, 51679, 51680];

/** The value of a machine's attribute. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Attribute.html */
export const GROUP_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/u;

/** A name under which a container may be linked. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
export const LINK_NAME = /^[A-Za-z0-9_-]{1,255}$/u;

/** The name of a task's volume, which is its Docker volume's too. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Volume.html */
export const VOLUME_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,254}$/u;

/** MiB that a container which prepares files is sure of. */
export const PREPARING_MEMORY = 32;

/** Seconds between SIGTERM and SIGKILL at most: on Fargate ECS takes 120, on a machine of one's own any number; this is an hour. */
export const STOP_SECONDS = 3600;

/** USD an hour that a machine is registered, with no charge for its control plane: 7.48 a month. AWS Price List. */
export const INSTANCE_HOUR = 0.01025;

/**
 * Linux capabilities that a container may be given besides Docker's default ones.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KernelCapabilities.html
 */
export const CAPABILITIES: readonly string[] = [
  "ALL",
  "AUDIT_CONTROL",
  "BLOCK_SUSPEND",
  "DAC_READ_SEARCH",
  "IPC_LOCK",
  "IPC_OWNER",
  "LEASE",
  "LINUX_IMMUTABLE",
  "MAC_ADMIN",
  "MAC_OVERRIDE",
  "NET_ADMIN",
  "NET_BROADCAST",
  "SYSLOG",
  "SYS_ADMIN",
  "SYS_BOOT",
  "SYS_MODULE",
  "SYS_NICE",
  "SYS_PACCT",
  "SYS_PTRACE",
  "SYS_RAWIO",
  "SYS_RESOURCE",
  "SYS_TIME",
  "SYS_TTY_CONFIG",
  "WAKE_ALARM",
];
