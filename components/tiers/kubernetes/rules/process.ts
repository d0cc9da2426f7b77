/** Keys of what runs in a container on EKS, and how it starts and ends. Pure. */
import { changed, type FitContext, kept, refused, type Verdict } from "../../../../app/fit";
import type { KeyUse, Service } from "../../../../app/model";
import { plainText, secretsOf } from "../../../../app/value";
import { wire } from "../../../../app/wiring";
import { isAnnotation } from "../annotations";
import { hostOf, type Pod } from "../pods";
import { isProbed, type ProbeTime, probeTime } from "../probes";
import { isSafeSysctl, securityOptions, userOf } from "../security";
import { exceptJobs, flag, leftOut, ofPod, ofService } from "./rule";

/** The names that stand for services in the value where they are not called by name: `db to localhost`. */
function rewritten(context: FitContext, pods: readonly Pod[], service: string, hosts: readonly string[]) {
  return [...new Set(hosts)].flatMap((to) => {
    const host = hostOf(context.app, pods, service, to);
    return host === to ? [] : [`${to} to ${host}`];
  });
}

const hostsOf = (value: readonly unknown[]) =>
  value.flatMap((part) => (typeof part === "object" && part !== null && "host" in part ? [String(part.host)] : []));

/** Like `kept`, but where the name of a service becomes another host, or is written otherwise. */
function wired(
  more: { context: FitContext; pods: readonly Pod[] },
  service: Service,
  written: readonly string[],
  hosts: readonly string[],
  reason: string,
): Verdict {
  const now = rewritten(more.context, more.pods, service.name, hosts);
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
      ? "holds a secret, so it is wholly one, in a Secret and given by reference"
      : "set in the container";
  const plain = plainText(original) ?? original.filter((p) => typeof p === "string").join(" ");
  return wired(more, service, [plain], hostsOf(value), reason);
});

const words = (key: "command" | "entrypoint") =>
  ofService((service, _use, more) => {
    const written = service[key];
    if (written === null) return leftOut("the image's own stands");
    if (written.length === 0)
      return changed("the image's own stands: Kubernetes cannot clear it", "name the words that it should run");
    const hosts = (wire(more.context.app)[key][service.name] ?? []).flatMap((value) => hostsOf(value));
    return wired(more, service, written, hosts, "what the container runs");
  });

const ownCheck = "Kubernetes does not see the image's own HEALTHCHECK";
const testRemedy = "repeat the image's check under healthcheck.test";

const unasked = leftOut("nobody asks a job whether it is healthy: it ends");

const time = (name: ProbeTime) => exceptJobs(unasked, timeOf(name));

const timeOf = (name: ProbeTime) =>
  ofService((service) => {
    const { healthcheck } = service;
    if (healthcheck === null || healthcheck.disabled) return leftOut("there is no check");
    if (healthcheck.test === null) return leftOut(ownCheck, testRemedy);
    if (name === "startInterval" && probeTime(healthcheck, "startPeriod") === 0)
      return leftOut("there is no start period", "say start_period");
    const now = probeTime(healthcheck, name);
    return healthcheck[name] === now || healthcheck[name] === null
      ? kept("of the container's probes")
      : changed(`${now}: Kubernetes takes whole seconds, one at least`, "nothing to do, or say it so");
  });

const check = exceptJobs(
  unasked,
  ofService((service) => {
    const { healthcheck } = service;
    if (healthcheck === null || healthcheck.disabled) return kept("no check; a pod counts as ready when it runs");
    if (!isProbed(healthcheck)) return leftOut(ownCheck, testRemedy);
    return kept("run in the container, which must have the programs that it calls");
  }),
);

const stop = ofService((service, _use, { pod }) => {
  const said = service.stopGracePeriod ?? 0;
  const now = Math.ceil(Math.max(...pod.services.map(({ stopGracePeriod }) => stopGracePeriod ?? 10)));
  return said === now
    ? kept("seconds between SIGTERM and SIGKILL")
    : changed(`${now} s: whole seconds, and the longest of the pod's containers counts`, "nothing to do, or say it so");
});

const label = ofService((_service, use) => {
  const name = use.key.slice("labels.".length);
  return isAnnotation(name)
    ? kept("an annotation of the pod")
    : leftOut(`${name} is no name for an annotation`, "rename it");
});

