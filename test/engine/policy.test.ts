/** The policy pack under the real engine: what it refuses, what is exempt, and that the shop breaks none of it. */
import assert from "node:assert/strict";
import { exampleCase, planIn } from "./cases";
import { succeeded } from "./steps";
import { engineSuite } from "./suite";

const WIDE = { services: { api: { policies: [{ actions: ["s3:*"], resources: ["arn:aws:s3:::example"] }] } } };

engineSuite("engine with the policy pack", 5, (suite) => {
  it("takes the shop, refuses a role that may do too much, and takes that while it is exempt", async () => {
    const given = exampleCase("shop", "fargate");
    const stack = await suite.open(given);
    const preview = () => stack.run("preview", "--policy-pack", "policy");
    const whole = await preview();
    succeeded(whole);
    assert.match(whole.stdout, /spectrum@v0\.1\.0 \(local: policy\)/u);

    stack.configure(exampleCase("shop", "fargate", { app: WIDE }).config);
    const refused = await preview();
    assert.notEqual(refused.code, 0);
    assert.match(
      refused.stdout + refused.stderr,
      /\[mandatory\] +least-privilege +\(aws:iam:RolePolicy: shop-api-task\)/u,
    );
    const { errors } = await planIn(stack.folder);
    assert.deepEqual(
      errors.map(({ message }) => message.slice(0, message.indexOf(";"))),
      ["shop-api-task breaks the rule least-privilege: it allows s3:*"],
    );

    const exemptions = [
      // without quotes, as YAML has a day of its own
      { rule: "least-privilege", resource: "shop-api-*", reason: "a trial", until: "2099-12-31" },
      { rule: "imdsv2", resource: "none", reason: "a trial", until: "2099-12-31" },
    ];
    stack.configure({ "spectrum:policy": { exemptions } });
    const exempt = await preview();
    succeeded(exempt);
    assert.match(exempt.stdout + exempt.stderr, /exemptions\[1\]: nothing called none breaks the rule imdsv2/u);
  });
});
