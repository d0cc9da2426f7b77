/** Writes the reference's outcome beside each fixture (expected.json), and the reader's own (ours.json) where it differs on purpose. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Outcome } from "./support";
import { FIXTURES, fixtures, readOutcome, reference } from "./support";

const run = reference();
if (run === null) throw new Error("no reference: go or the folder shared/compose-ref is absent");
const cases = fixtures();
const outcomes = run(cases);
// a message of the reference names places of the machine
const kept = (outcome: Outcome) => ("error" in outcome ? { error: "refused" } : outcome);
for (const [i, one] of cases.entries()) {
  const write = (name: string, outcome: Outcome) =>
    writeFileSync(join(FIXTURES, one.name, name), `${JSON.stringify(kept(outcome), null, 1)}\n`);
  write("expected.json", outcomes[i]!);
  if (one.different !== undefined) write("ours.json", readOutcome(one));
}
