/** Keys of ports, names and networks on EKS. Pure. */
import { changed, kept, refused, type Verdict } from "../../../../app/fit";
import type { App } from "../../../../app/model";
import { isLabel, type Pod, podNames, podPorts, podOfService, podsOf, serviceNames, sidecarTarget } from "../pods";
import { exceptJobs, leftOut, NOTHING, ofPod, ofService } from "./rule";

const networkMode = ofService((service, _use, { context }) => {
  const target = sidecarTarget(service);
  if (target !== null && service.job)
    return refused("a run of a job is a pod of its own", `leave the key out, and call ${target} by its name`);
  if (target !== null) return sidecar(context.app, target);
  switch (service.networkMode) {
    case "none":
      return refused(
        "a pod has an address in any case",
        "leave the key out; a service without ports is called by nobody",
      );
    case "host":
      return changed(
        "each pod has an address of its own, and no machine's",
        "name the ports under ports or expose, and call services by name",
      );
    case null:
    case "bridge":
    case "default":
      return leftOut("each pod has an address of its own");
    default:
      return refused(
        `${String(service.networkMode)} is not here`,
        "leave the key out, or name a service of this file: service:x",
      );
  }
});

function sidecar(app: App, target: string): Verdict {
  const host = app.services[target];
  if (!host) return refused(`the file has no service ${target}`, "name a service of this file");
  if (sidecarTarget(host) !== null)
    return refused(`${target} itself runs in another service's pod`, `name that service: ${host.networkMode ?? ""}`);
  return host.job
    ? kept(`starts before ${target} in its pod, on one localhost with it, and is ended after it`)
    : kept(`a container in the pod of ${target}, on one localhost with it`);
}

/** True for names that the service's pod is called by besides its own. */
function isOwnName(app: App, service: string, name: string): boolean {
  const pod = podOfService(podsOf(app)).get(service);
  return pod?.name === service && podNames(app, pod).includes(name.toLowerCase());
}

const noName = (name: string): Verdict =>
  isLabel(name.toLowerCase())
    ? leftOut(`${name} is another service's name`, "choose a name that no other service has")
    : leftOut(`${name} is no DNS label`, "use letters, digits and hyphens, and a letter first");

const called = ofService((service, use, { context }) => {
  const name = String(use.value);
  if (name.toLowerCase() === service.name.toLowerCase()) return leftOut("the service is called by this name anyway");
  return isOwnName(context.app, service.name, name)
    ? changed(`a pod has a name of its own; others call it ${name.toLowerCase()} as well`, "nothing to do")
    : noName(name);
});

const hostname = ofPod((service, use, { context }) => {
  const name = String(use.value);
  if (service.job)
    return isLabel(name) ? changed("the pod's own host name; nobody calls a job", NOTHING) : noName(name);
  if (isLabel(name) && (name === service.name || isOwnName(context.app, service.name, name)))
    return kept("the pod's own host name, by which others call it as well");
  return isLabel(name)
    ? changed(`the pod's own host name is ${name}, and another service is called so`, "choose a name that no other has")
    : noName(name);
});

const aliases = ofService((service, use, { context }) => {
  const names = Array.isArray(use.value) ? use.value.map(String) : [];
  const lost = names.filter((name) => !isOwnName(context.app, service.name, name));
  const [first] = lost;
  if (first !== undefined)
    return isLabel(first.toLowerCase())
      ? changed(
          `${lost.join(" and ")} leads to the first service that claims it alone`,
          "give each service an alias of its own",
        )
      : refused(`${lost.join(" and ")} is no DNS label`, "use letters, digits and hyphens, and a letter first");
  const lower = names.filter((name) => name !== name.toLowerCase());
  return lower.length > 0
    ? changed(
        `others call it ${lower.map((n) => n.toLowerCase()).join(" and ")}, in lower case`,
        "write it in lower case",
      )
    : kept("others call it by these names, on all networks");
});

const links = ofService((service, _use, { context }) => {
  const { app } = context;
  const renamed = service.links.filter(({ service: to, alias }) => alias !== to);
  const lost = renamed.filter(
    ({ service: to, alias }) =>
      serviceNames(app)[to]?.includes(alias.toLowerCase()) !== true || !isLabel(alias.toLowerCase()),
  );
  if (lost.length > 0)
    return refused(
      `${lost.map(({ alias }) => alias).join(" and ")} cannot be the name of a Service`,
      "choose an alias of letters, digits and hyphens that no other service has",
    );
  return renamed.length > 0
    ? changed(
        `${renamed.map(({ service: to, alias }) => `${to} is called ${alias}`).join(", ")} by every service of the app`,
        "nothing to do; an alias under networks says the same",
      )
    : kept("started before; every service is called by its name");
});

const noTraffic = leftOut("a job takes no traffic");

const expose = ofService((service, _use, { context, pod }: { context: { app: App }; pod: Pod }) => {
  if (pod.main.job) return noTraffic;
  const ports = podPorts(context.app, pod).filter((port) => port.service === service.name);
  const open = service.expose.filter((e) => ports.some((p) => p.port === e.port && p.protocol === e.protocol));
  return open.length < service.expose.length ? null : kept("open to who shares a network with the service");
});

export const networkKeys = {
  "services.*.container_name": exceptJobs(noTraffic, called),
  "services.*.expose": expose,
  "services.*.hostname": hostname,
  "services.*.links": links,
  "services.*.network_mode": networkMode,
  "services.*.networks": leftOut("it names no network"),
  "services.*.networks.*": kept("who shares a network may call the service, nobody else"),
  "services.*.networks.*.aliases": exceptJobs(noTraffic, aliases),
  // one finding for each port stands at `ports[n]`
  "services.*.ports": () => null,
  "services.*.ports[].mode": leftOut("the entry's load balancer stands before all pods"),
  "services.*.ports[].name": leftOut("a port has a name of its own here: protocol and number"),
  "services.*.extra_hosts": ofPod((service) =>
    Object.values(service.extraHosts)
      .flat()
      .every((address) => /^[\d.]+$|:/u.test(address))
      ? kept("written into the pod's /etc/hosts")
      : refused("host-gateway is an address of a machine, and there is none", "give the host's address"),
  ),
  "services.*.dns_opt": ofPod(() => kept("options of the pod's resolver")),
  "services.*.dns_search": ofPod(() => kept("search domains of the pod, after the cluster's own")),
} as const;
