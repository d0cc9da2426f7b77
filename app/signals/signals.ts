/** The signals of an app: the same words, units and alarms on every tier. Pure. */

/** What runs is watched by these, service by service. */
export const serviceSignals = ["requests", "5xx", "p95", "unhealthy", "cpu", "memory", "restarts", "tasks"] as const;
/** What an app keeps its data in, or is fed from, by these. */
const backingSignals = ["queueAge", "storage", "connections"] as const;
export const signalNames = [...serviceSignals, ...backingSignals] as const;

export type ServiceSignal = (typeof serviceSignals)[number];
export type BackingSignal = (typeof backingSignals)[number];
export type SignalName = ServiceSignal | BackingSignal;

/** When a signal raises its alarm, where the config says nothing else. */
export interface AlarmDefault {
  /** Above it, in the signal's unit. */
  readonly above: number;
  /** For so long without a break. */
  readonly minutes: number;
  readonly why: string;
}

export interface Signal {
  readonly title: string;
  /** Of its values and of its threshold. */
  readonly unit: string;
  /** `null`: none unless the config gives a threshold, for no number is right for every app. */
  readonly alarm: AlarmDefault | null;
  /** True where it tells that a new version is bad: a deployment is rolled back by it where the tier can. */
  readonly rollsBack: boolean;
}

/**
 * Thresholds of CPU are those of AWS's recommended alarms
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html), the storage's
 * is where RDS begins to grow it (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html).
 */
export const signals: Readonly<Record<SignalName, Signal>> = {
  requests: { title: "requests", unit: "a minute", alarm: null, rollsBack: false },
  "5xx": {
    title: "5xx answers",
    unit: "percent of the requests",
    alarm: { above: 5, minutes: 5, why: "one failure in many is no alarm; each minute of five is" },
    rollsBack: true,
  },
  p95: {
    title: "p95 latency",
    unit: "seconds",
    alarm: { above: 2, minutes: 5, why: "one request in twenty keeps a person waiting" },
    rollsBack: true,
  },
  unhealthy: {
    title: "unhealthy targets",
    unit: "targets",
    alarm: {
      above: 0,
      minutes: 5,
      why: "a target that is not replaced within five minutes will not come back by itself",
    },
    rollsBack: true,
  },
  cpu: {
    title: "CPU",
    unit: "percent",
    alarm: {
      above: 80,
      minutes: 15,
      why: "AWS's recommended threshold, for longer than a deployment or a scale-out takes",
    },
    rollsBack: false,
  },
  memory: {
    title: "memory",
    unit: "percent",
    alarm: { above: 90, minutes: 15, why: "at 100 the container is killed" },
    rollsBack: false,
  },
  restarts: {
    title: "restarts",
    unit: "in five minutes",
    alarm: {
      above: 0,
      minutes: 15,
      why: "a container that starts again and again never comes up; Kubernetes waits up to five minutes between two starts",
    },
    rollsBack: false,
  },
  tasks: {
    title: "tasks missing of those wanted",
    unit: "tasks",
    alarm: { above: 0, minutes: 15, why: "for longer than a deployment or a new machine takes" },
    rollsBack: false,
  },
  queueAge: {
    title: "age of the oldest message",
    unit: "seconds",
    alarm: { above: 900, minutes: 5, why: "nobody has worked it off in a quarter of an hour" },
    rollsBack: false,
  },
  storage: {
    title: "storage in use",
    unit: "percent",
    alarm: { above: 90, minutes: 30, why: "RDS grows it from 90 on, so that it stays above where that does not help" },
    rollsBack: false,
  },
  connections: { title: "connections", unit: "connections", alarm: null, rollsBack: false },
};
