/** `spectrum up` and `spectrum preview`. */
import { InputError } from "../app/finding";
import { reviewUp, type Review } from "../deploy/changes/review";
import { renderOutputs } from "../deploy/changes/outputs";
import { checkOutcome, renderStatus, type ServiceStatus } from "../deploy/status";
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
  /** False: whether it comes up is nobody's question. Default: true. */
  readonly wait?: boolean;
}

/**
 * Exit code 0 where the deployment went through and what it deployed runs, 2 where nothing was begun, 3 where it failed or what it
 * deployed does not run, 130 where it was stopped.
 */
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
    const end = ended(done, { outputs, text: teller.json ? "" : renderOutputs(outputs) });
    return options.wait === false ? end : await checked(driven, end);
  });
}

/** What Pulumi has deployed may not run: that is a deployment that failed. */
async function checked({ teller, stack }: Driven, end: End): Promise<End> {
  const failed = (messages: readonly string[], text = ""): End => ({
    ...end,
    outcome: "failed",
    code: EXIT.failed,
    errors: messages.map((message) => ({ message, location: null })),
    text: (end.text ?? "") + text,
  });
  try {
    const { healthy, failures, statuses } = await checkOutcome(stack, {
      onChange: (seen) => teller.notice(seen.map(stateLine).join("; ")),
    });
    if (healthy) return end;
    return failed(failures, teller.json ? "" : `\n${renderStatus(statuses, { color: wantsColor(process.stdout) })}`);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const how = `\`spectrum status --env ${stack.environment}\` asks again, and \`up --no-wait\` does not ask`;
    return failed([`it was deployed, and could not be looked at: ${error.message}; ${how}`]);
  }
}

const stateLine = ({ app, service, state, running, wanted }: ServiceStatus): string =>
  `${app}/${service} is ${state}, ${running.healthy ?? "?"} of ${wanted.count ?? "?"} healthy`;

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
