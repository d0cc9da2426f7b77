/** Checks of the finished model as a whole: what names what, and what cannot stand together. compose-go: `checkConsistency`. */
import { parseRange } from "./ports";
import type { Problems } from "./problems";
import { suggestion, show } from "./problems";
import type { MapNode, Node } from "./tree";
import { entriesOf, get, isMap, isNull, itemsOf, locationOf, textOf } from "./tree";

interface Context {
  readonly model: MapNode;
  readonly active: ReadonlySet<string>;
  readonly problems: Problems;
}

/** Reports all that is wrong; `active` are the services that the profiles start. */
export function checkModel(model: MapNode, active: ReadonlySet<string>, problems: Problems): void {
  const context: Context = { model, active, problems };
  for (const [name, service] of entriesOf(get(model, "services")))
    if (active.has(name)) checkService(name, service, context);
  checkSecrets(context);
  checkCycles(context);
  checkContainerNames(context);
  checkPublishedPorts(context);
}

function checkService(name: string, service: Node, context: Context): void {
  const path = `services.${name}`;
  checkImage(service, path, context);
  checkNetworks(service, path, context);
  checkHealth(service, path, context);
  checkDependencies(service, path, context);
  checkReferences(service, path, context);
  checkScale(service, path, context);
  checkTwice(service, path, context);
  checkMounts(service, path, context);
  for (const [i, watch] of itemsOf(get(service, "develop", "watch")).entries()) {
    const action = textOf(get(watch, "action"));
    if (!textOf(get(watch, "target")) && action !== "rebuild" && action !== "restart")
      context.problems.error(
        `${path}.develop.watch[${i}]: the action ${action} needs a target, add it`,
        locationOf(watch),
      );
  }
}

function checkImage(service: Node, path: string, { model, problems, active }: Context): void {
  const build = get(service, "build");
  const image = textOf(get(service, "image"));
  if (build === undefined && !image && get(service, "provider") === undefined && !problems.touched(path))
    problems.error(`${path}: neither image nor build is given, add one of them`, locationOf(service), path);
  if (build === undefined) return;
  const inline = get(build, "dockerfile_inline");
  if (textOf(inline) && textOf(get(build, "dockerfile")))
    problems.error(`${path}.build: dockerfile and dockerfile_inline exclude each other, keep one`, locationOf(inline));
  for (const [key, context] of entriesOf(get(build, "additional_contexts"))) {
    const written = textOf(context) ?? "";
    if (!written.startsWith("service:")) continue;
    const target = written.slice("service:".length);
    const at = `${path}.build.additional_contexts.${key}`;
    const other = get(model, "services", target);
    if (other === undefined) missing(at, "service", target, entriesOf(get(model, "services")), context, problems);
    else if (get(other, "build") === undefined)
      problems.error(`${at}: the service ${show(target)} is not built, name one with a build`, locationOf(context), at);
  }
  const platform = textOf(get(service, "platform"));
  const platforms = itemsOf(get(build, "platforms")).map((item) => textOf(item) ?? "");
  if (platform && platforms.length > 0 && !platforms.includes(platform) && active.size > 0)
    problems.error(
      `${path}.build.platforms: the service's platform ${show(platform)} is not in the list, add it`,
      locationOf(get(build, "platforms")),
    );
}

/** A name that stands for nothing. */
function missing(
  path: string,
  kind: string,
  name: string,
  known: readonly (readonly [string, Node])[],
  node: Node,
  problems: Problems,
): void {
  const names = known.map(([key]) => key);
  problems.error(`${path}: no ${kind} is named ${show(name)}${suggestion(name, names)}`, locationOf(node), path);
}

function checkNetworks(service: Node, path: string, { model, problems }: Context): void {
  const networks = get(service, "networks");
  const mode = get(service, "network_mode");
  if (textOf(mode) && entriesOf(networks).length > 0)
    problems.error(`${path}: network_mode and networks exclude each other, keep one`, locationOf(mode), path);
  for (const [name, node] of entriesOf(networks)) {
    const exists = get(model, "networks", name) !== undefined;
    if (!exists && !problems.touched("networks"))
      missing(`${path}.networks.${name}`, "network", name, entriesOf(get(model, "networks")), node, problems);
  }
}

function checkHealth(service: Node, path: string, { problems }: Context): void {
  const test = get(service, "healthcheck", "test");
  const first = itemsOf(test)[0];
  const word = textOf(first);
  if (first !== undefined && word !== "CMD" && word !== "CMD-SHELL" && word !== "NONE")
    problems.error(
      `${path}.healthcheck.test: got ${show(word ?? "")} first, only CMD, CMD-SHELL or NONE may begin the list`,
      locationOf(first),
    );
}

