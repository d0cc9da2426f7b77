/** Keys of what runs in a container on Fargate, and how it starts and ends. Pure. */
import { changed, type FitContext, kept, refused, type Verdict } from "../../../../app/fit";
import type { KeyUse, Service } from "../../../../app/model";
import { plainText, secretsOf } from "../../../../app/value";
import { wire } from "../../../../app/wiring";
import { dropsAllBut, missingCapabilities } from "../../ecs/capabilities";
import { clampStop, networkSysctls, stopTimeout } from "../../ecs/containers";
import { type HealthTime, healthLimits, healthTime } from "../../ecs/health";
import { keptLogOptions } from "../../ecs/logging";
import { hostOf, type EcsTask } from "../../ecs/tasks";
import { restartCondition } from "../../ecs/restart";
import { serviceSettings, settingsOf } from "../settings";
import { flag, leftOut, ofService, ofTask } from "./rule";

/** The names that stand for services in the value where a task's own are not called by name: `db to localhost`. */
function rewritten(
  context: FitContext,
  tasks: readonly EcsTask[],
  service: string,
  hosts: readonly string[],
): readonly string[] {
  return [...new Set(hosts)].flatMap((to) => {
    const host = hostOf(context.app, tasks, service, to);
    return host === to ? [] : [`${to} to ${host}`];
  });
}

const hostsOf = (value: readonly unknown[]) =>
  value.flatMap((part) => (typeof part === "object" && part !== null && "host" in part ? [String(part.host)] : []));

/** Like `kept`, but where the name of a service becomes another host, or is written otherwise. */
function wired(
  more: { context: FitContext; tasks: readonly EcsTask[] },
  service: Service,
  written: readonly string[],
  hosts: readonly string[],
  reason: string,
): Verdict {
  const now = rewritten(more.context, more.tasks, service.name, hosts);
  if (now.length > 0) return changed(`hosts are rewritten: ${now.join(", ")}`, "nothing to do");
  const other = [...new Set(hosts)].filter((host) => !written.some((text) => text.includes(host)));
  if (other.length > 0)
    return changed(`aliases are written as the service's own name: ${other.join(", ")}`, "nothing to do");
  return kept(reason);
}

const variable = ofService((service, use, more) => {
  const name = use.key.slice("environment.".length);
  const original = service.environment[name];
  if (original === null || original === undefined)
    return leftOut("it has no value here, so it is not set", "give it one in .env or under variables");
  const value = wire(more.context.app).environment[service.name]?.[name] ?? original;
  const reason =
    secretsOf(value).length > 0
      ? "holds a secret, so it is wholly one, stored in SSM and given by reference"
      : "set in the container";
  return wired(
    more,
    service,
    [plainText(original) ?? original.filter((p) => typeof p === "string").join(" ")],
    hostsOf(value),
    reason,
  );
});

const words = (key: "command" | "entrypoint") =>
  ofService((service, _use, more) => {
    const written = service[key];
    if (written === null) return leftOut("the image's own stands");
    if (written.length === 0)
      return changed("the image's own stands: ECS cannot clear it", "name the words that it should run");
    const hosts = (wire(more.context.app)[key][service.name] ?? []).flatMap((value) => hostsOf(value));
    return wired(more, service, written, hosts, "what the container runs");
  });

const time = (name: HealthTime) =>
  ofService((service) => {
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
  });

const ownCheck = "ECS does not see the image's own HEALTHCHECK";
const testRemedy = "repeat the image's check under healthcheck.test";

const check = ofService((service) => {
  const { healthcheck } = service;
  if (healthcheck === null || healthcheck.disabled) return kept("no check; a task counts as healthy when it runs");
  if (healthcheck.test === null) return leftOut(ownCheck, testRemedy);
  return kept("run in the container, which must have the programs that it calls");
});

const capAdd = ofService((service) => {
  const missing = missingCapabilities(service);
  if (missing.length > 0)
    return refused(
      `${missing.join(" and ")} cannot be had: Fargate adds SYS_PTRACE alone`,
      "do without, and leave it out",
    );
  if (service.capAdd.some((name) => /SYS_PTRACE$/iu.test(name))) return kept("added to the container's rights");
  return dropsAllBut(service)
    ? changed(
        "kept by dropping all others of Docker's default rights one by one, as Fargate adds SYS_PTRACE alone",
        "nothing to do",
      )
    : leftOut("every container has it by default");
});

