import assert from "node:assert/strict";
import type { Deployment, Service, Task } from "@aws-sdk/client-ecs";
import type { TargetHealthDescription } from "@aws-sdk/client-elastic-load-balancing-v2";
import { runningDigests, type ServiceStatus, type State } from "../../../deploy/status";
import { AwsError, denied, type Told } from "../../support/fake-aws";
import { Asked, AT, deployedShop, DIGEST, type OneService, OTHER_DIGEST, PINNED, REGION } from "./support";

const arn = (rest: string) => `arn:aws:ecs:${REGION}:123456789012:${rest}`;
const definition = (number: number) => arn(`task-definition/shop-api:${number}`);
const CLUSTER = arn("cluster/spectrum-dev");
const WANTED = definition(7);
const GROUP = `arn:aws:elasticloadbalancing:${REGION}:123456789012:targetgroup/shop-api/0123456789abcdef`;

const api: OneService = {
  target: { tier: "fargate", clusterArn: CLUSTER, serviceName: "shop-api", container: "api" },
  revision: WANTED,
  logGroup: "/spectrum/dev/shop/api",
};

const deployment = (more: Partial<Deployment> = {}): Deployment => ({
  status: "PRIMARY",
  taskDefinition: WANTED,
  rolloutState: "COMPLETED",
  rolloutStateReason: "ECS deployment ecs-svc/1 completed.",
  desiredCount: 2,
  runningCount: 2,
  failedTasks: 0,
  ...more,
});

const service = (more: Partial<Service> = {}): Service => ({
  serviceName: "shop-api",
  status: "ACTIVE",
  desiredCount: 2,
  runningCount: 2,
  taskDefinition: WANTED,
  deployments: [deployment()],
  events: [{ createdAt: AT, message: "(service shop-api) has reached a steady state." }],
  ...more,
});

const task = (id: string, more: Partial<Task> = {}): Task => ({
  taskArn: arn(`task/spectrum-dev/${id}`),
  taskDefinitionArn: WANTED,
  lastStatus: "RUNNING",
  healthStatus: "HEALTHY",
  containers: [
    { name: "api", lastStatus: "RUNNING", healthStatus: "HEALTHY", image: PINNED, imageDigest: OTHER_DIGEST },
    { name: "cache", lastStatus: "RUNNING", healthStatus: "UNKNOWN", image: "redis:7", imageDigest: OTHER_DIGEST },
  ],
  ...more,
});

const crashed: Task = task("c0ffee", {
  lastStatus: "STOPPED",
  stopCode: "EssentialContainerExited",
  stoppedReason: "Essential container in task exited",
  stoppedAt: AT,
  containers: [{ name: "api", lastStatus: "STOPPED", exitCode: 137, reason: "OutOfMemoryError: Container killed" }],
});

const target = (state: "healthy" | "unhealthy" | "initial"): TargetHealthDescription => ({
  Target: { Id: "10.0.0.1", Port: 8080 },
  TargetHealth: {
    State: state,
    ...(state === "unhealthy" && {
      Reason: "Target.ResponseCodeMismatch",
      Description: "Health checks failed with these codes: [502]",
    }),
  },
});

interface Seen {
  readonly service?: Service;
  readonly tasks?: readonly Task[];
  readonly stopped?: readonly Task[];
  readonly targets?: readonly TargetHealthDescription[];
}

