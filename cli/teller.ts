/** What a verb that drives Pulumi tells, as text for people or as JSON, one object in each line (docs/deploy.md). */
import { createColors } from "picocolors";
import type { Colors } from "picocolors/types";
import type { Problem } from "../app/finding";
import { renderDrift } from "../deploy/changes/drifted";
import { renderReview } from "../deploy/changes/render";
import type { Review } from "../deploy/changes/review";
import type { Guarded, Operation, OperationEvent, OperationKind, Step } from "../deploy/engine";
import { OperationProgress } from "./operation-progress";
import { EXIT, type Ending, finish, problemLines, wantsColor } from "./output";

export type Verb = "up" | "preview" | "destroy" | "refresh";

/** How a verb ended. */
export interface End {
  /** `refused`: nothing was begun. `declined`: the question was not answered with yes. */
  readonly outcome: Operation["outcome"] | "refused" | "declined";
  readonly code: Ending["code"];
  readonly errors?: readonly Problem[];
  /** Of the operation. */
  readonly changes?: Operation["changes"];
  readonly seconds?: number;
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** For people, on stdout. */
  readonly text?: string;
}

export class Teller {
  private progress: OperationProgress | undefined;
  private readonly colors: Colors = createColors(wantsColor(process.stderr));

  constructor(
    readonly verb: Verb,
    readonly environment: string,
    readonly json: boolean,
  ) {}

  start({ account, region, warnings }: Guarded): void {
    if (this.json)
      this.line({ type: "start", version: 1, verb: this.verb, environment: this.environment, account, region });
    else
      this.said(
        `${this.environment}: ${account === null ? "the stack's own credentials" : `account ${account}`}, ${region}`,
      );
    this.warn(warnings);
  }

  notice(text: string): void {
    if (this.json) this.line({ type: "notice", text });
    else this.said(text);
  }

  warn(warnings: readonly Problem[]): void {
    if (this.json)
      for (const { message, location, key } of warnings) this.line({ type: "warning", message, location, key });
    else process.stderr.write(problemLines(warnings, this.colors.yellow("warning")));
  }

  /** What would be done. */
  review(review: Review): void {
    if (!this.json) {
      process.stdout.write(renderReview(review, createColors(wantsColor(process.stdout))));
      return;
    }
    const { plan, price, changes, pending } = review;
    const total = ({ fixed, usage }: { readonly fixed: number; readonly usage: number }) => ({ fixed, usage });
    this.line({
      type: "review",
      counts: changes.counts,
      notices: changes.notices,
      others: changes.others,
      price: price && { region: price.region, now: total(price.now), then: total(price.then) },
      findings: plan?.apps.flatMap(({ findings }) => findings.filter(({ outcome }) => outcome !== "kept")) ?? [],
      policy: plan?.policy ?? [],
      pending,
    });
  }

  /** What differs in the cloud, without its values: what the cloud says may hold secrets. */
  drift(steps: readonly Step[]): void {
    if (!this.json) return void process.stdout.write(renderDrift(steps));
    const resources = steps.map(({ urn, op, diff }) => ({ urn, op, properties: Object.keys(diff).sort() }));
    this.line({ type: "drift", resources });
  }

  /** Runs an operation and tells what it does. @param total how many resources are to change, where that is known */
  async operating(
    kind: OperationKind,
    title: string,
    run: (onEvent: (event: OperationEvent) => void) => Promise<Operation>,
    total?: number,
  ): Promise<Operation> {
    if (this.json) return run((event) => this.line({ ...event, operation: kind }));
    const progress = (this.progress = new OperationProgress(process.stderr, { title, ...(total && { total }) }));
    try {
      // a preview's messages stand in its text
      return await run((event) => {
        if (kind !== "preview" || event.type === "resource") progress.tell(event);
      });
    } finally {
      progress.end();
      this.progress = undefined;
    }
  }

  /** Prints how it ended, and ends the process. */
  end({ code, text = "", errors = [], ...told }: End): void {
    if (this.json) {
      const said = errors.map(({ message, location, key }) => ({ message, location, key }));
      return finish({ stdout: `${JSON.stringify({ type: "end", code, errors: said, ...told })}\n`, stderr: "", code });
    }
    finish({ stdout: text, stderr: problemLines(errors, this.colors.red("error")), code });
  }

  private said(text: string): void {
    if (this.progress) this.progress.print(text);
    else process.stderr.write(`${text}\n`);
  }

  private line(value: object): void {
    process.stdout.write(`${JSON.stringify(value)}\n`);
  }
}

/** The exit code of an operation. */
export const codeOf = ({ outcome }: Operation): Ending["code"] =>
  outcome === "succeeded" ? EXIT.done : outcome === "canceled" ? EXIT.canceled : EXIT.failed;
