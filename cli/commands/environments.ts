/** What looks after environments beside deploying: permissions, drift, preview environments. */
import type { Command } from "commander";
import type * as DriftVerb from "../drift";
import type * as PermissionsVerb from "../permissions";
import type * as PreviewEnvVerb from "../preview-env";
import { collect, COMPOSE, ENVIRONMENT, load, run, SHELL_ENV } from "./command";

const FROM = ["--from <name>", "the environment that it is like", "dev"] as const;

export function addEnvironments(spectrum: Command): void {
  spectrum
    .command("permissions")
    .description("the least IAM policies that a deployer needs, from the plan, with no cloud (docs/permissions.md)")
    .option(...COMPOSE, collect)
    .option("--tier <tier>", "the tier, whatever the config says; several times where the app is to move", collect)
    .option("--env <name>", "the environment: its Pulumi.<name>.yaml, and with --compose its name", "dev")
    .option("--app <name>", "the app's name; without --compose the one app whose tier it is")
    .option(...SHELL_ENV)
    .option("--account <id>", "the account in the policies' ARNs (the default is any)", "*")
    .option("--state-bucket <name>", "the S3 bucket of Pulumi's state, where that is in the account")
    .option("--state-key <arn>", "the KMS key of the state or of the stack's secrets")
    .option("-o, --output <folder>", "write each policy into a file of its own there")
    .option("--json", "print the policies as JSON")
    .allowExcessArguments(false)
    .action((options: PermissionsVerb.PermissionsArguments) =>
      run(() => load<typeof PermissionsVerb>("../permissions").permissions(options)),
    );

  spectrum
    .command("drift")
    .description("what was changed or deleted behind Pulumi's back; changes nothing; exit 3 where something was")
    .requiredOption(...ENVIRONMENT)
    .option("--json", "print what drifted as JSON (docs/drift.md)")
    .allowExcessArguments(false)
    .action((options: DriftVerb.DriftArguments) => run(() => load<typeof DriftVerb>("../drift").drift(options)));

  const previews = spectrum
    .command("preview-env")
    .description("environments for a branch, with an end (docs/preview-environments.md)")
    .helpCommand(false);
  const verbs = () => load<typeof PreviewEnvVerb>("../preview-env");
  previews
    .command("up <branch>")
    .description(
      "deploy what is checked out into an environment of the branch's own, like another's; again: bring it up to date",
    )
    .option(...FROM)
    .option("--days <n>", "how long it lasts from today on: 1 to 30 (the default is 3)")
    .option("--until <day>", "its last day, in UTC: 2027-01-31")
    .option("--json", "print how it ended as JSON")
    .allowExcessArguments(false)
    .action((branch: string, options: PreviewEnvVerb.UpArguments) => run(() => verbs().up(branch, options)));
  previews
    .command("list")
    .description("those that there are, half-made ones too")
    .option("--json", "print them as JSON")
    .allowExcessArguments(false)
    .action((options: PreviewEnvVerb.ListArguments) => run(() => verbs().list(options)));
  previews
    .command("down <branch>")
    .description("take all of it away, its data too; <branch> may be its own name, as list shows it")
    .option(...FROM)
    .option("--json", "print how it ended as JSON")
    .allowExcessArguments(false)
    .action((branch: string, options: PreviewEnvVerb.DownArguments) => run(() => verbs().down(branch, options)));
  previews
    .command("prune")
    .description("take away those whose last day is over; for a scheduler")
    .option(...FROM)
    .option("--json", "print how each ended as JSON")
    .allowExcessArguments(false)
    .action((options: PreviewEnvVerb.DownArguments) => run(() => verbs().prune(options)));
}