/** What ECS answers where all is well but for what is said. */
function told({ service: one = service(), tasks = [task("a"), task("b")], stopped = [], targets }: Seen = {}): Told {
  const all = [...tasks, ...stopped];
  return {
    "ecs:DescribeServices": {
      services: [{ ...one, ...(targets && { loadBalancers: [{ targetGroupArn: GROUP, containerName: "api" }] }) }],
    },
    "ecs:ListTasks": ({ desiredStatus }) => ({
      taskArns: (desiredStatus === "STOPPED" ? stopped : tasks).flatMap(({ taskArn }) => taskArn ?? []),
    }),
    "ecs:DescribeTasks": ({ tasks: arns }) => ({
      tasks: all.filter(({ taskArn = "" }) => (arns as readonly string[]).includes(taskArn)),
    }),
    "elasticloadbalancing:DescribeTargetHealth": { TargetHealthDescriptions: [...(targets ?? [])] },
    "logs:GetLogEvents": ({ logGroupName, logStreamName, limit }) => ({
      events: [
        { message: `${String(logGroupName)} ${String(logStreamName)} ${String(limit)}` },
        { message: "panic: no database\n" },
      ],
    }),
  };
}

describe("the status on ECS", () => {
  let asked: Asked;
  before(async () => (asked = await Asked.open()));
  after(() => asked.close());

  it("is running where the revision that was asked for runs on the count asked for, healthy at the entry", async () => {
    const status = await asked.status(api, told({ targets: [target("healthy"), target("healthy")] }));
    const expected: ServiceStatus = {
      app: "shop",
      service: "api",
      tier: "fargate",
      state: "running",
      wanted: { revision: WANTED, image: PINNED, count: 2 },
      running: {
        revision: WANTED,
        // by the digest that it is pulled by, whatever a platform's own manifest is called
        images: [{ reference: PINNED, digest: DIGEST, by: "reference" }],
        count: 2,
        healthy: 2,
      },
      entry: { healthy: 2, unhealthy: 0, waiting: 0 },
      reasons: [],
      events: [{ at: "2026-03-01T12:00:00.000Z", message: "(service shop-api) has reached a steady state." }],
      logs: [],
      untold: status.untold,
    };
    assert.deepEqual(status, expected);
    assert.deepEqual(runningDigests([status]), { shop: { api: [DIGEST] } });
    assert.deepEqual(asked.actions, [
      "ecs:DescribeServices",
      "ecs:DescribeTasks",
      "ecs:ListTasks",
      "elasticloadbalancing:DescribeTargetHealth",
    ]);
  });

  it("tells the digest of a sidecar that is named by a tag, and asks once for both", async () => {
    const cache: OneService = {
      ...api,
      target: { ...api.target, container: "cache" } as OneService["target"],
      image: "redis:7",
    };
    const statuses = await asked.statuses(deployedShop({ api, cache }), told());
    assert.deepEqual(
      statuses.map(({ state }) => state),
      ["running", "running"],
    );
    assert.deepEqual(runningDigests(statuses), { shop: { api: [DIGEST], cache: [OTHER_DIGEST] } });
    assert.deepEqual(statuses[1]?.running.images, [{ reference: "redis:7", digest: OTHER_DIGEST, by: "runtime" }]);
    assert.equal(asked.fake.asked.filter(({ action }) => action === "ecs:DescribeServices").length, 1);
  });

  const old = { taskDefinition: definition(6), rolloutStateReason: "ECS deployment ecs-svc/2 completed." };
  const unhealthy = task("b", {
    healthStatus: "UNHEALTHY",
    containers: [{ name: "api", lastStatus: "RUNNING", healthStatus: "UNHEALTHY", image: PINNED }],
  });
  const stuck =
    "(service shop-api) was unable to place a task because no container instance met all of its requirements.";
  const inProgress = deployment({
    rolloutState: "IN_PROGRESS",
    rolloutStateReason: "ECS deployment ecs-svc/1 in progress.",
    runningCount: 1,
  });

  const cases: readonly (readonly [string, Seen, State, RegExp])[] = [
    [
      "the rollout goes on",
      { service: service({ deployments: [inProgress] }), tasks: [task("a")] },
      "deploying",
      /^ECS deployment ecs-svc\/1 in progress\.$/u,
    ],
    [
      "an old deployment is still there",
      { service: service({ deployments: [deployment(), deployment({ ...old, status: "ACTIVE" })] }) },
      "deploying",
      /completed/u,
    ],
    [
      "a target waits for its first check",
      { targets: [target("healthy"), target("initial")] },
      "deploying",
      /^1 of 2 targets of the entry are healthy yet$/u,
    ],
    [
      "a task is being started in the place of one that a user stopped",
      {
        tasks: [task("a"), task("b", { lastStatus: "PENDING" })],
        stopped: [{ ...crashed, stopCode: "UserInitiated" }],
      },
      "deploying",
      /completed/u,
    ],
    [
      "one task has failed while it rolls",
      {
        service: service({ deployments: [{ ...inProgress, failedTasks: 1 }] }),
        tasks: [task("a")],
        stopped: [crashed],
      },
      "deploying",
      /in progress/u,
    ],
    [
      "tasks fail while it rolls",
      {
        service: service({ deployments: [{ ...inProgress, failedTasks: 2 }] }),
        tasks: [task("a")],
        stopped: [crashed],
      },
      "failing",
      /^1 of 2 tasks are running and healthy$/u,
    ],
    ["it ends again and again once it was up", { tasks: [task("a")], stopped: [crashed] }, "failing", /^1 of 2 tasks/u],
    [
      "no machine has room",
      {
        service: service({ deployments: [inProgress], events: [{ createdAt: AT, message: stuck }] }),
        tasks: [task("a")],
      },
      "failing",
      /^1 of 2 tasks/u,
    ],
    [
      "there was no room, and there is again",
      {
        service: service({
          deployments: [inProgress],
          events: [
            { createdAt: AT, message: "(service shop-api) has reached a steady state." },
            { createdAt: AT, message: stuck },
          ],
        }),
        tasks: [task("a")],
      },
      "deploying",
      /in progress/u,
    ],
    [
      "tasks failed before it came up",
      { service: service({ deployments: [deployment({ failedTasks: 2 })] }), stopped: [crashed] },
      "running",
      /^$/u,
    ],
    [
      "a container is unhealthy",
      { tasks: [task("a"), unhealthy] },
      "failing",
      /^1 of 2 tasks are running and healthy$/u,
    ],
    [
      "the entry's check fails",
      { targets: [target("healthy"), target("unhealthy")] },
      "failing",
      /^1 targets of the entry are unhealthy$/u,
    ],
    [
      "the circuit breaker has stopped it",
      {
        service: service({
          deployments: [deployment({ rolloutState: "FAILED", rolloutStateReason: "tasks failed to start" })],
        }),
        tasks: [],
      },
      "failing",
      /^tasks failed to start$/u,
    ],
    [
      "the circuit breaker goes back",
      {
        service: service({
          deployments: [
            deployment({ ...old, rolloutState: "IN_PROGRESS" }),
            deployment({
              status: "ACTIVE",
              rolloutState: "FAILED",
              rolloutStateReason: "ECS deployment circuit breaker: tasks failed to start.",
            }),
          ],
        }),
        tasks: [task("a", { taskDefinitionArn: definition(6) })],
        stopped: [crashed],
      },
      "rolled back",
      /^ECS has gone back to shop-api:6; shop-api:7 was asked for$/u,
    ],
    [
      "it has gone back",
      { service: service({ deployments: [deployment(old)] }) },
      "rolled back",
      /gone back to shop-api:6/u,
    ],
    [
      "a newer revision runs",
      { service: service({ deployments: [deployment({ taskDefinition: definition(8) })] }) },
      "changed",
      /^shop-api:8 runs, and shop-api:7 was asked for/u,
    ],
    [
      "another family runs",
      { service: service({ deployments: [deployment({ taskDefinition: arn("task-definition/other:1") })] }) },
      "changed",
      /^other:1 runs/u,
    ],
    [
      "it is being deleted",
      { service: service({ status: "DRAINING" }) },
      "stopped",
      /^the service is being deleted: shop-api in the cluster/u,
    ],
    [
      "it was deleted",
      { service: service({ status: "INACTIVE" }) },
      "stopped",
      /^there is no such service: shop-api in the cluster/u,
    ],
  ];
  for (const [name, seen, state, why] of cases)
    it(`is ${state} where ${name}`, async () => {
      const status = await asked.status(api, told(seen));
      assert.equal(status.state, state);
      assert.match(status.reasons[0] ?? "", why);
    });

  it("is running where nothing is asked for and nothing runs", async () => {
    const none = service({ desiredCount: 0, deployments: [deployment({ desiredCount: 0 })] });
    const status = await asked.status(api, told({ service: none, tasks: [] }));
    assert.deepEqual([status.state, status.wanted.count, status.running.count], ["running", 0, 0]);
  });

  it("shows why and the last lines of the container at fault", async () => {
    const seen: Seen = {
      service: service({ deployments: [{ ...inProgress, failedTasks: 3 }] }),
      tasks: [task("a")],
      stopped: [crashed],
    };
    const { reasons, logs } = await asked.status(api, told(seen));
    assert.deepEqual(reasons, [
      "1 of 2 tasks are running and healthy",
      "a task has ended: Essential container in task exited, exit code 137, OutOfMemoryError: Container killed",
    ]);
    assert.deepEqual(logs, [
      { source: "api in task c0ffee", lines: ["/spectrum/dev/shop/api api/api/c0ffee 50", "panic: no database"] },
    ]);
  });

  it("shows the log of the task that failed last", async () => {
    const earlier = { ...crashed, taskArn: arn("task/spectrum-dev/bad"), stoppedAt: new Date(AT.getTime() - 60_000) };
    const { logs } = await asked.status(api, told({ tasks: [task("a")], stopped: [earlier, crashed] }));
    assert.equal(logs[0]?.source, "api in task c0ffee");
  });

  it("says so where the log cannot be read, and the rest all the same", async () => {
    const seen: Seen = { tasks: [task("a")], stopped: [crashed] };
    const { state, logs } = await asked.status(api, {
      ...told(seen),
      "logs:GetLogEvents": denied(
        "logs:GetLogEvents",
        "arn:aws:logs:eu-central-1:123456789012:log-group:/spectrum/dev/shop/api",
      ),
    });
    assert.equal(state, "failing");
    assert.match(
      logs[0]?.lines.join("\n") ?? "",
      /^\(the log cannot be read: needs logs:GetLogEvents on arn:aws:logs:.*\)$/u,
    );
  });

  it("is stopped where the cluster is gone too", async () => {
    const gone = new AwsError("ClusterNotFoundException", "Cluster not found.");
    const status = await asked.status(api, { ...told(), "ecs:DescribeServices": gone });
    assert.equal(status.state, "stopped");
  });

  it("asks again where AWS throttles", async () => {
    const answers = told();
    const status = await asked.status(api, {
      ...answers,
      "ecs:DescribeServices": (_input, time) =>
        time === 1 ? new AwsError("ThrottlingException", "Rate exceeded") : { services: [service()] },
    });
    assert.equal(status.state, "running");
    assert.equal(asked.fake.asked.filter(({ action }) => action === "ecs:DescribeServices").length, 2);
  });

  for (const action of [
    "ecs:DescribeServices",
    "ecs:ListTasks",
    "ecs:DescribeTasks",
    "elasticloadbalancing:DescribeTargetHealth",
  ] as const)
    it(`is unknown, with the right that is missing, where ${action} is denied`, async () => {
      const status = await asked.status(api, {
        ...told({ targets: [target("healthy")] }),
        [action]: denied(action, CLUSTER),
      });
      assert.equal(status.state, "unknown");
      assert.deepEqual(status.reasons, [
        `needs ${action} on ${CLUSTER}, which arn:aws:iam::123456789012:user/ann has not (no identity-based policy allows the ${action} action)`,
      ]);
    });
});
