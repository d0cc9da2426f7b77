import assert from "node:assert/strict";
import fc from "fast-check";
import { formatProblem, type Problem } from "../../../app/finding";
import type { EvidenceEntry } from "../../../deploy/promote/evidence";
import { isOlder, rollbackTarget, serving } from "../../../deploy/promote/ledger";
import {
  approvalProblems,
  failedRefusals,
  type Named,
  NOTHING_NAMED,
  orderProblems,
  promotionRefusals,
  rollbackProblems,
  shortId,
} from "../../../deploy/promote/rules";
import { entry, failure, idOf } from "./entries";

const stages = ["dev", "staging", "prod"].map((name) => ({ name, approvals: 0 }));
const texts = (problems: readonly Problem[]) => problems.map(formatProblem);
const short = (name: string) => shortId(idOf(name));

/** `a b !c <a`: a and b succeeded, c failed, and it was rolled back to a. */
const ledger = (script: string): readonly EvidenceEntry[] =>
  script
    .split(" ")
    .filter(Boolean)
    .map((word) => {
      const release = word.replace(/^[<!]+/u, "");
      const action = word.startsWith("<") ? "rollback" : "promote";
      return (word.includes("!") ? failure : entry)({ release, action });
    });

describe("the ledger of an environment", () => {
  for (const [script, serves, back] of [
    ["", null, null],
    ["a", "a", null],
    ["a b c", "c", "b"],
    ["a b c <b", "b", "a"],
    ["a b c <a", "a", null],
    ["a b c <b d", "d", "b"],
    ["a b !c", "b", "b"],
    ["a !b", "a", "a"],
    ["!a", null, null],
    ["a b <!a", "b", "b"],
    ["a b !c c", "c", "b"],
    ["a a b b", "b", "a"],
    ["a b a", "a", "b"],
    // a rollback to what nothing is known of any more
    ["b <a", "a", "b"],
  ] as const) {
    it(`of ${script || "nothing"}: ${serves ?? "none"} serves, and a rollback goes to ${back ?? "none"}`, () => {
      const of = (name: string | null) => (name === null ? null : idOf(name));
      assert.equal(serving(ledger(script)), of(serves));
      assert.equal(rollbackTarget(ledger(script)), of(back));
    });
  }

  for (const [release, than, logs, older] of [
    ["a", "b", ["a b"], true],
    ["b", "a", ["a b"], false],
    ["a", "b", ["a b a"], true],
    ["a", "b", ["!a b a"], false],
    ["a", "b", ["a", "a b"], true],
    ["a", "b", ["b a", "a b"], false],
    ["a", "c", ["a b", ""], null],
  ] as const) {
    it(`says of ${release} and ${than} in ${logs.join(" | ")} that the first is older: ${older}`, () => {
      assert.equal(isOlder(idOf(release), idOf(than), logs.map(ledger)), older);
    });
  }
});

describe("the order of promotion", () => {
  for (const [from, to, skip, expected] of [
    ["dev", "staging", [], []],
    ["dev", "prod", ["staging"], []],
    [
      "prod",
      "dev",
      [],
      [
        "a release goes from an environment to a later one, and prod does not stand before dev: dev, staging, prod; " +
          "to go back to an earlier release: spectrum rollback --env dev",
      ],
    ],
    [
      "dev",
      "dev",
      [],
      [
        "a release goes from an environment to a later one, and dev does not stand before dev: dev, staging, prod; " +
          "to go back to an earlier release: spectrum rollback --env dev",
      ],
    ],
    [
      "dev",
      "prdo",
      [],
      ['spectrum:environments: prdo is no environment in the order of promotion, did you mean "prod"?'],
    ],
    ["dev", "staging", ["prod"], ["--skip prod: it does not stand between dev and staging, there is none"]],
    ["dev", "prod", ["stagin"], ['--skip stagin: it does not stand between dev and prod, did you mean "staging"?']],
  ] as const) {
    it(`from ${from} to ${to}${skip.map((name) => `, --skip ${name}`).join("")}`, () => {
      assert.deepEqual(texts(orderProblems(stages, from, to, skip)), expected);
    });
  }

  it("has to be there", () => {
    assert.deepEqual(texts(orderProblems([], "dev", "prod", [])), [
      "spectrum:environments: is missing; name the stacks in the order of promotion in Pulumi.yaml (docs/promotion.md)",
    ]);
  });
});

