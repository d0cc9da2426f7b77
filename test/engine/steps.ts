/** What the tests of the real engine ask of a stack after each step. */
import assert from "node:assert/strict";

import { planIn, SECRET_VALUE } from "./cases";
import { compare } from "./compare";
import type { EngineStack, Ran } from "./engine";
import { stateResources } from "./engine-resources";
import type { Cloud } from "./stand-in/cloud";

/** What is there after `up` is what the plan said, with every value filled in, and no secret in the open. */
export async function isAsPlanned(stack: EngineStack): Promise<void> {
  const plan = await planIn(stack.folder);
  const state = await stack.state();
  const { resources, inputs, differences } = compare(plan, stateResources(state, stack.constructs()), { made: true });
  assert.deepEqual(differences, []);
  console.log(`      ${resources} resources and ${inputs} inputs are there as planned`);
  assert.equal(JSON.stringify(state).includes(SECRET_VALUE), false, "the state shows a secret");
}

export function succeeded({ code, stdout, stderr }: Ran): void {
  const errors = `${stdout}\n${stderr}`.split("\n").filter((line) => /error|panic/iu.test(line));
  assert.equal(code, 0, errors.join("\n"));
  assert.equal((stdout + stderr).includes(SECRET_VALUE), false, "the output shows a secret");
}

/** After a destroy the cloud is empty. */
export function nothingLeft(cloud: Cloud): void {
  assert.deepEqual(
    cloud.everything.map(({ urn }) => urn),
    [],
  );
}

/** Where in a log the last operation on a type stands. */
export function place(log: Cloud["log"], operation: string, type: string): number {
  const found = log.findLastIndex((done) => done.operation === operation && done.type === type);
  assert.notEqual(found, -1, `no ${operation} of ${type} in ${log.map((d) => `${d.operation} ${d.type}`).join(", ")}`);
  return found;
}
