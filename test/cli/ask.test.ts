/** Questions, and the line of progress: what a terminal shows. */
import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { ask } from "../../cli/ask";
import { OperationProgress } from "../../cli/operation-progress";

describe("a question on a terminal", () => {
  const answered = (typed: string | null, yes = "yes") => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const answer = ask({ input, output }, "Deploy?", yes);
    if (typed === null) input.end();
    else input.write(typed);
    return answer;
  };

  it("is agreed to by the one answer, and by nothing else", async () => {
    assert.equal(await answered("yes\n"), true);
    assert.equal(await answered(" prod \n", "prod"), true);
    for (const typed of ["y\n", "no\n", "\n", "YES please\n", null])
      assert.equal(await answered(typed), false, String(typed));
  });
});

describe("the progress of an operation", () => {
  const CLEAR = "\r\u001b[K";
  const URN = "urn:pulumi:dev::spectrum::aws:sqs/queue:Queue::jobs";
  const shown = (isTTY: boolean) => {
    const written: string[] = [];
    const stream = {
      isTTY,
      columns: 200,
      write: (text: string) => written.push(text),
    } as unknown as NodeJS.WriteStream;
    const progress = new OperationProgress(stream, { title: "deploying dev", total: 2 });
    const tell = (phase: "started" | "done" | "failed", op: "create" | "same") =>
      progress.tell({ type: "resource", phase, op, urn: URN });
    tell("started", "same");
    tell("done", "same");
    tell("started", "create");
    const waiting = written.at(-1);
    tell("done", "create");
    progress.tell({ type: "message", severity: "info", text: "all is well", urn: null });
    progress.tell({ type: "message", severity: "warning", text: "slow", urn: URN });
    tell("failed", "create");
    progress.end();
    return { waiting, text: written.join("") };
  };

  it("is a line for each resource that changed where there is no terminal", () => {
    assert.equal(
      shown(false).text,
      "created jobs aws:sqs/queue:Queue (1 of 2)\nwarning: jobs: slow\nfailed: create jobs aws:sqs/queue:Queue\n",
    );
  });

  it("is one line that says what it waits for on a terminal, besides what must stay", () => {
    const { waiting, text } = shown(true);
    assert.ok(waiting?.startsWith(CLEAR));
    assert.match(
      waiting?.slice(CLEAR.length) ?? "",
      /^deploying dev: 0 of 2 done, \d+s; waiting for jobs aws:sqs\/queue:Queue$/u,
    );
    assert.match(text, /warning: jobs: slow\n/u);
    assert.doesNotMatch(text, /created jobs/u);
    assert.ok(text.endsWith(CLEAR));
  });
});
