/**
 * A Pulumi CLI for tests: an executable `pulumi` in a folder of its own that answers as it is told. It speaks the Automation
 * API's language with the real SDK, so that what is tested is all of Spectrum's side.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { HistoryEntry, OpMap, OpType } from "../../../deploy/engine";

/** What one run of an operation does. */
export interface FakeOperation {
  readonly events?: readonly Partial<EngineEvent>[];
  readonly changes?: OpMap;
  readonly stdout?: string;
  readonly stderr?: string;
  /** Default: 0. */
  readonly code?: number;
  /** What the stack exports after it. */
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** What `stack export` prints after it. */
  readonly state?: FakeState;
  /** It goes on until SIGINT comes, and ends with code 255 then; from its first event on it listens. */
  readonly untilInterrupted?: boolean;
  /** It goes on after SIGINT too. */
  readonly ignoresInterrupts?: boolean;
}

export interface FakeState {
  readonly version: 3;
  readonly deployment: Readonly<Record<string, unknown>>;
}

export interface FakeFailure {
  readonly stdout?: string;
  readonly stderr?: string;
  /** Default: 255. */
  readonly code?: number;
}

type Operations = Partial<Record<"up" | "preview" | "destroy" | "refresh", FakeOperation | readonly FakeOperation[]>>;

/** What the backend has of one stack. */
export interface FakeStack {
  /** Of a list, one for each run. */
  readonly operations?: Operations;
  /** By name; `{ secret: value }` is a secret. */
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** Secret config values by full key, decrypted. */
  readonly secretConfig?: Readonly<Record<string, string>>;
  readonly state?: FakeState;
  readonly history?: readonly Partial<HistoryEntry>[];
  /** By command: `stack export`, `up`. */
  readonly failures?: Readonly<Record<string, FakeFailure>>;
}

export interface FakeCli {
  readonly version?: string;
  /** By command, whatever the stack: `version`, `stack`, `stack init`. */
  readonly failures?: Readonly<Record<string, FakeFailure>>;
  /** What `stack init` makes. */
  readonly created?: FakeStack;
}

export interface FakeCall {
  readonly args: readonly string[];
  readonly cwd: string;
}

/** One backend and its CLI. Call `close` at the end. */
export class FakePulumi {
  private readonly folder = mkdtempSync(join(tmpdir(), "fake-pulumi-"));

  constructor(cli: FakeCli = {}) {
    mkdirSync(this.bin);
    const script = `#!/bin/sh\nexec "${process.execPath}" "${join(__dirname, "pulumi.js")}" "$@"\n`;
    writeFileSync(join(this.bin, "pulumi"), script, { mode: 0o755 });
    this.tell(cli);
  }

  /** The folder for PATH. */
  get bin(): string {
    return join(this.folder, "bin");
  }

  /** Variables for a process that is to find it. The fake's folder comes first on PATH. */
  get env(): Record<string, string> {
    return { FAKE_PULUMI: this.folder, PATH: [this.bin, process.env.PATH ?? ""].join(delimiter) };
  }

  tell(cli: FakeCli): void {
    writeFileSync(join(this.folder, "cli.json"), JSON.stringify(cli));
  }

  /** Makes a stack in the backend, or tells it anew. */
  stack(name: string, stack: FakeStack = {}): void {
    writeFileSync(join(this.folder, `stack.${name}.json`), JSON.stringify(stack));
  }

  /** What the CLI has been asked, in order; a signal as `["SIGINT"]`. */
  get calls(): readonly FakeCall[] {
    const file = join(this.folder, "calls.jsonl");
    if (!existsSync(file)) return [];
    return readFileSync(file, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as FakeCall);
  }

  /** The operations among the calls: `up`, `preview`, … */
  get operations(): readonly string[] {
    const names = new Set(["up", "preview", "destroy", "refresh", "cancel"]);
    return this.calls.flatMap(({ args: [first = ""] }) => (names.has(first) ? [first] : []));
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The folder of Node, for a PATH that has nothing else on it. */
export const nodeFolder = dirname(process.execPath);

export interface FakeStep {
  readonly op: OpType;
  readonly urn: string;
  readonly keys?: readonly string[];
  readonly diff?: Readonly<Record<string, string>>;
  readonly old?: Readonly<Record<string, unknown>>;
  readonly new?: Readonly<Record<string, unknown>>;
}

/** The events by which the engine tells of a step in a preview, or where it is carried out. */
export function stepEvents(step: FakeStep, { planning = false } = {}): readonly Partial<EngineEvent>[] {
  const type = /([^$:]+:[^:$]+:[^:$]+)::[^:]*$/u.exec(step.urn)?.[1] ?? "";
  const side = (inputs: FakeStep["old"]) =>
    inputs && { type, urn: step.urn, id: "id", parent: "", inputs, outputs: {}, provider: "" };
  const metadata = {
    op: step.op,
    urn: step.urn,
    type,
    provider: "",
    ...(step.keys && { keys: [...step.keys] }),
    ...(step.diff && {
      detailedDiff: Object.fromEntries(
        Object.entries(step.diff).map(([path, diffKind]) => [path, { diffKind, inputDiff: true }]),
      ),
    }),
    ...(step.old && { old: side(step.old) }),
    ...(step.new && { new: side(step.new) }),
  } as NonNullable<EngineEvent["resourcePreEvent"]>["metadata"];
  return [{ resourcePreEvent: { metadata, planning } }, { resOutputsEvent: { metadata, planning } }];
}