function checkDependencies(service: Node, path: string, { model, active, problems }: Context): void {
  const complain = (at: string, name: string, node: Node): void => {
    if (active.has(name)) return;
    const other = get(model, "services", name);
    if (other === undefined) return missing(at, "service", name, entriesOf(get(model, "services")), node, problems);
    const profiles = itemsOf(get(other, "profiles")).map((item) => textOf(item) ?? "");
    problems.error(
      `${at}: the service ${show(name)} is not started without one of its profiles (${profiles.join(", ")}), turn one on`,
      locationOf(node),
      at,
    );
  };
  for (const [name, dependency] of entriesOf(get(service, "depends_on"))) {
    const required = get(dependency, "required");
    const optional = required?.kind === "scalar" && required.value === false;
    if (!(optional && get(model, "services", name) !== undefined))
      complain(`${path}.depends_on.${name}`, name, dependency);
  }
}

function checkReferences(service: Node, path: string, { model, problems }: Context): void {
  const check = (at: string, kind: string, section: string, name: string | undefined, node: Node): void => {
    if (name === undefined || get(model, section, name) !== undefined || problems.touched(`${section}.${name}`)) return;
    missing(at, kind, name, entriesOf(get(model, section)), node, problems);
  };
  for (const [i, volume] of itemsOf(get(service, "volumes")).entries()) {
    const source = get(volume, "source");
    if (textOf(get(volume, "type")) === "volume" && textOf(source))
      check(`${path}.volumes[${i}].source`, "volume", "volumes", textOf(source), source ?? volume);
  }
  for (const [section, kind] of [
    ["secrets", "secret"],
    ["configs", "config"],
  ] as const) {
    for (const [i, grant] of itemsOf(get(service, section)).entries())
      check(`${path}.${section}[${i}].source`, kind, section, textOf(get(grant, "source")) ?? "", grant);
  }
  for (const [i, grant] of itemsOf(get(service, "build", "secrets")).entries())
    check(`${path}.build.secrets[${i}].source`, "secret", "secrets", textOf(get(grant, "source")) ?? "", grant);
  for (const [name, node] of entriesOf(get(service, "models")))
    check(`${path}.models.${name}`, "model", "models", name, node);
}

function scalarText(node: Node): string {
  return node.kind === "scalar" ? node.text : "";
}

function number(node: Node | undefined): number | undefined {
  return node?.kind === "scalar" && typeof node.value === "number" ? node.value : undefined;
}

function checkScale(service: Node, path: string, { problems }: Context): void {
  const scale = get(service, "scale");
  const replicas = get(service, "deploy", "replicas");
  if (number(scale) !== undefined && number(replicas) !== undefined && number(scale) !== number(replicas))
    problems.error(
      `${path}: scale is ${number(scale)} and deploy.replicas ${number(replicas)}, keep one`,
      locationOf(scale),
    );
  for (const [key, node] of [
    ["scale", scale],
    ["deploy.replicas", replicas],
  ] as const) {
    if ((number(node) ?? 0) < 0)
      problems.error(
        `${path}.${key}: got ${number(node)}, only a whole number from 0 on is allowed here`,
        locationOf(node),
      );
  }
  const name = get(service, "container_name");
  if (textOf(name) && (number(scale) ?? number(replicas) ?? 1) > 1)
    problems.error(
      `${path}.container_name: a service with several replicas cannot have one name, remove it`,
      locationOf(name),
    );
}

/** Old keys beside the ones of `deploy` that mean the same. */
function checkTwice(service: Node, path: string, { problems }: Context): void {
  const pairs = [
    ["cpus", "limits", "cpus"],
    ["mem_limit", "limits", "memory"],
    ["mem_reservation", "reservations", "memory"],
    ["pids_limit", "limits", "pids"],
  ] as const;
  for (const [old, kind, key] of pairs) {
    const node = get(service, old);
    const resource = get(service, "deploy", "resources", kind);
    if (node === undefined || node.omitted || !isMap(resource)) continue;
    const other = get(resource, key);
    const [one, two] = [scalarText(node), other === undefined ? null : scalarText(other)];
    if (one !== two)
      problems.error(
        `${path}.${old}: got ${one}, but deploy.resources.${kind}.${key} is ${two ?? "not set"}, give both the same value or keep one`,
        locationOf(node),
      );
  }
}

