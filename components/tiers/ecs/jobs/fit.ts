/** What becomes of an app's jobs on an ECS tier, besides what their keys say. Pure. */
import type { JobConfig } from "../../../../app/config/types";
import type { Finding } from "../../../../app/finding";
import { changed, finding, kept, refused, type Verdict } from "../../../../app/fit";
import { jobOf, waitersOf } from "../../../../app/jobs";
import type { App } from "../../../../app/model";
import { JOB_SECONDS } from "../../../../app/time-to-fail";
import { LAMBDA_SECONDS, RUN_SECONDS } from "../../../platform/job-runner/limits";
import { jobTasks } from "../tasks";
import { type JobCallContext, unwiredNames } from "./calls";
import { runsOnSpot } from "./spot";

export function ecsJobFindings(context: JobCallContext): readonly Finding[] {
  const { app, placement } = context;
  return jobTasks(app).flatMap(({ name }) => {
    const job = jobOf(placement, name);
    if (job === null) return [];
    const say = (key: string, verdict: Verdict) => finding(context, name, key, verdict);
    const scaled = (placement.services[name]?.scale ?? null) !== null;
    const lost = unwiredNames(app, name);
    return [
      say("job", runs(app, name, job)),
      ...times(job).map(([key, verdict]) => say(key, verdict)),
      ...(scaled
        ? [say("scale", changed("left out: a job has one task for each run", "scale the services alone"))]
        : []),
      ...spot(context, name).map((verdict) => say("spot", verdict)),
      ...(lost.length > 0 ? [say("command", unwired(lost))] : []),
    ];
  });
}

/** How it is started. */
function runs(app: App, name: string, { on, at, timezone }: JobConfig): Verdict {
  const waiters = waitersOf(app, name);
  switch (on) {
    case "once":
      return kept(`run by hand, as a task of its own: the stack's output run-${name} is the command`);
    case "deploy":
      return kept(
        `run by each deployment${waiters.length > 0 ? ` before ${waiters.join(", ")}` : ""}, by a Lambda function that waits for its end: where it fails, so does the deployment, and what runs goes on; the stack's output run-${name} runs it by hand`,
      );
    case "schedule":
      return kept(
        `run ${at ?? ""} (${timezone}) by EventBridge Scheduler and a state machine of its own, which stops and retries it; what failed is in a queue, the stack's output failed-${name}, for 14 days`,
      );
  }
}

/** What holds of `retries` and `timeout`. */
function times({ on, retries, timeout }: JobConfig): readonly (readonly [string, Verdict])[] {
  switch (on) {
    case "once":
      return [
        ...(retries > 0
          ? [["job.retries", changed("left out: who runs it by hand runs it again", "leave it out")] as const]
          : []),
        ...(timeout !== JOB_SECONDS
          ? [
              [
                "job.timeout",
                changed("left out: nobody stops a run that was started by hand", "aws ecs stop-task stops it"),
              ] as const,
            ]
          : []),
      ];
    case "deploy": {
      const seconds = (retries + 1) * timeout;
      if (seconds <= RUN_SECONDS) return [];
      return [
        seconds <= LAMBDA_SECONDS
          ? [
              "job.timeout",
              changed(
                `${RUN_SECONDS} s in all: the function that waits has ${LAMBDA_SECONDS}, some of them for stopping it`,
                `say timeout: ${Math.floor(RUN_SECONDS / (retries + 1))}s`,
              ),
            ]
          : [
              "job.timeout",
              refused(
                `${retries + 1} ${retries === 0 ? "run" : "runs"} of ${timeout} s may take ${seconds}, and the function that waits has ${LAMBDA_SECONDS}`,
                `say a timeout of ${Math.floor(RUN_SECONDS / (retries + 1))} s at most, or run it by hand or by the clock`,
              ),
            ],
      ];
    }
    case "schedule":
      return [];
  }
}

function spot({ placement, tier }: JobCallContext, name: string): Verdict[] {
  if (!tier.settings(placement).spot(name)) return [];
  return runsOnSpot(tier, placement, { name })
    ? [
        changed(
          "each run is one task, and on Spot as a whole: AWS may take it away at two minutes' notice",
          "spot: 0 under the service",
        ),
      ]
    : [changed("no run is on Spot: a deployment waits for it", "nothing to do")];
}

const unwired = (names: readonly string[]): Verdict =>
  changed(
    `${names.join(" and ")} stands in its words as it is: where that is a host, it leads nowhere, for a job calls services by their private names`,
    `write it as host:port or in a URL, or give it by a variable such as ${names[0]?.toUpperCase().replace(/[^A-Z0-9]/gu, "_") ?? ""}_HOST`,
  );
