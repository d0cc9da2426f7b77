/** The Pulumi CLI on this machine, and how its commands are run. */
import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { basename, delimiter, dirname, join, sep } from "node:path";
import { InputError } from "../../app/finding";

export interface FoundCli {
  /** The executable's path. */
  readonly command: string;
  /** True for the npm package `pulumi`, which downloads the CLI when it is first run. */
  readonly downloads: boolean;
}

/**
 * Looks for `pulumi` on PATH. npm's own in `node_modules/.bin`, which `npm run` puts first, counts only where there is no other.
 * Throws `InputError` with the remedy where there is none.
 */
export function findCli(path = process.env.PATH ?? ""): FoundCli {
  const folders = path.split(delimiter).filter(Boolean);
  const found = folders.map((folder) => join(folder, "pulumi")).filter(isExecutable);
  const command = found.find((file) => !isNpmBin(dirname(file))) ?? found[0];
  if (command !== undefined) return { command, downloads: isNpmBin(dirname(command)) };
  const message =
    "the Pulumi CLI is not on PATH; install it as https://www.pulumi.com/docs/install/ says, or run `npm ci`, whose pulumi downloads it when it is first run";
  throw new InputError([{ message, location: null }]);
}

const isNpmBin = (folder: string): boolean =>
  basename(folder) === ".bin" && dirname(folder).split(sep).at(-1) === "node_modules";

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What a command said. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command of the CLI that ended with another code than 0. */
export class CommandFailure extends Error implements CommandResult {
  override readonly name = "CommandFailure";
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  constructor(args: readonly string[], { code, stdout, stderr }: CommandResult) {
    super(`pulumi ${args.join(" ")} ended with ${code}\n${stdout}\n${stderr}`);
    [this.code, this.stdout, this.stderr] = [code, stdout, stderr];
  }
}

/** Runs the CLI's commands, one at a time or several. It has what the Automation API asks of its `PulumiCommand`. */
export class PulumiCli {
  private readonly running = new Set<number>();

  private constructor(
    readonly command: string,
    readonly version: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /**
   * Asks the CLI for its version. Throws `InputError` where it does not run.
   *
   * @param sdkVersion stands in where the CLI was built without one
   * @param env variables for its commands besides those of this process
   */
  static async open(
    command: string,
    sdkVersion: string,
    env: Readonly<Record<string, string>> = {},
  ): Promise<PulumiCli> {
    const quiet = { PULUMI_SKIP_UPDATE_CHECK: "true", ...env };
    try {
      const { stdout } = await new PulumiCli(command, "", quiet).run(["version"], process.cwd());
      return new PulumiCli(command, stdout.trim() || sdkVersion, quiet);
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error;
      const said = (error.stderr + error.stdout).trim().split("\n")[0] ?? "";
      const message = `the Pulumi CLI ${command} does not run: ${said || `it ended with ${error.code}`}; install it as https://www.pulumi.com/docs/install/ says`;
      throw new InputError([{ message, location: null }]);
    }
  }

  /**
   * Runs a command that asks nothing. It is given a process group of its own: a terminal's Ctrl-C reaches Spectrum alone, which
   * hands it on once; the CLI takes a second one for "end at once".
   *
   * @param signal aborted, the CLI is told to end what it has begun (SIGINT)
   */
  run(
    args: readonly string[],
    cwd: string,
    env: Readonly<Record<string, string>> = {},
    onOutput?: (text: string) => void,
    onError?: (text: string) => void,
    signal?: AbortSignal,
  ): Promise<CommandResult> {
    const all = args.includes("--non-interactive") ? args : [...args, "--non-interactive"];
    return new Promise((resolve, reject) => {
      const child = spawn(this.command, all, {
        cwd,
        // the CLI's own folder has the language hosts that belong to it
        env: { ...process.env, ...this.env, ...env, PATH: this.path, PULUMI_AUTOMATION_API: "true" },
        stdio: ["ignore", "pipe", "pipe"],
        detached: true,
      });
      const { pid } = child;
      if (pid !== undefined) this.running.add(pid);
      const interrupt = () => child.kill("SIGINT");
      if (signal?.aborted) interrupt();
      signal?.addEventListener("abort", interrupt);
      let [stdout, stderr] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
        onOutput?.(text);
      });
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        stderr += text;
        onError?.(text);
      });
      child.on("error", reject);
      child.on("close", (code) => {
        if (pid !== undefined) this.running.delete(pid);
        signal?.removeEventListener("abort", interrupt);
        const result = { code: code ?? -1, stdout, stderr };
        if (code === 0) resolve(result);
        else reject(new CommandFailure(args, result));
      });
    });
  }

  /** SIGINT goes to the CLI alone, which tells its plugins itself; SIGKILL to all of them. */
  kill(signal: "SIGINT" | "SIGKILL"): void {
    for (const pid of this.running) {
      try {
        process.kill(signal === "SIGKILL" ? -pid : pid, signal);
      } catch {
        // it has ended on its own
      }
    }
  }

  private get path(): string {
    return [dirname(this.command), this.env.PATH ?? process.env.PATH ?? ""].join(delimiter);
  }
}