function checkMounts(service: Node, path: string, { problems }: Context): void {
  const mounts = new Map<string, string>();
  const add = (target: string, at: string, node: Node): void => {
    const before = mounts.get(target);
    if (before === undefined) mounts.set(target, at);
    else
      problems.error(`${path}.${at}: ${show(target)} is already the target of ${before}, remove one`, locationOf(node));
  };
  for (const [i, item] of itemsOf(get(service, "tmpfs")).entries())
    add((textOf(item) ?? "").split(":")[0] ?? "", `tmpfs[${i}]`, item);
  for (const [i, item] of itemsOf(get(service, "volumes")).entries()) {
    const target = textOf(get(item, "target"));
    if (target !== undefined) add(target, `volumes[${i}]`, item);
  }
}

function checkSecrets({ model, problems }: Context): void {
  for (const [name, secret] of entriesOf(get(model, "secrets"))) {
    const external = get(secret, "external");
    const outside = external?.kind === "scalar" && external.value === true;
    const path = `secrets.${name}`;
    if (!outside && !textOf(get(secret, "file")) && !textOf(get(secret, "environment")) && !problems.touched(path))
      problems.error(
        `${path}: one of file, environment or external: true is missing, add it`,
        locationOf(secret),
        path,
      );
  }
}

function checkCycles({ model, active, problems }: Context): void {
  const edges = new Map<string, readonly (readonly [string, Node])[]>();
  for (const name of active)
    edges.set(
      name,
      entriesOf(get(model, "services", name, "depends_on")).filter(([other]) => active.has(other)),
    );
  const done = new Set<string>();
  for (const start of [...active].sort()) {
    // by hand, for a chain may be as long as the file
    const trail: string[] = [start];
    const rest = [[...(edges.get(start) ?? [])]];
    while (trail.length > 0) {
      const name = trail.at(-1) ?? "";
      const next = done.has(name) ? undefined : rest.at(-1)?.shift();
      if (next === undefined) {
        done.add(name);
        trail.pop();
        rest.pop();
        continue;
      }
      const [other, node] = next;
      const at = trail.indexOf(other);
      if (at >= 0) {
        const cycle = [...trail.slice(at), other].join(" -> ");
        problems.error(
          `services.${name}.depends_on.${other}: the services wait for each other: ${cycle}, take one out`,
          locationOf(node),
        );
      } else if (!done.has(other)) {
        trail.push(other);
        rest.push([...(edges.get(other) ?? [])]);
      }
    }
  }
}

function checkContainerNames({ model, active, problems }: Context): void {
  const names = new Map<string, string>();
  for (const [service, node] of entriesOf(get(model, "services"))) {
    const name = get(node, "container_name");
    const written = textOf(name);
    if (!active.has(service) || !written) continue;
    const before = names.get(written);
    if (before === undefined) names.set(written, service);
    else
      problems.error(
        `services.${service}.container_name: ${show(written)} is already the name of ${before}'s container, choose another`,
        locationOf(name),
      );
  }
}

/** Two services, or one twice, cannot have one port of the host. */
function checkPublishedPorts({ model, active, problems }: Context): void {
  const taken = new Map<string, { readonly at: string; readonly ip: string }[]>();
  for (const [service, node] of entriesOf(get(model, "services"))) {
    if (!active.has(service)) continue;
    for (const [i, port] of itemsOf(get(node, "ports")).entries()) {
      const at = `services.${service}.ports[${i}]`;
      const published = get(port, "published");
      const written = textOf(published);
      if (!written || published === undefined || isNull(published)) continue;
      const range = parseRange(written);
      if (range === null) {
        problems.error(
          `${at}.published: got ${show(written)}, only a port or a range such as 8000-8010 is allowed here`,
          locationOf(published),
          at,
        );
        continue;
      }
      // of a range any free port is taken, so that it is in no one's way
      if (range.start !== range.end) continue;
      const ip = textOf(get(port, "host_ip")) ?? "";
      const id = `${range.start}/${textOf(get(port, "protocol")) ?? "tcp"}`;
      const others = taken.get(id) ?? [];
      const clash = others.find((other) => overlaps(other.ip, ip));
      if (clash !== undefined)
        problems.error(
          `${at}: the port ${id} is already published by ${clash.at}, choose another`,
          locationOf(published),
        );
      taken.set(id, [...others, { at, ip }]);
    }
  }
}

const ANY = new Set(["", "0.0.0.0", "::"]);

function overlaps(a: string, b: string): boolean {
  return a === b || ANY.has(a) || ANY.has(b);
}
