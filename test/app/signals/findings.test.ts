/** What is said of signals that are asked for by name. */
import assert from "node:assert/strict";
import type { SignalsConfig } from "../../../app/signals/choice";
import { noEntry } from "../../../app/signals/entry";
import { signalFindings, type TierSignals } from "../../../app/signals/findings";
import { metric, missing } from "../../../app/signals/measure";
import { appOf, placementOf, service } from "../../support/app";

const app = appOf([service("web"), service("worker")]);
const config: SignalsConfig = { dashboard: true, alarms: {}, notify: [], secretsOf: "$platform", rollback: null };
const cpu = metric({ namespace: "AWS/ECS", name: "CPUUtilization", dimensions: {}, stat: "Average" });
const none = missing("nobody counts them", "place the app elsewhere");
const tier: TierSignals = {
  measures: {
    web: { ...noEntry("nothing stands before it", "publish it"), cpu, restarts: none },
    worker: { ...noEntry("it is not published", "publish it"), cpu: none, restarts: none },
  },
  backing: [],
  rollsBack: true,
};
const asked = { above: null, below: null, minutes: null };
const said = (signals: SignalsConfig | null, of: TierSignals = tier) =>
  signalFindings({ app, placement: placementOf(app, { signals }) }, of).map(
    ({ service: owner, key, outcome, reason, remedy }) => [owner, key, outcome, reason, remedy],
  );

describe("the findings of signals", () => {
  it("are none where nobody asks by name, where a service has it, and where they are off", () => {
    assert.deepEqual(said(config), []);
    assert.deepEqual(said({ ...config, alarms: { cpu: asked, restarts: null } }), []);
    assert.deepEqual(said(null), []);
  });

  it("are a change for each that is asked for and that nothing has, with the first reason and what to do", () => {
    assert.deepEqual(said({ ...config, alarms: { restarts: asked, queueAge: asked } }), [
      [
        null,
        "signals.alarms.restarts",
        "changed",
        "restarts has no alarm here: nobody counts them",
        "place the app elsewhere",
      ],
      [
        null,
        "signals.alarms.queueAge",
        "changed",
        "age of the oldest message has no alarm here: the app has nothing that it would be measured of",
        "leave the key out",
      ],
    ]);
  });

  it("are one for a rollback that is asked for and that the tier cannot do", () => {
    const wanted = { ...config, rollback: true };
    assert.deepEqual(said(wanted), []);
    const [[, key, outcome] = []] = said(wanted, { ...tier, rollsBack: false });
    assert.deepEqual([key, outcome], ["signals.rollback", "changed"]);
    assert.deepEqual(said(config, { ...tier, rollsBack: false }), []);
  });

  it("are one where nothing at all is measured", () => {
    const dark = { ...tier, measures: { web: { cpu: none } } };
    assert.deepEqual(said(config, dark), [
      [null, "signals", "changed", "no dashboard and no alarms: nobody counts them", "place the app elsewhere"],
    ]);
  });
});
