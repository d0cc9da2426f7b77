/** What Kubernetes says of a Deployment and its pods. */
import type { CoreV1Event, V1Deployment, V1Pod, V1ReplicaSet } from "@kubernetes/client-node";
import type { Aws } from "../aws";
import type { TargetOn } from "../deployed";
import { Refusal } from "../refusal";
import { openCluster } from "./cluster";

export type KubernetesTarget = TargetOn<"eks" | "eks-fargate">;

export interface KubernetesObservation {
  /** `null`: there is none, or its cluster is gone. */
  readonly deployment: V1Deployment | null;
  /** The set of the Deployment's newest revision; `null`: it has not been made yet. */
  readonly replicaSet: V1ReplicaSet | null;
  /** The newest revision's, without those that are ending. */
  readonly pods: readonly V1Pod[];
  /** Of the Deployment, its newest set and their pods; Kubernetes keeps events for an hour. */
  readonly events: readonly CoreV1Event[];
}

const NOTHING: KubernetesObservation = { deployment: null, replicaSet: null, pods: [], events: [] };
/** https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-back-a-deployment */
const REVISION = "deployment.kubernetes.io/revision";

/** One round of questions for all containers of the pods. */
export function observe(
  aws: Aws,
  { clusterName, namespace, deployment }: KubernetesTarget,
): Promise<KubernetesObservation> {
  return aws.once(`deployment ${clusterName} ${namespace} ${deployment}`, async () => {
    try {
      return await observeDeployment(aws, clusterName, namespace, deployment);
    } catch (error) {
      if (error instanceof Refusal && error.kind === "absent") return NOTHING;
      throw error;
    }
  });
}

async function observeDeployment(
  aws: Aws,
  clusterName: string,
  namespace: string,
  name: string,
): Promise<KubernetesObservation> {
  const { apps, core, ask } = await openCluster(aws, clusterName);
  const [deployment, sets, pods, events] = await Promise.all([
    ask("get deployments", () => apps.readNamespacedDeployment({ name, namespace })),
    // those of a namespace are an app's: asked once for all its services
    aws.once(`replicasets ${clusterName} ${namespace}`, () =>
      ask("list replicasets", () => apps.listNamespacedReplicaSet({ namespace })),
    ),
    aws.once(`pods ${clusterName} ${namespace}`, () => ask("list pods", () => core.listNamespacedPod({ namespace }))),
    aws.once(`events ${clusterName} ${namespace}`, () =>
      ask("list events", () => core.listNamespacedEvent({ namespace })),
    ),
  ]);
  const revision = deployment.metadata?.annotations?.[REVISION];
  const replicaSet =
    sets.items.find(
      (set) => owns(deployment.metadata?.uid, set) && set.metadata?.annotations?.[REVISION] === revision,
    ) ?? null;
  const own = pods.items.filter(
    (pod) => owns(replicaSet?.metadata?.uid, pod) && pod.metadata?.deletionTimestamp === undefined,
  );
  const uids = new Set([deployment, replicaSet, ...own].map((object) => object?.metadata?.uid));
  return {
    deployment,
    replicaSet,
    pods: own,
    events: events.items.filter(
      ({ involvedObject }) => involvedObject.uid !== undefined && uids.has(involvedObject.uid),
    ),
  };
}

const owns = (uid: string | undefined, { metadata }: V1ReplicaSet | V1Pod): boolean =>
  uid !== undefined && (metadata?.ownerReferences ?? []).some((owner) => owner.uid === uid);
