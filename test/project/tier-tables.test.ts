import assert from "node:assert/strict";
import { readText } from "../support/project";
import { PAGE, pageNow } from "../support/tier-tables";

describe("the tables of the tiers", () => {
  it("say what the tiers say of themselves; npm run fix:tiers brings them up to date", async () => {
    assert.equal(readText(PAGE), await pageNow());
  });
});
