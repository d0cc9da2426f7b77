/** Each key that the tier keeps, changes or leaves out: two files that differ in it, and what the plans come to. */
import assert from "node:assert/strict";
import { composeKeys } from "../../../../app/compose/keys";
import type { Finding } from "../../../../app/finding";
import { ruleFor } from "../../../../app/fit";
import { lightsailVm } from "../../../../components/tiers/lightsail-vm";
import { keyTable } from "../../../../components/tiers/lightsail-vm/keys";
import type { KeyCase } from "../../../support/key-cases";
import { keyCases } from "./key-cases";
import { type Input, read, record } from "./support";

const planned = new Map<string, Promise<string>>();
/** Everything planned, as text; the same file is planned once. */
function plan(input: Input): Promise<string> {
  const key = JSON.stringify(input);
  const known =
    planned.get(key) ??
    record(input).then(({ resources }) =>
      JSON.stringify(resources.map(({ urn, inputs, dependencies }) => ({ urn, inputs, dependencies }))).replaceAll(
        "\\",
        "",
      ),
    );
  planned.set(key, known);
  return known;
}

function found(key: string, input: Input): readonly Finding[] {
  const { app, placement } = read(input);
  const all = lightsailVm.fit(app, placement);
  return app.uses
    .filter(({ pattern }) => pattern === key)
    .flatMap((use) => {
      const own = all.filter((f) => f.service === use.service && f.key === use.key);
      const list = use.key.slice(0, use.key.indexOf("]") + 1);
      if (own.length > 0 || list === "") return own;
      return all.filter((f) => f.service === use.service && (f.key === list || f.key.startsWith(`${list}.`)));
    });
}

async function holds({ key, want, a, b, input }: KeyCase): Promise<void> {
  const second: Input = { ...input, compose: b };
  const all = found(key, second);
  const outcome = typeof want === "object" || want === "left out" ? "changed" : want;
  const said = all.map((f) => `${f.outcome}: ${f.reason}`).join("; ");
  assert.ok(
    all.some((f) => f.outcome === outcome),
    `got ${said}`,
  );
  for (const f of all) if (f.outcome !== "kept") assert.notEqual(f.remedy, "", "no remedy");
  if (want === "refused") return;
  const [before, after] = [await plan({ ...input, compose: a }), await plan(second)];
  if (want === "left out") return assert.equal(after, before, `${key} is said to be left out`);
  assert.notEqual(after, before, `${key} is said to be ${outcome}`);
  if (typeof want !== "object") return;
  assert.ok(after.includes(want.changed), `${want.changed} is not in the plan`);
  assert.ok(want.changed === "" || !before.includes(want.changed), `${want.changed} is in the plan without the key`);
}

describe("each key that a machine of one's own keeps or changes", function () {
  this.timeout(120_000);
  for (const one of keyCases) {
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
  const covered = new Set(keyCases.map(({ key }) => key));
  const leaves = composeKeys.filter(
    (key) => !composeKeys.some((o) => o.startsWith(`${key}.`) || o.startsWith(`${key}[]`)),
  );
  for (const key of leaves) {
    const rule = ruleFor(keyTable, key);
    if ((typeof rule !== "function" && rule.outcome !== "kept") || elsewhere.includes(key)) continue;
    it(`has a case for ${key}`, () => assert.ok(covered.has(key), "add a row to key-cases.ts"));
  }

  it("refuses and changes nothing without a remedy", () => {
    for (const key of composeKeys) {
      const rule = ruleFor(keyTable, key);
      if (typeof rule === "function" || rule.outcome === "kept") continue;
      assert.notEqual(rule.remedy ?? "", "", key);
    }
  });
});
