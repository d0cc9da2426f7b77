/** What the grants name is there: every type that a plan has ever had, every action, every resource type. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { tierNames } from "../../../app/tiers";
import { knownLookups } from "../../../plan/lookups";
import { allowed, FURTHER } from "../../../plan/permissions/allowed";
import { arnStart, resourceTypesOf } from "../../../plan/permissions/authorization";
import { grants } from "../../../plan/permissions/grants";
import { lookupGrants } from "../../../plan/permissions/lookups";
import { readsOfSpectrum } from "../../../plan/permissions/reads";
import { free } from "../../../plan/prices/free";
import { pricers } from "../../../plan/prices/lines";
import { authorizationNow, PAGE, readCopy } from "../../support/authorization";
import { readText, root, trackedFiles } from "../../support/project";

/** Of every URN in the recorded previews of all examples on all tiers. */
function recordedTypes(): readonly string[] {
  const folder = join(root, "test/recorded");
  const urns = readdirSync(folder).flatMap(
    (file) => readText(`test/recorded/${file}`).match(/"urn:pulumi:[^"]+"/gu) ?? [],
  );
  return [...new Set(urns.map((urn) => urn.split("::")[2]?.split("$").at(-1) ?? ""))];
}

describe("the grants of a deployer's permissions", () => {
  it("are there for every resource of AWS that the examples have on a tier, or that has a price", () => {
    const recorded = recordedTypes();
    const types = [...recorded, ...free.keys(), ...Object.keys(pricers)].filter((type) => type.startsWith("aws:"));
    assert.ok(recorded.filter((type) => type.startsWith("aws:")).length > 60);
    assert.ok(new Set(types).size > 130);
    assert.deepEqual([...new Set(types)].filter((type) => !(type in grants)).sort(), []);
  });

  it("are there for every function that the program may call, and for every tier", () => {
    assert.deepEqual(Object.keys(lookupGrants).sort(), knownLookups());
    assert.deepEqual(Object.keys(readsOfSpectrum).sort(), [...tierNames].sort());
  });

  it("hold what the command itself asks AWS", () => {
    const files = (trackedFiles() ?? []).filter((file) => file.startsWith("deploy/") && file.endsWith(".ts"));
    const asked = files.flatMap((file) =>
      [...readText(file).matchAll(/new (\w+)Command\(/gu)].map(([, name = ""]) => name),
    );
    const granted = new Set(Object.values(readsOfSpectrum).flatMap((grant) => allowed(grant).map(({ name }) => name)));
    // whose credentials they are needs no permission
    assert.deepEqual(asked.filter((name) => name !== "GetCallerIdentity" && !granted.has(name)).sort(), []);
    if (files.length > 0)
      assert.deepEqual(
        [...granted].filter((name) => !asked.includes(name)),
        [],
      );
  });

  it("name actions that AWS's reference has, each once", () => {
    for (const grant of [...Object.values(grants), ...FURTHER]) {
      const names = allowed(grant).map(({ service, name }) => `${service}:${name}`);
      assert.deepEqual(
        allowed(grant).filter(({ service, name }) => resourceTypesOf(service, name) === null),
        [],
      );
      assert.deepEqual(names, [...new Set(names)]);
    }
  });

  it("give ARNs of the resource types that their actions are asked for", () => {
    for (const [type, grant] of Object.entries(grants)) {
      const asked = new Set(allowed(grant).flatMap(({ service, name }) => resourceTypesOf(service, name) ?? []));
      for (const key of Object.keys(grant.arns ?? {})) {
        assert.ok(asked.has(key), `${type} ${key}`);
        assert.match(arnStart(key) ?? "", /^arn:\$\{Partition\}:/u);
      }
    }
  });

  it("stand on AWS's reference as cfn-lint has it; npm run fix:authorization brings it up to date", function () {
    const copy = readCopy();
    if (!copy) this.skip();
    assert.deepEqual(JSON.parse(readText(PAGE)), authorizationNow(copy));
  });
});
