/** Keys of what runs in a container on Fargate, and how it starts and ends. Pure. */
import { changed, kept, refused, type Verdict } from "../../../../app/fit";
import type { KeyUse, Service } from "../../../../app/model";
import { plainText, secretsOf } from "../../../../app/value";
import { wire } from "../../../../app/wiring";
import { secretStoreOf } from "../../common-keys";
import { addsCapabilities, dropsAllBut, missingCapabilities } from "../capabilities";
import { clampStop, keptSysctls, MIN_STOP_SECONDS } from "../containers";
import { type HealthTime, healthLimits, healthTime } from "../health";
import type { EcsTier } from "../ecs-tier";
import { keptLogOptions } from "../logging";
import { jobCall } from "../jobs/calls";
import { hostOf } from "../tasks";
import { restartCondition } from "../restart";
import { endsForGood, jobRestart } from "./deploy";
import { leftOut, type RuleMakers, type ServiceRule, type ServiceUse } from "./rule";

/** The names that stand for services in the value where a task's own are not called by name: `db to localhost`. */
function rewritten({ context, tasks, tier }: ServiceUse, service: string, hosts: readonly string[]): readonly string[] {
  return [...new Set(hosts)].flatMap((to) => {
    if (context.app.services[service]?.job) return [`${to} to its private name`];
    const host = tier.host?.(context.app, service, to) ?? hostOf(context.app, tasks, service, to);
    return host === to ? [] : [`${to} to ${host}`];
  });
}

const hostsOf = (value: readonly unknown[]) =>
  value.flatMap((part) => (typeof part === "object" && part !== null && "host" in part ? [String(part.host)] : []));

/** Like `kept`, but where the name of a service becomes another host, or is written otherwise. */
function wired(
  more: ServiceUse,
  service: Service,
  written: readonly string[],
  hosts: readonly string[],
  reason: string,
): Verdict {
  if (service.job) {
    const calls = hosts.map((host) => jobCall({ ...more.context, tier: more.tier }, more.tasks, host));
    const no = calls.find(({ outcome }) => outcome === "refused");
    if (no) return no;
  }
  const now = rewritten(more, service.name, hosts);
  if (now.length > 0) return changed(`hosts are rewritten: ${now.join(", ")}`, "nothing to do");
  const other = [...new Set(hosts)].filter((host) => !written.some((text) => text.includes(host)));
  if (other.length > 0)
    return changed(`aliases are written as the service's own name: ${other.join(", ")}`, "nothing to do");
  return kept(reason);
}

const variable: ServiceRule = (service, use, more) => {
  const name = use.key.slice("environment.".length);
  const original = service.environment[name];
  if (original === null || original === undefined)
    return leftOut("it has no value here, so it is not set", "give it one in .env or under variables");
  const value = wire(more.context.app).environment[service.name]?.[name] ?? original;
  const reason =
    secretsOf(value).length > 0
      ? `holds a secret, so it is wholly one, stored in ${secretStoreOf(more.context)} and given by reference`
      : "set in the container";
  return wired(
    more,
    service,
    [plainText(original) ?? original.filter((p) => typeof p === "string").join(" ")],
    hostsOf(value),
    reason,
  );
};

const words =
  (key: "command" | "entrypoint"): ServiceRule =>
  (service, _use, more) => {
    const written = service[key];
    if (written === null) return leftOut("the image's own stands");
    if (written.length === 0)
      return changed("the image's own stands: ECS cannot clear it", "name the words that it should run");
    const hosts = (wire(more.context.app)[key][service.name] ?? []).flatMap((value) => hostsOf(value));
    return wired(more, service, written, hosts, "what the container runs");
  };

const time =
  (name: HealthTime): ServiceRule =>
  (service) => {
    const { healthcheck } = service;
    if (healthcheck === null || healthcheck.disabled) return leftOut("there is no check");
    if (healthcheck.test === null) return leftOut(ownCheck, testRemedy);
    const said = healthcheck[name];
    const now = healthTime(healthcheck, name);
    const unit = name === "retries" ? "" : " s";
    return said === now || said === null
      ? kept("of the container's health check")
      : changed(
          `${now}${unit}: ECS takes whole numbers from ${healthLimits[name].min} to ${healthLimits[name].max}`,
          "nothing to do, or say it so",
        );
  };

const ownCheck = "ECS does not see the image's own HEALTHCHECK";
const testRemedy = "repeat the image's check under healthcheck.test";

const check: ServiceRule = (service) => {
  const { healthcheck } = service;
  if (healthcheck === null || healthcheck.disabled) return kept("no check; a task counts as healthy when it runs");
  if (healthcheck.test === null) return leftOut(ownCheck, testRemedy);
  return kept("run in the container, which must have the programs that it calls");
};

const capAdd: ServiceRule = (service, _use, { tier }) => {
  const { addable, text } = tier.containers.capabilities;
  const missing = missingCapabilities(service, addable);
  if (missing.length > 0)
    return refused(`${missing.join(" and ")} cannot be had: ${text}`, "do without, and leave it out");
  if (addsCapabilities(service, addable)) return kept("added to the container's rights");
  return dropsAllBut(service, addable)
    ? changed(`kept by dropping all others of Docker's default rights one by one, as ${text}`, "nothing to do")
    : leftOut("every container has it by default");
};

