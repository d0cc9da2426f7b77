/** The `spectrum` command. Thin: it reads the command line; what each verb takes is in `commands/`. */
import { Command, CommanderError } from "commander";
import { version } from "../package.json";
import type { AddVerbs } from "./commands/command";
import { addDeploying } from "./commands/deploying";
import { addEnvironments } from "./commands/environments";
import { addPlanning } from "./commands/planning";
import { addPromotion } from "./commands/promotion";
import { addRelease } from "./commands/release";
import { addStatus } from "./commands/status";
import { addWorkflow } from "./commands/workflow";
import { EXIT, finish, reportDefect, usageError } from "./output";

const VERBS: readonly AddVerbs[] = [
  addDeploying,
  addEnvironments,
  addPlanning,
  addPromotion,
  addRelease,
  addStatus,
  addWorkflow,
];

function main(argv: readonly string[]): void {
  // stdout holds results alone: what libraries say goes to stderr
  console.log = console.info = console.debug = console.error;
  // that later versions of AWS's SDK want a newer Node is not the user's to know: the lock file has this one
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  const json = argv.includes("--json");
  const spectrum = new Command("spectrum")
    .description("Plans a Compose file on AWS's hosting tiers, and deploys it.")
    .version(version)
    .usage("<verb> [options]")
    .helpCommand(false)
    .showSuggestionAfterError();
  for (const add of VERBS) add(spectrum);
  for (const command of withSubcommands(spectrum))
    command.exitOverride().configureOutput({ writeErr: () => undefined });

  if (argv.length === 0) {
    finish({ stdout: "", stderr: spectrum.helpInformation(), code: EXIT.wrong });
    return;
  }
  try {
    spectrum.parse(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportDefect(error, json);
    // --help and --version have printed
    if (error.exitCode === 0) return;
    // a verb of verbs without one: its help, which commander has kept to itself
    if (error.code === "commander.help") {
      const verb = spectrum.commands.find((command) => command.name() === argv[0]) ?? spectrum;
      finish({ stdout: "", stderr: verb.helpInformation(), code: EXIT.wrong });
    } else usageError(error.message, json && argv[0] === "plan");
  }
}

const withSubcommands = (command: Command): readonly Command[] => [
  command,
  ...command.commands.flatMap(withSubcommands),
];

main(process.argv.slice(2));
