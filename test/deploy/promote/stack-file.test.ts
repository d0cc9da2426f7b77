import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { InputError } from "../../../app/finding";
import { withReleaseLine } from "../../../deploy/promote/stack-file";
import { idOf } from "./entries";

const id = idOf("a");
const edit = (text: string) => withReleaseLine(text, "Pulumi.prod.yaml", "shop", id);

describe("a stack's file with another release", () => {
  for (const [what, before, after] of [
    [
      "a Compose file's path",
      "    shop:\n      compose: a.yaml # the shop\n      data: delete\n",
      `    shop:\n      release: ${id} # the shop\n      data: delete\n`,
    ],
    [
      "a release",
      `    shop:\n      # since May\n      release: ${idOf("b")}\n\n      tier: eks\n`,
      `    shop:\n      # since May\n      release: ${id}\n\n      tier: eks\n`,
    ],
    [
      "a list of paths",
      "    shop:\n      tier: eks\n      compose:\n        - a.yaml\n        - b.yaml # prod's\n    # another\n    blog: { compose: b.yaml }\n",
      `    shop:\n      tier: eks\n      release: ${id} # prod's\n    # another\n    blog: { compose: b.yaml }\n`,
    ],
    [
      "a list in a row",
      "    shop: { compose: [a.yaml, 'b.yaml'], tier: eks } # here\n",
      `    shop: { release: ${id}, tier: eks } # here\n`,
    ],
    ["nothing, in a block", "    shop:\n      tier: eks\n", `    shop:\n      release: ${id}\n      tier: eks\n`],
    ["nothing, in a row", "    shop: { tier: eks }\n", `    shop: { release: ${id}, tier: eks }\n`],
    ["nothing at all", "    shop: {}\n", `    shop: { release: ${id} }\n`],
    ["a quoted key", "    shop:\n      \"compose\": 'a.yaml'\n", `    shop:\n      release: ${id}\n`],
    ["a path at the file's end", "    shop:\n      compose: a.yaml", `    shop:\n      release: ${id}`],
  ] as const) {
    it(`has it in the place of ${what}, and is the same in all else`, () => {
      const head = "# Production.\nconfig:\n  aws:region:   us-east-1\n  spectrum:apps:\n";
      assert.equal(edit(head + before), head + after);
      assert.equal(edit(head + after), head + after);
    });
  }

  it("is what the project's own files are, line by line", () => {
    for (const stack of ["dev", "staging", "prod"]) {
      const text = readFileSync(join(__dirname, `../../../Pulumi.${stack}.yaml`), "utf8");
      const lines = edit(text).split("\n");
      const changed = text.split("\n").flatMap((line, i) => (line === lines[i] ? [] : [lines[i]]));
      assert.deepEqual(changed, [`      release: ${id}`]);
    }
  });

  it("quotes an id that YAML would take for a number", () => {
    const digits = "1".repeat(64);
    const text = withReleaseLine("config:\n  spectrum:apps:\n    shop: { compose: a.yaml }\n", "f", "shop", digits);
    assert.deepEqual(parse(text), { config: { "spectrum:apps": { shop: { release: digits } } } });
  });

  for (const [what, text, message] of [
    [
      "an app that is not there",
      "config:\n  spectrum:apps:\n    blog: {}\n",
      /^Pulumi\.prod\.yaml:1:1: spectrum:apps\.shop: the app is not in this environment; say where it runs there: shop: \{ tier: … \}$/,
    ],
    ["no apps", "config: {}\n", /the app is not in this environment/],
    ["an empty file", "", /^Pulumi\.prod\.yaml:1:1: .*the app is not in this environment/],
    ["no YAML", "config: [\n", /^Pulumi\.prod\.yaml:2:1: spectrum:apps\.shop: not valid YAML: /],
    [
      "an app that is another's twin",
      "config:\n  spectrum:apps:\n    blog: &app { compose: a.yaml }\n    shop: *app\n",
      /^Pulumi\.prod\.yaml:4:11: spectrum:apps\.shop: is written in a way that cannot be edited in place; write it by hand, in the place of compose: release: [0-9a-f]{64}$/,
    ],
    [
      "files that others are called by",
      "config:\n  spectrum:apps:\n    shop: { compose: &files [a.yaml] }\n    blog: { compose: *files }\n",
      /cannot be edited in place/,
    ],
    [
      "both at once",
      "config:\n  spectrum:apps:\n    shop: { compose: a.yaml, release: x }\n",
      /cannot be edited in place/,
    ],
    ["an app without a word", "config:\n  spectrum:apps:\n    shop:\n", /cannot be edited in place/],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => edit(text),
        (error) => error instanceof InputError && message.test(error.message),
      );
    });
  }
});
