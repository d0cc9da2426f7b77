/** The state machines that run a job on a machine, run with no cloud. */
import assert from "node:assert/strict";
import type { Json, JsonMap } from "../../../../app/workflows";
import { commandRunner, runbookRunner } from "../../../../app/workflows/deploy/runner/machine";
import { runWorkflow } from "../../../../stacks/workflows";

describe("a job's state machine on a machine", () => {
  const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64");
  const common = { partition: "aws", job: "migrate", seconds: 1000 } as const;
  const command = commandRunner({ ...common, document: "doc", nodeTag: { key: "App", values: ["shop"] } });
  const runbook = runbookRunner({ ...common, runbook: "book" });
  type Looks = readonly { readonly result: Json }[];
  const invocation = (Status: string, ResponseCode = -1, Output = "") => ({
    result: { CommandInvocations: [{ Status, CommandPlugins: [{ ResponseCode, Output }] }] },
  });
  const nobody = { result: { CommandInvocations: [] } };
  const byCommand = (looks: Looks, input: Json = {}) =>
    runWorkflow(command, {
      input,
      mocks: { states: { Start: { result: { Command: { CommandId: "c-1" } } }, Look: looks } },
    });
  const execution = (AutomationExecutionStatus: string, Outputs: JsonMap = {}) => ({
    result: { AutomationExecution: { AutomationExecutionStatus, Outputs } },
  });
  const byRunbook = (looks: Looks, input: Json = {}) =>
    runWorkflow(runbook, {
      input,
      mocks: { states: { Start: { result: { AutomationExecutionId: "a-1" } }, Look: looks } },
    });

  it("sends the command to the machine of the tag, and looks until it has ended", async () => {
    const looks = [nobody, invocation("InProgress"), invocation("Success", 0, "a\nb\n")];
    const { status, output, trace } = await byCommand(looks, { command: ["a", "b"], environment: { N: 1 } });
    assert.deepEqual([status, output], ["SUCCEEDED", { exitCode: 0, output: "a\nb" }]);
    assert.deepEqual(trace[0]?.arguments, {
      DocumentName: "doc",
      Targets: [{ Key: "tag:App", Values: ["shop"] }],
      Parameters: { Command: [base64(["a", "b"])], Environment: [base64({ N: "1" })] },
      Comment: "the job migrate, for a workflow",
    });
    assert.equal(trace.filter(({ state }) => state === "Wait").length, 3);
    assert.deepEqual(trace.find(({ state }) => state === "Look")?.arguments, { CommandId: "c-1", Details: true });
  });

  it("fails with the exit code and the last words", async () => {
    const { status, error, cause } = await byCommand([invocation("Failed", 3, "no table\n")]);
    assert.deepEqual([status, error, cause], ["FAILED", "Spectrum.JobFailed", "Failed, exit code 3: no table"]);
  });

  it("gives up where no machine takes it", async () => {
    const { error, trace } = await byCommand(Array.from({ length: 41 }, () => nobody));
    assert.equal(error, "Spectrum.NoMachine");
    assert.equal(trace.filter(({ state }) => state === "Look").length, 40);
  });

  it("starts a runbook, which chooses the machine, and reads its outputs", async () => {
    const ended = execution("Success", { "run.ResponseCode": ["0"], "run.Output": ["done\n"] });
    const { output, trace } = await byRunbook([execution("InProgress"), ended], { command: ["x"] });
    assert.deepEqual(output, { exitCode: 0, output: "done" });
    assert.deepEqual(trace[0]?.arguments, { DocumentName: "book", Parameters: { Command: [base64(["x"])] } });
  });

  for (const [what, outputs, cause] of [
    ["the job fails", { "run.ResponseCode": ["5"], "run.Output": ["bad"] }, "Failed, exit code 5: bad"],
    ["the runbook does", {}, "Failed, exit code -1"],
  ] as const)
    it(`fails where ${what}`, async () => {
      const ended = await byRunbook([execution("Failed", outputs)]);
      assert.deepEqual([ended.error, ended.cause], ["Spectrum.JobFailed", cause]);
    });
});
