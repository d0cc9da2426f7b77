/**
 * The evidence log: what was brought to an environment, by whom, on whose word, and how it ended. One JSON object in each
 * line; each line carries the SHA-256 of the line before it, so that one which was changed or taken out shows. Pure.
 * docs/promotion.md describes the format.
 */
import { createHash } from "node:crypto";
import { z } from "zod";

const text = z.string().min(1);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/u);
const count = z.number().int().nullable();

const entrySchema = z.strictObject({
  version: z.literal(1),
  /** In UTC, as `Date.toISOString` writes it. */
  time: z.iso.datetime(),
  /** `seen`: it came there without a promotion, and was seen to run there, healthy, when it was promoted from there. */
  action: z.enum(["seen", "promote", "rollback"]),
  environment: text,
  app: text,
  /** The release's id. */
  release: sha256,
  /** The environment that it was taken from; `null`: of none. */
  from: text.nullable(),
  /** What ran before; `null` where nothing is known of it. */
  previousRelease: sha256.nullable(),
  /** By service, what runs: the reference with its digest. */
  images: z.record(text, text),
  who: z.strictObject({
    /** As git knows them: `Ada Lovelace <ada@example.com>`; the machine's user where git knows nobody. */
    user: text,
    /** Whose credentials those were; `null` where nobody could tell. */
    arn: text.nullable(),
  }),
  /** The names of those who approved. */
  approvals: z.array(text),
  /** What was named on the command line, that would have been refused otherwise. */
  named: z.strictObject({ skip: z.array(text), older: z.boolean(), failed: z.boolean() }),
  /** Rules that the plan breaks all the same; `null` where nothing was planned. */
  policy: z.strictObject({ advisory: z.number().int(), exempted: z.number().int() }).nullable(),
  /** USD a month of the whole environment, as planned; `null`: without a price, or without a budget. */
  price: z.strictObject({ usd: z.number().nullable(), budget: z.number().nullable() }),
  /** SHA-256 of the config difference that was shown; `null` where there are no two environments. */
  configDifference: sha256.nullable(),
  result: z.enum(["succeeded", "failed"]),
  /** Why it failed; `null` where it did not. */
  reason: text.nullable(),
  /** By service, at the end; a count is `null` where the tier does not tell it. */
  health: z.record(text, z.strictObject({ state: text, healthy: count, wanted: count })),
});

const lineSchema = entrySchema.extend({ lineBefore: sha256.nullable() });

/** What a line says. */
export type EvidenceEntry = Readonly<z.infer<typeof entrySchema>>;

/** Something of the log that cannot be relied on. */
export interface EvidenceProblem {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

export interface EvidenceLog {
  /** In the order of the lines; one that is damaged has none. */
  readonly entries: readonly EvidenceEntry[];
  readonly problems: readonly EvidenceProblem[];
  /** SHA-256 of the last line; `null` for an empty log. */
  readonly lastLine: string | null;
}

export const EMPTY_LOG: EvidenceLog = { entries: [], problems: [], lastLine: null };

/** Reads a log. What is wrong with it is told by line; what can be read of it is there all the same. */
export function readEvidence(content: string): EvidenceLog {
  const entries: EvidenceEntry[] = [];
  const problems: EvidenceProblem[] = [];
  let before: string | null = null;
  for (const [i, line] of linesOf(content).entries()) {
    const number = i + 1;
    const read = readLine(line);
    if ("wrong" in read) problems.push({ line: number, message: read.wrong });
    else {
      const { lineBefore, ...entry } = read.line;
      if (lineBefore !== before) problems.push({ line: number, message: brokenChain(number) });
      entries.push(entry);
    }
    before = hash(line);
  }
  return { entries, problems, lastLine: before };
}

const brokenChain = (line: number): string =>
  line === 1
    ? "is not the first that was written: those before it were taken out"
    : "was not written after the one before it: a line was changed, put in or taken out";

/** The line for an entry that comes after a log; with its line feed. */
export function writeEvidence(entry: EvidenceEntry, { lastLine }: Pick<EvidenceLog, "lastLine">): string {
  return `${JSON.stringify({ ...entry, lineBefore: lastLine })}\n`;
}

function readLine(line: string): { readonly line: z.infer<typeof lineSchema> } | { readonly wrong: string } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { wrong: "is no JSON: it was cut off, or changed by hand" };
  }
  const { version } = Object(value) as { readonly version?: unknown };
  if (typeof version === "number" && version > 1) return { wrong: `has version ${version}: a newer Spectrum wrote it` };
  const parsed = lineSchema.safeParse(value);
  if (parsed.success) return { line: parsed.data };
  const [issue] = parsed.error.issues;
  const place = issue && issue.path.length > 0 ? issue.path.join(".") : "the line";
  return { wrong: `is no evidence: ${place}: ${issue?.message ?? "has another form"}` };
}

/** A last line without its line feed, which was cut off, is one too. */
function linesOf(content: string): readonly string[] {
  const lines = content.split("\n");
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

const hash = (line: string): string => createHash("sha256").update(line).digest("hex");
