import assert from "node:assert/strict";
import type { ContainerService, ContainerServiceDeployment } from "@aws-sdk/client-lightsail";
import { runningDigests, type ServiceStatus, type State } from "../../../deploy/status";
import { AwsError, denied, type Told } from "../../support/fake-aws";
import { Asked, AT, DIGEST, type OneService, PINNED } from "./support";

const NAME = "spectrum-dev-shop";
const api: OneService = {
  target: { tier: "lightsail", containerService: NAME, container: "api" },
  revision: `${NAME}/4`,
};

const deployment = (
  version: number,
  state: ContainerServiceDeployment["state"],
  image = PINNED,
): ContainerServiceDeployment => ({
  version,
  state,
  containers: { api: { image, command: [], environment: {}, ports: { "8080": "HTTP" } } },
  createdAt: AT,
});

const ACTIVE = deployment(4, "ACTIVE");

interface Seen {
  readonly service?: Partial<ContainerService>;
  readonly deployments?: readonly ContainerServiceDeployment[];
}

const told = ({ service = {}, deployments = [ACTIVE] }: Seen = {}): Told => ({
  "lightsail:GetContainerServices": {
    containerServices: [
      { containerServiceName: NAME, state: "RUNNING", scale: 2, currentDeployment: ACTIVE, ...service },
    ],
  },
  "lightsail:GetContainerServiceDeployments": { deployments: [...deployments] },
  // sixty lines on two pages
  "lightsail:GetContainerLog": ({ pageToken }) => {
    const lines = (from: number) =>
      Array.from({ length: 30 }, (_, i) => ({
        createdAt: new Date(AT.getTime() + (from + i) * 1000),
        message: `line ${from + i}\n`,
      }));
    return pageToken === "more" ? { logEvents: lines(31) } : { logEvents: lines(1), nextPageToken: "more" };
  },
});

describe("the status on a Lightsail container service", () => {
  let asked: Asked;
  before(async () => (asked = await Asked.open()));
  after(() => asked.close());

  it("is running where the deployment that was asked for is active", async () => {
    const status = await asked.status(api, told());
    const expected: ServiceStatus = {
      app: "shop",
      service: "api",
      tier: "lightsail",
      state: "running",
      wanted: { revision: `${NAME}/4`, image: PINNED, count: 2 },
      running: {
        revision: `${NAME}/4`,
        images: [{ reference: PINNED, digest: DIGEST, by: "reference" }],
        count: null,
        healthy: null,
      },
      entry: null,
      reasons: [],
      events: [],
      logs: [],
      untold: status.untold,
    };
    assert.deepEqual(status, expected);
    assert.equal(status.untold.length, 2);
  });

  it("says that it does not tell the digest of a tag", async () => {
    const status = await asked.status(
      { ...api, image: "nginx:1" },
      told({ service: { currentDeployment: deployment(4, "ACTIVE", "nginx:1") } }),
    );
    assert.deepEqual(runningDigests([status]), { shop: { api: null } });
    assert.match(status.untold.join("; "), /does not tell the digest of an image that is named by a tag/u);
  });

  const three = deployment(3, "ACTIVE");
  const failed = deployment(4, "FAILED");
  const cases: readonly (readonly [string, Seen, State, RegExp])[] = [
    [
      "it is being activated",
      {
        service: {
          state: "DEPLOYING",
          stateDetail: { code: "EVALUATING_HEALTH_CHECK" },
          currentDeployment: three,
          nextDeployment: deployment(4, "ACTIVATING"),
        },
      },
      "deploying",
      /^the container service is deploying; EVALUATING_HEALTH_CHECK$/u,
    ],
    [
      "the service is being changed",
      { service: { state: "UPDATING" } },
      "deploying",
      /^the container service is updating$/u,
    ],
    [
      "it failed and the former one goes on",
      { service: { currentDeployment: three }, deployments: [failed, three] },
      "rolled back",
      /^the deployment 4 has failed; 3 goes on$/u,
    ],
    [
      "the first one failed",
      {
        service: { state: "READY", currentDeployment: undefined, stateDetail: { message: "the health check failed" } },
        deployments: [failed],
      },
      "failing",
      /^the deployment 4 has failed; the health check failed$/u,
    ],
    [
      "a newer deployment is active",
      {
        service: { currentDeployment: deployment(5, "ACTIVE") },
        deployments: [deployment(5, "ACTIVE"), deployment(4, "INACTIVE")],
      },
      "changed",
      /^the deployment 5 runs, and 4 was asked for/u,
    ],
    ["it was switched off", { service: { state: "DISABLED" } }, "stopped", /^the container service is disabled$/u],
    ["it is being deleted", { service: { state: "DELETING" } }, "stopped", /^the container service is deleting$/u],
  ];
  for (const [name, seen, state, why] of cases)
    it(`is ${state} where ${name}`, async () => {
      const status = await asked.status(api, told(seen));
      assert.equal(status.state, state);
      assert.match(status.reasons.join("; "), why);
    });

  it("is stopped where it is gone", async () => {
    const gone = new AwsError("NotFoundException", "The Container Service does not exist");
    const { state, reasons } = await asked.status(api, { ...told(), "lightsail:GetContainerServices": gone });
    assert.deepEqual([state, reasons], ["stopped", [`there is no container service ${NAME}`]]);
  });

  it("shows the last fifty lines of the container", async () => {
    const { logs } = await asked.status(
      api,
      told({ service: { currentDeployment: three }, deployments: [failed, three] }),
    );
    assert.equal(logs[0]?.source, "api");
    assert.deepEqual([logs[0]?.lines.length, logs[0]?.lines[0], logs[0]?.lines.at(-1)], [50, "line 11", "line 60"]);
  });

  it("asks again where AWS throttles", async () => {
    const busy = new AwsError("ThrottlingException", "Rate exceeded");
    const { state } = await asked.status(api, {
      ...told(),
      "lightsail:GetContainerServiceDeployments": (_input, time) => (time === 1 ? busy : { deployments: [ACTIVE] }),
    });
    assert.equal(state, "running");
  });

  for (const action of ["lightsail:GetContainerServices", "lightsail:GetContainerServiceDeployments"] as const)
    it(`is unknown, with the right that is missing, where ${action} is denied`, async () => {
      const { state, reasons } = await asked.status(api, { ...told(), [action]: denied(action) });
      assert.equal(state, "unknown");
      assert.match(reasons[0] ?? "", new RegExp(`^needs ${action} on \\*, which arn:`, "u"));
    });
});
