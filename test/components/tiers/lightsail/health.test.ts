import assert from "node:assert/strict";
import fc from "fast-check";
import type { Healthcheck } from "../../../../app/model";
import { healthCheck, testUrl } from "../../../../components/tiers/lightsail/health";

const check = (over: Partial<Healthcheck> = {}): Healthcheck => ({
  test: ["CMD", "curl", "-f", "http://localhost/ok"],
  disabled: false,
  interval: null,
  timeout: null,
  retries: null,
  startPeriod: null,
  startInterval: null,
  ...over,
});

describe("lightsail: health check", () => {
  it("has Lightsail's own defaults where the file says nothing", () => {
    const plain = {
      path: "/",
      intervalSeconds: 5,
      timeoutSeconds: 2,
      healthyThreshold: 2,
      unhealthyThreshold: 2,
      successCodes: "200-499",
    };
    assert.deepEqual(healthCheck(null, "/"), plain);
    assert.deepEqual(healthCheck(check({ disabled: true, interval: 9 }), "/"), plain);
  });

  it("takes the file's times, rounded up", () => {
    const asked = healthCheck(check({ interval: 30.5, timeout: 10, retries: 4 }), "/ok");
    assert.deepEqual(
      [asked.path, asked.intervalSeconds, asked.timeoutSeconds, asked.unhealthyThreshold, asked.successCodes],
      ["/ok", 31, 10, 4, "200-399"],
    );
  });

  it("moves the interval up for a timeout that stands alone, and the timeout down below an interval", () => {
    assert.equal(healthCheck(check({ timeout: 20 }), "/").intervalSeconds, 21);
    assert.equal(healthCheck(check({ timeout: 20, interval: 10 }), "/").timeoutSeconds, 9);
  });

  it("finds the URL that a test asks", () => {
    assert.equal(testUrl(check()), "http://localhost/ok");
    assert.equal(
      testUrl(check({ test: ["CMD-SHELL", "wget -qO- 'https://127.0.0.1:8443/x' || exit 1"] })),
      "https://127.0.0.1:8443/x",
    );
    assert.equal(testUrl(check({ test: ["CMD", "pg_isready"] })), null);
    assert.equal(testUrl(check({ test: null })), null);
  });

  it("stays within AWS's limits whatever the file says", () => {
    const seconds = fc.option(fc.double({ min: 0, max: 100_000, noNaN: true }), { nil: null });
    fc.assert(
      fc.property(seconds, seconds, fc.option(fc.nat(1000), { nil: null }), (interval, timeout, retries) => {
        const planned = healthCheck(check({ interval, timeout, retries }), "/");
        assert.ok(planned.intervalSeconds >= 5 && planned.intervalSeconds <= 300);
        assert.ok(planned.timeoutSeconds >= 2 && planned.timeoutSeconds <= 60);
        assert.ok(planned.timeoutSeconds < planned.intervalSeconds);
        assert.ok(planned.unhealthyThreshold >= 2 && planned.unhealthyThreshold <= 10);
      }),
    );
  });
});