const capDrop = ofService((service) =>
  dropsAllBut(service)
    ? changed("all of Docker's default rights but those under cap_add are dropped, one by one", "nothing to do")
    : kept("taken from the container's rights"),
);

const stop = ofService((service) => {
  const said = service.stopGracePeriod ?? 0;
  return said === clampStop(said)
    ? kept("seconds between SIGTERM and SIGKILL")
    : changed(
        `${clampStop(said)} s: ECS takes whole seconds from ${stopTimeout.min} to ${stopTimeout.max}`,
        "make it stop sooner, or say it so",
      );
});

const restart = ofService((service) => {
  if (isOverruled(service)) return leftOut("deploy.restart_policy says it", "keep one of the two");
  return restartCondition(service) === "none"
    ? changed("ECS replaces a task that ends, whatever it says", "a job ends for good, and jobs are not built yet")
    : kept("the container is started again in its task; where it ends within 5 minutes, the task is replaced");
});

const isOverruled = (service: Service) =>
  typeof service.deploy.restart_policy === "object" && service.deploy.restart_policy !== null;

const logOption = ofService((service, use) => {
  const name = use.key.slice("logging.options.".length);
  if (!keptLogOptions.includes(name))
    return leftOut("CloudWatch's log group has no such option; it keeps 14 days, 90 where protected");
  return name === "max-buffer-size" && service.logging?.options.mode === "blocking"
    ? leftOut("a blocking log has no buffer", "leave mode out")
    : kept("option of the log driver");
});

export const processKeys = {
  "services.*.cap_add": capAdd,
  "services.*.cap_drop": capDrop,
  "services.*.command": words("command"),
  "services.*.entrypoint": words("entrypoint"),
  "services.*.environment": leftOut("it sets nothing"),
  "services.*.environment.*": variable,
  "services.*.healthcheck": check,
  "services.*.healthcheck.disable": check,
  "services.*.healthcheck.interval": time("interval"),
  "services.*.healthcheck.retries": time("retries"),
  "services.*.healthcheck.start_interval": leftOut("ECS checks at one interval, from the start"),
  "services.*.healthcheck.start_period": time("startPeriod"),
  "services.*.healthcheck.test": check,
  "services.*.healthcheck.timeout": time("timeout"),
  "services.*.init": flag(kept("an init process passes signals on and reaps children")),
  "services.*.logging": leftOut("logs go to a CloudWatch log group of the service's own"),
  "services.*.logging.options.*": logOption,
  "services.*.pid": ofService((service, _use, { task }) => {
    const target = /^service:(.+)$/u.exec(service.pid ?? "")?.[1];
    if (target !== undefined && service !== task.main && task.services.some(({ name }) => name === target))
      return kept("all containers of the task share one process namespace");
    return refused(
      `${service.pid ?? "it"} is not there to share`,
      "leave the key out, or put the service into the other's task: network_mode: service:x",
    );
  }),
  "services.*.read_only": ofService((service, use, { context, task }) => {
    if (use.value !== true) return leftOut("it is off anyway");
    return serviceSettings(settingsOf(context.placement.settings), task.name).exec
      ? refused(
          `exec is on for ${service.name}, and its agent writes to the container's disk`,
          "turn exec off, or leave read_only out",
        )
      : kept("the container's own disk cannot be written to");
  }),
  "services.*.restart": restart,
  "services.*.stdin_open": flag(kept("standard input stays open")),
  "services.*.stop_grace_period": stop,
  "services.*.stop_signal": leftOut(
    "the image's own STOPSIGNAL is sent, and SIGTERM without one",
    "say STOPSIGNAL in the Dockerfile",
  ),
  "services.*.sysctls": ofService((_service, use) => refusedSysctl(use)),
  "services.*.sysctls.*": ofTask((service, use) => {
    const name = use.key.slice("sysctls.".length);
    return networkSysctls(service).some(([known]) => known === name)
      ? kept("set for the whole task")
      : refusedSysctl(use);
  }),
  "services.*.tty": flag(kept("a terminal for the container")),
  "services.*.ulimits": kept("limits of the container's processes"),
  "services.*.user": kept("the user of the container's processes"),
  "services.*.working_dir": kept("where the container's processes start"),
} as const;

function refusedSysctl(use: KeyUse): Verdict {
  return refused(`${use.key.replace(/^sysctls\.?/u, "")} cannot be set: Fargate takes net.* alone`, "leave it out");
}
