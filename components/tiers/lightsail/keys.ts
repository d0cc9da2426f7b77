/** What the tier does to each Compose key. Pure. */
import type { Verdict, FitContext, KeyRule, KeyTable } from "../../../app/fit";
import { fileVariable, fileVariables } from "../../../app/file-secrets";
import { changed, kept, refused } from "../../../app/fit";
import { DOCKER_HUB, ecrRegistry } from "../../../app/image";
import type { KeyUse, Service } from "../../../app/model";
import { hasSecret, secretsOf } from "../../../app/value";
import { wire } from "../../../app/wiring";
import { commonKeys, managedMachineKeys } from "../common-keys";
import { copies, deploymentOf, imageOf, loginOf } from "./deployment";
import { testUrl } from "./health";
import { mountVerdict } from "./mounts";
import { sizeText } from "./sizes";

const NOTHING = "nothing to do; leave the key out to be rid of this line";
const FARGATE = "place the app on fargate";

const leftOut = (reason: string, remedy: string = NOTHING) => changed(`left out: ${reason}`, remedy);
const network = leftOut("all containers of the app share one localhost, whatever their networks");
const noContainer: Verdict = leftOut("the service has no container here");

/** A rule that is told the service, and whether it has a container in the deployment. */
function ofService(
  rule: (service: Service, use: KeyUse, context: FitContext) => Verdict | null,
): (use: KeyUse, context: FitContext) => Verdict | null {
  return (use, context) => {
    const service = use.service === null ? undefined : context.app.services[use.service];
    if (!service) return null;
    const { absent } = deploymentOf(context.app, context.placement);
    return service.name in absent ? noContainer : rule(service, use, context);
  };
}

/** One word for each item of a list, at the leaf that every item has; the item's other leaves say nothing of their own. */
function ofItem(leaf: string, list: string, rule: (service: Service, index: number) => Verdict): KeyRule {
  return ofService((service, use) => {
    if (use.pattern === `services.*.${list}`) return leftOut("an empty list");
    const index = Number(/\[(\d+)\]/u.exec(use.key)?.[1]);
    return use.key === `${list}[${index}].${leaf}` ? rule(service, index) : null;
  });
}

const isTrue = (value: unknown): boolean => value === true || value === "true";

/** A flag that asks for something only where it is true. */
const flag =
  (verdict: Verdict): KeyRule =>
  (use) =>
    isTrue(use.value) ? verdict : leftOut("it is off anyway");

const secretGrant = (service: Service, index: number): Verdict => {
  const source = service.secrets.find((grant) => grant.index === index)?.source;
  const variables = fileVariables(service).filter(({ secret }) => secret === source);
  const instead = variables.map(({ variable }) => variable).join(", ");
  return refused(
    "there are no files besides the image's, so no secret can be one",
    variables.length > 0
      ? `${FARGATE}; or accept it: then ${instead} has the value, which the account's Lightsail API can read`
      : `${FARGATE}; or accept it and give the value by an environment variable, which the account's Lightsail API can read`,
  );
};

const configGrant = refused(
  "there are no files besides the image's, so no config can be one",
  `copy the file into the image, give its content by an environment variable, or ${FARGATE}`,
);

const image = ofService((service, use, context) => {
  const { placement } = context;
  const reference = imageOf(service);
  if (service.build) return commonKeys["services.*.image"](use, context);
  const ecr = reference && ecrRegistry(reference.registry);
  const { region } = placement.environment;
  if (ecr) {
    return ecr.region === region
      ? refused(
          "the repository is not the app's own, so its policy does not let the service's role pull, and is not touched",
          "build the image here; or accept it, and let the service's role pull in the repository's own policy",
        )
      : refused(
          `a repository on ECR in ${ecr.region}: only those of ${region} can be pulled from`,
          `replicate the image to ${region}, or publish it on ECR's public gallery`,
        );
  }
  const login = loginOf(service, placement);
  if (login === null) return commonKeys["services.*.image"](use, context);
  if (reference?.registry === DOCKER_HUB && reference.repository.startsWith("library/")) {
    return changed(
      "pulled from Docker Hub without the login and the cache that registries names; official images need none",
      NOTHING,
    );
  }
  return refused(
    `pulled without a login: there is no place for the one that registries has for ${login}`,
    `build an image FROM it here, so that it comes from ECR; accept it if the image is public; or ${FARGATE}`,
  );
});

