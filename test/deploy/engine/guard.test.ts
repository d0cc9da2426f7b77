/** The account and the region that an environment may be changed in. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { formatProblem, InputError } from "../../../app/finding";
import { openStack } from "../../../deploy/engine";
import { guardStack } from "../../../deploy/engine/guard";
import { FakePulumi, type FakeStack } from "../../support/fake-pulumi";
import { type FakeSts, serveSts } from "../../support/fake-sts";

const OWN = "123456789012";

/** A state with a bucket in a region. */
const stateIn = (region: string): FakeStack => ({
  state: {
    version: 3,
    deployment: {
      resources: [
        {
          urn: "urn:pulumi:dev::spectrum::pulumi:providers:aws::default_7_48_0",
          type: "pulumi:providers:aws",
          custom: true,
          inputs: { region },
        },
        {
          urn: "urn:pulumi:dev::spectrum::pulumi:providers:aws::platform-us-east-1",
          type: "pulumi:providers:aws",
          custom: true,
          inputs: { region: "us-east-1" },
        },
        { urn: "urn:pulumi:dev::spectrum::aws:s3/bucket:Bucket::shop", type: "aws:s3/bucket:Bucket", custom: true },
      ],
    },
  },
});

interface Given {
  readonly config: Readonly<Record<string, unknown>>;
  readonly project?: Readonly<Record<string, unknown>>;
  readonly stack?: FakeStack;
}

describe("the guard of an environment", () => {
  const pulumi = new FakePulumi();
  const before_ = { ...process.env };
  let sts: FakeSts;
  let root: string;

  before(async () => {
    sts = await serveSts({ account: OWN });
    root = mkdtempSync(join(tmpdir(), "spectrum-guard-"));
  });
  beforeEach(() => void Object.assign(process.env, sts.env));
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in before_)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before_);
  });
  after(() => {
    pulumi.close();
    sts.close();
    rmSync(root, { recursive: true });
  });

  const guard = async ({ config, project = {}, stack = {} }: Given) => {
    writeFileSync(join(root, "Pulumi.yaml"), stringify({ name: "spectrum", runtime: "nodejs", config: project }));
    writeFileSync(join(root, "Pulumi.dev.yaml"), stringify({ config: { "aws:region": "eu-central-1", ...config } }));
    pulumi.stack("dev", stack);
    return guardStack(await openStack({ root, environment: "dev", env: pulumi.env }));
  };
  const refused = async (given: Given): Promise<string> => {
    const error = await guard(given).then(
      () => assert.fail("it went through"),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof InputError, String(error));
    return error.message;
  };

  it("lets the right account and region through, and says which they are", async () => {
    const arn = `arn:aws:iam::${OWN}:user/somebody`;
    const expected = { account: OWN, arn, region: "eu-central-1", warnings: [] };
    assert.deepEqual(await guard({ config: {}, stack: stateIn("eu-central-1") }), expected);
    assert.deepEqual(await guard({ config: { "aws:allowedAccountIds": [OWN], "spectrum:protected": true } }), expected);
    // YAML reads it as a number
    assert.deepEqual(await guard({ config: { "aws:allowedAccountIds": [Number(OWN)] } }), expected);
  });

  it("says that a protected environment names no account", async () => {
    const { warnings } = await guard({ config: { "spectrum:protected": true } });
    assert.match(
      warnings.map(formatProblem).join(),
      /^aws:allowedAccountIds: dev is protected, and .* aws:allowedAccountIds: \["123456789012"\]$/u,
    );
  });

  it("takes the account of the role that the provider assumes", async () => {
    const assumeRoles = [{ roleArn: `arn:aws:iam::${OWN}:role/a` }, { roleArn: "arn:aws:iam::999999999999:role/b" }];
    const message = await refused({ config: { "aws:assumeRoles": assumeRoles, "aws:allowedAccountIds": [OWN] } });
    assert.match(message, /the credentials are of the account 999999999999/u);
  });

  for (const [what, given, said] of [
    [
      "another account than the allowed ones",
      { config: { "aws:allowedAccountIds": ["111111111111", "222222222222"] } },
      /^Pulumi\.dev\.yaml:4:5: aws:allowedAccountIds: the credentials are of the account 123456789012, and dev may be changed in 111111111111 and 222222222222 alone; nothing has been done: .*AWS_PROFILE/u,
    ],
    [
      "a forbidden account",
      { config: { "aws:forbiddenAccountIds": [OWN] } },
      /aws:forbiddenAccountIds: the credentials are of the account 123456789012, in which dev may not be changed/u,
    ],
    [
      "an account id that is none",
      { config: { "aws:allowedAccountIds": ["12345"] } },
      /aws:allowedAccountIds: got "12345"; give a list of account ids, each of twelve digits in quotes/u,
    ],
    [
      "another region than the one that the stack runs in",
      { config: {}, stack: stateIn("eu-west-1") },
      /^Pulumi\.dev\.yaml:2:15: aws:region: dev runs in eu-west-1, and its file says eu-central-1: all of it would be made anew there.*put eu-west-1 back/u,
    ],
    ["no region", { config: { "aws:region": undefined } }, /^aws:region: is missing; give a region.* --stack dev /u],
    [
      "what holds for one environment in the file of all",
      {
        config: { "aws:region": undefined },
        project: {
          "aws:region": "us-east-1",
          "spectrum:protected": { default: true },
          "aws:allowedAccountIds": { value: [OWN] },
        },
      },
      /^Pulumi\.yaml:4:15: aws:region: stands in Pulumi\.yaml, .* move it to Pulumi\.dev\.yaml\n.*aws:allowedAccountIds: stands.*\n.*spectrum:protected: stands/u,
    ],
  ] as const)
    it(`refuses ${what}`, async () => {
      const asked = sts.asked;
      assert.match(await refused(given), said);
      assert.ok(sts.asked === asked || what.includes("account"), "AWS was asked for nothing");
    });

  it("leaves the project's own default alone", async () => {
    await guard({ config: {}, project: { "spectrum:protected": { type: "boolean", default: false } } });
    await guard({ config: { "spectrum:protected": true }, project: { "spectrum:protected": { default: false } } });
  });

  it("says how to get credentials where there are none, AWS takes none of them, or does not answer", async () => {
    const none = join(root, "none");
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, { AWS_CONFIG_FILE: none, AWS_SHARED_CREDENTIALS_FILE: none });
    assert.match(
      await refused({ config: {} }),
      /^there are no AWS credentials: .*`aws sts get-caller-identity` must work$/u,
    );
    assert.match(
      await refused({ config: { "aws:profile": "shop" } }),
      /no AWS credentials for the profile shop \(aws:profile\)/u,
    );

    const refusing = await serveSts({ error: "ExpiredToken" });
    Object.assign(process.env, refusing.env);
    assert.match(
      await refused({ config: {} }),
      /^AWS does not take the credentials \(ExpiredToken: the fake refuses\); sign in again/u,
    );
    refusing.close();
    assert.match(
      await refused({ config: {} }),
      /^AWS could not be asked whose credentials these are \(.*ECONNREFUSED.*nothing has been done/u,
    );
  });
});
