/** The stack that the other parts drive, through the real Automation API, on a CLI that is told what to say. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "../../../app/finding";
import { type OperationEvent, openStack } from "../../../deploy/engine";
import { findCli } from "../../../deploy/engine/cli";
import { FakePulumi, nodeFolder, stepEvents } from "../../support/fake-pulumi";

const BUCKET = "urn:pulumi:dev::spectrum::aws:s3/bucket:Bucket::shop";
const STACK = "urn:pulumi:dev::spectrum::pulumi:pulumi:Stack::spectrum-dev";

describe("the engine's stack", () => {
  let pulumi: FakePulumi;
  let root: string;

  beforeEach(() => {
    pulumi = new FakePulumi();
    root = mkdtempSync(join(tmpdir(), "spectrum-stack-"));
    writeFileSync(join(root, "Pulumi.yaml"), "name: spectrum\nruntime: nodejs\n");
    writeFileSync(join(root, "Pulumi.dev.yaml"), "config: { 'aws:region': us-east-1 }\n");
  });
  afterEach(() => {
    pulumi.close();
    rmSync(root, { recursive: true });
  });

  const open = (more: Partial<Parameters<typeof openStack>[0]> = {}) =>
    openStack({ root, environment: "dev", env: pulumi.env, ...more });
  const refusal = async (run: Promise<unknown>): Promise<string> => {
    const error = await run.then(
      () => assert.fail("it went through"),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof InputError, String(error));
    return error.message;
  };

  it("is opened without being selected, and made only where that is asked for, saying so", async () => {
    assert.match(
      await refusal(open()),
      /^the environment dev has not been deployed: .*`spectrum up --env dev` makes it/u,
    );
    const notices: string[] = [];
    const made = await open({ create: true, onNotice: (text) => notices.push(text) });
    assert.deepEqual([made.isNew, notices], [true, []]);
    await made.up();
    assert.deepEqual([made.isNew, notices], [false, ["the backend has no stack dev yet: it is made"]]);
    assert.equal((await open({ create: true })).isNew, false);
    const asked = pulumi.calls.map(({ args }) => args.join(" "));
    assert.ok(asked.includes("stack init dev --no-select"));
    assert.deepEqual(
      asked.filter((call) => call.startsWith("stack select")),
      [],
    );
  });

  it("names the environments that there are", async () => {
    assert.match(await refusal(open({ environment: "dve" })), /^the environment dve has no file .* did you mean dev/u);
  });

  it("tells each step of an operation, and gathers what changes", async () => {
    const bucket = {
      op: "replace" as const,
      urn: BUCKET,
      keys: ["bucket"],
      diff: { bucket: "update-replace" },
      old: { bucket: "a" },
      new: { bucket: "b" },
    };
    const events = [
      ...stepEvents({ op: "same", urn: STACK }),
      ...stepEvents(bucket),
      {
        diagnosticEvent: {
          severity: "warning" as const,
          message: "<{%fg 1%}>slow<{%reset%}>\n",
          color: "never",
          urn: BUCKET,
        },
      },
    ];
    pulumi.stack("dev", { operations: { up: { events, changes: { same: 1, replace: 1 } } } });
    const told: OperationEvent[] = [];
    const stack = await open();
    const { outcome, changes, steps, warnings, errors } = await stack.up({ onEvent: (event) => told.push(event) });
    assert.deepEqual([outcome, changes, warnings, errors], ["succeeded", { same: 1, replace: 1 }, ["shop: slow"], []]);
    assert.deepEqual(steps, [
      {
        op: "replace",
        urn: BUCKET,
        type: "aws:s3/bucket:Bucket",
        name: "shop",
        replaceKeys: ["bucket"],
        diff: { bucket: "update-replace" },
        old: { bucket: "a" },
        new: { bucket: "b" },
      },
    ]);
    assert.deepEqual(told, [
      { type: "resource", phase: "started", op: "same", urn: STACK },
      { type: "resource", phase: "done", op: "same", urn: STACK },
      { type: "resource", phase: "started", op: "replace", urn: BUCKET },
      { type: "resource", phase: "done", op: "replace", urn: BUCKET },
      { type: "message", severity: "warning", text: "slow", urn: BUCKET },
      { type: "summary", changes: { same: 1, replace: 1 }, seconds: 1 },
    ]);
  });

  it("says what failed in a deployment, and is stopped in good order", async () => {
    const failed = {
      diagnosticEvent: { severity: "error" as const, message: "BucketAlreadyExists", color: "never", urn: BUCKET },
    };
    pulumi.stack("dev", {
      operations: {
        up: [
          { events: [...stepEvents({ op: "create", urn: BUCKET }), failed], code: 255 },
          { untilInterrupted: true, events: stepEvents({ op: "create", urn: BUCKET }) },
        ],
      },
    });
    const stack = await open();
    const first = await stack.up();
    assert.deepEqual([first.outcome, first.errors], ["failed", ["shop: BucketAlreadyExists"]]);
    const stop = new AbortController();
    const running = stack.up({ signal: stop.signal, onEvent: () => stop.abort() });
    assert.equal((await running).outcome, "canceled");
    assert.equal(pulumi.calls.filter(({ args }) => args[0] === "SIGINT").length, 1);
  });

  it("gives outputs with secrets masked, the state with ciphertext, and the history", async () => {
    const state = {
      version: 3 as const,
      deployment: {
        resources: [{ urn: BUCKET, type: "aws:s3/bucket:Bucket", custom: true }],
        pending_operations: [{ type: "creating", resource: { urn: BUCKET } }],
      },
    };
    pulumi.stack("dev", { outputs: { apps: { shop: { key: { secret: "hush" } } } }, state });
    const stack = await open();
    assert.deepEqual(await stack.outputs(), { apps: { shop: { key: "[secret]" } } });
    assert.deepEqual(await stack.outputs({ secrets: true }), { apps: { shop: { key: "hush" } } });
    assert.deepEqual(await stack.exportState(), {
      resources: state.deployment.resources,
      pending: [{ type: "creating", urn: BUCKET }],
    });
    assert.ok(!pulumi.calls.some(({ args }) => args[1] === "export" && args.includes("--show-secrets")));
    await stack.up();
    assert.deepEqual(
      (await stack.history()).map(({ kind, result }) => [kind, result]),
      [["update", "succeeded"]],
    );
    await stack.cancel();
    await stack.remove();
    assert.match(await refusal(open()), /has not been deployed/u);
  });

  it("decrypts the secret values of its config, and leaves out the others", async () => {
    pulumi.stack("dev", { secretConfig: { "spectrum:secrets": '{"shop":{"KEY":"hush"}}' } });
    assert.deepEqual(await (await open()).secretConfig(), { "spectrum:secrets": '{"shop":{"KEY":"hush"}}' });
    assert.ok(pulumi.calls.some(({ args }) => args.join(" ") === "config --json --show-secrets --stack dev"));
  });

  const LOCK =
    "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n  file:///state/.pulumi/locks/organization/spectrum/dev/1.json: created by ann@laptop (pid 1234) at 2027-01-15T10:00:00+01:00\n";
  for (const [what, command, stderr, said] of [
    [
      "a lock in a bucket",
      "up",
      LOCK,
      /^dev is being changed by ann on laptop \(process 1234\) since 2027-01-15T10:00:00\+01:00; wait .*`spectrum up`.*`pulumi cancel --stack dev`/u,
    ],
    [
      "a lock in Pulumi Cloud",
      "up",
      "error: [409] Conflict: Another update is currently in progress.\n",
      /^dev is being changed by another update; .*in Pulumi Cloud by whom/u,
    ],
    [
      "no passphrase",
      "up",
      "error: getting secrets manager: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables\n",
      /^the secrets of dev are encrypted with a passphrase, and none is given; set PULUMI_CONFIG_PASSPHRASE/u,
    ],
    [
      "a wrong passphrase",
      "preview",
      "error: getting stack configuration: incorrect passphrase\n",
      /^the passphrase is not the one that the secrets of dev/u,
    ],
    [
      "no login",
      "stack",
      "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions\n",
      /^Pulumi is not logged in to a backend.*`pulumi login --local`.*`pulumi login s3:\/\/BUCKET`/u,
    ],
    [
      "a missing plugin",
      "up",
      "error: no resource plugin 'pulumi-resource-aws' found in the workspace at version v7.48.0 or on your $PATH\n",
      /^Pulumi's plugin aws 7\.48\.0 is not on this machine.*`pulumi plugin install resource aws v7\.48\.0`/u,
    ],
    [
      "what nobody knows",
      "stack",
      "error: the moon is in the wrong house\n",
      /^pulumi stack: the moon is in the wrong house$/u,
    ],
  ] as const)
    it(`says in one line what is to be done: ${what}`, async () => {
      pulumi.stack("dev", { failures: { [command]: { stderr } } });
      const message = await refusal(open().then((stack) => (command === "preview" ? stack.preview() : stack.up())));
      assert.match(message, said);
      assert.ok(!message.includes("\n"));
    });
});

describe("the Pulumi CLI on PATH", () => {
  it("is npm's downloader only where there is no other, and its lack is said with the remedy", () => {
    const pulumi = new FakePulumi();
    const folder = mkdtempSync(join(tmpdir(), "spectrum-path-"));
    const npm = join(folder, "node_modules", ".bin");
    mkdirSync(npm, { recursive: true });
    writeFileSync(join(npm, "pulumi"), "#!/bin/sh\n", { mode: 0o755 });
    try {
      assert.deepEqual(findCli([npm, pulumi.bin].join(":")), { command: join(pulumi.bin, "pulumi"), downloads: false });
      assert.deepEqual(findCli([npm, nodeFolder].join(":")), { command: join(npm, "pulumi"), downloads: true });
      assert.throws(() => findCli(folder), /^InputError: the Pulumi CLI is not on PATH; install it/u);
    } finally {
      pulumi.close();
      rmSync(folder, { recursive: true });
    }
  });
});
