/**
 * For each Compose key that the tier's table keeps or changes: two files that differ in the key alone, and what must come
 * of it. A key of the table without a row fails the test beside this file.
 */
import {
  KEY,
  arn,
  bare,
  built,
  check,
  config,
  indent,
  type KeyCase,
  row,
  secret,
  useConfig,
  useSecret,
  useVolume,
  volume,
  type Want,
} from "../../../support/key-cases";

/** A file with a service `web`, which says so much more; `rest` stands at the top of the file. */
const web = (lines: string, rest = "") => bare(`image: nginx:1.29\n${lines}`, rest);
/** A key of the service `web`, with the lines of both files. */
const own = (key: string, want: Want, a: string, b: string, rest = "", input?: KeyCase["input"]) =>
  row(`services.*.${key}`, want, web(a, rest), web(b, rest), input);
/** A key that docker compose reads on the instance: two values of it. */
const carried = (key: string, a: string, b: string, rest = "") => own(key, "kept", a, b, rest);

const api = indent("api:\n  image: httpd:2.4", 2);
const network = (lines: string) => `networks:\n  default:\n${indent(lines, 4)}`;
const mount = (lines: string, type = "volume", source = "data") =>
  `volumes:\n  - type: ${type}\n    source: ${source}\n    target: /data\n${indent(lines, 4)}`;
const hook = (key: string, lines: string) => `${key}:\n  - command: [one]\n${indent(lines, 4)}`;
const device = (lines: string) => `blkio_config:\n${indent(lines, 2)}`;
const joined = (lines: string) => `networks:\n  default:\n${indent(lines, 4)}`;

const throttles = ["device_read_bps", "device_read_iops", "device_write_bps", "device_write_iops"];
const hooks = ["post_start", "pre_stop"];
const SHARED = { config: { beanstalk: { type: "load-balanced" } } };

