/** The size of Fargate's table that a task gets, and its own disk. Pure. */
import type { Placement } from "../../../app/config/types";
import type { App } from "../../../app/model";
import { architectureOf, containerSizes, storageSize, type TaskSize, wantedSize } from "../ecs/size";
import type { EcsTask } from "../ecs/tasks";
import { cheapestSize, ephemeralStorage, largestSize } from "./sizes";

/** The cheapest size that holds the sum of the containers. */
export function taskSize(app: App, placement: Placement, tasks: readonly EcsTask[], task: EcsTask): TaskSize {
  const wanted = wantedSize(app, placement, tasks, task);
  const size = cheapestSize(wanted, architectureOf(task.main));
  return {
    size: size ?? largestSize,
    wanted,
    fits: size !== null,
    largest: largestSize,
    containers: containerSizes(placement, task),
  };
}

/** GiB of the task's own disk: `storage_opt.size` of its services added up; `null` where 20 are enough, which are free. */
export function taskStorage(task: EcsTask): number | null {
  const sizes = task.services.flatMap((service) => storageSize(service) ?? []);
  const wanted = Math.ceil(sizes.reduce((sum, size) => sum + size, 0));
  return wanted <= ephemeralStorage.free
    ? null
    : Math.min(ephemeralStorage.max, Math.max(ephemeralStorage.min, wanted));
}
