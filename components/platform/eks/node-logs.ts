/** Fluent Bit on the nodes: each app's output to its own log groups. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../../app/config/types";
import { allow, type Statement } from "../../iam";
import { childName, partitionOf, shortHash } from "../../names";
import { logPrefix } from "../logs";
import type { EksCluster } from "./cluster";
import type { ClusterDemand } from "./demand";
import { type LogFiles, logOutputs, type LogPlace, nodeInput } from "./fluent-bit";
import { podRole } from "./pod-roles";

const FLUENT_BIT = "public.ecr.aws/aws-observability/aws-for-fluent-bit:2.32.5";
const ACCOUNT = "fluent-bit";

export interface NodeLogsArgs {
  readonly environment: EnvironmentConfig;
  readonly accountId: pulumi.Output<string>;
  readonly cluster: Pick<EksCluster, "identity">;
  /** Of the apps on nodes. */
  readonly demands: readonly ClusterDemand[];
  /** The namespace that is made for it. */
  readonly namespace: string;
  /** The folder of a node in which it keeps how far it has read. */
  readonly state: string;
  readonly files: LogFiles;
}

export interface NodeLogsOptions {
  readonly parent: pulumi.Resource;
  readonly provider: kubernetes.Provider;
  readonly dependsOn: readonly pulumi.Resource[];
}

/** Where the apps' logs go. */
export const logPlace = (environment: Pick<EnvironmentConfig, "region" | "name">): LogPlace => ({
  region: environment.region,
  prefix: logPrefix(environment),
});

/** What writes the apps' logs: the environment's groups alone. */
export function logStatements(
  environment: Pick<EnvironmentConfig, "region" | "name">,
  accountId: pulumi.Output<string>,
): readonly Statement[] {
  const { region, prefix } = logPlace(environment);
  const groups = pulumi.interpolate`arn:${partitionOf(region)}:logs:${region}:${accountId}:log-group:${prefix}/*`;
  return [allow(["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"], [groups])];
}

/** Fluent Bit on each node. Its configuration is part of its name, so that a new route starts it anew. */
export function nodeLogs(name: string, args: NodeLogsArgs, opts: NodeLogsOptions): kubernetes.apps.v1.DaemonSet {
  const { environment, demands, cluster, namespace, state, files } = args;
  const { parent, provider, dependsOn } = opts;
  const role = podRole(
    childName(name, "logging"),
    {
      identity: cluster.identity(namespace, ACCOUNT, "nodes"),
      statements: logStatements(environment, args.accountId),
    },
    { parent },
  );
  const made = new kubernetes.core.v1.Namespace(
    `${name}-logging`,
    { metadata: { name: namespace } },
    { parent, provider, dependsOn: [...dependsOn] },
  );
  const conf = `${nodeInput(files)}\n${logOutputs(demands, logPlace(environment))}\n`;
  const labels = { "app.kubernetes.io/name": "fluent-bit" };
  const metadata = { namespace, labels };
  const within = { parent, provider, dependsOn: [made, ...dependsOn, ...role.ready] };
  const config = new kubernetes.core.v1.ConfigMap(
    `${name}-logging`,
    { metadata, data: { "fluent-bit.conf": conf } },
    within,
  );
  const account = new kubernetes.core.v1.ServiceAccount(
    `${name}-logging`,
    { metadata: { ...metadata, name: ACCOUNT }, automountServiceAccountToken: false },
    within,
  );
  return new kubernetes.apps.v1.DaemonSet(
    `${name}-logging`,
    {
      metadata: { ...metadata, name: "fluent-bit" },
      spec: {
        selector: { matchLabels: labels },
        updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
        template: {
          metadata: { labels, annotations: { "spectrum/config": shortHash(conf) } },
          spec: {
            serviceAccountName: ACCOUNT,
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            priorityClassName: "system-node-critical",
            terminationGracePeriodSeconds: 10,
            securityContext: { seccompProfile: { type: "RuntimeDefault" } },
            tolerations: [{ operator: "Exists" }],
            containers: [
              {
                name: "fluent-bit",
                image: FLUENT_BIT,
                command: ["/fluent-bit/bin/fluent-bit", "-c", "/fluent-bit/spectrum/fluent-bit.conf"],
                securityContext: {
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  capabilities: { drop: ["ALL"], add: ["DAC_READ_SEARCH"] },
                },
                livenessProbe: { httpGet: { path: "/", port: 2020 }, periodSeconds: 30, timeoutSeconds: 5 },
                readinessProbe: { httpGet: { path: "/", port: 2020 }, periodSeconds: 10, timeoutSeconds: 5 },
                resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "500m", memory: "200Mi" } },
                volumeMounts: [
                  { name: "config", mountPath: "/fluent-bit/spectrum", readOnly: true },
                  { name: "logs", mountPath: "/var/log", readOnly: true },
                  { name: "state", mountPath: "/var/fluent-bit/state" },
                ],
              },
            ],
            volumes: [
              { name: "config", configMap: { name: config.metadata.name } },
              { name: "logs", hostPath: { path: "/var/log", type: "Directory" } },
              { name: "state", hostPath: { path: state, type: "DirectoryOrCreate" } },
            ],
          },
        },
      },
    },
    { ...within, dependsOn: [...within.dependsOn, account] },
  );
}
