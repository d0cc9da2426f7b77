/**
 * Runs components under the plan's recorder and finds what they registered. The recorder sees more than mocks do:
 * parents, dependencies, options, transforms, duplicate names; unknowns keep their origin. Use it for what a component
 * makes; use mocks.ts for what it does with values that are known (an `up`).
 *
 *     const made = await recordResources(() => new Shop("shop", { … }));
 *     const service = made.one("aws:ecs/service:Service");                       // the only one of its type
 *     const web = made.one("aws:ecs/taskDefinition:TaskDefinition", "shop-web"); // by type and name
 *     assert.deepEqual(web.inputs.cpu, "256");
 *     assert.deepEqual(service.inputs.taskDefinition, made.output(web, "arn"));  // { $output: "<urn>.arn" }
 *     assert.deepEqual(made.json(web, "containerDefinitions"), [ … ]);           // an input that is a JSON document
 *     assert.equal(made.parentOf(web).name, "shop");
 */
import assert from "node:assert/strict";

import type { RecordedResource, RecordOptions, Recording } from "../../plan/record";
import { recordProgram } from "../../plan/record";
import type { PlanValue } from "../../plan/types";

export interface TestRecordOptions extends Partial<RecordOptions> {
  /** By full key; `aws:region` is `us-east-1` unless given. */
  readonly config?: Readonly<Record<string, string>>;
}

/** What a test found registered. */
export class Recorded implements Recording {
  readonly resources: readonly RecordedResource[];
  readonly outputs: Readonly<Record<string, PlanValue>>;

  constructor(recording: Recording) {
    this.resources = recording.resources;
    this.outputs = recording.outputs;
  }

  /** All of a type, in tree order. */
  all(type: string): readonly RecordedResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** The only resource of the type (and name); an assertion that says what there is where it is not one. */
  one(type: string, name?: string): RecordedResource {
    const found = this.all(type).filter((resource) => name === undefined || resource.name === name);
    const there = this.resources.map((resource) => `${resource.type} ${resource.name}`).join("\n");
    assert.equal(found.length, 1, `${found.length} resources are ${type} ${name ?? ""}; there are\n${there}`);
    return found[0]!;
  }

  /** The only resource of the name, whatever its type. */
  named(name: string): RecordedResource {
    const found = this.resources.filter((resource) => resource.name === name);
    assert.equal(
      found.length,
      1,
      `${found.length} resources are called ${name}: ${found.map(({ type }) => type).join()}`,
    );
    return found[0]!;
  }

  byUrn(urn: string): RecordedResource {
    const found = this.resources.find((resource) => resource.urn === urn);
    assert.ok(found, `nothing has the urn ${urn}`);
    return found;
  }

  parentOf(resource: RecordedResource): RecordedResource {
    assert.ok(resource.parent, `${resource.name} has no parent`);
    return this.byUrn(resource.parent);
  }

  childrenOf(resource: RecordedResource): readonly RecordedResource[] {
    return this.resources.filter(({ parent }) => parent === resource.urn);
  }

  /** What stands in an input that takes this output. */
  output(resource: RecordedResource, property: string): { readonly $output: string } {
    return { $output: `${resource.urn}.${property}` };
  }

  /** An input that is a JSON document, parsed. */
  json<T = PlanValue>(resource: RecordedResource, property: string): T {
    const value = resource.inputs[property];
    assert.equal(typeof value, "string", `${resource.name}.${property} is no text: ${JSON.stringify(value)}`);
    return JSON.parse(value as string) as T;
  }

  /** The resources that must exist first, by name, sorted. */
  dependencyNames(resource: RecordedResource): readonly string[] {
    return resource.dependencies.map((urn) => this.byUrn(urn).name).sort();
  }
}

/**
 * Records what `body` makes, in a stack `dev` of the project `spectrum`. A record that `body` returns is the stack's
 * outputs; anything else (a component) is ignored. Throws as `recordProgram` does.
 */
export async function recordResources(body: () => unknown, options: TestRecordOptions = {}): Promise<Recorded> {
  const recording = await recordProgram(
    async () => {
      const result: unknown = await body();
      const plain = typeof result === "object" && result !== null && Object.getPrototypeOf(result) === Object.prototype;
      return plain ? result : undefined;
    },
    {
      project: "spectrum",
      stack: "dev",
      secretConfigKeys: [],
      ...options,
      config: { "aws:region": "us-east-1", ...options.config },
    },
  );
  return new Recorded(recording);
}
