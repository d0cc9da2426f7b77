/**
 * What every tier says of a Compose key in the same words: two parts of a tier's key table, to be spread into it before
 * the tier's own rows. Pure.
 */
import type { ComposeKey } from "../../app/compose/keys";
import { changed, finding, type FitContext, kept, type KeyRule, refused, type Verdict } from "../../app/fit";
import type { Finding } from "../../app/finding";
import type { App, KeyUse } from "../../app/model";
import { ownsRepositories } from "../../app/repositories";
import { hasSecret } from "../../app/value";

type Rows = Readonly<Partial<Record<ComposeKey, KeyRule>>>;

const NOTHING = "nothing to do; leave the key out to be rid of this line";

/** A key of the reader's: when the plan is made it has been used up, and what it brought has findings of its own. */
const readUp = (what: string) => kept(`${what} when the files are read`);
const local = (what: string) => changed(`left out: ${what} is for local development`, NOTHING);
const leftOut = (reason: string, remedy: string = NOTHING) => changed(`left out: ${reason}`, remedy);

const buildOnly = (what: string) =>
  leftOut(
    `the image is built without ${what}`,
    "build the image elsewhere and name it under image, or leave the key out",
  );
const cannotBuild = (what: string, remedy: string) => refused(`the image cannot be built with ${what} here`, remedy);
const network = leftOut(
  "the services of an app share the environment's network; who may call whom comes from networks",
);
const noModel = refused("there is no runner for models here", "call a hosted model by its URL from the environment");

/** A tag may move; where the environment is protected only a digest will do, which says the content. */
function image(use: KeyUse, { app, placement }: FitContext): Verdict {
  const service = use.service === null ? undefined : app.services[use.service];
  if (service?.build) return leftOut("the image that is built takes its place");
  if (app.release) return kept("pulled by the digest that the release has");
  if (String(use.value).includes("@sha256:")) return kept("pulled by its digest");
  if (placement.environment.protected)
    return refused(
      "a tag may point to another image tomorrow, and the environment is protected",
      "name the image by its digest: docker buildx imagetools inspect shows it",
    );
  return kept("pulled by its tag, which may point to another image tomorrow; a digest would not");
}

/** The one key of each build: it says where the image comes from. */
const context = (_: KeyUse, { app, placement }: FitContext): Verdict => {
  if (app.release) return kept("built before: pulled by the digest that the release has");
  const { environment } = placement.environment.platform.registry;
  return ownsRepositories(placement.environment)
    ? kept("passed to the build, whose image is pushed to the app's own repository")
    : kept(`passed to the build, whose image is pushed to the app's repository of ${environment}`);
};

function platforms(use: KeyUse): Verdict {
  const [first, ...others] = asList(use.value);
  return others.length === 0
    ? kept("the platform that the image is built for and runs on")
    : changed(`built for ${String(first)} alone, which it runs on`, "name one platform");
}

function cacheFrom(use: KeyUse): Verdict {
  const foreign = asList(use.value).filter(
    (entry) => String(entry).includes("=") && !/(?:^|,)type=registry(?:,|$)/u.test(String(entry)),
  );
  return foreign.length === 0
    ? kept("passed to the build")
    : buildOnly(`the caches ${foreign.map(String).join(" and ")}: only a registry's is at hand where it is built`);
}

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** Where a tier that reads secrets by reference has them. */
export const secretStoreOf = ({ placement }: FitContext): string =>
  placement.environment.platform.secretStore === "ssm" ? "SSM's parameter store" : "Secrets Manager";

