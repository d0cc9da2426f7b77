/**
 * Runs a Pulumi program in this process, with no engine, no cloud and no credentials, and records every registration.
 */
import * as pulumi from "@pulumi/pulumi";
import { setMockOptions } from "@pulumi/pulumi/runtime/settings";

import type { RecordedResource, StackOutputs } from "./monitor";
import { RecordingMonitor } from "./monitor";
import { hasToken, secretToken } from "./tokens";
import type { PlanValue } from "./types";

export type { RecordedResource } from "./monitor";

export interface RecordOptions {
  readonly project: string;
  readonly stack: string;
  /** What `pulumi.getOrganization()` says; `organization` by default. */
  readonly organization?: string;
  /** By full key (`aws:region`), values as text: objects as JSON. */
  readonly config: Readonly<Record<string, string>>;
  /**
   * Keys of `config` whose values are secret. The program never sees such a value: each text in it is replaced by a token
   * that names the secret (`shop.DB_PASSWORD` in `spectrum:secrets`), unless the value holds such tokens already.
   */
  readonly secretConfigKeys: readonly string[];
  /** What `pulumi.runtime.isDryRun()` says; true by default. */
  readonly preview?: boolean;
  /** What another stack's outputs are taken to be, where the program has a reference to one. Default: none. */
  readonly stackOutputs?: StackOutputs;
  /** Strings that start with this folder are shown relative to it; the current folder by default. */
  readonly root?: string;
}

export interface Recording {
  /** In tree order: the stack, then each component's children after it, by URN. */
  readonly resources: readonly RecordedResource[];
  readonly outputs: Readonly<Record<string, PlanValue>>;
}

/** The program is one that the engine, or the plan, refuses: a defect of the program, not of its input. */
export class RecordingError extends Error {
  override readonly name = "RecordingError";
  /** `problems`: each once, in order. `recording`: what was registered all the same. */
  constructor(
    readonly problems: readonly string[],
    readonly recording: Recording,
    options?: ErrorOptions,
  ) {
    super(problems.join("\n"), options);
  }
}

let last: Promise<unknown> = Promise.resolve();

/**
 * Records a program. `program` is what a Pulumi program's body is, and returns the stack's outputs. Recordings in one
 * process run one after the other: the SDK's state is global.
 *
 * Throws what the program throws; a `RecordingError` with everything that is refused (a URN taken twice, a function or
 * remote component that the plan does not know, a secret in plain text, a piece of an unknown output, an error in an
 * `apply` or a transform).
 */
export function recordProgram(program: () => Promise<object | void>, options: RecordOptions): Promise<Recording> {
  const next = last.then(() => run(program, options));
  last = next.catch(() => undefined);
  return next;
}

async function run(program: () => Promise<object | void>, options: RecordOptions): Promise<Recording> {
  const { project, stack, config, secretConfigKeys } = options;
  const monitor = new RecordingMonitor({
    project,
    stack,
    root: options.root ?? process.cwd(),
    region: config["aws:region"],
    stackOutputs: options.stackOutputs,
  });
  setMockOptions(monitor, project, stack, options.preview ?? true, options.organization ?? "organization");
  pulumi.runtime.setAllConfig(withoutSecrets(config, secretConfigKeys), [...secretConfigKeys]);

  const rejections = catchRejections();
  const stacks = withoutUnreadStacks();
  let failure: { readonly error: unknown } | undefined;
  try {
    await pulumi.runtime.runInPulumiStack(() => {
      // the one hook that sees a property that has no value yet: the names of the outputs
      pulumi.runtime.registerStackTransformation(({ type, props }) => {
        monitor.noteProperties(type, props);
        return undefined;
      });
      return program();
    });
  } catch (error) {
    failure = { error };
  }
  try {
    await drain(monitor);
  } finally {
    monitor.close();
    await pulumi.runtime.disconnect();
    rejections.end();
    stacks.end();
  }

  const recording = { resources: treeOrder(monitor.resources), outputs: monitor.outputs };
  const problems = new Set(monitor.problems);
  if (failure && !problems.size && !rejections.errors.length) throw failure.error;
  for (const error of rejections.errors) {
    const message = errorMessage(error);
    if (error !== failure?.error && !monitor.problems.some((problem) => message.includes(problem)))
      problems.add(message);
  }
  if (failure && !monitor.problems.some((problem) => errorMessage(failure.error).includes(problem))) {
    if (!problems.size) throw failure.error;
    problems.add(errorMessage(failure.error));
  }
  if (problems.size) {
    throw new RecordingError([...problems], recording, { cause: failure?.error ?? rejections.errors[0] });
  }
  return recording;
}

