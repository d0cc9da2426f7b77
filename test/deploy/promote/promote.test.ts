import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../../app/finding";
import type { Brought } from "../../../deploy/promote/bring";
import { readEvidenceFile } from "../../../deploy/promote/evidence-file";
import { promote, type PromoteOptions } from "../../../deploy/promote/promote";
import { rollback, type RollbackOptions } from "../../../deploy/promote/rollback";
import { NOTHING_NAMED } from "../../../deploy/promote/rules";
import { idOf } from "./entries";
import { FakeWorld, releaseNamed } from "./fake-world";

const short = (name: string) => idOf(name).slice(0, 12);

describe("a promotion", () => {
  let world: FakeWorld;
  beforeEach(() => (world = new FakeWorld()));
  afterEach(() => world.close());

  const consent = { yes: true, approvedBy: [], color: false };
  const bring = (from: string, to: string, more: Partial<PromoteOptions> = {}): Promise<Brought> =>
    promote(world, { from, to, apps: [], named: NOTHING_NAMED, ...consent, ...more });
  const back = (environment: string, more: Partial<RollbackOptions> = {}): Promise<Brought> =>
    rollback(world, { environment, failed: false, ...consent, ...more });
  const toProd = (more: Partial<PromoteOptions> = {}) =>
    bring("staging", "prod", { approvedBy: ["Grace Hopper"], ...more });
  const log = (environment: string) => readEvidenceFile(world.root, environment).entries;
  const line = (environment: string) =>
    /release: \S+|compose: \S+/u.exec(world.read(`Pulumi.${environment}.yaml`))?.[0];

  /** Refused, and nothing has happened. */
  const refused = async (run: () => Promise<unknown>): Promise<string> => {
    const environments = ["dev", "staging", "prod"];
    const state = () => JSON.stringify([world.deployed, environments.map((name) => [line(name), log(name)])]);
    const before = state();
    const error: unknown = await run().then(
      () => assert.fail("it went through"),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof InputError, String(error));
    assert.equal(state(), before);
    return error.message;
  };

  it("takes what runs from environment to environment: file, deployment, evidence; the same release and digests", async () => {
    world.run("dev", "a");
    const { outcome, releases, evidence } = await bring("dev", "staging");
    assert.deepEqual({ outcome, releases }, { outcome: "succeeded", releases: { shop: idOf("a") } });
    assert.equal(
      world.read("Pulumi.staging.yaml"),
      `config:\n  aws:region: us-east-1\n  spectrum:apps:\n    shop:\n      release: ${idOf("a")} # the shop\n      tier: fargate\n`,
    );
    assert.deepEqual(log("staging"), evidence);
    const [{ configDifference, ...rest } = assert.fail()] = evidence;
    assert.match(configDifference ?? "", /^[0-9a-f]{64}$/u);
    assert.deepEqual(rest, {
      version: 1,
      time: "2027-01-31T12:00:00.000Z",
      action: "promote",
      environment: "staging",
      app: "shop",
      release: idOf("a"),
      from: "dev",
      previousRelease: null,
      images: releaseNamed("a").images,
      who: { user: "Ada Lovelace <ada@example.com>", arn: "arn:aws:iam::123456789012:user/ada" },
      approvals: [],
      named: { skip: [], older: false, failed: false },
      policy: { advisory: 0, exempted: 0 },
      price: { usd: null, budget: null },
      result: "succeeded",
      reason: null,
      health: { web: { state: "running", healthy: 2, wanted: 2 } },
    });
    await toProd();
    world.run("dev", "b");
    await bring("dev", "staging");
    await toProd();
    assert.deepEqual(
      log("prod").map(({ release, previousRelease, from, approvals }) => ({
        release,
        previousRelease,
        from,
        approvals,
      })),
      [
        { release: idOf("a"), previousRelease: null, from: "staging", approvals: ["Grace Hopper"] },
        { release: idOf("b"), previousRelease: idOf("a"), from: "staging", approvals: ["Grace Hopper"] },
      ],
    );
    assert.deepEqual(world.deployed, [
      `promote shop ${short("a")} from dev`,
      `promote shop ${short("a")} from staging`,
      `promote shop ${short("b")} from dev`,
      `promote shop ${short("b")} from staging`,
    ]);
    // where it came without a promotion it was seen
    assert.deepEqual(
      log("dev").map(({ action, release, previousRelease, policy, health }) => ({
        action,
        release,
        previousRelease,
        policy,
        health,
      })),
      [
        { name: "a", previousRelease: null },
        { name: "b", previousRelease: idOf("a") },
      ].map(({ name, previousRelease }) => ({
        action: "seen",
        release: idOf(name),
        previousRelease,
        policy: null,
        health: { web: { state: "running", healthy: 2, wanted: 2 } },
      })),
    );
    // what is there already is not brought again
    assert.equal((await toProd({ approvedBy: [] })).outcome, "there already");
    assert.equal(world.deployed.length, 4);
    assert.equal(log("staging").length, 2);
    world.sick.add("prod");
    await toProd();
    world.sick.clear();
    await toProd({ named: { ...NOTHING_NAMED, failed: true } });
    world.byHand.add("prod");
    await toProd();
    assert.equal(world.deployed.length, 7);
  });

  it("shows what differs, and asks, unless it is not to", async () => {
    world.run("dev", "a");
    world.answer = false;
    const declined = await bring("dev", "staging", { yes: false });
    assert.deepEqual([declined.outcome, world.deployed, log("staging")], ["declined", [], []]);
    assert.equal(line("staging"), "compose: compose.yaml");
    assert.deepEqual(world.questions, [`promote shop ${short("a")} to staging?`]);
    assert.match(world.told, /config, dev → staging\n {2}spectrum:apps\.shop\.tier {2}lightsail → fargate\n/u);
    assert.doesNotMatch(world.told, /shop\.compose|shop\.release/u);
    world.answer = true;
    assert.equal((await bring("dev", "staging", { yes: false })).outcome, "succeeded");
    assert.equal(world.questions.length, 2);
    world.run("dev", "b");
    await bring("dev", "staging");
    assert.doesNotMatch(world.told, /shop\.compose|shop\.release/u);
  });

  it("is refused for what does not run, or is not healthy, where it comes from", async () => {
    assert.equal(await refused(() => bring("dev", "staging")), "the environment dev has not been deployed");
    world.run("dev", "a", "blog");
    assert.equal(await refused(() => bring("dev", "staging")), "shop does not run in dev");
    world.run("dev", "a");
    world.sick.add("dev");
    assert.match(
      await refused(() => bring("dev", "staging")),
      /^shop\/web is failing: it ends at once; a release is promoted from where it runs and is healthy: spectrum status --env dev$/u,
    );
  });

  it("is refused for an environment left out, an older release, one that failed there, and goes where that is named", async () => {
    world.run("dev", "a");
    const skip = { ...NOTHING_NAMED, skip: ["staging"] };
    const straight = (named = NOTHING_NAMED) => bring("dev", "prod", { approvedBy: ["Grace Hopper"], named });
    assert.match(await refused(() => straight()), /did not run in staging/u);
    assert.equal((await straight(skip)).outcome, "succeeded");
    assert.deepEqual(log("prod")[0]?.named, { skip: ["staging"], older: false, failed: false });

    await bring("dev", "staging");
    world.run("dev", "b");
    await bring("dev", "staging");
    world.run("dev", "a");
    assert.match(
      await refused(() => bring("dev", "staging")),
      new RegExp(`the release ${short("a")} is older than ${short("b")}`, "u"),
    );
    assert.equal((await bring("dev", "staging", { named: { ...NOTHING_NAMED, older: true } })).outcome, "succeeded");

    world.run("dev", "c");
    world.deployments.push({ outcome: "failed", errors: ["web: quota exceeded"] });
    assert.equal((await bring("dev", "staging")).outcome, "failed");
    assert.match(
      await refused(() => bring("dev", "staging")),
      /failed in staging on 2027-01-31T12:00:00\.000Z: the deployment failed: web: quota exceeded; .* --failed$/u,
    );
    assert.equal((await bring("dev", "staging", { named: { ...NOTHING_NAMED, failed: true } })).outcome, "succeeded");
  });

  it("is refused against the order, without the approvals, and for what a plan forbids: all before anything happens", async () => {
    world.run("dev", "a");
    assert.match(await refused(() => bring("staging", "dev")), /staging does not stand before dev/u);
    assert.match(await refused(() => bring("dev", "pord")), /has no file Pulumi\.pord\.yaml/u);
    world.planErrors = ["web breaks the rule image-digests", "the budget is exceeded"];
    assert.equal(await refused(() => bring("dev", "staging")), world.planErrors.join("\n"));
    world.planErrors = [];
    await bring("dev", "staging");
    for (const approvedBy of [[], ["Ada Lovelace"]])
      assert.match(await refused(() => toProd({ approvedBy })), /wants the approval of one other person/u);
  });

  it("goes app by app where apps are named, and is refused for one that is not in both", async () => {
    world.run("dev", "a");
    world.run("dev", "b", "blog");
    world.write(
      "Pulumi.dev.yaml",
      "config:\n  aws:region: us-east-1\n  spectrum:apps: { shop: { compose: a.yaml }, blog: { compose: b.yaml } }\n",
    );
    assert.match(
      await refused(() => bring("dev", "staging")),
      /^spectrum:apps\.blog: staging has no app blog; say in Pulumi\.staging\.yaml where it runs there/u,
    );
    assert.match(
      await refused(() => bring("dev", "staging", { apps: ["shp"] })),
      /^spectrum:apps\.shp: dev has no app shp, did you mean "shop"\?$/u,
    );
    assert.deepEqual((await bring("dev", "staging", { apps: ["shop", "shop"] })).releases, { shop: idOf("a") });
    world.write(
      "Pulumi.prod.yaml",
      "config:\n  aws:region: us-east-1\n  spectrum:apps:\n    shop: {}\n    blog: { tier: eks }\n",
    );
    const named = { ...NOTHING_NAMED, skip: ["staging"] };
    const { evidence } = await bring("dev", "prod", { named, approvedBy: ["Grace Hopper"] });
    assert.deepEqual(
      evidence.map(({ app, release }) => [app, release]),
      [
        ["blog", idOf("b")],
        ["shop", idOf("a")],
      ],
    );
    assert.equal(world.deployed.at(-1), `promote blog ${short("b")}, shop ${short("a")} from dev`);
    assert.ok(
      world
        .read("Pulumi.prod.yaml")
        .endsWith(`    shop: { release: ${idOf("a")} }\n    blog: { release: ${idOf("b")}, tier: eks }\n`),
    );
  });

  it("that fails keeps the new line and says why; the release before goes on, and it can be tried again or rolled back", async () => {
    world.run("dev", "a");
    await bring("dev", "staging");
    world.run("dev", "b");
    for (const [deployment, reason] of [
      [{ outcome: "failed", errors: ["web: quota", "api: quota"] }, "the deployment failed: web: quota; api: quota"],
      [{ outcome: "canceled" }, "the deployment was told to stop"],
      ["unseen", "it was deployed, and could not be looked at: the credentials have expired"],
    ] as const) {
      world.deployments.push(deployment);
      const { outcome, evidence } = await bring("dev", "staging", { named: { ...NOTHING_NAMED, failed: true } });
      assert.equal(outcome, "failed");
      assert.deepEqual(
        evidence.map(({ result, reason: why, previousRelease }) => ({ result, why, previousRelease })),
        [{ result: "failed", why: reason, previousRelease: idOf("a") }],
      );
      assert.equal(line("staging"), `release: ${idOf("b")}`);
    }
    world.sick.add("staging");
    const sick = await bring("dev", "staging", { named: { ...NOTHING_NAMED, failed: true } });
    assert.equal(sick.evidence[0]?.reason, "shop/web is failing: it ends at once");
    assert.deepEqual(sick.evidence[0]?.health, { web: { state: "failing", healthy: 0, wanted: 2 } });
    world.sick.clear();
    assert.equal((await back("staging")).outcome, "succeeded");
    assert.equal(line("staging"), `release: ${idOf("a")}`);
  });

  it("that cannot begin puts the file back, and leaves no line", async () => {
    world.run("dev", "a");
    world.deployments.push(new InputError([{ message: "the stack is locked by Grace", location: null }]));
    assert.equal(await refused(() => bring("dev", "staging")), "the stack is locked by Grace");
    assert.equal(line("staging"), "compose: compose.yaml");
    assert.equal(existsSync(join(world.root, "Pulumi.staging.yaml.new")), false);
  });

  it("is refused where there would be no evidence of it", async () => {
    world.run("dev", "a");
    world.write("evidence", "a file in the folder's place");
    assert.equal(
      await refused(() => bring("dev", "staging")),
      "the evidence log evidence/staging.jsonl cannot be written (EEXIST)",
    );
  });

  it("compares secrets where both environments have any, and goes on where it cannot", async () => {
    world.run("dev", "a");
    await bring("dev", "staging");
    assert.deepEqual(world.decrypted, []);
    world.run("dev", "b");
    await bring("dev", "staging");
    assert.deepEqual(world.decrypted, ["dev", "staging"]);
    world.passphrase = false;
    world.run("dev", "c");
    assert.equal((await bring("dev", "staging")).outcome, "succeeded");
    assert.match(world.told, /warning: the secrets could not be compared: no passphrase is given\n/u);
  });

  it("that finds another image than the release's has failed", async () => {
    world.run("dev", "a");
    const status = world.status.bind(world);
    world.status = async (stack, apps) => {
      const seen = await status(stack, apps);
      return stack.environment === "dev"
        ? seen
        : seen.map((one) => ({ ...one, running: { healthy: 2, images: [{ digest: `sha256:${idOf("x")}` }] } }));
    };
    const { evidence } = await bring("dev", "staging");
    assert.equal(
      evidence[0]?.reason,
      `shop/web runs sha256:${idOf("x")}, and the release names sha256:${idOf("a's image")}`,
    );
  });

  describe("and the way back", () => {
    beforeEach(async () => {
      for (const name of ["a", "b", "c"]) {
        world.run("dev", name);
        await bring("dev", "staging");
      }
    });

    it("goes to the release before, and further back with each rollback", async () => {
      assert.equal((await back("staging")).releases.shop, idOf("b"));
      assert.equal((await back("staging")).releases.shop, idOf("a"));
      assert.equal(line("staging"), `release: ${idOf("a")}`);
      assert.match(
        await refused(() => back("staging")),
        /^shop: no release has succeeded in staging before the one that serves/u,
      );
      assert.deepEqual(
        log("staging")
          .slice(-1)
          .map(({ action, from, release, previousRelease, configDifference }) => ({
            action,
            from,
            release,
            previousRelease,
            configDifference,
          })),
        [{ action: "rollback", from: null, release: idOf("a"), previousRelease: idOf("b"), configDifference: null }],
      );
      assert.equal(world.deployed.at(-1), `rollback shop ${short("a")}`);
    });

    it("goes to the release that is named, by its first digits too, where it succeeded there and its file is there", async () => {
      assert.equal((await back("staging", { to: short("a") })).releases.shop, idOf("a"));
      assert.equal((await back("staging", { to: idOf("a") })).outcome, "there already");
      assert.match(await refused(() => back("staging", { to: idOf("x") })), /never succeeded in staging/u);
      world.files.delete(idOf("b"));
      assert.match(await refused(() => back("staging", { to: idOf("b") })), /releases\/shop has no file/u);
      assert.match(await refused(() => back("staging", { to: "" })), /^--to : several releases begin so: /u);
    });

    it("wants the approvals that the environment wants, and asks", async () => {
      for (const name of ["a", "b"]) {
        world.run("staging", name);
        await toProd({ named: { ...NOTHING_NAMED, older: true } });
      }
      assert.match(await refused(() => back("prod")), /wants the approval of one other person/u);
      const { outcome } = await back("prod", { approvedBy: ["Grace Hopper"], yes: false });
      assert.equal(outcome, "succeeded");
      assert.deepEqual(world.questions, [`rollback shop ${short("a")} to prod?`]);
    });

    it("tries a release that failed at last only where that is named", async () => {
      world.deployments.push({ outcome: "failed", errors: ["quota"] });
      assert.equal((await back("staging")).outcome, "failed");
      // between two releases, it goes to the one that served
      assert.equal((await back("staging")).releases.shop, idOf("c"));
      assert.match(await refused(() => back("staging", { to: idOf("b") })), /failed in staging .* --failed$/u);
      assert.equal((await back("staging", { to: idOf("b"), failed: true })).outcome, "succeeded");
    });

    it("asks which app, where there are several", async () => {
      world.write("Pulumi.staging.yaml", "config:\n  spectrum:apps: { shop: {}, blog: {} }\n");
      assert.match(
        await refused(() => back("staging")),
        /staging has the apps blog, shop; name the one that goes back: --app NAME$/u,
      );
      assert.match(
        await refused(() => back("staging", { app: "blgo" })),
        /staging has no app blgo, did you mean "blog"\?$/u,
      );
      assert.equal((await back("staging", { app: "shop" })).releases.shop, idOf("b"));
    });
  });

  it("tells of damaged evidence, and goes on", async () => {
    world.run("dev", "a");
    await bring("dev", "staging");
    world.write("evidence/staging.jsonl", `${world.read("evidence/staging.jsonl")}{"cut":\n`);
    world.run("dev", "b");
    assert.equal((await bring("dev", "staging")).outcome, "succeeded");
    assert.match(world.told, /warning: evidence\/staging\.jsonl:2: the line is no JSON/u);
  });
});
