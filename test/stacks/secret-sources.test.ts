import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileSource } from "../../app/model";
import { readSecretSources } from "../../stacks/secret-sources";
import { appOf } from "../support/app";

describe("readSecretSources", () => {
  let directory = "";
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "spectrum-secrets-"));
    writeFileSync(join(directory, "pw.txt"), "from-file\n");
  });
  after(() => rmSync(directory, { recursive: true }));

  const read = (source: FileSource, names: string[] = [], variables: Record<string, string> = {}, assume = false) => {
    const app = appOf([], { directory, secrets: { pw: source } });
    const { sources, findings } = readSecretSources(app, names, (name) => variables[name], assume);
    const told = findings.map((f) => `${f.key} ${f.outcome}: ${f.reason}; ${f.remedy}`);
    return [sources.pw, told] as const;
  };
  const file = (path: string): FileSource => ({ name: "pw", kind: "file", path });
  const variable: FileSource = { name: "pw", kind: "environment", variable: "PW" };

  it("reads a file as it is", () =>
    assert.deepEqual(read(file("pw.txt")), [{ kind: "text", text: "from-file\n" }, []]));
  it("lets spectrum:secrets win, by the secret's name", () =>
    assert.deepEqual(read(file("pw.txt"), ["pw"]), [{ kind: "config", name: "pw" }, []]));
  it("and by the variable's", () =>
    assert.deepEqual(read(variable, ["PW"], { PW: "x" }), [{ kind: "config", name: "PW" }, []]));
  it("takes a variable of the app", () =>
    assert.deepEqual(read(variable, [], { PW: "x" }), [{ kind: "text", text: "x" }, []]));
  it("takes inline content", () =>
    assert.deepEqual(read({ name: "pw", kind: "content", content: ["x"] }), [{ kind: "value", value: ["x"] }, []]));
  it("takes an existing one by ARN", () =>
    assert.deepEqual(read({ name: "arn:aws:ssm:x", kind: "external" }), [
      { kind: "existing", arn: "arn:aws:ssm:x" },
      [],
    ]));

  const refusals: [string, FileSource, RegExp][] = [
    [
      "a missing file",
      file("no.txt"),
      /^secrets\.pw refused: its file no\.txt is missing; create the file, .*spectrum:secrets\.shop\.pw'/,
    ],
    [
      "a variable without a value",
      variable,
      /^secrets\.pw refused: its variable PW has no value; .*spectrum:secrets\.shop\.PW'/,
    ],
    [
      "an external one that is no ARN",
      { name: "prod-pw", kind: "external" },
      /^secrets\.pw refused: it is external, and prod-pw is no ARN; /,
    ],
  ];
  for (const [what, source, expected] of refusals) {
    it(`refuses ${what}, but where a plan has no stack`, () => {
      const [, findings] = read(source);
      assert.equal(findings.length, 1);
      assert.match(findings[0] ?? "", expected);
      assert.deepEqual(read(source, [], {}, true), [{ kind: "assumed" }, []]);
    });
  }
});
