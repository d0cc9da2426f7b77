/** The status of a service on EKS: on nodes, and on Fargate. */
import type { V1Pod } from "@kubernetes/client-node";
import type { Aws } from "../aws";
import type { AskedService } from "../deployed";
import { logOrReason } from "../logs";
import { type ContainerLog, LOG_LINES, serviceStatus, type ServiceStatus } from "../model";
import { openCluster } from "./cluster";
import { isHopeless, isReady, judge, statusIn } from "./judge";
import { type KubernetesTarget, observe } from "./observe";

export async function kubernetesStatus(aws: Aws, asked: AskedService<KubernetesTarget>): Promise<ServiceStatus> {
  const seen = await observe(aws, asked.target);
  const found = judge(asked, seen);
  return serviceStatus(asked, { ...found, logs: found.state === "failing" ? await logsOf(aws, asked, seen.pods) : [] });
}

/** Of a pod where the container does not stay up, or else of one that is not ready: of the run that ended last. */
async function logsOf(
  aws: Aws,
  { target: { clusterName, namespace, container } }: AskedService<KubernetesTarget>,
  pods: readonly V1Pod[],
): Promise<readonly ContainerLog[]> {
  const fails = (pod: V1Pod) => {
    const status = statusIn(pod, container);
    return status !== undefined && isHopeless(status);
  };
  const pod = pods.find(fails) ?? pods.find((one) => !isReady(one));
  const name = pod?.metadata?.name;
  const status = pod && statusIn(pod, container);
  if (name === undefined || status === undefined) return [];
  const { core, ask } = await openCluster(aws, clusterName);
  const previous = status.state?.running === undefined && status.lastState?.terminated !== undefined;
  const log = await logOrReason(`${container} in pod ${name}`, async () => {
    const text = await ask("get pods/log", () =>
      core.readNamespacedPodLog({ name, namespace, container, previous, tailLines: LOG_LINES }),
    );
    return text === "" ? [] : text.trimEnd().split("\n");
  });
  return [log];
}
