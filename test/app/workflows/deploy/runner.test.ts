/** The state machines that hide how a tier runs a job and how a service is called, run with no cloud. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Json, JsonMap } from "../../../../app/workflows";
import { kubernetesRunner } from "../../../../app/workflows/deploy/runner/kubernetes";
import { serviceCaller } from "../../../../app/workflows/deploy/runner/service";
import { runWorkflow } from "../../../../stacks/workflows";

interface Container {
  readonly name: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
}

const kubernetes = kubernetesRunner({
  partition: "aws",
  cluster: { name: "dev", endpoint: "https://eks.example.aws", certificateAuthority: "Q0E=" },
  namespace: "shop",
  cronJob: "a-migration-with-a-name-of-its-own",
  container: "migrate",
  timeout: 900,
});

async function onKubernetes(input: Json, containers: readonly Container[], log: Json = "done\n") {
  const template = { metadata: { labels: { app: "shop" } }, spec: { containers, restartPolicy: "Never" } };
  const cronJob = { spec: { jobTemplate: { spec: { backoffLimit: 3, completions: 1, template } } } };
  const logs = { pods: { p: { containers: { migrate: { log }, proxy: { log: "no" } } } } };
  const ran = await runWorkflow(kubernetes, {
    input,
    mocks: {
      states: {
        "Read the job": { result: { ResponseBody: cronJob } as unknown as Json },
        "Run the job": { result: { logs } },
      },
    },
  });
  assert.equal(ran.status, "SUCCEEDED", JSON.stringify(ran));
  const [read, job] = ran.trace.map((step) => step.arguments as JsonMap);
  return { output: ran.output, read: read!, run: job!, job: job!.Job as JsonMap };
}

const specOf = ({ job }: { readonly job: JsonMap }) =>
  job.spec as unknown as { readonly template: { readonly spec: { readonly containers: readonly Container[] } } };

describe("a job's state machine on EKS", () => {
  it("starts a Job of the CronJob's template, once, for as long as the job may take", async () => {
    const started = await onKubernetes({}, [{ name: "migrate", args: ["up"] }, { name: "proxy" }]);
    const call = { ClusterName: "dev", CertificateAuthority: "Q0E=", Endpoint: "https://eks.example.aws" };
    assert.deepEqual(started.read, {
      ...call,
      Method: "GET",
      Path: "/apis/batch/v1/namespaces/shop/cronjobs/a-migration-with-a-name-of-its-own",
    });
    const { Job: job, LogOptions, ...rest } = started.run as { Job: JsonMap; LogOptions: JsonMap };
    assert.deepEqual(rest, { ...call, Namespace: "shop" });
    assert.deepEqual(LogOptions, {
      RetrieveLogs: true,
      RawLogs: true,
      LogParameters: { tailLines: ["100"], limitBytes: ["16384"] },
    });
    const { name } = job.metadata as { name: string };
    assert.match(name, /^a-migration-with-a-name-of-[0-9a-f-]{36}$/u);
    assert.ok(name.length <= 63);
    assert.deepEqual(job.spec, {
      backoffLimit: 0,
      completions: 1,
      activeDeadlineSeconds: 900,
      ttlSecondsAfterFinished: 86_400,
      template: {
        metadata: { labels: { app: "shop" } },
        spec: { containers: [{ name: "migrate", args: ["up"] }, { name: "proxy" }], restartPolicy: "Never" },
      },
    });
    assert.deepEqual(started.output, { exitCode: 0, output: "done" });
  });

  it("puts what it was given in the place of the container's own, and leaves its sidecars alone", async () => {
    const word = fc.string({ minLength: 1, maxLength: 5, unit: fc.constantFrom("A", "B", "C") });
    const own = fc.uniqueArray(fc.record({ name: word, value: fc.string() }, { noNullPrototype: true }), {
      selector: ({ name }) => name,
    });
    await fc.assert(
      fc.asyncProperty(
        own,
        fc.option(fc.dictionary(word, fc.string(), { noNullPrototype: true }), { nil: undefined }),
        fc.option(fc.array(fc.string(), { minLength: 1 }), { nil: undefined }),
        async (env, environment, command) => {
          const input = { ...(environment && { environment }), ...(command && { command }) };
          const started = await onKubernetes(input, [
            { name: "migrate", args: ["up"], env },
            { name: "proxy", env },
          ]);
          const [main, proxy] = specOf(started).template.spec.containers;
          assert.deepEqual(proxy, { name: "proxy", env });
          assert.deepEqual(main?.args, command ?? ["up"]);
          const expected = { ...Object.fromEntries(env.map(({ name, value }) => [name, value])), ...environment };
          assert.deepEqual(Object.fromEntries((main?.env ?? []).map(({ name, value }) => [name, value])), expected);
        },
      ),
      { numRuns: 40 },
    );
  });

  for (const [log, output] of [
    ["a\nb\n\n", "a\nb"],
    ["", null],
    ["  indented", "  indented"],
  ] as const)
    it(`gives what the container wrote: ${JSON.stringify(log)}`, async () => {
      assert.deepEqual((await onKubernetes({}, [{ name: "migrate" }], log)).output, { exitCode: 0, output });
    });

  it("fails where the Job fails", async () => {
    const { status, error } = await runWorkflow(kubernetes, {
      mocks: {
        states: {
          "Read the job": {
            result: {
              ResponseBody: {
                spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: "migrate" }] } } } } },
              },
            },
          },
          "Run the job": { error: "States.TaskFailed", cause: "BackoffLimitExceeded" },
        },
      },
    });
    assert.deepEqual([status, error], ["FAILED", "States.TaskFailed"]);
  });
});

describe("the state machine that calls a service", () => {
  const caller = serviceCaller("shop.api", {
    partition: "aws",
    url: "https://shop.example.com/v1",
    connectionArn: "arn:c",
  });
  const called = async (input: Json) => {
    const { trace, output } = await runWorkflow(caller, {
      input,
      mocks: { states: { Call: { result: { StatusCode: 200 } } } },
    });
    assert.deepEqual(output, { StatusCode: 200 });
    return trace[0]?.arguments;
  };

  it("calls what it is told, by the connection", async () => {
    assert.deepEqual(await called({ Method: "POST", Path: "/orders", RequestBody: { a: [1] }, Headers: { t: "x" } }), {
      ApiEndpoint: "https://shop.example.com/v1/orders",
      Authentication: { ConnectionArn: "arn:c" },
      Method: "POST",
      RequestBody: { a: [1] },
      Headers: { t: "x" },
    });
  });

  it("gets the root unless it is told more", async () => {
    assert.deepEqual(await called({}), {
      ApiEndpoint: "https://shop.example.com/v1/",
      Authentication: { ConnectionArn: "arn:c" },
      Method: "GET",
    });
  });
});
