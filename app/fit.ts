/**
 * Fit: what a tier does to every key that an app uses, as findings. Pure. A tier brings its key table; this file walks it.
 */
import type { ComposeKey } from "./compose/keys";
import type { Placement } from "./config/types";
import type { Finding, Outcome } from "./finding";
import type { App, KeyUse } from "./model";
import { hasSecret } from "./value";

/** What a rule says of one use of a key. `remedy` may be left out for `kept` alone. */
export interface Verdict {
  readonly outcome: Outcome;
  /** Lower case, without a full stop. */
  readonly reason: string;
  readonly remedy?: string;
}

export interface FitContext {
  readonly app: App;
  readonly placement: Placement;
}

/** A fixed verdict, or one that depends on the value. `null`: this use says nothing that its parent key has not said. */
export type KeyRule = Verdict | ((use: KeyUse, context: FitContext) => Verdict | null);

type FirstKey<K> = K extends `services.*.${infer Rest}`
  ? Rest extends `${string}.${string}` | `${string}[]${string}`
    ? never
    : K
  : K extends `${string}.*.${string}.${string}`
    ? never
    : K extends "services" | "services.*"
      ? never
      : K extends
            `${"networks" | "volumes" | "secrets" | "configs"}.*.${string}` | "include" | "name" | "version" | "models"
        ? K
        : never;

/** The keys that every table must name: each key of a service and of a network, volume, secret and config. */
export type RequiredKey = FirstKey<ComposeKey>;

/** A rule for each key; a key without one of its own (`services.*.healthcheck.test`) takes its nearest parent's. */
export type KeyTable = Readonly<Record<RequiredKey, KeyRule>> & Readonly<Partial<Record<ComposeKey, KeyRule>>>;

export const kept = (reason: string): Verdict => ({ outcome: "kept", reason });
export const changed = (reason: string, remedy: string): Verdict => ({ outcome: "changed", reason, remedy });
export const refused = (reason: string, remedy: string): Verdict => ({ outcome: "refused", reason, remedy });

/** The rule of a key: its own, or its nearest parent's. Throws where the table names neither (a defect). */
export function ruleFor(table: Readonly<Partial<Record<ComposeKey, KeyRule>>>, pattern: string): KeyRule {
  for (let key = pattern; key !== ""; key = parentKey(key)) {
    const rule = (table as Readonly<Record<string, KeyRule | undefined>>)[key];
    if (rule) return rule;
  }
  throw new Error(`no rule for the Compose key ${pattern}`);
}

/** `a.b[].c` to `a.b[]` to `a.b` to `a` to the empty string. */
export function parentKey(key: string): string {
  return key.endsWith("[]") ? key.slice(0, -2) : key.slice(0, Math.max(0, key.lastIndexOf(".")));
}

/** Where a secret's variable may stand: the values that become Outputs. */
const SECRET_KEYS =
  /^(?:services\.\*\.(?:environment|command|entrypoint|build\.args)|(?:configs|secrets)\.\*\.content)(?:$|[.[])/u;

const SECRET_ELSEWHERE = refused(
  "a secret's variable stands in it, and its value would be readable in the plan and the state",
  "use the variable under environment or secrets, and write this key in plain",
);

function holdsSecret(value: unknown): boolean {
  if (typeof value === "string") return hasSecret(value);
  return typeof value === "object" && value !== null && Object.values(value).some(holdsSecret);
}

/** A finding for every use of a key that the table has a word for. */
export function fitKeys(table: KeyTable, context: FitContext): Finding[] {
  return context.app.uses.flatMap((use) => {
    const rule =
      holdsSecret(use.value) && !SECRET_KEYS.test(use.pattern) ? SECRET_ELSEWHERE : ruleFor(table, use.pattern);
    const verdict = typeof rule === "function" ? rule(use, context) : rule;
    return verdict ? [finding(context, use.service, use.key, verdict, use.location)] : [];
  });
}

/** A finding of a tier about something else than one key's use. */
export function finding(
  context: FitContext,
  service: string | null,
  key: string,
  verdict: Verdict,
  location: Finding["location"] = context.app.locate(service === null ? key : `services.${service}.${key}`),
): Finding {
  const { outcome, reason, remedy = "" } = verdict;
  return { app: context.app.name, service, key, outcome, accepted: false, reason, remedy, location };
}

/**
 * Marks the refusals that the user accepts by name. `accept` holds `service.key` (`key` alone where no service is meant)
 * and covers every finding whose key is it or continues it with `.` or `[`. `unused`: accepts that nothing needs.
 */
export function acceptFindings(
  findings: readonly Finding[],
  accept: readonly string[],
): { readonly findings: readonly Finding[]; readonly unused: readonly string[] } {
  const used = new Set<string>();
  const marked = findings.map((found) => {
    if (found.outcome !== "refused") return found;
    const name = found.service === null ? found.key : `${found.service}.${found.key}`;
    const by = accept.filter((a) => name === a || name.startsWith(`${a}.`) || name.startsWith(`${a}[`));
    for (const a of by) used.add(a);
    return by.length > 0 ? { ...found, accepted: true } : found;
  });
  return { findings: marked, unused: accept.filter((a) => !used.has(a)) };
}
