/** The package as another program has it: built, installed, the example compiled against its types and run under mocks. */
import assert from "node:assert/strict";
import { execFileSync, type ExecFileSyncOptions } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import * as library from "../../library";
import { readText, root } from "../support/project";

const tsc = join(root, "node_modules/typescript/bin/tsc");

describe("the package", function () {
  this.timeout(240_000);
  let folder: string;
  const inFolder = (...path: string[]) => join(folder, ...path);
  const node = (args: readonly string[], options: ExecFileSyncOptions = {}) =>
    String(execFileSync(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"], ...options }));

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "spectrum-package-"));
    // the package, with what npm would install for it
    mkdirSync(inFolder("package"));
    copyFileSync(join(root, "package.json"), inFolder("package/package.json"));
    symlinkSync(join(root, "node_modules"), inFolder("package/node_modules"));
    node([join(root, "library/build.mjs"), inFolder("package/dist")]);
    // the program that uses it
    mkdirSync(inFolder("node_modules/@types"), { recursive: true });
    symlinkSync(inFolder("package"), inFolder("node_modules/spectrum"));
    for (const name of ["@pulumi", "@types/node"])
      symlinkSync(join(root, "node_modules", name), inFolder("node_modules", name));
    symlinkSync(join(root, "examples"), inFolder("examples"));
    writeFileSync(inFolder("index.ts"), readText("examples/library/index.ts"));
    writeFileSync(inFolder("tsconfig.json"), JSON.stringify(PROGRAM));
    writeFileSync(inFolder("run.js"), RUN);
  });
  after(() => rmSync(folder, { recursive: true }));

  it("has the types that the example needs, runs it under mocks, and exports what the library does", () => {
    node([tsc, "-p", "tsconfig.json"]);
    // Pulumi's own log stands before it
    const { made, exports, types } = JSON.parse(node(["run.js"]).trimEnd().split("\n").at(-1) ?? "") as {
      readonly made: Readonly<Record<string, number>>;
      readonly exports: Readonly<Record<string, string>>;
      readonly types: Readonly<Record<string, Readonly<Record<string, string>>>>;
    };
    assert.deepEqual(exports, Object.fromEntries(Object.entries(library).map(([name, value]) => [name, typeof value])));
    assert.equal(made["aws:sns/topic:Topic"], 1);
    assert.equal(made["spectrum:index:Environment"], 1);
    assert.equal(made["aws:ecs/service:Service"], 5);
    assert.deepEqual(Object.keys(types.images ?? {}).sort(), ["api", "db", "redis", "web", "worker"]);
    assert.deepEqual(Object.keys(types.urls ?? {}), ["web:8080"]);
  });

  it("carries the programs of AWS Lambda as they are", () => {
    const source = "components/platform/job-runner/run-job.mjs";
    assert.ok(existsSync(join(dirname(inFolder("package/dist", source)), "index.mjs")));
    assert.equal(readFileSync(inFolder("package/dist", source), "utf8"), readText(source));
  });
});

/** What a program of Pulumi's has by `pulumi new aws-typescript`, stricter. */
const PROGRAM = {
  compilerOptions: {
    strict: true,
    exactOptionalPropertyTypes: true,
    target: "es2020",
    module: "node16",
    moduleResolution: "node16",
    skipLibCheck: true,
    types: ["node"],
    outDir: "out",
  },
  files: ["index.ts"],
};

/** The compiled program under Pulumi's mocks. */
const RUN = `
const pulumi = require("@pulumi/pulumi");
const made = {};
const answers = {
  "aws:index/getCallerIdentity:getCallerIdentity": { accountId: "123456789012" },
};
pulumi.runtime.setAllConfig({ "orders:databasePassword": "a password", "aws:region": "us-east-1" }, ["orders:databasePassword"]);
pulumi.runtime.setMocks({
  newResource: ({ type, name, inputs }) => {
    made[type] = (made[type] ?? 0) + 1;
    const outputs = type === "awsx:ec2:Vpc"
      ? { vpcId: "vpc-1", publicSubnetIds: ["subnet-1"], privateSubnetIds: ["subnet-2"], routeTables: [] }
      : type === "awsx:ecr:Image" ? { imageUri: "image" } : {};
    return { id: name + "-id", state: { arn: "arn:aws:mock:us-east-1:1:" + name, ...outputs, ...inputs } };
  },
  call: ({ token }) => answers[token] ?? (() => { throw new Error("the function " + token); })(),
}, "orders", "dev");
const values = (output) => new Promise((resolve) => pulumi.output(output).apply(resolve));
pulumi.runtime.runInPulumiStack(async () => {
  const { urls, images } = require("./out/index.js");
  const types = { urls: await values(urls), images: await values(images) };
  await new Promise((resolve) => setTimeout(resolve, 500));
  const library = require("spectrum");
  const exports = Object.fromEntries(Object.entries(library).map(([name, value]) => [name, typeof value]));
  console.log(JSON.stringify({ made, exports, types }));
  process.exit(0);
});
`;
