import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { EMPTY_LOG, type EvidenceEntry, readEvidence, writeEvidence } from "../../../deploy/promote/evidence";
import { appendEvidence, evidencePath, readEvidenceFile } from "../../../deploy/promote/evidence-file";
import { InputError } from "../../../app/finding";
import { entry, failure } from "./entries";

const written = (entries: readonly EvidenceEntry[]): string =>
  entries.reduce((log, next) => log + writeEvidence(next, readEvidence(log)), "");

const some = [entry({ release: "a" }), failure({ release: "b", previousRelease: "a" }), entry({ release: "c" })];

describe("the evidence log", () => {
  it("gives back what was written, in order, without a problem", () => {
    const words = fc.string({ minLength: 1, unit: "grapheme" });
    const entries = fc.array(
      fc.record({ release: words, app: words, approvals: fc.array(words), reason: fc.option(words) }).map(entry),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(entries, (all) => {
        const { entries: read, problems } = readEvidence(written(all));
        assert.deepEqual(read, all);
        assert.deepEqual(problems, []);
      }),
    );
  });

  it("is one object in each line, whose keys are documented", () => {
    const [line = "", ...more] = written(some).trimEnd().split("\n");
    assert.equal(more.length, 2);
    const documented = readFileSync(join(__dirname, "../../../docs/promotion.md"), "utf8");
    for (const key of Object.keys(JSON.parse(line) as object)) assert.match(documented, new RegExp(`\`${key}\``, "u"));
  });

  it("shows that any line was changed, taken out, put in or moved; that the last ones are gone nothing can show", () => {
    const lines = written(some).split("\n").slice(0, -1);
    const after = (change: (lines: string[]) => void): readonly number[] => {
      const changed = [...lines];
      change(changed);
      return readEvidence(`${changed.join("\n")}\n`).problems.map(({ line }) => line);
    };
    assert.deepEqual(
      after(() => undefined),
      [],
    );
    assert.deepEqual(
      after((all) => (all[0] = (all[0] ?? "").replace("Ada", "Eve"))),
      [2],
    );
    assert.deepEqual(
      after((all) => all.shift()),
      [1],
    );
    assert.deepEqual(
      after((all) => all.splice(1, 1)),
      [2],
    );
    assert.deepEqual(
      after((all) => all.splice(1, 0, all[1] ?? "")),
      [3],
    );
    assert.deepEqual(
      after((all) => all.reverse()),
      [1, 2, 3],
    );
    assert.deepEqual(
      after((all) => all.pop()),
      [],
    );
  });

  for (const [what, line, message] of [
    ["cut off", '{"version":1,"time":"2027', /^is no JSON: it was cut off, or changed by hand$/],
    ["an empty one", "", /^is no JSON/],
    ["of a newer Spectrum", '{"version":2}', /^has version 2: a newer Spectrum wrote it$/],
    ["of another form", '{"version":1}', /^is no evidence: time: /],
    ["no object", "7", /^is no evidence: the line: /],
  ] as const) {
    it(`tells a line that is ${what} by its number, and reads the others`, () => {
      const [first = "", ...more] = written(some).split("\n");
      const { entries, problems } = readEvidence([first, line, ...more].join("\n"));
      assert.deepEqual(entries, some);
      // the one after it does not fit any more either
      assert.deepEqual(
        problems.map((problem) => problem.line),
        [2, 3],
      );
      assert.match(problems[0]?.message ?? "", message);
    });
  }
});

describe("the file of the evidence log", () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), "spectrum-evidence-"))));
  afterEach(() => rmSync(root, { recursive: true }));

  it("is made with the first line, and appended to", () => {
    assert.deepEqual(readEvidenceFile(root, "staging"), EMPTY_LOG);
    for (const one of some) appendEvidence(root, one);
    assert.equal(evidencePath("staging"), "evidence/staging.jsonl");
    assert.equal(readFileSync(join(root, "evidence/staging.jsonl"), "utf8"), written(some));
    assert.deepEqual(readEvidenceFile(root, "staging").problems, []);
    assert.equal(existsSync(join(root, "evidence/prod.jsonl")), false);
  });

  it("keeps what a crash has cut off, on a line of its own", () => {
    mkdirSync(join(root, "evidence"));
    writeFileSync(join(root, "evidence/staging.jsonl"), `${written(some.slice(0, 1))}{"version":1,"ti`);
    appendEvidence(root, entry({ release: "c" }));
    const { entries, problems } = readEvidenceFile(root, "staging");
    assert.deepEqual(entries, [some[0], entry({ release: "c" })]);
    assert.deepEqual(
      problems.map(({ line }) => line),
      [2],
    );
  });

  it("says so where it cannot be read or written", () => {
    mkdirSync(join(root, "evidence/staging.jsonl"), { recursive: true });
    const wrong = (message: string) => (error: unknown) => error instanceof InputError && error.message === message;
    assert.throws(
      () => readEvidenceFile(root, "staging"),
      wrong("the evidence log evidence/staging.jsonl cannot be read (EISDIR)"),
    );
    assert.throws(
      () => appendEvidence(root, entry({ release: "a" })),
      wrong("the evidence log evidence/staging.jsonl cannot be written (EISDIR)"),
    );
  });
});
