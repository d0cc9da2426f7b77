import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { stringify } from "yaml";
import type { Case, Outcome } from "./support";
import { comparable, fixtures, readOutcome, reference, SHARED } from "./support";
import { composeModel } from "./generate";

const REAL = join(SHARED, "apps", "awesome-compose");

describe("the reader against compose-go", function () {
  this.timeout(60_000);
  let run: (cases: readonly Pick<Case, "files" | "profiles">[]) => Outcome[];

  before(function () {
    const found = reference();
    if (found === null) return this.skip();
    run = found;
  });

  it("agrees on every fixture that is not marked as different", () => {
    const cases = fixtures().filter(({ different }) => different === undefined);
    const theirs = run(cases);
    for (const [i, one] of cases.entries())
      assert.equal(comparable(readOutcome(one)), comparable(theirs[i]!), one.name);
  });

  it("agrees on every file of awesome-compose", function () {
    if (!existsSync(REAL)) return this.skip();
    const cases = readdirSync(REAL).flatMap((folder) =>
      readdirSync(join(REAL, folder))
        .filter((file) => /\.ya?ml$/u.test(file))
        .map((file) => ({ files: [join(REAL, folder, file)] })),
    );
    assert.ok(cases.length >= 39);
    const theirs = run(cases);
    for (const [i, one] of cases.entries())
      assert.equal(comparable(readOutcome(one)), comparable(theirs[i]!), one.files[0]);
  });

  it("agrees on generated files, each alone and on top of another", () => {
    const folder = mkdtempSync(join(tmpdir(), "spectrum-differential-"));
    try {
      const property = fc.property(
        fc.array(fc.tuple(composeModel, composeModel), { minLength: 40, maxLength: 40 }),
        (pairs) => {
          const cases = pairs.flatMap(([one, two], i) => {
            const files = [one, two].map((model, j) => {
              const path = join(folder, `${i}-${j}.yaml`);
              writeFileSync(path, stringify(model, { aliasDuplicateObjects: false }));
              return path;
            });
            return [{ files: files.slice(0, 1) }, { files }];
          });
          const theirs = run(cases);
          for (const [i, one] of cases.entries()) {
            assert.equal(
              comparable(readOutcome(one)),
              comparable(theirs[i]!),
              JSON.stringify(pairs[Math.floor(i / 2)]),
            );
          }
        },
      );
      fc.assert(property, { numRuns: 3, endOnFailure: true });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
