/** What may break a rule, for a reason and a time. Pure: the day comes from the caller. */
import { closest } from "fastest-levenshtein";
import type { Exemption } from "../app/config/types";
import type { Problem } from "../app/finding";
import { matchesPattern } from "../app/pattern";
import type { Violation } from "./evaluate";
import { rules } from "./rules";

/** A violation, and the exemption that takes it, where one does. */
export interface PolicyResult extends Violation {
  readonly exemption?: Pick<Exemption, "reason" | "until">;
}

export interface Judged {
  readonly results: readonly PolicyResult[];
  /** Of exemptions that have ended, and of those that take nothing. */
  readonly warnings: readonly Problem[];
}

/** @param today `YYYY-MM-DD`, in UTC */
export function applyExemptions(
  violations: readonly Violation[],
  exemptions: readonly Exemption[],
  today: string,
): Judged {
  const results = violations.map((violation): PolicyResult => {
    const taken = exemptions.find((exemption) => exemption.until >= today && takes(exemption, violation));
    return taken ? { ...violation, exemption: { reason: taken.reason, until: taken.until } } : violation;
  });
  const warnings = exemptions.flatMap((exemption, i): Problem[] => {
    const message = warningOf(exemption, violations, today);
    return message === null ? [] : [{ message, key: `spectrum:policy.exemptions[${i}]`, location: null }];
  });
  return { results, warnings };
}

function takes({ rule, resource: pattern }: Exemption, { rule: broken, urn, resource }: Violation): boolean {
  if (rule !== broken) return false;
  return matchesPattern(pattern, resource) || matchesPattern(pattern, urn);
}

function warningOf(exemption: Exemption, violations: readonly Violation[], today: string): string | null {
  const { rule, resource, until } = exemption;
  const names = rules.map(({ name }) => name);
  if (!names.includes(rule)) return `no rule is called ${rule}, did you mean ${closest(rule, names)}`;
  if (until < today) return `ended on ${until}, and exempts nothing any more; mend what it was for, and take it out`;
  if (violations.some((violation) => takes(exemption, violation))) return null;
  return `nothing called ${resource} breaks the rule ${rule}; take it out`;
}

/** What a plan fails for: mandatory rules that are broken, and not exempt. */
export const isFatal = ({ severity, exemption }: PolicyResult): boolean =>
  severity === "mandatory" && exemption === undefined;
