/**
 * The rows of fargate's table, each with what it comes to here, and rows for the keys that only a machine of one's own has a
 * word for.
 */
import type { KeyCase } from "../../../support/key-cases";
import { keyCases as fargateCases } from "../fargate/key-cases";

type Want = KeyCase["want"];

/** Where a row of fargate's is not `kept` here. */
const WANTS: Readonly<Record<string, Want>> = {
  "services.*.build.privileged": "refused",
  "services.*.logging.options.*": "left out",
  "services.*.storage_opt": "refused",
  "services.*.deploy.mode": "left out",
  "services.*.deploy.update_config.order": "left out",
  "services.*.deploy.update_config.parallelism": "left out",
  "services.*.deploy.update_config.failure_action": "left out",
  "services.*.ports[].host_ip": { changed: "host_ip" },
  "configs.*.external": "refused",
  "configs.*.name": "left out",
  "services.*.volumes[].image.subpath": "refused",
  "volumes.*.driver": "left out",
  "volumes.*.external": "refused",
};

/** Rows of fargate's that have others in their place below. */
const OTHERS: ReadonlySet<string> = new Set([
  "services.*.build.platforms",
  "services.*.platform",
  "services.*.ports[].app_protocol",
]);

const indent = (text: string, by: number) =>
  text
    .split("\n")
    .map((line) => " ".repeat(by) + line)
    .join("\n");

/** A file with a service `web` that says so much more, a second one beside it; `rest` stands at the top of the file. */
const web = (lines: string, rest = "") =>
  `services:\n  web:\n    image: nginx:1.29\n${indent(lines, 4)}\n  api:\n    image: httpd:2.4\n${rest}\n`;

const own = (key: string, a: string, b: string, want: Want = "kept", input: KeyCase["input"] = {}): KeyCase => ({
  key: `services.*.${key}`,
  want,
  a: web(a),
  b: web(b),
  input,
});
/** A key of the network `net`, which the service is in. */
const net = (key: string, a: string, b: string, want: Want = "kept"): KeyCase => ({
  key: `networks.*.${key}`,
  want,
  a: web("networks: [net]", `networks:\n  net: ${a}`),
  b: web("networks: [net]", `networks:\n  net: ${b}`),
});
/** A key of the service in its network. */
const inNet = (key: string, a: string, b: string): KeyCase => ({
  key: `services.*.networks.*.${key}`,
  want: "kept",
  a: web(`networks: { net: { ${a} } }`, "networks: { net: {} }"),
  b: web(`networks: { net: { ${b} } }`, "networks: { net: {} }"),
});
const ipam = (key: string, a: string, b: string) =>
  net(
    `ipam.config[].${key}`,
    `{ ipam: { config: [{ subnet: 10.1.0.0/16, ${a} }] } }`,
    `{ ipam: { config: [{ subnet: 10.1.0.0/16, ${b} }] } }`,
  );
const blkio = (key: string, list: string, a: string, b: string) =>
  own(
    `blkio_config.${list}[].${key}`,
    `blkio_config: { ${list}: [{ ${a} }] }`,
    `blkio_config: { ${list}: [{ ${b} }] }`,
  );
const device = (key: string, a: string, b: string) => own(`devices[].${key}`, `devices: ["${a}"]`, `devices: ["${b}"]`);
const mount = (key: string, a: string, b: string) =>
  own(`volumes[].${key}`, `volumes: [{ ${a} }]`, `volumes: [{ ${b} }]`);
const hook = (key: string, a: string, b: string) =>
  ["post_start", "pre_stop"].map((name) =>
    own(`${name}[].${key}`, `${name}: [{ command: [a], ${a} }]`, `${name}: [{ command: [a], ${b} }]`),
  );
const plain = (key: string, a: string, b: string, want: Want = "kept") =>
  own(key, `${key}: ${a}`, `${key}: ${b}`, want);

const domain = { config: { tier: "lightsail-vm", hosts: [{ host: "a.example.com", service: "web", port: 81 }] } };

