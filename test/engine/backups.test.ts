/** Backups under the real engine: they come and go with the config, and a change of tier touches none. */
import assert from "node:assert/strict";

import { exampleCase } from "./cases";
import type { Tools } from "./engine";
import { EngineStack, findTools } from "./engine";
import { Cloud, UNLUCKY } from "./stand-in/cloud";
import { isAsPlanned, nothingLeft, succeeded } from "./steps";

describe("engine with backups", function () {
  this.timeout(300_000);
  let tools: Tools;
  let stack: EngineStack | undefined;

  before(function () {
    const found = findTools();
    if (found) tools = found;
    else this.skip();
  });
  afterEach(() => {
    stack?.close();
    stack = undefined;
  });

  it("are made, locked for longer, left alone by a change of tier, and gone", async () => {
    const cloud = new Cloud({ slow: UNLUCKY });
    const on = (tier: "fargate" | "beanstalk", backup: object) =>
      exampleCase("shop", tier, { config: { "spectrum:platform": { backup } } });
    const opened = await EngineStack.open(tools, cloud, on("fargate", { vaultLock: true }));
    stack = opened;
    succeeded(await opened.up());
    await isAsPlanned(opened);
    const backups = (from: number) =>
      cloud.log
        .slice(from)
        .filter(({ type }) => type.startsWith("aws:backup/"))
        .map(({ operation, type }) => `${operation} ${type.slice(type.lastIndexOf(":") + 1)}`);

    let from = cloud.log.length;
    opened.configure(on("fargate", { days: 90, vaultLock: true }).config);
    succeeded(await opened.up());
    assert.deepEqual(backups(from).sort(), [
      "create VaultLockConfiguration",
      "delete VaultLockConfiguration",
      "update Plan",
    ]);
    assert.ok(
      backups(from).indexOf("delete VaultLockConfiguration") < backups(from).indexOf("create VaultLockConfiguration"),
    );

    from = cloud.log.length;
    opened.configure(on("beanstalk", { days: 90, vaultLock: true }).config);
    succeeded(await opened.up());
    assert.deepEqual(backups(from), []);
    await isAsPlanned(opened);

    succeeded(await opened.destroy());
    nothingLeft(cloud);
  });
});
