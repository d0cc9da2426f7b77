import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { stringify } from "yaml";
import { type StatusArguments, statusEnding } from "../../cli/status";
import type { ServiceStatus } from "../../deploy/status";
import { AwsError, denied, type FakeAws, serveAws, type Told, withEnv } from "../support/fake-aws";
import { FakePulumi } from "../support/fake-pulumi";
import { root } from "../support/project";

const TSX = pathToFileURL(createRequire(__filename).resolve("tsx")).href;
const ACCOUNT = "123456789012";

const OTHERS = { Account: "210987654321", Arn: "arn:aws:iam::210987654321:user/ann", UserId: "AIDA" };

const deployed = {
  shop: {
    tier: "lightsail",
    images: { web: "nginx:1" },
    services: {
      web: {
        revision: "spectrum-dev-shop/4",
        target: { tier: "lightsail", containerService: "spectrum-dev-shop", container: "web" },
      },
    },
    jobs: {},
  },
};

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

describe("spectrum status", function () {
  this.timeout(60_000);
  let folder: string;
  let pulumi: FakePulumi;
  let aws: FakeAws;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "spectrum-status-"));
    pulumi = new FakePulumi();
    aws = await serveAws();
    writeFileSync(join(folder, "Pulumi.yaml"), stringify({ name: "spectrum", runtime: "nodejs" }));
    const config = { "aws:region": "eu-central-1", "aws:allowedAccountIds": [ACCOUNT] };
    for (const name of ["dev", "empty", "none"])
      writeFileSync(join(folder, `Pulumi.${name}.yaml`), stringify({ config }));
    pulumi.stack("dev", { outputs: { apps: {}, deployed } });
    pulumi.stack("empty", { outputs: {} });
  });
  after(() => {
    rmSync(folder, { recursive: true });
    pulumi.close();
    aws.close();
  });

  const status = async (args: StatusArguments, what: Told, env: Readonly<Record<string, string | undefined>> = {}) => {
    aws.tell(what);
    const restore = withEnv({ ...aws.env, ...env });
    try {
      return await statusEnding(args, { root: folder, env: pulumi.env });
    } finally {
      restore();
    }
  };

  it("ends with 0 and a line for each service where all runs as asked: the command itself", async () => {
    aws.tell(told(4));
    const child = spawn(process.execPath, ["--import", TSX, join(root, "cli/main.ts"), "status", "--env", "dev"], {
      cwd: folder,
      env: {
        ...process.env,
        ...aws.env,
        ...pulumi.env,
        NO_COLOR: "",
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: undefined,
      },
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString("utf8")));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
    const code = await new Promise((done) => child.on("close", done));
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.match(
      stdout,
      /^dev in eu-central-1\n {2}service .*\n {2}shop\/web +lightsail +running +\? of 1 +- +4 +nginx:1\n\n {2}not told by lightsail/u,
    );
  });

  it("ends with 3 and says why where it does not, as JSON too", async () => {
    const { code, stdout, stderr } = await status({ env: "dev", app: "shop", json: true }, told(3));
    assert.deepEqual({ code, stderr }, { code: 3, stderr: "" });
    const { services, ...rest } = JSON.parse(stdout) as { readonly services: readonly ServiceStatus[] };
    assert.deepEqual(rest, { version: 1, environment: "dev", region: "eu-central-1", asAsked: false });
    const [{ untold, ...web } = { untold: [] }] = services;
    assert.equal(untold.length, 3);
    assert.deepEqual(web, {
      app: "shop",
      service: "web",
      tier: "lightsail",
      state: "rolled back",
      wanted: { revision: "spectrum-dev-shop/4", image: "nginx:1", count: 1 },
      running: {
        revision: "spectrum-dev-shop/3",
        images: [{ reference: "nginx:1", digest: null, by: null }],
        count: null,
        healthy: null,
      },
      entry: null,
      reasons: ["the deployment 4 has failed; 3 goes on"],
      events: [],
      logs: [{ source: "web", lines: ["panic: no database"] }],
    });
  });

  it("ends with 3 where a service could not be asked", async () => {
    const action = "lightsail:GetContainerServices";
    const { code, stdout } = await status({ env: "dev" }, { ...told(4), [action]: denied(action) });
    assert.equal(code, 3);
    assert.match(stdout, /shop\/web is unknown\n {2}needs lightsail:GetContainerServices on \*, which arn:/u);
  });

  const wrong: readonly (readonly [
    string,
    StatusArguments,
    Told,
    Readonly<Record<string, string | undefined>>,
    RegExp,
  ])[] = [
    ["nothing is deployed", { env: "empty" }, told(4), {}, /^error: nothing is deployed in empty; deploy it: /u],
    ["there is no such stack", { env: "none" }, told(4), {}, /^error: .*the environment none has not been deployed/u],
    [
      "there is no such environment",
      { env: "dve" },
      told(4),
      {},
      /^error: the environment dve has no file .*did you mean dev/u,
    ],
    ["there is no such app", { env: "dev", app: "shp" }, told(4), {}, /^error: no app shp is deployed/u],
    [
      "there are no credentials",
      { env: "dev" },
      told(4),
      { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined },
      /^error: there are no AWS credentials/u,
    ],
    [
      "the credentials are of another account",
      { env: "dev" },
      { ...told(4), "sts:GetCallerIdentity": { ...OTHERS } },
      {},
      /^error: .*aws:allowedAccountIds: the credentials are of the account 210987654321/u,
    ],
    [
      "the credentials end meanwhile",
      { env: "dev" },
      { ...told(4), "lightsail:GetContainerServices": new AwsError("ExpiredTokenException") },
      {},
      /^error: the AWS credentials have expired; sign in/u,
    ],
  ];
  for (const [name, args, what, env, message] of wrong)
    it(`ends with 2 and one line where ${name}`, async () => {
      const { code, stdout, stderr } = await status(args, what, env);
      assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
      assert.match(stderr, message);
      assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
    });

  it("says what is wrong as JSON where that is asked for", async () => {
    const { code, stdout } = await status({ env: "empty", json: true }, told(4));
    assert.equal(code, 2);
    const { version, errors } = JSON.parse(stdout) as {
      readonly version: number;
      readonly errors: readonly { message: string }[];
    };
    assert.equal(version, 1);
    assert.match(errors[0]?.message ?? "", /^nothing is deployed in empty/u);
  });
});
