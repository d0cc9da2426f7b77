/** The README's promises: the two command lines, word for word, and the plan that it shows. */
import assert from "node:assert/strict";
import { readText } from "../support/project";
import { runLine, shownPlan } from "../support/readme";

const readme = readText("README.md");
const install = "npm ci --ignore-scripts";
const plan = (tier: string) => `npm run --silent spectrum -- plan --compose examples/shop/compose.yaml --tier ${tier}`;
const lines = readme.split("\n");

describe("the README", () => {
  it("has one line that installs and plans the shop on both tiers", () => {
    assert.equal(lines.filter((line) => line === [install, plan("lightsail"), plan("fargate")].join(" && ")).length, 1);
  });

  it("has one line that installs and tests", () => {
    assert.equal(lines.filter((line) => line === `${install} && npm test`).length, 1);
  });

  it("says in five lines what it is and for whom", () => {
    const [title, , ...rest] = lines;
    assert.equal(title, "# Spectrum");
    assert.equal(rest.indexOf(""), 5);
  });

  for (const tier of ["lightsail", "fargate"]) {
    it(`plans the shop on ${tier} with exit 0`, () => {
      const { status, stdout, stderr } = runLine(plan(tier));
      assert.equal(status, 0, stderr);
      assert.match(stdout, new RegExp(`^shop on ${tier}$`, "mu"));
    }).timeout(60_000);
  }

  it("shows what the command prints; npm run fix:readme brings it up to date", () => {
    const { command, output } = shownPlan(readme);
    assert.ok(command.startsWith("npm run --silent spectrum -- plan "));
    assert.equal(runLine(command).stdout, output);
  }).timeout(60_000);
});
