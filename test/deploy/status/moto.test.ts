/** The status against an AWS that others have made: moto's server, which knows ECS by the API's own rules. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout } from "node:timers/promises";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from "@aws-sdk/client-ecs";
import { Aws, statusOf } from "../../../deploy/status";
import { withEnv } from "../../support/fake-aws";
import { deployedShop, PINNED } from "./support";

const python = process.env.MOTO_PYTHON ?? "python3";
const REGION = "us-east-1";

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return typeof address === "object" && address ? address.port : 0;
}

async function answers(url: string): Promise<void> {
  for (let i = 0; i < 120; i++) {
    const up = await fetch(`${url}/moto-api/`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (up) return;
    await setTimeout(250);
  }
  throw new Error("moto's server does not come up");
}

describe("the status against moto", function () {
  this.timeout(120_000);
  let moto: ChildProcess | undefined;
  let restore = () => undefined as void;
  before(async function () {
    if (spawnSync(python, ["-c", "import moto.server"]).status !== 0) this.skip();
    const port = await freePort();
    moto = spawn(python, ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
    const url = `http://127.0.0.1:${port}`;
    restore = withEnv({
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: "testing",
      AWS_SECRET_ACCESS_KEY: "testing",
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    });
    await answers(url);
  });
  after(() => {
    restore();
    moto?.kill();
  });

  it("follows a service of ECS from its making to its end", async () => {
    const ecs = new ECSClient({ region: REGION });
    const aws = new Aws({ region: REGION });
    try {
      const { cluster } = await ecs.send(new CreateClusterCommand({ clusterName: "spectrum-dev" }));
      const register = async (): Promise<string> => {
        const { taskDefinition } = await ecs.send(
          new RegisterTaskDefinitionCommand({
            family: "shop-api",
            containerDefinitions: [{ name: "api", image: PINNED, memory: 512 }],
          }),
        );
        return taskDefinition?.taskDefinitionArn ?? "";
      };
      const [first, second] = [await register(), await register()];
      const place = { cluster: cluster?.clusterArn, service: "shop-api" };
      const create = (taskDefinition: string, desiredCount: number) =>
        ecs.send(
          new CreateServiceCommand({ cluster: place.cluster, serviceName: "shop-api", taskDefinition, desiredCount }),
        );
      const stateOf = async (revision: string) => {
        const target = {
          tier: "fargate",
          clusterArn: place.cluster ?? "",
          serviceName: "shop-api",
          container: "api",
        } as const;
        const [status] = await statusOf(aws, { deployed: deployedShop({ api: { target, revision } }) });
        return [status?.state, status?.reasons.join("; ")] as const;
      };
      await create(first, 0);
      assert.deepEqual(await stateOf(first), ["running", ""]);
      assert.match(
        (await stateOf(second)).join(": "),
        /^rolled back: ECS has gone back to shop-api:1; shop-api:2 was asked/u,
      );

      await ecs.send(new DeleteServiceCommand({ ...place, force: true }));
      assert.match((await stateOf(first)).join(": "), /^stopped: there is no such service: shop-api/u);

      await create(second, 2);
      const [state, why] = await stateOf(second);
      assert.equal(state, "deploying");
      assert.match(why ?? "", /0 of 2 tasks are running and healthy/u);
      assert.match((await stateOf(first)).join(": "), /^changed: shop-api:2 runs, and shop-api:1 was asked for/u);
    } finally {
      aws.close();
      ecs.destroy();
    }
  });
});
