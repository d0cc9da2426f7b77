import assert from "node:assert/strict";
import { Aws, awaitHealthy, type ServiceStatus, type State } from "../../../deploy/status";
import { nextRound, outcomeOf, startWatch } from "../../../deploy/status/await-healthy";
import { Asked, deployedShop, type OneService, PINNED, REGION } from "./support";

const statusOf = (state: State, service = "api", app = "shop"): ServiceStatus => ({
  app,
  service,
  tier: "fargate",
  state,
  wanted: { revision: "1", image: PINNED, count: 1 },
  running: { revision: "1", images: [], count: 1, healthy: 1 },
  entry: null,
  reasons: state === "running" ? [] : [`because ${state}`],
  events: [],
  logs: [],
  untold: [],
});

/** Rounds ten seconds apart, each the states of one or several services; what they come to, and after how many. */
function watch(rounds: readonly (readonly State[])[], timeToFail: Readonly<Record<string, number>> = { shop: 600 }) {
  let watched = startWatch(0);
  for (const [i, states] of rounds.entries()) {
    const statuses = states.map((state, n) => statusOf(state, `s${n}`));
    watched = nextRound(watched, statuses);
    const outcome = outcomeOf(watched, statuses, i * 10_000, timeToFail);
    if (outcome) return { healthy: outcome.healthy, failures: outcome.failures, rounds: i + 1 };
  }
  return null;
}

describe("the outcome check", () => {
  const one = (...states: readonly State[]) => states.map((state) => [state]);
  const cases: readonly (readonly [string, readonly (readonly State[])[], ReturnType<typeof watch>])[] = [
    ["healthy twice in a row is healthy", one("running", "running"), { healthy: true, failures: [], rounds: 2 }],
    ["once is not enough", one("running"), null],
    [
      "it is deployed first",
      one("deploying", "deploying", "running", "running"),
      { healthy: true, failures: [], rounds: 4 },
    ],
    ["healthy, lost and healthy again starts over", one("running", "deploying", "running"), null],
    [
      "a bad moment passes",
      one("failing", "failing", "deploying", "running", "running"),
      { healthy: true, failures: [], rounds: 5 },
    ],
    [
      "a rollback ends it at once",
      one("deploying", "rolled back"),
      { healthy: false, failures: ["shop/s0 on fargate is rolled back: because rolled back"], rounds: 2 },
    ],
    [
      "a crash loop ends it at the third time",
      one("failing", "failing", "failing", "failing"),
      { healthy: false, failures: ["shop/s0 on fargate is failing: because failing"], rounds: 3 },
    ],
    [
      "bad in several ways is bad",
      one("unknown", "failing", "stopped"),
      { healthy: false, failures: ["shop/s0 on fargate is stopped: because stopped"], rounds: 3 },
    ],
    [
      "another's revision ends it",
      one("changed", "changed", "changed"),
      { healthy: false, failures: ["shop/s0 on fargate is changed: because changed"], rounds: 3 },
    ],
    [
      "what cannot be asked ends it",
      one("unknown", "unknown", "unknown"),
      { healthy: false, failures: ["shop/s0 on fargate is unknown: because unknown"], rounds: 3 },
    ],
    [
      "all services must be healthy",
      [
        ["running", "deploying"],
        ["running", "running"],
        ["running", "running"],
      ],
      { healthy: true, failures: [], rounds: 3 },
    ],
    [
      "each at fault is named",
      [["running", "rolled back", "rolled back"]],
      {
        healthy: false,
        failures: [
          "shop/s1 on fargate is rolled back: because rolled back",
          "shop/s2 on fargate is rolled back: because rolled back",
        ],
        rounds: 1,
      },
    ],
    ["nothing deployed is healthy", [[]], { healthy: true, failures: [], rounds: 1 }],
  ];
  for (const [name, rounds, expected] of cases)
    it(`says that ${name}`, () => assert.deepEqual(watch(rounds), expected));

  it("gives an app its time to fail and no more, ten minutes without a word", () => {
    const deploying = Array.from({ length: 100 }, (): State[] => ["deploying"]);
    assert.deepEqual(watch(deploying, { shop: 60 }), {
      healthy: false,
      failures: ["shop/s0 on fargate is deploying: because deploying (not healthy within 60 s, the app's timeToFail)"],
      rounds: 7,
    });
    assert.equal(watch(deploying, {})?.rounds, 61);
    // the second look at what is running comes after the time
    assert.deepEqual(watch([...deploying.slice(0, 5), ["running"], ["running"]], { shop: 60 })?.healthy, true);
  });

  it("asks, waits, tells of changes and shows what was asked last, by the clock that it is given", async () => {
    const asked = await Asked.open();
    const api: OneService = {
      target: { tier: "lightsail", containerService: "shop", container: "api" },
      revision: "shop/4",
    };
    asked.fake.tell({
      "lightsail:GetContainerServices": (_input, time) => ({
        containerServices: [
          {
            state: time < 3 ? "DEPLOYING" : "RUNNING",
            currentDeployment: {
              version: 4,
              state: time < 3 ? "ACTIVATING" : "ACTIVE",
              containers: { api: { image: PINNED } },
            },
          },
        ],
      }),
      "lightsail:GetContainerServiceDeployments": { deployments: [] },
    });
    const aws = new Aws({ region: REGION });
    let now = 0;
    const clock = { now: () => now, sleep: (milliseconds: number) => Promise.resolve(void (now += milliseconds)) };
    const seen: State[] = [];
    try {
      const outcome = await awaitHealthy(aws, {
        deployed: deployedShop({ api }),
        clock,
        onChange: (statuses) => void seen.push(...statuses.map(({ state }) => state)),
      });
      assert.deepEqual([outcome.healthy, outcome.failures, outcome.statuses[0]?.state], [true, [], "running"]);
      assert.deepEqual(seen, ["deploying", "running"]);
      assert.equal(now, 30_000);
    } finally {
      aws.close();
      asked.close();
    }
  });
});
