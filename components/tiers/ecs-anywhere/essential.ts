/** Which containers the task stands and falls with. Pure. */
import type { Service } from "../../../app/model";
import { restartCondition } from "../ecs/restart";
import type { EcsTask } from "../ecs/tasks";

/**
 * Every container but those that the file lets end for good; a task needs one at least. A container that nobody says
 * anything of is one, or it would stay away when it fails.
 */
export function isEssential(task: EcsTask, service: Service): boolean {
  if (restartCondition(service) !== "none") return true;
  return service === task.main && task.services.every((one) => restartCondition(one) === "none");
}
