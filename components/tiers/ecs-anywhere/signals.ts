/** What AWS measures of an app on machines of one's own: how many tasks run. Pure. */
import type { Placement } from "../../../app/config/types";
import type { App } from "../../../app/model";
import { noEntry } from "../../../app/signals/entry";
import { countedWith, missing } from "../../../app/signals/measure";
import { taskCount } from "../ecs/signals";
import type { TierMeasures } from "../tier";
import { appTask } from "./app-task";

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_utilization.html: of EC2 instances and Fargate alone */
const NOT_THERE = missing(
  "ECS measures tasks on EC2 and Fargate alone",
  "watch the machines with what you have for them, or place the app on fargate",
);
const NO_ENTRY = noEntry("nothing of AWS's stands before the machines", "place the app on fargate");

export function anywhereMeasures(app: App, placement: Placement): TierMeasures {
  const { task } = appTask(app);
  return Object.fromEntries(
    (task?.services ?? []).map(({ name }) => [
      name,
      {
        ...NO_ENTRY,
        cpu: NOT_THERE,
        memory: NOT_THERE,
        restarts: NOT_THERE,
        tasks: name === task?.name ? taskCount(placement) : countedWith(task?.name ?? "", "its task"),
      },
    ]),
  );
}
