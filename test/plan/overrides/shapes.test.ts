/** The inputs of resource types as the SDKs declare them, and what is wrong with a value. */
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { InputTypes } from "../../../plan/overrides/input-types";
import { checkPath, checkValue, type Shape } from "../../../plan/overrides/shapes";

const types = new InputTypes();
const shapeOf = (type: string): Shape => types.shapeOf(type) ?? assert.fail(`no shape of ${type}`);
const said = (type: string, value: unknown) =>
  checkValue(value, shapeOf(type)).map(({ path, message }) => `${path}: ${message}`);

const GROUP = "aws:lb/targetGroup:TargetGroup";
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";

describe("the inputs of a type", () => {
  it("take what is right, and what is known only later", () => {
    const value = {
      deregistrationDelay: 10,
      healthCheck: { interval: pulumi.output(5), path: "/up" },
      tags: { team: "shop" },
      targetFailovers: [{ onDeregistration: "rebalance" }],
      vpcId: null,
    };
    assert.deepEqual(said(GROUP, value), []);
    const spec = { replicas: 2, template: { spec: { containers: [{ name: "web", ports: [{ containerPort: 80 }] }] } } };
    assert.deepEqual(said(DEPLOYMENT, { spec, metadata: { labels: { a: "b" } } }), []);
    assert.deepEqual(said("docker-build:index:Image", { buildArgs: { A: "b" }, noCache: true }), []);
    assert.deepEqual(said("kubernetes:networking.k8s.io/v1:NetworkPolicy", { spec: { policyTypes: ["Ingress"] } }), []);
  });

  for (const [what, type, value, message] of [
    [
      "a key",
      GROUP,
      { deregistrationDelai: 1 },
      /^deregistrationDelai: aws:lb\S+ has no such input, did you mean "deregistrationDelay"\?$/u,
    ],
    [
      "a key inside",
      GROUP,
      { healthCheck: { pth: "/" } },
      /^healthCheck\.pth: lb\.TargetGroupHealthCheck has no such input, did you mean "path"\?$/u,
    ],
    ["an output of the type", GROUP, { arn: "arn:aws:1" }, /^arn: .+ has no such input/u],
    [
      "a key of a list's item",
      GROUP,
      { targetFailovers: [{ on: "x" }] },
      /^targetFailovers\[0\]\.on: .+ there are onDeregistration, onUnhealthy$/u,
    ],
    [
      "a key of a pod",
      DEPLOYMENT,
      { spec: { template: { spec: { containers: [{ nam: "x" }] } } } },
      /^spec\.template\.spec\.containers\[0\]\.nam: core\.v1\.Container has/u,
    ],
    ["a text for a number", GROUP, { port: "80" }, /^port: got "80"; give a number$/u],
    ["a number for a text", GROUP, { healthCheck: { matcher: 200 } }, /^healthCheck\.matcher: got 200; give a text$/u],
    ["a map for a list", DEPLOYMENT, { spec: { template: { spec: { containers: {} } } } }, /: got \{\}; give a list$/u],
    ["a list for a map", GROUP, { tags: [] }, /^tags: got \[\]; give a map$/u],
    ["a number in a map of texts", GROUP, { tags: { a: 1 } }, /^tags\.a: got 1; give a text$/u],
    ["a text for a map of keys", GROUP, { stickiness: "on" }, /^stickiness: got "on"; give a map of .*cookieDuration/u],
    ["a text for a switch", GROUP, { proxyProtocolV2: "yes" }, /^proxyProtocolV2: got "yes"; give true or false$/u],
  ] as const)
    it(`refuse ${what}`, () => {
      const [first, ...more] = said(type, value);
      assert.match(first ?? "", message);
      assert.deepEqual(more, []);
    });

  it("judge paths, too", () => {
    const wrong = (path: string) => checkPath(path, shapeOf(GROUP)).map((one) => one.path);
    assert.deepEqual(wrong("healthCheck.path"), []);
    assert.deepEqual(wrong("tags.anything"), []);
    assert.deepEqual(wrong("targetFailovers[0].onUnhealthy"), []);
    assert.deepEqual(wrong("stickines"), ["stickines"]);
    assert.deepEqual(wrong("healthCheck.pth"), ["healthCheck.pth"]);
  });

  it("are not known of Kubernetes' custom resources, nor of what no SDK has", () => {
    assert.equal(types.shapeOf("kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding"), null);
    assert.equal(types.shapeOf("nobody:index:Thing"), null);
  });

  it("are found for everything that a tier registers of a provider's", () => {
    for (const type of [
      "aws:ecs/service:Service",
      "aws:eks/nodeGroup:NodeGroup",
      "kubernetes:helm.sh/v3:Release",
      "kubernetes:core/v1:ServiceAccount",
      "aws:lightsail/containerService:ContainerService",
    ])
      assert.equal(shapeOf(type).kind, "object", type);
  });
});
