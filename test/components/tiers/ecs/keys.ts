/** The proof of a tier's key table: for each key that it keeps or changes, two files that differ in the key alone. */
import assert from "node:assert/strict";
import { composeKeys } from "../../../../app/compose/keys";
import type { Finding } from "../../../../app/finding";
import { type KeyTable, ruleFor } from "../../../../app/fit";
import type { Tier } from "../../../../components/tiers/tier";
import type { KeyCase } from "../../../support/key-cases";
import { type Input, tierSupport } from "./support";

export function describeKeys(title: string, tier: Tier, table: KeyTable, cases: readonly KeyCase[]): void {
  const { read, record } = tierSupport(tier);
  /** Everything planned, as text; the same file is planned once. */
  const planned = new Map<string, Promise<string>>();
  function plan(input: Input): Promise<string> {
    const key = JSON.stringify(input);
    const known = planned.get(key);
    if (known) return known;
    const made = record(input).then(({ resources }) =>
      JSON.stringify(resources.map(({ urn, inputs, dependencies }) => ({ urn, inputs, dependencies }))).replaceAll(
        '\\"',
        '"',
      ),
    );
    planned.set(key, made);
    return made;
  }

  /** The findings of the key's uses, or of what they are part of (`ports[0]` of `ports[0].target`). */
  function found(key: string, input: Input): readonly Finding[] {
    const { app, placement } = read(input);
    const uses = app.uses.filter(({ pattern }) => pattern === key);
    const all = tier.fit(app, placement);
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
  async function holds({ key, want, a, b, input }: KeyCase): Promise<void> {
    const [first, second] = [
      { ...input, compose: a },
      { ...input, compose: b },
    ];
    const findings = found(key, second);
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
    if (key === "services.*.network_mode" && typeof want === "object") return; // the same network as without a word
    assert.notEqual(after, before, `${key} is said to be ${outcome}`);
    if (typeof want === "object") {
      assert.ok(after.includes(want.changed), `${want.changed} is not in the plan`);
      assert.ok(
        want.changed === "" || !before.includes(want.changed),
        `${want.changed} is in the plan without the key`,
      );
    }
  }

  describe(title, () => {
    for (const one of cases) {
      const want = typeof one.want === "string" ? one.want : "changed";
      it(`${one.key} is ${want}: ${JSON.stringify(one.b).slice(50, 130)}`, () => holds(one));
    }

    /** Keys whose row says something of the file, not of the plan: their values are planned through other keys. */
    const elsewhere: readonly string[] = [
      "configs.*.external.name",
      "secrets.*.external.name",
      "volumes.*.external.name",
      // its value is a secret, which no plan shows; the test of secrets' sources reads it
      "secrets.*.file",
    ];
    const covered = new Set(cases.map(({ key }) => key));
    const leaves = composeKeys.filter(
      (key) => !composeKeys.some((o) => o.startsWith(`${key}.`) || o.startsWith(`${key}[]`)),
    );
    for (const key of leaves) {
      const rule = ruleFor(table, key);
      if ((typeof rule !== "function" && rule.outcome !== "kept") || elsewhere.includes(key)) continue;
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
