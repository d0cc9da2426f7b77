import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "../../../app/finding";
import { appendEvidence } from "../../../deploy/promote/evidence-file";
import { readHistory, renderHistory } from "../../../deploy/promote/history";
import { entry, failure, idOf } from "./entries";

describe("the history of a project", () => {
  let root: string;
  before(() => {
    root = mkdtempSync(join(tmpdir(), "spectrum-history-"));
    const stack = (source: string) => `config:\n  spectrum:apps:\n    shop: { ${source} }\n`;
    writeFileSync(
      join(root, "Pulumi.yaml"),
      "name: spectrum\nconfig:\n  spectrum:environments:\n    value: [{ name: staging }, { name: dev }]\n",
    );
    writeFileSync(join(root, "Pulumi.dev.yaml"), stack("compose: a.yaml"));
    writeFileSync(join(root, "Pulumi.staging.yaml"), stack(`release: ${idOf("c")}`));
    for (const one of [
      entry({ release: "a", approvals: ["Grace Hopper"] }),
      entry({ release: "blog", app: "blog" }),
      failure({ release: "c", previousRelease: "a" }),
      entry({ release: "a", action: "rollback", from: null }),
    ])
      appendEvidence(root, one);
    appendEvidence(root, entry({ release: "a", environment: "old" }));
  });
  after(() => rmSync(root, { recursive: true }));

  const [a, blog, c] = ["a", "blog", "c"].map((name) => idOf(name).slice(0, 12)) as [string, string, string];

  it("is told by environment in the order of promotion: who brought what when, how it ended, what serves", () => {
    assert.equal(
      renderHistory(readHistory(root, {})),
      [
        `staging: blog ${blog}, shop ${a} (its file says ${c})`,
        "  time               app   release       how               by            approved by   result",
        `  2027-01-31T12:00Z  shop  ${a}  promote from dev  Ada Lovelace  Grace Hopper  succeeded`,
        `  2027-01-31T12:00Z  blog  ${blog}  promote from dev  Ada Lovelace                succeeded, serves`,
        `  2027-01-31T12:00Z  shop  ${c}  promote from dev  Ada Lovelace                failed: web did not become healthy`,
        `  2027-01-31T12:00Z  shop  ${a}  rollback          Ada Lovelace                succeeded, serves`,
        "",
        "dev: shop no release yet",
        "",
        `old: shop ${a}`,
        "  time               app   release       how               by            approved by  result",
        `  2027-01-31T12:00Z  shop  ${a}  promote from dev  Ada Lovelace               succeeded, serves`,
        "",
      ].join("\n"),
    );
  });

  it("is of one environment, and one app, where they are named", () => {
    const { environments } = readHistory(root, { environment: "staging", app: "blog" });
    assert.deepEqual(environments, [
      {
        environment: "staging",
        apps: { blog: { serves: idOf("blog"), file: null } },
        entries: [entry({ release: "blog", app: "blog" })],
        problems: [],
      },
    ]);
    assert.throws(
      () => readHistory(root, { environment: "stagin" }),
      (error) =>
        error instanceof InputError && error.message === 'there is no environment stagin, did you mean "staging"?',
    );
  });

  it("goes on past a line that is damaged, and tells it", () => {
    const file = join(root, "evidence/old.jsonl");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, `x${text}`);
    const [{ entries, problems } = assert.fail()] = readHistory(root, { environment: "old" }).environments;
    assert.deepEqual(entries, []);
    assert.deepEqual(problems, [{ line: 1, message: "is no JSON: it was cut off, or changed by hand" }]);
    writeFileSync(file, text);
  });
});
