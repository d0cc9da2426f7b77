/** What looks after environments beside deploying: permissions, drift. */
import type { Command } from "commander";
import type * as DriftVerb from "../drift";
import type * as PermissionsVerb from "../permissions";
import { collect, COMPOSE, ENVIRONMENT, load, run, SHELL_ENV } from "./command";

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
}
