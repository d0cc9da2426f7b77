import assert from "node:assert/strict";
import fc from "fast-check";
import { differencesOf, graphOf, inputsOf, type Need, withoutDetours } from "../../../plan/report/graph";
import { layOutBoxes } from "../../../plan/report/graph-layout";
import { graphPart, typeText } from "../../../plan/report/graph-part";
import { compared, planned, price, STACK } from "./comparison";

const stack = planned("pulumi:pulumi:Stack", "spectrum-dev", { urn: STACK, parent: null });
const network = planned("spectrum:platform:Network", "platform-network");
const vpc = planned("spectrum:platform:Network$awsx:ec2:Vpc", "platform-network", {
  parent: network.urn,
  remote: true,
});
const subnet = planned("spectrum:platform:Network$awsx:ec2:Vpc$aws:ec2/subnet:Subnet", "public-1", { parent: vpc.urn });
const app = planned("spectrum:tier:Fargate", "shop");
const service = planned("spectrum:tier:Fargate$spectrum:tier:FargateService", "shop-web", { parent: app.urn });
const role = planned("spectrum:tier:Fargate$aws:iam/role:Role", "web", { parent: service.urn, inputs: { path: "/" } });
const task = planned("spectrum:tier:Fargate$aws:ecs/taskDefinition:TaskDefinition", "web", {
  parent: service.urn,
  dependencies: [role.urn, subnet.urn],
});
const run = planned("spectrum:tier:Fargate$aws:ecs/service:Service", "web", {
  parent: service.urn,
  dependencies: [role.urn, subnet.urn, task.urn],
});
const loose = planned("aws:sns/topic:Topic", "loose");
const provider = planned("pulumi:providers:kubernetes", "k8s");
const resources = [stack, network, vpc, subnet, app, service, role, task, run, loose, provider];

describe("graphOf", () => {
  const graph = graphOf(resources);

  it("puts what is made into the component that makes it, whatever is between", () => {
    assert.deepEqual(
      graph.components.map(({ kind, name, resources: own }) => [kind, name, own.map((resource) => resource.name)]),
      [
        ["Network", "platform-network", ["public-1"]],
        ["FargateService", "shop-web", ["web", "web", "web"]],
        ["Stack", "spectrum-dev", ["loose"]],
      ],
    );
  });

  it("has an arrow for each need, in a component and between components, and none that others imply", () => {
    assert.deepEqual(graph.needs, [{ from: network.urn, to: service.urn }]);
    assert.deepEqual(graph.components[1]?.needs, [
      { from: task.urn, to: run.urn },
      { from: role.urn, to: task.urn },
    ]);
  });

  it("is empty without resources", () => assert.deepEqual(graphOf([stack]), { components: [], needs: [] }));
});

describe("withoutDetours", () => {
  const node = fc.constantFrom(..."abcdefg");
  const needs = fc.array(fc.record({ from: node, to: node }), { maxLength: 30 });
  /** Whoever is reached from each. */
  const reached = (edges: readonly Need[]) =>
    [..."abcdefg"].map((start) => {
      const seen = new Set<string>();
      const open = [start];
      for (let at = open.pop(); at !== undefined; at = open.pop())
        for (const { from, to } of edges)
          if (from === at && !seen.has(to)) {
            seen.add(to);
            open.push(to);
          }
      seen.delete(start);
      return [...seen].sort();
    });

  it("leaves what is reached as it is, and no arrow that could go", () => {
    fc.assert(
      fc.property(needs, (edges) => {
        const kept = withoutDetours(edges);
        assert.deepEqual(reached(kept), reached(edges));
        for (const edge of kept) assert.notDeepEqual(reached(kept.filter((other) => other !== edge)), reached(kept));
      }),
    );
  });
});

describe("differencesOf", () => {
  it("tells what is not there, what has other inputs, and how much is only there", () => {
    const other = inputsOf([stack, subnet, { ...role, inputs: { path: "/x" } }, { ...loose, urn: "urn:x" }]);
    const { here, missing } = differencesOf(inputsOf(resources), other);
    assert.deepEqual(
      [...here],
      [
        [role.urn, "other"],
        [task.urn, "new"],
        [run.urn, "new"],
        [loose.urn, "new"],
      ],
    );
    assert.equal(missing, 1);
  });

  it("finds no difference in the order of keys", () => {
    const [a, b] = [
      { x: 1, y: 2 },
      { y: 2, x: 1 },
    ].map((inputs) => inputsOf([{ ...role, inputs }]));
    assert.equal(differencesOf(a ?? new Map(), b ?? new Map()).here.size, 0);
  });
});

