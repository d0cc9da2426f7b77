import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { comparable, FIXTURES, fixtures, readOutcome } from "./support";
import type { Outcome } from "./support";

const stored = (name: string, file: string) => JSON.parse(readFileSync(join(FIXTURES, name, file), "utf8")) as Outcome;

describe("Compose fixtures, as compose-go reads them", () => {
  for (const one of fixtures()) {
    it(one.different === undefined ? one.name : `${one.name}, which differs: ${one.different}`, () => {
      const ours = readOutcome(one);
      const expected = stored(one.name, "expected.json");
      if (one.different === undefined) return assert.equal(comparable(ours), comparable(expected));
      assert.notEqual(comparable(ours), comparable(expected), "the difference is gone, take it out of case.json");
      assert.equal("error" in ours ? "error" : "model", one.ours);
      assert.equal(comparable(ours), comparable(stored(one.name, "ours.json")));
    });
  }

  it("has an outcome of the reference beside each", () => {
    assert.deepEqual(
      fixtures().filter(({ name }) => !existsSync(join(FIXTURES, name, "expected.json"))),
      [],
    );
  });
});
