/** Keys of ports, names and networks. Pure. */
import { changed, kept, refused, type Verdict } from "../../../../app/fit";
import type { Service } from "../../../../app/model";
import { leftOut, type RuleMakers, type ServiceRule } from "../../ecs/rules/rule";
import { shareNetwork, sidecarTarget } from "../../ecs/tasks";
import { appTask, jobNetwork } from "../app-task";

/** A job's task is its own. */
function jobNetworkMode(service: Service): Verdict {
  const { networkMode } = service;
  if (sidecarTarget(service) !== null) return refused("each run of a job is a task of its own", "leave the key out");
  if (networkMode === null || ["bridge", "default"].includes(networkMode))
    return leftOut("every container is on Docker's bridge anyway");
  return jobNetwork(service) === networkMode
    ? kept(networkMode === "host" ? "the machine's own network" : "no network at all")
    : refused(`${networkMode} is not here`, "leave the key out");
}

const networkMode: ServiceRule = (service, _use, { context }) => {
  const { network } = appTask(context.app);
  const target = sidecarTarget(service);
  if (service.job) return jobNetworkMode(service);
  if (target !== null) {
    if (network === "host") return kept(`the machine's own network, which ${target} is on too`);
    return refused(
      "each container of the task has an address of its own on Docker's bridge",
      `leave the key out and call ${target} by its name, or say network_mode: host for all services`,
    );
  }
  switch (service.networkMode) {
    case "host":
      return network === "host"
        ? kept("the machine's own network, for the whole task")
        : refused(
            "one task has one network, and not all services of the app ask for the machine's",
            "say network_mode: host for all services, or for none",
          );
    case "none":
      return network === "none"
        ? kept("no network at all")
        : refused("one task has one network, and other services need it", "leave the key out");
    case null:
    case "bridge":
    case "default":
      return leftOut("every container is on Docker's bridge anyway");
    default:
      return refused(`${service.networkMode} is not here`, "leave the key out");
  }
};

/** Docker's bridge has no networks: who shares none is given no name, and that is all. */
const network: ServiceRule = (service, _use, { context, task }) => {
  const alone = (name: string) => task.services.filter((s) => s.name === name);
  const own = { ...task, services: [service], main: service, sidecars: [] };
  const apart = task.services.filter(
    (other) =>
      other !== service &&
      !shareNetwork(own, { name: other.name, main: other, sidecars: [], services: alone(other.name) }),
  );
  if (appTask(context.app).network !== "bridge" || apart.length === 0)
    return leftOut("all services of the app are on one network");
  const names = apart.map(({ name }) => name).join(" and ");
  return changed(
    `${names} and ${service.name} have no names for each other; the bridge itself keeps nobody apart`,
    "place the app on fargate, where security groups do",
  );
};

const hostname: ServiceRule = (service, _use, { context }) =>
  (service.job ? jobNetwork(service) : appTask(context.app).network) === "bridge"
    ? kept("the container's own name, by which others call it as well")
    : leftOut("the machine's name is its containers' too");

export const networkRows = ({ ofService }: RuleMakers) => ({
  "services.*.expose": leftOut("on Docker's bridge every port is open to the machine's other containers"),
  "services.*.hostname": ofService(hostname),
  "services.*.network_mode": ofService(networkMode),
  "services.*.networks.*": ofService(network),
  "services.*.ports[].mode": leftOut("a port is the machine's own"),
});
