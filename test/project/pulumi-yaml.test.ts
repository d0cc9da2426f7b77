/** Pulumi.yaml and the stacks' files, as the engine merges them and as the program's own reader takes them. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { readEnvironment } from "../../app/config/read";
import { tierNames } from "../../app/tiers";

const root = resolve(__dirname, "../..");
const read = (file: string) => parse(readFileSync(join(root, file), "utf8")) as Record<string, unknown>;

interface Declaration {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly value?: unknown;
}

const project = read("Pulumi.yaml");
const declared = project.config as Readonly<Record<string, Declaration>>;
const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

/** The stack's values over the project's, in the form in which a program gets them. Source: sdk/go/common/workspace/config.go. */
function merged(stack: string): Record<string, string> {
  const values = read(`Pulumi.${stack}.yaml`).config as Readonly<Record<string, unknown>>;
  const defaults = Object.entries(declared).map(([key, { default: d, value }]) => [key, d ?? value] as const);
  return Object.fromEntries(
    [...defaults, ...Object.entries(values)].flatMap(([key, value]) =>
      value === undefined ? [] : [[key, text(value)]],
    ),
  );
}

describe("Pulumi.yaml", () => {
  it("names the program, and a tsconfig that is there", () => {
    const runtime = project.runtime as { name: string; options: Record<string, string> };
    assert.equal(project.main, "index.ts");
    assert.equal(runtime.name, "nodejs");
    assert.ok(existsSync(join(root, runtime.options.tsconfig ?? "")));
  });

  for (const [key, { type, description, default: fallback, value }] of Object.entries(declared)) {
    it(`describes ${key}, in Pulumi's own types`, () => {
      assert.ok(key.startsWith("spectrum:"));
      assert.ok(description, "no description");
      assert.ok(
        type === undefined || ["string", "integer", "boolean", "array"].includes(type),
        `${type} is no config type`,
      );
      assert.ok(fallback === undefined || value === undefined, "has both default and value");
    });
  }
});

for (const stack of ["dev", "staging", "prod"]) {
  describe(`Pulumi.${stack}.yaml`, () => {
    it("has every key that the project demands", () => {
      const values = merged(stack);
      assert.deepEqual(
        Object.keys(declared).filter((key) => !(key in values)),
        [],
      );
    });

    it("is a valid environment, and its apps' Compose files are there", () => {
      const environment = readEnvironment({ stack, values: merged(stack), secretKeys: new Set() });
      assert.equal(environment.protected, stack === "prod");
      assert.equal(environment.platform.availabilityZones, stack === "prod" ? 3 : 2);
      assert.notDeepEqual(Object.keys(environment.apps), []);
      assert.ok(
        Object.values(environment.apps).every(({ compose }) => compose.every((file) => existsSync(join(root, file)))),
      );
    });

    it("names a tier that is built, and no secret in plain", () => {
      const values = merged(stack);
      assert.ok(tierNames.some((name) => name === values["spectrum:tier"]));
      const secrets = parse(values["spectrum:secrets"] ?? "{}") as Readonly<
        Record<string, Readonly<Record<string, unknown>>>
      >;
      for (const [app, named] of Object.entries(secrets))
        for (const [name, secret] of Object.entries(named))
          assert.deepEqual(Object.keys(Object(secret) as object), ["secure"], `${app}.${name} is plain`);
    });
  });
}

describe("the project's defaults", () => {
  it("are the reader's own, so that a plan without Pulumi.yaml says the same", () => {
    const own = Object.fromEntries(
      Object.entries(merged("dev")).filter(
        ([key]) => !(key in declared) || key === "spectrum:apps" || key === "spectrum:tags",
      ),
    );
    const bare = readEnvironment({ stack: "dev", values: own, secretKeys: new Set() });
    assert.deepEqual(readEnvironment({ stack: "dev", values: merged("dev"), secretKeys: new Set() }), bare);
  });
});
