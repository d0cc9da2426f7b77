/** What the environment and its apps say of signals, and what is wrong with it. */
import assert from "node:assert/strict";
import { z } from "zod";
import { readPlacement, type TierSettings } from "../../../app/config/placement";
import { readEnvironment } from "../../../app/config/read";
import { InputError } from "../../../app/finding";
import { alarmOf, type SignalsConfig } from "../../../app/signals/choice";
import { signalNames } from "../../../app/signals/signals";
import { tierNames } from "../../../app/tiers";
import { appOf, service } from "../../support/app";

const any = z.record(z.string(), z.unknown());
const settings = Object.fromEntries(tierNames.map((name) => [name, any])) as unknown as TierSettings;
const TOPIC = "arn:aws:sns:us-east-1:123456789012:alerts";
const SECRETS = '{"shop":{"HOOK":"x"},"$platform":{"OPS":"x"}}';

function read(environment: unknown, app: unknown, isProtected = false): SignalsConfig | null {
  const values = {
    "aws:region": "us-east-1",
    "spectrum:protected": String(isProtected),
    "spectrum:secrets": SECRETS,
    "spectrum:apps": JSON.stringify({ shop: { compose: "c", tier: "fargate", signals: app } }),
    ...(environment !== undefined && { "spectrum:signals": JSON.stringify(environment) }),
  };
  const config = readEnvironment({ stack: "dev", values, secretKeys: new Set(["spectrum:secrets"]) });
  return readPlacement(appOf([service("web")]), config, settings).signals;
}

function problems(environment: unknown, app: unknown): readonly string[] {
  try {
    read(environment, app);
  } catch (error) {
    if (error instanceof InputError) return error.problems.map(({ key, message }) => `${key}: ${message}`);
    throw error;
  }
  return [];
}

const defaults: SignalsConfig = { dashboard: true, alarms: {}, notify: [], secretsOf: "$platform", rollback: null };
const alarm = (above: number | null, minutes: number | null = null) => ({ above, below: null, minutes });

