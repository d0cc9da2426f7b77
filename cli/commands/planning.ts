/** What plans, with no cloud and no credentials: plan, compare, report, config, prices. */
import type { Command } from "commander";
import type * as CompareVerb from "../compare";
import type * as ConfigVerb from "../config";
import type * as PlanVerb from "../plan";
import type * as PricesVerb from "../prices";
import type * as ReportVerb from "../report";
import { collect, COMPOSE, load, run, SHELL_ENV } from "./command";

const TIERS = ["--tiers <tiers>", "some tiers alone: fargate,eks"] as const;
const PLANNED = ["--env <name>", "the environment: its Pulumi.<name>.yaml, and with --compose its name"] as const;
const COMPARED_APP = ["--app <name>", "the app's name; without --compose the one app to compare"] as const;
const ASSUME = ["--assume <key=value>", "what a price assumes: requests=1000000,hours=12 (docs/prices.md)"] as const;

export function addPlanning(spectrum: Command): void {
  spectrum
    .command("plan")
    .description(
      "what `pulumi up` would make, what a tier changes and refuses, what breaks the policy; exit 2 where one forbids it",
    )
    .option(...COMPOSE, collect)
    .option("--tier <tier>", "the tier, whatever the config says")
    .option(...PLANNED, "dev")
    .option("--app <name>", "the app's name; without --compose the one app to plan")
    .option(...SHELL_ENV)
    .option(...ASSUME, collect)
    .option("--json", "print the plan as JSON (docs/plan-json.md)")
    .allowExcessArguments(false)
    .action((options: PlanVerb.PlanArguments) => run(() => load<typeof PlanVerb>("../plan").plan(options)));

  spectrum
    .command("compare")
    .description("all tiers side by side for one app: what fits, what it costs, who does what; exit 2 where none fits")
    .option(...COMPOSE, collect)
    .option(...TIERS)
    .option(...PLANNED, "dev")
    .option(...COMPARED_APP)
    .option(...SHELL_ENV)
    .option(...ASSUME, collect)
    .option("--sweep <range>", "the cheapest tier over a range: replicas=1..50, hours=1..24, requests=0..10000000")
    .option("--json", "print the comparison as JSON (docs/compare.md)")
    .allowExcessArguments(false)
    .action((options: CompareVerb.CompareArguments) =>
      run(() => load<typeof CompareVerb>("../compare").compare(options)),
    );

  spectrum
    .command("report")
    .description("the comparison as one HTML page that needs no network; exit 2 where no tier fits")
    .requiredOption("-o, --output <folder>", "where index.html is written; the folder is made where it is missing")
    .option(...COMPOSE, collect)
    .option(...TIERS)
    .option(...PLANNED, "dev")
    .option(...COMPARED_APP)
    .option(...SHELL_ENV)
    .option(...ASSUME, collect)
    .option("--sweep <range>", "the price over a range as a chart: replicas=1..50, hours=1..24, requests=0..10000000")
    .allowExcessArguments(false)
    .action((options: ReportVerb.ReportArguments) => run(() => load<typeof ReportVerb>("../report").report(options)));

  spectrum
    .command("config")
    .description("the merged, interpolated Compose model in canonical form, as `docker compose config` prints it")
    .requiredOption("--compose <file>", "a Compose file; several are merged in order", collect)
    .option("--app <name>", "the project's name")
    .option(...SHELL_ENV)
    .option("--json", "print JSON (the default is YAML)")
    .allowExcessArguments(false)
    .action((options: ConfigVerb.ConfigArguments) => run(() => load<typeof ConfigVerb>("../config").config(options)));

  const prices = spectrum
    .command("prices")
    .description("the prices that plans are reckoned by (docs/prices.md)")
    .helpCommand(false);
  prices
    .command("refresh")
    .description("ask AWS's price list for a region's prices, with the credentials of the shell")
    .requiredOption("--region <region>", "the region: eu-central-1")
    .allowExcessArguments(false)
    .action((options: PricesVerb.RefreshArguments) => run(() => load<typeof PricesVerb>("../prices").refresh(options)));
}
