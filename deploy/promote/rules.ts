/** What a promotion or a rollback may do only if it is named: the rules of the order, over the evidence. Pure. */
import type { Stage } from "../../app/config/environments";
import { suggestion } from "../../app/compose/problems";
import type { Problem } from "../../app/finding";
import { holdsUp, isOlder, lastAttempt, type Ledger, serving } from "./ledger";

/** What the command line names. */
export interface Named {
  /** Environments that are left out. */
  readonly skip: readonly string[];
  /** An older release may take a newer one's place. */
  readonly older: boolean;
  /** A release that failed there may be tried again. */
  readonly failed: boolean;
}

export const NOTHING_NAMED: Named = { skip: [], older: false, failed: false };

export interface Promotion {
  readonly app: string;
  /** The release's id. */
  readonly release: string;
  readonly from: string;
  readonly to: string;
  readonly stages: readonly Stage[];
  /** The app's, by environment; one without evidence may be left out. */
  readonly ledgers: Readonly<Record<string, Ledger>>;
}

/** A release's id as people read it. */
export const shortId = (release: string): string => release.slice(0, 12);

const problem = (message: string): Problem => ({ message, location: null });

/** The order itself: what no flag allows. */
export function orderProblems(
  stages: readonly Stage[],
  from: string,
  to: string,
  skip: readonly string[],
): readonly Problem[] {
  const names = stages.map(({ name }) => name);
  if (names.length === 0) {
    const message = "is missing; name the stacks in the order of promotion in Pulumi.yaml (docs/promotion.md)";
    return [{ key: ORDER, message, location: null }];
  }
  const unknown = [from, to].filter((name) => !names.includes(name));
  if (unknown.length > 0)
    return unknown.map((name) => ({
      key: ORDER,
      message: `${name} is no environment in the order of promotion${suggestion(name, names)}`,
      location: null,
    }));
  if (names.indexOf(from) >= names.indexOf(to))
    return [
      problem(
        `a release goes from an environment to a later one, and ${from} does not stand before ${to}: ${names.join(", ")}; ` +
          `to go back to an earlier release: spectrum rollback --env ${to}`,
      ),
    ];
  const between = betweenNames(stages, from, to);
  return skip
    .filter((name) => !between.includes(name))
    .map((name) => problem(`--skip ${name}: it does not stand between ${from} and ${to}${suggestion(name, between)}`));
}

const ORDER = "spectrum:environments";

const betweenNames = (stages: readonly Stage[], from: string, to: string): readonly string[] => {
  const names = stages.map(({ name }) => name);
  return names.slice(names.indexOf(from) + 1, names.indexOf(to));
};

/** What of a promotion is refused, each with the flag that names it. The order has been checked. */
export function promotionRefusals(promotion: Promotion, named: Named): readonly Problem[] {
  const { app, release, from, to, stages, ledgers } = promotion;
  const id = shortId(release);
  const skipped = betweenNames(stages, from, to).filter(
    (name) => !holdsUp(ledgers[name] ?? [], release) && !named.skip.includes(name),
  );
  return [
    ...skipped.map((name) =>
      problem(
        `${app}: the release ${id} did not run in ${name}, which stands between ${from} and ${to}; ` +
          `promote it there first, or name the environment that it leaves out: --skip ${name}`,
      ),
    ),
    ...olderRefusals(promotion, named),
    ...failedRefusals(promotion, named),
  ];
}

function olderRefusals({ app, release, from, to, ledgers }: Promotion, named: Named): readonly Problem[] {
  const there = ledgers[to] ?? [];
  const current = serving(there);
  if (named.older || current === null || current === release) return [];
  if (isOlder(release, current, [ledgers[from] ?? [], there]) !== true) return [];
  return [
    problem(
      `${app}: the release ${shortId(release)} is older than ${shortId(current)}, which serves in ${to}; ` +
        `go back with spectrum rollback --env ${to}, or name it: --older`,
    ),
  ];
}

/** Of a promotion or a rollback to the environment. */
export function failedRefusals(
  { app, release, to, ledgers }: Pick<Promotion, "app" | "release" | "to" | "ledgers">,
  named: Pick<Named, "failed">,
): readonly Problem[] {
  const last = lastAttempt(ledgers[to] ?? [], release);
  if (named.failed || last?.result !== "failed") return [];
  return [
    problem(
      `${app}: the release ${shortId(release)} failed in ${to} on ${last.time}: ${last.reason ?? "nobody knows why"}; ` +
        "find out why first; to try it again, name it: --failed",
    ),
  ];
}

/** Where a rollback to a release is refused: it goes back along what has succeeded there. */
export function rollbackProblems(app: string, environment: string, to: string, ledger: Ledger): readonly Problem[] {
  const there = [...new Set(ledger.filter(({ result }) => result === "succeeded").map(({ release }) => release))];
  if (there.includes(to)) return [];
  const known = there.length > 0 ? `there are ${there.map(shortId).join(", ")}` : "there is none";
  return [
    problem(
      `${app}: the release ${shortId(to)} never succeeded in ${environment}: ${known}; ` +
        "spectrum history shows them; a release that has not been there is promoted",
    ),
  ];
}

/** The approvals that are still wanting. The same person counts once, and who brings the release does not count. */
export function approvalProblems(wanted: number, given: readonly string[], user: string): readonly Problem[] {
  const own = given.filter((name) => isSamePerson(name, user));
  const counted = given.reduce<readonly string[]>(
    (others, name) =>
      own.includes(name) || others.some((other) => isSamePerson(name, other)) ? others : [...others, name],
    [],
  );
  if (counted.length >= wanted) return [];
  const others = wanted === 1 ? "one other person" : `${wanted} other people`;
  const said = own.length > 0 ? `${own.join(", ")} brings the release, and does not count` : `got ${counted.length}`;
  return [problem(`the environment wants the approval of ${others}, and ${said}: give --approved-by NAME for each`)];
}

/** As far as names and addresses tell. */
const isSamePerson = (a: string, b: string): boolean => namesOf(a).some((name) => namesOf(b).includes(name));

/** `Ada Lovelace <ada@example.com>`: the name, and the address. In lower case. */
function namesOf(user: string): readonly string[] {
  const [, name = "", address = ""] = /^([^<]*)(?:<([^>]*)>)?$/u.exec(user.trim()) ?? ["", user];
  return [name, address].map((part) => part.trim().toLowerCase()).filter((part) => part !== "");
}
