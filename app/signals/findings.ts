/** What an app's tier makes of the signals that the config asks for by name. Pure. */
import type { BackingService } from "../backing";
import type { Finding } from "../finding";
import { changed, finding, type FitContext, type Verdict } from "../fit";
import { backingMeasures } from "./backing";
import { isMeasured, type Measure } from "./measure";
import { type SignalName, signalNames, signals } from "./signals";

type Measures = Readonly<Partial<Record<SignalName, Measure>>>;

export interface TierSignals {
  /** By service, as the tier says. */
  readonly measures: Readonly<Record<string, Measures>>;
  readonly backing: readonly BackingService[];
  /** True where the tier rolls a deployment back by alarms. */
  readonly rollsBack: boolean;
}

/** True where there is anything to look at: without it neither an alarm nor a dashboard is made. */
export const isAnythingMeasured = ({ measures, backing }: Pick<TierSignals, "measures" | "backing">): boolean =>
  measuresAny(allOf(measures, backing));

const measuresAny = (all: readonly Measures[]): boolean => all.some((one) => Object.values(one).some(isMeasured));

const allOf = (measures: TierSignals["measures"], backing: TierSignals["backing"]): readonly Measures[] => [
  ...Object.values(measures),
  ...backing.map(backingMeasures),
];

/** A finding for each signal that is asked for and that nothing of the app has, and for a rollback that the tier cannot do. */
export function signalFindings(context: FitContext, { measures, backing, rollsBack }: TierSignals): readonly Finding[] {
  const config = context.placement.signals;
  if (config === null) return [];
  const all = allOf(measures, backing);
  if (!measuresAny(all)) return [finding(context, null, "signals", nothing(all))];
  const asked = signalNames.filter((name) => config.alarms?.[name]);
  const absent = asked.flatMap((name) => {
    const found = all.flatMap((one) => one[name] ?? []);
    const [first] = found;
    if (found.some(isMeasured)) return [];
    const why =
      first && !isMeasured(first)
        ? changed(`${signals[name].title} has no alarm here: ${first.missing}`, first.remedy)
        : changed(`${signals[name].title} has no alarm here: the app has nothing that it would be measured of`, LEAVE);
    return [finding(context, null, `signals.alarms.${name}`, why)];
  });
  const rolls = config.rollback === true && !rollsBack;
  return rolls ? [...absent, finding(context, null, "signals.rollback", NO_ROLLBACK)] : absent;
}

function nothing(all: readonly Measures[]): Verdict {
  const [first] = all.flatMap((one) => Object.values(one));
  return first && !isMeasured(first)
    ? changed(`no dashboard and no alarms: ${first.missing}`, first.remedy)
    : changed("no dashboard and no alarms: the app has nothing that goes on running", LEAVE);
}

const LEAVE = "leave the key out";
const NO_ROLLBACK = changed(
  "alarms roll no deployment back here: they tell, and nothing else",
  "ECS does, on fargate and ecs-ec2 behind a load balancer; or leave the key out",
);
