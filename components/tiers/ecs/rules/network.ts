/** Keys of ports, names and networks on the ECS tiers. Pure. */
import { changed, kept, refused, type Verdict } from "../../../../app/fit";
import type { App } from "../../../../app/model";
import { MAX_CONTAINERS, serviceNames, sidecarTarget, taskPorts } from "../tasks";
import { leftOut, type RuleMakers, running, type ServiceRule } from "./rule";

const networkMode: ServiceRule = (service, _use, { task, context }) => {
  const target = sidecarTarget(service);
  if (target !== null && service.job)
    return refused("each run of a job is a task of its own", `leave the key out, and call ${target} by its name`);
  if (target !== null) return sidecar(context.app, target, task.services.length);
  switch (service.networkMode) {
    case "none":
      return refused(
        "a task needs a network to fetch its image and to log",
        "leave the key out; a service without ports is called by nobody",
      );
    case "host":
      return changed(
        "each task has an address of its own, and no machine's",
        "name the ports under ports or expose, and call services by name",
      );
    case null:
    case "bridge":
    case "default":
      return leftOut("each task has an address of its own");
    default:
      return refused(
        `${String(service.networkMode)} is not here`,
        "leave the key out, or name a service of this file: service:x",
      );
  }
};

function sidecar(app: App, target: string, size: number): Verdict {
  const host = app.services[target];
  if (!host) return refused(`the file has no service ${target}`, "name a service of this file");
  if (host.job) return refused(`${target} is a job, whose task ends`, "name a service that goes on running");
  if (sidecarTarget(host) !== null)
    return refused(`${target} itself runs in another service's task`, `name that service: ${host.networkMode ?? ""}`);
  if (size > MAX_CONTAINERS)
    return refused(
      `the task of ${target} has ${size} containers, and ECS takes ${MAX_CONTAINERS}`,
      "give some of them a task of their own",
    );
  return kept(`a container in the task of ${target}, on one localhost with it`);
}

/** True for names that the service is called by besides its own. */
const isOwnName = (app: App, service: string, name: string) =>
  serviceNames(app)[service]?.includes(name.toLowerCase()) === true;

const named: ServiceRule = (service, use, { context }) => {
  const name = String(use.value);
  if (name.toLowerCase() === service.name.toLowerCase()) return leftOut("the service is called by this name anyway");
  return isOwnName(context.app, service.name, name)
    ? changed(
        `inside, the container has a name of AWS's own; others call it ${name.toLowerCase()} as well`,
        "nothing to do",
      )
    : leftOut(`${name} is another service's name`, "choose a name that no other service has");
};

const aliases: ServiceRule = (service, use, { context }) => {
  const names = Array.isArray(use.value) ? use.value.map(String) : [];
  const taken = names.filter((name) => !isOwnName(context.app, service.name, name));
  if (taken.length > 0)
    return changed(
      `${taken.join(" and ")} leads to the first service that claims it alone`,
      "give each service an alias of its own",
    );
  const lower = names.filter((name) => name !== name.toLowerCase());
  return lower.length > 0
    ? changed(
        `others call it ${lower.map((name) => name.toLowerCase()).join(" and ")}, in lower case`,
        "write it in lower case",
      )
    : kept("others call it by these names, on all networks");
};

const links: ServiceRule = (service, _use, { context }) => {
  const renamed = service.links.filter(({ service: to, alias }) => alias !== to);
  const lost = renamed.filter(({ service: to, alias }) => !isOwnName(context.app, to, alias));
  if (lost.length > 0)
    return refused(
      `${lost.map(({ alias }) => alias).join(" and ")} is another service's name`,
      "choose an alias that no other service has",
    );
  return renamed.length > 0
    ? changed(
        `${renamed.map(({ service: to, alias }) => `${to} is called ${alias}`).join(", ")} by every service of the app`,
        "nothing to do; an alias under networks says the same",
      )
    : kept("started before; every service is called by its name");
};

const expose: ServiceRule = (service, _use, { context, task }) => {
  const ports = taskPorts(context.app, task).filter((port) => port.service === service.name);
  const open = service.expose.filter((e) => ports.some((p) => p.port === e.port && p.protocol === e.protocol));
  if (open.length < service.expose.length) return null; // told by the task's own finding
  return service.expose.some(({ protocol }) => protocol === "udp")
    ? changed(
        "open to who shares a network; UDP ports are not reached by name, as Service Connect passes TCP alone",
        "use TCP, or publish the port",
      )
    : kept("open to who shares a network with the service");
};

const uncalled = leftOut("nobody calls a job by a name");

export const networkKeys = ({ ofService }: RuleMakers) => ({
  "services.*.container_name": ofService(running(named, uncalled)),
  "services.*.expose": ofService(running(expose, leftOut("a job takes no traffic"))),
  "services.*.hostname": ofService(running(named, uncalled)),
  "services.*.links": ofService(running(links, leftOut("a job calls every service by its private name"))),
  "services.*.network_mode": ofService(networkMode),
  "services.*.networks": leftOut("it names no network"),
  "services.*.networks.*": kept("who shares a network may call the service, nobody else"),
  "services.*.networks.*.aliases": ofService(running(aliases, uncalled)),
  // one finding for each port stands at `ports[n]`
  "services.*.ports": () => null,
  "services.*.ports[].mode": leftOut("the entry's load balancer stands before all tasks"),
  "services.*.ports[].name": leftOut("a port has a name of its own here: service and number"),
});
