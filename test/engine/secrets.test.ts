/** Secrets under the real engine: no preview, log or state shows a value, and a new value reaches what runs. */
import assert from "node:assert/strict";

import type { TierName } from "../../app/tiers";
import { PLANTED, plantedConfig, plantedSecrets } from "../support/planted";
import type { Tools } from "./engine";
import { EngineStack, findTools } from "./engine";
import { Cloud, UNLUCKY } from "./stand-in/cloud";
import { nothingLeft } from "./steps";

/** What a new value of a secret changes, besides the secret itself. */
const REACHED: Readonly<Partial<Record<TierName, readonly string[]>>> = {
  fargate: ["create aws:ecs/taskDefinition:TaskDefinition", "update aws:ecs/service:Service"],
  beanstalk: ["update aws:elasticbeanstalk/environment:Environment"],
  eks: ["create kubernetes:core/v1:Secret", "update kubernetes:apps/v1:Deployment"],
  "lightsail-vm": ["create aws:ssm/association:Association"],
};

describe("engine with secrets", function () {
  this.timeout(600_000);
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

  const cases: readonly (readonly [TierName, object])[] = [
    ["fargate", {}],
    ["fargate", { secretStore: "secrets-manager" }],
    ["beanstalk", {}],
    ["eks", {}],
    ["lightsail-vm", { secretStore: "secrets-manager" }],
  ];
  for (const [tier, platform] of cases) {
    it(`shows none on ${tier}, and takes a new value: ${JSON.stringify(platform)}`, async () => {
      const cloud = new Cloud({ slow: UNLUCKY });
      const planted = plantedConfig([tier]);
      const config = {
        ...planted,
        "spectrum:platform": { ...(planted["spectrum:platform"] as object), ...platform },
      };
      const opened = await EngineStack.open(tools, cloud, { config, secrets: plantedSecrets([tier]) });
      stack = opened;
      const hidden = (what: string, text: string) => {
        const at = text.indexOf(PLANTED);
        assert.equal(at, -1, `${what} shows a secret: …${text.slice(Math.max(0, at - 300), at + 60)}`);
      };
      const run = async (...args: readonly string[]) => {
        const { code, stdout, stderr } = await opened.run(...args);
        hidden(args.join(" "), stdout + stderr);
        assert.equal(code, 0, (stdout + stderr).slice(-3000));
      };
      await run("preview", "--diff");
      await run("preview", "--json");
      await run("up", "--yes", "--skip-preview");
      hidden("the state", JSON.stringify(await opened.state()));
      assert.ok(
        JSON.stringify(cloud.everything.map(({ inputs }) => inputs)).includes(`${PLANTED}${tier}TOKEN`),
        "the cloud has the secret",
      );

      const before = cloud.log.length;
      await run("config", "set", "--secret", "--path", `spectrum:secrets.${tier}.TOKEN`, `${PLANTED}another`);
      await run("up", "--yes", "--skip-preview");
      hidden("the state", JSON.stringify(await opened.state()));
      const done = cloud.log.slice(before).map(({ operation, type }) => `${operation} ${type}`);
      for (const step of REACHED[tier] ?? []) assert.ok(done.includes(step), `no ${step} in ${done.join(", ")}`);
      const { changeSummary } = await opened.preview();
      assert.deepEqual(Object.keys(changeSummary ?? {}), ["same"], "a second run changes nothing");

      await run("destroy", "--yes", "--skip-preview");
      nothingLeft(cloud);
    });
  }
});
