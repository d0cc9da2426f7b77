import assert from "node:assert/strict";
import type { AssociationExecutionTarget, InstanceInformation } from "@aws-sdk/client-ssm";
import { type ServiceStatus, type State } from "../../../deploy/status";
import { AwsError, denied, type Told } from "../../support/fake-aws";
import { Asked, AT, deployedShop, DIGEST, type OneService, PINNED } from "./support";

const ASSOCIATION = "8dfe3659-4309-493a-8755-0123456789ab";
const [FIRST, SECOND] = ["mi-0123456789abcdef0", "mi-0123456789abcdef1"];
const INSTANCES = ["spectrum-dev-shop-1-9cacd2", "spectrum-dev-shop-2-9cacd2"];
const api: OneService = {
  target: {
    tier: "lightsail-vm",
    instances: INSTANCES,
    nodeTag: { key: "SpectrumMachine", values: INSTANCES },
    service: "api",
  },
  revision: ASSOCIATION,
  logGroup: "/spectrum/dev/shop/api",
};

const run = (ResourceId: string, Status = "Success"): AssociationExecutionTarget => ({
  AssociationId: ASSOCIATION,
  ResourceId,
  ResourceType: "ManagedInstance",
  Status,
  DetailedStatus: Status,
  LastExecutionDate: AT,
  OutputSource: { OutputSourceId: "97fff367-fc5a-4299-aed8-0123456789ab", OutputSourceType: "RunCommand" },
});

const node = (InstanceId: string, PingStatus: InstanceInformation["PingStatus"] = "Online"): InstanceInformation => ({
  InstanceId,
  PingStatus,
  LastPingDateTime: AT,
});

interface Seen {
  readonly runs?: readonly AssociationExecutionTarget[];
  readonly execution?: string;
  readonly nodes?: readonly InstanceInformation[];
  readonly states?: Readonly<Record<string, string>>;
}

const NO_INSTANCE = new AwsError("NotFoundException", "The Instance does not exist");

const told = ({
  runs = [run(FIRST), run(SECOND)],
  execution = "Success",
  nodes = [node(FIRST), node(SECOND)],
  states = {},
}: Seen = {}): Told => ({
  "ssm:DescribeAssociation": {
    AssociationDescription: { AssociationId: ASSOCIATION, Overview: { Status: execution } },
  },
  "ssm:DescribeAssociationExecutions": {
    AssociationExecutions: [
      { ExecutionId: "earlier", CreatedTime: new Date(AT.getTime() - 1000), Status: "Failed" },
      { ExecutionId: "last", CreatedTime: AT, Status: execution, DetailedStatus: execution },
    ],
  },
  "ssm:DescribeAssociationExecutionTargets": ({ ExecutionId }) => ({
    AssociationExecutionTargets: ExecutionId === "last" ? [...runs] : [run(FIRST, "Failed")],
  }),
  "ssm:DescribeInstanceInformation": { InstanceInformationList: [...nodes] },
  "lightsail:GetInstanceState": ({ instanceName }) => {
    const name = states[String(instanceName)] ?? "running";
    return name === "gone" ? NO_INSTANCE : { state: { name, code: 16 } };
  },
  "ssm:GetCommandInvocation": ({ CommandId, InstanceId }) => ({
    StandardOutputContent: `shop-api-1 restarting\npanic: no database (${String(CommandId)} on ${String(InstanceId)})\n`,
    StandardErrorContent: "not healthy after 600 s",
  }),
});