/**
 * Waits until nothing new appears. The SDK's own wait ends too early: a resource that is made after an `apply` starts
 * when the wait is over. So: wait, let the event loop turn, and again, until a turn brings nothing.
 */
async function drain(monitor: RecordingMonitor): Promise<void> {
  for (let quiet = 0, seen = -1; quiet < 3;) {
    await waitForCalls();
    await new Promise((resolve) => setImmediate(resolve));
    quiet = monitor.activity === seen ? quiet + 1 : 0;
    seen = monitor.activity;
  }
}

function waitForCalls(): Promise<void> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the SDK keeps it out of its types
  const settings = require("@pulumi/pulumi/runtime/settings") as { waitForRPCs(): Promise<void> };
  return settings.waitForRPCs();
}

/**
 * The SDK lets rejections float (a failed registration, a throw in an `apply`); printed by Node, one takes half a minute
 * where its stack holds the SDK's large files. For the length of a recording they are collected here instead.
 */
function catchRejections(): { readonly errors: readonly unknown[]; end(): void } {
  const errors: unknown[] = [];
  const others = process.listeners("unhandledRejection");
  const listener = (error: unknown) => {
    if (!errors.includes(error)) errors.push(error);
  };
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", listener);
  return {
    errors,
    end() {
      process.removeListener("unhandledRejection", listener);
      for (const other of others) process.on("unhandledRejection", other);
    },
  };
}

/**
 * The SDK makes an error without a message for each resource and each promise, to read where it was written off its stack,
 * and tells an engine or a hunter of leaks. A plan tells nobody: such a stack stays empty, and no frame of any other is
 * looked up in a source map. Together that is half of a plan's time, and more the more resources.
 */
function withoutUnreadStacks(): { end(): void } {
  const { sourceMapsEnabled } = process as { readonly sourceMapsEnabled?: boolean };
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is given back as it was
  const { prepareStackTrace } = Error;
  process.setSourceMapsEnabled(false);
  Error.prepareStackTrace = (error, frames) => (error.message === "" ? "" : stackText(error, frames));
  return {
    end() {
      process.setSourceMapsEnabled(sourceMapsEnabled ?? false);
      if (prepareStackTrace) Error.prepareStackTrace = prepareStackTrace;
      else Reflect.deleteProperty(Error, "prepareStackTrace");
    },
  };
}

/** As V8 writes it. */
function stackText(error: Error, frames: readonly NodeJS.CallSite[]): string {
  // eslint-disable-next-line @typescript-eslint/no-base-to-string -- a frame prints itself
  return [String(error), ...frames.map((frame) => `    at ${frame.toString()}`)].join("\n");
}

/** The message alone: reading the stack of an error of the SDK's would print its source. */
function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function withoutSecrets(
  config: Readonly<Record<string, string>>,
  secretKeys: readonly string[],
): Record<string, string> {
  const result = { ...config };
  for (const key of secretKeys) {
    const value = config[key];
    if (value !== undefined && !hasToken(value)) result[key] = nameSecrets(value, key);
  }
  return result;
}

/** `{"shop":{"DB_PASSWORD":"…"}}` names its secrets by path; a text is named by its key. */
function nameSecrets(value: string, key: string): string {
  let document: unknown;
  try {
    document = JSON.parse(value);
  } catch {
    return secretToken(key);
  }
  if (typeof document !== "object" || document === null) return secretToken(key);
  const base = key.endsWith(":secrets") ? "" : key;
  return JSON.stringify(nameLeaves(document, base));
}

function nameLeaves(value: unknown, path: string): unknown {
  if (typeof value !== "object" || value === null) return secretToken(path);
  if (Array.isArray(value)) return value.map((item, i) => nameLeaves(item, `${path}[${i}]`));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, nameLeaves(item, path ? `${path}.${key}` : key)]),
  );
}

/** Parents before children, siblings by URN: the same order whatever order the program ran in. */
function treeOrder(resources: readonly RecordedResource[]): RecordedResource[] {
  const children = new Map<string | null, RecordedResource[]>();
  for (const resource of resources) {
    const siblings = children.get(resource.parent);
    if (siblings) siblings.push(resource);
    else children.set(resource.parent, [resource]);
  }
  const result: RecordedResource[] = [];
  const visit = (parent: string | null) => {
    const siblings = (children.get(parent) ?? []).sort((a, b) => (a.urn < b.urn ? -1 : 1));
    for (const resource of siblings) {
      result.push(resource);
      visit(resource.urn);
    }
  };
  visit(null);
  return result;
}