const capDrop: ServiceRule = (service, _use, { tier }) =>
  dropsAllBut(service, tier.containers.capabilities.addable)
    ? changed("all of Docker's default rights but those under cap_add are dropped, one by one", "nothing to do")
    : kept("taken from the container's rights");

const stop: ServiceRule = (service, _use, { tier }) => {
  const said = service.stopGracePeriod ?? 0;
  const max = tier.containers.stopSeconds;
  const given = clampStop(said, max);
  return said === given
    ? kept("seconds between SIGTERM and SIGKILL")
    : changed(
        `${given} s: ECS takes whole seconds from ${MIN_STOP_SECONDS} to ${max}`,
        "make it stop sooner, or say it so",
      );
};

const restart: ServiceRule = (service) => {
  if (isOverruled(service)) return leftOut("deploy.restart_policy says it", "keep one of the two");
  if (service.job) return jobRestart(service);
  return restartCondition(service) === "none"
    ? endsForGood
    : kept("the container is started again in its task; where it ends within 5 minutes, the task is replaced");
};

const isOverruled = (service: Service) =>
  typeof service.deploy.restart_policy === "object" && service.deploy.restart_policy !== null;

const logOption: ServiceRule = (service, use) => {
  const name = use.key.slice("logging.options.".length);
  if (!keptLogOptions.includes(name))
    return leftOut("CloudWatch's log group has no such option; it keeps 14 days, 90 where protected");
  return name === "max-buffer-size" && service.logging?.options.mode === "blocking"
    ? leftOut("a blocking log has no buffer", "leave mode out")
    : kept("option of the log driver");
};

export const processKeys = ({ ofService, ofTask, flag }: RuleMakers) => ({
  "services.*.cap_add": ofService(capAdd),
  "services.*.cap_drop": ofService(capDrop),
  "services.*.command": ofService(words("command")),
  "services.*.entrypoint": ofService(words("entrypoint")),
  "services.*.environment": leftOut("it sets nothing"),
  "services.*.environment.*": ofService(variable),
  "services.*.healthcheck": ofService(check),
  "services.*.healthcheck.disable": ofService(check),
  "services.*.healthcheck.interval": ofService(time("interval")),
  "services.*.healthcheck.retries": ofService(time("retries")),
  "services.*.healthcheck.start_interval": leftOut("ECS checks at one interval, from the start"),
  "services.*.healthcheck.start_period": ofService(time("startPeriod")),
  "services.*.healthcheck.test": ofService(check),
  "services.*.healthcheck.timeout": ofService(time("timeout")),
  "services.*.init": flag(kept("an init process passes signals on and reaps children")),
  "services.*.logging": leftOut("logs go to a CloudWatch log group of the service's own"),
  "services.*.logging.options.*": ofService(logOption),
  "services.*.pid": ofService((service, _use, { task }) => {
    const target = /^service:(.+)$/u.exec(service.pid ?? "")?.[1];
    if (target !== undefined && service !== task.main && task.services.some(({ name }) => name === target))
      return kept("all containers of the task share one process namespace");
    return refused(
      `${service.pid ?? "it"} is not there to share`,
      "leave the key out, or put the service into the other's task: network_mode: service:x",
    );
  }),
  "services.*.read_only": ofService((service, use, { context, task, tier }) => {
    if (use.value !== true) return leftOut("it is off anyway");
    return tier.settings(context.placement).exec(task.name)
      ? refused(
          `exec is on for ${service.name}, and its agent writes to the container's disk`,
          "turn exec off, or leave read_only out",
        )
      : kept("the container's own disk cannot be written to");
  }),
  "services.*.restart": ofService(restart),
  "services.*.stdin_open": flag(kept("standard input stays open")),
  "services.*.stop_grace_period": ofService(stop),
  "services.*.stop_signal": leftOut(
    "the image's own STOPSIGNAL is sent, and SIGTERM without one",
    "say STOPSIGNAL in the Dockerfile",
  ),
  "services.*.sysctls": ofService((_service, use, { tier }) => refusedSysctl(use, tier)),
  "services.*.sysctls.*": ofTask((service, use, { tier }) => {
    const name = use.key.slice("sysctls.".length);
    const known = keptSysctls(service, tier.containers.sysctls).some(([one]) => one === name);
    return known ? kept("set for the whole task") : refusedSysctl(use, tier);
  }),
  "services.*.tty": flag(kept("a terminal for the container")),
  "services.*.ulimits": kept("limits of the container's processes"),
  "services.*.user": kept("the user of the container's processes"),
  "services.*.working_dir": kept("where the container's processes start"),
});

function refusedSysctl(use: KeyUse, { containers }: EcsTier): Verdict {
  return refused(`${use.key.replace(/^sysctls\.?/u, "")} cannot be set: ${containers.sysctls.text}`, "leave it out");
}
