import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { StoredSecrets, type SecretSource, versionOf } from "../../../components/platform/secrets";
import { isSecret, useMocks, valueOf } from "../../support/mocks";
import { recordResources } from "../../support/record";
import { environment } from "./fixtures";

const PARAMETER = "aws:ssm/parameter:Parameter";
const MANAGED = "aws:secretsmanager/secret:Secret";
const VERSION = "aws:secretsmanager/secretVersion:SecretVersion";
const SECRET_ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf";
const PARAMETER_ARN = "arn:aws:ssm:us-east-1:123456789012:parameter/team/db";

const make = (sources: Readonly<Record<string, SecretSource>> = { DB: pulumi.secret("pass") }) =>
  new StoredSecrets("shop", { app: "shop", environment: environment(), sources });

const isSecretOutput = (output: pulumi.Output<unknown>) =>
  (output as unknown as { isSecret: Promise<boolean> }).isSecret;

describe("secrets", () => {
  it("are not stored unless somebody asks", async () => {
    const made = await recordResources(() => void make());
    assert.deepEqual(made.all(PARAMETER), []);
  });

  it("are encrypted parameters, named by environment, app and key, once for each", async () => {
    const mocks = await useMocks();
    const secrets = make();
    const first = secrets.stored("DB");
    assert.equal(secrets.stored("DB"), first);
    assert.equal(secrets.store("api-URL", pulumi.output("x")), secrets.store("api-URL", pulumi.output("y")));
    await mocks.settled();
    assert.equal(mocks.all(PARAMETER).length, 2);
    const [db, url] = [mocks.one(PARAMETER, "shop-DB"), mocks.one(PARAMETER, "shop-api-URL")];
    const { value, ...inputs } = db.inputs;
    assert.deepEqual(inputs, { name: "/spectrum/dev/shop/DB", tier: "Intelligent-Tiering", type: "SecureString" });
    assert.ok(isSecret(value));
    assert.ok(isSecret(url.inputs.value), "a value is a secret even where the caller forgot to say so");
    assert.equal(await valueOf(first.arn), "arn:aws:mock:us-east-1:123456789012:shop-DB");
    assert.equal(first.store, "ssm");
  });

  for (const [isProtected, days] of [
    [false, 0],
    [true, 30],
  ] as const) {
    it(`are in Secrets Manager where the config says so, restorable for ${days} days`, async () => {
      const made = await recordResources(
        () => {
          const config = environment({ secretStore: "secrets-manager" }, { protected: isProtected });
          const sources = { DB: new pulumi.Config("spectrum").requireSecret("db") };
          const secrets = new StoredSecrets("shop", { app: "shop", environment: config, sources });
          const stored = secrets.stored("DB");
          assert.equal(stored.store, "secrets-manager");
          return { arn: stored.arn, version: versionOf([stored, stored, secrets.stored("DB")]) };
        },
        { config: { "spectrum:db": "hunter2" }, secretConfigKeys: ["spectrum:db"] },
      );
      assert.deepEqual(made.all(PARAMETER), []);
      const [secret, version] = [made.one(MANAGED, "shop-DB"), made.one(VERSION, "shop-DB")];
      assert.deepEqual(secret.inputs, { namePrefix: "spectrum/dev/shop/DB-", recoveryWindowInDays: days });
      assert.deepEqual(version.inputs, {
        secretId: made.output(secret, "id"),
        secretString: { $secret: "spectrum:db" },
      });
      assert.deepEqual(made.outputs, { arn: made.output(version, "arn"), version: made.output(version, "versionId") });
    });
  }

  it("have a version where one is known", async () => {
    const mocks = await useMocks();
    const secrets = make({ DB: pulumi.secret("a"), KEY: pulumi.secret("b"), OLD: { existingArn: SECRET_ARN } });
    assert.equal(versionOf([]), null);
    assert.equal(versionOf([secrets.stored("OLD")]), null);
    assert.ok(versionOf([secrets.stored("OLD"), secrets.stored("DB")]));
    await mocks.settled();
  });

  it("have names that SSM takes, never one for two", async () => {
    const made = await recordResources(() => {
      const secrets = make();
      for (const key of ["a b", "a_b", "a/b"]) secrets.store(key, pulumi.output("x"));
    });
    const names = made.all(PARAMETER).map(({ inputs }) => inputs.name as string);
    assert.equal(new Set(names).size, 3);
    for (const name of names) assert.match(name, /^\/spectrum\/dev\/shop\/[A-Za-z0-9_.-]+$/);
  });

  for (const [arn, store] of [
    [SECRET_ARN, "secrets-manager"],
    [PARAMETER_ARN, "ssm"],
  ] as const) {
    it(`that exist are taken by their ARN: ${store}`, async () => {
      const mocks = await useMocks();
      const stored = make({ DB: { existingArn: arn } }).stored("DB");
      await mocks.settled();
      assert.deepEqual([await valueOf(stored.arn), stored.store], [arn, store]);
      assert.deepEqual(mocks.all(PARAMETER), []);
    });
  }

  it("that exist are looked up where a tier needs the value, once, and stay secret", async () => {
    const asked: unknown[] = [];
    const answer = (property: string) => (inputs: Record<string, unknown>) => {
      asked.push(inputs);
      return { [property]: "looked-up" };
    };
    const mocks = await useMocks({
      calls: {
        "aws:secretsmanager/getSecretVersion:getSecretVersion": answer("secretString"),
        "aws:ssm/getParameter:getParameter": answer("value"),
      },
    });
    const secrets = make({ A: { existingArn: SECRET_ARN }, B: { existingArn: PARAMETER_ARN } });
    const values = [secrets.value("A"), secrets.value("A"), secrets.value("B")];
    assert.deepEqual(await Promise.all(values.map(valueOf)), ["looked-up", "looked-up", "looked-up"]);
    for (const value of values) assert.ok(await isSecretOutput(value));
    await mocks.settled();
    assert.equal(asked.length, 2);
    assert.deepEqual(new Set(asked), new Set([{ secretId: SECRET_ARN }, { name: "/team/db", withDecryption: true }]));
  });

  it("fill in a value's hosts and secrets, and make it one where a secret stands in it", async () => {
    await useMocks();
    const secrets = make();
    const host = (service: string) => pulumi.output(`${service}.local`);
    const url = secrets.resolve(["postgres://u:", { secret: "DB" }, "@", { host: "db" }, ":5432"], host);
    assert.equal(await valueOf(url), "postgres://u:pass@db.local:5432");
    assert.equal(await isSecretOutput(url), true);
    const plain = secrets.resolve(["http://", { host: "api" }], host);
    assert.deepEqual([await valueOf(plain), await isSecretOutput(plain)], ["http://api.local", false]);
    assert.equal(await valueOf(secrets.resolve([], host)), "");
  });

  it("never stand in a plan", async () => {
    const made = await recordResources(
      () => void make({ DB: new pulumi.Config("spectrum").requireSecret("db") }).stored("DB"),
      { config: { "spectrum:db": "hunter2" }, secretConfigKeys: ["spectrum:db"] },
    );
    assert.deepEqual(made.one(PARAMETER).inputs.value, { $secret: "spectrum:db" });
    assert.ok(!JSON.stringify(made.resources).includes("hunter2"));
  });

  it("refuse a name that the reader let through", async () => {
    await useMocks();
    assert.throws(() => make().value("NOPE"), /the app shop has no secret named NOPE/);
  });
});
