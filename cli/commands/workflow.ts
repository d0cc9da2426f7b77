/** What looks at workflows, with no cloud. */
import type { Command } from "commander";
import type * as WorkflowVerb from "../workflow";
import { load, run } from "./command";

const ENVIRONMENT = ["--env <name>", "the environment whose workflow it is", "dev"] as const;

export function addWorkflow(spectrum: Command): void {
  const workflow = spectrum
    .command("workflow")
    .description("draws a workflow, or runs it with no cloud (docs/workflows.md)")
    .helpCommand(false);
  workflow
    .command("show <name>")
    .description("the workflow in the terminal, or as a picture; a key of spectrum:workflows, or a definition's path")
    .option("--svg <file>", "write the picture there")
    .option(...ENVIRONMENT)
    .allowExcessArguments(false)
    .action((name: string, options: WorkflowVerb.ShowArguments) =>
      run(() => load<typeof WorkflowVerb>("../workflow").show(name, options)),
    );
  workflow
    .command("run <name>")
    .description("walk the workflow with given task results; exit 3 where it fails")
    .requiredOption("--mock <file>", "what stands in for the tasks, in YAML or JSON")
    .option("--input <input>", "the input, as JSON or a file with it (the default is {})")
    .option(...ENVIRONMENT)
    .option("--json", "print the result and the trace as JSON")
    .allowExcessArguments(false)
    .action((name: string, options: WorkflowVerb.RunArguments) =>
      run(() => load<typeof WorkflowVerb>("../workflow").runLocally(name, options)),
    );
}
