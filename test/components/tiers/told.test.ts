/** What every tier says of itself, besides what it does. */
import assert from "node:assert/strict";
import { tierNames } from "../../../app/tiers";
import { tiers } from "../../../components/tiers";

const AWS = /^https:\/\/(?:docs\.aws\.amazon\.com|aws\.amazon\.com|kubernetes\.io)\//u;

describe("what a tier says of itself", () => {
  for (const name of tierNames) {
    const { responsibilities, scaling, start } = tiers[name];

    it(`${name}: who does each of eight things, with the page that says so`, () => {
      assert.equal(new Set(responsibilities.map(({ what }) => what)).size, 8);
      assert.equal(responsibilities.length, 8);
      for (const { how, source } of responsibilities) {
        assert.ok(how.length > 10);
        assert.match(source, AWS);
      }
    });

    it(`${name}: how far and how fast it grows, with the page that says so`, () => {
      assert.match(scaling.source, AWS);
      assert.match(start.source, AWS);
      assert.ok(scaling.max === null || scaling.max > 1);
      // what has no number of its own changes none by itself
      assert.ok(scaling.by !== "none" || (!scaling.automatic && !scaling.toZero));
    });
  }
});
