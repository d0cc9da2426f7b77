/** Definitions from their files, and `runWorkflow` as a user's own test calls it: on the example. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "../../app/finding";
import { readSource, readWorkflow, runWorkflow } from "../../stacks/workflows";
import { root } from "../support/project";

const order = join(root, "examples/shop/workflows/order.asl.yaml");
const mocks = join(root, "examples/shop/workflows/order.mocks.yaml");
const ok = (output: string) => ({ result: { exitCode: 0, output } });

describe("the order workflow of examples/shop", function () {
  this.timeout(60_000);

  it("is valid, with nothing to warn of", () => assert.deepEqual(readWorkflow(order).warnings, []));

  it("migrates, seeds, reports on three partitions and takes an order", async () => {
    const { status, output, trace } = await runWorkflow(order, { mocks, input: { day: "2026-11-24" } });
    assert.equal(status, "SUCCEEDED");
    assert.deepEqual(
      trace.filter(({ within }) => within === "").map(({ state }) => state),
      ["Migrate", "Is the shop empty?", "Seed", "Nightly report", "Order", "Order", "Done"],
    );
    const { order: id, reports } = output as {
      order: string;
      reports: readonly { partition: string; report: string }[];
    };
    assert.match(id, /^[0-9a-f-]{36}$/u);
    assert.deepEqual(
      reports.map(({ partition }) => partition),
      ["orders", "payments", "stock"],
    );
  });

  it("seeds no shop that has products", async () => {
    const { trace } = await runWorkflow(order, {
      mocks: {
        resources: { "${shop.migrate}": ok("products: 12"), "${shop.report}": ok("none") },
        states: { Order: { result: { StatusCode: 201, ResponseBody: { id: "1" } } } },
      },
    });
    assert.ok(!trace.some(({ state }) => state === "Seed"));
  });

  for (const [where, failing, attempts] of [
    ["a report", { Report: { error: "States.TaskFailed", cause: "no" } }, { Report: 3, Order: 0 }],
    ["the order", { Order: { result: { StatusCode: 409, ResponseBody: "sold" } } }, { Report: 3, Order: 4 }],
  ] as const) {
    it(`takes back what it did where ${where} fails, after its retries`, async () => {
      const resources = {
        "${shop.migrate}": ok("products: 12"),
        "${shop.seed}": ok("undone"),
        "${shop.report}": ok("x"),
      };
      const { status, error, trace } = await runWorkflow(order, { mocks: { resources, states: failing } });
      assert.deepEqual([status, error], ["FAILED", "Shop.TakenBack"]);
      const names = trace.map(({ state }) => state);
      assert.deepEqual(names.slice(-2), ["Take back", "Taken back"]);
      for (const [name, count] of Object.entries(attempts)) assert.equal(names.filter((n) => n === name).length, count);
    });
  }

  it("takes nothing back where nothing was done", async () => {
    const { error, trace } = await runWorkflow(order, { mocks: { default: { result: { exitCode: 1 } } } });
    assert.equal(error, "Shop.NotMigrated");
    assert.ok(!trace.some(({ state }) => state === "Take back"));
  });
});

describe("runWorkflow", () => {
  const pass = { StartAt: "A", States: { A: { Type: "Pass", End: true } } };

  it("takes a definition itself, with an empty input", async () => {
    assert.deepEqual((await runWorkflow(pass)).output, {});
    assert.deepEqual((await runWorkflow(pass, { input: [1] })).output, [1]);
  });

  it("rejects with the errors of a definition, and where the run does not end", async () => {
    await assert.rejects(runWorkflow({ StartAt: "A", States: {} }), InputError);
    const loop = {
      StartAt: "A",
      States: {
        A: { Type: "Choice", Choices: [{ Variable: "$.a", IsPresent: false, Next: "A" }], Default: "B" },
        B: { Type: "Succeed" },
      },
    };
    await assert.rejects(runWorkflow(loop, { maxTransitions: 5 }), /did not end after 5 transitions/u);
  });
});

describe("readSource", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "spectrum-"))));
  after(() => rmSync(folder, { recursive: true }));

  it("says what is wrong with a file", () => {
    const bytes = join(folder, "bytes.yaml");
    writeFileSync(bytes, Buffer.from([0x61, 0xff]));
    for (const [path, message] of [
      [join(folder, "none.yaml"), /none\.yaml is missing$/u],
      [folder, /is a folder, name a file in it$/u],
      [bytes, /is no UTF-8 text, save it as UTF-8$/u],
    ] as const)
      assert.throws(
        () => readSource(path),
        (error) => error instanceof InputError && message.test(error.message),
      );
  });
});
