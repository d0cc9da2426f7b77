import assert from "node:assert/strict";
import type { Finding } from "../../../app/finding";
import { moveTo, type Side } from "../../../plan/compare/move";
import type { PlannedResource } from "../../../plan/types";

const resource = (type: string, name: string, parents = "spectrum:tier:Any"): PlannedResource => ({
  urn: `urn:pulumi:dev::spectrum::${parents}$${type}::${name}`,
  type,
  name,
  parent: null,
  remote: false,
  inputs: {},
  dependencies: [],
});
const side = (tier: Side["tier"], resources: readonly PlannedResource[], url = "https://shop.example.com"): Side => ({
  tier,
  resources,
  outputs: { apps: { shop: { urls: { "web:8080": url } } } },
});
const finding = (key: string, outcome: Finding["outcome"], accepted = false): Finding => ({
  app: "shop",
  service: "db",
  key,
  outcome,
  accepted,
  reason: "why",
  remedy: "what to do",
  location: null,
});
const files = resource("aws:efs/fileSystem:FileSystem", "shop", "spectrum:platform:Volumes");
const role = resource("aws:iam/role:Role", "web");

describe("what it takes to move", () => {
  it("counts what is made, deleted and kept", () => {
    const move = moveTo("shop", side("fargate", [files, role]), side("ecs-ec2", [files, resource("a:b:C", "x")]), []);
    assert.deepEqual(move, { from: "fargate", steps: [], made: 1, deleted: 1, kept: 1 });
  });

  it("tells of what holds data and is not there any more, but for what the platform deploys from", () => {
    const bundles = resource("aws:s3/bucket:Bucket", "bundles", "spectrum:platform:Platform$spectrum:platform:Bundles");
    const { steps } = moveTo("shop", side("beanstalk", [files, role, bundles]), side("lightsail", []), []);
    assert.deepEqual(steps, [
      {
        kind: "data",
        what: "the file system of the named volumes (shop)",
        remedy: "copy what it holds; it is protected until the app says data: delete",
      },
    ]);
  });

  it("tells of an address that changes, and of one that goes", () => {
    const from = side("fargate", [], "http://alb");
    assert.deepEqual(
      moveTo("shop", from, side("lightsail", [], "https://service"), []).steps.map(({ kind, what }) => [kind, what]),
      [["address", "web:8080 gets another address"]],
    );
    assert.deepEqual(
      moveTo("shop", from, { ...side("eks", []), outputs: {} }, []).steps.map(({ what }) => what),
      ["web:8080 is not reached from the internet"],
    );
  });

  it("has each refusal with its remedy, and each loss that was accepted, but where the app is already", () => {
    const findings = [finding("volumes", "refused"), finding("secrets", "refused", true), finding("ports", "changed")];
    const refused = { kind: "refusal", what: "db.volumes: why", remedy: "what to do" };
    const loss = { kind: "loss", what: "db.secrets: why", remedy: "accepted" };
    assert.deepEqual(moveTo("shop", null, null, findings), {
      from: null,
      steps: [refused, loss],
      made: 0,
      deleted: 0,
      kept: 0,
    });
    const there = side("lightsail", [role]);
    assert.deepEqual(moveTo("shop", there, there, findings.slice(1)).steps, []);
  });
});