const machineCases: readonly KeyCase[] = [
  // what only a machine of one's own keeps
  plain("privileged", "false", "true"),
  plain("cap_add", "[NET_ADMIN]", "[SYS_ADMIN]"),
  own("sysctls.*", "sysctls: { net.core.somaxconn: 1 }", "sysctls: { net.core.somaxconn: 2 }"),
  plain("network_mode", "bridge", "host"),
  plain("security_opt", "[seccomp:unconfined]", "[apparmor:unconfined]"),
  plain("userns_mode", "''", "host"),
  plain("uts", "''", "host"),
  plain("ipc", "private", "host"),
  plain("pid", "service:api", "host"),
  plain("cgroup", "private", "host"),
  plain("cgroup_parent", "a", "b"),
  device("source", "/dev/a:/dev/x", "/dev/b:/dev/x"),
  device("target", "/dev/a:/dev/x", "/dev/a:/dev/y"),
  device("permissions", "/dev/a:/dev/x:r", "/dev/a:/dev/x:rw"),
  plain("device_cgroup_rules", "['c 1:3 mr']", "['c 1:4 mr']"),
  plain("group_add", "[a]", "[b]"),
  plain("dns", "[1.1.1.1]", "[8.8.8.8]"),
  plain("dns_opt", "[use-vc]", "[no-tld-query]"),
  plain("dns_search", "[a.example.com]", "[b.example.com]"),
  plain("domainname", "a", "b"),
  own("extra_hosts.*", "extra_hosts: { a: 10.0.0.1 }", "extra_hosts: { a: 10.0.0.2 }"),
  plain("mac_address", "'02:42:ac:11:65:43'", "'02:42:ac:11:65:44'"),
  plain("mem_swappiness", "1", "2"),
  own("memswap_limit", "mem_limit: 100m\nmemswap_limit: 200m", "mem_limit: 100m\nmemswap_limit: 300m"),
  plain("oom_kill_disable", "false", "true"),
  plain("oom_score_adj", "1", "2"),
  plain("pids_limit", "10", "20"),
  own(
    "deploy.resources.limits.pids",
    "deploy: { resources: { limits: { pids: 10 } } }",
    "deploy: { resources: { limits: { pids: 20 } } }",
  ),
  plain("cpu_period", "50000", "60000"),
  plain("cpu_quota", "50000", "60000"),
  plain("cpu_rt_period", "'1000'", "'2000'"),
  plain("cpu_rt_runtime", "'1000'", "'2000'"),
  plain("cpu_shares", "10", "20"),
  plain("cpuset", "'0'", "0-1"),
  own("blkio_config.weight", "blkio_config: { weight: 10 }", "blkio_config: { weight: 20 }"),
  ...["device_read_bps", "device_read_iops", "device_write_bps", "device_write_iops"].flatMap((list) => [
    blkio("path", list, "path: /dev/a, rate: 10", "path: /dev/b, rate: 10"),
    blkio("rate", list, "path: /dev/a, rate: 10", "path: /dev/a, rate: 20"),
  ]),
  blkio("path", "weight_device", "path: /dev/a, weight: 10", "path: /dev/b, weight: 10"),
  blkio("weight", "weight_device", "path: /dev/a, weight: 10", "path: /dev/a, weight: 20"),
  own("annotations.*", "annotations: { a: b }", "annotations: { a: c }"),
  plain("container_name", "one", "two"),
  plain("stop_signal", "SIGINT", "SIGQUIT"),
  plain("runtime", "runc", "io.containerd.runc.v2"),
  plain("runtime", "runc", "kata", "refused"),
  plain("pull_policy", "always", "missing"),
  own("logging.driver", "logging: { driver: json-file }", "logging: { driver: journald }"),
  own("logging.driver", "logging: { driver: json-file }", "logging: { driver: loki }", "refused"),
  own(
    "healthcheck.start_interval",
    "healthcheck: { test: [CMD, a], start_interval: 1s }",
    "healthcheck: { test: [CMD, a], start_interval: 2s }",
  ),
  own(
    "depends_on.*.required",
    "depends_on: { api: { condition: service_started, required: true } }",
    "depends_on: { api: { condition: service_started, required: false } }",
  ),
  own(
    "deploy.restart_policy.delay",
    "deploy: { restart_policy: { delay: 1s } }",
    "deploy: { restart_policy: { delay: 2s } }",
  ),
  own(
    "deploy.restart_policy.max_attempts",
    "deploy: { restart_policy: { max_attempts: 1 } }",
    "deploy: { restart_policy: { max_attempts: 2 } }",
  ),
  ...hook("user", "user: a", "user: b"),
  ...hook("privileged", "privileged: false", "privileged: true"),
  ...hook("working_dir", "working_dir: /a", "working_dir: /b"),
  ...hook("environment.*", "environment: { A: '1' }", "environment: { A: '2' }"),
  ...["post_start", "pre_stop"].map((name) =>
    own(`${name}[].command`, `${name}: [{ command: [a] }]`, `${name}: [{ command: [b] }]`),
  ),
  own("gpus[].count", "tty: true", "gpus: [{ count: 2 }]", "refused"),

  // the processor
  plain("platform", "linux", "linux/amd64"),
  plain("platform", "linux/amd64", "linux/arm64", "refused"),
  own(
    "build.platforms",
    "build: { context: web, platforms: [linux/amd64] }",
    "build: { context: web, platforms: [linux/amd64/v2] }",
  ),
  own("build.platforms", "build: web", "build: { context: web, platforms: [linux/arm64] }", "refused"),

  // ports
  own(
    "ports[].app_protocol",
    "ports: [{ target: 81, published: '81', app_protocol: http }]",
    "ports: [{ target: 81, published: '81', app_protocol: http2 }]",
    "kept",
    domain,
  ),
  own(
    "ports[].mode",
    "ports: [{ target: 81, published: '81' }]",
    "ports: [{ target: 81, published: '81', mode: host }]",
    "left out",
  ),
  own(
    "ports[].name",
    "ports: [{ target: 81, published: '81' }]",
    "ports: [{ target: 81, published: '81', name: a }]",
    "left out",
  ),

  // networks
  net("attachable", "{ attachable: false }", "{ attachable: true }"),
  net("driver", "{ driver: bridge }", "{ driver: macvlan }"),
  net("driver", "{ driver: bridge }", "{ driver: weave }", "refused"),
  net("driver_opts.*", "{ driver_opts: { a: b } }", "{ driver_opts: { a: c } }"),
  net("enable_ipv4", "{ enable_ipv4: true }", "{ enable_ipv4: false }"),
  net("enable_ipv6", "{ enable_ipv6: false }", "{ enable_ipv6: true }"),
  net("internal", "{ internal: false }", "{ internal: true }"),
  ipam("aux_addresses.*", "aux_addresses: { a: 10.1.0.1 }", "aux_addresses: { a: 10.1.0.2 }"),
  ipam("gateway", "gateway: 10.1.0.1", "gateway: 10.1.0.2"),
  ipam("ip_range", "ip_range: 10.1.1.0/24", "ip_range: 10.1.2.0/24"),
  net(
    "ipam.config[].subnet",
    "{ ipam: { config: [{ subnet: 10.1.0.0/16 }] } }",
    "{ ipam: { config: [{ subnet: 10.2.0.0/16 }] } }",
  ),
  net("ipam.driver", "{ ipam: { driver: default } }", "{ ipam: { driver: other } }"),
  net("ipam.options.*", "{ ipam: { options: { a: b } } }", "{ ipam: { options: { a: c } } }"),
  net("labels.*", "{ labels: { a: b } }", "{ labels: { a: c } }"),
  net("name", "{ name: a }", "{ name: b }"),
  inNet("driver_opts.*", "driver_opts: { a: b }", "driver_opts: { a: c }"),
  inNet("gw_priority", "gw_priority: 1", "gw_priority: 2"),
  inNet("interface_name", "interface_name: eth1", "interface_name: eth2"),
  inNet("ipv4_address", "ipv4_address: 10.1.0.5", "ipv4_address: 10.1.0.6"),
  inNet("ipv6_address", "ipv6_address: 'fd00::5'", "ipv6_address: 'fd00::6'"),
  inNet("link_local_ips", "link_local_ips: [169.254.8.8]", "link_local_ips: [169.254.8.9]"),
  inNet("mac_address", "mac_address: '02:42:ac:11:65:43'", "mac_address: '02:42:ac:11:65:44'"),
  inNet("priority", "priority: 1", "priority: 2"),

  // mounts
  mount(
    "bind.create_host_path",
    "type: bind, source: /a, target: /b, bind: { create_host_path: true }",
    "type: bind, source: /a, target: /b, bind: { create_host_path: false }",
  ),
  mount(
    "bind.propagation",
    "type: bind, source: /a, target: /b, bind: { propagation: shared }",
    "type: bind, source: /a, target: /b, bind: { propagation: slave }",
  ),
  mount(
    "bind.recursive",
    "type: bind, source: /a, target: /b, bind: { recursive: enabled }",
    "type: bind, source: /a, target: /b, bind: { recursive: disabled }",
  ),
  mount(
    "bind.selinux",
    "type: bind, source: /a, target: /b, bind: { selinux: z }",
    "type: bind, source: /a, target: /b, bind: { selinux: Z }",
  ),
  mount("tmpfs.mode", "type: tmpfs, target: /b, tmpfs: { mode: 1 }", "type: tmpfs, target: /b, tmpfs: { mode: 2 }"),
  mount(
    "tmpfs.size",
    "type: tmpfs, target: /b, tmpfs: { size: 1024 }",
    "type: tmpfs, target: /b, tmpfs: { size: 2048 }",
  ),
  mount(
    "volume.labels.*",
    "type: volume, target: /b, volume: { labels: { a: b } }",
    "type: volume, target: /b, volume: { labels: { a: c } }",
  ),
  mount(
    "volume.nocopy",
    "type: volume, target: /b, volume: { nocopy: false }",
    "type: volume, target: /b, volume: { nocopy: true }",
  ),
];

export const keyCases: readonly KeyCase[] = [
  ...fargateCases
    .filter(({ key }) => !OTHERS.has(key))
    .map((one) => ({ ...one, want: WANTS[one.key] ?? ("kept" as const) })),
  ...machineCases,
];
