import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Problem } from "../../app/finding";
import { formatProblem, InputError } from "../../app/finding";
import { composeConfig, readStackConfig } from "../../plan/stack-config";
import { secretToken } from "../../plan/tokens";

describe("readStackConfig", () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), "spectrum-"))));
  afterEach(() => rmSync(root, { recursive: true }));

  const write = (files: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  };
  const problems = (environment = "dev"): readonly string[] => {
    let found: readonly Problem[] | null = null;
    try {
      readStackConfig(root, environment);
    } catch (error) {
      assert.ok(error instanceof InputError, String(error));
      found = error.problems;
    }
    assert.ok(found, "nothing was refused");
    return found.map(formatProblem);
  };

  it("hands values over as Pulumi does: text as it is, the rest as JSON", () => {
    write({
      "Pulumi.yaml": "name: spectrum\nruntime: nodejs\n",
      "Pulumi.dev.yaml": [
        "config:",
        "  aws:region: eu-west-1",
        "  spectrum:protected: true",
        "  spectrum:defaults: 1",
        "  spectrum:apps:",
        "    shop: { compose: a.yaml, n: 2, list: [x, 1, true, null] }",
        "  short: own",
        "  spectrum:nothing:",
      ].join("\n"),
    });
    const { project, stack, values, secretKeys } = readStackConfig(root, "dev");
    assert.deepEqual({ project, stack }, { project: "spectrum", stack: "dev" });
    assert.deepEqual(values, {
      "aws:region": "eu-west-1",
      "spectrum:protected": "true",
      "spectrum:defaults": "1",
      "spectrum:apps": '{"shop":{"compose":"a.yaml","n":2,"list":["x",1,true,null]}}',
      "spectrum:short": "own",
    });
    assert.equal(secretKeys.size, 0);
  });

  it("reads what an anchor stands for, wherever it is called", () => {
    write({
      "Pulumi.yaml": "name: spectrum\nruntime: nodejs\n",
      "Pulumi.dev.yaml": "config:\n  spectrum:apps:\n    a: &app { compose: a.yaml }\n    b: *app\n",
    });
    const { values } = readStackConfig(root, "dev");
    assert.equal(values["spectrum:apps"], '{"a":{"compose":"a.yaml"},"b":{"compose":"a.yaml"}}');
  });

  it("takes what Pulumi.yaml says under the stack's file", () => {
    write({
      "Pulumi.yaml": [
        "name: spectrum",
        "config:",
        "  aws:region: us-east-1",
        "  spectrum:declared: { type: string, description: only declared }",
        "  spectrum:defaulted: { type: integer, default: 3 }",
        "  spectrum:environments:",
        "    value: [{ name: dev }]",
        "  spectrum:tier: { value: fargate }",
      ].join("\n"),
      "Pulumi.dev.yaml": "config:\n  spectrum:tier: lightsail\n",
    });
    assert.deepEqual(readStackConfig(root, "dev").values, {
      "aws:region": "us-east-1",
      "spectrum:defaulted": "3",
      "spectrum:environments": '[{"name":"dev"}]',
      "spectrum:tier": "lightsail",
    });
  });

  it("puts a token that names it in a secret's place", () => {
    write({
      "Pulumi.dev.yaml": [
        "config:",
        "  aws:secretKey: { secure: AAAB }",
        "  spectrum:secrets:",
        "    shop: { DB_PASSWORD: { secure: AAAC }, PLAIN: seen }",
      ].join("\n"),
    });
    const { values, secretKeys } = readStackConfig(root, "dev");
    assert.deepEqual(JSON.parse(values["spectrum:secrets"]!), {
      shop: { DB_PASSWORD: secretToken("shop.DB_PASSWORD"), PLAIN: "seen" },
    });
    assert.equal(values["aws:secretKey"], secretToken("aws:secretKey"));
    assert.deepEqual([...secretKeys].sort(), ["aws:secretKey", "spectrum:secrets"]);
    assert.doesNotMatch(JSON.stringify(values), /AAA/);
  });

  it("knows where a key was written", () => {
    write({
      "Pulumi.dev.yaml": "config:\n  spectrum:apps:\n    shop:\n      hosts:\n        - host: a\n          path: /b\n",
    });
    const config = readStackConfig(root, "dev");
    const file = "Pulumi.dev.yaml";
    assert.deepEqual(config.locate("spectrum:apps.shop.hosts[0].path"), { file, line: 6, column: 17 });
    assert.deepEqual(config.locate("spectrum:apps.shop.hosts[0].service"), { file, line: 5, column: 11 });
    assert.deepEqual(config.locate("spectrum:apps.shop.tier"), { file, line: 4, column: 7 });
    assert.equal(config.locate("spectrum:tier"), null);
  });

  it("refuses an order of promotion of a stack's own, at its place", () => {
    write({
      "Pulumi.yaml": "name: spectrum\n",
      "Pulumi.dev.yaml": "config:\n  aws:region: us-east-1\n  spectrum:environments: [{ name: dev }]\n",
    });
    assert.deepEqual(problems(), [
      "Pulumi.dev.yaml:3:26: spectrum:environments is one for all stacks: leave it out here, and say it in Pulumi.yaml, under value:",
    ]);
  });

  it("names the environments that there are, and the nearest", () => {
    write({ "Pulumi.dev.yaml": "", "Pulumi.staging.yaml": "", "Pulumi.yaml": "" });
    assert.deepEqual(problems("stagign"), [
      "the environment stagign has no file Pulumi.stagign.yaml: there are dev, staging, did you mean staging; or plan a Compose file alone with --compose FILE",
    ]);
    rmSync(join(root, "Pulumi.dev.yaml"));
    rmSync(join(root, "Pulumi.staging.yaml"));
    assert.match(problems("dev")[0]!, /there is none/);
  });

  it("reports what is no YAML, or no map, with its place", () => {
    write({ "Pulumi.dev.yaml": "config:\n  a: [1,\n", "Pulumi.yaml": "- list\n" });
    const found = problems();
    assert.equal(found[0], "Pulumi.yaml:1:1: got no map; a Pulumi file is a map");
    assert.match(found[1]!, /^Pulumi\.dev\.yaml:\d+:\d+: not valid YAML: /);
    write({ "Pulumi.dev.yaml": "config: [1]\n", "Pulumi.yaml": "" });
    assert.deepEqual(problems(), ["Pulumi.dev.yaml:1:9: config must be a map of config keys"]);
  });
});

describe("composeConfig", () => {
  it("is the config of one app in us-east-1", () => {
    const config = composeConfig({ compose: ["a.yaml"], environment: "prod", app: "shop", tier: "fargate" });
    assert.equal(config.stack, "prod");
    assert.deepEqual(config.values, {
      "aws:region": "us-east-1",
      "spectrum:apps": '{"shop":{"compose":["a.yaml"],"tier":"fargate"}}',
    });
  });
});
