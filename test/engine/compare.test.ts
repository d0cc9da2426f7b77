/** The comparison of a plan with the engine sees what differs, and nothing else. */
import assert from "node:assert/strict";

import type { PlannedResource, PlanValue } from "../../plan/types";
import { compare, isImageChild } from "./compare";
import type { StateResource } from "./engine";
import type { EngineResource } from "./engine-resources";
import { previewResources } from "./engine-resources";
import { SECRET, SIGNATURE, UNKNOWN } from "./stand-in/values";

const STACK = "urn:pulumi:dev::test::pulumi:pulumi:Stack::test-dev";
const URN = "urn:pulumi:dev::test::aws:ecs/service:Service::web";
const OTHER = "urn:pulumi:dev::test::aws:ecs/cluster:Cluster::main";

function planned(inputs: Record<string, PlanValue>, more: Partial<PlannedResource> = {}): PlannedResource {
  const type = "aws:ecs/service:Service";
  return { urn: URN, type, name: "web", parent: STACK, remote: false, inputs, dependencies: [], ...more };
}

/** What a preview with the one resource gives. */
function previewed(inputs: Record<string, unknown>, more: Partial<StateResource> = {}): readonly EngineResource[] {
  const newState = { urn: URN, type: "aws:ecs/service:Service", custom: true, parent: STACK, inputs, ...more };
  return previewResources({ steps: [{ op: "create", urn: URN, newState }] }, {});
}

function differences(
  ours: Record<string, PlanValue>,
  theirs: Record<string, unknown>,
  made = false,
): readonly string[] {
  return compare({ resources: [planned(ours)] }, previewed(theirs), { made }).differences;
}

const output: PlanValue = { $output: `${OTHER}.arn` };
const secret = "[secret]";

