/** What a plan waits for until a revision is healthy, and for how long: every wait of every type of resource. */
import assert from "node:assert/strict";
import type { RecordedResource } from "../../plan/record";

/** Seconds of a wait, and the most that `timeToFail` lets it be. */
export interface Wait {
  readonly what: string;
  readonly seconds: number;
  readonly most: number;
}

export interface Bounds {
  readonly timeToFail: number;
  /** Seconds that the jobs before a revision may take, one after the other, with all that a tier adds to them. */
  readonly jobs: number;
}

/** Timeouts that are not of a revision, in seconds at most: docs/time-to-fail.md has them. */
const OWN: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "aws:autoscaling/group:Group": { delete: 1200 },
  "aws:eks/addon:Addon": { create: 1200, update: 1200, delete: 1200 },
  "aws:eks/fargateProfile:FargateProfile": { create: 1800, delete: 1800 },
  "aws:eks/nodeGroup:NodeGroup": { create: 2700, update: 2700, delete: 2700 },
  "aws:lightsail/instance:Instance": { create: 600 },
  "aws:ecs/service:Service": { delete: 1200 },
  "aws:elasticbeanstalk/environment:Environment": { delete: 1800 },
  "kubernetes:apps/v1:Deployment": { delete: 1200 },
  "kubernetes:core/v1:Namespace": { delete: 1200 },
};

/** Seconds until a new instance takes tasks. */
const INSTANCE = 180;
/** Seconds until what Systems Manager knows is known. */
const TOLD = 240;
/** Seconds that Beanstalk's machines have. */
const BEANSTALK_MACHINES = 900;

type Inputs = Readonly<Record<string, unknown>>;
type Rule = (inputs: Inputs, bounds: Bounds) => readonly (Wait & { readonly timeout?: true })[];

/** By type: the waits of its inputs; `timeout`: what its custom timeouts may be. */
const RULES: Readonly<Record<string, Rule>> = {
  "aws:ecs/service:Service": (inputs, { timeToFail }) => {
    const grace = inputs.healthCheckGracePeriodSeconds as number | undefined;
    const onInstances = JSON.stringify(inputs.capacityProviderStrategies ?? "").includes("$output");
    const most = timeToFail + bakeSeconds(inputs.deploymentConfiguration) + (onInstances ? INSTANCE : 0);
    return [
      { what: "timeout", timeout: true, seconds: 0, most },
      ...(grace === undefined ? [] : [{ what: "grace period", seconds: grace, most: timeToFail }]),
    ];
  },
  "aws:lb/targetGroup:TargetGroup": ({ healthCheck }, { timeToFail }) => {
    const { healthyThreshold, unhealthyThreshold, interval } = healthCheck as Record<string, number>;
    const checks = Math.max(healthyThreshold ?? 5, unhealthyThreshold ?? 5);
    return [{ what: "health check", seconds: checks * (interval ?? 30), most: timeToFail }];
  },
  "aws:lambda/invocation:Invocation": ({ input }, { timeToFail }) => {
    const { timeout, retries } = JSON.parse(input as string) as { timeout: number; retries: number };
    return [{ what: "job", seconds: (retries + 1) * timeout, most: timeToFail }];
  },
  "kubernetes:apps/v1:Deployment": ({ spec }, { timeToFail }) => {
    const { progressDeadlineSeconds, template } = spec as {
      progressDeadlineSeconds: number;
      template: { spec: { containers: readonly Container[] } };
    };
    return [
      { what: "timeout", timeout: true, seconds: 0, most: timeToFail },
      { what: "progress deadline", seconds: progressDeadlineSeconds, most: timeToFail },
      ...template.spec.containers.flatMap(({ startupProbe, readinessProbe }) =>
        [startupProbe, readinessProbe].flatMap((probe) =>
          probe ? [{ what: "probe", seconds: probe.periodSeconds * probe.failureThreshold, most: timeToFail }] : [],
        ),
      ),
    ];
  },
  "kubernetes:batch/v1:Job": ({ spec }, { timeToFail }) => {
    const { activeDeadlineSeconds, template } = spec as {
      activeDeadlineSeconds: number;
      template: { spec: { terminationGracePeriodSeconds?: number } };
    };
    const end = 60 + (template.spec.terminationGracePeriodSeconds ?? 30);
    return [
      { what: "timeout", timeout: true, seconds: 0, most: timeToFail + end },
      { what: "job", seconds: activeDeadlineSeconds, most: timeToFail },
    ];
  },
  "aws:elasticbeanstalk/environment:Environment": ({ settings }, { timeToFail, jobs }) => {
    const options = settings as readonly { namespace: string; name: string; value: unknown }[];
    const option = (namespace: string, name: string) =>
      options.find((one) => one.namespace === `aws:${namespace}` && one.name === name)?.value as string | undefined;
    const command = "elasticbeanstalk:command";
    const additional = option(command, "DeploymentPolicy") === "RollingWithAdditionalBatch";
    const batches = additional ? Math.ceil(100 / Number(option(command, "BatchSize"))) + 1 : 1;
    const rolling = option("autoscaling:updatepolicy:rollingupdate", "Timeout");
    return [
      { what: "timeout", timeout: true, seconds: 0, most: batches * timeToFail + jobs + BEANSTALK_MACHINES },
      { what: "command", seconds: Number(option(command, "Timeout")), most: timeToFail + jobs },
      ...(rolling === undefined
        ? []
        : [
            // Beanstalk takes no less than five minutes, and counts in whole ones
            { what: "batch", seconds: 60 * parseInt(rolling.slice(2)), most: Math.max(300, timeToFail + 59) },
          ]),
    ];
  },
  "aws:lightsail/containerServiceDeploymentVersion:ContainerServiceDeploymentVersion": (
    { publicEndpoint },
    { timeToFail },
  ) => {
    const check = (publicEndpoint as { healthCheck: Record<string, number> } | undefined)?.healthCheck;
    return [
      { what: "timeout", timeout: true, seconds: 0, most: timeToFail },
      ...(check
        ? [
            {
              what: "health check",
              seconds: Math.max(check.healthyThreshold!, check.unhealthyThreshold!) * check.intervalSeconds!,
              most: timeToFail,
            },
          ]
        : []),
    ];
  },
  "aws:ssm/association:Association": ({ waitForSuccessTimeoutSeconds }, { timeToFail, jobs }) => [
    { what: "timeout", timeout: true, seconds: 0, most: timeToFail + jobs + TOLD },
    {
      what: "wait for success",
      seconds: (waitForSuccessTimeoutSeconds as number | undefined) ?? 0,
      most: timeToFail + jobs + TOLD,
    },
  ],
};

