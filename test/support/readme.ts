/**
 * The plan that the README shows: a command line and what it printed, between two marks. Run as a program
 * (`npm run fix:readme`), it runs the command and writes what it prints now.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readText, root } from "./project";

const marked = /(<!-- plan:begin -->\n\n```console\n\$ )(.+)\n([^]*?)(```\n\n<!-- plan:end -->)/u;

export interface ShownPlan {
  readonly command: string;
  readonly output: string;
}

/** What the README's text shows; throws where it shows nothing. */
export function shownPlan(readme: string): ShownPlan {
  const [, , command, output] = marked.exec(readme) ?? [];
  if (command === undefined || output === undefined) throw new Error("the README shows no plan between its marks");
  return { command, output };
}

/** Runs a command line in the project's root in a shell, as a reader of the README would. */
export function runLine(command: string) {
  const { status, stdout, stderr } = spawnSync(command, { cwd: root, shell: true, encoding: "utf8" });
  return { status, stdout, stderr };
}

if (require.main === module) {
  const readme = readText("README.md");
  const { command } = shownPlan(readme);
  const { status, stdout, stderr } = runLine(command);
  if (status !== 0) throw new Error(`${command} failed: ${stderr}`);
  const updated = readme.replace(marked, (_, before: string, line: string, _old, after: string) =>
    [before, line, "\n", stdout, after].join(""),
  );
  writeFileSync(join(root, "README.md"), updated);
}
