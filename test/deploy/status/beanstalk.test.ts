import assert from "node:assert/strict";
import type {
  DescribeEnvironmentHealthResult,
  EnvironmentDescription,
  EventDescription,
  SingleInstanceHealth,
} from "@aws-sdk/client-elastic-beanstalk";
import { runningDigests, type ServiceStatus, type State } from "../../../deploy/status";
import { AwsError, denied, type Told } from "../../support/fake-aws";
import { Asked, AT, deployedShop, DIGEST, type OneService, PINNED } from "./support";

const LABEL = "5f1c9e0b7a2d4c68";
const api: OneService = {
  target: { tier: "beanstalk", environmentName: "spectrum-dev-shop", environmentId: "e-abcdefghij", container: "api" },
  revision: LABEL,
  logGroup: "/aws/elasticbeanstalk/spectrum-dev-shop/var/log/eb-docker/containers/eb-current-app/stdouterr.log",
};

const instance = (id: string, more: Partial<SingleInstanceHealth> = {}): SingleInstanceHealth => ({
  InstanceId: id,
  HealthStatus: "Ok",
  Color: "Green",
  Causes: [],
  Deployment: { VersionLabel: LABEL, DeploymentId: 3, Status: "Deployed", DeploymentTime: AT },
  ...more,
});

interface Seen {
  readonly environment?: Partial<EnvironmentDescription>;
  readonly health?: DescribeEnvironmentHealthResult;
  readonly instances?: readonly SingleInstanceHealth[];
  readonly events?: readonly EventDescription[];
}

const completed: EventDescription = {
  EventDate: AT,
  Severity: "INFO",
  Message: "Environment update completed successfully.",
};

function told({
  environment = {},
  health = { HealthStatus: "Ok", Causes: [] },
  instances,
  events = [completed],
}: Seen = {}): Told {
  return {
    "elasticbeanstalk:DescribeEnvironments": {
      Environments: [
        { EnvironmentId: "e-abcdefghij", Status: "Ready", HealthStatus: "Ok", VersionLabel: LABEL, ...environment },
      ],
    },
    "elasticbeanstalk:DescribeEnvironmentHealth": health,
    // two pages
    "elasticbeanstalk:DescribeInstancesHealth": ({ NextToken }) => {
      const [first, ...rest] = instances ?? [instance("i-1"), instance("i-2")];
      if (NextToken === "more") return { InstanceHealthList: rest };
      return { InstanceHealthList: first ? [first] : [], ...(rest.length > 0 && { NextToken: "more" }) };
    },
    "elasticbeanstalk:DescribeEvents": { Events: [...events] },
    "logs:GetLogEvents": ({ logStreamName }) => ({ events: [{ message: `${String(logStreamName)}: panic` }] }),
  };
}

