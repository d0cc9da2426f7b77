/**
 * `npm run table`: every real app on every tier: planned as it is, or what has to be given up there, and why. With `--write`
 * (`npm run fix:table`) it brings the page in docs/ up to date.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { format } from "prettier";
import type { Finding } from "../../app/finding";
import { tierNames, type TierName } from "../../app/tiers";
import type { Plan } from "../../plan/types";
import { planRealApp, realApps } from "./real-apps";

export const PAGE = resolve(__dirname, "../../docs/real-apps.md");
const DATE = /^Planned on \d{4}-\d\d-\d\d\b/mu;

interface Row {
  readonly app: string;
  readonly plans: Readonly<Record<TierName, Plan>>;
}

async function planAll(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const app of realApps()) {
    const plans: Partial<Record<TierName, Plan>> = {};
    for (const tier of tierNames) plans[tier] = await planRealApp(app, tier);
    rows.push({ app: app.name, plans: plans as Record<TierName, Plan> });
  }
  return rows;
}

const refusals = (plan: Plan): readonly Finding[] =>
  plan.apps.flatMap(({ findings }) => findings.filter((f) => f.outcome === "refused" && !f.accepted));

/** Resources where it is planned, else how many refusals; `wrong` for a file that no tier could read. */
function cell(plan: Plan): string {
  if (plan.apps.length === 0) return "wrong";
  const count = refusals(plan).length;
  return count === 0 ? `${plan.resources.length}` : `**${count} refused**`;
}

/** What no tier could read: a variable that is required and not given, a file that is not there. */
function wrongFiles(rows: readonly Row[]): readonly string[] {
  const wrong = rows.flatMap(({ app, plans }) => {
    const { apps, errors } = plans[tierNames[0]];
    return apps.length > 0 ? [] : errors.map(({ message }) => `- \`${app}\`: ${escape(message)}`);
  });
  return wrong.length === 0 ? [] : ["## Wrong on every tier", "", ...wrong, ""];
}

/** By reason and remedy, most common first: what it is said of. */
function reasons(rows: readonly Row[], tier: TierName): readonly string[] {
  const by = new Map<string, Set<string>>();
  for (const { app, plans } of rows) {
    for (const { service, key, reason, remedy } of refusals(plans[tier])) {
      const text = `${reason}; ${remedy}`;
      by.set(text, (by.get(text) ?? new Set()).add(`\`${app}: ${service === null ? key : `${service}.${key}`}\``));
    }
  }
  return [...by]
    .sort(([a, x], [b, y]) => y.size - x.size || (a < b ? -1 : 1))
    .map(([text, places]) => `- ${escape(text)}: ${[...places].join(", ")}`);
}

const escape = (text: string): string => text.replace(/([*_<>|[\]])/gu, "\\$1");

/** The page, formatted as the project's files are. */
export async function page(date: string): Promise<string> {
  const rows = await planAll();
  const planned = (tier: TierName) => rows.filter(({ plans }) => plans[tier].errors.length === 0).length;
  const plans = rows.length * tierNames.length;
  const lines = [
    "# Real Compose files on every tier",
    "",
    `Planned on ${date}: the ${rows.length} files of [docker/awesome-compose](https://github.com/docker/awesome-compose) on each tier, ${plans} plans. A number`,
    "is the resources of the plan, with nothing given up; where keys are refused, the lists below say why, and what to do. Each of",
    "them can be accepted by name instead (`accept`), and is then planned too. `npm run table` prints this page, `npm run fix:table`",
    "writes it.",
    "",
    `| app | ${tierNames.map((tier) => `\`${tier}\``).join(" | ")} |`,
    `| --- | ${tierNames.map(() => "---").join(" | ")} |`,
    ...rows.map(({ app, plans: by }) => `| ${app} | ${tierNames.map((tier) => cell(by[tier])).join(" | ")} |`),
    `| **planned as they are** | ${tierNames.map(planned).join(" | ")} |`,
    "",
    ...wrongFiles(rows),
    ...tierNames.flatMap((tier) => [`## Refused on ${tier}`, "", ...orNone(reasons(rows, tier)), ""]),
  ];
  return format(lines.join("\n"), { parser: "markdown", printWidth: 120 });
}

const orNone = (lines: readonly string[]): readonly string[] => (lines.length > 0 ? lines : ["Nothing."]);

/** The page as it stands, and the same text of today; the date does not count. */
export async function compared(): Promise<{ readonly written: string; readonly now: string }> {
  const written = readFileSync(PAGE, "utf8");
  const now = await page("2000-01-01");
  return { written: written.replace(DATE, "Planned"), now: now.replace(DATE, "Planned") };
}

async function main(): Promise<void> {
  if (realApps().length === 0) throw new Error(`the files are not beside the project: ${join("..", "shared", "apps")}`);
  const text = await page(new Date().toISOString().slice(0, 10));
  if (process.argv.includes("--write")) writeFileSync(PAGE, text);
  else console.log(text);
}

if (require.main === module) void main();