describe("layOutBoxes", () => {
  const ids = fc.uniqueArray(fc.string({ unit: "grapheme", maxLength: 60 }), { minLength: 1, maxLength: 14 });
  const graphs = ids.chain((names) => {
    const one = fc.constantFrom(...names);
    const needs = fc.array(fc.record({ from: one, to: one }), { maxLength: 20 }).map(withoutDetours);
    return fc.record({ names: fc.constant(names), needs });
  });

  it("puts every box into the picture and none over another, whatever the names, with an arrow from box to box", () => {
    fc.assert(
      fc.property(graphs, ({ names, needs }) => {
        const texts = names.map((id) => ({ id, title: id, note: "note" }));
        const { boxes, arrows, width, height } = layOutBoxes(texts, needs);
        assert.deepEqual(boxes.map(({ id }) => id).sort(), [...names].sort());
        for (const [i, a] of boxes.entries()) {
          assert.ok(a.x >= 0 && a.y >= 0 && a.x + a.width <= width && a.y + a.height <= height);
          for (const b of boxes.slice(i + 1))
            assert.ok(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y);
        }
        const at = new Map(boxes.map((box) => [box.id, box]));
        for (const [i, { from, to }] of needs.entries()) {
          const [source, target, arrow] = [at.get(from), at.get(to), arrows[i]];
          assert.ok(source && target && arrow);
          assert.deepEqual(arrow[0], { x: source.x + source.width, y: source.y + source.height / 2 });
          assert.deepEqual(arrow.at(-1), { x: target.x, y: target.y + target.height / 2 });
        }
      }),
      { numRuns: 40 },
    );
  });

  it("puts what is made first at the left, and cuts long names in the middle", () => {
    const long = `${"a".repeat(40)}-end`;
    const { boxes } = layOutBoxes(
      [long, "b"].map((id) => ({ id, title: id, note: "" })),
      [{ from: "b", to: long }],
    );
    assert.equal((boxes[1]?.x ?? 0) < (boxes[0]?.x ?? 0), true);
    assert.match(boxes[0]?.shown.title ?? "", /^a{18}…a{14}-end$/u);
  });
});

describe("graphPart", () => {
  const row = compared("fargate", price(1, 0), { planned: resources });
  const all = [
    { tier: "lightsail", inputs: inputsOf([subnet]) },
    { tier: "fargate", inputs: inputsOf(resources) },
    { tier: "eks", inputs: inputsOf([subnet, { ...role, inputs: {} }]) },
  ] as const;
  const text = (from: "eks" | null) => graphPart(row, all, from)?.text ?? "";

  it("has a box for each resource with the tiers that it differs from, marked for the one that comes first", () => {
    const marks = (page: string) =>
      [...page.matchAll(/class="box (\w*)"\s+transform="[^"]*"\s+data-new="([^"]*)"\s+data-other="([^"]*)"/gu)].map(
        (found) => found.slice(1),
      );
    assert.deepEqual(marks(text(null)), [
      ["", "", ""],
      ["new", "lightsail", "eks"],
      ["new", "lightsail eks", ""],
      ["new", "lightsail eks", ""],
      ["new", "lightsail eks", ""],
    ]);
    assert.equal(marks(text("eks"))[1]?.[0], "other");
    assert.match(text("eks"), /<option\s+value="eks"\s+data-summary="3 only here, 1 with other inputs, 0 only there"/u);
  });

  it("leads from each component to its resources, in its title what tells it from the others", () => {
    const page = text(null);
    const targets = [...page.matchAll(/<a\s[^>]*href="#([^"]+)"/gu)].map(([, id]) => id);
    assert.equal(targets.length, 3);
    for (const id of targets) assert.ok(page.includes(`<div id="${id}"`), id);
    assert.match(page, /class="name"[^>]*>FargateService<\/text/u);
  });

  it("is not there without a plan", () => assert.equal(graphPart(compared("eks", null), all, null), null));
});

describe("typeText", () => {
  for (const [type, said] of [
    ["aws:ecs/service:Service", "ecs Service"],
    ["kubernetes:apps/v1:Deployment", "apps Deployment"],
    ["docker-build:index:Image", "docker-build Image"],
  ] as const)
    it(type, () => assert.equal(typeText(type), said));
});
