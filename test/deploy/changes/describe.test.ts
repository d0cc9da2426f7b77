/** What an operation would do, in words. */
import assert from "node:assert/strict";
import type { OpType, Step } from "../../../deploy/engine";
import { describeChanges } from "../../../deploy/changes/describe";
import { HOLDS_DATA } from "../../../plan/compare/move";

interface Given {
  readonly op: OpType;
  readonly type: string;
  readonly name?: string;
  readonly parents?: string;
  readonly keys?: readonly string[];
  readonly changed?: readonly string[];
  readonly old?: Readonly<Record<string, unknown>>;
  readonly new?: Readonly<Record<string, unknown>>;
}

const step = ({ op, type, name = "shop-web", parents = "", keys = [], changed = [], ...sides }: Given): Step => ({
  op,
  urn: `urn:pulumi:dev::spectrum::${parents}${type}::${name}`,
  type,
  name,
  replaceKeys: keys,
  diff: Object.fromEntries(changed.map((path) => [path, "update"])),
  old: sides.old ?? null,
  new: sides.new ?? null,
});
const replaced = (given: Omit<Given, "op">, first: "create" | "delete" = "create"): readonly Step[] => {
  const ops: readonly OpType[] =
    first === "create"
      ? ["create-replacement", "replace", "delete-replaced"]
      : ["delete-replaced", "replace", "create-replacement"];
  return ops.map((op) => step({ op, ...given }));
};

const SERVICE = "aws:ecs/service:Service";
const DATABASE = "aws:rds/instance:Instance";
const BEANSTALK = "aws:elasticbeanstalk/environment:Environment";
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";

