/** Fluent Bit's configuration: each container's output to its log group. Pure; the same on nodes and on Fargate. */
import type { ClusterDemand } from "./demand";

/** The longest configuration that Fargate's own router takes. https://docs.aws.amazon.com/eks/latest/userguide/fargate-logging.html */
export const FARGATE_LOGGING_LENGTH = 5300;

export interface LogPlace {
  readonly region: string;
  /** As `logPrefix` says it. */
  readonly prefix: string;
}

/**
 * One output for each container. The tag is the log file's path: `<pod>_<namespace>_<container>-<64 hex digits>.log`, so a
 * name is matched whole, and `api` does not take what `api-worker` says.
 */
export function logOutputs(demands: readonly ClusterDemand[], { region, prefix }: LogPlace): string {
  return demands
    .flatMap(({ namespace, logs }) =>
      logs.map(({ container, path }) =>
        [
          "[OUTPUT]",
          "  Name cloudwatch_logs",
          `  Match_Regex _${namespace}_${container}-[0-9a-f]{64}\\.log$`,
          `  region ${region}`,
          `  log_group_name ${[prefix, ...path].join("/")}`,
          "  log_stream_prefix pod-",
          "  auto_create_group off",
          "  log_key log",
        ].join("\n"),
      ),
    )
    .join("\n");
}

/** Paths of log files on a node; `*` stands for any characters. */
export interface LogFiles {
  readonly read: readonly string[];
  readonly not: readonly string[];
}

/** Of a cluster that holds nothing but the environment's apps. */
export const ALL_FILES: LogFiles = {
  read: ["/var/log/containers/*.log"],
  not: ["/var/log/containers/*_kube-system_*", "/var/log/containers/*_amazon-cloudwatch_*"],
};

/** What reads the files on a node, in the format of containerd's logs. */
export const nodeInput = ({ read, not }: LogFiles): string =>
  [
    "[SERVICE]",
    "  Flush 5",
    "  Log_Level warn",
    "  HTTP_Server On",
    "  HTTP_Listen 0.0.0.0",
    "  HTTP_Port 2020",
    "[INPUT]",
    "  Name tail",
    "  Tag kube.*",
    `  Path ${read.join(",")}`,
    ...(not.length > 0 ? [`  Exclude_Path ${not.join(",")}`] : []),
    "  multiline.parser cri",
    "  DB /var/fluent-bit/state/tail.db",
    "  Mem_Buf_Limit 50MB",
    "  Skip_Long_Lines On",
    "  Refresh_Interval 10",
  ].join("\n");
