/** What brings an app from environment to environment (docs/promotion.md): diff. */
import type { Command } from "commander";
import type * as DiffVerb from "../diff";
import { load, run } from "./command";

export function addPromotion(spectrum: Command): void {
  spectrum
    .command("diff <from> <to>")
    .description("what differs between two environments: config, resources, price; with no cloud")
    .option("--app <name>", "the only app to compare (the default is all)")
    .option("--secrets", "say which secrets differ: Pulumi decrypts them, and nothing but that is shown")
    .option("--json", "print the difference as JSON (docs/promotion.md)")
    .allowExcessArguments(false)
    .action((from: string, to: string, options: DiffVerb.DiffArguments) =>
      run(() => load<typeof DiffVerb>("../diff").diff(from, to, options)),
    );
}
