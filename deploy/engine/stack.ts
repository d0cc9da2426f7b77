/** An environment's stack, driven by Pulumi's Automation API on the local program. */
import { resolve } from "node:path";
import { type EngineEvent, LocalWorkspace, type PulumiCommand, Stack } from "@pulumi/pulumi/automation";
import { version as sdkVersion } from "@pulumi/pulumi/version";
import { InputError } from "../../app/finding";
import { readStackConfig, type StackConfig } from "../../plan/stack-config";
import { type CommandResult, CommandFailure, findCli, PulumiCli } from "./cli";
import { Gathered, operationEvent } from "./events";
import { errorText, problemOf } from "./failures";
import { readState, type StackState } from "./state";
import type {
  EnvironmentStack,
  HistoryEntry,
  Operation,
  OperationKind,
  OperationOptions,
  RefreshOptions,
  UpOptions,
} from "./types";

export interface OpenOptions {
  /** The Pulumi project's folder; the current folder by default. */
  readonly root?: string;
  /** The stack's name. */
  readonly environment: string;
  /** Let the first operation make the stack where the backend has none. Default: false, and such a stack is refused. */
  readonly create?: boolean;
  /** Told what a user should know before anything begins: that a stack is made, that the CLI is being downloaded. */
  readonly onNotice?: (text: string) => void;
  /** Variables for Pulumi besides those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Opens the stack that the environment's file describes. Needs the Pulumi CLI and a backend, and no AWS.
 * Throws `InputError` where there is no such environment, no CLI, no login, or no stack and `create` is not set.
 */
export async function openStack(options: OpenOptions): Promise<EnvironmentStack> {
  const { environment, create = false, onNotice, env = {} } = options;
  const root = resolve(options.root ?? process.cwd());
  const config = readStackConfig(root, environment);
  const found = findCli(env.PATH ?? process.env.PATH);
  if (found.downloads)
    onNotice?.("no Pulumi CLI is installed: npm's pulumi downloads it when it is first run, and is used from then on");
  const cli = await PulumiCli.open(found.command, sdkVersion, env);
  const driven = new DrivenStack(root, environment, config, cli);
  await driven.open(create, onNotice);
  return driven;
}

class DrivenStack implements EnvironmentStack {
  private stack: Stack | undefined;
  private make: (() => Promise<Stack>) | undefined;

  constructor(
    readonly root: string,
    readonly environment: string,
    readonly config: StackConfig,
    private readonly cli: PulumiCli,
  ) {}

  get isNew(): boolean {
    return this.stack === undefined;
  }

  async open(create: boolean, onNotice: OpenOptions["onNotice"]): Promise<void> {
    const workspace = await LocalWorkspace.create({
      workDir: this.root,
      // its constructor is private, and the one that it makes has no process group of its own (see PulumiCli.run)
      pulumiCommand: this.cli as unknown as PulumiCommand,
    });
    // the API's own would make it the stack that plain `pulumi up` changes from then on
    workspace.selectStack = async (name) => void (await this.command("stack", "--stack", name, "--show-name"));
    workspace.createStack = async (name) => void (await this.command("stack", "init", name, "--no-select"));
    this.make = () => {
      onNotice?.(`the backend has no stack ${this.environment} yet: it is made`);
      return this.telling("stack init", () => Stack.create(this.environment, workspace));
    };
    try {
      this.stack = await Stack.select(this.environment, workspace);
    } catch (error) {
      if (!create || !isMissingStack(error)) throw this.told(error, "stack");
    }
  }

  /** The first operation makes a stack that is not there. */
  private async made(): Promise<Stack> {
    this.stack ??= await this.make?.();
    if (!this.stack) throw new Error("the stack is not open");
    return this.stack;
  }

  up({ refresh, ...options }: UpOptions = {}): Promise<Operation> {
    return this.operate("up", "up", options, (stack, common) => stack.up({ ...common, refresh }));
  }

  preview({ refresh, ...options }: UpOptions = {}): Promise<Operation> {
    return this.operate("preview", "preview", options, (stack, common) => stack.preview({ ...common, refresh }));
  }

  destroy(options: OperationOptions = {}): Promise<Operation> {
    return this.operate("destroy", "destroy", options, (stack, common) => stack.destroy(common));
  }

  previewDestroy(options: OperationOptions = {}): Promise<Operation> {
    return this.operate("destroy", "destroy", options, (stack, common) => stack.previewDestroy(common));
  }

  refresh({ clearPendingCreates, ...options }: RefreshOptions = {}): Promise<Operation> {
    return this.operate("refresh", "refresh", options, (stack, common) =>
      stack.refresh({ ...common, clearPendingCreates }),
    );
  }

