/**
 * One app from every tier to every other one under Pulumi's real engine: a walk in one stack that takes each of the 56 ordered
 * pairs once, each step a change of one config value.
 */
import assert from "node:assert/strict";

import { tierNames, type TierName } from "../../app/tiers";
import { domainCase } from "./cases";
import type { Tools } from "./engine";
import { EngineStack, findTools } from "./engine";
import { Cloud, type Done, UNLUCKY } from "./stand-in/cloud";
import { isAsPlanned, nothingLeft, succeeded } from "./steps";

const RECORD = "aws:route53/record:Record";
const RULE = "aws:lb/listenerRule:ListenerRule";
const NAME = "shop.example.com";

type Pair = readonly [TierName, TierName];

/** A walk from the first tier back to it that takes every ordered pair once (Hierholzer's way: all degrees are even). */
function everyPair(tiers: readonly TierName[]): readonly Pair[] {
  const open = new Map(tiers.map((from) => [from, tiers.filter((to) => to !== from)]));
  const path = tiers.slice(0, 1);
  const walk: TierName[] = [];
  for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
    const next = open.get(at)?.shift();
    if (next !== undefined) path.push(next);
    else walk.unshift(...path.splice(-1));
  }
  return walk.slice(1).map((to, i): Pair => [walk[i] ?? to, to]);
}

const PAIRS = everyPair(tierNames);

it("the walk over the tiers takes each ordered pair once, without a gap", () => {
  assert.equal(PAIRS.length, tierNames.length * (tierNames.length - 1));
  assert.equal(new Set(PAIRS.map((pair) => pair.join())).size, PAIRS.length);
  for (const [i, [from]] of PAIRS.entries()) if (i > 0) assert.equal(from, PAIRS[i - 1]?.[1]);
});

describe("engine from tier to tier", function () {
  this.timeout(600_000);
  this.bail(true);
  let tools: Tools;
  let stack: EngineStack | undefined;
  const cloud = new Cloud({ slow: UNLUCKY });

  before(function () {
    const found = findTools();
    if (found) tools = found;
    else this.skip();
  });
  after(() => stack?.close());

  it(`comes up on ${tierNames[0]}`, async () => {
    stack = await EngineStack.open(tools, cloud, domainCase(tierNames[0]));
    succeeded(await stack.up());
    await isAsPlanned(stack);
  });

  for (const [from, to] of PAIRS) {
    it(`goes from ${from} to ${to}`, async () => {
      assert.ok(stack);
      const before = cloud.log.length;
      stack.configure(domainCase(to).config);
      succeeded(await stack.up());
      await isAsPlanned(stack);
      const done = cloud.log.slice(before);
      movesBeforeTheOldGoes(done);
      assert.deepEqual(
        done.filter(isName).map(({ operation }) => operation),
        done.some(isName) ? ["update"] : [],
        "the name moves in place",
      );
    });
  }

  it("goes down, and leaves nothing", async () => {
    assert.ok(stack);
    const names = cloud.log.filter(isName);
    assert.equal(new Set(names.map(({ urn }) => urn)).size, 1, "the name had one URN, whatever the tier");
    succeeded(await stack.destroy());
    nothingLeft(cloud);
  });
});

const isName = ({ type, inputs }: Done): boolean => type === RECORD && inputs.name === NAME;

/** The name or its rule moves before the first of what runs the old tier's containers goes. */
function movesBeforeTheOldGoes(done: readonly Done[]): void {
  const move = done.findIndex(({ operation, type }) => operation === "update" && (type === RECORD || type === RULE));
  const gone = done.findIndex(({ operation, type }) => operation === "delete" && !REPLACED.has(type));
  const order = done.map(({ operation, type }) => `${operation} ${type}`).join(", ");
  assert.ok(move === -1 || gone === -1 || move < gone, `the old tier goes before the name moves: ${order}`);
}

/** What a new revision of the same thing replaces on the way. */
const REPLACED: ReadonlySet<string> = new Set(["aws:ssm/association:Association"]);
