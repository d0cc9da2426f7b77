import assert from "node:assert/strict";
import { findDrift, pathKeys } from "../../../deploy/drift/find";
import { keepingKey } from "../../../deploy/drift/keep";
import { renderDrift } from "../../../deploy/drift/report";
import type { Step } from "../../../deploy/engine";

const URN = "urn:pulumi:dev::spectrum::aws:ecs/service:Service::shop-web";

/** A change that a refresh sees. */
const step = (more: Partial<Step>): Step => ({
  op: "update",
  urn: URN,
  type: "aws:ecs/service:Service",
  name: "shop-web",
  replaceKeys: [],
  diff: {},
  old: {},
  new: {},
  ...more,
});

const service = { urn: URN, type: "aws:ecs/service:Service", name: "shop-web" };

describe("what has drifted", () => {
  for (const [title, more, properties] of [
    [
      "by the provider's diff",
      { diff: { "a.b[0]": "update" }, old: { a: { b: [1] }, c: 1 }, new: { a: { b: [2] }, c: 2 } },
      [["a.b[0]", 1, 2]],
    ],
    [
      "by the inputs, where the provider tells no diff",
      { old: { a: 1, b: { c: [1] } }, new: { a: 1, b: { c: [2] } } },
      [["b", { c: [1] }, { c: [2] }]],
    ],
    ["what was added", { old: {}, new: { tags: { by: "hand" } } }, [["tags", null, { by: "hand" }]]],
    [
      "what was taken out",
      { diff: { 'tags["a.b"]': "delete" }, old: { tags: { "a.b": "x" } }, new: { tags: {} } },
      [['tags["a.b"]', "x", null]],
    ],
    ["what the inputs do not hold", { diff: { rules: "update" } }, [["rules", null, null]]],
    [
      "a secret, without it",
      { diff: { value: "update" }, old: { value: "[secret]" }, new: { value: "[secret]" } },
      [["value", "[secret]", "[secret]"]],
    ],
  ] as const) {
    it(`is told ${title}`, () => {
      const { drifts, ignored } = findDrift([step(more)], []);
      assert.deepEqual(
        drifts.map(({ properties: of }) => of.map(({ path, was, is }) => [path, was, is])),
        [properties],
      );
      assert.deepEqual([drifts[0]?.kind, ignored], ["changed", []]);
    });
  }

  it("is told of what was deleted", () => {
    assert.deepEqual(findDrift([step({ op: "delete", old: { a: 1 }, new: null })], []).drifts, [
      { ...service, kind: "deleted", properties: [], keep: null },
    ]);
  });

  it("is not what the provider reckons anew, nor its own defaults", () => {
    const same = step({ old: { a: { b: 1 }, __defaults: ["x"] }, new: { a: { b: 1 }, __defaults: [] } });
    assert.deepEqual(findDrift([same], []), { drifts: [], ignored: [] });
  });

  it("is not what an update leaves alone, and that is told apart", () => {
    const both = step({
      old: { desiredCount: 1, actions: [{ a: 1 }], name: "x" },
      new: { desiredCount: 3, actions: [{ a: 2 }], name: "y" },
      diff: { desiredCount: "update", "actions[0].a": "update", name: "update" },
    });
    const { drifts, ignored } = findDrift(
      [both],
      [{ urn: URN, options: { ignoreChanges: ["desiredCount", "actions"] } }],
    );
    assert.deepEqual(drifts[0]?.properties, [{ path: "name", was: "x", is: "y" }]);
    assert.deepEqual(
      ignored[0]?.properties.map(({ path }) => path),
      ["actions[0].a", "desiredCount"],
    );
    const other = findDrift([both], [{ urn: URN, options: { ignoreChanges: ["desired", "act"] } }]);
    assert.equal(other.ignored.length, 0);
  });

  it("names the key that keeps it, where one does", () => {
    assert.equal(keepingKey("aws:ecs/service:Service", ["desiredCount"]), "services.<service>.scale");
    assert.equal(keepingKey("aws:s3/bucket:Bucket", ["tags.team", "tagsAll.team"]), "spectrum:tags");
    assert.equal(keepingKey("aws:ecs/service:Service", ["desiredCount", "launchType"]), null);
    assert.equal(keepingKey("aws:s3/bucket:Bucket", []), null);
  });

  it("reads Pulumi's property paths", () => {
    assert.deepEqual(pathKeys('a.b[0]["c.d"].e'), ["a", "b", "0", "c.d", "e"]);
  });
});

describe("the report of a drift", () => {
  const since = "2026-11-27T10:00:00.000Z";

  it("says what, since when, and what to do", () => {
    const { drifts, ignored } = findDrift(
      [
        step({
          diff: { desiredCount: "update", value: "update" },
          old: { desiredCount: 2, value: "[secret]" },
          new: { desiredCount: 0, value: "[secret]" },
        }),
        step({ op: "delete", urn: `${URN}-b`, name: "shop-api" }),
        step({ urn: `${URN}-c`, name: "shop-db", old: { count: 1 }, new: { count: 2 } }),
      ],
      [{ urn: `${URN}-c`, options: { ignoreChanges: ["count"] } }],
    );
    assert.equal(
      renderDrift({ environment: "prod", since, drifts, ignored }),
      `2 resources have drifted in prod since its last update (${since})

shop-web (aws:ecs/service:Service) was changed
    desiredCount: 2 → 0
    value: (secret) → (secret)

shop-api (aws:ecs/service:Service) was deleted

\`spectrum up --env prod --refresh\` brings it back to what the config says.
What is to stay is taken over into the config first: by its key, or where it has none by an override (docs/overrides.md).
left alone, for an update leaves it: shop-db count
`,
    );
  });

  it("says the key that keeps it, cuts what is long, and says that there is nothing", () => {
    const { drifts } = findDrift([step({ old: {}, new: { desiredCount: "x".repeat(300) } })], []);
    const text = renderDrift({ environment: "dev", since: null, drifts, ignored: [] });
    assert.match(text, /^1 resource has drifted in dev\n/u);
    assert.match(
      text,
      /desiredCount: \(nothing\) → "x{159}…\n {4}to keep it: services\.<service>\.scale in the config\n/u,
    );
    assert.equal(
      renderDrift({ environment: "dev", since, drifts: [], ignored: [] }),
      `nothing of dev has drifted since its last update (${since})\n`,
    );
  });
});
