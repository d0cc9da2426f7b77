/** Checks of one model that need no other part of it: compose-go's `validation` package. */
import { isAddress } from "./ports";
import type { Problems } from "./problems";
import { either, show } from "./problems";
import type { MapNode, Node } from "./tree";
import { entriesOf, get, itemsOf, locationOf, textOf } from "./tree";

export function checkResources(model: MapNode, problems: Problems): void {
  for (const [name, node] of entriesOf(get(model, "volumes"))) checkExternal(node, `volumes.${name}`, problems);
  for (const [name, node] of entriesOf(get(model, "configs")))
    checkSource(node, `configs.${name}`, ["file", "environment", "content"], problems);
  for (const [name, node] of entriesOf(get(model, "secrets")))
    checkSource(node, `secrets.${name}`, ["file", "environment"], problems);
  for (const [name, service] of entriesOf(get(model, "services"))) checkService(service, `services.${name}`, problems);
}

function checkService(service: Node, path: string, problems: Problems): void {
  for (const [i, port] of itemsOf(get(service, "ports")).entries()) {
    const ip = get(port, "host_ip");
    const at = `${path}.ports[${i}]`;
    if (textOf(ip) !== undefined && !isAddress(textOf(ip) ?? ""))
      problems.error(
        `${at}.host_ip: got ${show(textOf(ip) ?? "")}, only an ip address is allowed here`,
        locationOf(ip),
        at,
      );
    if (get(port, "target") === undefined && !problems.touched(at))
      problems.error(`${at}: the container port is missing, add target`, locationOf(port), at);
  }
  for (const kind of ["volumes", "devices"] as const) {
    for (const [i, mount] of itemsOf(get(service, kind)).entries()) {
      const at = `${path}.${kind}[${i}]`;
      if (get(mount, "target") === undefined && !problems.touched(at))
        problems.error(`${at}: the path in the container is missing, add target`, locationOf(mount), at);
    }
  }
  for (const [i, watch] of itemsOf(get(service, "develop", "watch")).entries()) {
    const watched = get(watch, "path");
    if (textOf(watched) === "")
      problems.error(`${path}.develop.watch[${i}].path: the path is empty, name a folder`, locationOf(watched));
  }
  const requests = [
    ["gpus", get(service, "gpus")],
    ["deploy.resources.reservations.devices", get(service, "deploy", "resources", "reservations", "devices")],
  ] as const;
  for (const [key, list] of requests) {
    for (const [i, request] of itemsOf(list).entries()) {
      const both = get(request, "count") !== undefined && get(request, "device_ids") !== undefined;
      if (both)
        problems.error(`${path}.${key}[${i}]: count and device_ids exclude each other, keep one`, locationOf(request));
    }
  }
}

function isExternal(node: Node): boolean {
  const external = get(node, "external");
  return external?.kind === "scalar" && (external.value === true || external.value === "true");
}

function checkExternal(node: Node, path: string, problems: Problems): void {
  if (!isExternal(node)) return;
  for (const [key, value] of entriesOf(node)) {
    if (key === "name" || key === "external" || key.startsWith("x-")) continue;
    problems.error(
      `${path}: an external volume takes its name only, remove ${key}`,
      locationOf(value),
      `${path}.${key}`,
    );
  }
}

function checkSource(node: Node, path: string, keys: readonly string[], problems: Problems): void {
  const given = keys.filter((key) => get(node, key) !== undefined);
  if (given.length > 1)
    problems.error(`${path}: ${given.join(" and ")} exclude each other, keep one`, locationOf(node), path);
  if (given.length > 0 || get(node, "driver") !== undefined || get(node, "external") !== undefined) return;
  if (!problems.touched(path))
    problems.error(`${path}: one of ${either(keys)} is missing, add it`, locationOf(node), path);
}
