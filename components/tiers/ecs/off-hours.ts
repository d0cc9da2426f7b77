/** Off hours of ECS services: Application Auto Scaling sets their number by the clock. Pure. */
import { kept, type Verdict } from "../../../app/fit";
import { eventBridgeCron, type Hours, switchesOf } from "../../../app/hours";

/** @param saved what it means outside of the hours: `no task runs, and none is paid` */
export const ecsOffHours = (saved: string) => (): Verdict =>
  kept(`${saved}: Application Auto Scaling sets the number of tasks to 0 and back by the clock; jobs run all the same`);

/** A change of how many tasks may run, at a time. */
export interface HoursAction {
  /** `start`, `stop-2` */
  readonly key: string;
  /** `cron(…)`, by the clock of `timezone`. */
  readonly schedule: string;
  readonly timezone: string;
  readonly min: number;
  readonly max: number;
}

/** Within the hours as many as `scale` says, outside of them none. */
export function hoursActions(
  hours: Hours,
  { min, max }: { readonly min: number; readonly max: number },
): readonly HoursAction[] {
  return switchesOf(hours).map((one) => ({
    key: one.key,
    schedule: eventBridgeCron(one),
    timezone: hours.timezone,
    min: one.on ? min : 0,
    max: one.on ? max : 0,
  }));
}
