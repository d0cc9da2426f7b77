/** The machine that runs an ECS job, walked with given answers of AWS. */
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { JobConfig } from "../../../../app/config/types";
import {
  type Json,
  type JsonMap,
  mustCheckWorkflow,
  readMocks,
  run,
  sourceOf,
  validateWorkflow,
} from "../../../../app/workflows";
import { runnerDefinition } from "../../../../components/workflow/runner/ecs";
import type { EcsJobTarget } from "../../../../components/tiers/ecs/hosting";
import { useMocks, valueOf } from "../../../support/mocks";

const target: EcsJobTarget = {
  tier: "fargate",
  clusterArn: pulumi.output("arn:cluster"),
  clusterName: pulumi.output("spectrum-dev"),
  family: pulumi.output("arn:aws:ecs:us-east-1:123456789012:task-definition/spectrum-dev-shop-report:*"),
  logs: { group: pulumi.output("/spectrum/dev/shop/report"), prefix: "report" },
  taskDefinitionArn: pulumi.output("arn:aws:ecs:us-east-1:123456789012:task-definition/spectrum-dev-shop-report:7"),
  container: "report",
  network: {
    subnetIds: pulumi.output(["subnet-1"]),
    securityGroupIds: [pulumi.output("sg-1")],
    assignPublicIp: true,
  },
  launch: { capacityProvider: pulumi.output("FARGATE") },
  roleArns: [],
  placement: [],
};
const deadLetters = { url: "https://queue", arn: "arn:queue" };

async function definitionOf(
  more: Partial<Pick<JobConfig, "retries" | "concurrency">> & {
    readonly target?: EcsJobTarget;
    readonly quiet?: true;
    readonly tellsOutput?: true;
  } = {},
): Promise<Json> {
  await useMocks();
  const { quiet, ...config } = more;
  const definition = runnerDefinition({
    job: "report",
    target,
    timeout: 600,
    retries: 0,
    concurrency: "forbid",
    region: "us-east-1",
    tellsOutput: false,
    deadLetters: quiet ? null : deadLetters,
    ...config,
  });
  return JSON.parse((await valueOf(pulumi.jsonStringify(definition))) ?? "") as Json;
}

const ran = (exitCode: number): Json => ({
  result: {
    Containers: [
      { Name: "spectrum-files", ExitCode: 0 },
      { Name: "report", ExitCode: exitCode },
    ],
  },
});
const nobody: Json = { result: { TaskArns: [] } };
const failed: Json = { error: "States.TaskFailed", cause: "exit code 3" };
const sent: Json = { result: {} };

async function walk(definition: Json, states: JsonMap, input: Json = {}) {
  const read = mustCheckWorkflow(sourceOf("definition", definition));
  const { trace, ...ended } = await run(read, { mocks: readMocks(sourceOf("mocks", { states }), read), input });
  const given = (state: string) =>
    trace.filter((step) => step.state === state).map((step) => step.arguments as JsonMap);
  const { status, output = null, error = null, cause = null } = ended as Record<string, Json>;
  return { status, output, error, cause, states: trace.map(({ state }) => state), given };
}

