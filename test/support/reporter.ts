/**
 * The reporter of all test runs: dots, and two things that mocha leaves to the reader.
 *
 * - A skipped test counts as failed unless `test/skips.json` (or the file in `TEST_SKIPS`) names it: by its full title, or by
 *   the beginning of that up to a space.
 * - Where `TEST_COUNTS` names a file, the counts are written to it as JSON: `{ passed, failed, skipped }`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import * as mocha from "mocha";

interface Skip {
  /** The full title of a test, or of a `describe`. */
  readonly name: string;
  readonly reason: string;
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** True where the list names the test. */
export function maySkip(title: string, skips: readonly Skip[]): boolean {
  return skips.some(({ name }) => title === name || title.startsWith(`${name} `));
}

export default class Reporter extends mocha.reporters.Dot {
  readonly #skipped: string[] = [];
  #passed = 0;

  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.on("pass", () => void this.#passed++);
    runner.on("pending", (test) => void this.#skipped.push(test.fullTitle()));
  }

  override done(failures: number, exit?: (failures: number) => void): void {
    const file = process.env.TEST_SKIPS ?? resolve(__dirname, "../skips.json");
    const skips = JSON.parse(readFileSync(file, "utf8")) as Skip[];
    const unlisted = this.#skipped.filter((title) => !maySkip(title, skips));
    for (const title of unlisted)
      console.error(`skipped, and not on the list of tests that may be (test/skips.json): ${title}`);
    const failed = failures + unlisted.length;
    const counts: Counts = { passed: this.#passed, failed, skipped: this.#skipped.length };
    if (process.env.TEST_COUNTS) writeFileSync(process.env.TEST_COUNTS, `${JSON.stringify(counts)}\n`);
    exit?.(failed);
  }
}
