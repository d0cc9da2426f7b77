/** Where and how the user called the command. */
import { isAbsolute, resolve } from "node:path";

/** npm changes to the project's folder; paths on the command line start where the user stood. */
function callersFolder(): string {
  const { INIT_CWD, npm_lifecycle_event: script } = process.env;
  return script === "spectrum" && INIT_CWD ? INIT_CWD : process.cwd();
}

/** A path of the command line, as an absolute one. */
export const fromCaller = (path: string): string => (isAbsolute(path) ? path : resolve(callersFolder(), path));

/** The shell's variables, all that are set. */
export function shellVariables(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
