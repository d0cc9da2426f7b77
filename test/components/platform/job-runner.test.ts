/** The function that runs a deployment's job, with an ECS of the test's own. */
import assert from "node:assert/strict";
import type { Ecs, RunInput, Task } from "../../../components/platform/job-runner/run-job.mjs";

const input: RunInput = {
  job: "migrate",
  container: "migrate",
  timeout: 60,
  retries: 0,
  logGroup: "/spectrum/dev/shop/migrate",
  logPrefix: "migrate",
  run: { cluster: "arn:cluster", taskDefinition: "arn:definition:3", count: 1 },
};
const ended = (exitCode?: number, reason?: string): Task => ({
  lastStatus: "STOPPED",
  stoppedReason: "Essential container in task exited",
  containers: [
    { name: "spectrum-files", exitCode: 0 },
    { name: "migrate", ...(exitCode !== undefined && { exitCode }), ...(reason && { reason }) },
  ],
});
const named = (name: string) => Object.assign(new Error(name), { name });

interface Script {
  /** What each look at a task sees, in order; the last one goes on. */
  readonly seen?: readonly (Task | Error | undefined)[];
  /** What each RunTask comes to; a task without a word. */
  readonly started?: readonly (Error | { failures: { reason: string }[] } | undefined)[];
  readonly going?: string;
  /** Seconds that the function has. */
  readonly seconds?: number;
}

