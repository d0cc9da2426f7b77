/** What a promotion and a rollback have in common, once it is known which releases go where: to show, to ask, to deliver. */
import { readStages } from "../../app/config/read";
import { InputError, type Problem } from "../../app/finding";
import { monthlyText } from "../../plan/prices/render";
import { releaseOf } from "../../plan/config-choice";
import type { Plan } from "../../plan/types";
import { type ConfigDifference, digestOf } from "../diff/config";
import type { PlanDifference } from "../diff/plan";
import { renderConfigDifference, renderPlanDifference } from "../diff/render";
import { deliver } from "./deliver";
import type { EvidenceEntry } from "./evidence";
import { evidencePath, readEvidenceFile } from "./evidence-file";
import { digestFaults, healthFaults } from "./health";
import { isBetween, type Ledger, ledgerOf, serving } from "./ledger";
import { approvalProblems, type Named, shortId } from "./rules";
import type { BroughtRelease, Driven, World } from "./types";

/** How people on the command line said that it is to be done. */
export interface Consent {
  /** Do not ask. */
  readonly yes: boolean;
  /** Names. */
  readonly approvedBy: readonly string[];
  readonly color: boolean;
}

export interface Errand {
  readonly action: "promote" | "rollback";
  /** The environment that the releases come from; `null`: from the history of where they go. */
  readonly from: string | null;
  readonly releases: readonly BroughtRelease[];
  /** The apps', where they go. */
  readonly ledgers: Readonly<Record<string, Ledger>>;
  readonly named: Named;
  /** Whose credentials bring them; `null` where nobody can tell. */
  readonly arn: string | null;
  /** What differs between the two environments; `null` where there are no two. */
  readonly config: readonly ConfigDifference[] | null;
}

/** How it went; `--json` prints it. */
export interface Brought {
  readonly version: 1;
  readonly action: Errand["action"];
  readonly environment: string;
  readonly from: string | null;
  /** By app, the release's id. */
  readonly releases: Readonly<Record<string, string>>;
  /** `there already`: nothing was to be done. `declined`: the question was answered with no. */
  readonly outcome: "succeeded" | "failed" | "there already" | "declined";
  readonly config: readonly ConfigDifference[] | null;
  /** What the releases change; `null` where the environment as it was could not be planned, or nothing was to be done. */
  readonly plan: PlanDifference | null;
  /** The lines that were written. */
  readonly evidence: readonly EvidenceEntry[];
}

/** Throws `InputError` with everything that keeps it from being done. Nothing has happened then. */
export async function bring(world: World, stack: Driven, errand: Errand, consent: Consent): Promise<Brought> {
  const { action, from, releases, ledgers, named, arn, config } = errand;
  const { environment } = stack;
  const brought: Brought = {
    version: 1,
    action,
    environment,
    from,
    releases: Object.fromEntries(releases.map(({ app, id }) => [app, id])),
    outcome: "there already",
    config,
    plan: null,
    evidence: [],
  };
  if (await areThere(world, stack, releases, ledgers)) return brought;

  const { plan, difference } = await world.plan(stack.config, releases);
  const who = { user: world.user(), arn };
  const wanted = readStages(stack.config).find(({ name }) => name === environment)?.approvals ?? 0;
  refuse(approvalProblems(wanted, consent.approvedBy, who.user));

  for (const text of shown(environment, errand, plan, difference, consent)) world.tell(`${text}\n`);
  const what = `${listed(releases)} to ${environment}`;
  if (!consent.yes && !(await world.confirm(`${action} ${what}?`)))
    return { ...brought, outcome: "declined", plan: difference };
  const evidence = await deliver(world, stack, {
    action,
    from,
    who,
    named: { skip: [...named.skip], older: named.older, failed: named.failed },
    approvals: [...consent.approvedBy],
    configDifference: config && digestOf(config),
    releases,
    previous: Object.fromEntries(releases.map(({ app }) => [app, serving(ledgers[app] ?? [])])),
    plan,
  });
  const outcome = evidence.every(({ result }) => result === "succeeded") ? "succeeded" : "failed";
  return { ...brought, outcome, plan: difference, evidence };
}

export function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new InputError(problems);
}

/** Refuses another account or region; returns whose credentials those are. */
export async function guarded(world: World, stack: Driven): Promise<string | null> {
  const { arn, warnings } = await world.guard(stack);
  for (const { message } of warnings) world.tell(`warning: ${message}\n`);
  return arn;
}

/** By app, the ledger of an environment. Damaged lines are told: what they said counts for nothing. */
export function openLedgers(
  world: World,
  environment: string,
  apps: readonly string[],
): Readonly<Record<string, Ledger>> {
  const { entries, problems } = readEvidenceFile(world.root, environment);
  for (const { line, message } of problems)
    world.tell(`warning: ${evidencePath(environment)}:${line}: the line ${message}\n`);
  return Object.fromEntries(apps.map((app) => [app, ledgerOf(entries, app)]));
}

/** True where the file, the evidence and what runs say that all of them are there, and healthy. */
async function areThere(
  world: World,
  stack: Driven,
  releases: readonly BroughtRelease[],
  ledgers: Errand["ledgers"],
): Promise<boolean> {
  if (stack.isNew) return false;
  const deployed = await stack.deployedReleases();
  const settled = releases.every(({ app, id }) => {
    const ledger = ledgers[app] ?? [];
    const line = releaseOf(stack.config, app);
    return line !== null && id.startsWith(line) && deployed[app] === id && serving(ledger) === id && !isBetween(ledger);
  });
  if (!settled) return false;
  const statuses = await world.status(
    stack,
    releases.map(({ app }) => app),
  );
  return releases.every(
    (release) => [...healthFaults(release, statuses), ...digestFaults(release, statuses)].length === 0,
  );
}

function shown(
  environment: string,
  { from, config }: Errand,
  { prices, policy = [] }: Plan,
  difference: PlanDifference | null,
  { color }: Consent,
): readonly string[] {
  return [
    ...(config && from !== null ? [renderConfigDifference(config, { from, to: environment, color })] : []),
    difference
      ? renderPlanDifference(difference, { from: "now", to: "then", color })
      : `${environment} as its file has it now cannot be planned: what changes is not known\n`,
    [
      ...(prices ? [`then: ${monthlyText(prices)}${budgetText(prices.budgets.environment)}`] : []),
      `policy: ${policy.length === 0 ? "no rule is broken" : `${policy.length} broken, none of them mandatory without an exemption`}`,
      "",
    ].join("\n"),
  ];
}

const budgetText = (budget: number | null): string => (budget === null ? "" : `; the budget is ${budget}`);

/** `shop 0123456789ab, blog 0123456789ab` */
export const listed = (releases: readonly BroughtRelease[]): string =>
  releases.map(({ app, id }) => `${app} ${shortId(id)}`).join(", ");
