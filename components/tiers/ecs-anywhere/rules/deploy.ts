/** Keys of copies, order and updates, where all services of an app are one task. Pure. */
import { kept, refused } from "../../../../app/fit";
import { jobOf } from "../../../../app/jobs";
import { dependency, endsForGood, jobMode, jobRestart } from "../../ecs/rules/deploy";
import { restartCondition } from "../../ecs/restart";
import { leftOut, type RuleMakers, type ServiceRule } from "../../ecs/rules/rule";
import { isEssential } from "../essential";

export const MORE = "place the app on fargate or ecs-ec2";

const copies: ServiceRule = ({ job, replicas }) =>
  job
    ? leftOut("a job has one task for each run")
    : replicas === 1
      ? kept("one copy runs")
      : leftOut("one copy runs, in the app's one task", `leave the key out, or ${MORE}`);

const stopFirst = leftOut("the task is stopped before the next one starts, for both need the machine's ports", MORE);

const mode: ServiceRule = (service, use) => {
  switch (use.value) {
    case "replicated":
    case "":
      return leftOut("one copy runs; there is no other way");
    case "global":
      return refused("one task runs, on one machine of the group", "leave the key out, and accept one copy");
    default:
      return jobMode(service, String(use.value));
  }
};

/** A container that need not start again ends, and the others go on, unless it is the one that the task stands for. */
const restart: ServiceRule = (service, _use, { task }) => {
  if (service.job) return jobRestart(service);
  if (restartCondition(service) !== "none")
    return kept("the container is started again in its task; where it ends within 5 minutes, the task is replaced");
  return isEssential(task, service) ? endsForGood : kept("the container ends for good, and the others go on");
};

const overruled =
  (rule: ServiceRule): ServiceRule =>
  (service, use, more) =>
    typeof service.deploy.restart_policy === "object" && service.deploy.restart_policy !== null
      ? leftOut("deploy.restart_policy says it", "keep one of the two")
      : rule(service, use, more);

/** `replicas: 0` is kept by leaving the service out; the rule above is told of no service that is not there. */
const copiesOrNone = ({ ofService }: RuleMakers): ReturnType<RuleMakers["ofService"]> => {
  const rule = ofService(copies);
  return (use, context) =>
    use.service !== null && context.app.services[use.service]?.replicas === 0
      ? kept("no copy runs: the service has no container")
      : rule(use, context);
};

/** A job of the deployment runs before the app's one task, with all of its services. */
const awaited: ServiceRule = (service, use, more) => {
  const { tasks, context } = more;
  const late = (tasks[0]?.services ?? []).find(
    ({ name }) => name in service.dependsOn && `${use.key}.`.startsWith(`depends_on.${name}.`),
  );
  return late && jobOf(context.placement, service.name)?.on === "deploy"
    ? refused(
        `${late.name} runs in the app's one task, which starts when the job has ended`,
        `leave it out where ${late.name} runs elsewhere or goes on from before, or ${MORE}`,
      )
    : dependency(service, use, more);
};

export const deployRows = (makers: RuleMakers) => ({
  "services.*.depends_on.*": makers.ofService(awaited),
  "services.*.deploy.mode": makers.ofService(mode),
  "services.*.deploy.replicas": copiesOrNone(makers),
  "services.*.scale": copiesOrNone(makers),
  "services.*.restart": makers.ofService(overruled(restart)),
  "services.*.deploy.restart_policy.condition": makers.ofService(restart),
  "services.*.deploy.update_config.order": stopFirst,
  "services.*.deploy.update_config.parallelism": stopFirst,
});
