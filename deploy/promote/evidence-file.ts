/** The evidence logs of a project, `evidence/<environment>.jsonl`: each is read whole, and only ever appended to. */
import { closeSync, constants, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { InputError } from "../../app/finding";
import { EMPTY_LOG, type EvidenceEntry, type EvidenceLog, readEvidence, writeEvidence } from "./evidence";

/** Relative to the project's folder, as the log in it. */
export const EVIDENCE_FOLDER = "evidence";
export const evidencePath = (environment: string): string => join(EVIDENCE_FOLDER, `${environment}.jsonl`);

/** An environment to which nothing was ever brought has an empty log. Throws `InputError` where it cannot be read. */
export function readEvidenceFile(root: string, environment: string): EvidenceLog {
  const path = join(root, evidencePath(environment));
  if (!existsSync(path)) return EMPTY_LOG;
  return telling(environment, "read", () => readEvidence(readFileSync(path, "utf8")));
}

/** Throws `InputError` where the log could not be appended to: better before a deployment than after it. */
export function mustBeWritable(root: string, environment: string): void {
  telling(environment, "written", () => closeSync(openLog(root, environment)));
}

/**
 * Appends a line, and returns when it is on the disk. Throws `InputError` where it cannot be written.
 *
 * The line goes out in one write of a file opened for appending, so that two processes do not write into each other's; one that
 * was cut off by a crash stays as it is, on a line of its own.
 */
export function appendEvidence(root: string, entry: EvidenceEntry): void {
  const { environment } = entry;
  telling(environment, "written", () => {
    const file = openLog(root, environment);
    try {
      const before = readFileSync(file, "utf8");
      const cutOff = before !== "" && !before.endsWith("\n");
      writeSync(file, `${cutOff ? "\n" : ""}${writeEvidence(entry, readEvidence(before))}`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  });
}

function openLog(root: string, environment: string): number {
  const path = join(root, evidencePath(environment));
  mkdirSync(dirname(path), { recursive: true });
  return openSync(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, 0o644);
}

function telling<T>(environment: string, what: "read" | "written", act: () => T): T {
  try {
    return act();
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    const message = `the evidence log ${evidencePath(environment)} cannot be ${what} (${code})`;
    throw new InputError([{ message, location: null }]);
  }
}
