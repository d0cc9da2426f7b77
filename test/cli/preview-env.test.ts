import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { previewStack } from "../../deploy/preview-env";
import { EnvironmentFolder } from "../support/environment-folder";
import { type FakeOperation, type FakeState, stepEvents } from "../support/fake-pulumi";

const BRANCH = "feature/login";
const STACK = previewStack(BRANCH);
const URN = `urn:pulumi:${STACK}::spectrum::aws:s3/bucket:Bucket::b`;

/** A state with one resource, as `up` leaves it, or with none. */
function stateOf(ends: string | null): FakeState {
  const tags = { PreviewBranch: BRANCH, PreviewFrom: "dev", PreviewEnds: ends };
  const bucket = { urn: URN, type: "aws:s3/bucket:Bucket", custom: true, inputs: { tags } };
  return { version: 3, deployment: { resources: ends === null ? [] : [bucket] } };
}
const failing: FakeOperation = {
  events: [
    ...stepEvents({ op: "delete", urn: URN }),
    { diagnosticEvent: { severity: "error", message: "BucketNotEmpty", color: "never", urn: URN } },
  ],
  code: 255,
};

describe("spectrum preview-env", function () {
  this.timeout(120_000);
  let project: EnvironmentFolder;
  const file = () => join(project.folder, `Pulumi.${STACK}.yaml`);
  const operations = () => project.pulumi.operations;

  beforeEach(async () => {
    project = await EnvironmentFolder.open();
    project.write("compose.yaml", { services: { web: { image: "nginx:1", ports: ["8080:80"] } } });
    const web = { compose: "compose.yaml", tier: "lightsail" };
    project.write("Pulumi.dev.yaml", { config: { "aws:region": "us-east-1", "spectrum:apps": { web } } });
    project.write("Pulumi.prod.yaml", { config: { "aws:region": "us-east-1", "spectrum:protected": true } });
  });
  afterEach(() => project.close());

  it("is made from another's config, listed, and taken away with all that it had", async () => {
    const outputs = { apps: { web: { tier: "lightsail", urls: { "web:8080": "https://web.example" } } } };
    project.pulumi.tell({
      created: { operations: { up: { outputs, state: stateOf("2099-01-01") }, destroy: { state: stateOf(null) } } },
    });
    const made = await project.spectrum("preview-env", "up", BRANCH, "--days", "2");
    assert.equal(made.code, 0, made.stderr);
    assert.match(
      made.stdout,
      new RegExp(`^${STACK} is up, until \\d{4}-\\d\\d-\\d\\d\nweb web:8080 {2}https://web\\.example\n$`, "u"),
    );
    const { config } = parse(readFileSync(file(), "utf8")) as { config: Record<string, Record<string, unknown>> };
    assert.deepEqual(config["spectrum:apps"]?.web, { compose: "compose.yaml", tier: "lightsail", data: "delete" });
    assert.equal(config["spectrum:tags"]?.PreviewBranch, BRANCH);

    const listed = JSON.parse((await project.spectrum("preview-env", "list", "--json")).stdout) as object;
    assert.deepEqual(listed, {
      version: 1,
      previews: [{ stack: STACK, branch: BRANCH, from: "dev", ends: "2099-01-01", resources: 1 }],
    });

    const down = await project.spectrum("preview-env", "down", BRANCH);
    assert.deepEqual([down.code, down.stdout], [0, `${STACK} is gone\n`], down.stderr);
    assert.equal(existsSync(file()), false);
    assert.deepEqual(operations(), ["up", "destroy"]);
    // again: there is nothing to do, and that is no error
    const again = await project.spectrum("preview-env", "down", BRANCH);
    assert.deepEqual([again.code, again.stdout, existsSync(file())], [0, `${STACK} is not there\n`, false]);
    assert.equal((await project.spectrum("preview-env", "list")).stdout, "none\n");
  });

  it("goes on after a deployment that failed, and looks at the cloud where a destroy does", async () => {
    project.pulumi.tell({
      created: {
        operations: {
          up: { events: stepEvents({ op: "create", urn: URN }), code: 255 },
          destroy: [failing, { state: stateOf(null) }],
        },
        state: stateOf("2099-01-01"),
      },
    });
    const half = await project.spectrum("preview-env", "up", BRANCH);
    assert.deepEqual([half.code, half.stdout], [3, ""]);
    assert.match(half.stderr, new RegExp(`${STACK} is half made; .*preview-env down ${BRANCH}`, "u"));
    const down = await project.spectrum("preview-env", "down", BRANCH);
    assert.deepEqual([down.code, down.stdout], [0, `${STACK} is gone\n`]);
    assert.deepEqual(operations(), ["up", "destroy", "refresh", "destroy"]);
  });

  it("keeps the stack and its file while something is left", async () => {
    project.pulumi.stack(STACK, { operations: { destroy: failing }, state: stateOf("2020-01-01") });
    const { code, stdout, stderr } = await project.spectrum("preview-env", "prune", "--json");
    assert.equal(code, 3);
    assert.deepEqual(JSON.parse(stdout), {
      version: 1,
      destroyed: [{ stack: STACK, outcome: "left", left: [URN], errors: ["b: BucketNotEmpty"] }],
    });
    assert.match(stderr, /^error: b: BucketNotEmpty\n$/u);
    assert.equal(existsSync(file()), true);
    assert.deepEqual(operations(), ["destroy", "refresh", "destroy", "refresh", "destroy"]);
  });

  it("is pruned when its last day is over, on a machine that has no file of it, and others are not", async () => {
    project.pulumi.stack("dev", { state: stateOf("2020-01-01") });
    project.pulumi.stack(previewStack("other"), { state: stateOf("2099-01-01") });
    project.pulumi.stack(STACK, { operations: { destroy: { state: stateOf(null) } }, state: stateOf("2020-01-01") });
    const { code, stdout, stderr } = await project.spectrum("preview-env", "prune");
    assert.deepEqual([code, stdout], [0, `${STACK} is gone\n`], stderr);
    assert.deepEqual(operations(), ["destroy"]);
    assert.match(
      (await project.spectrum("preview-env", "list")).stdout,
      /^pr-other-[0-9a-f]{6} {2}until 2099-01-01 {2}1 resources {2}branch feature\/login, like dev\n$/u,
    );
  });

  it("is refused before anything is made, and leaves nothing behind", async () => {
    for (const [args, said] of [
      [["--from", "prod"], /prod is protected/u],
      [["--from", "dve"], /the environment dve has no file .* did you mean dev/u],
      [["--days", "90"], /--days got "90"; give 1 to 30/u],
    ] as const) {
      const { code, stderr } = await project.spectrum("preview-env", "up", BRANCH, ...args);
      assert.equal(code, 2);
      assert.match(stderr, said);
    }
    project.write("Pulumi.dev.yaml", {
      config: { "aws:region": "us-east-1", "spectrum:apps": { web: { compose: "none.yaml", tier: "fargate" } } },
    });
    const wrong = await project.spectrum("preview-env", "up", BRANCH);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /none\.yaml is missing/u);
    assert.equal(existsSync(file()), false);
    assert.deepEqual(operations(), []);
  });
});