/** A repository has one policy, its owner's. */
const buildContext = ofService(({ name }, use, context) => {
  const { app, placement } = context;
  if (deploymentOf(app, placement).containers.some(({ service, pull }) => service.name === name && pull === "ecr")) {
    const { environment } = placement.environment.platform.registry;
    return refused(
      `the image is in a repository of ${environment ?? "another environment"}, whose policy does not let the service's role pull`,
      `${FARGATE}, or build the image here, without a release and without platform.registry; or accept it, and let the ` +
        "service's role pull in the repository's own policy",
    );
  }
  return commonKeys["services.*.build.context"](use, context);
});

const platform = ofService((service, use) => {
  if (/arm/iu.test(String(use.value))) {
    return refused("the nodes are x86-64", "leave the key out, or say linux/amd64, and build the image for it");
  }
  if (/^windows/iu.test(String(use.value))) return refused("only Linux images run here", "build the image for Linux");
  return service.build?.platforms.length === 0
    ? kept("the platform that the image is built for")
    : leftOut("an image for several platforms is pulled for x86-64, which the nodes are");
});

const buildPlatforms: KeyRule = (use) => {
  const [first, ...others] = Array.isArray(use.value) ? use.value.map(String) : [String(use.value)];
  if (/arm/iu.test(first ?? "")) return refused("the nodes are x86-64", "name linux/amd64 first, or leave the key out");
  return others.length === 0
    ? kept("the platform that the image is built for")
    : changed(`built for ${first} alone, which the nodes are`, "name one platform");
};

const environment = ofService((service, use, { app }) => {
  const variable = use.key.slice("environment.".length);
  const value = service.environment[variable];
  if (value === undefined || value === null) return leftOut("it has no value here, as with docker compose");
  const file = fileVariable(service, variable);
  if (file) return changed(`${file.variable} has the secret's value instead: there is no file`, "read that variable");
  // fit.ts says what becomes of hosts and secrets, wherever the value was written
  const rewritten = wire(app).rewrites.some((r) => r.service === service.name && r.key === use.key);
  return rewritten || secretsOf(value).length > 0 ? null : kept("passed on; readable through the Lightsail API");
});

const entrypoint = ofService((service) =>
  service.entrypoint?.length === 0
    ? refused("the image's own entrypoint cannot be taken away", "write ENTRYPOINT [] into the Dockerfile")
    : refused(
        "an image's entrypoint cannot be replaced",
        "write ENTRYPOINT into the Dockerfile; or accept it where the image has none, or one that runs its arguments " +
          "(as docker-entrypoint.sh does): then its words are passed on before those of command",
      ),
);

const command = ofService((service) => {
  if (service.command?.length === 0) {
    return refused("the image's own command cannot be taken away", "write CMD [] into the Dockerfile");
  }
  return service.command?.some(hasSecret)
    ? null
    : kept("the words after the image's entrypoint; readable through the Lightsail API");
});

const replicas = ofService((service, _use, { app, placement }) => {
  const { scale } = deploymentOf(app, placement);
  return copies(app, placement, service.name) === scale && !placement.services[service.name]?.scale
    ? kept(`${scale} ${scale === 1 ? "node" : "nodes"}, each with a copy`)
    : changed(
        `${scale} ${scale === 1 ? "copy" : "copies"}: each of the ${scale} nodes runs every container`,
        `give all services the same count, set lightsail: { scale }, or ${FARGATE}`,
      );
});

