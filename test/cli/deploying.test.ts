/** `spectrum up`, `preview`, `destroy`, `refresh` and `outputs` as processes, on a Pulumi CLI and an STS that are told what to say. */
import assert from "node:assert/strict";
import { denied, type FakeAws, serveAws, type Told } from "../support/fake-aws";
import { FakePulumi, type FakeStack, type FakeState, stepEvents } from "../support/fake-pulumi";
import { type FakeSts, serveSts } from "../support/fake-sts";
import { SpectrumProject } from "../support/spectrum-project";

const ACCOUNT = "123456789012";
const HELLO = { hello: { compose: "examples/hello/compose.yaml", tier: "lightsail" } };
const SERVICE =
  "urn:pulumi:dev::spectrum::spectrum:lightsail:App$aws:lightsail/containerService:ContainerService::hello";
const DATABASE = "urn:pulumi:prod::spectrum::aws:rds/instance:Instance::shop-db";
const URL = "https://hello.example.com";

interface Line {
  readonly type: string;
  readonly [key: string]: unknown;
}
const linesOf = (stdout: string): readonly Line[] =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);

describe("spectrum up, preview, destroy, refresh, outputs", function () {
  this.timeout(120_000);
  let pulumi: FakePulumi;
  let sts: FakeSts;
  let project: SpectrumProject;

  before(async () => (sts = await serveSts({ account: ACCOUNT })));
  after(() => sts.close());
  beforeEach(() => {
    pulumi = new FakePulumi();
    project = new SpectrumProject({
      dev: { "aws:region": "us-east-1", "spectrum:apps": HELLO },
      prod: { "aws:region": "us-east-1", "spectrum:protected": true, "spectrum:apps": {} },
    });
  });
  afterEach(() => {
    pulumi.close();
    project.close();
  });

  const env = () => ({ ...pulumi.env, ...sts.env });
  const spectrum = (...args: readonly string[]) => project.run(args, env());

  /** The state with the container service of another size. */
  const state: FakeState = {
    version: 3,
    deployment: {
      resources: [
        {
          urn: SERVICE,
          type: "aws:lightsail/containerService:ContainerService",
          custom: true,
          inputs: { power: "micro", scale: 1, name: "hello" },
          propertyDependencies: {},
        },
      ],
    },
  };
  const replacement = ["create-replacement", "replace", "delete-replaced"] as const;
  const steps = (planning: boolean) => [
    ...replacement.flatMap((op) =>
      stepEvents({ op, urn: SERVICE, keys: ["power"], diff: { power: "update-replace" } }, { planning }),
    ),
  ];
  const deployed: FakeStack = {
    state,
    operations: {
      preview: {
        events: steps(true),
        changes: { replace: 1 },
        stdout: "Previewing update (dev):\n +- hello replace\n",
      },
      up: {
        events: steps(false),
        changes: { replace: 1 },
        outputs: {
          apps: { hello: { tier: "lightsail", urls: { "web:8080": URL } } },
          deployed: {},
          token: { secret: "hush" },
        },
      },
    },
  };

  it("previews with findings, price, policy and words above Pulumi's own diff, and changes nothing", async () => {
    pulumi.stack("dev", deployed);
    const { code, stdout, stderr } = await spectrum("preview", "--env", "dev");
    assert.equal(code, 0, stderr);
    const places = [
      /^hello on lightsail\n {2}changed/mu,
      /^price in us-east-1: 10\.00 → 7\.00 USD a month \(-3\.00\), and /mu,
      /^policy: all \d+ rules hold$/mu,
      /^changes: 1 replaced\n {2}noticed {4}the container service hello is replaced \(power changes\): its address changes/mu,
      /^Pulumi's own preview\nPreviewing update \(dev\):\n \+- hello replace$/mu,
    ].map((pattern) => stdout.search(pattern));
    assert.ok(!places.includes(-1), `${places.join()}\n${stdout}`);
    assert.deepEqual(
      [...places].sort((a, b) => a - b),
      places,
    );
    assert.match(stderr, new RegExp(`^dev: account ${ACCOUNT}, us-east-1$`, "mu"));
    assert.deepEqual(pulumi.operations, ["preview"]);
  });

  it("deploys with --yes, tells each resource on the way and where the app is reached; no secret", async () => {
    pulumi.stack("dev", deployed);
    const { code, stdout, stderr } = await spectrum("up", "--env", "dev", "--yes");
    assert.equal(code, 0, stderr);
    assert.deepEqual(pulumi.operations, ["preview", "up"]);
    assert.match(stderr, /^created anew hello aws:lightsail\/containerService:ContainerService \(1 of 1\)$/mu);
    assert.ok(stdout.endsWith(`hello on lightsail\n  web:8080  ${URL}\ntoken: [secret]\n`), stdout);
    assert.doesNotMatch(stdout + stderr, /hush/u);
    const { stdout: shown } = await spectrum("outputs", "--env", "dev");
    assert.equal(shown, `hello on lightsail\n  web:8080  ${URL}\ntoken: [secret]\n`);
    const { stdout: json } = await spectrum("outputs", "--env", "dev", "--json", "--show-secrets");
    assert.equal((JSON.parse(json) as { token: string }).token, "hush");
  });

  it("prints one JSON object in each line with --json", async () => {
    pulumi.stack("dev", deployed);
    const { code, stdout, stderr } = await spectrum("up", "--env", "dev", "--yes", "--json");
    assert.deepEqual([code, stderr], [0, ""]);
    const lines = linesOf(stdout);
    assert.deepEqual(lines[0], {
      type: "start",
      version: 1,
      verb: "up",
      environment: "dev",
      account: ACCOUNT,
      region: "us-east-1",
    });
    const review = lines.find(({ type }) => type === "review");
    assert.deepEqual(review?.counts, { created: 0, updated: 0, replaced: 1, deleted: 0 });
    assert.deepEqual(
      (review?.price as { now: { fixed: number }; then: { fixed: number } }).now.fixed -
        (review?.price as { then: { fixed: number } }).then.fixed,
      3,
    );
    const resources = lines.filter(({ type }) => type === "resource");
    assert.deepEqual(
      resources.map(({ operation, phase, op }) => [operation, phase, op].join(" ")),
      [
        ...replacement.map((op) => `preview planned ${op}`),
        ...replacement.flatMap((op) => [`up started ${op}`, `up done ${op}`]),
      ],
    );
    const end = lines.at(-1);
    assert.deepEqual([end?.type, end?.outcome, end?.code, end?.changes], ["end", "succeeded", 0, { replace: 1 }]);
    assert.equal((end?.outputs as { token: string }).token, "[secret]");
  });

  it("makes a stack that the backend has not, after what may refuse it", async () => {
    project.configure("dev", {
      "aws:region": "us-east-1",
      "spectrum:apps": { hello: { ...HELLO.hello, tier: "lightsial" } },
    });
    const wrong = await spectrum("up", "--env", "dev", "--yes", "--no-wait");
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /^error: Pulumi\.dev\.yaml:\d+:\d+: spectrum:apps\.hello\.tier: .*lightsial/mu);
    assert.ok(!pulumi.calls.some(({ args }) => args[1] === "init"));

    project.configure("dev", { "aws:region": "us-east-1", "spectrum:apps": HELLO });
    const { code, stderr } = await spectrum("up", "--env", "dev", "--yes", "--no-wait");
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^the backend has no stack dev yet: it is made$/mu);
    assert.deepEqual(pulumi.operations, ["preview", "up"]);
  });

  it("asks nothing and does nothing where there is no terminal and no --yes", async () => {
    pulumi.stack("dev", deployed);
    for (const verb of ["up", "refresh"]) {
      const { code, stdout, stderr } = await spectrum(verb, "--env", "dev");
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(
        stderr,
        new RegExp(
          `^error: ${verb} asks before it changes anything, and there is no terminal to answer on; say --yes`,
          "u",
        ),
      );
    }
    assert.deepEqual(pulumi.calls, []);
  });

  it("refuses another account before anything is planned", async () => {
    pulumi.stack("dev", deployed);
    project.configure("dev", {
      "aws:region": "us-east-1",
      "aws:allowedAccountIds": ["999999999999"],
      "spectrum:apps": HELLO,
    });
    const { code, stdout, stderr } = await spectrum("up", "--env", "dev", "--yes", "--json");
    assert.deepEqual([code, stderr], [2, ""]);
    const [end] = linesOf(stdout);
    assert.deepEqual([end?.type, end?.outcome, end?.code], ["end", "refused", 2]);
    const [error] = end?.errors as readonly { message: string; key: string; location: { file: string } }[];
    assert.deepEqual([error?.key, error?.location.file], ["aws:allowedAccountIds", "Pulumi.dev.yaml"]);
    assert.deepEqual(pulumi.operations, []);
  });

  it("says who holds the stack, and ends with 2", async () => {
    const stderr =
      "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n  s3://b/.pulumi/locks/1.json: created by ann@laptop (pid 7) at 2027-01-15T10:00:00Z\n";
    pulumi.stack("dev", { ...deployed, failures: { up: { stderr } } });
    const ended = await spectrum("up", "--env", "dev", "--yes");
    assert.equal(ended.code, 2);
    assert.match(
      ended.stderr,
      /^error: dev is being changed by ann on laptop \(process 7\) since 2027-01-15T10:00:00Z; wait/mu,
    );
  });

  it("ends with 3 and what went wrong where the deployment fails, and with what it says of a protected resource", async () => {
    const error = (message: string) => ({
      diagnosticEvent: { severity: "error" as const, message, color: "never", urn: SERVICE },
    });
    pulumi.stack("dev", {
      ...deployed,
      operations: { ...deployed.operations, up: { events: [...steps(false), error("no capacity")], code: 255 } },
    });
    const failed = await spectrum("up", "--env", "dev", "--yes");
    assert.equal(failed.code, 3);
    assert.match(
      failed.stderr,
      /^error: hello: no capacity\nerror: what was done is in the state: run it again, and it goes on from there$/mu,
    );

    const refusal = `unable to delete resource "${DATABASE}"\nas it is currently marked for protection. To unprotect the resource, remove the \`protect\` flag`;
    pulumi.stack("dev", { ...deployed, operations: { preview: { events: [error(refusal)], code: 255 } } });
    const kept = await spectrum("up", "--env", "dev", "--yes");
    assert.equal(kept.code, 3);
    assert.match(
      kept.stderr,
      /^error: a database of RDS, shop-db, would be deleted, and what it holds would be lost: it is protected\..* set data: delete/mu,
    );
    assert.ok(pulumi.operations.at(-1) === "preview");
  });

  it("stops in good order on the first Ctrl-C, at once on the second, and kills on the third", async () => {
    pulumi.stack("dev", {
      ...deployed,
      operations: {
        ...deployed.operations,
        up: [
          { untilInterrupted: true, events: steps(false) },
          { untilInterrupted: true, ignoresInterrupts: true, events: steps(false) },
        ],
      },
    });
    const first = project.start(["up", "--env", "dev", "--yes"], env());
    await first.until("created anew");
    first.child.kill("SIGINT");
    // npm hands on what the terminal has sent already: still one
    first.child.kill("SIGINT");
    const stopped = await first.ended;
    assert.equal(stopped.code, 130);
    assert.match(stopped.stderr, /^stopping: what has begun is ended first.*$/mu);
    assert.match(stopped.stderr, /run it again, and it goes on from there/u);
    const signals = () => pulumi.calls.filter(({ args }) => args[0] === "SIGINT").length;
    assert.equal(signals(), 1);

    const second = project.start(["up", "--env", "dev", "--yes"], env());
    await second.until("created anew");
    for (const said of ["stopping:", "ending at once:", "killed:"]) {
      second.child.kill("SIGTERM");
      await second.until(said);
      await new Promise((next) => setTimeout(next, 700));
    }
    assert.equal((await second.ended).code, 130);
    assert.equal(signals(), 3);
  });

  it("destroys with --yes what is not protected, and what is by its name alone; says what is lost", async () => {
    const gone = stepEvents({ op: "delete", urn: DATABASE, old: {} }, { planning: true });
    const operations = { destroy: { events: gone, changes: { delete: 1 } } };
    for (const name of ["dev", "prod"]) pulumi.stack(name, { operations });
    const dev = await spectrum("destroy", "--env", "dev", "--yes");
    assert.equal(dev.code, 0, dev.stderr);
    assert.match(
      dev.stdout,
      /^changes: 1 deleted\n {2}lost {7}the database shop-db is deleted with all that it holds$/mu,
    );

    const before = pulumi.operations.length;
    const refused = await spectrum("destroy", "--env", "prod", "--yes");
    assert.equal(refused.code, 2);
    assert.match(
      refused.stderr,
      /^error: prod is protected, and --yes does not destroy it; to destroy prod say --confirm prod$/mu,
    );
    const other = await spectrum("destroy", "--env", "prod", "--confirm", "prd");
    assert.match(other.stderr, /^error: --confirm got "prd"; to destroy prod say --confirm prod$/mu);
    assert.equal(pulumi.operations.length, before);
    const prod = await spectrum("destroy", "--env", "prod", "--confirm", "prod");
    assert.equal(prod.code, 0, prod.stderr);
    const [preview, destroy] = pulumi.calls.filter(({ args }) => args[0] === "destroy").slice(-2);
    assert.deepEqual(
      [preview?.args.includes("--preview-only"), destroy?.args.includes("--preview-only")],
      [true, false],
    );
  });

  it("shows what differs in the cloud without its values, and takes it over", async () => {
    const [, looked] = stepEvents(
      { op: "update", urn: SERVICE, diff: { power: "update", tags: "add" }, new: { power: "secret" } },
      { planning: true },
    );
    pulumi.stack("dev", { state, operations: { refresh: { events: [looked ?? {}], changes: { update: 1 } } } });
    const { code, stdout } = await spectrum("refresh", "--env", "dev", "--yes");
    assert.equal(code, 0);
    assert.equal(
      stdout,
      "1 resource is otherwise in the cloud than in the state\n  changed   hello aws:lightsail/containerService:ContainerService: power, tags\n",
    );
    assert.deepEqual(pulumi.operations, ["refresh", "refresh"]);
  });

  it("says what an environment that is not deployed needs", async () => {
    for (const verb of ["destroy", "outputs"]) {
      const { code, stderr } = await spectrum(verb, "--env", "dev", ...(verb === "destroy" ? ["--yes"] : []));
      assert.equal(code, 2, verb);
      assert.match(stderr, /^error: the environment dev has not been deployed: .*`spectrum up --env dev` makes it/mu);
    }
  });
});

