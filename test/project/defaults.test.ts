/** The plans of the examples under each version of the defaults: an upgrade moves nothing, or CHANGELOG.md says why. */
import assert from "node:assert/strict";
import { CASES, committed, digestOf, planOf, reasonIn, snapshotOf, VERSIONS, withReason } from "../support/defaults";
import { readText } from "../support/project";

for (const version of VERSIONS)
  describe(`the plans under spectrum:defaults: ${version}`, function () {
    this.timeout(60_000);
    const snapshots = committed(version);

    it("are kept of every example on every tier, and of nothing else", () => {
      assert.deepEqual([...snapshots.keys()].sort(), CASES.map(({ name }) => name).sort());
    });

    for (const one of CASES)
      it(`are what they were: ${one.name}`, async () => {
        const plan = await planOf(one, version);
        assert.deepEqual(plan.errors, []);
        assert.deepEqual(
          snapshotOf(plan).split("\n"),
          snapshots.get(one.name)?.split("\n"),
          'if that is meant: npm run fix:defaults -- "the reason"',
        );
      });

    it("have a reason in CHANGELOG.md", () => {
      const digest = digestOf(snapshots);
      assert.ok(
        reasonIn(readText("CHANGELOG.md"), version, digest),
        `CHANGELOG.md has no line - plans ${version} ${digest}: <reason> under Plans; npm run fix:defaults -- "the reason" writes it`,
      );
    });
  });

describe("a snapshot of a plan", () => {
  const resource = {
    urn: "urn:pulumi:dev::spectrum::a:b:C$aws:s3/bucket:Bucket::data",
    type: "aws:s3/bucket:Bucket",
    name: "data",
    parent: null,
    remote: false,
    dependencies: [],
  };
  const text = (inputs: object, options = {}) =>
    snapshotOf({ resources: [{ ...resource, inputs: inputs as never, options }] });

  it("has the identity, and a line for each input and option, whatever their order", () => {
    const output = { $output: "urn:pulumi:dev::spectrum::x:y:Z$aws:kms/key:Key::key.arn" };
    const expected = [
      "a:b:C$aws:s3/bucket:Bucket data",
      '  bucket: "x"',
      '  key: {"a":1,"b":{"$output":"key.arn"}}',
      "  protect! true",
      "",
    ];
    assert.deepEqual(text({ key: { b: output, a: 1 }, bucket: "x" }, { protect: true }).split("\n"), expected);
  });

  it("has a hash of what is long, which another text has not", () => {
    const long = (end: string) => text({ policy: "x".repeat(400) + end });
    assert.match(long("a"), /^ {2}policy: sha256 [0-9a-f]{12} of 403 characters$/mu);
    assert.notEqual(long("a"), long("b"));
  });

  it("changes the digest that CHANGELOG.md names", () => {
    const before = digestOf(new Map([["hello.eks", text({ bucket: "x" })]]));
    const after = digestOf(new Map([["hello.eks", text({ bucket: "y" })]]));
    assert.notEqual(before, after);
    const changes = `# Changes\n\n## Plans\n\n- plans 1 ${before}: as they began\n\n## 1.0.0\n`;
    assert.equal(reasonIn(changes, 1, before), "as they began");
    assert.equal(reasonIn(changes, 1, after), null);
    assert.equal(reasonIn(changes, 2 as 1, before), null);
    const told = withReason(changes, `- plans 1 ${after}: another name`);
    assert.equal(reasonIn(told, 1, after), "another name");
    assert.match(told, /another name\n\n## 1\.0\.0\n$/u);
    assert.equal(reasonIn(`- plans 1 ${after}: short`, 1, after), null);
  });
});