  previewRefresh(options: OperationOptions = {}): Promise<Operation> {
    return this.operate("refresh", "refresh", options, (stack, common) => stack.previewRefresh(common));
  }

  async outputs({ secrets = false }: { readonly secrets?: boolean } = {}): Promise<Record<string, unknown>> {
    const shown = secrets ? ["--show-secrets"] : [];
    return this.json("stack output", ["stack", "output", "--json", ...shown]);
  }

  async secretConfig(): Promise<Record<string, string>> {
    const all = await this.json<Record<string, ConfigValue>>("config", ["config", "--json", "--show-secrets"]);
    return Object.fromEntries(
      Object.entries(all).flatMap(([key, { value, secret }]) => (secret && value !== undefined ? [[key, value]] : [])),
    );
  }

  async exportState(): Promise<StackState> {
    const { stdout } = await this.telling("stack export", () =>
      this.command("stack", "export", "--stack", this.environment),
    );
    return readState(stdout);
  }

  async history(): Promise<readonly HistoryEntry[]> {
    return this.json("stack history", ["stack", "history", "--json"]);
  }

  async cancel(): Promise<void> {
    await this.telling("cancel", () => this.command("cancel", "--yes", "--stack", this.environment));
  }

  kill(signal: "SIGINT" | "SIGKILL"): void {
    this.cli.kill(signal);
  }

  async remove(): Promise<void> {
    await this.telling("stack rm", () =>
      this.command("stack", "rm", "--yes", "--preserve-config", "--stack", this.environment),
    );
  }

  private async json<T>(name: string, args: readonly string[]): Promise<T> {
    const { stdout } = await this.telling(name, () => this.command(...args, "--stack", this.environment));
    return JSON.parse(stdout) as T;
  }

  private command(...args: readonly string[]): Promise<CommandResult> {
    return this.cli.run(args, this.root);
  }

  private async operate(
    kind: OperationKind,
    command: string,
    options: OperationOptions,
    run: (stack: Stack, common: CommonOptions) => Promise<{ readonly stdout: string }>,
  ): Promise<Operation> {
    const { onEvent, signal, targets, diff, message } = options;
    const gathered = new Gathered(kind);
    const began = Date.now();
    const common: CommonOptions = {
      color: "never",
      suppressOutputs: true,
      suppressProgress: true,
      onEvent: (event) => {
        gathered.add(event);
        const told = operationEvent(event);
        if (told) onEvent?.(told);
      },
      ...(signal && { signal }),
      ...(targets && { target: [...targets] }),
      ...(diff && { diff }),
      ...(message !== undefined && { message }),
    };
    const ended = (outcome: Operation["outcome"], text: string, errors: readonly string[]): Operation => {
      const { changes, steps, warnings } = gathered;
      const seconds = Math.round((Date.now() - began) / 1000);
      return { kind, outcome, changes, steps, errors, warnings, text, seconds };
    };
    const stack = await this.made();
    try {
      const { stdout } = await run(stack, common);
      return ended("succeeded", stdout, gathered.errors);
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error;
      if (signal?.aborted) return ended("canceled", error.stdout, gathered.errors);
      // what the engine has begun is a failed operation; only what keeps it from beginning is the user's to put right
      const begun = gathered.steps.some(({ type }) => !type.startsWith("pulumi:"));
      const problem = begun ? null : this.problem(error, command);
      if (problem) throw new InputError([problem]);
      const errors = gathered.errors.length > 0 ? gathered.errors : [errorText(`${error.stdout}\n${error.stderr}`)];
      return ended("failed", error.stdout, errors);
    }
  }

  private async telling<T>(command: string, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      throw this.told(error, command);
    }
  }

  /** A failure of the CLI in words; anything else as it is. */
  private told(error: unknown, command: string): unknown {
    if (!(error instanceof CommandFailure)) return error;
    const message = `pulumi ${command}: ${errorText(`${error.stdout}\n${error.stderr}`)}`;
    return new InputError([this.problem(error, command) ?? { message, location: null }]);
  }

  private problem({ stdout, stderr }: CommandFailure, command: string) {
    return problemOf(`${stderr}\n${stdout}`, { environment: this.environment, command });
  }
}

/** As `pulumi config --json` prints it. */
interface ConfigValue {
  readonly value?: string;
  readonly secret: boolean;
}

interface CommonOptions {
  readonly color: "never";
  readonly suppressOutputs: true;
  readonly suppressProgress: true;
  readonly onEvent: (event: EngineEvent) => void;
  readonly signal?: AbortSignal;
  readonly target?: string[];
  readonly diff?: boolean;
  readonly message?: string;
}

const isMissingStack = (error: unknown): boolean =>
  error instanceof CommandFailure && /no stack named '[^']*' found/u.test(error.stderr + error.stdout);