describe("the status on Lightsail instances", () => {
  let asked: Asked;
  before(async () => (asked = await Asked.open()));
  after(() => asked.close());

  it("is running where every machine has taken the version, by the last run alone, and is online", async () => {
    const status = await asked.status(api, told());
    const expected: ServiceStatus = {
      app: "shop",
      service: "api",
      tier: "lightsail-vm",
      state: "running",
      wanted: { revision: ASSOCIATION, image: PINNED, count: 2 },
      running: {
        revision: ASSOCIATION,
        images: [{ reference: PINNED, digest: DIGEST, by: "reference" }],
        count: 2,
        healthy: 2,
      },
      entry: null,
      reasons: [],
      events: [
        { at: AT.toISOString(), message: `${FIRST}: Success` },
        { at: AT.toISOString(), message: `${SECOND}: Success` },
        { at: AT.toISOString(), message: "the association has been run: Success" },
      ],
      logs: [],
      untold: status.untold,
    };
    assert.deepEqual(status, expected);
    assert.equal(status.untold.length, 1);
  });

  it("runs nothing on the machines, and asks once for all services", async () => {
    await asked.statuses(deployedShop({ api, web: { ...api, image: "nginx:1" } }), told());
    assert.deepEqual(asked.actions, [
      "lightsail:GetInstanceState",
      "ssm:DescribeAssociation",
      "ssm:DescribeAssociationExecutionTargets",
      "ssm:DescribeAssociationExecutions",
      "ssm:DescribeInstanceInformation",
    ]);
    assert.equal(asked.fake.asked.length, 6);
  });

  const [one = "", two = ""] = INSTANCES;
  const cases: readonly (readonly [string, Seen, State, RegExp])[] = [
    [
      "a machine is at it",
      { runs: [run(FIRST), run(SECOND, "InProgress")], execution: "InProgress" },
      "deploying",
      /^1 of 2 machines have taken the version and are online; the association is InProgress$/u,
    ],
    [
      "no machine has begun",
      { runs: [], execution: "Pending" },
      "deploying",
      /^0 of 2 machines .*; the association is Pending$/u,
    ],
    [
      "it has failed on a machine",
      { runs: [run(FIRST), run(SECOND, "Failed")], execution: "Failed" },
      "failing",
      /^1 of 2 .*; the deployment has failed on the machine mi-0123456789abcdef1: Failed$/u,
    ],
    [
      "the run has failed before any machine",
      { runs: [], execution: "Failed" },
      "failing",
      /the run of the association has failed \(Failed\)$/u,
    ],
    [
      "a machine is not heard of",
      { nodes: [node(FIRST), node(SECOND, "ConnectionLost")] },
      "failing",
      /^1 of 2 machines have taken the version and are online; the machine mi-0123456789abcdef1 is ConnectionLost; last heard of 2026-03-01T12:00:00\.000Z$/u,
    ],
    [
      "a machine is off",
      { states: { [two]: "stopped" } },
      "failing",
      new RegExp(`the instance ${two} is stopped$`, "u"),
    ],
    [
      "all machines are off or gone",
      { states: { [one]: "stopped", [two]: "gone" } },
      "stopped",
      new RegExp(`^the instance ${one} is stopped; there is no instance ${two}$`, "u"),
    ],
  ];
  for (const [name, seen, state, why] of cases)
    it(`is ${state} where ${name}`, async () => {
      const status = await asked.status(api, told(seen));
      assert.equal(status.state, state);
      assert.match(status.reasons.join("; "), why);
    });

  it("is changed where the association is gone", async () => {
    const gone = new AwsError("AssociationDoesNotExist", "Association does not exist");
    const { state, reasons } = await asked.status(api, { ...told(), "ssm:DescribeAssociation": gone });
    assert.equal(state, "changed");
    assert.match(reasons[0] ?? "", /^there is no association 8dfe3659/u);
  });

  it("shows what the machine has printed", async () => {
    const { logs } = await asked.status(api, told({ runs: [run(FIRST), run(SECOND, "Failed")], execution: "Failed" }));
    assert.deepEqual(logs, [
      {
        source: `the machine ${SECOND}`,
        lines: [
          "shop-api-1 restarting",
          `panic: no database (97fff367-fc5a-4299-aed8-0123456789ab on ${SECOND})`,
          "",
          "not healthy after 600 s",
        ],
      },
    ]);
  });

  it("says so where what the machine has printed is gone, or may not be read", async () => {
    const failed = told({ runs: [run(FIRST), run(SECOND, "Failed")], execution: "Failed" });
    const gone = await asked.status(api, {
      ...failed,
      "ssm:GetCommandInvocation": new AwsError("InvocationDoesNotExist", ""),
    });
    assert.deepEqual(gone.logs[0]?.lines, ["(the log is empty)"]);
    const action = "ssm:GetCommandInvocation";
    const refused = await asked.status(api, { ...failed, [action]: denied(action) });
    assert.match(refused.logs[0]?.lines[0] ?? "", /^\(the log cannot be read: needs ssm:GetCommandInvocation/u);
  });

  it("asks again where AWS throttles", async () => {
    const busy = new AwsError("ThrottlingException", "Rate exceeded");
    const { state } = await asked.status(api, {
      ...told(),
      "ssm:DescribeInstanceInformation": (_input, time) =>
        time === 1 ? busy : { InstanceInformationList: [node(FIRST), node(SECOND)] },
    });
    assert.equal(state, "running");
  });

  for (const action of [
    "ssm:DescribeAssociation",
    "ssm:DescribeAssociationExecutions",
    "ssm:DescribeAssociationExecutionTargets",
    "ssm:DescribeInstanceInformation",
    "lightsail:GetInstanceState",
  ] as const)
    it(`is unknown, with the right that is missing, where ${action} is denied`, async () => {
      const { state, reasons } = await asked.status(api, { ...told(), [action]: denied(action) });
      assert.equal(state, "unknown");
      assert.match(reasons[0] ?? "", new RegExp(`^needs ${action} on \\*, which arn:`, "u"));
    });
});
