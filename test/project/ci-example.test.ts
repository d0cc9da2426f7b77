/** The workflow that users copy: what it runs is there, and what it takes from others is theirs. */
import assert from "node:assert/strict";
import { Command } from "commander";
import { parse } from "yaml";
import { addDeploying } from "../../cli/commands/deploying";
import { addEnvironments } from "../../cli/commands/environments";
import { addPromotion } from "../../cli/commands/promotion";
import { readText } from "../support/project";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly "runs-on": string;
  readonly environment?: string;
  readonly needs?: string;
  readonly if?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const text = readText("examples/ci/github-actions.yml");
const { jobs, permissions } = parse(text) as Workflow;
const steps = Object.values(jobs).flatMap((job) => job.steps);
const runs = steps.flatMap(({ run = "" }) => (run === "" ? [] : [run]));

/** What stands after `spectrum --` in each command line, without what the shell does with it. */
const commandLines = runs
  .flatMap((run) => run.split("\n"))
  .flatMap((line) => /npm run --silent spectrum -- (.*?)(?: > .*)?$/u.exec(line)?.[1] ?? [])
  // the shell's array of `--approved-by=…`
  .map((line) => line.replace('"${reviewers[@]/#/--approved-by=}"', "--approved-by somebody"));

/** Parses the line with the command's own definitions; gives what it would run. */
function parsed(line: string): string {
  const spectrum = new Command("spectrum");
  for (const add of [addDeploying, addEnvironments, addPromotion]) add(spectrum);
  let ran = "";
  const prepare = (command: Command, path: readonly string[]): void => {
    command.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
    if (command.commands.length === 0) command.action(() => void (ran = path.join(" ")));
    for (const sub of command.commands) prepare(sub, [...path, sub.name()]);
  };
  prepare(spectrum, []);
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/gu)].map(([, quoted, plain]) => quoted ?? plain ?? "");
  spectrum.parse(words, { from: "user" });
  return ran;
}

describe("the CI workflow to copy", () => {
  it("runs verbs that there are, with flags that they take", () => {
    assert.deepEqual(commandLines.map(parsed).sort(), [
      "drift",
      "preview",
      "preview-env down",
      "preview-env prune",
      "preview-env up",
      "promote",
      "promote",
      "up",
    ]);
    assert.throws(() => parsed("drift --env dev --since yesterday"), /unknown option '--since'/u);
    assert.throws(() => parsed("drift"), /required option '--env <name>' not specified/u);
  });

  it("stores no key: every job takes the role of its environment", () => {
    assert.doesNotMatch(text, /secrets\.|aws-access-key|AWS_SECRET/u);
    for (const [name, { environment, steps: own, permissions: narrowed }] of Object.entries(jobs)) {
      assert.ok(environment, name);
      assert.equal((narrowed ?? permissions)["id-token"], "write", name);
      const [role] = own.filter(({ uses = "" }) => uses.startsWith("aws-actions/configure-aws-credentials@"));
      assert.equal(role?.with?.["role-to-assume"], "${{ vars.AWS_ROLE }}", name);
    }
  });

  it("takes actions of a fixed version, and puts no text of others into a command", () => {
    for (const { uses } of steps) if (uses !== undefined) assert.match(uses, /^[\w-]+\/[\w-]+@(?:v\d+|[0-9a-f]{40})$/u);
    for (const run of runs) assert.doesNotMatch(run, /\$\{\{/u);
  });

  it("gives a role to the pull requests of this repository alone, and goes in the order of promotion", () => {
    for (const [name, job] of Object.entries(jobs)) {
      if (job.if?.includes("pull_request") !== true) continue;
      assert.match(job.if, /head\.repo\.full_name == github\.repository/u, name);
    }
    assert.deepEqual([jobs.staging?.needs, jobs.prod?.needs], ["dev", "staging"]);
  });

  it("has a trust policy for one environment of one repository", () => {
    const { Statement: statements } = JSON.parse(readText("examples/ci/trust-policy.json")) as {
      readonly Statement: readonly { readonly Condition: Readonly<Record<string, Readonly<Record<string, string>>>> }[];
    };
    const equal = statements[0]?.Condition.StringEquals ?? {};
    assert.equal(equal["token.actions.githubusercontent.com:aud"], "sts.amazonaws.com");
    assert.match(equal["token.actions.githubusercontent.com:sub"] ?? "", /^repo:[A-Z]+\/[A-Z]+:environment:dev$/u);
    assert.deepEqual(Object.keys(statements[0]?.Condition ?? {}), ["StringEquals"]);
  });
});
