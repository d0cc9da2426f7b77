import assert from "node:assert/strict";
import { readEnvironment, readStages } from "../../../app/config/read";
import { formatProblem, InputError } from "../../../app/finding";

const raw = (environments?: unknown) => ({
  stack: "dev",
  values: {
    "aws:region": "us-east-1",
    "spectrum:apps": '{"shop":{"compose":"compose.yaml"}}',
    ...(environments !== undefined && { "spectrum:environments": JSON.stringify(environments) }),
  },
  secretKeys: new Set<string>(),
});

function problems(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof InputError) return error.problems.map(formatProblem);
    throw error;
  }
  return [];
}

describe("spectrum:environments", () => {
  it("is the order of promotion, with no approvals unless it says so; none where nothing is said", () => {
    assert.deepEqual(readStages(raw([{ name: "dev" }, { name: "prod", approvals: 2 }])), [
      { name: "dev", approvals: 0 },
      { name: "prod", approvals: 2 },
    ]);
    assert.deepEqual(readStages(raw()), []);
  });

  for (const [what, environments, message] of [
    ["a name twice", [{ name: "dev" }, { name: "dev" }], "[1].name: dev is named twice"],
    [
      "an account",
      [{ name: "dev", account: "123456789012" }],
      "[0].account: stands in the environment's own file alone: give aws:allowedAccountIds in Pulumi.<name>.yaml",
    ],
    [
      "a region",
      [{ name: "dev", region: "us-east-1" }],
      "[0].region: stands in the environment's own file alone: give aws:region in Pulumi.<name>.yaml",
    ],
    [
      "protected",
      [{ name: "dev", protected: false }],
      "[0].protected: stands in the environment's own file alone: give spectrum:protected in Pulumi.<name>.yaml",
    ],
    ["approvals below none", [{ name: "dev", approvals: -1 }], "[0].approvals: got -1; give at least 0"],
    [
      "a slip of the pen",
      [{ name: "dev", aprovals: 1 }],
      "[0].aprovals: unknown key; did you mean approvals? Allowed: account, approvals, name, protected, region",
    ],
    [
      "a name that is no stack's",
      [{ name: "my dev" }],
      '[0].name: got "my dev"; a stack\'s name is 1 to 100 letters, digits, hyphens, underscores and dots',
    ],
    ["no list", { dev: {} }, ': got {"dev":{}}; give an array'],
  ] as const) {
    it(`refuses ${what}, where it is all that is read and with the rest of the environment`, () => {
      const expected = [`spectrum:environments${message}`];
      assert.deepEqual(
        problems(() => readStages(raw(environments))),
        expected,
      );
      assert.deepEqual(
        problems(() => readEnvironment(raw(environments))),
        expected,
      );
    });
  }
});
