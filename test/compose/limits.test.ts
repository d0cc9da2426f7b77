import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { InputError } from "../../app/finding";
import { readCompose } from "../../app/compose/index";

const lines = (count: number, line: (i: number) => string, glue = "\n") =>
  Array.from({ length: count }, (_, i) => line(i)).join(glue);

/** Files that no one writes by hand, and what the reader says of each. */
const bombs: readonly (readonly [name: string, text: () => string, message: RegExp])[] = [
  [
    "10 MB",
    () => `services:\n${"  a: {image: x}\n".repeat(700_000)}`,
    /has 11200010 bytes, at most 262144 \(256 KiB\) are allowed/u,
  ],
  [
    "a billion laughs",
    () =>
      `x-a: &a [${"x,".repeat(9)}x]\n${lines(
        9,
        (i) =>
          `x-${i}: &l${i} [${Array(10)
            .fill(`*${i === 0 ? "a" : `l${i - 1}`}`)
            .join(",")}]`,
      )}\nservices: {a: {image: x}}\n`,
    /more than 50000 values/u,
  ],
  [
    "maps of maps",
    () =>
      `x-m: &m0 {k: v}\n${lines(40, (i) => `x-${i}: &m${i + 1} {a: *m${i}, b: *m${i}}`)}\nservices: {a: {image: x}}\n`,
    /more than 50000 values/u,
  ],
  [
    "merge keys in a row",
    () => `x-0: &x0 {k: v}\n${lines(500, (i) => `x-${i + 1}: &x${i + 1} {<<: [*x${i}, *x${i}], k${i}: v}`)}`,
    /more than 50000 values|nested too deeply/u,
  ],
  ["an alias of itself", () => "services: &s {a: {image: x, labels: *s}}", /contains itself/u],
  ["open brackets", () => `a: ${"[".repeat(200_000)}`, /nested too deeply/u],
  ["closed brackets", () => `a: ${"[".repeat(100_000)}${"]".repeat(100_000)}`, /nested too deeply/u],
  ["deep blocks", () => lines(600, (i) => `${" ".repeat(i)}a:`), /nested too deeply/u],
  ["dashes", () => "- ".repeat(100_000), /nested too deeply/u],
  ["question marks", () => "? ".repeat(100_000), /nested too deeply/u],
  ["nothing but errors", () => `a: {\n${"}}: %\n".repeat(40_000)}`, /not valid YAML/u],
  ["documents", () => "---\nservices: {a: {image: x}}\n".repeat(8_000), /more than 20 documents/u],
  [
    "variables in variables",
    () => `services: {a: {image: "${"${a:-".repeat(40_000)}"}}`,
    /no valid use of a variable/u,
  ],
  [
    "closed variables in variables",
    () => `services: {a: {image: "${"${a:-".repeat(30_000)}${"}".repeat(30_000)}"}}`,
    /nested too deeply/u,
  ],
  [
    "extends of a large service",
    () =>
      `services:\n  s: {image: x, environment: {${lines(2_000, (i) => `E${i}: 1`, ", ")}}}\n${lines(5_000, (i) => `  s${i}: {extends: s}`)}`,
    /more than 50000 values once extends is written out/u,
  ],
  [
    "port ranges",
    () => `services: {a: {image: x, ports: [${lines(500, () => '"1-65535"', ",")}]}}`,
    /more than 1000 ports/u,
  ],
  [
    "exposed ranges",
    () => `services: {a: {image: x, expose: [${lines(500, (i) => `"${i + 1}-65535"`, ",")}]}}`,
    /more than 1000 ports/u,
  ],
  ["control characters", () => "a: \0\0", /control character/u],
];

describe("limits of the reader", function () {
  this.timeout(120_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "spectrum-limits-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const [name, text, message] of bombs) {
    it(`refuses ${name}`, () => {
      const path = join(folder, "compose.yaml");
      writeFileSync(path, text());
      assert.throws(
        () => readCompose({ files: [path] }),
        (error) => error instanceof InputError && message.test(error.message) && error.message.length < 50_000,
      );
    });
  }

  it("refuses the worst of them in a process with 300 MB", () => {
    for (const wanted of [
      "10 MB",
      "a billion laughs",
      "closed brackets",
      "nothing but errors",
      "extends of a large service",
    ]) {
      const bomb = bombs.find(([name]) => name === wanted);
      assert.ok(bomb !== undefined);
      const path = join(folder, "child.yaml");
      writeFileSync(path, bomb[1]());
      const started = process.hrtime.bigint();
      const script = `
        const { readCompose } = require(${JSON.stringify(resolve(__dirname, "../../app/compose/index.ts"))});
        try { readCompose({ files: [${JSON.stringify(path)}] }); process.exitCode = 3; }
        catch (error) { console.error(error.name + ": " + error.message); process.exitCode = 2; }
        console.log(process.resourceUsage().maxRSS / 1024);`;
      const run = spawnSync(process.execPath, ["--max-old-space-size=200", "--import", "tsx", "-e", script], {
        encoding: "utf8",
        cwd: resolve(__dirname, "../.."),
      });
      assert.equal(run.status, 2, run.stderr);
      assert.match(run.stderr, /^InputError: /u);
      assert.match(run.stderr, bomb[2]);
      assert.ok(Number(run.stdout) < 300, `${wanted} takes ${run.stdout} MB`);
      if (process.env.SPECTRUM_FIGURES !== undefined)
        console.log(`      ${wanted}: ${Number(process.hrtime.bigint() - started) / 1e9} s, ${Number(run.stdout)} MB`);
    }
  });
});
