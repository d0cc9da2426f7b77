/** Off hours: texts to the minutes of a week, and to the cron expressions that start and stop what has them. */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  eventBridgeCron,
  type Hours,
  minutesOn,
  parseHours,
  sameHours,
  switchesOf,
  unixCron,
  WEEK_MINUTES,
  weekMinutes,
  widened,
} from "../../app/hours";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
function hoursOf(...texts: string[]): Hours {
  const parsed = parseHours(texts);
  if ("wrong" in parsed) assert.fail(parsed.wrong);
  return parsed;
}
const crons = (hours: Hours) => switchesOf(hours).map((one) => `${one.on ? "on" : "off"} ${eventBridgeCron(one)}`);
const unix = (hours: Hours) => switchesOf(hours).map((one) => `${one.on ? "on" : "off"} ${unixCron(one)}`);

describe("off hours", () => {
  for (const [texts, hours, expressions] of [
    [
      ["mon-fri 07:00-20:00 Europe/Berlin"],
      65,
      ["on cron(0 7 ? * MON,TUE,WED,THU,FRI *)", "off cron(0 20 ? * MON,TUE,WED,THU,FRI *)"],
    ],
    [["daily 7:30-19:00 UTC"], 80.5, ["on cron(30 7 * * ? *)", "off cron(0 19 * * ? *)"]],
    [["mon,wed 09:00-12:00 UTC"], 6, ["on cron(0 9 ? * MON,WED *)", "off cron(0 12 ? * MON,WED *)"]],
    // the night of Sunday ends on Monday
    [["sat-sun 20:00-06:00 UTC"], 20, ["on cron(0 20 ? * SAT,SUN *)", "off cron(0 6 ? * MON,SUN *)"]],
    [["fri-mon 00:00-24:00 UTC"], 96, ["on cron(0 0 ? * FRI *)", "off cron(0 0 ? * TUE *)"]],
    [
      ["mon-fri 07:00-12:00 Asia/Kolkata", "mon-fri 11:00-18:00 Asia/Kolkata", "sat 10:00-14:00 Asia/Kolkata"],
      59,
      [
        "on cron(0 7 ? * MON,TUE,WED,THU,FRI *)",
        "on cron(0 10 ? * SAT *)",
        "off cron(0 14 ? * SAT *)",
        "off cron(0 18 ? * MON,TUE,WED,THU,FRI *)",
      ],
    ],
    // what touches is one window: nothing is stopped at noon
    [["mon 08:00-12:00 UTC", "mon 12:00-16:00 UTC"], 8, ["on cron(0 8 ? * MON *)", "off cron(0 16 ? * MON *)"]],
  ] as const)
    it(`reads ${texts.join(" and ")}: ${hours} hours a week`, () => {
      const parsed = hoursOf(...texts);
      assert.equal(weekMinutes(parsed), hours * 60);
      assert.deepEqual(crons(parsed), expressions);
    });

  it("counts Sunday as 0 for EC2 Auto Scaling", () => {
    assert.deepEqual(unix(hoursOf("sat-sun 20:00-06:00 UTC")), ["on 0 20 * * 0,6", "off 0 6 * * 0,1"]);
    assert.deepEqual(unix(hoursOf("daily 07:05-20:00 UTC")), ["on 5 7 * * *", "off 0 20 * * *"]);
  });

  for (const [texts, wrong] of [
    [
      ["07:00-20:00 UTC"],
      /^got "07:00-20:00 UTC"; give days, times and a time zone: mon-fri 07:00-20:00 Europe\/Berlin$/u,
    ],
    [["mon-fri 07:00-20:00"], /^got "mon-fri 07:00-20:00"; name the time zone too/u],
    [["mon-fry 07:00-20:00 UTC"], /mon-fry are no days; give daily, mon-fri or mon,wed,sat$/u],
    [["mon-tue-wed 07:00-20:00 UTC"], /mon-tue-wed are no days/u],
    [["mon 07:60-20:00 UTC"], /give times from 00:00 to 23:59; 24:00 ends a day$/u],
    [["mon 24:00-20:00 UTC"], /give times from 00:00/u],
    [["mon 07:00-25:00 UTC"], /give times from 00:00/u],
    [["mon 07:00-07:00 UTC"], /it ends when it begins; for the whole day say 00:00-24:00$/u],
    [["mon 07:00-20:00 Europe/Berln"], /there is no time zone Europe\/Berln; give an IANA name/u],
    [["mon 07:00-20:00 +01:00"], /there is no time zone \+01:00/u],
    [["mon 07:00-20:00 europe/berlin"], /there is no time zone europe\/berlin/u],
    [["daily 00:00-24:00 UTC"], /^that is the whole week; leave hours out$/u],
    [
      ["mon 07:00-20:00 UTC", "tue 07:00-20:00 Europe/Berlin"],
      /^got times of UTC and of Europe\/Berlin; give them all in one/u,
    ],
    [[], /^got nothing; give days/u],
  ] as const)
    it(`refuses ${JSON.stringify(texts)}`, () => {
      const parsed = parseHours(texts);
      assert.match("wrong" in parsed ? parsed.wrong : "it is taken", wrong);
    });

  it("begins earlier and ends later for what takes time to start", () => {
    const wide = widened(hoursOf("mon,wed 07:00-20:00 UTC"), 15, 5)!;
    assert.deepEqual(crons(wide), ["on cron(45 6 ? * MON,WED *)", "off cron(5 20 ? * MON,WED *)"]);
    const overMidnight = widened(hoursOf("mon 00:05-23:58 UTC"), 15, 5)!;
    assert.deepEqual(crons(overMidnight), ["on cron(50 23 ? * SUN *)", "off cron(3 0 ? * TUE *)"]);
    assert.equal(widened(hoursOf("daily 00:10-23:58 UTC"), 15, 5), null, "nothing is left of the night");
    assert.ok(sameHours(wide, wide) && !sameHours(wide, null) && sameHours(null, null));
  });

  const time = fc.integer({ min: 0, max: 1439 });
  const text = (minute: number) => `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, "0")}`;
  const window = fc
    .tuple(fc.subarray(DAYS, { minLength: 1 }), time, time)
    .filter(([, from, to]) => from !== to)
    .map(([days, from, to]) => ({ days, from, to, text: `${days.join(",")} ${text(from)}-${text(to)} Europe/Berlin` }));

  it("runs by its expressions in exactly the minutes that the windows name", () => {
    fc.assert(
      fc.property(fc.array(window, { minLength: 1, maxLength: 4 }), (windows) => {
        const wanted = new Set<number>();
        for (const { days, from, to } of windows)
          for (const day of days)
            for (let at = from; at % 1440 !== to; at++) wanted.add((DAYS.indexOf(day) * 1440 + at) % WEEK_MINUTES);
        const parsed = parseHours(windows.map((one) => one.text));
        if (wanted.size === WEEK_MINUTES) return assert.ok("wrong" in parsed);
        if ("wrong" in parsed) assert.fail(parsed.wrong);
        assert.equal(weekMinutes(parsed), wanted.size);
        const switches = switchesOf(parsed);
        for (const [minute, { on, days }] of switches.flatMap((one) =>
          one.days.map((day) => [one.minute + day * 1440, one] as const),
        )) {
          assert.equal(wanted.has(minute), on, "it changes to what the windows say");
          assert.equal(wanted.has((minute + WEEK_MINUTES - 1) % WEEK_MINUTES), !on, "and was the other before");
          assert.ok(days.length > 0);
        }
        for (const cron of [eventBridgeCron, unixCron])
          assert.equal(minutesOn(switches.map((one) => ({ on: one.on, cron: cron(one) }))), wanted.size);
      }),
      { numRuns: 60 },
    );
  });

  it("is read back from expressions of this form alone", () => {
    assert.equal(
      minutesOn([
        { on: true, cron: "cron(0 7 1 * ? *)" },
        { on: false, cron: "cron(0 9 * * ? *)" },
      ]),
      null,
    );
    assert.equal(
      minutesOn([
        { on: true, cron: "rate(1 hour)" },
        { on: false, cron: "cron(0 9 * * ? *)" },
      ]),
      null,
    );
    assert.equal(minutesOn([{ on: true, cron: "cron(0 7 * * ? *)" }]), null, "nothing stops it");
    assert.equal(minutesOn([]), null);
    assert.equal(minutesOn([{ on: false, cron: "0 9 * * *" }]), 0, "nothing starts it");
  });
});
