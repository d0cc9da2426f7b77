/** What drives Pulumi: up, preview, destroy, refresh, outputs (docs/deploy.md). */
import type { Command } from "commander";
import type * as DestroyVerb from "../destroy";
import type * as OutputsVerb from "../outputs";
import type * as RefreshVerb from "../refresh";
import type * as UpVerb from "../up";
import { ENVIRONMENT, load, run } from "./command";

const YES = ["--yes", "do not ask"] as const;
const JSON_LINES = ["--json", "print what happens as JSON, one object in each line (docs/deploy.md)"] as const;
const DIFF = ["--diff", "show Pulumi's diff property by property"] as const;
const REFRESH = ["--refresh", "look first at what is in the cloud"] as const;

export function addDeploying(spectrum: Command): void {
  spectrum
    .command("up")
    .description("deploy: shows what changes, what it costs and what users notice, asks, and does it")
    .requiredOption(...ENVIRONMENT)
    .option(...YES)
    .option(...REFRESH)
    .option(...DIFF)
    .option("--no-wait", "do not ask AWS afterwards whether what was deployed runs")
    .option(...JSON_LINES)
    .allowExcessArguments(false)
    .action((options: UpVerb.UpArguments) => run(() => load<typeof UpVerb>("../up").up(options)));

  spectrum
    .command("preview")
    .description("what `up` would do to what is deployed, what it costs and what users notice")
    .requiredOption(...ENVIRONMENT)
    .option(...REFRESH)
    .option(...DIFF)
    .option(...JSON_LINES)
    .allowExcessArguments(false)
    .action((options: UpVerb.UpArguments) => run(() => load<typeof UpVerb>("../up").preview(options)));

  spectrum
    .command("destroy")
    .description("take away all that the environment has, after showing what is lost and asking")
    .requiredOption(...ENVIRONMENT)
    .option(...YES)
    .option("--confirm <name>", "the environment's name: what a protected one asks for instead of --yes")
    .option(...DIFF)
    .option(...JSON_LINES)
    .allowExcessArguments(false)
    .action((options: DestroyVerb.DestroyArguments) =>
      run(() => load<typeof DestroyVerb>("../destroy").destroy(options)),
    );

  spectrum
    .command("refresh")
    .description("show what differs in the cloud from the state, ask, and take it over into the state")
    .requiredOption(...ENVIRONMENT)
    .option(...YES)
    .option(...JSON_LINES)
    .allowExcessArguments(false)
    .action((options: Parameters<typeof RefreshVerb.refresh>[0]) =>
      run(() => load<typeof RefreshVerb>("../refresh").refresh(options)),
    );

  spectrum
    .command("outputs")
    .description("where the environment's apps are reached, and what else it exports")
    .requiredOption(...ENVIRONMENT)
    .option("--show-secrets", "show secrets in the clear")
    .option("--json", "print JSON")
    .allowExcessArguments(false)
    .action((options: OutputsVerb.OutputsArguments) =>
      run(() => load<typeof OutputsVerb>("../outputs").outputs(options)),
    );
}
