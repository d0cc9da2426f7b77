/** Questions on a terminal. */
import { createInterface } from "node:readline";

export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** Undefined where nobody could answer. */
export function terminal(): Terminal | undefined {
  return process.stdin.isTTY && process.stderr.isTTY ? { input: process.stdin, output: process.stderr } : undefined;
}

/** True for the one answer that means yes; Ctrl-C, Ctrl-D and everything else is no. */
export function ask({ input, output }: Terminal, question: string, yes: string): Promise<boolean> {
  const lines = createInterface({ input, output });
  return new Promise((answer) => {
    lines.on("SIGINT", () => lines.close());
    lines.on("close", () => answer(false));
    lines.question(`${question} `, (said) => {
      answer(said.trim() === yes);
      lines.close();
    });
  });
}
