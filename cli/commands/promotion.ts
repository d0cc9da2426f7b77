/** What brings an app from environment to environment (docs/promotion.md): promote, rollback, history, diff. */
import type { Command } from "commander";
import type * as DiffVerb from "../diff";
import type * as HistoryVerb from "../history";
import type * as PromotionVerb from "../promotion";
import { collect, ENVIRONMENT, load, run } from "./command";

const YES = ["--yes", "do not ask"] as const;
const APPROVED_BY = ["--approved-by <name>", "who has approved it; once for each approval that is wanted"] as const;
const FAILED = ["--failed", "though the release failed there before"] as const;
const RESULT = ["--json", "print the result as JSON (docs/promotion.md)"] as const;

export function addPromotion(spectrum: Command): void {
  spectrum
    .command("promote")
    .description("bring what runs in one environment to a later one: the same release, nothing rebuilt")
    .requiredOption("--from <name>", "the environment where it runs")
    .requiredOption("--to <name>", "the environment where it goes")
    .option("--app <name>", "an app that goes; several times for several (the default is all)", collect)
    .option(...YES)
    .option(...APPROVED_BY, collect)
    .option("--skip <name>", "an environment between the two that is left out", collect)
    .option("--older", "though a newer release serves there")
    .option(...FAILED)
    .option(...RESULT)
    .allowExcessArguments(false)
    .action((options: PromotionVerb.PromoteArguments) =>
      run(() => load<typeof PromotionVerb>("../promotion").promote(options)),
    );

  spectrum
    .command("rollback")
    .description("bring an environment back to a release that has succeeded there before")
    .requiredOption(...ENVIRONMENT)
    .option("--app <name>", "the app (the default is the only one)")
    .option("--to <release>", "the release's id, or its first digits (the default is the one before)")
    .option(...YES)
    .option(...APPROVED_BY, collect)
    .option(...FAILED)
    .option(...RESULT)
    .allowExcessArguments(false)
    .action((options: PromotionVerb.RollbackArguments) =>
      run(() => load<typeof PromotionVerb>("../promotion").rollback(options)),
    );

  spectrum
    .command("history")
    .description("what was brought where, when, by whom, on whose word; exit 2 where the evidence is damaged")
    .option("--env <name>", "one environment alone")
    .option("--app <name>", "one app alone")
    .option("--json", "print JSON (docs/promotion.md)")
    .allowExcessArguments(false)
    .action((options: HistoryVerb.HistoryArguments) =>
      run(() => load<typeof HistoryVerb>("../history").history(options)),
    );

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