describe("what a promotion is refused for", () => {
  const refused = (release: string, logs: Readonly<Record<string, string>>, named: Partial<Named> = {}, from = "dev") =>
    texts(
      promotionRefusals(
        {
          app: "shop",
          release: idOf(release),
          from,
          to: "prod",
          stages,
          ledgers: Object.fromEntries(Object.entries(logs).map(([name, script]) => [name, ledger(script)])),
        },
        { ...NOTHING_NAMED, ...named },
      ),
    );
  const skips =
    `shop: the release ${short("a")} did not run in staging, which stands between dev and prod; ` +
    "promote it there first, or name the environment that it leaves out: --skip staging";
  const older =
    `shop: the release ${short("a")} is older than ${short("b")}, which serves in prod; ` +
    "go back with spectrum rollback --env prod, or name it: --older";
  const failed =
    `shop: the release ${short("a")} failed in prod on 2027-01-31T12:00:00.000Z: web did not become healthy; ` +
    "find out why first; to try it again, name it: --failed";

  it("an environment that it leaves out, unless the release has run there, or it is named", () => {
    assert.deepEqual(refused("a", {}), [skips]);
    assert.deepEqual(refused("a", { staging: "!a" }), [skips]);
    assert.deepEqual(refused("a", { staging: "a !a" }), [skips]);
    assert.deepEqual(refused("a", { staging: "a b" }), []);
    assert.deepEqual(refused("a", {}, { skip: ["staging"] }), []);
    assert.deepEqual(refused("a", {}, {}, "staging"), []);
  });

  it("an older release than the one that serves there, unless it is named", () => {
    const logs = { dev: "a b", staging: "a", prod: "b" };
    assert.deepEqual(refused("a", logs), [older]);
    assert.deepEqual(refused("a", logs, { older: true }), []);
    assert.deepEqual(refused("a", { ...logs, dev: "" }), []);
    assert.deepEqual(refused("a", { ...logs, prod: "!b" }), []);
    assert.deepEqual(refused("a", { staging: "a", prod: "a b" }), [older]);
    assert.deepEqual(refused("b", { dev: "a b", staging: "b", prod: "b a" }), []);
  });

  it("a release that failed there at last, unless it is named", () => {
    assert.deepEqual(refused("a", { staging: "a", prod: "!a" }), [failed]);
    assert.deepEqual(refused("a", { staging: "a", prod: "!a" }, { failed: true }), []);
    assert.deepEqual(refused("a", { staging: "a", prod: "!a a" }), []);
  });

  it("all of that at once", () => {
    assert.deepEqual(refused("a", { dev: "a b", prod: "b !a" }), [skips, older, failed]);
    assert.deepEqual(refused("a", { dev: "a b", prod: "b !a" }, { skip: ["staging"], older: true, failed: true }), []);
  });
});

describe("what a rollback is refused for", () => {
  it("a release that never succeeded there", () => {
    const known = `shop: the release ${short("x")} never succeeded in prod: there are ${short("a")}, ${short("b")}; `;
    const rest = "spectrum history shows them; a release that has not been there is promoted";
    assert.deepEqual(texts(rollbackProblems("shop", "prod", idOf("x"), ledger("a b a !x"))), [known + rest]);
    assert.deepEqual(rollbackProblems("shop", "prod", idOf("a"), ledger("a b")), []);
    assert.match(texts(rollbackProblems("shop", "prod", idOf("a"), []))[0] ?? "", /: there is none; /);
  });

  it("a release that failed there at last, unless it is named", () => {
    const there = { app: "shop", release: idOf("a"), to: "prod", ledgers: { prod: ledger("a b !a") } };
    assert.equal(failedRefusals(there, { failed: false }).length, 1);
    assert.deepEqual(failedRefusals(there, { failed: true }), []);
  });
});

