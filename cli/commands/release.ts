/** What makes releases of what runs. */
import type { Command } from "commander";
import type * as ReleaseVerb from "../release";
import { ENVIRONMENT, load, run } from "./command";

export function addRelease(spectrum: Command): void {
  spectrum
    .command("release")
    .description(
      "write the release of what runs in an environment, its files and its images by digest (docs/releases.md)",
    )
    .requiredOption(...ENVIRONMENT)
    .option("--app <name>", "one app alone")
    .option("--json", "print the releases as JSON")
    .allowExcessArguments(false)
    .action((options: ReleaseVerb.ReleaseArguments) =>
      run(() => load<typeof ReleaseVerb>("../release").release(options)),
    );
}
