/**
 * The finished model as Compose's types have it: each value in its canonical form (sizes in bytes as text, durations as
 * Go prints them, commands as words), with what the canonical form leaves out marked as omitted. compose-go: `types`.
 */
import type { Bind, Fields } from "./bind-values";
import {
  omit,
  str,
  flag,
  optOut,
  optionalFlag,
  optionalInt,
  int,
  unsigned,
  count,
  single,
  bytes,
  optionalDuration,
  duration,
  strings,
  command,
  test,
  mapping,
  variables,
  buildArguments,
  hosts,
  got0,
  fileMode,
  ulimit,
  deviceCount,
  manyOptions,
  struct,
  structs,
  named,
} from "./bind-values";
import type { Problems } from "./problems";
import type { MapNode, Origin } from "./tree";
import { isMap, isNull, map, mapEntries, nil, text } from "./tree";

const NONE: Origin = { implied: true };
const EMPTY = map([], NONE);
const NO_COMMAND = { command: nil(NONE) };

const fileGrant: Fields = { source: str, target: str, uid: str, gid: str, mode: fileMode };
const throttle: Fields = { path: str, rate: bytes };
const deviceRequest: Fields = {
  capabilities: strings,
  driver: str,
  count: deviceCount,
  device_ids: strings,
  options: mapping,
};
const hook: Fields = { command, user: str, privileged: flag, working_dir: str, environment: variables };
const updateConfig: Fields = {
  parallelism: count,
  delay: duration,
  failure_action: str,
  monitor: duration,
  max_failure_ratio: single,
  order: str,
};
const ulimits = named(ulimit);

const build: Fields = {
  context: str,
  dockerfile: str,
  dockerfile_inline: str,
  entitlements: strings,
  args: buildArguments,
  provenance: str,
  sbom: str,
  ssh: (node) =>
    isMap(node)
      ? omit(
          mapEntries(node, (value) => (isNull(value) ? value : text(got0(value), value))),
          node.entries.size === 0,
        )
      : undefined,
  labels: mapping,
  cache_from: strings,
  cache_to: strings,
  no_cache: flag,
  additional_contexts: mapping,
  pull: flag,
  extra_hosts: hosts,
  isolation: str,
  network: str,
  target: str,
  secrets: structs(fileGrant),
  shm_size: bytes,
  tags: strings,
  ulimits,
  platforms: strings,
  privileged: flag,
};

const deploy: Fields = {
  mode: str,
  replicas: optionalInt,
  labels: mapping,
  update_config: struct(updateConfig),
  rollback_config: struct(updateConfig),
  resources: struct({
    limits: struct({ cpus: single, memory: bytes, pids: int }),
    reservations: struct({
      cpus: single,
      memory: bytes,
      devices: structs(deviceRequest),
      generic_resources: structs({ discrete_resource_spec: struct({ kind: str, value: optionalInt }) }),
    }),
  }),
  restart_policy: struct({ condition: str, delay: optionalDuration, max_attempts: count, window: optionalDuration }),
  placement: struct({ constraints: strings, preferences: structs({ spread: str }), max_replicas_per_node: int }),
  endpoint_mode: str,
};

