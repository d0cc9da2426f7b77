import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "../../app/finding";
import { readApps, unacceptedRefusals } from "../../stacks/apps";

const web = "services:\n  web:\n    image: nginx\n    ports: ['80:80']\n";
const files: Record<string, string> = {
  "a.yaml": web,
  "b.yaml": web,
  "quiet.yaml": "services:\n  web:\n    image: nginx\n",
  "wrong.yaml": "services:\n  web:\n    imag: nginx\n",
  "data.yaml": "services:\n  db:\n    image: postgres:16\n    volumes: ['data:/d']\nvolumes:\n  data:\n",
  "vars.yaml": "services:\n  web:\n    image: nginx\n    environment:\n      A: ${A}\n      S: x-${S}\n",
};

describe("readApps", () => {
  let root = "";
  before(() => {
    root = mkdtempSync(join(tmpdir(), "spectrum-apps-"));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  });
  after(() => rmSync(root, { recursive: true }));

  const read = (apps: unknown, values: Record<string, string> = {}, secretKeys: string[] = []) =>
    readApps(
      {
        stack: "dev",
        values: {
          "aws:region": "us-east-1",
          "spectrum:tier": "fargate",
          "spectrum:apps": JSON.stringify(apps),
          ...values,
        },
        secretKeys: new Set(secretKeys),
      },
      { root },
    );

  it("reads each app from its own files, and places it", () => {
    const { apps, conflicts } = read({ a: { compose: "a.yaml" }, d: { compose: ["data.yaml"], tier: "lightsail" } });
    assert.deepEqual(
      apps.map(({ app, placement }) => [app.name, Object.keys(app.services), placement.tier]),
      [
        ["a", ["web"], "fargate"],
        ["d", ["db"], "lightsail"],
      ],
    );
    assert.deepEqual(conflicts, []);
    for (const { findings } of apps) assert.ok(findings.length > 0);
  });

  it("tells the problems of the environment, of the apps and of a tier that is none in one go", () => {
    assert.throws(
      () => read({ a: { compose: "wrong.yaml", tier: "moon" } }, { "spectrum:platform": '{"egres":"nat"}' }),
      (error) => {
        assert.ok(error instanceof InputError);
        const told = error.problems.map((p) => `${p.key ?? ""} ${p.message}`).join("\n");
        assert.match(told, /spectrum:platform\.egres unknown key; did you mean egress\?/);
        assert.match(told, /unknown key "imag"/);
        assert.match(told, /spectrum:apps\.a\.tier got "moon", which is no tier/);
        return true;
      },
    );
  });

  it("tells the problems of all apps at once", () => {
    assert.throws(
      () => read({ a: { compose: "wrong.yaml" }, b: { compose: "none.yaml" }, c: { compose: "a.yaml", tier: "moon" } }),
      (error) => {
        assert.ok(error instanceof InputError);
        const told = error.problems.map((p) => p.message).join("\n");
        assert.match(told, /unknown key "imag"/);
        assert.match(told, /none\.yaml is missing/);
        assert.match(told, /got "moon", which is no tier/);
        return true;
      },
    );
  });

  it("tells what two apps cannot both have, with their findings", () => {
    const { apps, conflicts } = read({ a: { compose: "a.yaml" }, b: { compose: "b.yaml" } });
    assert.equal(apps.length, 2);
    assert.match(conflicts[0]?.message ?? "", /port 80\/tcp of the load balancer is published by the app a already/);
    assert.deepEqual(read({ a: { compose: "a.yaml" }, b: { compose: "b.yaml", tier: "lightsail" } }).conflicts, []);
  });

  it("warns where two apps take the same port of the machines that they share", () => {
    const settings = { addresses: [], machines: "edge" };
    const on = (compose: string, machines: object) => ({ compose, tier: "ecs-anywhere", "ecs-anywhere": machines });
    const shared = read({ a: on("a.yaml", settings), b: on("b.yaml", settings) });
    assert.deepEqual(
      shared.warnings.map((w) => `${w.key}: ${w.message}`),
      [
        "spectrum:apps.b.services.web: port 80/tcp of the machines edge is taken by the app a already, so each of the two needs a machine of its own there; publish another port, or give one of them another group of machines",
      ],
    );
    assert.deepEqual(shared.conflicts, []);
    assert.deepEqual(read({ a: on("a.yaml", {}), b: on("b.yaml", {}) }).warnings, []);
  });

  it("refuses more apps on eks-fargate than a cluster has profiles", () => {
    const apps = (count: number, last = "eks-fargate") =>
      Object.fromEntries(
        Array.from({ length: count }, (_, i) => [
          `a${i}`,
          { compose: "quiet.yaml", tier: i === count - 1 ? last : "eks-fargate" },
        ]),
      );
    const told = (count: number, last?: string) => read(apps(count, last)).conflicts.map(({ message }) => message);
    assert.deepEqual(told(9), []);
    assert.match(told(10).join(), /need 11 Fargate profiles of the 10 .*; place some of them on fargate or eks/u);
    assert.deepEqual(told(11, "eks"), [], "with nodes the cluster itself needs none");
    assert.match(told(12, "eks").join(), /need 11 Fargate profiles/u);
  });

  it("behind API Gateway takes one port and one name of two apps, and no path that is no route's", () => {
    const platform = { "spectrum:platform": '{"entry":"apigateway"}' };
    const at = (path: string) => ({ compose: "a.yaml", hosts: [{ host: "shop.example.com", path }] });
    const told = (apps: object, values = platform) => read(apps, values).conflicts.map(({ key }) => key);
    assert.deepEqual(told({ a: { compose: "a.yaml" }, b: { compose: "b.yaml" } }), []);
    assert.deepEqual(told({ a: at("/"), b: at("/b") }), []);
    assert.deepEqual(told({ a: at("/*") }), ["spectrum:apps.a.hosts[0].path"]);
    assert.deepEqual(told({ a: at("/a"), b: at("/a") }), ["spectrum:apps.b.hosts[0]"]);
    // a tier that the entry does not stand before
    assert.deepEqual(told({ a: { ...at("/*"), tier: "lightsail" } }), []);
  });

  it("gives an app its own variables and the marks of its own secrets", () => {
    const { apps } = read(
      { v: { compose: "vars.yaml", variables: { A: "one" } } },
      { "spectrum:secrets": '{"v":{"S":"hidden"}}' },
      ["spectrum:secrets"],
    );
    assert.deepEqual({ ...apps[0]?.app.services.web?.environment }, { A: ["one"], S: ["x-", { secret: "S" }] });
    assert.equal(JSON.stringify(apps).includes("hidden"), false);
  });

  it("tells which values look like secrets, in the finding of their key", () => {
    const environment = "    environment:\n      API_TOKEN: planted\n      MODE: fast\n";
    writeFileSync(join(root, "shows.yaml"), `${web}${environment}`);
    const [shown] = read({ a: { compose: "shows.yaml" } }).apps;
    const told = shown?.findings.filter(({ key }) => key.startsWith("environment.")) ?? [];
    assert.deepEqual(
      told.map(({ key, outcome, remedy }) => [key, outcome, remedy]),
      [
        [
          "environment.API_TOKEN",
          "kept",
          "keep it as one: pulumi config set --secret --path 'spectrum:secrets.a.API_TOKEN', and ${API_TOKEN} in the file",
        ],
        ["environment.MODE", "kept", ""],
      ],
    );
  });

  it("stops at a refusal until it is accepted, and warns of an accept that nothing needs", () => {
    const lost = read({ d: { compose: "data.yaml", tier: "lightsail" } });
    const [problem] = unacceptedRefusals(lost.apps);
    assert.match(
      problem?.message ?? "",
      /^db\.volumes\[0\].* is refused on lightsail: .*; or accept the loss: spectrum:apps\.d\.lightsail\.accept: \[db\.volumes\]$/,
    );
    assert.equal(problem?.location?.line, 4);
    const accepted = read({
      d: { compose: "data.yaml", tier: "lightsail", lightsail: { accept: ["db.volumes", "db.ports"] } },
    });
    assert.deepEqual(unacceptedRefusals(accepted.apps), []);
    assert.deepEqual(
      accepted.warnings.map((w) => `${w.key}: ${w.message}`),
      ["spectrum:apps.d.lightsail.accept: db.ports accepts nothing: no refusal on this tier has that name"],
    );
  });
});