/** Runs the job against the script, in no time; the calls in order. */
async function run(script: Script, of: Partial<RunInput> = {}) {
  const { runJob } = await import("../../../components/platform/job-runner/run-job.mjs");
  const calls: { readonly call: string; readonly request: Record<string, unknown>; readonly at: number }[] = [];
  const seconds = script.seconds ?? 900;
  let now = 0;
  const note = (call: string) => (request: object) => {
    calls.push({ call, request: request as Record<string, unknown>, at: now });
    return calls.filter((one) => one.call === call).length - 1;
  };
  const thrown = <T>(answer: T | Error) => {
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const ecs: Ecs = {
    listTasks: (request) => {
      note("list")(request);
      return Promise.resolve({ taskArns: script.going ? [script.going] : [] });
    },
    runTask: async (request) => {
      const n = note("run")(request);
      return thrown((await Promise.resolve(script.started))?.[n]) ?? { tasks: [{ taskArn: `arn:task/dev/id-${n}` }] };
    },
    describeTasks: async (request) => {
      const seen = (await Promise.resolve(script.seen)) ?? [ended(0)];
      const task = thrown(seen[Math.min(note("look")(request), seen.length - 1)]);
      return { tasks: task ? [task] : [] };
    },
    stopTask: (request) => Promise.resolve(note("stop")(request)),
  };
  const pause = (by: number) => Promise.resolve((now += by));
  const result = await runJob(
    { ...input, ...of },
    { ecs, pause, requestId: "r-1", remaining: () => (seconds - now) * 1000 },
  ).then(
    ({ task }) => task,
    (error: Error) => error.message,
  );
  return { result, calls, made: calls.map(({ call }) => call), now };
}

const all = (calls: readonly { call: string; request: Record<string, unknown> }[], call: string) =>
  calls.filter((one) => one.call === call).map(({ request }) => request);

describe("the function that runs a deployment's job", () => {
  it("runs the task, waits for its end, and is content with exit code 0", async () => {
    const { result, calls, made } = await run({ seen: [undefined, { lastStatus: "RUNNING" }, ended(0)] });
    assert.equal(result, "arn:task/dev/id-0");
    assert.deepEqual(made, ["list", "run", "look", "look", "look"]);
    const [request] = all(calls, "run");
    const { startedBy, clientToken, ...rest } = request ?? {};
    assert.deepEqual(rest, input.run);
    assert.match(String(startedBy), /^spectrum\/[0-9a-f]{32}$/u);
    assert.match(String(clientToken), /^[0-9a-f]{32}$/u);
    assert.deepEqual(all(calls, "list"), [{ cluster: "arn:cluster", startedBy }]);
    assert.deepEqual(all(calls, "look")[0], { cluster: "arn:cluster", tasks: ["arn:task/dev/id-0"] });
  });

  for (const [what, task, message] of [
    [
      "its exit code",
      ended(3),
      "job migrate failed: exit code 3 (Essential container in task exited); logs: /spectrum/dev/shop/migrate, stream migrate/migrate/id-0; run 1 of 1",
    ],
    [
      "why it did not start",
      { ...ended(undefined, "CannotPullContainerError: no such image"), stoppedReason: "Task failed to start" },
      "job migrate failed: it did not start (CannotPullContainerError: no such image: Task failed to start); logs: /spectrum/dev/shop/migrate, stream migrate/migrate/id-0; run 1 of 1",
    ],
  ] as const)
    it(`fails with ${what}, and where its logs are`, async () => {
      assert.equal((await run({ seen: [task] })).result, message);
    });

  it("stops the task when its time is over, or the function's own", async () => {
    const late = await run({ seen: [{ lastStatus: "RUNNING" }] });
    assert.match(late.result, /stopped after 60 s.*stream migrate\/migrate\/id-0; run 1 of 1$/u);
    const [stop] = late.calls.filter(({ call }) => call === "stop");
    assert.equal(stop?.at, 60);
    assert.deepEqual(stop?.request, { cluster: "arn:cluster", task: "arn:task/dev/id-0", reason: "its time is over" });
    const short = await run({ seen: [{ lastStatus: "RUNNING" }], seconds: 50 });
    assert.deepEqual(
      short.calls.filter(({ call }) => call === "stop").map(({ at }) => at),
      [20],
      "30 s are left",
    );
  });

  it("starts a run that failed again, as often as it is told, each with a token of its own", async () => {
    const { result, calls } = await run({ seen: [ended(1), ended(1), ended(0)] }, { retries: 2 });
    assert.equal(result, "arn:task/dev/id-2");
    const tokens = all(calls, "run").map(({ clientToken }) => clientToken);
    assert.equal(new Set(tokens).size, 3);
    assert.match((await run({ seen: [ended(1)] }, { retries: 2 })).result, /run 3 of 3$/u);
    const tight = await run({ seen: [{ lastStatus: "RUNNING" }], seconds: 120 }, { retries: 9 });
    assert.equal(all(tight.calls, "run").length, 2, "no run that there is no time for");
    assert.match(tight.result, /run 2 of 10$/u);
  });

  it("waits for the run that is going on already, and starts no second one", async () => {
    const { result, made } = await run({ going: "arn:task/dev/old" });
    assert.equal(result, "arn:task/dev/old");
    assert.deepEqual(made, ["list", "look"]);
    const [first, other] = await Promise.all([run({}), run({}, { retries: 1 })]);
    assert.notEqual(
      all(first.calls, "list")[0]?.startedBy,
      all(other.calls, "list")[0]?.startedBy,
      "another run is no going one",
    );
  });

  it("asks again with the same token where AWS is busy or does not know the role yet", async () => {
    const started = [named("AccessDeniedException"), named("ThrottlingException"), undefined];
    const { result, calls } = await run({ started, seen: [named("ThrottlingException"), ended(0)] });
    assert.equal(result, "arn:task/dev/id-2");
    assert.equal(new Set(all(calls, "run").map(({ clientToken }) => clientToken)).size, 1);
    const denied = await run({ started: Array.from({ length: 99 }, () => named("AccessDeniedException")) });
    assert.equal(denied.result, "AccessDeniedException");
    assert.equal(denied.now, 90);
    assert.equal((await run({ started: [named("InvalidParameterException")] })).result, "InvalidParameterException");
    assert.equal((await run({ seen: [named("ClusterNotFoundException")] })).result, "ClusterNotFoundException");
  });

  it("says why ECS started nothing", async () => {
    const { result } = await run({ started: [{ failures: [{ reason: "RESOURCE:MEMORY" }] }] });
    assert.equal(result, "job migrate failed: ECS started no task: RESOURCE:MEMORY; run 1 of 1");
  });
});