/** `replicas: 0` is kept by leaving the service out; the rule above says so of no service that is there. */
const replicasOrNone: KeyRule = (use, context) =>
  deploymentOf(context.app, context.placement).absent[use.service ?? ""] === "no-copy"
    ? kept("no copy runs: the service has no container")
    : replicas(use, context);

/** cpu and memory have no place of their own: they decide the power of the node. */
const size = (kind: "cpu" | "memory", of: "limit" | "reservation"): KeyRule =>
  ofService((service, _use, { app, placement }) => {
    const placed = placement.services[service.name]?.[kind] ?? null;
    if (placed !== null) return leftOut(`size says ${kind === "cpu" ? `${placed} vCPU` : `${placed} MiB`} instead`);
    const limit = kind === "cpu" ? service.limits.cpus : service.limits.memory;
    if (of === "reservation" && limit !== null) return leftOut("the limit is what counts, and nothing is reserved");
    const { power } = deploymentOf(app, placement);
    return changed(
      `no container has ${of === "limit" ? "a limit" : "a reservation"} of its own: counted into the sum that ` +
        `a ${power.power} node (${sizeText(power)}) has to hold`,
      `${FARGATE} for ${of}s of each container`,
    );
  });
const share = leftOut("processor time is not shared out by weights or periods", "use cpus");

/** A field of the health check: only that of the public endpoint has one. */
const health = (rule: (service: Service, context: FitContext) => Verdict): KeyRule =>
  ofService((service, _use, context) => {
    const { endpoint } = deploymentOf(context.app, context.placement);
    return endpoint?.point.service === service.name
      ? rule(service, context)
      : leftOut(
          "only the public endpoint has a health check",
          "let the process end when it fails: it is started again",
        );
  });

const moved = (what: string, wanted: number | null, planned: number, unit = " s") =>
  wanted === planned
    ? kept(`${what} of the public endpoint's health check`)
    : changed(`${what} of the public endpoint's health check: ${planned}${unit}`, NOTHING);

const healthTest = health((service, { app, placement }) => {
  const { endpoint } = deploymentOf(app, placement);
  const path = endpoint?.healthCheck.path ?? "/";
  const asks = `the load balancer asks GET ${path} on port ${endpoint?.point.port}`;
  const { healthcheck } = service;
  if (!healthcheck || healthcheck.disabled) {
    return changed(`${asks}: the public endpoint always has a health check`, "answer on this path");
  }
  return testUrl(healthcheck) === null
    ? changed(`no command is run: ${asks}`, "test by a URL (curl -f http://localhost:PORT/PATH) to choose the path")
    : changed(`${asks} instead of running a command`, NOTHING);
});

const healthTime = (what: "interval" | "timeout" | "retries") =>
  health((service, { app, placement }) => {
    const check = deploymentOf(app, placement).endpoint?.healthCheck;
    const wanted = service.healthcheck?.[what] ?? null;
    if (!check || service.healthcheck?.disabled) return leftOut("the health check is off");
    if (what === "interval") return moved("the interval", wanted, check.intervalSeconds);
    if (what === "timeout") return moved("the timeout", wanted, check.timeoutSeconds);
    return moved("the failures in a row", wanted, check.unhealthyThreshold, "");
  });

const noStart = leftOut("a new deployment takes over once its containers are healthy, within timeToFail");

const root = (words: string) => `write ${words} into the Dockerfile, or ${FARGATE}`;
const privileges = refused("containers get no rights on the machine", `do without, or ${FARGATE}`);
const restart = leftOut("a container that ends is always started again");

/** A secret that takes the place of its file in some variable is not left out. */
const secretSource: KeyRule = (use, { app }) => {
  const name = use.key.split(".")[1];
  const variables = Object.values(app.services).flatMap((service) =>
    fileVariables(service)
      .filter(({ secret }) => secret === name)
      .map(({ variable }) => `${service.name}.${variable}`),
  );
  return variables.length > 0
    ? changed(`no file: the value is in ${variables.join(", ")}`, "read those variables")
    : leftOut("no service gets it as a file");
};

