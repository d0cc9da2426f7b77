/** The tests of a tier's key table: every row is held against what the tier plans. */
import assert from "node:assert/strict";
import { type ComposeKey, composeKeys } from "../../app/compose/keys";
import type { Finding } from "../../app/finding";
import { type KeyTable, ruleFor } from "../../app/fit";
import type { KeyCase } from "./key-cases";
import type { Input, OnTier } from "./on-tier";

type Planner = (input: Input) => Promise<string>;

export interface KeyTests {
  /** What the test is called by: `Fargate`. */
  readonly title: string;
  readonly tier: OnTier;
  readonly table: KeyTable;
  readonly cases: readonly KeyCase[];
  /** Keys that are said to be changed and whose plan is that without them all the same, each with its reason in the test. */
  readonly unmoved?: readonly string[];
  /** Keys whose row says something of the file, not of the plan, besides those of every tier. */
  readonly elsewhere?: readonly string[];
}

/** Keys whose row says something of the file, not of the plan: their values are planned through other keys. */
const ELSEWHERE: readonly string[] = [
  "configs.*.external.name",
  "secrets.*.external.name",
  "volumes.*.external.name",
  // its value is a secret, which no plan shows; the test of secrets' sources reads it
  "secrets.*.file",
];

export function testKeys({ title, tier, table, cases, unmoved = [], elsewhere = [] }: KeyTests): void {
  const plan = planner(tier);
  describe(`each key that ${title} keeps or changes`, () => {
    for (const one of cases) {
      const want = typeof one.want === "string" ? one.want : "changed";
      it(`${one.key} is ${want}: ${JSON.stringify(one.b).slice(50, 130)}`, () => holds(one, tier, plan, unmoved));
    }

    const covered = new Set(cases.map(({ key }) => key));
    for (const key of leaves()) {
      const rule = ruleFor(table, key);
      if (typeof rule !== "function" && rule.outcome !== "kept") continue;
      if ([...ELSEWHERE, ...elsewhere].includes(key)) continue;
      it(`has a case for ${key}`, () => assert.ok(covered.has(key), "add a row to key-cases.ts"));
    }

    it("refuses and changes nothing without a remedy", () => {
      for (const key of composeKeys) {
        const rule = ruleFor(table, key);
        if (typeof rule === "function" || rule.outcome === "kept") continue;
        assert.notEqual(rule.remedy ?? "", "", key);
      }
    });
  });
}

function leaves(): readonly ComposeKey[] {
  return composeKeys.filter((key) => !composeKeys.some((o) => o.startsWith(`${key}.`) || o.startsWith(`${key}[]`)));
}

/** Everything planned, as text; the same file is planned once. */
function planner(tier: OnTier): Planner {
  const planned = new Map<string, Promise<string>>();
  return (input) => {
    const key = JSON.stringify(input);
    const known = planned.get(key);
    if (known) return known;
    const made = tier.record(input).then(({ resources }) =>
      // as it reads, however many documents it stands in
      JSON.stringify(resources.map(({ urn, inputs, dependencies }) => ({ urn, inputs, dependencies }))).replace(
        /\\+"/gu,
        '"',
      ),
    );
    planned.set(key, made);
    return made;
  };
}

/** The findings of the key's uses, or of what they are part of (`ports[0]` of `ports[0].target`). */
function found(tier: OnTier, key: string, input: Input): readonly Finding[] {
  const { app } = tier.read(input);
  const uses = app.uses.filter(({ pattern }) => pattern === key);
  const all = tier.findings(input);
  return uses.flatMap((use) => {
    const own = all.filter((f) => f.service === use.service && f.key === use.key);
    if (own.length > 0) return own;
    const list = use.key.slice(0, use.key.indexOf("]") + 1);
    return all.filter(
      (f) => f.service === use.service && list !== "" && (f.key === list || f.key.startsWith(`${list}.`)),
    );
  });
}

/**
 * `kept`: the plans differ. `left out`: they do not. `changed`: they differ, and the new value stands in the second. All
 * but `refused` also hold the finding against it; what is refused is not planned.
 */
async function holds(
  { key, want, a, b, input }: KeyCase,
  tier: OnTier,
  plan: Planner,
  unmoved: readonly string[],
): Promise<void> {
  const [first, second] = [
    { ...input, compose: a },
    { ...input, compose: b },
  ];
  const findings = found(tier, key, second);
  const said = findings.map(({ outcome, reason }) => `${outcome}: ${reason}`).join("; ");
  assert.notEqual(findings.length, 0, `nothing is said of ${key}`);
  const outcome = typeof want === "object" || want === "left out" ? "changed" : want;
  assert.ok(
    findings.some((f) => f.outcome === outcome),
    `got ${said}`,
  );
  if (want === "refused") {
    for (const f of findings.filter((one) => one.outcome === "refused")) assert.notEqual(f.remedy, "", "no remedy");
    return;
  }
  const [before, after] = [await plan(first), await plan(second)];
  if (want === "left out") {
    assert.equal(after, before, `${key} is said to be left out`);
    return;
  }
  if (unmoved.includes(key) && typeof want === "object") return;
  assert.notEqual(after, before, `${key} is said to be ${outcome}`);
  if (typeof want === "object") {
    assert.ok(after.includes(want.changed), `${want.changed} is not in the plan`);
    assert.ok(want.changed === "" || !before.includes(want.changed), `${want.changed} is in the plan without the key`);
  }
}
