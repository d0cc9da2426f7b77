import assert from "node:assert/strict";
import type {
  CoreV1Event,
  V1ContainerStatus,
  V1Deployment,
  V1DeploymentStatus,
  V1Pod,
  V1PodCondition,
} from "@kubernetes/client-node";
import { runningDigests, type ServiceStatus, type State } from "../../../deploy/status";
import { clusterToken } from "../../../deploy/status/kubernetes/token";
import { AwsError, denied, type Told } from "../../support/fake-aws";
import {
  type FakeKubernetes,
  KubernetesError,
  type KubernetesTold,
  serveKubernetes,
} from "../../support/fake-kubernetes";
import { Asked, AT, deployedShop, DIGEST, type OneService, OTHER_DIGEST, PINNED, REGION } from "./support";

const api: OneService = {
  target: { tier: "eks", clusterName: "spectrum-dev", namespace: "shop", deployment: "api", container: "api" },
  revision: "api:3",
};

const COMPLETE: V1DeploymentStatus = {
  observedGeneration: 3,
  replicas: 2,
  updatedReplicas: 2,
  availableReplicas: 2,
  readyReplicas: 2,
  conditions: [
    { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable", message: "the set has progressed" },
  ],
};

/** One pod is ready yet. */
const PROGRESSING: V1DeploymentStatus = {
  ...COMPLETE,
  availableReplicas: 1,
  conditions: [{ type: "Progressing", status: "True", reason: "ReplicaSetUpdated", message: "the set is progressing" }],
};

const deployment = (
  status: V1DeploymentStatus = COMPLETE,
  { generation = 3, image = PINNED, replicas = 2 } = {},
): V1Deployment => ({
  metadata: { name: "api", generation, uid: "d", annotations: { "deployment.kubernetes.io/revision": "4" } },
  spec: {
    replicas,
    selector: {},
    template: {
      spec: {
        containers: [
          { name: "api", image },
          { name: "cache", image: "redis:7" },
        ],
      },
    },
  },
  status,
});

const set = (uid: string, revision: string) => ({
  metadata: {
    name: `api-${uid}`,
    uid,
    annotations: { "deployment.kubernetes.io/revision": revision },
    ownerReferences: [{ apiVersion: "apps/v1", kind: "Deployment", name: "api", uid: "d" }],
  },
});

interface PodArgs {
  readonly owner?: string;
  readonly ready?: boolean;
  readonly container?: Partial<V1ContainerStatus>;
  readonly conditions?: readonly V1PodCondition[];
}

const pod = (name: string, { owner = "new", ready = true, container = {}, conditions = [] }: PodArgs = {}): V1Pod => ({
  metadata: {
    name,
    uid: name,
    ownerReferences: [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: "api", uid: owner }],
  },
  spec: {
    containers: [
      { name: "api", image: PINNED },
      { name: "cache", image: "redis:7" },
    ],
  },
  status: {
    conditions: [{ type: "Ready", status: ready ? "True" : "False" }, ...conditions],
    containerStatuses: [
      {
        name: "api",
        image: PINNED,
        imageID: `123456789012.dkr.ecr.${REGION}.amazonaws.com/shop-api@${DIGEST}`,
        ready,
        restartCount: 0,
        state: { running: {} },
        ...container,
      },
      {
        name: "cache",
        image: "redis:7",
        imageID: `docker-pullable://docker.io/library/redis@${OTHER_DIGEST}`,
        ready: true,
        restartCount: 0,
        state: { running: {} },
      },
    ],
  },
});

const crashing = pod("api-2", {
  ready: false,
  container: {
    restartCount: 4,
    state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 40s restarting failed container" } },
    lastState: { terminated: { exitCode: 1, reason: "Error" } },
  },
});

const targetHealth = (status: "True" | "False", reason?: string): V1PodCondition => ({
  type: "target-health.elbv2.k8s.aws/k8s-shop-api",
  status,
  ...(reason !== undefined && { reason }),
});

const event = (uid: string, message: string): CoreV1Event => ({
  metadata: {},
  involvedObject: { kind: "Pod", name: uid, uid },
  reason: "BackOff",
  message,
  lastTimestamp: AT,
});

interface Seen {
  readonly deployment?: V1Deployment;
  readonly pods?: readonly V1Pod[];
}

/** Of the newest set too, and on its way out. */
const ENDING: V1Pod = { ...pod("api-9"), metadata: { ...pod("api-9").metadata, deletionTimestamp: AT } };