export const keyCases: readonly KeyCase[] = [
  // read up
  row("name", "kept", `name: one\n${web("")}`, `name: two\n${web("")}`, { ownName: true }),
  row("include[].path", "kept", `include: [{ path: a.yaml }]\n${web("")}`, `include: [{ path: b.yaml }]\n${web("")}`, {
    files: { "a.yaml": "services: { db: { image: redis:1 } }", "b.yaml": "services: { db: { image: redis:2 } }" },
  }),
  row(
    "include[].env_file",
    "kept",
    `include: [{ path: a.yaml, env_file: a.env }]\n${web("")}`,
    `include: [{ path: a.yaml, env_file: b.env }]\n${web("")}`,
    { files: { "a.yaml": "services: { db: { image: 'redis:${TAG}' } }", "a.env": "TAG=1", "b.env": "TAG=2" } },
  ),
  row(
    "include[].project_directory",
    "kept",
    `include: [{ path: a.yaml, project_directory: web }]\n${web("")}`,
    `include: [{ path: a.yaml, project_directory: backend }]\n${web("")}`,
    { files: { "a.yaml": "services: { db: { build: . } }" } },
  ),
  own("extends.service", "kept", "extends: { file: x.yaml, service: a }", "extends: { file: x.yaml, service: b }", "", {
    files: { "x.yaml": "services: { a: { user: '1' }, b: { user: '2' } }" },
  }),
  own("extends.file", "kept", "extends: { file: a.yaml, service: a }", "extends: { file: b.yaml, service: a }", "", {
    files: { "a.yaml": "services: { a: { user: '1' } }", "b.yaml": "services: { a: { user: '2' } }" },
  }),
  own("env_file[].path", "kept", "env_file: [{ path: a.env }]", "env_file: [{ path: b.env }]", "", {
    files: { "a.env": "A=1", "b.env": "A=2" },
  }),
  own("env_file[].format", "kept", "env_file: [{ path: a.env }]", "env_file: [{ path: a.env, format: raw }]", "", {
    files: { "a.env": "A='1'" },
  }),
  own("label_file", "kept", "label_file: [a.labels]", "label_file: [b.labels]", "", {
    files: { "a.labels": "A=1", "b.labels": "A=2" },
  }),
  own("profiles", "kept", "profiles: [one]", "profiles: [two]", api, { profiles: ["two"] }),

  // image
  row("services.*.image", "kept", bare("image: nginx:1"), bare("image: nginx:2")),
  row(
    "services.*.build.context",
    "kept",
    bare("build: { context: backend, target: api }"),
    bare("build: { context: web }"),
  ),
  own("build.args.*", "kept", built("args: { A: '1' }"), built("args: { A: '2' }")),
  own("build.cache_from", "kept", built("cache_from: [a/b:1]"), built("cache_from: [a/b:2]")),
  own("build.dockerfile", "kept", built("dockerfile: Dockerfile"), built("dockerfile: Other")),
  own("build.target", "kept", built("target: api"), built("target: worker")),
  own("build.platforms", "kept", built("platforms: [linux/amd64]"), built("platforms: [linux/arm64]")),
  own("build.privileged", "refused", built(""), built("privileged: true")),
  own("platform", "kept", "platform: linux/amd64", "platform: linux/arm64"),
  own("platform", "refused", "", "platform: windows/amd64"),
  carried("pull_policy", "pull_policy: always", "pull_policy: missing"),

  // what docker compose does
  carried("annotations.*", "annotations: { a: '1' }", "annotations: { a: '2' }"),
  ...throttles.flatMap((key) => [
    carried(
      `blkio_config.${key}[].path`,
      device(`${key}: [{ path: /dev/a, rate: 1 }]`),
      device(`${key}: [{ path: /dev/b, rate: 1 }]`),
    ),
    carried(
      `blkio_config.${key}[].rate`,
      device(`${key}: [{ path: /dev/a, rate: 1 }]`),
      device(`${key}: [{ path: /dev/a, rate: 2 }]`),
    ),
  ]),
  carried("blkio_config.weight", device("weight: 10"), device("weight: 20")),
  carried(
    "blkio_config.weight_device[].path",
    device("weight_device: [{ path: /dev/a, weight: 10 }]"),
    device("weight_device: [{ path: /dev/b, weight: 10 }]"),
  ),
  carried(
    "blkio_config.weight_device[].weight",
    device("weight_device: [{ path: /dev/a, weight: 10 }]"),
    device("weight_device: [{ path: /dev/a, weight: 20 }]"),
  ),
  carried("cap_add", "cap_add: [NET_ADMIN]", "cap_add: [SYS_ADMIN]"),
  carried("cap_drop", "cap_drop: [CHOWN]", "cap_drop: [KILL]"),
  carried("cgroup", "cgroup: private", "cgroup: host"),
  carried("cgroup_parent", "cgroup_parent: a", "cgroup_parent: b"),
  carried("command", "command: [a]", "command: [b]"),
  carried("container_name", "container_name: one", "container_name: two"),
  carried("cpu_period", "cpu_period: 1000", "cpu_period: 2000"),
  carried("cpu_quota", "cpu_quota: 1000", "cpu_quota: 2000"),
  carried("cpu_rt_period", "cpu_rt_period: '1000'", "cpu_rt_period: '2000'"),
  carried("cpu_rt_runtime", "cpu_rt_runtime: '1000'", "cpu_rt_runtime: '2000'"),
  carried("cpu_shares", "cpu_shares: 10", "cpu_shares: 20"),
  carried("cpuset", "cpuset: '0'", "cpuset: '1'"),
  carried("device_cgroup_rules", "device_cgroup_rules: ['c 1:3 mr']", "device_cgroup_rules: ['c 1:4 mr']"),
  carried("devices[].source", "devices: ['/dev/a:/dev/x']", "devices: ['/dev/b:/dev/x']"),
  carried("devices[].target", "devices: ['/dev/a:/dev/x']", "devices: ['/dev/a:/dev/y']"),
  carried("devices[].permissions", "devices: ['/dev/a:/dev/x:r']", "devices: ['/dev/a:/dev/x:rw']"),
  carried("dns", "dns: [1.1.1.1]", "dns: [8.8.8.8]"),
  carried("dns_opt", "dns_opt: [a]", "dns_opt: [b]"),
  carried("dns_search", "dns_search: [a.test]", "dns_search: [b.test]"),
  carried("domainname", "domainname: a", "domainname: b"),
  carried("entrypoint", "entrypoint: [a]", "entrypoint: [b]"),
  carried("environment.*", "environment: { A: '1' }", "environment: { A: '2' }"),
  own("environment.*", "kept", "environment: { A: '${KEY}' }", "environment: { A: '${OTHER}' }", "", KEY),
  carried("expose", "expose: ['81']", "expose: ['82']"),
  carried("extra_hosts.*", "extra_hosts: { a: 10.0.0.1 }", "extra_hosts: { a: 10.0.0.2 }"),
  carried("group_add", "group_add: ['1']", "group_add: ['2']"),
  carried("hostname", "hostname: a", "hostname: b"),
  carried("init", "init: false", "init: true"),
  carried("ipc", "ipc: private", "ipc: host"),
  carried("labels.*", "labels: { a: '1' }", "labels: { a: '2' }"),
  own("links", "kept", "links: ['api:a']", "links: ['api:b']", api),
  carried("logging.driver", "logging: { driver: json-file }", "logging: { driver: syslog }"),
  carried(
    "logging.options.*",
    "logging: { driver: local, options: { max-file: '3' } }",
    "logging: { driver: local, options: { max-file: '4' } }",
  ),
  carried("mac_address", "mac_address: '02:42:ac:11:00:02'", "mac_address: '02:42:ac:11:00:03'"),
  carried("mem_swappiness", "mem_swappiness: 1", "mem_swappiness: 2"),
  carried("memswap_limit", "memswap_limit: 1g", "memswap_limit: 2g"),
  carried("oom_kill_disable", "oom_kill_disable: false", "oom_kill_disable: true"),
  carried("oom_score_adj", "oom_score_adj: 1", "oom_score_adj: 2"),
  carried("pid", "pid: ''", "pid: host"),
  carried("pids_limit", "pids_limit: 10", "pids_limit: 20"),
  ...hooks.flatMap((key) => [
    carried(`${key}[].command`, hook(key, ""), hook(key, "").replace("one", "two")),
    carried(`${key}[].environment.*`, hook(key, "environment: { A: '1' }"), hook(key, "environment: { A: '2' }")),
    carried(`${key}[].privileged`, hook(key, "privileged: false"), hook(key, "privileged: true")),
    carried(`${key}[].user`, hook(key, "user: a"), hook(key, "user: b")),
    carried(`${key}[].working_dir`, hook(key, "working_dir: /a"), hook(key, "working_dir: /b")),
  ]),
  carried("privileged", "privileged: false", "privileged: true"),
  carried("read_only", "read_only: false", "read_only: true"),
  carried("restart", "restart: always", "restart: on-failure"),
  carried("runtime", "runtime: a", "runtime: b"),
  carried("security_opt", "security_opt: ['no-new-privileges:true']", "security_opt: ['seccomp:unconfined']"),
  carried("shm_size", "shm_size: 64m", "shm_size: 1g"),
  carried("stdin_open", "stdin_open: false", "stdin_open: true"),
  carried("stop_grace_period", "stop_grace_period: 10s", "stop_grace_period: 5m"),
  carried("stop_signal", "stop_signal: SIGTERM", "stop_signal: SIGINT"),
  carried("storage_opt", "storage_opt: { size: 30G }", "storage_opt: { size: 40G }"),
  carried("sysctls.*", "sysctls: { net.core.somaxconn: '1' }", "sysctls: { net.core.somaxconn: '2' }"),
  carried("tmpfs", "tmpfs: [/tmp]", "tmpfs: [/run]"),
  carried("tty", "tty: false", "tty: true"),
  carried("ulimits.*.soft", "ulimits: { nofile: { soft: 1, hard: 9 } }", "ulimits: { nofile: { soft: 2, hard: 9 } }"),
  carried("ulimits.*.hard", "ulimits: { nofile: { soft: 1, hard: 8 } }", "ulimits: { nofile: { soft: 1, hard: 9 } }"),
  carried("user", "user: '1'", "user: '2'"),
  carried("userns_mode", "userns_mode: ''", "userns_mode: host"),
  carried("uts", "uts: ''", "uts: host"),
  own("volumes_from", "kept", "", "volumes_from: [api]", api),
  carried("working_dir", "working_dir: /a", "working_dir: /b"),

  // health
  carried("healthcheck.test", "healthcheck: { test: [CMD, a] }", "healthcheck: { test: [CMD, b] }"),
  carried("healthcheck.disable", "healthcheck: { test: [CMD, a], disable: false }", "healthcheck: { disable: true }"),
  carried("healthcheck.interval", `${check}  interval: 10s`, `${check}  interval: 20s`),
  carried("healthcheck.timeout", `${check}  timeout: 10s`, `${check}  timeout: 20s`),
  carried("healthcheck.retries", `${check}  retries: 1`, `${check}  retries: 2`),
  carried("healthcheck.start_period", `${check}  start_period: 1s`, `${check}  start_period: 2s`),
  carried("healthcheck.start_interval", `${check}  start_interval: 1s`, `${check}  start_interval: 2s`),

  // size
  carried("cpus", "cpus: 0.5", "cpus: 1"),
  carried("mem_limit", "mem_limit: 128m", "mem_limit: 256m"),
  carried("mem_reservation", "mem_reservation: 128m", "mem_reservation: 256m"),
  carried(
    "deploy.resources.limits.cpus",
    "deploy: { resources: { limits: { cpus: '0.5' } } }",
    "deploy: { resources: { limits: { cpus: '1' } } }",
  ),
  carried(
    "deploy.resources.limits.memory",
    "deploy: { resources: { limits: { memory: 128m } } }",
    "deploy: { resources: { limits: { memory: 256m } } }",
  ),
  carried(
    "deploy.resources.limits.pids",
    "deploy: { resources: { limits: { pids: 10 } } }",
    "deploy: { resources: { limits: { pids: 20 } } }",
  ),
  carried(
    "deploy.resources.reservations.cpus",
    "deploy: { resources: { reservations: { cpus: '0.5' } } }",
    "deploy: { resources: { reservations: { cpus: '1' } } }",
  ),
  carried(
    "deploy.resources.reservations.memory",
    "deploy: { resources: { reservations: { memory: 128m } } }",
    "deploy: { resources: { reservations: { memory: 256m } } }",
  ),
  own("mem_limit", "left out", "mem_limit: 128m", "mem_limit: 256m", "", {
    config: { services: { web: { size: { cpu: 1, memory: 512 } } } },
  }),

  // copies, order, updates
  own("scale", "kept", "scale: 1", "scale: 2", "", SHARED),
  own("deploy.replicas", "kept", "deploy: { replicas: 1 }", "deploy: { replicas: 2 }", "", SHARED),
  own("deploy.replicas", "left out", "deploy: { replicas: 1 }", "deploy: { replicas: 2 }"),
  own("deploy.mode", "left out", "", "deploy: { mode: replicated }"),
  own("deploy.mode", "refused", "", "deploy: { mode: replicated-job }"),
  carried(
    "deploy.restart_policy.condition",
    "deploy: { restart_policy: { condition: any } }",
    "deploy: { restart_policy: { condition: on-failure } }",
  ),
  carried(
    "deploy.restart_policy.delay",
    "deploy: { restart_policy: { delay: 1s } }",
    "deploy: { restart_policy: { delay: 2s } }",
  ),
  carried(
    "deploy.restart_policy.max_attempts",
    "deploy: { restart_policy: { max_attempts: 1 } }",
    "deploy: { restart_policy: { max_attempts: 2 } }",
  ),
  carried(
    "deploy.restart_policy.window",
    "deploy: { restart_policy: { window: 2m } }",
    "deploy: { restart_policy: { window: 3m } }",
  ),
  own("depends_on.*.condition", "kept", "", "depends_on: [api]", api),
  own("depends_on.*.condition", "kept", "", "depends_on: { api: { condition: service_completed_successfully } }", api),
  own(
    "depends_on.*.restart",
    "kept",
    "depends_on: { api: { condition: service_started } }",
    "depends_on: { api: { condition: service_started, restart: true } }",
    api,
  ),
  own(
    "depends_on.*.required",
    "kept",
    "depends_on: { api: { condition: service_started } }",
    "depends_on: { api: { condition: service_started, required: false } }",
    api,
  ),

  // network
  carried("network_mode", "network_mode: bridge", "network_mode: none"),
  own("network_mode", "refused", "", "network_mode: container:x"),
  own("networks.*.aliases", "kept", joined("aliases: [one]"), joined("aliases: [two]")),
  own("networks.*.driver_opts.*", "kept", joined("driver_opts: { a: '1' }"), joined("driver_opts: { a: '2' }")),
  own("networks.*.gw_priority", "kept", joined("gw_priority: 1"), joined("gw_priority: 2")),
  own("networks.*.interface_name", "kept", joined("interface_name: eth1"), joined("interface_name: eth2")),
  own("networks.*.ipv4_address", "kept", joined("ipv4_address: 172.16.0.2"), joined("ipv4_address: 172.16.0.3")),
  own("networks.*.ipv6_address", "kept", joined("ipv6_address: fd00::2"), joined("ipv6_address: fd00::3")),
  own(
    "networks.*.link_local_ips",
    "kept",
    joined("link_local_ips: [169.254.8.8]"),
    joined("link_local_ips: [169.254.8.9]"),
  ),
  own(
    "networks.*.mac_address",
    "kept",
    joined("mac_address: '02:42:ac:11:00:02'"),
    joined("mac_address: '02:42:ac:11:00:03'"),
  ),
  own("networks.*.priority", "kept", joined("priority: 1"), joined("priority: 2")),
  row("networks.*.attachable", "kept", web("", network("attachable: false")), web("", network("attachable: true"))),
  row("networks.*.driver", "kept", web("", network("driver: bridge")), web("", network("driver: macvlan"))),
  row("networks.*.driver", "refused", web(""), web("", network("driver: overlay"))),
  row(
    "networks.*.driver_opts.*",
    "kept",
    web("", network("driver_opts: { a: '1' }")),
    web("", network("driver_opts: { a: '2' }")),
  ),
  row("networks.*.enable_ipv4", "kept", web("", network("enable_ipv4: false")), web("", network("enable_ipv4: true"))),
  row("networks.*.enable_ipv6", "kept", web("", network("enable_ipv6: false")), web("", network("enable_ipv6: true"))),
  row("networks.*.internal", "kept", web("", network("internal: false")), web("", network("internal: true"))),
  row(
    "networks.*.ipam.driver",
    "kept",
    web("", network("ipam: { driver: a }")),
    web("", network("ipam: { driver: b }")),
  ),
  row(
    "networks.*.ipam.options.*",
    "kept",
    web("", network("ipam: { options: { a: '1' } }")),
    web("", network("ipam: { options: { a: '2' } }")),
  ),
  ...(
    [
      ["subnet", "172.16.0.0/16", "172.17.0.0/16"],
      ["ip_range", "172.16.1.0/24", "172.16.2.0/24"],
      ["gateway", "172.16.0.1", "172.16.0.2"],
    ] as const
  ).map(([key, a, b]) =>
    row(
      `networks.*.ipam.config[].${key}`,
      "kept",
      web("", network(`ipam: { config: [{ ${key}: ${a} }] }`)),
      web("", network(`ipam: { config: [{ ${key}: ${b} }] }`)),
    ),
  ),
  row(
    "networks.*.ipam.config[].aux_addresses.*",
    "kept",
    web("", network("ipam: { config: [{ aux_addresses: { a: 172.16.0.3 } }] }")),
    web("", network("ipam: { config: [{ aux_addresses: { a: 172.16.0.4 } }] }")),
  ),
  row("networks.*.labels.*", "kept", web("", network("labels: { a: '1' }")), web("", network("labels: { a: '2' }"))),
  row("networks.*.name", "kept", web("", network("name: a")), web("", network("name: b"))),
  row("services.*.ports[].target", "kept", web("ports: ['8080:81']"), web("ports: ['8080:82']")),
  row("services.*.ports[].published", "kept", web("ports: ['8080:81']"), web("ports: ['8081:81']")),
  row("services.*.ports[].protocol", "kept", web("ports: ['81:81']"), web("ports: ['81:81/udp']")),
  row(
    "services.*.ports[].app_protocol",
    "kept",
    bare("image: postgres:17\nports: [{ target: 5432, published: '5432' }]"),
    bare("image: postgres:17\nports: [{ target: 5432, published: '5432', app_protocol: tcp }]"),
  ),
  own("ports[].host_ip", "kept", "ports: ['127.0.0.1:81:81']", "ports: ['0.0.0.0:81:81']"),
  own(
    "ports[].mode",
    "left out",
    "ports: [{ target: 81, published: '81' }]",
    "ports: [{ target: 81, published: '81', mode: host }]",
  ),
  own(
    "ports[].name",
    "left out",
    "ports: [{ target: 81, published: '81' }]",
    "ports: [{ target: 81, published: '81', name: a }]",
  ),

  // files
  own("configs[].source", "kept", "", useConfig, config("content: one")),
  own("configs[].target", "kept", useConfig, useConfig.replace("app.conf", "b.conf"), config("content: one")),
  own("configs[].mode", "kept", useConfig, useConfig.replace(" }", ", mode: 0400 }"), config("content: one")),
  own("configs[].uid", "kept", useConfig, useConfig.replace(" }", ", uid: '7' }"), config("content: one")),
  own("configs[].gid", "kept", useConfig, useConfig.replace(" }", ", gid: '7' }"), config("content: one")),
  row("configs.*.content", "kept", web(useConfig, config("content: one")), web(useConfig, config("content: two"))),
  row(
    "configs.*.environment",
    "kept",
    web(useConfig, config("environment: ONE")),
    web(useConfig, config("environment: TWO")),
    { files: { ".env": "ONE=1\nTWO=2" } },
  ),
  row("configs.*.file", "kept", web(useConfig, config("file: a.conf")), web(useConfig, config("file: b.conf")), {
    files: { "a.conf": "1", "b.conf": "2" },
  }),
  row(
    "configs.*.name",
    "left out",
    web(useConfig, config("content: one")),
    web(useConfig, config("content: one\nname: other")),
  ),
  own("secrets[].source", "kept", "", useSecret, secret("environment: KEY"), KEY),
  own(
    "secrets[].target",
    "kept",
    useSecret,
    "secrets: [{ source: key, target: other }]",
    secret("environment: KEY"),
    KEY,
  ),
  own("secrets[].mode", "kept", useSecret, "secrets: [{ source: key, mode: 0400 }]", secret("environment: KEY"), KEY),
  own("secrets[].uid", "kept", useSecret, "secrets: [{ source: key, uid: '7' }]", secret("environment: KEY"), KEY),
  own("secrets[].gid", "kept", useSecret, "secrets: [{ source: key, gid: '7' }]", secret("environment: KEY"), KEY),
  row(
    "secrets.*.environment",
    "kept",
    web(useSecret, secret("environment: KEY")),
    web(useSecret, secret("environment: OTHER")),
    KEY,
  ),
  row(
    "secrets.*.external",
    "kept",
    web(useSecret, secret("environment: KEY")),
    web(useSecret, secret(`external: true\nname: "${arn("a")}"`)),
    KEY,
  ),
  row(
    "secrets.*.name",
    "left out",
    web(useSecret, secret("environment: KEY")),
    web(useSecret, secret("environment: KEY\nname: other")),
    KEY,
  ),
  own("volumes[].target", "kept", "volumes: [data:/a]", "volumes: [data:/b]", volume("")),
  row(
    "services.*.volumes[].source",
    "kept",
    web("volumes: [data:/a]", "volumes: { data: , other: }"),
    web("volumes: [other:/a]", "volumes: { data: , other: }"),
  ),
  own("volumes[].read_only", "kept", "volumes: [data:/a]", "volumes: [data:/a:ro]", volume("")),
  own("volumes[].type", "kept", "volumes: [data:/a]", "volumes: [{ type: tmpfs, target: /a }]", volume("")),
  own("volumes[].target", "kept", "", "volumes: ['./conf:/conf:ro']", "", { files: { "conf/a": "1" } }),
  own("volumes[].target", "refused", "", "volumes: ['./not-there:/data']"),
  own(
    "volumes[].bind.create_host_path",
    "kept",
    mount("bind: { create_host_path: false }", "bind", "/a"),
    mount("bind: { create_host_path: true }", "bind", "/a"),
  ),
  own(
    "volumes[].bind.propagation",
    "kept",
    mount("bind: { propagation: shared }", "bind", "/a"),
    mount("bind: { propagation: slave }", "bind", "/a"),
  ),
  own(
    "volumes[].bind.recursive",
    "kept",
    mount("bind: { recursive: enabled }", "bind", "/a"),
    mount("bind: { recursive: disabled }", "bind", "/a"),
  ),
  own(
    "volumes[].bind.selinux",
    "kept",
    mount("bind: { selinux: z }", "bind", "/a"),
    mount("bind: { selinux: Z }", "bind", "/a"),
  ),
  own(
    "volumes[].consistency",
    "kept",
    mount("consistency: cached", "bind", "/a"),
    mount("consistency: delegated", "bind", "/a"),
  ),
  own("volumes[].image.subpath", "refused", "", mount("image: { subpath: b }", "image", "a:1")),
  own(
    "volumes[].tmpfs.size",
    "kept",
    "volumes: [{ type: tmpfs, target: /a, tmpfs: { size: 1000 } }]",
    "volumes: [{ type: tmpfs, target: /a, tmpfs: { size: 2000 } }]",
  ),
  own(
    "volumes[].tmpfs.mode",
    "kept",
    "volumes: [{ type: tmpfs, target: /a, tmpfs: { mode: 0700 } }]",
    "volumes: [{ type: tmpfs, target: /a, tmpfs: { mode: 0755 } }]",
  ),
  own(
    "volumes[].volume.labels.*",
    "kept",
    mount("volume: { labels: { a: '1' } }"),
    mount("volume: { labels: { a: '2' } }"),
    volume(""),
  ),
  own(
    "volumes[].volume.nocopy",
    "kept",
    mount("volume: { nocopy: false }"),
    mount("volume: { nocopy: true }"),
    volume(""),
  ),
  own("volumes[].volume.subpath", "kept", mount("volume: { subpath: a }"), mount("volume: { subpath: b }"), volume("")),
  row("volumes.*", "kept", web(useVolume, volume("")), web("volumes: [other:/data]", "volumes:\n  other:\n")),
  row("volumes.*.driver", "refused", web(useVolume, volume("")), web(useVolume, volume("driver: nfs"))),
  row(
    "volumes.*.driver_opts.*",
    "kept",
    web(useVolume, volume("driver_opts: { type: tmpfs, o: size=1m, device: tmpfs }")),
    web(useVolume, volume("driver_opts: { type: tmpfs, o: size=2m, device: tmpfs }")),
  ),
  row("volumes.*.external", "refused", web(useVolume, volume("")), web(useVolume, volume("external: true"))),
  row(
    "volumes.*.labels.*",
    "kept",
    web(useVolume, volume("labels: { a: b }")),
    web(useVolume, volume("labels: { a: c }")),
  ),
  row("volumes.*.name", "kept", web(useVolume, volume("name: a")), web(useVolume, volume("name: b"))),
];