describe("the words on signals", () => {
  it("turn them on and off: the app's over the environment's, on without any where it is protected", () => {
    const cases: readonly (readonly [unknown, unknown, boolean, SignalsConfig | null])[] = [
      [undefined, undefined, false, null],
      [undefined, undefined, true, defaults],
      [undefined, true, false, defaults],
      [undefined, false, true, null],
      [false, undefined, true, null],
      [false, true, false, defaults],
      [true, false, true, null],
      [{}, undefined, false, defaults],
      [{ dashboard: false }, true, false, { ...defaults, dashboard: false }],
      [{ dashboard: false }, { dashboard: true }, false, defaults],
      [{ rollback: false }, { rollback: true }, false, { ...defaults, rollback: true }],
    ];
    for (const [environment, app, isProtected, wanted] of cases)
      assert.deepEqual(read(environment, app, isProtected), wanted, JSON.stringify([environment, app, isProtected]));
  });

  it("merge alarm by alarm; false is none, and true is those of the environment", () => {
    const environment = { alarms: { cpu: { above: 70 }, memory: false } };
    const alarms = (app: unknown) => read(environment, app)?.alarms;
    assert.deepEqual(alarms(true), { cpu: alarm(70), memory: null });
    assert.deepEqual(alarms({ alarms: true }), { cpu: alarm(70), memory: null });
    assert.deepEqual(alarms({ alarms: { cpu: { above: 60, minutes: 3 }, p95: true } }), {
      cpu: alarm(60, 3),
      memory: null,
      p95: alarm(null),
    });
    assert.equal(alarms({ alarms: false }), null);
    assert.equal(read({ alarms: false }, {})?.alarms, null);
    assert.deepEqual(read({ alarms: false }, { alarms: { cpu: true } })?.alarms, { cpu: alarm(null) });
  });

  it("tell topics and chats, whose secrets are those of who names them", () => {
    const environment = { notify: [TOPIC, { slack: "OPS" }] };
    const told = read(environment, true);
    assert.deepEqual(told?.notify, [
      { kind: "topic", arn: TOPIC },
      { kind: "slack", secret: "OPS" },
    ]);
    assert.equal(told.secretsOf, "$platform");
    const own = read(environment, { notify: [{ teams: "HOOK" }] });
    assert.deepEqual(own?.notify, [{ kind: "teams", secret: "HOOK" }]);
    assert.equal(own.secretsOf, "shop");
  });

  it("are refused with the place, what was got and what to do", () => {
    const app = "spectrum:apps.shop.signals";
    const cases: readonly (readonly [unknown, unknown, RegExp])[] = [
      [
        undefined,
        { alarms: { cpus: true } },
        new RegExp(`^${app}\\.alarms\\.cpus: unknown key; did you mean cpu\\? Allowed: 5xx, `, "u"),
      ],
      [
        undefined,
        { alarms: { cpu: 5 } },
        new RegExp(`^${app}\\.alarms\\.cpu: give false, or \\{ above, minutes \\}`, "u"),
      ],
      [
        undefined,
        { alarms: { cpu: { above: 5, below: 1 } } },
        new RegExp(`^${app}\\.alarms\\.cpu: an alarm has one threshold`, "u"),
      ],
      [
        undefined,
        { alarms: { cpu: { minutes: 2000 } } },
        new RegExp(`^${app}\\.alarms\\.cpu\\.minutes: got 2000; give at most 1440`, "u"),
      ],
      [
        undefined,
        { notify: ["mail@example.com"] },
        new RegExp(`^${app}\\.notify\\[0\\]: got "mail@example.com"; give the ARN of an SNS topic`, "u"),
      ],
      [
        undefined,
        { notify: [{ slack: "NONE" }] },
        new RegExp(
          `^${app}\\.notify\\[0\\]\\.slack: spectrum:secrets\\.shop has no NONE; set it to the webhook's URL: pulumi config set --secret`,
          "u",
        ),
      ],
      [
        { notify: [{ teams: "HOOK" }] },
        undefined,
        /^spectrum:signals\.notify\[0\]\.teams: spectrum:secrets\.\$platform has no HOOK/u,
      ],
      [
        { notify: [TOPIC.replace("us-east-1", "eu-west-1")] },
        undefined,
        /^spectrum:signals\.notify\[0\]: the topic is in eu-west-1, and alarms tell topics of their own region alone; give one in us-east-1$/u,
      ],
    ];
    for (const [environment, said, message] of cases) {
      const found = problems(environment, said);
      assert.equal(found.length, 1, found.join("\n"));
      assert.match(found[0]!, message);
    }
  });
});

describe("an alarm", () => {
  const of = (alarms: SignalsConfig["alarms"]) => ({ ...defaults, alarms });

  it("has the config's threshold, else that of what is measured, else the signal's; none without any", () => {
    assert.deepEqual(alarmOf("cpu", of({})), { comparison: "above", threshold: 80, minutes: 15 });
    assert.deepEqual(alarmOf("cpu", of({}), 50), { comparison: "above", threshold: 50, minutes: 15 });
    assert.deepEqual(alarmOf("cpu", of({ cpu: alarm(40, 2) }), 50), { comparison: "above", threshold: 40, minutes: 2 });
    const below = { above: null, below: 3, minutes: null };
    assert.deepEqual(alarmOf("requests", of({ requests: below })), { comparison: "below", threshold: 3, minutes: 5 });
    assert.equal(alarmOf("requests", of({})), null);
    assert.equal(alarmOf("connections", of({})), null);
    assert.equal(alarmOf("connections", of({}), 89)?.threshold, 89);
  });

  it("is none of what the config turns off", () => {
    assert.equal(alarmOf("cpu", of({ cpu: null })), null);
    for (const name of signalNames) assert.equal(alarmOf(name, of(null), 1), null);
  });
});