const user = ofService((service) =>
  userOf(service) === null && service.user !== null && service.user !== ""
    ? refused(`Kubernetes does not know ${service.user}, a name of the image's`, "say it in numbers, as uid:gid")
    : kept("the user of the container's processes"),
);

export const processKeys = {
  "services.*.annotations": leftOut("it names none"),
  "services.*.annotations.*": ofService((_service, use) => {
    const name = use.key.slice("annotations.".length);
    return isAnnotation(name) ? kept("an annotation of the pod") : leftOut(`${name} is no name for one`, "rename it");
  }),
  "services.*.command": words("command"),
  "services.*.entrypoint": words("entrypoint"),
  "services.*.environment": leftOut("it sets nothing"),
  "services.*.environment.*": variable,
  "services.*.group_add": ofService((service) => {
    const named = service.groupAdd.filter((group) => !/^\d+$/u.test(group));
    return named.length > 0
      ? refused(`Kubernetes does not know ${named.join(" and ")}, a name of the image's`, "say the group in numbers")
      : kept("further groups of the pod's processes");
  }),
  "services.*.healthcheck": check,
  "services.*.healthcheck.disable": check,
  "services.*.healthcheck.interval": time("interval"),
  "services.*.healthcheck.retries": time("retries"),
  "services.*.healthcheck.start_interval": time("startInterval"),
  "services.*.healthcheck.start_period": time("startPeriod"),
  "services.*.healthcheck.test": check,
  "services.*.healthcheck.timeout": time("timeout"),
  "services.*.init": flag(
    leftOut("a pod's containers have no init process", "start the program by tini or dumb-init in the image"),
  ),
  "services.*.labels": leftOut("it names none"),
  "services.*.labels.*": label,
  "services.*.label_file": kept("read into the annotations of the pod"),
  "services.*.logging": leftOut("logs go to a CloudWatch log group of the service's own"),
  "services.*.logging.driver": changed(
    "logs go to a CloudWatch log group of the service's own",
    "aws logs tail shows them; leave the key out to be rid of this line",
  ),
  "services.*.logging.options.*": leftOut("CloudWatch's log group keeps 14 days, 90 where protected"),
  "services.*.pid": ofService((service, _use, { pod }) => {
    const target = /^service:(.+)$/u.exec(service.pid ?? "")?.[1];
    if (target !== undefined && service !== pod.main && pod.services.some(({ name }) => name === target))
      return kept("all containers of the pod share one process namespace");
    return refused(
      `${service.pid ?? "it"} is not there to share`,
      "leave the key out, or put the service into the other's pod: network_mode: service:x",
    );
  }),
  "services.*.read_only": flag(kept("the container's own disk cannot be written to")),
  "services.*.security_opt": ofService((service) => {
    const others = securityOptions(service).filter((option) => !option.startsWith("no-new-privileges"));
    return others.length > 0
      ? refused(`${others.join(" and ")} cannot be chosen: Docker's own profile is in force`, "leave it out")
      : kept("no process may gain rights");
  }),
  "services.*.stdin_open": flag(kept("standard input stays open")),
  "services.*.stop_grace_period": stop,
  "services.*.stop_signal": leftOut(
    "the image's own STOPSIGNAL is sent, and SIGTERM without one",
    "say STOPSIGNAL in the Dockerfile",
  ),
  "services.*.sysctls": ofService((_service, use) => refusedSysctl(use)),
  "services.*.sysctls.*": ofPod((_service, use) =>
    isSafeSysctl(use.key.slice("sysctls.".length)) ? kept("set for the whole pod") : refusedSysctl(use),
  ),
  "services.*.tty": flag(kept("a terminal for the container")),
  "services.*.ulimits": leftOut("a container's processes have the machine's limits", "set them in the start script"),
  "services.*.user": user,
  "services.*.working_dir": kept("where the container's processes start"),
} as const;

function refusedSysctl(use: KeyUse): Verdict {
  const name = use.key.replace(/^sysctls\.?/u, "");
  return refused(`${name} cannot be set: a pod may set only what concerns itself alone`, "leave it out");
}
