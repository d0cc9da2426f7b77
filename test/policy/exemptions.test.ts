/** Exemptions: which resources they take, until when, and what is said of those that take none. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Exemption } from "../../app/config/types";
import type { Violation } from "../../policy/evaluate";
import { applyExemptions, isFatal } from "../../policy/exemptions";
import { planFolder } from "../support/plan-folder";

const violation = (rule: string, resource: string, severity: Violation["severity"] = "mandatory"): Violation => ({
  rule,
  severity,
  urn: `urn:pulumi:dev::spectrum::aws:s3/bucket:Bucket::${resource}`,
  resource,
  message: "it is wrong",
  remedy: "mend it",
  source: "https://docs.aws.amazon.com/x.html",
});
const exemption = (given: Partial<Exemption> = {}): Exemption => ({
  rule: "two-zones",
  resource: "shop-db",
  reason: "a trial",
  until: "2027-01-31",
  ...given,
});

/** The resources that an exemption of the name takes, on the day. */
function taken(given: Partial<Exemption>, today = "2026-11-27"): readonly string[] {
  const violations = ["shop-db", "shop-db-2", "shop.web"].map((name) => violation("two-zones", name));
  const { results } = applyExemptions([...violations, violation("imdsv2", "shop-db")], [exemption(given)], today);
  return results.filter((one) => one.exemption).map(({ rule, resource }) => `${rule} ${resource}`);
}

describe("exemptions from the policy", () => {
  for (const [title, given, expected] of [
    ["a logical name", {}, ["shop-db"]],
    ["a name with any characters at its end", { resource: "shop-*" }, ["shop-db", "shop-db-2"]],
    ["a name with any characters in it", { resource: "s*-2" }, ["shop-db-2"]],
    ["a dot as a dot", { resource: "shop.*" }, ["shop.web"]],
    ["a URN", { resource: "urn:pulumi:dev::spectrum::aws:s3/bucket:Bucket::shop-db" }, ["shop-db"]],
    ["a type, by its URN", { resource: "*aws:s3/bucket:Bucket::*" }, ["shop-db", "shop-db-2", "shop.web"]],
    ["no part of a name", { resource: "shop" }, []],
  ] as const) {
    it(`take ${title}`, () => {
      assert.deepEqual(
        taken(given),
        expected.map((name) => `two-zones ${name}`),
      );
    });
  }

  it("hold on their last day, and not on the next", () => {
    assert.deepEqual(taken({}, "2027-01-31"), ["two-zones shop-db"]);
    assert.deepEqual(taken({}, "2027-02-01"), []);
  });

  it("take every name by * and the name itself, whatever is in it", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (name) => {
        for (const resource of ["*", ...(name.includes("*") ? [] : [name])]) {
          const broken = [violation("two-zones", name)];
          const { results } = applyExemptions(broken, [exemption({ resource })], "2026-11-27");
          assert.deepEqual(results[0]?.exemption, { reason: "a trial", until: "2027-01-31" });
        }
      }),
    );
  });

  it("are told where they have ended, take nothing, or name no rule", () => {
    const exemptions = [
      exemption(),
      exemption({ until: "2026-01-01" }),
      exemption({ resource: "gone" }),
      exemption({ rule: "two-zone" }),
    ];
    const { warnings } = applyExemptions([violation("two-zones", "shop-db")], exemptions, "2026-11-27");
    assert.deepEqual(
      warnings.map(({ key, message }) => `${key}: ${message}`),
      [
        "spectrum:policy.exemptions[1]: ended on 2026-01-01, and exempts nothing any more; mend what it was for, and take it out",
        "spectrum:policy.exemptions[2]: nothing called gone breaks the rule two-zones; take it out",
        "spectrum:policy.exemptions[3]: no rule is called two-zone, did you mean two-zones",
      ],
    );
  });

  it("leave a plan whole where what is broken is exempt, or only advised", () => {
    const broken = [
      violation("two-zones", "a"),
      violation("two-zones", "b"),
      violation("no-plain-secrets", "c", "advisory"),
    ];
    const { results } = applyExemptions(broken, [exemption({ resource: "b" })], "2026-11-27");
    assert.deepEqual(results.map(isFatal), [true, false, false]);
  });
});

describe("a plan that breaks rules", function () {
  this.timeout(30_000);
  const files = {
    "compose.yaml": {
      services: { web: { image: "nginx:1.29", ports: ["8080:80"], environment: { DB_PASSWORD: "correct-horse" } } },
    },
  };
  const apps = {
    shop: {
      compose: "compose.yaml",
      tier: "fargate",
      services: { web: { policies: [{ actions: ["s3:*"], resources: ["arn:aws:s3:::a"] }] } },
    },
  };

  it("fails for the mandatory ones, and tells the advisory ones", async () => {
    const { policy = [], errors, resources } = await planFolder({ config: { "spectrum:apps": apps }, files });
    assert.ok(resources.length > 0);
    assert.deepEqual(
      policy.map(({ rule, severity, resource, message }) => [rule, severity, resource, message]),
      [
        ["least-privilege", "mandatory", "shop-web-task", "it allows s3:*"],
        ["no-plain-secrets", "advisory", "shop-web", "DB_PASSWORD looks like a secret"],
      ],
    );
    assert.deepEqual(errors, [
      {
        message:
          "shop-web-task breaks the rule least-privilege: it allows s3:*; name the actions, and the ARNs of what they are for; " +
          "or exempt it with a reason and an end: spectrum:policy.exemptions (docs/policy.md)",
        location: null,
      },
    ]);
  });

  it("succeeds while they are exempt, and says of a useless exemption where it stands", async () => {
    const exemptions = [
      { rule: "least-privilege", resource: "shop-*", reason: "until the bucket is known", until: "2027-01-31" },
      { rule: "imdsv2", resource: "shop", reason: "none", until: "2027-01-31" },
    ];
    const config = { "spectrum:apps": apps, "spectrum:policy": { exemptions } };
    const during = await planFolder({ config, files, today: "2027-01-31" });
    assert.deepEqual(during.errors, []);
    assert.deepEqual(
      during.policy?.map(({ exemption: taken }) => taken?.reason),
      ["until the bucket is known", undefined],
    );
    assert.deepEqual(
      during.warnings.map(({ key, message, location }) => [key, message, location?.file]),
      [["spectrum:policy.exemptions[1]", "nothing called shop breaks the rule imdsv2; take it out", "Pulumi.dev.yaml"]],
    );
    const after = await planFolder({ config, files, today: "2027-02-01" });
    assert.equal(after.errors.length, 1);
  });
});
