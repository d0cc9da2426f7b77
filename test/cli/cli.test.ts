import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Plan } from "../../plan/types";

const root = resolve(__dirname, "../..");

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function spectrum(args: readonly string[], env: NodeJS.ProcessEnv = {}): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", "cli/main.ts", ...args], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "", ...env },
    maxBuffer: 1 << 28,
  });
  return { code: status, stdout, stderr };
}

describe("spectrum", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "spectrum-"))));
  after(() => rmSync(folder, { recursive: true }));

  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  it("shows its help and version", () => {
    const help = spectrum(["--help"]);
    assert.equal(help.code, 0);
    assert.match(help.stdout, /plan \[options\][\s\S]*config \[options\]/);
    assert.equal(spectrum(["plan", "--help"]).code, 0);
    assert.deepEqual(spectrum(["--version"]), { code: 0, stdout: "0.1.0\n", stderr: "" });
  });

  for (const [args, message] of [
    [["plna"], "unknown command 'plna', did you mean plan"],
    [["plan", "--teir", "x"], "unknown option '--teir', did you mean --tier"],
    [["plan", "--tier"], "option '--tier <tier>' argument missing"],
    [["plan", "extra"], "too many arguments for 'plan'. Expected 0 arguments but got 1."],
    [["config"], "required option '--compose <file>' not specified"],
  ] as const) {
    it(`ends with 2 and one line that says why: ${args.join(" ")}`, () => {
      const { code, stdout, stderr } = spectrum(args);
      assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
      assert.equal(stderr, `error: ${message}\nspectrum --help shows what there is\n`);
    });
  }

  it("ends with 2 and the help without a verb", () => {
    const { code, stdout, stderr } = spectrum([]);
    assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
    assert.match(stderr, /Usage: spectrum/);
  });

  it("prints JSON and nothing else with --json, for a wrong command line too", () => {
    const { code, stdout } = spectrum(["plan", "--json", "--teir", "x"]);
    assert.equal(code, 2);
    const plan = JSON.parse(stdout) as Plan;
    assert.equal(plan.version, 1);
    assert.deepEqual(plan.errors, [{ location: null, message: "unknown option '--teir', did you mean --tier" }]);
  });

  describe("config", () => {
    it("prints the model as YAML, and as JSON", () => {
      const compose = file(
        "compose.yaml",
        "name: a\nservices:\n  web:\n    image: nginx:${TAG:-1}\n    ports: ['80:8080']\n",
      );
      const yaml = spectrum(["config", "--compose", compose]);
      assert.equal(yaml.code, 0, yaml.stderr);
      assert.match(yaml.stdout, /^name: a\n/);
      const json = spectrum(["config", "--compose", compose, "--json"]);
      const model = JSON.parse(json.stdout) as { services: { web: { image: string } } };
      assert.equal(model.services.web.image, "nginx:1");
      const shell = spectrum(["config", "--compose", compose, "--json", "--shell-env"], { TAG: "2" });
      assert.match(shell.stdout, /"nginx:2"/);
      assert.match(spectrum(["config", "--compose", compose, "--json"], { TAG: "2" }).stdout, /"nginx:1"/);
    });

    it("merges several files in order", () => {
      const first = file("a.yaml", "services: { web: { image: one } }\n");
      const second = file("b.yaml", "services: { web: { image: two } }\n");
      const { stdout } = spectrum(["config", "--compose", first, "--compose", second, "--json"]);
      assert.match(stdout, /"image": "two"/);
    });

    it("says all that is wrong, each with its place, on stderr and in the JSON", () => {
      const compose = file("wrong.yaml", "services:\n  web:\n    imag: nginx\n    ports: [x]\n");
      const text = spectrum(["config", "--compose", compose]);
      assert.deepEqual({ code: text.code, stdout: text.stdout }, { code: 2, stdout: "" });
      assert.match(text.stderr, /wrong\.yaml:3:5: .*image/);
      assert.match(text.stderr, /wrong\.yaml:4:\d+: /);
      assert.doesNotMatch(text.stderr, /^\s+at /m);
      const { errors } = JSON.parse(spectrum(["config", "--compose", compose, "--json"]).stdout) as Plan;
      assert.equal(errors.length, text.stderr.trim().split("\n").length);
    });
  });

  describe("plan", () => {
    it("names the environments that there are", () => {
      const { code, stdout, stderr } = spectrum(["plan", "--env", "prd"]);
      assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
      assert.match(stderr, /^error: the environment prd has no file Pulumi\.prd\.yaml: there are .*did you mean prod/);
    });

    it("takes no environment that no stack could be called", () => {
      const { code, stderr } = spectrum(["plan", "--compose", "examples/hello/compose.yaml", "--env", "a/b"]);
      assert.equal(code, 2);
      assert.match(stderr, /^error: got the environment "a\/b"; a stack's name is 1 to 100 letters/);
    });

    it("prints a plan with the errors for a file that is missing", () => {
      const { code, stdout, stderr } = spectrum(["plan", "--compose", "nope.yaml", "--tier", "fargate", "--json"]);
      assert.equal(code, 2, stderr);
      const plan = JSON.parse(stdout) as Plan;
      assert.match(plan.errors[0]!.message, /nope\.yaml is missing/);
      assert.doesNotMatch(stdout, new RegExp(root));
    });
  });

  it("ends with 1 and the stack of a defect, in our own lines", () => {
    // breaks the program from outside, in an apply, where the error's stack goes through the SDK
    const breaker = file(
      "break.cjs",
      `const load = require("module")._load;
       require("module")._load = function (request, ...rest) {
         const loaded = load.call(this, request, ...rest);
         if (!request.endsWith("stacks/program")) return loaded;
         const pulumi = require(${JSON.stringify(join(root, "node_modules/@pulumi/pulumi"))});
         return { runProgram: () => void pulumi.output(1).apply(() => new pulumi.Config("no").require("such")) };
       };`,
    );
    const args = ["plan", "--compose", "examples/hello/compose.yaml", "--tier", "fargate", "--json"];
    const { code, stdout, stderr } = spectrum(args, { NODE_OPTIONS: `--require ${breaker}` });
    assert.equal(code, 1);
    assert.match(stderr, /^error: a defect of Spectrum[\s\S]*Missing required configuration variable 'no:such'/);
    assert.match(stderr, /plan\/record\.ts:\d{2,}:\d+/);
    assert.match((JSON.parse(stdout) as Plan).errors[0]!.message, /^a defect of Spectrum: .*no:such/);
  });

  it("ends quietly when its reader goes away", async () => {
    const services = Array.from({ length: 3000 }, (_, i) => `  s${i}: { image: nginx }`).join("\n");
    const compose = file("many.yaml", `services:\n${services}\n`);
    const child = spawn(
      process.execPath,
      ["--import", "tsx", "cli/main.ts", "config", "--compose", compose, "--json"],
      {
        cwd: root,
      },
    );
    let stderr = "";
    child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
    child.stdout.once("data", () => child.stdout.destroy());
    const code = await new Promise((done) => child.once("close", done));
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  });

  it("prints all of a large output into a slow pipe", () => {
    const services = Array.from({ length: 3000 }, (_, i) => `  s${i}: { image: nginx }`).join("\n");
    const compose = file("many.yaml", `services:\n${services}\n`);
    const command = `"${process.execPath}" --import tsx cli/main.ts config --json --compose "${compose}" | (sleep 0.5; cat)`;
    const { stdout } = spawnSync("sh", ["-c", command], { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
    assert.equal(Object.keys((JSON.parse(stdout) as { services: object }).services).length, 3000);
  });

  it("takes paths from where the user stands under npm run", () => {
    cpSync(join(root, "examples/hello"), join(folder, "hello"), { recursive: true });
    const { code, stderr } = spectrum(["config", "--compose", "hello/compose.yaml"], {
      INIT_CWD: folder,
      npm_lifecycle_event: "spectrum",
    });
    assert.equal(code, 0, stderr);
  });
});