describe("the machine that runs an ECS job", () => {
  it("is valid, on each launch type, with and without a queue, alone or beside others", async () => {
    const external: EcsJobTarget = {
      ...target,
      tier: "ecs-anywhere",
      network: null,
      launch: { launchType: "EXTERNAL" },
      placement: ["attribute:spectrum.machines == shop"],
    };
    const called = { concurrency: "allow", quiet: true, tellsOutput: true } as const;
    for (const more of [{}, called, { concurrency: "allow", quiet: true, retries: 2 }, { target: external }] as const) {
      const { errors, warnings } = validateWorkflow(sourceOf("definition", await definitionOf(more)));
      assert.deepEqual([errors, warnings], [[], []], JSON.stringify(more));
    }
    const { States } = (await definitionOf({ target: external })) as { States: Record<string, { Arguments: JsonMap }> };
    const { LaunchType, PlacementConstraints, NetworkConfiguration, CapacityProviderStrategy } = States.Run!.Arguments;
    assert.deepEqual(
      [LaunchType, PlacementConstraints, NetworkConfiguration, CapacityProviderStrategy],
      ["EXTERNAL", [{ Type: "memberOf", Expression: "attribute:spectrum.machines == shop" }], undefined, undefined],
    );
  });

  it("runs the newest revision, and gives its exit code", async () => {
    const definition = await definitionOf();
    const { status, output, states, given } = await walk(definition, { "Look for another run": nobody, Run: ran(0) });
    assert.deepEqual([status, output], ["SUCCEEDED", { exitCode: 0 }]);
    assert.deepEqual(states, ["Begin", "Look for another run", "Does one go on", "Run"]);
    assert.deepEqual(given("Look for another run"), [
      { Cluster: "arn:cluster", Family: "spectrum-dev-shop-report", DesiredStatus: "RUNNING" },
    ]);
    const [{ Tags, ...request }] = given("Run") as [JsonMap];
    assert.equal((Tags as JsonMap[])[0]?.Key, "spectrum:run");
    assert.deepEqual(request, {
      Cluster: "arn:cluster",
      TaskDefinition: "arn:aws:ecs:us-east-1:123456789012:task-definition/spectrum-dev-shop-report:7",
      Count: 1,
      CapacityProviderStrategy: [{ CapacityProvider: "FARGATE", Weight: 1 }],
      NetworkConfiguration: {
        AwsvpcConfiguration: { Subnets: ["subnet-1"], SecurityGroups: ["sg-1"], AssignPublicIp: "ENABLED" },
      },
      PropagateTags: "TASK_DEFINITION",
      EnableECSManagedTags: true,
      Overrides: { ContainerOverrides: [{ Name: "report" }] },
    });
    const { States } = definition as { States: Record<string, JsonMap> };
    assert.deepEqual([States.Run!.TimeoutSeconds, States.Run!.Resource], [600, "arn:aws:states:::ecs:runTask.sync"]);
  });

  for (const [what, input, override] of [
    ["one word", { command: ["sync"] }, { Name: "report", Command: ["sync"] }],
    [
      "words and variables",
      { command: ["sync", "--all"], environment: { DAY: "monday", COUNT: 3, DRY: true } },
      {
        Name: "report",
        Command: ["sync", "--all"],
        Environment: [
          { Name: "DAY", Value: "monday" },
          { Name: "COUNT", Value: "3" },
          { Name: "DRY", Value: "true" },
        ],
      },
    ],
    [
      "one variable",
      { environment: { DAY: "monday" } },
      { Name: "report", Environment: [{ Name: "DAY", Value: "monday" }] },
    ],
  ] as const)
    it(`takes ${what} of its input`, async () => {
      const { given } = await walk(await definitionOf(), { "Look for another run": nobody, Run: ran(0) }, input);
      assert.deepEqual((given("Run")[0]!.Overrides as JsonMap).ContainerOverrides, [override]);
    });

  it("leaves a run out while another goes on, unless they may run beside each other", async () => {
    const going: Json = { result: { TaskArns: ["arn:task/1"] } };
    const alone = await walk(await definitionOf(), { "Look for another run": going });
    assert.deepEqual([alone.status, alone.states.at(-1)], ["SUCCEEDED", "Left out"]);
    const beside = await walk(await definitionOf({ concurrency: "allow" }), { Run: ran(0) });
    assert.deepEqual(beside.states, ["Begin", "Run"]);
  });

  it("starts a run that failed again, and reports the last one to the queue", async () => {
    const answers = { "Look for another run": nobody, Report: sent };
    const definition = await definitionOf({ retries: 2 });
    const better = await walk(definition, { ...answers, Run: [failed, ran(0)] });
    assert.equal(better.status, "SUCCEEDED");
    const worse = await walk(definition, { ...answers, Run: [failed, failed, failed] }, { environment: { A: "1" } });
    assert.equal(worse.states.filter((state) => state === "Run").length, 3);
    assert.deepEqual(worse.states.slice(-3), ["Again", "Report", "Failed"]);
    const [{ QueueUrl, MessageBody }] = worse.given("Report") as [JsonMap];
    const { execution, ...body } = MessageBody as JsonMap;
    assert.equal(QueueUrl, "https://queue");
    assert.ok(typeof execution === "string" && execution.startsWith("arn:"));
    assert.deepEqual(body, {
      job: "report",
      input: { environment: { A: "1" } },
      error: { Error: "States.TaskFailed", Cause: "exit code 3" },
    });
    assert.deepEqual([worse.error, worse.cause], ["Spectrum.JobFailed", "States.TaskFailed: exit code 3"]);
    const quiet = await walk(await definitionOf({ quiet: true }), { "Look for another run": nobody, Run: failed });
    assert.deepEqual(quiet.states.slice(-3), ["Run", "Again", "Failed"]);
  });

  describe("that a workflow calls", () => {
    const lines = (...messages: string[]): Json => ({ result: { Events: messages.map((Message) => ({ Message })) } });
    const called = async (log: Json) => {
      const definition = await definitionOf({ concurrency: "allow", quiet: true, tellsOutput: true });
      const { Containers } = (ran(0) as { result: { Containers: Json } }).result;
      const done = { result: { TaskArn: "arn:aws:ecs:us-east-1:1:task/dev/abc", Containers } };
      return walk(definition, { Run: done, "Read its log": log });
    };

    it("tells what the container wrote last", async () => {
      const { output, given, states } = await called(lines("migrated", "products: 0"));
      assert.deepEqual(output, { exitCode: 0, output: "migrated\nproducts: 0" });
      assert.deepEqual(given("Read its log"), [
        {
          LogGroupName: "/spectrum/dev/shop/report",
          LogStreamName: "report/report/abc",
          Limit: 50,
          StartFromHead: false,
        },
      ]);
      assert.deepEqual(states, ["Begin", "Run", "Read its log", "Done"]);
    });

    it("gives the end of a long output", async () => {
      const { output } = (await called(lines("x".repeat(20_000), "end"))).output as { output: string };
      assert.equal(output.length, 16_384);
      assert.ok(output.endsWith("x\nend"));
    });

    for (const [what, log] of [
      ["wrote nothing", lines()],
      ["wrote to a stream that cannot be read", { error: "CloudWatchLogs.ResourceNotFoundException" }],
    ] as const)
      it(`succeeds where the container ${what}`, async () => {
        const { status, output } = await called(log);
        assert.deepEqual([status, output], ["SUCCEEDED", { exitCode: 0, output: null }]);
      });
  });

  it("stops the task of this run alone when its time is over", async () => {
    const definition = await definitionOf({ retries: 1, concurrency: "allow" });
    const states = (tasks: Json): JsonMap => ({
      Run: [{ error: "States.Timeout" }, ran(0)],
      "Find the task": { result: { TaskArns: ["arn:task/1", "arn:task/2"] } },
      "Tell it apart": { result: { Tasks: tasks } },
      "Stop the task": { result: {} },
    });
    const first = await walk(definition, states([]));
    const name = (first.given("Run")[0]!.Tags as JsonMap[])[0]!.Value!;
    assert.deepEqual(first.given("Tell it apart"), [
      { Cluster: "arn:cluster", Tasks: ["arn:task/1", "arn:task/2"], Include: ["TAGS"] },
    ]);
    assert.equal(first.states.includes("Stop the task"), false, "no task of this run is there");
    const tagged = (arn: string, value: Json) => ({
      TaskArn: arn,
      Tags: [
        { Key: "App", Value: "shop" },
        { Key: "spectrum:run", Value: value },
      ],
    });
    const second = await walk(definition, states([tagged("arn:task/1", "another"), tagged("arn:task/2", name)]));
    assert.deepEqual(second.given("Stop the task"), [
      { Cluster: "arn:cluster", Task: "arn:task/2", Reason: "its time is over" },
    ]);
    assert.equal(second.status, "SUCCEEDED", "and then it is tried again");
    const gone = await walk(definition, { ...states([]), "Find the task": nobody });
    assert.deepEqual(gone.states.slice(2, 5), ["Find the task", "Is it there", "Again"]);
  });

  it("fails all the same where AWS does not answer", async () => {
    const wrong: Json = { error: "States.TaskFailed", cause: "no" };
    const definition = await definitionOf();
    const { status, states } = await walk(definition, {
      "Look for another run": nobody,
      Run: { error: "States.Timeout" },
      "Find the task": wrong,
      Report: wrong,
    });
    assert.deepEqual([status, states.at(-1)], ["FAILED", "Failed"]);
  });
});