interface Container {
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
}
interface Probe {
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

/** Every wait that belongs to a revision's becoming healthy. Throws on a type with custom timeouts that stands in no list. */
export function waitsOf(resources: readonly RecordedResource[], bounds: Bounds): readonly Wait[] {
  return resources.flatMap(({ type, name, inputs, options }) => {
    const timeouts = options?.customTimeouts ?? {};
    const own = OWN[type] ?? {};
    const found = RULES[type]?.(inputs, bounds) ?? [];
    const most = found.find(({ timeout }) => timeout)?.most;
    return [
      ...found.filter(({ timeout }) => !timeout),
      ...Object.entries(timeouts).map(([operation, text]): Wait => {
        const limit = own[operation] ?? most;
        assert.ok(limit !== undefined, `${type} waits ${text} to ${operation}: say in test/support/waits.ts for what`);
        return { what: operation, seconds: secondsOf(text), most: limit };
      }),
    ].map((wait) => ({ ...wait, what: `${type} ${name}: ${wait.what}` }));
  });
}

function secondsOf(text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(s|m|h)$/u.exec(text) ?? assert.fail(`${text} is no timeout`);
  return Number(count) * { s: 1, m: 60, h: 3600 }[unit as "s" | "m" | "h"];
}

/** Seconds that ECS waits on purpose while it moves the traffic. */
function bakeSeconds(configuration: unknown): number {
  const { bakeTimeInMinutes, linearConfiguration, canaryConfiguration } = (configuration ?? {}) as {
    bakeTimeInMinutes?: string;
    linearConfiguration?: { stepPercent: number; stepBakeTimeInMinutes: string };
    canaryConfiguration?: { canaryBakeTimeInMinutes: string };
  };
  const steps = linearConfiguration
    ? Math.ceil(100 / linearConfiguration.stepPercent) * Number(linearConfiguration.stepBakeTimeInMinutes)
    : Number(canaryConfiguration?.canaryBakeTimeInMinutes ?? 0);
  return 60 * (Number(bakeTimeInMinutes ?? 0) + steps);
}