/** Keys that are the same on each of the eight tiers. */
export const commonKeys = {
  // used up when the files are read
  name: (use: KeyUse, { app }: FitContext) =>
    use.value === app.name
      ? kept("the app's name in the environment")
      : changed(
          `the app is called ${app.name} here, as its key under spectrum:apps says`,
          "rename the one or the other",
        ),
  version: leftOut("Compose itself ignores it since version 2"),
  include: readUp("merged into the app"),
  services: readUp("read"),
  networks: network,
  volumes: leftOut("it names no volume"),
  secrets: leftOut("it names no secret"),
  configs: leftOut("it names no config"),
  "services.*.profiles": readUp("it decides whether the service is part of the app,"),
  "services.*.extends": readUp("merged into the service"),
  "services.*.env_file": readUp("merged into the environment"),
  "services.*.env_file[].required": leftOut("the file has been looked for when the plan was made"),

  // for local development only
  "services.*.attach": local("whose output the terminal shows"),
  "services.*.develop": local("watching source files"),
  "services.*.container_name": changed(
    "a container is called after its service",
    "call the service by its own name, or by an alias under networks",
  ),
  "services.*.annotations": leftOut("AWS keeps no annotations of a container", "use labels"),
  "services.*.pull_policy": leftOut("the image is pulled for each start of a container"),
  "services.*.pull_refresh_after": leftOut("the image is pulled for each start of a container"),

  "services.*.image": image,

  // what the builder of @pulumi/awsx takes
  "services.*.build": kept("how the service's image is made"),
  "services.*.build.args": kept("passed to the build"),
  "services.*.build.cache_from": cacheFrom,
  "services.*.build.context": context,
  "services.*.build.dockerfile": kept("passed to the build"),
  "services.*.build.target": kept("passed to the build"),
  "services.*.build.additional_contexts": cannotBuild("further contexts", "copy the files into the context"),
  "services.*.build.cache_to": buildOnly("a cache of its own to fill; the repository's is filled"),
  "services.*.build.dockerfile_inline": cannotBuild(
    "a Dockerfile in the Compose file",
    "write it into a file and name it under dockerfile",
  ),
  "services.*.build.entitlements": cannotBuild("entitlements", "build the image elsewhere and name it under image"),
  "services.*.build.extra_hosts": buildOnly("hosts of its own"),
  "services.*.build.isolation": buildOnly("Windows' isolation"),
  "services.*.build.labels": buildOnly("these labels; LABEL in the Dockerfile sets them"),
  "services.*.build.network": buildOnly("a network of its own"),
  "services.*.build.no_cache": buildOnly("the choice to pass over the cache"),
  "services.*.build.platforms": platforms,
  "services.*.build.privileged": (use: KeyUse) =>
    use.value === true
      ? cannotBuild("privileges", "build the image elsewhere and name it under image")
      : buildOnly("privileges"),
  "services.*.build.provenance": buildOnly("a choice of attestations"),
  "services.*.build.pull": buildOnly("the choice to pull its base again"),
  "services.*.build.sbom": buildOnly("a choice of attestations"),
  "services.*.build.secrets": cannotBuild("secrets", "build the image elsewhere and name it under image"),
  "services.*.build.shm_size": buildOnly("a choice of shared memory"),
  "services.*.build.ssh": cannotBuild("an SSH agent", "build the image elsewhere and name it under image"),
  "services.*.build.tags": buildOnly("further tags: its tag is the hash of its content"),
  "services.*.build.ulimits": buildOnly("limits"),

  // the app's own networks
  "networks.*.attachable": network,
  "networks.*.driver": network,
  "networks.*.driver_opts": network,
  "networks.*.enable_ipv4": network,
  "networks.*.enable_ipv6": network,
  "networks.*.external": leftOut(
    "the networks of other projects are not here; this one is the app's own",
    "put the services that it joins into one app with include, or call the other app by its public name",
  ),
  "networks.*.internal": leftOut(
    "a container needs a way out to fetch its image and to log; no network is without one",
    "platform: { egress: endpoints } gives all apps of the environment no other way out than AWS's own services",
  ),
  "networks.*.ipam": network,
  "networks.*.labels": network,
  "networks.*.name": network,

  // what no tier's secrets and configs have
  "secrets.*.driver": refused(
    "secrets come from the environment's config alone",
    "set it with pulumi config set --secret --path 'spectrum:secrets.<app>.<NAME>'",
  ),
  "secrets.*.driver_opts": refused("secrets come from the environment's config alone", "leave the key out"),
  "secrets.*.template_driver": refused(
    "templates are not rendered",
    "render it before, or in the container's start script",
  ),
  "secrets.*.labels": leftOut("a secret carries no labels"),
  "configs.*.template_driver": refused(
    "templates are not rendered",
    "render it before, or in the container's start script",
  ),
  "configs.*.labels": leftOut("a config carries no labels"),

  models: noModel,
  "services.*.models": noModel,
  "services.*.provider": refused(
    "a provider's program runs beside docker compose, not here",
    "make what it provides apart, and put its address into the environment",
  ),
  "services.*.use_api_socket": refused(
    "there is no Docker API to call",
    "call AWS's API with a role: policies under the service",
  ),
  "services.*.credential_spec": refused("it is for Windows containers, and only Linux is hosted", "leave the key out"),
  "services.*.isolation": leftOut("it is for Windows containers"),
  "services.*.deploy.endpoint_mode": leftOut("a service is called by one name, whatever runs behind it"),
  "services.*.deploy.labels": leftOut("tags under spectrum:tags are on every resource instead"),
} satisfies Rows;

const noHost = (what: string, remedy: string) => refused(`AWS runs the machine: ${what}`, remedy);
const machine = (what: string) => leftOut(`AWS runs the machine: ${what}`);

/** A namespace of the machine's own (`ipc`, `uts`, …): everything but `host` is what a container has anyway. */
const namespace = (what: string) => (use: KeyUse) =>
  use.value === "host" || String(use.value).startsWith("service:") || String(use.value).startsWith("container:")
    ? noHost(`a container cannot share ${what}`, "leave the key out")
    : machine(`each container has ${what} of its own`);

const gpu = noHost("there are no GPUs", "call a hosted model, or leave the key out");