describe("spectrum up asks whether what it has deployed runs", function () {
  this.timeout(120_000);
  let pulumi: FakePulumi;
  let aws: FakeAws;
  let project: SpectrumProject;

  const service = {
    revision: "hello/4",
    target: { tier: "lightsail", containerService: "hello", container: "web" },
  };
  const app = {
    tier: "lightsail",
    content: "c0".repeat(32),
    images: { web: "nginx:1" },
    services: { web: service },
    jobs: {},
  };
  const urn = "urn:pulumi:dev::spectrum::spectrum:lightsail:App$aws:lightsail/containerService:ContainerService::hello";

  before(async () => (aws = await serveAws()));
  after(() => aws.close());
  beforeEach(() => {
    pulumi = new FakePulumi();
    project = new SpectrumProject({ dev: { "aws:region": "us-east-1", "spectrum:apps": HELLO } });
    pulumi.stack("dev", {
      operations: {
        preview: { events: stepEvents({ op: "create", urn }, { planning: true }), changes: { create: 1 } },
        up: {
          events: stepEvents({ op: "create", urn }, { planning: false }),
          changes: { create: 1 },
          outputs: { apps: { hello: { tier: "lightsail", urls: { "web:8080": URL } } }, deployed: { hello: app } },
        },
      },
    });
  });
  afterEach(() => {
    pulumi.close();
    project.close();
  });

  /** Lightsail, where the deployment 4 was asked for and another may run. */
  const told = (version: number): Told => ({
    "sts:GetCallerIdentity": { Account: ACCOUNT, Arn: `arn:aws:iam::${ACCOUNT}:user/ann`, UserId: "AIDA" },
    "lightsail:GetContainerServices": {
      containerServices: [
        {
          state: "RUNNING",
          scale: 1,
          currentDeployment: { version, state: "ACTIVE", containers: { web: { image: "nginx:1" } } },
        },
      ],
    },
    "lightsail:GetContainerServiceDeployments": {
      deployments: [{ version: 4, state: version < 4 ? "FAILED" : "ACTIVE" }],
    },
    "lightsail:GetContainerLog": { logEvents: [{ message: "panic: no database" }] },
  });
  const up = (what: Told, ...flags: readonly string[]) => {
    aws.tell(what);
    return project.run(["up", "--env", "dev", "--yes", ...flags], { ...pulumi.env, ...aws.env });
  };

  it("ends with 0 where it does, and says on the way what it sees", async () => {
    const { code, stdout, stderr } = await up(told(4));
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^hello\/web is running, \? of 1 healthy$/mu);
    assert.ok(stdout.endsWith(`hello on lightsail\n  web:8080  ${URL}\n`), stdout);
  });

  it("ends with 3 where the tier has gone back, with the log of what is at fault; as JSON too", async () => {
    const { code, stdout, stderr } = await up(told(3));
    assert.equal(code, 3);
    assert.match(stderr, /^error: hello\/web on lightsail is rolled back: the deployment 4 has failed; 3 goes on$/mu);
    assert.match(stdout, /panic: no database/u);
    const json = await up(told(3), "--json");
    assert.equal(json.code, 3);
    const end = linesOf(json.stdout).at(-1);
    assert.deepEqual([end?.type, end?.outcome, end?.code], ["end", "failed", 3]);
    assert.match(JSON.stringify(end?.errors), /is rolled back/u);
  });

  it("does not ask with --no-wait, and says which permission is missing where it may not", async () => {
    const action = "lightsail:GetContainerServices";
    const unasked = await up({ ...told(3), [action]: denied(action) }, "--no-wait");
    assert.equal(unasked.code, 0, unasked.stderr);
    const { "lightsail:GetContainerServices": _, ...others } = told(4);
    const refused = await up({ ...others, [action]: denied(action) });
    assert.equal(refused.code, 3);
    assert.match(refused.stderr, /needs lightsail:GetContainerServices/u);
  });
});
