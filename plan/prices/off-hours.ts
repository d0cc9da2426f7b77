/** For how long what has off hours runs: read off the actions of the plan that start and stop it, so of what really stops alone. Pure. */
import { minutesOn, type TimedSwitch, WEEK_MINUTES } from "../../app/hours";
import type { PlannedResource } from "../types";
import { mapAt, mapOf, numberOf, textOf } from "./inputs";
import type { PricedPlan } from "./priced-plan";

const SCALING_ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction";
const SCHEDULE = "aws:scheduler/schedule:Schedule";
const DAY = 24;

/** Hours a day, of an ECS service that Application Auto Scaling sets to no task and back. */
export function serviceHours(service: PlannedResource, plan: PricedPlan): number {
  const actions = plan.referring(SCALING_ACTION, "resourceId", service);
  return hoursBy(
    plan,
    actions.map(({ inputs: { schedule, scalableTargetAction } }) => ({
      cron: textOf(schedule) ?? "",
      on: numberOf(mapOf(scalableTargetAction).maxCapacity) !== 0,
    })),
  );
}

/** Hours a day, of a database, or its cluster, that EventBridge Scheduler stops and starts. */
export function databaseHours(database: PlannedResource | null, plan: PricedPlan): number {
  const schedules = database ? plan.after(SCHEDULE, database) : [];
  return hoursBy(
    plan,
    schedules.flatMap(({ inputs }) => {
      const [, call] = /:aws-sdk:\w+:(start|stop)DB\w+$/u.exec(textOf(mapAt(inputs, "target").arn) ?? "") ?? [];
      return call === undefined ? [] : [{ cron: textOf(inputs.scheduleExpression) ?? "", on: call === "start" }];
    }),
  );
}

/** False where nothing could stop anything. */
export const mayStop = (plan: PricedPlan): boolean =>
  [SCALING_ACTION, SCHEDULE].some((type) => plan.ofType(type).length > 0);

function hoursBy({ countsOffHours }: PricedPlan, actions: readonly TimedSwitch[]): number {
  const minutes = countsOffHours ? minutesOn(actions) : null;
  return minutes === null ? DAY : (minutes / WEEK_MINUTES) * DAY;
}
