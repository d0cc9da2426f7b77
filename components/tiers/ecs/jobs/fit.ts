/** What becomes of an app's jobs on an ECS tier, besides what their keys say. Pure. */
import type { JobConfig } from "../../../../app/config/types";
import type { Finding } from "../../../../app/finding";
import { changed, finding, kept, refused, type Verdict } from "../../../../app/fit";
import { jobOf } from "../../../../app/jobs";
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
      say("job", runs(name, job)),
      ...(scaled
        ? [say("scale", changed("left out: a job has one task for each run", "scale the services alone"))]
        : []),
      ...spot(context, name).map((verdict) => say("spot", verdict)),
      ...(lost.length > 0 ? [say("command", unwired(lost))] : []),
    ];
  });
}

/** How it is started. */
function runs(name: string, { on }: JobConfig): Verdict {
  switch (on) {
    case "once":
      return kept(`run by hand, as a task of its own: the stack's output run-${name} is the command`);
    case "deploy":
    case "schedule":
      return refused(
        `a job that is run by ${on === "deploy" ? "each deployment" : "the clock"} is not built yet`,
        "say job: once",
      );
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
