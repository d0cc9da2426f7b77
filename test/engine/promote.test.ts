/** Promotion with Pulumi's real engine on the stand-in cloud: an app from environment to environment, each on a tier of its own. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { readEvidenceFile } from "../../deploy/promote/evidence-file";
import { serveAws } from "../support/fake-aws";
import { serveSts } from "../support/fake-sts";
import { exampleCase, ROOT } from "./cases";
import type { EngineStack, Ran } from "./engine";
import type { Cloud } from "./stand-in/cloud";
import { ecsApi } from "./stand-in/ecs-api";
import { text } from "./stand-in/values";
import { succeeded } from "./steps";
import { engineSuite } from "./suite";

const DEFINITION = "aws:ecs/taskDefinition:TaskDefinition";
const SERVICE = "aws:ecs/service:Service";
const IMAGE = "docker-build:index:Image";

engineSuite("engine with promotion", 20, (suite) => {
  it("goes from dev to staging to prod by one release; a failed create leaves the old one serving, and the same again completes it", async () => {
    const stack = await suite.open(exampleCase("shop", "fargate"));
    for (const [name, tier] of [
      ["staging", "ecs-ec2"],
      ["prod", "ecs-anywhere"],
    ] as const)
      await stack.beside(name, exampleCase("shop", tier, { app: { "ecs-anywhere": { wait: false } } }));
    const [aws, sts] = [await serveAws(), await serveSts({ account: "123456789012" })];
    aws.tell(ecsApi(suite.cloud));
    const promote = (from: string, to: string, ...more: readonly string[]) =>
      spectrum(stack, { ...aws.env, ...sts.env }, "promote", "--from", from, "--to", to, "--yes", ...more);
    const approved = ["--approved-by", "Grace Hopper"];
    try {
      succeeded(await stack.up());
      succeeded(await promote("dev", "staging"));
      succeeded(await promote("staging", "prod", ...approved));
      const first = releases(stack);
      assert.deepEqual([first.staging.length, first.prod], [1, first.staging]);
      assert.deepEqual(imagesIn(suite.cloud, "prod"), imagesIn(suite.cloud, "dev"));
      assert.deepEqual(new Set(suite.cloud.all(IMAGE).map(({ urn }) => environmentOf(urn))), new Set(["dev"]));

      stack.write("examples/shop/web/html/other.html", "<p>another one</p>\n");
      succeeded(await stack.up());
      succeeded(await promote("dev", "staging"));
      const before = imagesIn(suite.cloud, "prod");
      suite.cloud.faults.add(`create ${DEFINITION}`);
      const failed = await promote("staging", "prod", ...approved);
      assert.equal(failed.code, 3, failed.stderr);
      assert.deepEqual(imagesIn(suite.cloud, "prod"), before);
      const [entry] = readEvidenceFile(stack.folder, "prod").entries.slice(-1);
      assert.deepEqual([entry?.result, entry?.previousRelease], ["failed", first.prod[0]]);
      assert.match(entry?.reason ?? "", /^the deployment failed: /u);

      suite.cloud.faults.clear();
      assert.equal((await promote("staging", "prod", ...approved)).code, 2);
      succeeded(await promote("staging", "prod", "--failed", ...approved));
      assert.notDeepEqual(imagesIn(suite.cloud, "prod"), before);
      assert.deepEqual(imagesIn(suite.cloud, "prod"), imagesIn(suite.cloud, "dev"));
      const back = await spectrum(stack, { ...aws.env, ...sts.env }, "rollback", "--env", "prod", "--yes", ...approved);
      succeeded(back);
      assert.deepEqual(imagesIn(suite.cloud, "prod"), before);
      const { staging, prod } = releases(stack);
      assert.deepEqual(prod, [...staging, ...staging.slice(1), ...first.prod]);
    } finally {
      aws.close();
      sts.close();
    }
  });
});

/** By environment, the releases that were brought there, in order. */
function releases({ folder }: EngineStack): { readonly staging: readonly string[]; readonly prod: readonly string[] } {
  const of = (environment: string) => readEvidenceFile(folder, environment).entries.map(({ release }) => release);
  return { staging: of("staging"), prod: of("prod") };
}

const environmentOf = (urn: string): string => urn.split(":")[2] ?? "";

/** What the environment's services run: the images of their task definitions, each once, sorted. */
function imagesIn(cloud: Cloud, environment: string): readonly string[] {
  const own = cloud.all(SERVICE).filter(({ urn }) => environmentOf(urn) === environment);
  const definitions = own.map(({ inputs }) => text(inputs.taskDefinition));
  const images = cloud
    .all(DEFINITION)
    .filter(({ outputs }) => definitions.includes(text(outputs.arn)))
    .flatMap(({ inputs }) => JSON.parse(text(inputs.containerDefinitions)) as readonly { readonly image: string }[])
    .map(({ image }) => image);
  return [...new Set(images)].sort();
}

function spectrum(stack: EngineStack, env: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<Ran> {
  return new Promise((done) => {
    const child = spawn(process.execPath, ["--import", require.resolve("tsx"), join(ROOT, "cli/main.ts"), ...args], {
      cwd: stack.folder,
      env: { ...stack.environment(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.on("close", (code) => done({ code: code ?? -1, stdout, stderr }));
  });
}
