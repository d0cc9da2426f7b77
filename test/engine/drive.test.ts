/**
 * `spectrum up` and `destroy` as processes under Pulumi's real engine: what they leave is what plain `pulumi up` leaves, and
 * whatever cuts them off, the next one goes on.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { serveSts, type FakeSts } from "../support/fake-sts";
import { startSpectrum, type Ended } from "../support/spectrum-project";
import { exampleCase } from "./cases";
import { EngineStack, findTools } from "./engine";
import { Cloud } from "./stand-in/cloud";
import { isAsPlanned } from "./steps";

const CONTAINERS = "aws:lightsail/containerService:ContainerService";
const VERSION = "aws:lightsail/containerServiceDeploymentVersion:ContainerServiceDeploymentVersion";

/** A place at which a resource of one type waits until the test lets it go. */
class Gate {
  private go: () => void = () => undefined;
  private come: () => void = () => undefined;
  private type = "";
  private open = Promise.resolve();
  reached = Promise.resolve();

  close(type: string): void {
    this.type = type;
    this.open = new Promise((go) => (this.go = go));
    this.reached = new Promise((come) => (this.come = come));
  }

  release(): void {
    this.type = "";
    this.go();
  }

  readonly pass = (type: string): Promise<void> | undefined => {
    if (type !== this.type) return undefined;
    this.come();
    return this.open;
  };
}

/** The stand-in cloud has no API that would say what runs. */
const FLAGS: Readonly<Record<string, readonly string[]>> = { preview: [], up: ["--yes", "--no-wait"] };

describe("engine driven by spectrum", function () {
  this.timeout(900_000);
  this.bail(true);
  const gate = new Gate();
  const cloud = new Cloud({ hold: gate.pass });
  let stack: EngineStack;
  let sts: FakeSts;

  before(async function () {
    const tools = findTools();
    if (!tools) return this.skip();
    sts = await serveSts({ account: "123456789012" });
    const { config, secrets } = exampleCase("hello", "lightsail");
    stack = await EngineStack.open(tools, cloud, { config, secrets });
  });
  after(() => {
    gate.release();
    stack?.close();
    sts?.close();
  });

  const start = (...args: readonly string[]) =>
    startSpectrum([...args, "--env", "dev", ...(FLAGS[args[0] ?? ""] ?? ["--yes"])], stack.folder, {
      ...stack.environment(),
      ...sts.env,
    });
  const went = ({ code, stdout, stderr }: Ended) => assert.equal(code, 0, `${stdout}\n${stderr}`);
  const made = (type: string) => cloud.everything.filter(({ urn }) => urn.includes(`$${type}::`)).length;
  const pending = async (): Promise<readonly object[]> => {
    const { deployment } = await stack.state();
    return (deployment as { readonly pending_operations?: readonly object[] }).pending_operations ?? [];
  };
  /** The process that holds the stack. */
  const holder = (): number => {
    const folder = join(fileURLToPath(stack.environment().PULUMI_BACKEND_URL ?? ""), ".pulumi", "locks");
    const [lock] = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".json"));
    return (JSON.parse(readFileSync(join(folder, lock ?? ""), "utf8")) as { pid: number }).pid;
  };

  it("refuses a second deployment while one runs, saying who it is; Ctrl-C ends the first in good order", async () => {
    gate.close(CONTAINERS);
    const first = start("up");
    await Promise.race([gate.reached, first.ended.then(went)]);
    const pid = holder();
    const second = await start("up").ended;
    assert.equal(second.code, 2, second.stderr);
    assert.match(
      second.stderr,
      new RegExp(`dev is being changed by \\S+ on ${hostname()} \\(process ${pid}\\) since`, "u"),
    );
    first.child.kill("SIGINT");
    await first.until("stopping:");
    gate.release();
    const { code, stderr } = await first.ended;
    assert.equal(code, 130, stderr);
    assert.deepEqual([made(CONTAINERS), made(VERSION)], [1, 0], "what had begun was ended, and no more begun");
    assert.equal((await pending()).length, 0);
  });

  it("goes on after a deployment that was killed, once its lock is taken away, and says what was cut off", async () => {
    gate.close(VERSION);
    const killed = start("up");
    await Promise.race([gate.reached, killed.ended.then(went)]);
    const pid = holder();
    killed.child.kill("SIGKILL");
    process.kill(-pid, "SIGKILL");
    await killed.ended;
    gate.release();
    const refused = await start("up").ended;
    assert.equal(refused.code, 2);
    assert.match(
      refused.stderr,
      new RegExp(`\\(process ${pid}\\).*\`pulumi cancel --stack dev\` takes its lock away`, "u"),
    );
    assert.equal((await stack.run("cancel", "--yes")).code, 0);
    const resumed = await start("up").ended;
    went(resumed);
    assert.match(resumed.stdout, /^interrupted: .*\n {2}creating hello /mu);
    assert.match(resumed.stdout, /^hello on lightsail\n {2}web:8080 {2}https:/mu);
  });

  it("leaves what the plan said and plain `pulumi up` would leave", async () => {
    await isAsPlanned(stack);
    const { changeSummary } = await stack.preview();
    assert.deepEqual(Object.keys(changeSummary ?? {}), ["same"]);
    const preview = await start("preview").ended;
    went(preview);
    assert.match(preview.stdout, /^price in us-east-1: 7\.00 → 7\.00 USD a month \(0\.00\)/mu);
    assert.match(preview.stdout, /^changes: nothing changes$/mu);
  });

  it("drops the note of what was cut off, and destroys all that Pulumi knows of", async () => {
    const refreshed = await start("refresh").ended;
    went(refreshed);
    assert.match(refreshed.stderr, /^interrupted: .*\n {2}creating hello /mu);
    assert.equal((await pending()).length, 0);
    went(await start("destroy").ended);
    // made by the deployment that was killed, for which the note was: in AWS it goes with its container service
    assert.deepEqual(
      cloud.everything.map(({ urn }) => urn.includes(`$${VERSION}::`)),
      [true],
    );
  });
});