describe("approvals", () => {
  const ada = "Ada Lovelace <ada@example.com>";
  for (const [wanted, given, wanting] of [
    [0, [], null],
    [1, ["Grace Hopper"], null],
    [1, [], "one other person, and got 0"],
    [1, ["ada lovelace"], "one other person, and ada lovelace brings the release, and does not count"],
    [1, ["ADA@example.com"], "one other person, and ADA@example.com brings the release, and does not count"],
    [1, ["ada lovelace", "Grace Hopper"], null],
    [2, ["Grace Hopper", "grace hopper "], "2 other people, and got 1"],
    [2, ["Grace Hopper <grace@example.com>", "grace@example.com"], "2 other people, and got 1"],
    [2, ["Grace Hopper", "Alan Turing"], null],
  ] as const) {
    it(`${wanted} wanted of others than Ada, by ${given.join(" and ") || "nobody"}`, () => {
      assert.deepEqual(
        texts(approvalProblems(wanted, given, ada)),
        wanting === null ? [] : [`the environment wants the approval of ${wanting}: give --approved-by NAME for each`],
      );
    });
  }
});

describe("the rules over any sequence of deployments, promotions and rollbacks", () => {
  const RELEASES = ["a", "b", "c", "d"].map(idOf);
  const names = stages.map(({ name }) => name);
  const step = fc.record({
    kind: fc.constantFrom("deploy", "promote", "promote", "rollback"),
    release: fc.constantFrom(...RELEASES),
    from: fc.nat(1),
    to: fc.integer({ min: 1, max: 2 }),
    succeeds: fc.boolean(),
    named: fc.record({
      skip: fc.constantFrom<readonly string[]>([], [], ["staging"]),
      older: fc.boolean(),
      failed: fc.boolean(),
    }),
  });

  /** What serves in each environment, kept apart from what the ledger says. */
  interface World {
    readonly ledgers: Record<string, EvidenceEntry[]>;
    readonly serves: Record<string, string | null>;
    readonly newest: Record<string, number>;
  }

  it("keep: what comes to prod has run in staging, is not older and did not fail there, unless that was named", () => {
    let [done, refusedSteps] = [0, 0];
    fc.assert(
      fc.property(fc.array(step, { minLength: 12, maxLength: 30 }), (steps) => {
        const world: World = {
          ledgers: { dev: [], staging: [], prod: [] },
          serves: { dev: null, staging: null, prod: null },
          newest: {},
        };
        const bring = (environment: string, release: string, action: EvidenceEntry["action"], succeeds: boolean) => {
          const line = { ...(succeeds ? entry : failure)({ release, action, environment }), release };
          world.ledgers[environment]?.push(line);
          if (succeeds) world.serves[environment] = release;
        };
        for (const { kind, release, from: fromPlace, to: toPlace, succeeds, named } of steps) {
          const [from = "", to = ""] = [names[fromPlace], names[toPlace]];
          if (kind === "deploy") {
            bring("dev", release, "seen", succeeds);
            if (succeeds) world.newest[release] ??= Object.keys(world.newest).length;
          } else if (kind === "rollback") {
            const ledger = world.ledgers[to] ?? [];
            const target = rollbackTarget(ledger);
            if (target === null) continue;
            // it goes to what ran healthy there, and never to what serves, unless an attempt has just failed
            assert.deepEqual(rollbackProblems("shop", to, target, ledger), []);
            assert.equal(target === world.serves[to], ledger.at(-1)?.result === "failed");
            bring(to, target, "rollback", succeeds);
          } else {
            // a promotion takes what serves in the environment that it comes from
            const running = world.serves[from];
            if (!running || orderProblems(stages, from, to, []).length > 0) continue;
            const promotion = { app: "shop", release: running, from, to, stages, ledgers: world.ledgers };
            if (promotionRefusals(promotion, named).length > 0) {
              refusedSteps++;
              continue;
            }
            done++;
            const before = world.serves[to];
            if (to === "prod" && !named.skip.includes("staging"))
              assert.ok(world.ledgers.staging?.some((line) => line.release === running && line.result === "succeeded"));
            const [age, ageBefore] = [world.newest[running], before ? world.newest[before] : undefined];
            if (!named.older && from === "dev" && age !== undefined && ageBefore !== undefined)
              assert.ok(age >= ageBefore);
            if (!named.failed)
              assert.notEqual(world.ledgers[to]?.findLast((line) => line.release === running)?.result, "failed");
            bring(to, running, "promote", succeeds);
          }
          for (const name of names) assert.equal(serving(world.ledgers[name] ?? []), world.serves[name]);
        }
      }),
      { numRuns: 300 },
    );
    assert.ok(done > 150 && refusedSteps > 150, `${done} promotions, ${refusedSteps} refused`);
  });
});
