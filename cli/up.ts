/** `spectrum up` and `spectrum preview`. */
import { reviewUp, type Review } from "../deploy/changes/review";
import { renderOutputs } from "../deploy/changes/outputs";
import { makePlan } from "../plan/plan";
import { renderPlan } from "../plan/render";
import {
  agreed,
  declined,
  drive,
  type DriveArguments,
  type Driven,
  ended,
  unanswerable,
  watch,
  watchReview,
} from "./drive";
import { EXIT, wantsColor } from "./output";
import type { End } from "./teller";

export interface UpArguments extends DriveArguments {
  readonly refresh?: true;
}

/** Exit code 0 where the deployment went through, 2 where nothing was begun, 3 where it failed, 130 where it was stopped. */
export function up(options: UpArguments): Promise<void> {
  const given = options.yes === true;
  return drive("up", options, { create: true, refusal: unanswerable("up", given) }, async (driven) => {
    const review = await reviewed(driven, options);
    if ("outcome" in review) return review;
    const { teller, stack } = driven;
    const total = Object.values(review.changes.counts).reduce((sum, count) => sum + count, 0);
    // what the outputs say may change all the same, as under plain `pulumi up`
    if (total > 0 && !(await agreed(given, `\nDeploy this to ${stack.environment}? yes or no:`))) return declined;
    const done = await watch(driven, "up", `deploying ${stack.environment}`, (watched) => stack.up(watched), total);
    if (done.outcome !== "succeeded") return ended(done);
    const outputs = await stack.outputs();
    return ended(done, { outputs, text: teller.json ? "" : renderOutputs(outputs) });
  });
}

/** Exit code 0 where the deployment would begin. */
export function preview(options: UpArguments): Promise<void> {
  return drive("preview", options, {}, async (driven) => {
    const review = await reviewed(driven, options);
    return "outcome" in review ? review : ended(review.preview);
  });
}

/** Plans, previews and shows both; or how it ended where something forbids the deployment. */
async function reviewed(driven: Driven, { diff, refresh }: UpArguments): Promise<Review | End> {
  const { teller, stack } = driven;
  const plan = await makePlan({ root: stack.root, environment: stack.environment });
  teller.warn(plan.warnings);
  if (plan.errors.length > 0) {
    const text = teller.json ? "" : renderPlan(plan, { color: wantsColor(process.stdout) });
    return { outcome: "refused", code: EXIT.wrong, errors: plan.errors, text };
  }
  const review = await watchReview(driven, `previewing ${stack.environment}`, (watched) =>
    reviewUp(stack, plan, { ...watched, ...(diff && { diff }), ...(refresh && { refresh }) }),
  );
  return review.preview.outcome === "succeeded" ? review : ended(review.preview);
}
