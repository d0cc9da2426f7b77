import assert from "node:assert/strict";
import { EnvironmentFolder } from "../support/environment-folder";
import { stepEvents } from "../support/fake-pulumi";

const SCALED =
  "urn:pulumi:dev::spectrum::spectrum:tier:Fargate$spectrum:tier:FargateService$aws:ecs/service:Service::web-web";
const BUCKET = "urn:pulumi:dev::spectrum::aws:s3/bucket:Bucket::b";

describe("spectrum drift", function () {
  this.timeout(60_000);
  let project: EnvironmentFolder;
  before(async () => {
    project = await EnvironmentFolder.open();
    project.write("compose.yaml", { services: { web: { image: "nginx:1", ports: ["8080:80"] } } });
    const web = { compose: "compose.yaml", tier: "fargate", services: { web: { scale: { min: 2, max: 4, cpu: 60 } } } };
    project.write("Pulumi.dev.yaml", { config: { "aws:region": "us-east-1", "spectrum:apps": { web } } });
  });
  after(() => project.close());

  const history = [
    { kind: "update", result: "failed", endTime: "2026-11-27T12:00:00.000Z" },
    { kind: "update", result: "succeeded", endTime: "2026-11-27T11:00:00.000Z" },
  ];

  it("ends with 3 where something drifted, with 0 where an update would leave it, and tells both", async () => {
    const scaled = stepEvents({
      op: "update",
      urn: SCALED,
      old: { desiredCount: 2 },
      new: { desiredCount: 4 },
      diff: { desiredCount: "update" },
    });
    const gone = stepEvents({ op: "delete", urn: BUCKET, old: {} });
    const untouched = stepEvents({ op: "same", urn: BUCKET });
    project.pulumi.stack("dev", { history, operations: { refresh: { events: [...scaled, ...gone] } } });
    const drifted = await project.spectrum("drift", "--env", "dev", "--json");
    assert.equal(drifted.code, 3, drifted.stderr);
    const report = JSON.parse(drifted.stdout) as Record<string, unknown>;
    assert.deepEqual(
      [report.version, report.drifted, report.environment, report.since],
      [1, true, "dev", "2026-11-27T11:00:00.000Z"],
    );
    assert.deepEqual(report.drifts, [
      { urn: BUCKET, type: "aws:s3/bucket:Bucket", name: "b", kind: "deleted", properties: [], keep: null },
    ]);
    assert.deepEqual(
      (report.ignored as { urn: string }[]).map(({ urn }) => urn),
      [SCALED],
    );

    project.pulumi.stack("dev", { history, operations: { refresh: { events: [...scaled, ...untouched] } } });
    const none = await project.spectrum("drift", "--env", "dev");
    assert.deepEqual([none.code, none.stderr], [0, ""]);
    assert.match(none.stdout, /^nothing of dev has drifted .*\nleft alone, .*: web-web desiredCount\n$/u);

    const asked = project.pulumi.calls.filter(({ args }) => args[0] === "refresh");
    assert.ok(asked.length === 2 && asked.every(({ args }) => args.includes("--preview-only")));
  });

  it("ends with 2 where it could not look at all of it, or knows no such environment", async () => {
    const failure = { severity: "error" as const, message: "AccessDenied", color: "never", urn: BUCKET };
    const events = [...stepEvents({ op: "refresh", urn: BUCKET }), { diagnosticEvent: failure }];
    project.pulumi.stack("dev", { history, operations: { refresh: { events, code: 255 } } });
    const failed = await project.spectrum("drift", "--env", "dev", "--json");
    assert.equal(failed.code, 2);
    assert.match(failed.stderr, /^error: dev could not be looked at: b: AccessDenied\n/u);
    assert.match(failed.stdout, /"errors"/u);
    const missing = await project.spectrum("drift", "--env", "prod");
    assert.deepEqual([missing.code, missing.stdout], [2, ""]);
    assert.match(missing.stderr, /^error: the environment prod has no file/u);
  });
});
