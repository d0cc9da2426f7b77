/** `spectrum workflow`, as a user calls it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { RunResult } from "../../app/workflows";
import type { Plan } from "../../plan/types";

const root = resolve(__dirname, "../..");
const order = "examples/shop/workflows/order.asl.yaml";
const mocks = "examples/shop/workflows/order.mocks.yaml";

describe("spectrum workflow", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "spectrum-"))));
  after(() => rmSync(folder, { recursive: true }));

  const spectrum = (args: readonly string[], cwd = root) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["--import", "tsx", join(root, "cli/main.ts"), ...args],
      { cwd, encoding: "utf8", env: { ...process.env, NO_COLOR: "" } },
    );
    return { code: status, stdout, stderr };
  };
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  it("shows a definition as a tree", () => {
    const { code, stdout, stderr } = spectrum(["workflow", "show", order]);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.match(stdout, /^▶ Migrate {2}Task {2}\$\{shop\.migrate\}, up to 2 retries$/mu);
    assert.match(stdout, /each item\n.*▶ Report/u);
  });

  it("writes a picture", () => {
    const svg = join(folder, "order.svg");
    const { code, stdout } = spectrum(["workflow", "show", order, "--svg", svg]);
    assert.deepEqual({ code, stdout }, { code: 0, stdout: `${svg} shows the workflow order\n` });
    assert.match(readFileSync(svg, "utf8"), /^<svg [^]*>order<[^]*<\/svg>\n$/u);
  });

  it("says where a picture cannot be written", () => {
    const { code, stderr } = spectrum(["workflow", "show", order, "--svg", join(folder, "no/such/order.svg")]);
    assert.equal(code, 2);
    assert.match(stderr, /order\.svg cannot be written \(ENOENT\)/u);
  });

  it("runs it, and tells each step", () => {
    const { code, stdout, stderr } = spectrum([
      "workflow",
      "run",
      order,
      "--mock",
      mocks,
      "--input",
      '{"day":"2026-11-24"}',
    ]);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.match(stdout, /Report {2}Task, Nightly report\[1\]\n[^]*?Retry Report after 30 s, skipped here/u);
    assert.match(stdout, /\nSUCCEEDED {2}\{"order":/u);
  });

  it("ends with 3 where it fails, with the trace as JSON", () => {
    const failing = file("failing.yaml", "default: { error: States.TaskFailed, cause: no }\n".replace("no", '"no"'));
    const { code, stdout } = spectrum(["workflow", "run", order, "--mock", failing, "--json"]);
    assert.equal(code, 3);
    const { status, error, cause, trace } = JSON.parse(stdout) as RunResult;
    assert.deepEqual([status, error, cause], ["FAILED", "Shop.NotMigrated", "States.TaskFailed: no"]);
    assert.deepEqual(
      trace.map(({ state, attempt }) => `${state} ${attempt}`),
      ["Migrate 1", "Migrate 2", "Migrate 3", "Nothing done 1"],
    );
  });

  it("takes the input from a file", () => {
    const input = file("input.yaml", "day: monday\n");
    const { stdout } = spectrum(["workflow", "run", order, "--mock", mocks, "--input", input, "--json"]);
    assert.deepEqual((JSON.parse(stdout) as RunResult).trace[0]!.input, { day: "monday" });
  });

  it("ends with 2 and every error of a definition, each with its place; as JSON too", () => {
    const wrong = file("wrong.asl.yaml", "StartAt: A\nStates:\n  A: { Type: Pass, Next: B }\n  C: { Type: Pass }\n");
    const { code, stdout, stderr } = spectrum(["workflow", "show", wrong]);
    assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
    assert.match(stderr, /wrong\.asl\.yaml:3:20: state "A": Next: no state beside it is named "B"/u);
    assert.match(stderr, /wrong\.asl\.yaml:4:3: state "C": nothing leads to it/u);
    const json = spectrum(["workflow", "run", wrong, "--mock", mocks, "--json"]);
    assert.equal((JSON.parse(json.stdout) as Plan).errors.length, stderr.trim().split("\n").length);
  });

  it("warns, and draws all the same", () => {
    const risky = file("risky.asl.yaml", 'StartAt: A\nStates: { A: { Type: Task, Resource: "${a.b}", End: true } }\n');
    const { code, stdout, stderr } = spectrum(["workflow", "show", risky]);
    assert.deepEqual({ code, stdout }, { code: 0, stdout: "▶ A  Task  ${a.b}\n  └─ end\n" });
    assert.match(stderr, /^warning: .*risky\.asl\.yaml:2:11: state "A": has no Retry on throttling/u);
  });

  for (const [args, message] of [
    [["show"], "missing required argument 'name'"],
    [["shw"], "unknown command 'shw', did you mean show"],
    [["run", order], "required option '--mock <file>' not specified"],
  ] as const) {
    it(`ends with 2 and says why: ${args.join(" ")}`, () => {
      const { code, stderr } = spectrum(["workflow", ...args]);
      assert.deepEqual(
        { code, stderr },
        { code: 2, stderr: `error: ${message}\nspectrum --help shows what there is\n` },
      );
    });
  }

  it("ends with 2 and its help without a verb", () => {
    const { code, stderr } = spectrum(["workflow"]);
    assert.equal(code, 2);
    assert.match(stderr, /Usage: spectrum workflow/u);
  });

  it("says that an input is no JSON, and that a file is missing", () => {
    assert.match(
      spectrum(["workflow", "run", order, "--mock", mocks, "--input", "{a"]).stderr,
      /--input is not valid JSON/u,
    );
    assert.match(
      spectrum(["workflow", "show", "nope.asl.yaml"]).stderr,
      /^error: the file nope\.asl\.yaml is missing\n$/u,
    );
  });

  describe("in a project", () => {
    let project: string;
    before(() => {
      project = mkdtempSync(join(tmpdir(), "spectrum-"));
      symlinkSync(join(root, "node_modules"), join(project, "node_modules"));
      copyFileSync(join(root, "Pulumi.yaml"), join(project, "Pulumi.yaml"));
      writeFileSync(
        join(project, "Pulumi.dev.yaml"),
        "config:\n  aws:region: us-east-1\n  spectrum:tier: fargate\n  spectrum:apps: { hello: { compose: compose.yaml } }\n" +
          "  spectrum:workflows:\n    quick: { definition: quick.asl.yaml, type: EXPRESS }\n    slow: { definition: quick.asl.yaml }\n",
      );
      writeFileSync(join(project, "compose.yaml"), "services: { web: { image: nginx, ports: ['80:80'] } }\n");
      writeFileSync(
        join(project, "quick.asl.yaml"),
        "StartAt: A\nStates: { A: { Type: Wait, Seconds: 400, End: true } }\n",
      );
    });
    after(() => rmSync(project, { recursive: true }));

    it("finds a workflow by its key, with its type", () => {
      assert.equal(spectrum(["workflow", "show", "slow"], project).stdout, "▶ A  Wait  400 s\n  └─ end\n");
      const { code, stderr } = spectrum(["workflow", "show", "quick"], project);
      assert.equal(code, 2);
      assert.match(stderr, /quick\.asl\.yaml:2:28: state "A": waits 400 s; an EXPRESS workflow lasts 300 s at most/u);
    });

    it("says what there is where the key is none", () => {
      const { code, stderr } = spectrum(["workflow", "show", "quik"], project);
      assert.equal(code, 2);
      assert.match(
        stderr,
        /^error: spectrum:workflows: the environment dev has no workflow quik, did you mean "quick"/u,
      );
    });

    it("is checked by the plan too, with its place", () => {
      const { code, stderr } = spectrum(["plan"], project);
      assert.equal(code, 2);
      assert.match(stderr, /quick\.asl\.yaml:2:28: state "A": waits 400 s; an EXPRESS workflow lasts 300 s at most/u);
    });
  });
});
