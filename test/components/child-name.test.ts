import assert from "node:assert/strict";
import fc from "fast-check";
import { childName } from "../../components/names";

describe("a child's logical name", () => {
  it("is the parts with hyphens, as long as AWS takes what comes of it", () => {
    assert.equal(childName("shop", "web", "execution"), "shop-web-execution");
    assert.equal(childName("shop", "my_svc"), "shop-my_svc");
  });

  it("ends with a hash where it had to be changed, so that two names never become one", () => {
    assert.match(childName("shop", "a.b"), /^shop-a-b-[0-9a-f]{6}$/u);
    assert.notEqual(childName("shop", "a.b"), childName("shop", "a:b"));
    const long = "x".repeat(80);
    assert.equal(childName("shop", long, "task").length, 56);
    assert.notEqual(childName("shop", long, "task"), childName("shop", long, "execution"));
  });

  it("is a name for AWS whatever the parts are", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }), (parts) => {
        const name = childName("shop", ...parts);
        assert.match(name, /^[A-Za-z0-9_-]{1,56}$/u);
      }),
    );
  });
});
