/** The `spectrum` command. Thin: it reads the command line, and each verb loads what it needs and no more. */
import { CommanderError, Command } from "commander";
import { version } from "../package.json";
import type * as CompareVerb from "./compare";
import type * as ConfigVerb from "./config";
import { EXIT, finish, reportDefect, usageError } from "./output";
import type * as PlanVerb from "./plan";
import type * as PricesVerb from "./prices";
import type * as ReportVerb from "./report";
import type * as WorkflowVerb from "./workflow";

// flags and what they mean, the same for every verb that has them
const COMPOSE = ["--compose <file>", "a Compose file, without a stack file; several are merged in order"] as const;
const TIERS = ["--tiers <tiers>", "some tiers alone: fargate,eks"] as const;
const ENVIRONMENT = ["--env <name>", "the environment: its Pulumi.<name>.yaml, and with --compose its name"] as const;
const COMPARED_APP = ["--app <name>", "the app's name; without --compose the one app to compare"] as const;
const SHELL_ENV = ["--shell-env", "let the Compose files use the shell's variables"] as const;
const ASSUME = ["--assume <key=value>", "what a price assumes: requests=1000000,hours=12 (docs/prices.md)"] as const;

function main(argv: readonly string[]): void {
  // stdout holds results alone: what libraries say goes to stderr
  console.log = console.info = console.debug = console.error;
  const json = argv.includes("--json");
  const command = new Command("spectrum")
    .description("Plans a Compose file on AWS's hosting tiers.")
    .version(version)
    .usage("<verb> [options]")
    .helpCommand(false)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });

  command
    .command("plan")
    .description(
      "what `pulumi up` would make, what a tier changes and refuses, what breaks the policy; exit 2 where one forbids it",
    )
    .option(...COMPOSE, collect)
    .option("--tier <tier>", "the tier, whatever the config says")
    .option(...ENVIRONMENT, "dev")
    .option("--app <name>", "the app's name; without --compose the one app to plan")
    .option(...SHELL_ENV)
    .option(...ASSUME, collect)
    .option("--json", "print the plan as JSON (docs/plan-json.md)")
    .allowExcessArguments(false)
    .action((options: PlanVerb.PlanArguments) => run(() => load<typeof PlanVerb>("./plan").plan(options)));

  command
    .command("compare")
    .description("all tiers side by side for one app: what fits, what it costs, who does what; exit 2 where none fits")
    .option(...COMPOSE, collect)
    .option(...TIERS)
    .option(...ENVIRONMENT, "dev")
    .option(...COMPARED_APP)
    .option(...SHELL_ENV)
    .option(...ASSUME, collect)
    .option("--sweep <range>", "the cheapest tier over a range: replicas=1..50, hours=1..24, requests=0..10000000")
    .option("--json", "print the comparison as JSON (docs/compare.md)")
    .allowExcessArguments(false)
    .action((options: CompareVerb.CompareArguments) =>
      run(() => load<typeof CompareVerb>("./compare").compare(options)),
    );

  command
    .command("report")
    .description("the comparison as one HTML page that needs no network; exit 2 where no tier fits")
    .requiredOption("-o, --output <folder>", "where index.html is written; the folder is made where it is missing")
    .option(...COMPOSE, collect)
    .option(...TIERS)
    .option(...ENVIRONMENT, "dev")
    .option(...COMPARED_APP)
    .option(...SHELL_ENV)
    .option(...ASSUME, collect)
    .option("--sweep <range>", "the price over a range as a chart: replicas=1..50, hours=1..24, requests=0..10000000")
    .allowExcessArguments(false)
    .action((options: ReportVerb.ReportArguments) => run(() => load<typeof ReportVerb>("./report").report(options)));

  command
    .command("config")
    .description("the merged, interpolated Compose model in canonical form, as `docker compose config` prints it")
    .requiredOption("--compose <file>", "a Compose file; several are merged in order", collect)
    .option("--app <name>", "the project's name")
    .option(...SHELL_ENV)
    .option("--json", "print JSON (the default is YAML)")
    .allowExcessArguments(false)
    .action((options: ConfigVerb.ConfigArguments) => run(() => load<typeof ConfigVerb>("./config").config(options)));

  const prices = command
    .command("prices")
    .description("the prices that plans are reckoned by (docs/prices.md)")
    .helpCommand(false);
  prices
    .command("refresh")
    .description("ask AWS's price list for a region's prices, with the credentials of the shell")
    .requiredOption("--region <region>", "the region: eu-central-1")
    .allowExcessArguments(false)
    .action((options: PricesVerb.RefreshArguments) => run(() => load<typeof PricesVerb>("./prices").refresh(options)));

  const workflow = command
    .command("workflow")
    .description("draws a workflow, or runs it with no cloud (docs/workflows.md)")
    .helpCommand(false);
  workflow
    .command("show <name>")
    .description("the workflow in the terminal, or as a picture; a key of spectrum:workflows, or a definition's path")
    .option("--svg <file>", "write the picture there")
    .option("--env <name>", "the environment whose workflow it is", "dev")
    .allowExcessArguments(false)
    .action((name: string, options: WorkflowVerb.ShowArguments) =>
      run(() => load<typeof WorkflowVerb>("./workflow").show(name, options)),
    );
  workflow
    .command("run <name>")
    .description("walk the workflow with given task results; exit 3 where it fails")
    .requiredOption("--mock <file>", "what stands in for the tasks, in YAML or JSON")
    .option("--input <input>", "the input, as JSON or a file with it (the default is {})")
    .option("--env <name>", "the environment whose workflow it is", "dev")
    .option("--json", "print the result and the trace as JSON")
    .allowExcessArguments(false)
    .action((name: string, options: WorkflowVerb.RunArguments) =>
      run(() => load<typeof WorkflowVerb>("./workflow").runLocally(name, options)),
    );

  for (const verb of [...command.commands, ...prices.commands, ...workflow.commands])
    verb.exitOverride().configureOutput({ writeErr: () => undefined });

  if (argv.length === 0) {
    finish({ stdout: "", stderr: command.helpInformation(), code: EXIT.wrong });
    return;
  }
  try {
    command.parse(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportDefect(error, json);
    // --help and --version have printed
    if (error.exitCode === 0) return;
    // a verb of verbs without one: its help, which commander has kept to itself
    if (error.code === "commander.help") {
      const verb = argv[0] === "prices" ? prices : workflow;
      finish({ stdout: "", stderr: verb.helpInformation(), code: EXIT.wrong });
    } else usageError(error.message, json && argv[0] === "plan");
  }
}

function run(verb: () => Promise<void>): void {
  verb().catch((error: unknown) => reportDefect(error, process.argv.includes("--json")));
}

function collect(file: string, files: readonly string[] = []): readonly string[] {
  return [...files, file];
}

/** Verbs are loaded when they are called: the help needs no Pulumi. */
function load<T>(path: string): T {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() of a path without extension is ESM's
  return require(path) as T;
}

main(process.argv.slice(2));
