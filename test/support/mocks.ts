/**
 * Pulumi's own mocks, strict: a function (or remote component) that the test does not name throws, and is remembered,
 * for the SDK hides the message; the config is reset on each set-up. Outputs are known (an `up`) unless `preview` is set.
 *
 *     const mocks = await useMocks({ calls: { "aws:index/getRegion:getRegion": { region: "us-east-1" } } });
 *     const shop = new Shop("shop", { … });
 *     await mocks.settled();                       // all registered; throws what was refused or floated
 *     mocks.one("aws:ecs/service:Service").inputs
 *     await valueOf(shop.url)
 */
import assert from "node:assert/strict";

import * as pulumi from "@pulumi/pulumi";

export interface MockOptions {
  readonly project?: string;
  readonly stack?: string;
  readonly preview?: boolean;
  /** By full key; `aws:region` is `us-east-1` unless given. */
  readonly config?: Readonly<Record<string, string>>;
  readonly secretConfigKeys?: readonly string[];
  /** Answers of provider functions, by token. */
  readonly calls?: Readonly<
    Record<string, Readonly<Record<string, unknown>> | ((inputs: Record<string, unknown>) => Record<string, unknown>)>
  >;
  /** Outputs besides the inputs, by type; a remote component must be named here. */
  readonly outputs?: Readonly<
    Record<string, (resource: { readonly name: string; readonly inputs: Record<string, unknown> }) => object>
  >;
}

export interface MockedResource {
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly provider: string | undefined;
  /** Secrets arrive wrapped: see `isSecret`. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What the mocks saw. */
export class Mocked implements pulumi.runtime.Mocks {
  readonly resources: MockedResource[] = [];
  /** Functions and components that the test did not name. */
  readonly unknown: string[] = [];

  constructor(private readonly options: MockOptions) {}

  newResource(args: pulumi.runtime.MockResourceArgs): pulumi.runtime.MockResourceResult {
    const inputs = args.inputs as Record<string, unknown>;
    const outputs = this.options.outputs?.[args.type];
    if (!outputs && REMOTE.test(args.type)) return this.refuse(`the remote component ${args.type}`);
    this.resources.push({
      type: args.type,
      name: args.name,
      custom: args.custom === true,
      provider: args.provider,
      inputs,
    });
    const made = { arn: `arn:aws:mock:us-east-1:123456789012:${args.name}`, ...outputs?.({ name: args.name, inputs }) };
    return { id: this.options.preview ? undefined : `${args.name}-id`, state: { ...made, ...inputs } };
  }

  call(args: pulumi.runtime.MockCallArgs): pulumi.runtime.MockCallResult {
    const answer = this.options.calls?.[args.token];
    if (!answer) return this.refuse(`the function ${args.token}`);
    return typeof answer === "function" ? answer(args.inputs as Record<string, unknown>) : answer;
  }

  all(type: string): readonly MockedResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  one(type: string, name?: string): MockedResource {
    const found = this.all(type).filter((resource) => name === undefined || resource.name === name);
    const there = this.resources.map((resource) => `${resource.type} ${resource.name}`).join("\n");
    assert.equal(found.length, 1, `${found.length} resources are ${type} ${name ?? ""}; there are\n${there}`);
    return found[0]!;
  }

  /** Waits until nothing new appears; throws if the program asked for something that the test does not name. */
  async settled(): Promise<void> {
    for (let seen = -1; seen !== this.resources.length;) {
      seen = this.resources.length;
      await pulumi.runtime.disconnect();
      for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
    }
    assert.deepEqual(this.unknown, [], `the mocks of this test do not name ${this.unknown.join(", ")}`);
  }

  private refuse(what: string): never {
    this.unknown.push(what);
    throw new Error(`the mocks of this test do not name ${what}`);
  }
}

const REMOTE = /^(awsx|eks):/;
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Sets Pulumi's mocks for the test that runs, and its config. */
export async function useMocks(options: MockOptions = {}): Promise<Mocked> {
  const mocked = new Mocked(options);
  const { project = "spectrum", stack = "dev", preview = false } = options;
  await pulumi.runtime.setMocks(mocked, project, stack, preview, "organization");
  pulumi.runtime.setAllConfig({ "aws:region": "us-east-1", ...options.config }, [...(options.secretConfigKeys ?? [])]);
  return mocked;
}

/** True for an input that was given as a secret. */
export function isSecret(input: unknown): boolean {
  return typeof input === "object" && input !== null && (input as Record<string, unknown>)[SIGNATURE] === SECRET;
}

/** The value of an output; undefined where it is unknown. */
export function valueOf<T>(output: pulumi.Input<T>): Promise<pulumi.Unwrap<T> | undefined> {
  return new Promise((resolve, reject) => {
    const whole = pulumi.output(output) as unknown as {
      promise(): Promise<pulumi.Unwrap<T>>;
      isKnown: Promise<boolean>;
    };
    Promise.all([whole.promise(), whole.isKnown]).then(([value, known]) => resolve(known ? value : undefined), reject);
  });
}