const service: Fields = {
  annotations: mapping,
  attach: optionalFlag,
  blkio_config: struct({
    weight: unsigned(65535),
    weight_device: structs({ path: str, weight: unsigned(65535) }),
    device_read_bps: structs(throttle),
    device_read_iops: structs(throttle),
    device_write_bps: structs(throttle),
    device_write_iops: structs(throttle),
  }),
  build: struct(build),
  cap_add: strings,
  cap_drop: strings,
  cgroup: str,
  cgroup_parent: str,
  command,
  configs: structs(fileGrant),
  container_name: str,
  cpu_count: int,
  cpu_percent: single,
  cpu_period: int,
  cpu_quota: int,
  cpu_rt_period: int,
  cpu_rt_runtime: int,
  cpu_shares: int,
  cpus: single,
  cpuset: str,
  credential_spec: struct({ config: str, file: str, registry: str }),
  depends_on: named(struct({ condition: str, restart: flag, required: optionalFlag })),
  deploy: struct(deploy, { resources: EMPTY, placement: EMPTY }),
  develop: struct({
    watch: structs(
      {
        path: str,
        action: str,
        target: str,
        exec: struct(hook, NO_COMMAND),
        include: strings,
        ignore: strings,
        initial_sync: flag,
      },
      { exec: map(Object.entries(NO_COMMAND), NONE) },
    ),
  }),
  device_cgroup_rules: strings,
  devices: structs({ source: str, target: str, permissions: str }),
  dns: strings,
  dns_opt: strings,
  dns_search: strings,
  domainname: str,
  entrypoint: command,
  env_file: structs({ path: str, required: optOut, format: str }),
  environment: variables,
  expose: strings,
  external_links: strings,
  extra_hosts: hosts,
  gpus: structs(deviceRequest),
  group_add: strings,
  healthcheck: struct({
    test,
    timeout: optionalDuration,
    interval: optionalDuration,
    retries: count,
    start_period: optionalDuration,
    start_interval: optionalDuration,
    disable: flag,
  }),
  hostname: str,
  image: str,
  init: optionalFlag,
  ipc: str,
  isolation: str,
  label_file: strings,
  labels: mapping,
  links: strings,
  logging: struct({ driver: str, options: mapping }),
  mac_address: str,
  mem_limit: bytes,
  mem_reservation: bytes,
  mem_swappiness: bytes,
  memswap_limit: bytes,
  models: named(struct({ endpoint_var: str, model_var: str }), true),
  network_mode: str,
  networks: named(
    struct({
      aliases: strings,
      driver_opts: mapping,
      gw_priority: int,
      interface_name: str,
      ipv4_address: str,
      ipv6_address: str,
      link_local_ips: strings,
      mac_address: str,
      priority: int,
    }),
    true,
  ),
  oom_kill_disable: flag,
  oom_score_adj: int,
  pid: str,
  pids_limit: int,
  platform: str,
  ports: structs({
    name: str,
    mode: str,
    host_ip: str,
    target: unsigned(65535),
    published: str,
    protocol: str,
    app_protocol: str,
  }),
  post_start: structs(hook, NO_COMMAND),
  pre_stop: structs(hook, NO_COMMAND),
  privileged: flag,
  profiles: strings,
  provider: struct({ type: str, options: manyOptions }),
  pull_policy: str,
  pull_refresh_after: str,
  read_only: flag,
  restart: str,
  runtime: str,
  scale: optionalInt,
  secrets: structs(fileGrant),
  security_opt: strings,
  shm_size: bytes,
  stdin_open: flag,
  stop_grace_period: optionalDuration,
  stop_signal: str,
  storage_opt: mapping,
  sysctls: mapping,
  tmpfs: strings,
  tty: flag,
  ulimits,
  use_api_socket: flag,
  user: str,
  userns_mode: str,
  uts: str,
  volumes: structs({
    type: str,
    source: str,
    target: str,
    read_only: flag,
    consistency: str,
    bind: struct({ selinux: str, propagation: str, create_host_path: optOut, recursive: str }),
    volume: struct({ labels: mapping, nocopy: flag, subpath: str }),
    tmpfs: struct({ size: bytes, mode: unsigned(4294967295) }),
    image: struct({ subpath: str }),
  }),
  volumes_from: strings,
  working_dir: str,
};

const fileObject: Fields = {
  name: str,
  file: str,
  environment: str,
  content: str,
  external: flag,
  labels: mapping,
  driver: str,
  driver_opts: mapping,
  template_driver: str,
};

const SECTIONS: Readonly<Record<string, Bind>> = {
  services: named(struct(service, { command: nil(NONE), entrypoint: nil(NONE) })),
  networks: named(
    struct(
      {
        name: str,
        driver: str,
        driver_opts: mapping,
        ipam: struct({
          driver: str,
          config: structs({ subnet: str, gateway: str, ip_range: str, aux_addresses: mapping }),
          options: mapping,
        }),
        external: flag,
        internal: flag,
        attachable: flag,
        labels: mapping,
        enable_ipv4: optionalFlag,
        enable_ipv6: optionalFlag,
      },
      { ipam: EMPTY },
    ),
  ),
  volumes: named(struct({ name: str, driver: str, driver_opts: mapping, external: flag, labels: mapping })),
  secrets: named(struct(fileObject)),
  configs: named(struct(fileObject)),
  models: named(struct({ name: str, model: str, context_size: int, runtime_flags: strings })),
};

/** The model with all values in canonical form. A value that its type cannot hold is reported and left out. */
export function bindModel(model: MapNode, problems: Problems): MapNode {
  return mapEntries(model, (value, key) => {
    const bind = Object.hasOwn(SECTIONS, key) ? SECTIONS[key] : undefined;
    return bind === undefined ? value : bind(value, key, problems);
  });
}
