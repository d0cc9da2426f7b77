import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tierNames } from "../../../app/tiers";
import { compareTiers } from "../../../plan/compare/compare";
import { renderComparison } from "../../../plan/compare/render";
import { totalUsd } from "../../../plan/compare/added";
import { root } from "../../support/project";

describe("compareTiers", function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "spectrum-"))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (name: string, lines: readonly string[]) => writeFileSync(join(folder, name), lines.join("\n"));

  it("has the shop on all eight tiers, the cheapest first, each with its price, its limits and who does what", async () => {
    const told: string[] = [];
    const comparison = await compareTiers({
      root,
      compose: ["examples/shop/compose.yaml"],
      onProgress: (what, done, all) => told.push(`${what} ${done} of ${all}`),
    });
    assert.deepEqual(comparison.errors, []);
    assert.deepEqual([comparison.app, comparison.region, comparison.from], ["shop", "us-east-1", null]);
    const { tiers } = comparison;
    assert.deepEqual(tiers.map(({ tier }) => tier).sort(), [...tierNames].sort());
    assert.deepEqual(
      told,
      tierNames.map((tier, i) => `${tier} ${i} of 8`),
    );
    const prices = tiers.map(({ fits, monthlyUsd }) => (fits && monthlyUsd ? totalUsd(monthlyUsd.alone) : NaN));
    assert.deepEqual(
      prices,
      [...prices].sort((a, b) => a - b),
    );
    for (const row of tiers) {
      assert.ok(row.fits, row.tier);
      assert.equal(row.resources, row.planned.length - 1);
      // a Compose file alone has no environment that would have anything yet
      assert.deepEqual(row.monthlyUsd?.added, row.monthlyUsd?.alone);
      assert.equal(row.responsibilities.length, 8);
      assert.equal(row.changed, row.findings.filter(({ outcome }) => outcome === "changed").length);
    }
    const lightsail = tiers.find(({ tier }) => tier === "lightsail");
    assert.equal(lightsail?.accepted, 4);
    assert.deepEqual(new Set(lightsail?.move.steps.map(({ kind }) => kind)), new Set(["loss"]));
    const text = renderComparison(comparison, { color: false });
    assert.match(
      text,
      /^ {2}fargate +yes +87\.03 +0\.60 +123 +7 +0 +0 +by service, by itself, to 5000 tasks +a minute$/mu,
    );
    assert.match(text, /^ {2}control plane +AWS +AWS +AWS +AWS/mu);
    assert.match(text, /^assumed 100,000 requests a month;/mu);
  });

  it("prices an app alone and as added to its environment, and says what it takes to move there", async () => {
    const image = "image: nginx:1.29, ports: ['8080:8080']";
    write("one.yaml", [`services: { web: { ${image} } }`]);
    write("two.yaml", [`services: { site: { ${image} } }`]);
    write("Pulumi.dev.yaml", [
      "config:",
      "  aws:region: us-east-1",
      "  spectrum:tier: fargate",
      "  spectrum:platform: { hostedZoneId: Z0123456789ABCDEFGHIJ }",
      "  spectrum:apps:",
      "    one: { compose: one.yaml, domain: one.example.com }",
      "    two: { compose: two.yaml, domain: two.example.com }",
      // the other app's secrets are none of this one's
      "  spectrum:secrets: { two: { KEY: { secure: AAAA } } }",
    ]);
    const { tiers, from, errors } = await compareTiers({
      root: folder,
      app: "one",
      tiers: ["lightsail", "ecs-anywhere", "fargate"],
    });
    assert.deepEqual(errors, []);
    assert.equal(from, "fargate");
    assert.deepEqual(
      tiers.map(({ tier, fits, monthlyUsd }) => [tier, fits, monthlyUsd?.alone.fixed, monthlyUsd?.added.fixed]),
      [
        ["lightsail", true, 7, 7],
        // the load balancer, 16.43 and its addresses, 7.30, are there for two
        ["fargate", true, 36.39, 12.66],
        ["ecs-anywhere", false, undefined, undefined],
      ],
    );
    const [lightsail, fargate, anywhere] = tiers;
    assert.deepEqual([fargate?.move.made, fargate?.move.deleted], [0, 0]);
    assert.ok((lightsail?.move.deleted ?? 0) > 30);
    assert.deepEqual(
      anywhere?.move.steps.map(({ kind }) => kind),
      ["refusal"],
    );
    assert.equal(anywhere?.refused, 1);
    assert.match(anywhere?.reasons[0]?.message ?? "", /is refused on ecs-anywhere/u);
  });

  it("says what is wrong once, whatever the tier, and which app there is", async () => {
    write("compose.yaml", ["services: { web: { imag: nginx } }"]);
    const wrong = await compareTiers({ root: folder, compose: ["compose.yaml"] });
    assert.deepEqual(wrong.tiers, []);
    assert.ok(wrong.errors.some(({ message }) => message.includes("imag")));
    assert.equal(new Set(wrong.errors.map(({ message }) => message)).size, wrong.errors.length);
    assert.equal(renderComparison(wrong, { color: false }), "");
    write("Pulumi.dev.yaml", [
      "config:",
      "  aws:region: us-east-1",
      "  spectrum:apps: { one: { compose: compose.yaml }, two: { compose: compose.yaml } }",
    ]);
    const [unnamed] = (await compareTiers({ root: folder })).errors;
    assert.equal(unnamed?.message, "the environment dev has 2 apps; name one with --app: one, two");
    assert.equal(unnamed?.location?.file, "Pulumi.dev.yaml");
    const [unknown] = (await compareTiers({ root: folder, app: "three" })).errors;
    assert.equal(unknown?.message, "the environment dev has no app three: there is one, two");
    write("Pulumi.dev.yaml", ["config:", "  aws:region: us-east-1"]);
    const [none] = (await compareTiers({ root: folder })).errors;
    assert.match(none?.message ?? "", /^the environment dev has no app; name one with its Compose file .* --compose$/u);
  });
});
