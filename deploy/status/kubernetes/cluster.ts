/** The way to an EKS cluster's API. */
import { setTimeout } from "node:timers/promises";
import { DescribeClusterCommand } from "@aws-sdk/client-eks";
import type { AppsV1Api, CoreV1Api } from "@kubernetes/client-node";
import type { Aws } from "../aws";
import { httpStatus, kubernetesRefusal, Refusal } from "../refusal";
import { clusterToken } from "./token";

export interface Cluster {
  readonly apps: AppsV1Api;
  readonly core: CoreV1Api;
  /** @param asked what is asked, as a Kubernetes role calls it: `get deployments` */
  readonly ask: <T>(asked: string, question: () => Promise<T>) => Promise<T>;
}

/** Times that a throttled question is put; each wait is twice the last. */
const ATTEMPTS = 4;
const FIRST_WAIT = 250;
/** Milliseconds until a question that gets no answer is given up: a private endpoint leaves calls from outside unanswered. */
const PATIENCE = 20_000;

/** By the cluster's own certificate authority and the caller's IAM identity; no kubeconfig is read. */
export function openCluster(aws: Aws, name: string): Promise<Cluster> {
  return aws.once(`eks ${name}`, async () => {
    const { cluster } = await aws.ask("eks:DescribeCluster", () =>
      aws.client("eks").send(new DescribeClusterCommand({ name })),
    );
    const { endpoint, certificateAuthority, status = "unknown" } = cluster ?? {};
    if (endpoint === undefined)
      throw new Refusal("unreachable", `the cluster ${name} has no endpoint: its status is ${status}`);
    const token = await aws.ask("sts:GetCallerIdentity", () =>
      clusterToken({ cluster: name, region: aws.region, credentials: aws.client("sts").config.credentials }),
    );
    // loaded when a cluster is asked: it takes longer than all of AWS's clients
    const { AppsV1Api, CoreV1Api, KubeConfig } = await import("@kubernetes/client-node");
    const config = new KubeConfig();
    config.loadFromOptions({
      clusters: [{ name, server: endpoint, caData: certificateAuthority?.data, skipTLSVerify: false }],
      users: [{ name, token }],
      contexts: [{ name, cluster: name, user: name }],
      currentContext: name,
    });
    return {
      apps: config.makeApiClient(AppsV1Api),
      core: config.makeApiClient(CoreV1Api),
      ask: (asked, question) => askPatiently(name, asked, question),
    };
  });
}

async function askPatiently<T>(cluster: string, asked: string, question: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await inTime(question());
    } catch (error) {
      const status = httpStatus(error);
      const passes = status === 429 || (status !== null && status >= 500);
      if (!passes || attempt === ATTEMPTS) throw kubernetesRefusal(error, asked, cluster);
      await setTimeout(FIRST_WAIT * 2 ** (attempt - 1));
    }
  }
}

/** The answer, or an error where none comes in time; the client has no limit of its own. */
async function inTime<T>(answer: Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = setTimeout(PATIENCE, undefined, { signal: over.signal }).then(() => {
    throw Object.assign(new Error(`nothing came within ${PATIENCE / 1000} s`), { code: "ETIMEDOUT" });
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    over.abort();
    late.catch(() => undefined);
  }
}
