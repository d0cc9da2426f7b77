import assert from "node:assert/strict";
import fc from "fast-check";
import { acceptFindings, fitKeys, kept, parentKey, refused, ruleFor, type KeyTable } from "../../app/fit";
import { composeKeys } from "../../app/compose/keys";
import type { Finding } from "../../app/finding";
import { secretMark } from "../../app/value";
import { appOf, placementOf } from "../support/app";

const table = {
  "services.*.healthcheck": kept("all of it"),
  "services.*.healthcheck.interval": refused("too often", "less often"),
  "services.*.image": () => null,
} as unknown as KeyTable;
const found = (over: Partial<Finding>): Finding => ({
  app: "shop",
  service: "db",
  key: "volumes[0]",
  outcome: "refused",
  accepted: false,
  reason: "r",
  remedy: "m",
  location: null,
  ...over,
});

describe("ruleFor", () => {
  it("takes the key's own rule, else its nearest parent's", () => {
    assert.deepEqual(ruleFor(table, "services.*.healthcheck.interval"), refused("too often", "less often"));
    assert.deepEqual(ruleFor(table, "services.*.healthcheck.test"), kept("all of it"));
    assert.throws(() => ruleFor(table, "services.*.ports"), /no rule for the Compose key services\.\*\.ports/);
  });
  it("reaches the top from every key", () => {
    fc.assert(
      fc.property(fc.constantFrom(...composeKeys), (key) => {
        let at: string = key;
        for (let steps = 0; at !== "" && steps < 30; steps++) at = parentKey(at);
        assert.equal(at, "");
      }),
    );
    assert.equal(parentKey("services.*.ports[].target"), "services.*.ports[]");
    assert.equal(parentKey("services.*.ports[]"), "services.*.ports");
  });
});

describe("fitKeys", () => {
  it("makes one finding for each use with a word to say", () => {
    const location = { file: "compose.yaml", line: 3, column: 5 };
    const use = {
      service: "web",
      key: "healthcheck.interval",
      pattern: "services.*.healthcheck.interval",
      value: "1s",
      location,
    };
    const app = appOf([], { uses: [use, { ...use, key: "image", pattern: "services.*.image" }] });
    assert.deepEqual(fitKeys(table, { app, placement: placementOf(app) }), [
      {
        app: "shop",
        service: "web",
        key: "healthcheck.interval",
        outcome: "refused",
        accepted: false,
        reason: "too often",
        remedy: "less often",
        location,
      },
    ]);
  });
});

describe("fitKeys and secrets", () => {
  const verdict = (key: string, pattern: string, value: unknown) => {
    const app = appOf([], { uses: [{ service: "web", key, pattern, value, location: null }] });
    const any = { [pattern]: kept("fine") } as unknown as KeyTable;
    return fitKeys(any, { app, placement: placementOf(app) })[0]?.outcome;
  };
  const secret = `x-${secretMark("PW")}`;
  it("refuses a secret's variable where the value stays plain text", () => {
    assert.equal(verdict("image", "services.*.image", secret), "refused");
    assert.equal(verdict("labels.a", "services.*.labels.*", secret), "refused");
    assert.equal(verdict("cap_add", "services.*.cap_add", ["A", secret]), "refused");
  });
  it("leaves it to the tier where the value can be kept secret", () => {
    assert.equal(verdict("environment.A", "services.*.environment.*", secret), "kept");
    assert.equal(verdict("command", "services.*.command", ["a", secret]), "kept");
    assert.equal(verdict("build.args.A", "services.*.build.args.*", secret), "kept");
    assert.equal(verdict("image", "services.*.image", "nginx"), "kept");
  });
});

describe("acceptFindings", () => {
  const accepted = (name: string, finding: Finding) => acceptFindings([finding], [name]).findings[0]?.accepted;
  it("covers the key itself and what continues it with a dot or a bracket", () => {
    assert.equal(accepted("db.volumes", found({})), true);
    assert.equal(accepted("db.volumes[0]", found({})), true);
    assert.equal(accepted("db.volumes", found({ key: "volumes_from[0]" })), false);
    assert.equal(accepted("db.volumes", found({ service: "api" })), false);
    assert.equal(accepted("volumes.data", found({ service: null, key: "volumes.data.driver" })), true);
    assert.equal(accepted("db", found({})), true);
  });
  it("accepts refusals alone, and names what nothing needs", () => {
    const result = acceptFindings(
      [found({ outcome: "changed" }), found({ key: "ports" })],
      ["db.volumes", "db.ports", "x"],
    );
    assert.deepEqual(
      result.findings.map((f) => f.accepted),
      [false, true],
    );
    assert.deepEqual(result.unused, ["db.volumes", "x"]);
  });
});
