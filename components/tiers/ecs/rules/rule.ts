/** Helpers of the key rules of ECS tiers. Pure. */
import { changed, type FitContext, type KeyRule, type Verdict } from "../../../../app/fit";
import type { KeyUse, Service } from "../../../../app/model";
import type { EcsTier } from "../ecs-tier";
import { type EcsTask, jobTasks, taskOfService } from "../tasks";

export const NOTHING = "nothing to do; leave the key out to be rid of this line";

export const leftOut = (reason: string, remedy: string = NOTHING): Verdict => changed(`left out: ${reason}`, remedy);

/** A service's use of a key with what its rule looks at. */
export interface ServiceUse {
  readonly use: KeyUse;
  readonly context: FitContext;
  /** The task that the service is in, and all of the app's that run as services. */
  readonly task: EcsTask;
  readonly tasks: readonly EcsTask[];
  readonly tier: EcsTier;
}

type Rule = (use: KeyUse, context: FitContext) => Verdict | null;
export type ServiceRule = (service: Service, use: KeyUse, more: ServiceUse) => Verdict | null;

/** Makers of rules that look at the task which a tier puts the service into. */
export interface RuleMakers {
  /** A rule that is told the service. */
  readonly ofService: (rule: ServiceRule) => Rule;
  /** A rule for what ECS knows of a whole task: a sidecar has no say. */
  readonly ofTask: (rule: ServiceRule) => KeyRule;
  /** A flag that asks for something only where it is true. */
  readonly flag: (verdict: Verdict) => KeyRule;
}

export function ruleMakers(tier: EcsTier): RuleMakers {
  const ofService: RuleMakers["ofService"] = (rule) => (use, context) => {
    const service = use.service === null ? undefined : context.app.services[use.service];
    if (!service) return null;
    const tasks = tier.tasks(context.app);
    const task = taskOfService([...tasks, ...jobTasks(context.app)]).get(service.name);
    if (!task) return tier.absent?.(context.app, service) ?? leftOut("the service is not hosted");
    return rule(service, use, { use, context, task, tasks, tier });
  };
  return {
    ofService,
    ofTask: (rule) =>
      ofService((service, use, more) => {
        const { main } = more.task;
        if (service === main) return rule(service, use, more);
        return leftOut(`the service runs in the task of ${main.name}, whose word counts`, `say it on ${main.name}`);
      }),
    flag: (verdict) => ofService((_service, use) => (use.value === true ? verdict : leftOut("it is off anyway"))),
  };
}

/** A rule for what only a service has that goes on running, with the word for a job. */
export const running =
  (rule: ServiceRule, ofJob: Verdict): ServiceRule =>
  (service, use, more) =>
    service.job ? ofJob : rule(service, use, more);

/** The number in the first brackets of a finding's key: `volumes[2].target`. */
export function indexOf(use: KeyUse): number {
  return Number(/\[(\d+)\]/u.exec(use.key)?.[1] ?? -1);
}

export const asTexts = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : value === null || value === undefined ? [] : [value]).map(String);