describe("compare", () => {
  it("finds no difference where there is none, and counts", () => {
    const inputs = { a: 1, b: "x", c: [true, { d: null, e: "y" }] };
    const result = compare({ resources: [planned(inputs)] }, previewed({ ...inputs, c: [true, { e: "y" }] }));
    assert.deepEqual(result, { resources: 1, inputs: 3, differences: [] });
  });

  const cases: readonly (readonly [string, Record<string, PlanValue>, Record<string, unknown>, boolean])[] = [
    ["another value", { a: 1 }, { a: 2 }, false],
    ["another kind of value", { a: 1 }, { a: "1" }, false],
    ["an input that only the plan has", { a: 1 }, {}, false],
    ["an input that only the engine has", {}, { a: 1 }, false],
    ["another item in a list", { a: [1, 2] }, { a: [1, 1] }, false],
    ["a longer list", { a: [1] }, { a: [1, 1] }, false],
    ["a value inside", { a: { b: [{ c: 1 }] } }, { a: { b: [{ c: 2 }] } }, false],
    ["an output for an unknown", { a: output }, { a: UNKNOWN }, true],
    ["an output for a value", { a: output }, { a: "arn" }, false],
    ["an output for nothing", { a: output }, {}, false],
    ["a value for an unknown", { a: "arn" }, { a: UNKNOWN }, false],
    ["a lookup for a value", { a: { $lookup: "f.id" } }, { a: "id" }, true],
    ["a lookup for an unknown", { a: { $lookup: "f.id" } }, { a: UNKNOWN }, false],
    ["a lookup for nothing", { a: { $lookup: "f.id" } }, {}, false],
    ["a secret for a secret", { a: { $secret: "p" } }, { a: secret }, true],
    ["a secret inside what the engine keeps secret", { a: [{ b: { $secret: "p" } }] }, { a: secret }, true],
    [
      "a secret that is not known yet",
      { a: { $secret: "urn:pulumi:dev::x::y::z.code" } },
      { a: { $unknown: true } },
      true,
    ],
    ["a secret of the config's that is not known", { a: { $secret: "p" } }, { a: { $unknown: true } }, false],
    ["a secret in plain text", { a: { $secret: "p" } }, { a: "hush" }, false],
    ["a secret that the plan shows", { a: "hush" }, { a: secret }, false],
    ["an output inside an unknown document", { a: JSON.stringify({ b: [output] }) }, { a: UNKNOWN }, true],
    ["a lookup inside a document", { a: JSON.stringify({ b: { $lookup: "f.id" } }) }, { a: '{"b":"us-east-1"}' }, true],
    ["another value inside a document", { a: '{"b":1}' }, { a: '{"b":2}' }, false],
  ];
  for (const [name, ours, theirs, same] of cases) {
    it(`${name} is ${same ? "no" : "a"} difference`, () => {
      assert.equal(differences(ours, theirs).length, same ? 0 : 1);
    });
  }

  it("after up an output is any value, but not none", () => {
    assert.deepEqual(differences({ a: output }, { a: "arn" }, true), []);
    assert.equal(differences({ a: output }, {}, true).length, 1);
  });

  it("sees resources that only one side has", () => {
    const result = compare({ resources: [planned({}, { urn: OTHER })] }, previewed({}));
    assert.deepEqual(result.differences, [`only in the plan: ${OTHER}`, `only in the engine: ${URN}`]);
  });

  it("sees parents, dependencies and protection", () => {
    const lines = (more: Partial<PlannedResource>, real: Partial<StateResource>) =>
      compare({ resources: [planned({}, more)] }, previewed({}, real)).differences;
    assert.match(lines({ parent: OTHER }, {})[0] ?? "", /parent is planned as/u);
    assert.match(lines({ dependencies: [OTHER] }, {})[0] ?? "", /is planned to depend on .*, and does not/u);
    assert.match(lines({}, { dependencies: [OTHER] })[0] ?? "", /depends on .*, which is not planned/u);
    assert.match(lines({}, { protect: true })[0] ?? "", /protect is planned as false, is true/u);
    assert.deepEqual(lines({ options: { protect: true } }, { protect: true }), []);
  });

  it("lets a preview lack an image's child, and what depends on it lack that", () => {
    const image = planned({}, { urn: OTHER, type: "docker-build:index:Image" });
    const plan = { resources: [image, planned({}, { dependencies: [OTHER] })] };
    assert.deepEqual(compare(plan, previewed({}), { mayLack: isImageChild }).differences, []);
    assert.equal(compare(plan, previewed({})).differences.length, 2);
  });

  it("reads previews: unknowns, secrets, what a remote component was given; no default providers, nothing deleted", () => {
    const provider = "urn:pulumi:dev::test::pulumi:providers:aws::default";
    const component = "urn:pulumi:dev::test::awsx:ecr:Image::image";
    const state = (urn: string, type: string, inputs = {}) => ({ urn, type, custom: true, parent: STACK, inputs });
    const steps = [
      { op: "create", urn: provider, newState: state(provider, "pulumi:providers:aws") },
      { op: "delete", urn: OTHER, newState: state(OTHER, "aws:ecs/cluster:Cluster") },
      { op: "create", urn: component, newState: state(component, "awsx:ecr:Image") },
      { op: "create", urn: URN, newState: state(URN, "aws:ecs/service:Service", { b: [UNKNOWN], a: secret }) },
    ];
    const outputValue = { [SIGNATURE]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", dependencies: [] };
    const constructs = { [component]: { url: outputValue, args: { [SIGNATURE]: SECRET, value: "hush" }, tag: "t" } };
    assert.deepEqual(previewResources({ steps }, constructs), [
      { urn: URN, parent: STACK, inputs: { a: { $secret: true }, b: [{ $unknown: true }] }, dependencies: [] },
      {
        urn: component,
        parent: STACK,
        inputs: { args: { $secret: true }, tag: "t", url: { $unknown: true } },
        dependencies: [],
      },
    ]);
  });
});