describe("what users notice of a change", () => {
  for (const [what, steps, said] of [
    [
      "a service's new version",
      [
        step({
          op: "update",
          type: SERVICE,
          changed: ["taskDefinition"],
          new: { deploymentMinimumHealthyPercent: 100 },
        }),
      ],
      "note: the service shop-web gets a new version, task by task: no interruption",
    ],
    [
      "a service with one writer",
      [step({ op: "update", type: SERVICE, changed: ["taskDefinition"], new: { deploymentMinimumHealthyPercent: 0 } })],
      "interruption: the service shop-web is stopped, and its new version started: away until that is healthy",
    ],
    [
      "a canary",
      [
        step({
          op: "update",
          type: SERVICE,
          changed: ["taskDefinition"],
          new: { deploymentConfiguration: { strategy: "CANARY" } },
        }),
      ],
      "note: the service shop-web gets a new version beside the old one, and the traffic moves over to it: no interruption",
    ],
    [
      "a scale",
      [
        step({
          op: "update",
          type: SERVICE,
          changed: ["desiredCount"],
          old: { desiredCount: 1 },
          new: { desiredCount: 3 },
        }),
      ],
      "note: the service shop-web runs 3 tasks instead of 1",
    ],
    ["a service's tags", [step({ op: "update", type: SERVICE, changed: ["tags.team"] })], ""],
    [
      "a service made anew, the old one first gone",
      replaced({ type: SERVICE, keys: ["launchType"] }, "delete"),
      "interruption: the service shop-web is made anew (launchType changes): away until its new tasks are healthy",
    ],
    [
      "a service made anew beside the old one",
      replaced({ type: SERVICE, keys: ["launchType"] }),
      "note: the service shop-web is made anew beside the old one (launchType changes), which ends when the new one is healthy",
    ],
    [
      "a database replaced",
      replaced({ type: DATABASE, name: "shop-db", keys: ["engine", "storageEncrypted"] }),
      "loss: the database shop-db is replaced by an empty one (engine, storageEncrypted change): what it holds is lost, unless it is copied or restored",
    ],
    [
      "a database deleted",
      [step({ op: "delete", type: DATABASE, name: "shop-db", old: { skipFinalSnapshot: true } })],
      "loss: the database shop-db is deleted with all that it holds",
    ],
    [
      "a database deleted with a snapshot",
      [
        step({
          op: "delete",
          type: DATABASE,
          name: "shop-db",
          old: { skipFinalSnapshot: false, finalSnapshotIdentifier: "last" },
        }),
      ],
      "loss: the database shop-db is deleted; the snapshot last of what it holds is kept",
    ],
    [
      "another class of a database",
      [
        step({
          op: "update",
          type: DATABASE,
          name: "shop-db",
          changed: ["instanceClass"],
          new: { applyImmediately: true },
        }),
      ],
      "interruption: the database shop-db is away for some minutes at once (instanceClass changes)",
    ],
    [
      "another class in its window",
      [step({ op: "update", type: DATABASE, name: "shop-db", changed: ["instanceClass", "port"] })],
      "interruption: the database shop-db is away for some minutes in its next maintenance window (instanceClass, port change)",
    ],
    ["longer backups", [step({ op: "update", type: DATABASE, changed: ["backupRetentionPeriod"] })], ""],
    [
      "Beanstalk's one instance",
      [
        step({
          op: "update",
          type: BEANSTALK,
          changed: ["version"],
          new: { settings: [{ name: "EnvironmentType", value: "SingleInstance" }] },
        }),
      ],
      "interruption: the Beanstalk environment shop-web gets a new version on its one instance: away for about a minute",
    ],
    [
      "Beanstalk's several",
      [
        step({
          op: "update",
          type: BEANSTALK,
          changed: ["version"],
          new: { settings: [{ name: "EnvironmentType", value: "LoadBalanced" }] },
        }),
      ],
      "note: the Beanstalk environment shop-web gets a new version in batches: no interruption",
    ],
    [
      "pods",
      [step({ op: "update", type: DEPLOYMENT, changed: ["spec.template.spec.containers[0].image"] })],
      "note: the service shop-web gets a new version, pod by pod: no interruption",
    ],
    [
      "pods with a disk",
      [
        step({
          op: "update",
          type: DEPLOYMENT,
          changed: ["spec.template"],
          new: { spec: { strategy: { type: "Recreate" } } },
        }),
      ],
      "interruption: the service shop-web is stopped, and its new version started: away until that is ready",
    ],
    [
      "a job",
      [step({ op: "create", type: "aws:lambda/invocation:Invocation", name: "shop-migrate" })],
      "note: the job shop-migrate runs now, before what waits for it is updated",
    ],
    [
      "capacity that is attached",
      [step({ op: "create", type: "aws:lambda/invocation:Invocation", parents: "spectrum:platform:PoolAttachments$" })],
      "",
    ],
    [
      "a version on Lightsail",
      replaced({
        type: "aws:lightsail/containerServiceDeploymentVersion:ContainerServiceDeploymentVersion",
        name: "shop",
      }),
      "note: the app shop gets a new version; the old one serves until it is healthy: no interruption",
    ],
    [
      "a load balancer",
      replaced({ type: "aws:lb/loadBalancer:LoadBalancer", name: "entry", keys: ["internal"] }),
      "interruption: the load balancer entry is replaced (internal changes): its address changes; whoever has its own address must learn the new one; names of Route 53 follow it",
    ],
    [
      "logs",
      [step({ op: "delete", type: "aws:cloudwatch/logGroup:LogGroup", name: "shop" })],
      "loss: the log group shop is deleted with its logs",
    ],
    [
      "a name",
      [step({ op: "update", type: "aws:route53/record:Record", name: "shop.example.com", changed: ["aliases"] })],
      "note: the name shop.example.com leads elsewhere; whoever has looked it up follows when the record's time is over",
    ],
    [
      "the bucket of bundles",
      [step({ op: "delete", type: "aws:s3/bucket:Bucket", parents: "spectrum:platform:Bundles$" })],
      "",
    ],
    ["a role", [step({ op: "update", type: "aws:iam/role:Role", changed: ["assumeRolePolicy"] })], ""],
    [
      "another tier",
      [
        step({ op: "create", type: "spectrum:tier:EcsAnywhere", name: "shop" }),
        step({ op: "delete", type: "spectrum:lightsail-vm:App", name: "shop" }),
        step({ op: "create", type: "spectrum:tier:Fargate", name: "new" }),
      ],
      "note: the app shop moves from lightsail-vm to ecs-anywhere: it runs there before it ends here; what it keeps in memory or on its containers' disks stays behind",
    ],
  ] as const)
    it(`of ${what}`, () => {
      const { notices } = describeChanges(steps);
      assert.equal(notices.map(({ severity, text }) => `${severity}: ${text}`).join("\n"), said);
    });

  it("tells the worst first, counts a replacement once, and names what goes unnoticed", () => {
    const role = "aws:iam/role:Role";
    const described = describeChanges([
      step({ op: "same", type: "pulumi:pulumi:Stack" }),
      step({ op: "create", type: SERVICE, name: "shop-api" }),
      ...replaced({ type: role, name: "a" }),
      ...replaced({ type: role, name: "b" }),
      step({ op: "delete", type: role, name: "c" }),
      step({ op: "delete", type: "spectrum:platform:Logs", name: "shop" }),
      step({ op: "delete", type: DATABASE, name: "shop-db" }),
      step({ op: "update", type: "pulumi:providers:aws", name: "default" }),
    ]);
    assert.deepEqual(described.counts, { created: 1, updated: 0, replaced: 2, deleted: 3 });
    assert.deepEqual(
      described.notices.map(({ severity }) => severity),
      ["loss", "note"],
    );
    assert.deepEqual(described.others, [
      { fate: "replaced", type: role, names: ["a", "b"] },
      { fate: "deleted", type: role, names: ["c"] },
    ]);
  });

  it("tells a loss of everything that holds data", () => {
    for (const type of Object.keys(HOLDS_DATA))
      for (const steps of [replaced({ type }), [step({ op: "delete", type })]])
        assert.deepEqual(
          describeChanges(steps).notices.map(({ severity }) => severity),
          ["loss"],
          type,
        );
  });
});