const told = ({ deployment: one = deployment(), pods = [pod("api-1"), pod("api-2")] }: Seen = {}): KubernetesTold => ({
  deployment: one,
  replicaSets: [set("old", "3"), set("new", "4")],
  pods: [...pods, ENDING, pod("api-0", { owner: "old" }), pod("web-0", { owner: "other" })],
  events: [event("web-0", "another's"), event("api-2", "back-off restarting")],
  log: (query) => `${[...query].map(([key, value]) => `${key}=${value}`).join(" ")}\npanic: no database\n`,
});

describe("the status on EKS", () => {
  let asked: Asked;
  let cluster: FakeKubernetes;
  before(async () => {
    asked = await Asked.open();
    cluster = await serveKubernetes();
  });
  after(() => {
    asked.close();
    cluster.close();
  });

  const known = (): Told => ({
    "eks:DescribeCluster": {
      cluster: {
        name: "spectrum-dev",
        endpoint: cluster.url,
        certificateAuthority: { data: cluster.authority },
        status: "ACTIVE",
      },
    },
  });
  const status = (what: KubernetesTold, service: OneService = api, aws: Told = known()): Promise<ServiceStatus> => {
    cluster.tell(what);
    return asked.status(service, aws);
  };

  it("is running where all pods of the newest revision are ready", async () => {
    const health = [targetHealth("True")];
    const pods = [pod("api-1", { conditions: health }), pod("api-2", { conditions: health })];
    const expected: ServiceStatus = {
      app: "shop",
      service: "api",
      tier: "eks",
      state: "running",
      wanted: { revision: "api:3", image: PINNED, count: 2 },
      running: {
        revision: "api:3",
        images: [{ reference: PINNED, digest: DIGEST, by: "reference" }],
        count: 2,
        healthy: 2,
      },
      entry: { healthy: 2, unhealthy: 0, waiting: 0 },
      reasons: [],
      events: [{ at: AT.toISOString(), message: "api-2: BackOff: back-off restarting" }],
      logs: [],
      untold: [],
    };
    assert.deepEqual(await status(told({ pods })), expected);
    const [first] = cluster.asked;
    const url = Buffer.from((first?.token ?? "").replace(/^k8s-aws-v1\./u, ""), "base64url").toString();
    assert.match(
      url,
      /^https:\/\/sts\.eu-central-1\.amazonaws\.com\/\?Action=GetCallerIdentity.*SignedHeaders=host%3Bx-k8s-aws-id/u,
    );
  });

  it("tells what the nodes have pulled of an image that is named by a tag, and asks once for both containers", async () => {
    cluster.tell(told());
    const target = { ...api.target, container: "cache" } as OneService["target"];
    const statuses = await asked.statuses(deployedShop({ api, cache: { ...api, target, image: "redis:7" } }), known());
    assert.deepEqual(runningDigests(statuses), { shop: { api: [DIGEST], cache: [OTHER_DIGEST] } });
    assert.equal(cluster.asked.length, 4);
  });

  const unscheduled: V1PodCondition = {
    type: "PodScheduled",
    status: "False",
    reason: "Unschedulable",
    message: "0/2 nodes are available",
  };
  const late: V1DeploymentStatus = {
    ...PROGRESSING,
    conditions: [
      { type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message: "the set has timed out" },
    ],
  };
  const pulling = pod("api-2", { ready: false, container: { state: { waiting: { reason: "ImagePullBackOff" } } } });
  const restarting = pod("api-2", { ready: false, container: { restartCount: 2 } });
  const starting = pod("api-2", { ready: false });
  const unhealthy = pod("api-2", { conditions: [targetHealth("False", "Target.FailedHealthChecks")] });
  const early = pod("api-2", { conditions: [targetHealth("False", "Elb.InitialHealthChecking")] });
  const first = pod("api-1");
  const cases: readonly (readonly [string, Seen, State, RegExp])[] = [
    [
      "a pod starts",
      { deployment: deployment(PROGRESSING), pods: [first, starting] },
      "deploying",
      /^the set is progressing; 1 of 2 pods are ready$/u,
    ],
    [
      "no node has room",
      {
        deployment: deployment(PROGRESSING),
        pods: [first, pod("api-2", { ready: false, conditions: [unscheduled], container: { state: {} } })],
      },
      "deploying",
      /api-2: Unschedulable: 0\/2 nodes are available$/u,
    ],
    [
      "the controller has not seen it",
      { deployment: deployment({ ...COMPLETE, observedGeneration: 2 }) },
      "deploying",
      /progress/u,
    ],
    [
      "a pod has not been ready for long enough",
      { deployment: deployment({ ...COMPLETE, availableReplicas: 1 }) },
      "deploying",
      /progress/u,
    ],
    [
      "a pod is still to come",
      { deployment: deployment({ ...COMPLETE, updatedReplicas: 1, replicas: 1 }) },
      "deploying",
      /progress/u,
    ],
    ["old pods are still there", { deployment: deployment({ ...COMPLETE, replicas: 3 }) }, "deploying", /progress/u],
    [
      "it has been scaled since",
      { deployment: deployment({ ...COMPLETE, observedGeneration: 9 }, { generation: 9 }) },
      "running",
      /^$/u,
    ],
    ["a target is checked for the first time", { pods: [first, early] }, "running", /^$/u],
    [
      "a container crashes",
      { deployment: deployment(PROGRESSING), pods: [first, crashing] },
      "failing",
      /^1 of 2 pods are ready; api in api-2: CrashLoopBackOff, 4 restarts, last exit code 1 \(Error\): back-off 40s/u,
    ],
    [
      "a container is between two crashes",
      { deployment: deployment(PROGRESSING), pods: [first, restarting] },
      "failing",
      /api in api-2: restarted, 2 restarts$/u,
    ],
    [
      "the image is not there",
      { deployment: deployment(PROGRESSING), pods: [first, pulling] },
      "failing",
      /api in api-2: ImagePullBackOff, 0 restarts$/u,
    ],
    [
      "its time is over",
      { deployment: deployment(late), pods: [first, starting] },
      "failing",
      /^the set has timed out; 1 of 2 pods are ready$/u,
    ],
    ["the entry's check fails", { pods: [first, unhealthy] }, "failing", /^1 targets of the entry are unhealthy$/u],
    [
      "another image is given",
      { deployment: deployment(COMPLETE, { generation: 4, image: "shop-api:old" }) },
      "changed",
      /^the Deployment has the image shop-api:old, and .* was asked for/u,
    ],
    ["it has been made anew", { deployment: deployment(COMPLETE, { generation: 1 }) }, "changed", /was asked for/u],
  ];
  for (const [name, seen, state, why] of cases)
    it(`is ${state} where ${name}`, async () => {
      const found = await status(told(seen));
      assert.equal(found.state, state);
      assert.match(found.reasons.join("; "), why);
    });

  it("counts as missing what no pod is made for, and is running where none is asked for", async () => {
    const none = deployment({ observedGeneration: 3 }, { replicas: 0 });
    assert.equal((await status(told({ deployment: none, pods: [] }))).state, "running");
    assert.equal((await status(told({ pods: [first] }))).state, "deploying");
  });

  it("tells the newest event first", async () => {
    const later: CoreV1Event = { ...event("d", "scaled up"), lastTimestamp: new Date(AT.getTime() + 1000) };
    const { events } = await status({ ...told(), events: [event("api-1", "started"), later] });
    assert.deepEqual(
      events.map(({ message }) => message),
      ["d: BackOff: scaled up", "api-1: BackOff: started"],
    );
  });

  it("shows the last lines of the run that ended", async () => {
    const { logs } = await status(told({ deployment: deployment(PROGRESSING), pods: [first, crashing] }));
    assert.deepEqual(logs, [
      { source: "api in pod api-2", lines: ["container=api previous=true tailLines=50", "panic: no database"] },
    ]);
  });

  it("is stopped where the Deployment, or its cluster, is gone", async () => {
    const gone = await status({ ...told(), deployment: new KubernetesError(404, 'deployments.apps "api" not found') });
    assert.deepEqual(
      [gone.state, gone.reasons],
      ["stopped", ["there is no such Deployment: shop/api in the cluster spectrum-dev"]],
    );
    const missing = new AwsError("ResourceNotFoundException", "No cluster found for name: spectrum-dev.", 404);
    assert.equal((await status(told(), api, { "eks:DescribeCluster": missing })).state, "stopped");
  });

  it("asks again where the cluster throttles", async () => {
    const busy = (time: number) => (time === 1 ? new KubernetesError(429, "too many requests") : deployment());
    assert.equal((await status({ ...told(), deployment: busy })).state, "running");
  });

  const refused: readonly (readonly [string, KubernetesTold, RegExp])[] = [
    [
      "may not",
      {
        pods: new KubernetesError(
          403,
          'pods is forbidden: User "ann" cannot list resource "pods" in the namespace "shop"',
        ),
      },
      /^needs list pods in the cluster spectrum-dev: pods is forbidden: User "ann" cannot list/u,
    ],
    [
      "is not known",
      { pods: new KubernetesError(401, "Unauthorized") },
      /^the cluster spectrum-dev does not know who asks; give the role an access entry/u,
    ],
  ];
  for (const [name, more, why] of refused)
    it(`is unknown where the one who asks ${name}`, async () => {
      const found = await status({ ...told(), ...more });
      assert.equal(found.state, "unknown");
      assert.match(found.reasons[0] ?? "", why);
    });

  it("is unknown where EKS may not be asked, or the cluster does not answer", async () => {
    const refusedByAws = await status(told(), api, {
      "eks:DescribeCluster": denied("eks:DescribeCluster", "arn:aws:eks:x"),
    });
    assert.match(refusedByAws.reasons[0] ?? "", /^needs eks:DescribeCluster on arn:aws:eks:x/u);
    const nobody = { ...known()["eks:DescribeCluster"] } as { cluster: object };
    const silent = { cluster: { ...nobody.cluster, endpoint: "https://127.0.0.1:1" } };
    const silence = await status(told(), api, { "eks:DescribeCluster": silent });
    assert.match(
      silence.reasons[0] ?? "",
      /^no answer from the cluster spectrum-dev \(ECONNREFUSED: .*\); is its endpoint open to this network\?$/u,
    );
    const starting = await status(told(), api, { "eks:DescribeCluster": { cluster: { status: "CREATING" } } });
    assert.deepEqual(starting.reasons, ["the cluster spectrum-dev has no endpoint: its status is CREATING"]);
  });

  it("does not speak to a cluster with another certificate authority than EKS tells", async () => {
    const other = await serveKubernetes();
    try {
      cluster.tell(told());
      const posing = { cluster: { endpoint: cluster.url, certificateAuthority: { data: other.authority } } };
      const found = await asked.status(api, { "eks:DescribeCluster": posing });
      assert.equal(found.state, "unknown");
      assert.match(found.reasons[0] ?? "", /certificate/iu);
      assert.deepEqual(cluster.asked, []);
    } finally {
      other.close();
    }
  });

  describe("the token", () => {
    // computed by botocore 1.44, which `aws eks get-token` signs with
    const signatures: readonly (readonly [string | undefined, string])[] = [
      [undefined, "e7609f48c4c4c50d0f062ef29a2ccffe0fef2fd59cac0c24b668d32c234d6475"],
      ["SESSION/TOKEN+==", "f25049fd09335bcf97a558a647e26341cbabae6aee1ba001ab75236d2c9eddb0"],
    ];
    for (const [sessionToken, signature] of signatures)
      it(`is signed as AWS's own tools sign it${sessionToken === undefined ? "" : ", with a session's token"}`, async () => {
        const credentials = {
          accessKeyId: "AKIAIOSFODNN7EXAMPLE",
          secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
          ...(sessionToken !== undefined && { sessionToken }),
        };
        const date = new Date("2026-03-01T12:00:00Z");
        const token = await clusterToken({ cluster: "spectrum-dev", region: REGION, credentials, date });
        assert.match(token, /^k8s-aws-v1\.[\w-]+$/u);
        const url = new URL(Buffer.from(token.slice("k8s-aws-v1.".length), "base64url").toString());
        assert.equal(url.host, "sts.eu-central-1.amazonaws.com");
        assert.equal(url.searchParams.get("X-Amz-Signature"), signature);
        assert.equal(url.searchParams.get("X-Amz-Security-Token"), sessionToken ?? null);
      });

    it("is for China's own STS there", async () => {
      const credentials = { accessKeyId: "a", secretAccessKey: "b" };
      const token = await clusterToken({ cluster: "c", region: "cn-north-1", credentials });
      const url = Buffer.from(token.slice("k8s-aws-v1.".length), "base64url").toString();
      assert.equal(new URL(url).host, "sts.cn-north-1.amazonaws.com.cn");
    });
  });
});
