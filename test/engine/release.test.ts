/** An environment under the real engine that goes on from its Compose files to the release of what runs there. */
import assert from "node:assert/strict";
import { exampleCase } from "./cases";
import { engineSuite } from "./suite";
import { isAsPlanned, nothingLeft, succeeded } from "./steps";
import { appOf, type DeployedRelease, runningRelease, writeRelease } from "../../deploy/release";
import { readStackConfig } from "../../plan/stack-config";
import { readApps } from "../../stacks/apps";

engineSuite("engine with a release", 10, (suite) => {
  it("builds nothing more, pulls the same digests, and loses no image", async () => {
    const { config, secrets } = exampleCase("shop", "fargate");
    const stack = await suite.open({ config, secrets });
    succeeded(await stack.up());
    const outputs = async () => {
      const { stdout } = await stack.run("stack", "output", "--json", "--show-secrets");
      return (JSON.parse(stdout) as { readonly deployed: Readonly<Record<string, DeployedRelease>> }).deployed.shop;
    };
    const before = await outputs();
    const root = stack.folder;
    const { release, id } = await runningRelease({
      root,
      environment: "dev",
      app: "shop",
      deployed: before,
      read: () => appOf(readApps(readStackConfig(root, "dev"), { root }).apps, "shop", "dev"),
      running: () => assert.fail("every image of the shop has its digest"),
    });
    writeRelease(root, release);

    const from = suite.cloud.log.length;
    const { compose: _, ...shop } = (config["spectrum:apps"] as { readonly shop: Record<string, unknown> }).shop;
    stack.configure({ "spectrum:apps": { shop: { ...shop, release: id } } });
    succeeded(await stack.up());
    await isAsPlanned(stack);
    assert.deepEqual(
      suite.done(from).filter(({ type }) => type.startsWith("aws:ecr/")),
      [],
    );
    const after = await outputs();
    assert.deepEqual([after?.release, after?.content, after?.images], [id, before?.content, before?.images]);

    succeeded(await stack.destroy());
    nothingLeft(suite.cloud);
  });
});
