/** Every type of resource that Spectrum can register has a price, or a reason to have none. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import { free, isComponent } from "../../../plan/prices/free";
import { pricers } from "../../../plan/prices/lines";
import { urnType } from "../../../plan/urn";
import { root } from "../../support/project";

const sources = ["components", "stacks", "plan/remote"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(join(root, folder, file), "utf8")),
);

/** The tokens of the classes of the SDKs that the sources call `new` on. */
function constructed(): readonly string[] {
  const sdks: Readonly<Record<string, unknown>> = { aws, kubernetes };
  const calls = sources.flatMap((text) => [...text.matchAll(/\bnew (aws|kubernetes)((?:\.\w+)+)\(/gu)]);
  return calls.flatMap(([, sdk = "", path = ""]) => {
    const found = path
      .slice(1)
      .split(".")
      .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], sdks[sdk]);
    const token = (found as { __pulumiType?: string }).__pulumiType;
    // a custom resource's type is what it is told, and a provider's its package's
    return token?.includes(":") ? [token] : [];
  });
}

/** The tokens that stand in the sources as texts: what remote components make, and custom resources. */
const written = (): readonly string[] =>
  sources.flatMap((text) =>
    [...text.matchAll(/"((?:aws|awsx|eks|docker-build|pulumi|kubernetes):[\w./-]+:[A-Z]\w+)"/gu)].map(
      ([, token = ""]) => token,
    ),
  );

/** What the engine was seen to register. */
function recorded(): readonly string[] {
  const folder = join(root, "test/recorded");
  return readdirSync(folder).flatMap((file) => {
    const { resources } = JSON.parse(readFileSync(join(folder, file), "utf8")) as {
      resources: readonly { urn: string }[];
    };
    return resources.map(({ urn }) => urnType(urn));
  });
}

/** What is only looked up or typed, and never made. */
const NEVER_MADE = new Set([
  "aws:elasticache/cluster:Cluster",
  "aws:elasticache/serverlessCache:ServerlessCache",
  "aws:mq/broker:Broker",
]);

describe("the types of resources", () => {
  it("has a pricer or a reason for each that the sources name and the engine was seen to make, and not both", () => {
    const types = new Set([...constructed(), ...written(), ...recorded()]);
    assert.ok(types.size > 120, `${types.size} types were found`);
    const unknown = [...types].filter(
      (type) => !(type in pricers) && !free.has(type) && !isComponent(type) && !NEVER_MADE.has(type),
    );
    assert.deepEqual(unknown.sort(), []);
    assert.deepEqual(
      Object.keys(pricers).filter((type) => free.has(type)),
      [],
    );
  });
});
