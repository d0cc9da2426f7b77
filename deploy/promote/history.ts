/** `spectrum history`: what was brought to which environment, from the evidence. Opens files, and asks no cloud. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../app/finding";
import { suggestion } from "../../app/compose/problems";
import { readStages } from "../../app/config/read";
import { appNames, releaseOf } from "../../plan/config-choice";
import { renderTable } from "../../plan/compare/table";
import { readStackConfig, type StackConfig } from "../../plan/stack-config";
import type { EvidenceEntry, EvidenceProblem } from "./evidence";
import { EVIDENCE_FOLDER, readEvidenceFile } from "./evidence-file";
import { ledgerOf, serving } from "./ledger";
import { shortId } from "./rules";

export interface History {
  readonly version: 1;
  /** In the order of promotion; those that are not in it by name, at the end. */
  readonly environments: readonly EnvironmentHistory[];
}

export interface EnvironmentHistory {
  readonly environment: string;
  /** By app. */
  readonly apps: Readonly<Record<string, AppHistory>>;
  /** The oldest first. */
  readonly entries: readonly EvidenceEntry[];
  /** What of the log cannot be relied on. */
  readonly problems: readonly EvidenceProblem[];
}

export interface AppHistory {
  /** The release that the evidence says serves; `null`: none. */
  readonly serves: string | null;
  /** The release that the stack's file names; `null`: none, the app comes from Compose files. */
  readonly file: string | null;
}

/** Throws `InputError` where there is no such environment, or a file cannot be read. */
export function readHistory(root: string, { environment, app }: { environment?: string; app?: string }): History {
  const files = readdirSync(root).flatMap((file) => /^Pulumi\.(.+)\.yaml$/u.exec(file)?.[1] ?? []);
  const configs = new Map(files.map((name) => [name, readStackConfig(root, name)]));
  const names = inOrder([...new Set([...files, ...logsIn(root)])], configs);
  if (environment !== undefined && !names.includes(environment)) {
    const message = `there is no environment ${environment}${suggestion(environment, names)}`;
    throw new InputError([{ message, location: null }]);
  }
  const chosen = names.filter((name) => environment === undefined || name === environment);
  return { version: 1, environments: chosen.map((name) => historyOf(root, name, configs.get(name) ?? null, app)) };
}

function logsIn(root: string): readonly string[] {
  try {
    return readdirSync(join(root, EVIDENCE_FOLDER)).flatMap((file) => /^(.+)\.jsonl$/u.exec(file)?.[1] ?? []);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function inOrder(names: readonly string[], configs: ReadonlyMap<string, StackConfig>): readonly string[] {
  const [config] = configs.values();
  const stages = config ? readStages(config).map(({ name }) => name) : [];
  return [...stages.filter((name) => names.includes(name)), ...names.filter((name) => !stages.includes(name)).sort()];
}

function historyOf(
  root: string,
  environment: string,
  config: StackConfig | null,
  app: string | undefined,
): EnvironmentHistory {
  const { entries: all, problems } = readEvidenceFile(root, environment);
  const entries = all.filter((entry) => app === undefined || entry.app === app);
  const apps = new Set([...(config ? appNames(config) : []), ...entries.map((entry) => entry.app)]);
  const kept = [...apps].filter((name) => app === undefined || name === app).sort();
  const appHistory = (name: string): AppHistory => ({
    serves: serving(ledgerOf(entries, name)),
    file: config && releaseOf(config, name),
  });
  return { environment, apps: Object.fromEntries(kept.map((name) => [name, appHistory(name)])), entries, problems };
}

/** With a line feed at the end. Damaged lines are the caller's to tell. */
export function renderHistory({ environments }: History): string {
  return environments
    .map((one) => `${[`${one.environment}:${servesText(one)}`, ...rows(one)].join("\n")}\n`)
    .join("\n");
}

function servesText({ apps }: EnvironmentHistory): string {
  const texts = Object.entries(apps).map(([name, { serves, file }]) => {
    const now = serves === null ? "no release yet" : shortId(serves);
    // a file that another hand has changed, or a deployment that was cut off
    const differs = file !== null && !serves?.startsWith(file);
    return `${name} ${now}${differs ? ` (its file says ${shortId(file)})` : ""}`;
  });
  return texts.length === 0 ? " no app" : ` ${texts.join(", ")}`;
}

function rows({ entries, apps }: EnvironmentHistory): readonly string[] {
  if (entries.length === 0) return [];
  const last = new Map(entries.map((entry) => [`${entry.app} ${entry.release}`, entry]));
  const cells = entries.map((entry) => {
    const { time, app, release, action, from, who, approvals, result, reason } = entry;
    const serves = apps[app]?.serves === release && last.get(`${app} ${release}`) === entry;
    return [
      time.replace(/:\d\d\.\d+Z$/u, "Z"),
      app,
      shortId(release),
      from === null ? action : `${action} from ${from}`,
      who.user.replace(/ *<[^>]*>$/u, ""),
      approvals.join(", "),
      `${result}${reason === null ? "" : `: ${shortened(reason)}`}${serves ? ", serves" : ""}`,
    ];
  });
  return renderTable([["time", "app", "release", "how", "by", "approved by", "result"], ...cells]);
}

const LONGEST = 80;
const shortened = (reason: string): string => {
  const [line = ""] = reason.split("\n");
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
};
