/**
 * What one public container costs at most by default, in us-east-1, before the first request: USD a month of 730 hours. On
 * Fargate and EKS no more than the cheapest peer on the same hosting (list prices of November 2026): SST 37 with a load balancer, and about 14
 * with an entry by API Gateway; pulumi-eks 163. No peer has the other tiers; their ceilings are the sum of what cannot be left out.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TierName } from "../../../app/tiers";
import { makePlan } from "../../../plan/plan";
import { root } from "../../support/project";

const ceilings: readonly (readonly [TierName, number, string])[] = [
  ["fargate", 37, "a task 9.01, its address 3.65, a load balancer 16.43 with two addresses 7.30"],
  ["lightsail", 7, "the smallest node"],
  ["lightsail-vm", 7, "micro: 512 MiB for the app beside Linux and Docker"],
  ["beanstalk", 13, "a t3.micro 7.59, its disk 1.28, its address 3.65"],
  ["ecs-ec2", 71, "a t3.micro 7.59, its disk 2.40, two alarms 0.20, a NAT gateway 36.50, a load balancer 23.73"],
  ["ecs-anywhere", 7.5, "a registered machine 7.48"],
  ["eks", 133, "the control plane 73.00, a t3.medium 30.37, its disk 1.60 and address 3.65, a load balancer 23.73"],
  [
    "eks-fargate",
    189,
    "the control plane 73.00, five pods of the cluster's 45.05, one pod 10.63, a NAT gateway 36.50, a load balancer 23.73",
  ],
];

describe("what one public container costs", function () {
  this.timeout(60_000);

  for (const [tier, usd, why] of ceilings) {
    it(`at most ${usd} USD a month on ${tier}: ${why}`, async () => {
      const { prices, errors } = await makePlan({ root, compose: ["examples/hello/compose.yaml"], tier });
      assert.deepEqual([errors, prices?.unpriced], [[], []]);
      assert.ok(prices && prices.fixed > 0 && prices.fixed <= usd, `${prices?.fixed} USD`);
    });
  }

  it("at most 14 USD a month on fargate by API Gateway: a task 9.01, its address 3.65, a zone 0.50", async () => {
    const folder = mkdtempSync(join(tmpdir(), "spectrum-"));
    try {
      const apps = { hello: { compose: join(root, "examples/hello/compose.yaml"), tier: "fargate" } };
      const config = { "aws:region": "us-east-1", "spectrum:platform": { entry: "apigateway" }, "spectrum:apps": apps };
      writeFileSync(join(folder, "Pulumi.dev.yaml"), JSON.stringify({ config }));
      const { prices } = await makePlan({ root: folder });
      // with 100,000 requests too
      assert.ok(prices && prices.fixed + prices.usage <= 14, `${prices?.fixed} and ${prices?.usage} USD`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
