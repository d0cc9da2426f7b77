import assert from "node:assert/strict";
import fc from "fast-check";
import { namePrefix, parameterName, partitionOf, repositoryName, slug } from "../../components/names";

describe("names", () => {
  it("leave alone what AWS takes", () => {
    assert.equal(slug("web-1", 10), "web-1");
    assert.equal(repositoryName("spectrum-dev", "shop", "web"), "spectrum-dev/shop/web");
    assert.equal(parameterName("spectrum", "dev", "DB.PASS-1_x"), "/spectrum/dev/DB.PASS-1_x");
  });

  it("are within the limit, of plain characters, and never one for two texts", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.integer({ min: 8, max: 40 }), (a, b, max) => {
        const [one, two] = [slug(a, max), slug(b, max)];
        assert.match(one, /^[a-z0-9]+(-[a-z0-9]+)*$/);
        assert.ok(one.length <= max);
        assert.equal(one === two, a === b);
      }),
    );
  });

  it("are prefixes of six characters at most, which a hyphen ends", () => {
    fc.assert(fc.property(fc.string(), (text) => assert.match(namePrefix(text), /^[A-Za-z0-9]{1,5}-$/)));
    assert.deepEqual([namePrefix("web"), namePrefix("my-service"), namePrefix("_")], ["web-", "myser-", "x-"]);
  });

  it("know the partition of a region", () => {
    assert.deepEqual(["eu-west-1", "cn-north-1", "us-gov-west-1"].map(partitionOf), ["aws", "aws-cn", "aws-us-gov"]);
  });
});
