/** What the config says of an app's signals: the environment's word, the app's over it, the defaults under them. Pure. */
import type { SaidSignals } from "../config/signals-schema";
import { type SignalName, signals } from "./signals";

/** An alarm's threshold in the signal's unit, and for how many minutes. `null`: the signal's own. */
export interface AlarmChoice {
  readonly above: number | null;
  readonly below: number | null;
  readonly minutes: number | null;
}

/** Whom alarms tell: an SNS topic, or a chat by the URL of its webhook, which is a secret by its name. */
export type NotifyTarget =
  { readonly kind: "topic"; readonly arn: string } | { readonly kind: Chat; readonly secret: string };

export type Chat = "slack" | "teams";

export interface SignalsConfig {
  /** 3 USD a month. Default: true. */
  readonly dashboard: boolean;
  /** By signal; one that is not named has its own alarm, `null` is none. `null` for all: no alarms. */
  readonly alarms: Readonly<Partial<Record<SignalName, AlarmChoice | null>>> | null;
  readonly notify: readonly NotifyTarget[];
  /** Whose the secrets of `notify` are: the app's, or the environment's `$platform`. */
  readonly secretsOf: string;
  /** True: a deployment is rolled back by its alarms. `null`: nothing was said, and it is where the tier can. */
  readonly rollback: boolean | null;
}

/** `null`: the app has none. Without a word it has them where the environment is protected. */
export function chooseSignals(
  app: string,
  said: { readonly environment: SaidSignals | undefined; readonly app: SaidSignals | undefined },
  isProtected: boolean,
): SignalsConfig | null {
  const word = said.app === undefined ? said.environment : said.app;
  if (word === null || (word === undefined && !isProtected)) return null;
  const own = said.app ?? {};
  const base = said.environment ?? {};
  return {
    dashboard: own.dashboard ?? base.dashboard ?? true,
    alarms: alarmsOf(own.alarms, base.alarms),
    notify: own.notify ?? base.notify ?? [],
    secretsOf: own.notify ? app : "$platform",
    rollback: own.rollback ?? base.rollback ?? null,
  };
}

type SaidAlarms = NonNullable<SaidSignals>["alarms"];

/** `true` on the app means alarms as the environment has them. */
function alarmsOf(own: SaidAlarms, base: SaidAlarms): SignalsConfig["alarms"] {
  if (own === null || (own === undefined && base === null)) return null;
  return { ...base, ...own };
}

/** When the alarm of a signal goes off; `null`: it has none. `measured`: the threshold of what is measured, where it has one. */
export function alarmOf(
  signal: SignalName,
  { alarms }: SignalsConfig,
  measured?: number,
): { readonly comparison: "above" | "below"; readonly threshold: number; readonly minutes: number } | null {
  const choice = alarms === null ? null : alarms[signal];
  if (choice === null) return null;
  const { alarm } = signals[signal];
  const minutes = choice?.minutes ?? alarm?.minutes ?? DEFAULT_MINUTES;
  if (typeof choice?.below === "number") return { comparison: "below", threshold: choice.below, minutes };
  const threshold = choice?.above ?? measured ?? alarm?.above ?? null;
  return threshold === null ? null : { comparison: "above", threshold, minutes };
}

const DEFAULT_MINUTES = 5;

/** The topics' ARNs. */
export const topicsOf = (targets: readonly NotifyTarget[]): readonly string[] =>
  targets.flatMap((target) => (target.kind === "topic" ? [target.arn] : []));