describe("the status on Elastic Beanstalk", () => {
  let asked: Asked;
  before(async () => (asked = await Asked.open()));
  after(() => asked.close());

  it("is running where every instance has the version that was asked for, and is healthy", async () => {
    const status = await asked.status(api, told());
    const expected: ServiceStatus = {
      app: "shop",
      service: "api",
      tier: "beanstalk",
      state: "running",
      wanted: { revision: LABEL, image: PINNED, count: null },
      running: {
        revision: LABEL,
        images: [{ reference: PINNED, digest: DIGEST, by: "reference" }],
        count: 2,
        healthy: 2,
      },
      entry: null,
      reasons: [],
      events: [{ at: AT.toISOString(), message: "Environment update completed successfully." }],
      logs: [],
      untold: status.untold,
    };
    assert.deepEqual(status, expected);
    assert.deepEqual(runningDigests([status]), { shop: { api: [DIGEST] } });
  });

  it("says that it does not tell the digest of a tag, and asks once for all services", async () => {
    const web: OneService = {
      ...api,
      target: { ...api.target, container: "web" } as OneService["target"],
      image: "nginx:1",
    };
    const statuses = await asked.statuses(deployedShop({ api, web }), told());
    assert.deepEqual(runningDigests(statuses), { shop: { api: [DIGEST], web: null } });
    assert.deepEqual(
      statuses.map(({ untold }) => untold.some((text) => text.includes("named by a tag"))),
      [false, true],
    );
    assert.equal(asked.fake.asked.filter(({ action }) => action.endsWith(":DescribeEnvironments")).length, 1);
  });

  const old = { VersionLabel: "an-old-one", Status: "Deployed" };
  const severe = instance("i-2", { HealthStatus: "Severe", Causes: ["Docker container api exited"] });
  const aborted: EventDescription = {
    EventDate: AT,
    Severity: "ERROR",
    Message: "During an aborted deployment, some instances may have deployed the new application version.",
  };
  const cases: readonly (readonly [string, Seen, State, RegExp])[] = [
    [
      "the environment is updated",
      {
        environment: { Status: "Updating" },
        health: { HealthStatus: "Info", Causes: ["Application update in progress (running for 8 seconds)."] },
      },
      "deploying",
      /^the environment is updating; Application update in progress/u,
    ],
    [
      "an instance comes up",
      {
        health: { HealthStatus: "Pending", Causes: [] },
        instances: [instance("i-1"), instance("i-2", { HealthStatus: "Pending", Deployment: undefined })],
      },
      "deploying",
      /^the environment's health is Pending; the instance i-2 is Pending$/u,
    ],
    [
      "an instance is severe",
      {
        health: { HealthStatus: "Severe", Causes: ["One instance is failing."] },
        instances: [instance("i-1"), severe],
      },
      "failing",
      /^the environment's health is Severe; One instance is failing\.; the instance i-2 is Severe: Docker container api exited$/u,
    ],
    [
      "an instance has the old version",
      { instances: [instance("i-1"), instance("i-2", { Deployment: old })] },
      "failing",
      /the instance i-2 runs the version an-old-one, not 5f1c9e0b7a2d4c68$/u,
    ],
    [
      "the version has failed on an instance",
      { instances: [instance("i-1"), instance("i-2", { Deployment: { VersionLabel: LABEL, Status: "Failed" } })] },
      "failing",
      /the version has failed on the instance i-2$/u,
    ],
    [
      "the entry is not reached",
      { health: { HealthStatus: "Degraded", Causes: ["Impaired services on all instances."] } },
      "failing",
      /^the environment's health is Degraded; Impaired/u,
    ],
    [
      "there is no instance",
      { instances: [], health: { HealthStatus: "Grey", Causes: ["There are no instances."] } },
      "failing",
      /^the environment has no instance; There are no instances\.$/u,
    ],
    [
      "the former version is back",
      { environment: { VersionLabel: "an-old-one" }, events: [aborted] },
      "rolled back",
      /^the version an-old-one runs, and 5f1c9e0b7a2d4c68 was asked for; During an aborted deployment/u,
    ],
    [
      "another version was deployed",
      { environment: { VersionLabel: "a-new-one" } },
      "changed",
      /^the version a-new-one runs, .*past Pulumi$/u,
    ],
    [
      "it is being terminated",
      { environment: { Status: "Terminating" } },
      "stopped",
      /^the environment is being terminated: spectrum-dev-shop \(e-abcdefghij\)$/u,
    ],
    [
      "it was terminated",
      { environment: { Status: "Terminated" } },
      "stopped",
      /^there is no such environment: spectrum-dev-shop/u,
    ],
  ];
  for (const [name, seen, state, why] of cases)
    it(`is ${state} where ${name}`, async () => {
      const status = await asked.status(api, told(seen));
      assert.equal(status.state, state);
      assert.match(status.reasons.join("; "), why);
    });

  it("shows the log of the instance at fault", async () => {
    const { logs } = await asked.status(
      api,
      told({ health: { HealthStatus: "Severe" }, instances: [instance("i-1"), severe] }),
    );
    assert.deepEqual(logs, [{ source: "all containers on the instance i-2", lines: ["i-2: panic"] }]);
  });

  it("asks again where AWS throttles", async () => {
    const busy = new AwsError("Throttling", "Rate exceeded");
    const all = told();
    const { state } = await asked.status(api, {
      ...all,
      "elasticbeanstalk:DescribeEvents": (_input, time) => (time === 1 ? busy : { Events: [] }),
    });
    assert.equal(state, "running");
  });

  for (const action of [
    "elasticbeanstalk:DescribeEnvironments",
    "elasticbeanstalk:DescribeEnvironmentHealth",
    "elasticbeanstalk:DescribeInstancesHealth",
    "elasticbeanstalk:DescribeEvents",
  ] as const)
    it(`is unknown, with the right that is missing, where ${action} is denied`, async () => {
      const { state, reasons } = await asked.status(api, { ...told(), [action]: denied(action) });
      assert.equal(state, "unknown");
      assert.match(reasons[0] ?? "", new RegExp(`^needs ${action} on \\*, which arn:`, "u"));
    });
});
