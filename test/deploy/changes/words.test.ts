/** What stands around the changes: protected resources, what a refresh found, outputs, what was cut off. */
import assert from "node:assert/strict";
import { renderDrift } from "../../../deploy/changes/drifted";
import { renderOutputs } from "../../../deploy/changes/outputs";
import { protectionErrors } from "../../../deploy/changes/protection";
import { renderPending } from "../../../deploy/changes/render";

const urn = (type: string, name: string) => `urn:pulumi:dev::spectrum::spectrum:platform:Volumes$${type}::${name}`;
const refusal = (operation: string, type: string, name: string) =>
  `unable to ${operation} resource "${urn(type, name)}"\nas it is currently marked for protection. To unprotect the resource, remove the \`protect\` flag`;

describe("what is said of protected resources", () => {
  for (const [what, error, said] of [
    [
      "data that would go",
      refusal("delete", "aws:efs/fileSystem:FileSystem", "shop"),
      /^the file system of the named volumes, shop, would be deleted, and what it holds would be lost: it is protected\..* set data: delete under its app/u,
    ],
    [
      "data that would be replaced",
      refusal("replace", "aws:rds/instance:Instance", "shop-db"),
      /^a database of RDS, shop-db, would be replaced by an empty one, and/u,
    ],
    [
      "anything else",
      refusal("delete", "aws:iam/role:Role", "web"),
      /^web \(aws:iam\/role:Role\) would be deleted, and is protected: `pulumi state unprotect 'urn:.*::web'` lets it go$/u,
    ],
    ["another error", "shop: AccessDenied", /^shop: AccessDenied$/u],
  ] as const)
    it(`of ${what}`, () => {
      const errors = protectionErrors([error, error]);
      assert.equal(errors.length, 1);
      assert.match(errors[0] ?? "", said);
    });
});

describe("what a refresh has found", () => {
  const step = {
    type: "aws:sqs/queue:Queue",
    name: "jobs",
    urn: "",
    replaceKeys: [],
    old: null,
    new: { tags: "hush" },
  };

  it("names properties and no values", () => {
    const text = renderDrift([
      { ...step, op: "update", diff: { tags: "add", kmsKey: "update" } },
      { ...step, op: "delete", diff: {} },
    ]);
    assert.equal(
      text,
      "2 resources are otherwise in the cloud than in the state\n  changed   jobs aws:sqs/queue:Queue: kmsKey, tags\n  gone      jobs aws:sqs/queue:Queue\n",
    );
    assert.equal(renderDrift([]), "the cloud is as the state says\n");
  });
});

describe("a stack's outputs for people", () => {
  it("say first where each app is reached, and leave out what the command alone reads", () => {
    const apps = { shop: { tier: "eks", urls: { "web:80": "http://a" }, outputs: { register: "[secret]" } } };
    assert.equal(
      renderOutputs({ deployed: { shop: {} }, workflows: { order: "arn" }, apps }),
      'shop on eks\n  web:80  http://a\n  register  [secret]\nworkflows: {"order":"arn"}\n',
    );
    assert.equal(renderOutputs({}), "");
  });
});

describe("what a deployment that was cut off has left", () => {
  it("is named; only what was being created has to be looked for", () => {
    const queue = urn("aws:sqs/queue:Queue", "jobs");
    const updating = renderPending([{ type: "updating", urn: queue }]);
    assert.deepEqual(updating.slice(1), ["  updating jobs aws:sqs/queue:Queue", "  the next one goes on from there"]);
    assert.match(
      renderPending([{ type: "creating", urn: queue }]).join("\n"),
      /may be in AWS without Pulumi knowing of it.*`spectrum refresh` drops this note$/su,
    );
  });
});
