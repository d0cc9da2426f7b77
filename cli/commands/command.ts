/** What the verbs' command lines share. A verb's code is loaded when it is called: the help needs no Pulumi. */
import type { Command } from "commander";
import { reportDefect } from "../output";

// flags and what they mean, the same for every verb that has them
export const COMPOSE = [
  "--compose <file>",
  "a Compose file, without a stack file; several are merged in order",
] as const;
export const ENVIRONMENT = ["--env <name>", "the environment: its Pulumi.<name>.yaml"] as const;
export const SHELL_ENV = ["--shell-env", "let the Compose files use the shell's variables"] as const;

/** Adds one verb, or several, to the command. */
export type AddVerbs = (spectrum: Command) => void;

/** Runs a verb; what it throws is a defect of Spectrum. */
export function run(verb: () => Promise<void>): void {
  verb().catch((error: unknown) => reportDefect(error, process.argv.includes("--json")));
}

/** An option that may be given several times. */
export function collect(value: string, values: readonly string[] = []): readonly string[] {
  return [...values, value];
}

/** @param path relative to this folder */
export function load<T>(path: string): T {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() of a path without extension is ESM's
  return require(path) as T;
}
