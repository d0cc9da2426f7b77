/** What asks AWS and Kubernetes what runs: status. */
import type { Command } from "commander";
import type * as StatusVerb from "../status";
import { ENVIRONMENT, load, run } from "./command";

export function addStatus(spectrum: Command): void {
  spectrum
    .command("status")
    .description("what runs of an environment's services and whether it is what was asked, healthy; exit 3 where not")
    .requiredOption(...ENVIRONMENT)
    .option("--app <name>", "one app alone")
    .option("--json", "print the status as JSON (docs/status.md)")
    .allowExcessArguments(false)
    .action((options: StatusVerb.StatusArguments) => run(() => load<typeof StatusVerb>("../status").status(options)));
}