const ownRows = {
  "services.*.image": image,
  "services.*.platform": platform,
  "services.*.build.context": buildContext,
  "services.*.build.platforms": buildPlatforms,
  "services.*.environment": environment,
  "services.*.command": command,
  "services.*.entrypoint": entrypoint,
  "services.*.user": refused("a container runs as the image's own user", root("USER")),
  "services.*.group_add": refused("a process cannot have further groups", root("USER user:group")),
  "services.*.working_dir": refused("a container starts in the image's own folder", root("WORKDIR")),

  // fit.ts has one finding for each published port
  "services.*.ports": ofService((_service, use) =>
    use.pattern === "services.*.ports" ? leftOut("an empty list") : null,
  ),
  "services.*.expose": leftOut(
    "on the one localhost every port is open to the app's own containers, and to nobody else",
  ),

  "services.*.depends_on": leftOut(
    "all containers start at once, and again until they run",
    "try the connection again in the service that waits",
  ),
  "services.*.links": leftOut("all containers share one localhost"),
  "services.*.network_mode": ((use) => {
    if (use.value === "none") {
      return refused("all containers share one localhost: none can be cut off", `leave the key out, or ${FARGATE}`);
    }
    if (use.value === "host") return leftOut("a container has its app's localhost, not the machine's");
    return String(use.value).startsWith("container:")
      ? refused("a container outside of the app cannot be joined", "put it into the app as a service")
      : leftOut("all containers share one localhost anyway");
  }) satisfies KeyRule,
  "services.*.networks": network,
  "services.*.hostname": leftOut("the host's name is AWS's; other services find it at localhost"),
  "networks.*": network,
  "networks.*.attachable": network,
  "networks.*.driver": network,
  "networks.*.driver_opts": network,
  "networks.*.enable_ipv4": network,
  "networks.*.enable_ipv6": network,
  "networks.*.external": leftOut(
    "the networks of other projects are not here",
    "put the services that it joins into one app with include, or call the other app by its public name",
  ),
  "networks.*.internal": leftOut("no container can be without a way out"),
  "networks.*.ipam": network,
  "networks.*.labels": network,
  "networks.*.name": network,

  "services.*.volumes": ofItem("target", "volumes", mountVerdict),
  "services.*.volumes_from": refused(
    "there are no volumes to share",
    `put both programs into one image, or ${FARGATE}`,
  ),
  "services.*.tmpfs": leftOut("the container's own disk is writable there, and is not memory"),
  "services.*.storage_opt": leftOut("the size of a container's disk is AWS's"),
  "services.*.shm_size": refused("/dev/shm cannot be sized", `let the program use less of it, or ${FARGATE}`),
  "volumes.*": leftOut("there are no volumes"),
  "volumes.*.driver": leftOut("there are no volumes"),
  "volumes.*.driver_opts": leftOut("there are no volumes"),
  "volumes.*.external": leftOut("there are no volumes"),
  "volumes.*.labels": leftOut("there are no volumes"),
  "volumes.*.name": leftOut("there are no volumes"),

  "services.*.secrets": ofItem("source", "secrets", secretGrant),
  "services.*.configs": ofItem("source", "configs", () => configGrant),
  "secrets.*": secretSource,
  "secrets.*.environment": secretSource,
  "secrets.*.external": secretSource,
  "secrets.*.file": secretSource,
  "secrets.*.name": secretSource,
  "configs.*": leftOut("no service gets it as a file"),
  "configs.*.content": leftOut("no service gets it as a file"),
  "configs.*.environment": leftOut("no service gets it as a file"),
  "configs.*.external": leftOut("no service gets it as a file"),
  "configs.*.file": leftOut("no service gets it as a file"),
  "configs.*.name": leftOut("no service gets it as a file"),

  "services.*.healthcheck": healthTest,
  "services.*.healthcheck.interval": healthTime("interval"),
  "services.*.healthcheck.timeout": healthTime("timeout"),
  "services.*.healthcheck.retries": healthTime("retries"),
  "services.*.healthcheck.start_period": health(() => noStart),
  "services.*.healthcheck.start_interval": health(() => noStart),

  "services.*.scale": replicasOrNone,
  "services.*.deploy": leftOut("it says nothing"),
  "services.*.deploy.replicas": replicasOrNone,
  "services.*.deploy.mode": ((use) =>
    String(use.value).endsWith("job")
      ? refused(
          "a container service runs all of its containers all the time, and no jobs",
          "leave the service out, or place the app on lightsail-vm or fargate, and say job under x-spectrum",
        )
      : leftOut("every node runs every container")) satisfies KeyRule,
  "services.*.deploy.placement": leftOut("there are no nodes to choose from: every node runs every container"),
  "services.*.deploy.restart_policy": restart,
  "services.*.deploy.rollback_config": leftOut("a deployment that fails leaves the former one running"),
  "services.*.deploy.update_config": leftOut("a deployment is replaced as a whole, once the new one is healthy"),
  "services.*.deploy.resources": leftOut("it says nothing"),
  "services.*.deploy.resources.limits.cpus": size("cpu", "limit"),
  "services.*.deploy.resources.limits.memory": size("memory", "limit"),
  "services.*.deploy.resources.limits.pids": leftOut("processes are not counted"),
  "services.*.deploy.resources.reservations.cpus": size("cpu", "reservation"),
  "services.*.deploy.resources.reservations.memory": size("memory", "reservation"),
  "services.*.cpus": size("cpu", "limit"),
  "services.*.mem_limit": size("memory", "limit"),
  "services.*.mem_reservation": size("memory", "reservation"),
  "services.*.cpu_period": share,
  "services.*.cpu_quota": share,
  "services.*.cpu_shares": share,
  "services.*.pids_limit": leftOut("processes are not counted"),

  "services.*.restart": restart,
  "services.*.init": flag(leftOut("no init process is put before the image's own", "put tini into the image")),
  "services.*.tty": flag(leftOut("there is no terminal")),
  "services.*.stdin_open": flag(leftOut("there is no terminal")),
  "services.*.stop_grace_period": leftOut("how long a container may take to stop is AWS's", "end soon after SIGTERM"),
  "services.*.stop_signal": leftOut("a container is stopped by SIGTERM", "write STOPSIGNAL into the Dockerfile"),
  "services.*.read_only": flag(leftOut("the container's disk stays writable", `${FARGATE} for a read-only one`)),
  "services.*.cap_add": privileges,
  "services.*.privileged": flag(privileges),
  "services.*.cap_drop": leftOut("rights cannot be taken away", `run as another USER than root, or ${FARGATE}`),
  "services.*.sysctls": refused("the kernel's settings are AWS's", `do without, or ${FARGATE}`),
  "services.*.ulimits": leftOut("limits of processes are AWS's"),
  "services.*.labels": leftOut("containers have no labels; spectrum:tags are on the service"),
  "services.*.label_file": leftOut("containers have no labels; spectrum:tags are on the service"),
  "services.*.logging": leftOut(
    "Lightsail keeps the output of each container itself, for four days",
    `send logs from the app where they should stay longer, or ${FARGATE}`,
  ),
  "services.*.pid": ((use) =>
    refused(
      `a container cannot see the processes of ${use.value === "host" ? "the machine" : "another"}`,
      `leave the key out, or ${FARGATE}`,
    )) satisfies KeyRule,
};

/** The tier's key table: what all tiers say alike, then its own words. */
export const keyTable: KeyTable = { ...commonKeys, ...managedMachineKeys, ...ownRows };