/** Keys of the machine under the containers, where AWS runs that machine: the same on all such tiers. */
export const managedMachineKeys = {
  "services.*.blkio_config": machine("the bandwidth of disks cannot be shared out"),
  "services.*.cgroup": machine("control groups are AWS's"),
  "services.*.cgroup_parent": machine("control groups are AWS's"),
  "services.*.cpu_count": leftOut("it is for Windows containers", "use cpus"),
  "services.*.cpu_percent": leftOut("it is for Windows containers", "use cpus"),
  "services.*.cpu_rt_period": machine("there is no realtime scheduling"),
  "services.*.cpu_rt_runtime": machine("there is no realtime scheduling"),
  "services.*.cpuset": machine("no processor can be chosen"),
  "services.*.deploy.placement": machine("there are no nodes to choose from; containers are spread over the zones"),
  "services.*.deploy.resources.reservations.devices": gpu,
  "services.*.deploy.resources.reservations.generic_resources": noHost(
    "there are no generic resources",
    "leave the key out",
  ),
  "services.*.device_cgroup_rules": noHost("it has no devices to give", "leave the key out"),
  "services.*.devices": noHost("it has no devices to give", "leave the key out"),
  "services.*.dns": noHost(
    "a container asks the network's own resolver",
    "call the host by its address, or leave the key out",
  ),
  "services.*.dns_opt": machine("a container asks the network's own resolver"),
  "services.*.dns_search": noHost("search domains cannot be set", "write host names in full"),
  "services.*.domainname": machine("names of hosts are AWS's"),
  "services.*.external_links": refused(
    "containers of other projects are not here",
    "call the other app by its public name",
  ),
  "services.*.extra_hosts": noHost(
    "/etc/hosts cannot be written",
    "put the address into the environment, or give the name a DNS record",
  ),
  "services.*.gpus": gpu,
  "services.*.group_add": noHost("a process cannot have further groups", "give the group in user, as uid:gid"),
  "services.*.ipc": namespace("its IPC namespace"),
  "services.*.mac_address": machine("network interfaces are AWS's"),
  "services.*.mem_swappiness": machine("there is no swap"),
  "services.*.memswap_limit": machine("there is no swap"),
  "services.*.networks.*.driver_opts": machine("the network has no drivers"),
  "services.*.networks.*.gw_priority": machine("a container has one interface"),
  "services.*.networks.*.interface_name": machine("a container has one interface"),
  "services.*.networks.*.ipv4_address": machine("addresses are given out at each start; call services by name"),
  "services.*.networks.*.ipv6_address": machine("addresses are given out at each start; call services by name"),
  "services.*.networks.*.link_local_ips": machine("addresses are given out at each start; call services by name"),
  "services.*.networks.*.mac_address": machine("network interfaces are AWS's"),
  "services.*.networks.*.priority": machine("a container has one interface"),
  "services.*.oom_kill_disable": machine("a container that exceeds its memory is stopped"),
  "services.*.oom_score_adj": machine("a container that exceeds its memory is stopped"),
  "services.*.post_start": noHost(
    "nothing can be run in a container from outside",
    "put the commands into the image's start script",
  ),
  "services.*.pre_stop": noHost("nothing can be run in a container from outside", "do it on SIGTERM"),
  "services.*.privileged": (use: KeyUse) =>
    use.value === true
      ? noHost("no container gets its privileges", "leave the key out and name single rights under cap_add")
      : machine("no container gets its privileges"),
  "services.*.runtime": noHost("the container runtime cannot be chosen", "leave the key out"),
  "services.*.security_opt": (use: KeyUse) =>
    asList(use.value).every((option) => String(option).startsWith("no-new-privileges"))
      ? machine("no container gets privileges from outside; inside, its own setuid programs still work")
      : noHost("profiles of seccomp, AppArmor and SELinux cannot be chosen", "leave the key out"),
  "services.*.userns_mode": namespace("its user namespace"),
  "services.*.uts": namespace("its host name"),
} satisfies Rows;

/**
 * The uses of a key whose value holds a secret where the tier can only write it in plain text: refused, each with a finding.
 *
 * @param safe the keys whose values the tier gives by reference
 * @returns the findings, and the app without those uses, for the key table to walk
 */
export function leakedSecrets(
  context: FitContext,
  safe: readonly ComposeKey[],
): { readonly leaks: readonly Finding[]; readonly rest: App } {
  const leaks = (use: KeyUse) => !safe.some((key) => key === use.pattern) && hasSecret(JSON.stringify(use.value) ?? "");
  const verdict = refused(
    "its value holds a secret, which would stand there in plain text",
    "give it by an environment variable or a secret's file",
  );
  const { app } = context;
  return {
    leaks: app.uses.filter(leaks).map((use) => finding(context, use.service, use.key, verdict, use.location)),
    rest: { ...app, uses: app.uses.filter((use) => !leaks(use)) },
  };
}
