/** One app round all tiers under Pulumi's real engine, each step a change of one config value. */
import assert from "node:assert/strict";

import { tierNames, type TierName } from "../../app/tiers";
import { domainCase } from "./cases";
import type { Tools } from "./engine";
import { EngineStack, findTools } from "./engine";
import { Cloud, UNLUCKY } from "./stand-in/cloud";
import { isAsPlanned, nothingLeft, succeeded } from "./steps";

const RECORD = "aws:route53/record:Record";
const NAME = "shop.example.com";

describe("engine on all tiers", function () {
  this.timeout(1_800_000);
  let tools: Tools;
  let stack: EngineStack | undefined;

  before(function () {
    const found = findTools();
    if (found) tools = found;
    else this.skip();
  });
  after(() => stack?.close());

  it(`goes ${[...tierNames, tierNames[0]].join(", ")}, and down`, async () => {
    const cloud = new Cloud({ slow: UNLUCKY });
    const [first, ...others] = [...tierNames, tierNames[0]] as [TierName, ...TierName[]];
    stack = await EngineStack.open(tools, cloud, domainCase(first));
    succeeded(await stack.up());
    await isAsPlanned(stack);
    for (const tier of others) {
      stack.configure(domainCase(tier).config);
      succeeded(await stack.up());
      await isAsPlanned(stack);
      console.log(`      on ${tier}`);
    }
    const names = cloud.log.filter(({ type, inputs }) => type === RECORD && inputs.name === NAME);
    assert.equal(new Set(names.map(({ urn }) => urn)).size, 1, "the name has one URN, whatever the tier");
    assert.deepEqual(
      names.map(({ operation }) => operation).filter((operation) => operation !== "update"),
      ["create"],
      "and is never made anew",
    );
    succeeded(await stack.destroy());
    nothingLeft(cloud);
  });
});
