/** What drives one environment's stack: the operations, what they tell while they run, and how they end. */
import type { OpMap, OpType } from "@pulumi/pulumi/automation";
import type { StackConfig } from "../../plan/stack-config";
import type { StackState } from "./state";

export type { OpMap, OpType };

export type OperationKind = "up" | "preview" | "destroy" | "refresh";

/**
 * What an operation tells while it runs. `--json` prints each as one line (docs/deploy.md). No secret is in one: Pulumi masks
 * what it knows to be secret.
 */
export type OperationEvent =
  | {
      readonly type: "resource";
      /** `planned` in a preview; else `started`, and `done` or `failed`. */
      readonly phase: "planned" | "started" | "done" | "failed";
      readonly op: OpType;
      readonly urn: string;
    }
  | {
      readonly type: "message";
      readonly severity: "info" | "warning" | "error";
      readonly text: string;
      /** `null` for what is said of the stack. */
      readonly urn: string | null;
    }
  | {
      readonly type: "policy";
      readonly rule: string;
      readonly level: "advisory" | "mandatory";
      readonly text: string;
      readonly urn: string | null;
    }
  | { readonly type: "summary"; readonly changes: OpMap; readonly seconds: number };

/** One thing that an operation does, or would do, to a resource. */
export interface Step {
  readonly op: OpType;
  readonly urn: string;
  /** Pulumi's type token. */
  readonly type: string;
  /** The logical name. */
  readonly name: string;
  /** The properties that make it a replacement; empty otherwise. */
  readonly replaceKeys: readonly string[];
  /** How each property changes, by path: `add`, `update`, `delete-replace`, … */
  readonly diff: Readonly<Record<string, string>>;
  /** The inputs before; `null` for what is new. Secrets are masked. */
  readonly old: Readonly<Record<string, unknown>> | null;
  /** The inputs after; `null` for what goes. Secrets are masked. */
  readonly new: Readonly<Record<string, unknown>> | null;
}

/** How an operation ended. */
export interface Operation {
  readonly kind: OperationKind;
  /** `canceled`: it was told to stop, and stopped in good order. */
  readonly outcome: "succeeded" | "failed" | "canceled";
  readonly changes: OpMap;
  /** What changes, in the engine's order; what stays the same is left out. */
  readonly steps: readonly Step[];
  /** What Pulumi said went wrong: `urn: message`, or the message alone. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  /** What Pulumi printed for people. */
  readonly text: string;
  /** Wall-clock seconds. */
  readonly seconds: number;
}

export interface OperationOptions {
  readonly onEvent?: (event: OperationEvent) => void;
  /** Aborted, the engine ends what it has begun and begins nothing more: the state stays consistent. */
  readonly signal?: AbortSignal;
  /** Only these URNs. Default: all. */
  readonly targets?: readonly string[];
  /** Pulumi's own diff, property by property, in `text`. Default: false. */
  readonly diff?: boolean;
  /** For the backend's history. */
  readonly message?: string;
}

export interface UpOptions extends OperationOptions {
  /** Look at what is in the cloud first. Default: false. */
  readonly refresh?: boolean;
}

export interface RefreshOptions extends OperationOptions {
  /** Drop the notes of what a deployment that was killed was creating. Default: false. */
  readonly clearPendingCreates?: boolean;
}

/** An entry of the backend's history of a stack, the latest first. */
export interface HistoryEntry {
  readonly kind: string;
  readonly result: string;
  readonly message: string;
  /** ISO 8601, UTC. */
  readonly startTime: string;
  readonly endTime: string;
  /** Left out by backends that count no updates. */
  readonly version?: number;
  readonly resourceChanges?: OpMap;
  /** Facts on where it ran from: `git.head` and the like. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * One environment's stack, driven by the Automation API on the project's own program: what plain `pulumi` does, word for word.
 * Every method throws `InputError` for what the user must put right before anything can begin: a stack that somebody else
 * holds, a passphrase, a login, a plugin. What fails while it runs is an `Operation` with the outcome `failed`.
 */
export interface EnvironmentStack {
  /** The Pulumi project's folder, absolute. */
  readonly root: string;
  /** The stack's name. */
  readonly environment: string;
  /** The stack's file, with tokens for what is secret. */
  readonly config: StackConfig;
  /** True while the backend has no such stack: the first operation makes it. */
  readonly isNew: boolean;
  up(options?: UpOptions): Promise<Operation>;
  preview(options?: UpOptions): Promise<Operation>;
  destroy(options?: OperationOptions): Promise<Operation>;
  /** What `destroy` would take away. */
  previewDestroy(options?: OperationOptions): Promise<Operation>;
  /** Takes over into the state what is in the cloud; its steps are what differs. */
  refresh(options?: RefreshOptions): Promise<Operation>;
  /** The same, and the state stays as it is. */
  previewRefresh(options?: OperationOptions): Promise<Operation>;
  /** By name. Secrets are `[secret]`, unless they are asked for. */
  outputs(options?: { readonly secrets?: boolean }): Promise<Readonly<Record<string, unknown>>>;
  /** The stack's secret config values, decrypted, by full key (`spectrum:secrets`); structured ones as JSON. */
  secretConfig(): Promise<Readonly<Record<string, string>>>;
  /** Secrets are ciphertext. */
  exportState(): Promise<StackState>;
  /** The latest first. */
  history(): Promise<readonly HistoryEntry[]>;
  /** Takes the lock away from whoever holds it. Only where that operation runs no more. */
  cancel(): Promise<void>;
  /** Tells the operation that runs to end at once (SIGINT, its second), or ends its processes (SIGKILL). */
  kill(signal: "SIGINT" | "SIGKILL"): void;
  /** Forgets the stack and its history; refused by Pulumi where resources are left. Its file stays. */
  remove(): Promise<void>;
}
