/**
 * Every resource type of every tier fails once under the real engine: when it is made, when it is updated, when it is taken away.
 * What was begun can always be finished, by the same command and no other; and it can be taken away at any point.
 */
import assert from "node:assert/strict";

import { tierNames, type TierName } from "../../app/tiers";
import { domainCase } from "./cases";
import type { EngineStack, Ran } from "./engine";
import type { Operation } from "./stand-in/cloud";
import { isAsPlanned, nothingLeft, succeeded } from "./steps";
import { type EngineSuite, engineSuite } from "./suite";

/** More than the longest chain of resources that wait for each other. */
const MOST_RUNS = 60;

/** The config with something else in everything that takes tags. */
function changed(tier: TierName): Readonly<Record<string, unknown>> {
  const { config } = domainCase(tier);
  return { ...config, "spectrum:tags": { changed: "yes" } };
}

/** Runs the command until it succeeds; how often it failed. Each time something else must have failed, on demand. */
async function untilDone({ cloud }: EngineSuite, operation: Operation, run: () => Promise<Ran>): Promise<number> {
  cloud.firstFails.add(operation);
  for (let failures = 0; failures < MOST_RUNS; failures++) {
    const before = cloud.failed.size;
    const ran = await run();
    if (ran.code === 0) {
      cloud.firstFails.delete(operation);
      succeeded(ran);
      return failures;
    }
    assert.ok(
      cloud.failed.size > before,
      `failed without a fault on demand:\n${ran.stdout.slice(-3000)}\n${ran.stderr.slice(-1000)}`,
    );
  }
  throw new Error(`not done after ${MOST_RUNS} runs`);
}

const typesOf = ({ cloud }: EngineSuite, operation: Operation): number =>
  [...cloud.failed].filter((failed) => failed.startsWith(`${operation} `)).length;

engineSuite("engine where everything fails once", 60, (suite) => {
  for (const tier of tierNames) {
    it(`on ${tier}`, async () => {
      const stack: EngineStack = await suite.open(domainCase(tier));
      const { cloud } = suite;
      const up = () => stack.run("up", "--yes", "--skip-preview", "--continue-on-error");
      const destroy = () => stack.run("destroy", "--yes", "--skip-preview", "--continue-on-error");

      // half made, and away again
      cloud.firstFails.add("create");
      for (let i = 0; i < 3; i++) assert.notEqual((await up()).code, 0);
      assert.ok(cloud.everything.length > 0, "something is there");
      cloud.firstFails.clear();
      cloud.failed.clear();
      succeeded(await stack.destroy());
      nothingLeft(cloud);

      const creating = await untilDone(suite, "create", up);
      await isAsPlanned(stack);

      stack.configure(changed(tier));
      const updating = await untilDone(suite, "update", up);
      await isAsPlanned(stack);

      const made = new Set(cloud.log.filter(({ operation }) => operation === "create").map(({ type }) => type));
      const destroying = await untilDone(suite, "delete", destroy);
      nothingLeft(cloud);

      assert.equal(typesOf(suite, "create"), made.size, "every type has failed to be made");
      const count = (operation: Operation, runs: number) => `${typesOf(suite, operation)} types in ${runs} runs`;
      console.log(
        `      ${tier}: failed once, and went on: create ${count("create", creating)}, ` +
          `update ${count("update", updating)}, delete ${count("delete", destroying)}`,
      );
    });
  }
});
