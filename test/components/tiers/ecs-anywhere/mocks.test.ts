/** The tier under Pulumi's own mocks: known values of an `up`, and unknown ones of a first preview. */
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { AppOutputs } from "../../../../stacks/outputs";
import { buildEnvironment } from "../../../../stacks/environment";
import { packedOf } from "../../../support/app";
import { isSecret, useMocks, valueOf } from "../../../support/mocks";
import { read } from "./support";

const compose = `
services:
  web:
    image: nginx:1.29
    ports: ["8080:80", "5000:5000/udp"]
    gpus: [{ count: 1 }]
`;
const activation = { count: 2, expires: "2027-01-15T00:00:00Z" };

async function build(preview: boolean, settings: object) {
  const mocks = await useMocks({
    preview,
    calls: { "aws:index/getCallerIdentity:getCallerIdentity": { accountId: "123456789012" } },
    outputs: { "aws:ssm/activation:Activation": () => ({ activationCode: "hush" }) },
  });
  const { app, placement } = read({ compose, config: { "ecs-anywhere": settings } });
  let outputs: AppOutputs | undefined;
  await pulumi.runtime.runInPulumiStack(() => {
    const { apps } = buildEnvironment({
      environment: placement.environment,
      apps: [{ app, placement, findings: [], backing: [], secrets: {}, packed: packedOf(app) }],
      conflicts: [],
      warnings: [],
    });
    outputs = apps.shop;
    return Promise.resolve({});
  });
  await mocks.settled();
  assert.ok(outputs);
  return { mocks, outputs };
}

describe("ECS Anywhere under mocks", () => {
  it("gives the command as a secret output, with its code in it", async () => {
    const { mocks, outputs } = await build(false, { activation });
    const command = outputs.outputs?.registrationCommand;
    assert.ok(command);
    assert.equal(await pulumi.isSecret(command), true);
    const text = (await valueOf(command)) ?? "";
    assert.match(
      text,
      /--cluster spectrum-dev --activation-id shop-activation-id --activation-code hush --enable-gpu$/u,
    );
    const registered = JSON.stringify(mocks.resources.filter(({ custom }) => custom).map(({ inputs }) => inputs));
    assert.equal(registered.includes("hush"), false, "no resource is told the code");
    assert.equal(isSecret("x"), false);
  });

  it("is the same in a first preview, where the command is not known yet", async () => {
    const { mocks, outputs } = await build(true, { activation });
    const { mocks: up } = await build(false, { activation });
    const names = (all: typeof mocks) => all.resources.map(({ type, name }) => `${type} ${name}`).sort();
    assert.deepEqual(names(mocks), names(up));
    assert.ok(outputs.outputs?.registrationCommand);
    assert.equal(await valueOf(outputs.outputs.registrationCommand), undefined);
  });

  it("says where the ports are reached at the addresses, each by what it speaks", async () => {
    const { outputs } = await build(false, { addresses: ["203.0.113.7"] });
    const urls = await Promise.all(Object.entries(outputs.urls).map(async ([at, url]) => [at, await valueOf(url)]));
    assert.deepEqual(Object.fromEntries(urls), {
      "web:80": "http://203.0.113.7:8080",
      "web:5000": "udp://203.0.113.7:5000",
    });
    const { outputs: without } = await build(false, {});
    assert.deepEqual(without.urls, {});
    assert.equal("outputs" in without, false);
  });
});
