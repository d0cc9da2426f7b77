/**
 * For each Compose key that the tier's table keeps or changes: two files that differ in the key alone, and what must come
 * of it. Rows of keys that are the same on every ECS tier are Fargate's. A key of the table without a row fails the test
 * beside this file.
 */
import {
  api,
  check,
  indent,
  type KeyCase,
  own,
  row,
  useVolume,
  volume,
  web,
  withApi,
} from "../../../support/key-cases";
import { keyCases as fargateCases } from "../fargate/key-cases";

const devices = (lines: string) =>
  `deploy: { resources: { reservations: { devices: [{ capabilities: [gpu], ${lines} }] } } }`;
const gpus = (lines: string) => `gpus: [{ ${lines} }]`;
const swap = "mem_limit: 128m\nmemswap_limit: 256m";
const ab = (lines: string) => `${api(lines)}\nnetworks: { a: , b: }`;
/** A service before the others, which they have links to. */
const withDb = (lines: string) =>
  `services:\n  db:\n    image: redis:8\n${indent(lines, 4)}\n  web:\n    image: nginx:1.29\n`;

const ownCases: readonly KeyCase[] = [
  // what runs
  own("cap_add", "kept", "cap_add: [SYS_PTRACE]", "cap_add: [NET_ADMIN]"),
  own("cap_add", "kept", "cap_drop: [ALL]", "cap_drop: [ALL]\ncap_add: [SYS_ADMIN]"),
  own("cap_add", "refused", "", "cap_add: [BPF]"),
  own("stop_grace_period", "kept", "stop_grace_period: 10s", "stop_grace_period: 5m"),
  own("stop_grace_period", { changed: '"stopTimeout":3600' }, "stop_grace_period: 10s", "stop_grace_period: 2h"),
  own("sysctls.*", "kept", "sysctls: { net.core.somaxconn: '1' }", "sysctls: { net.core.somaxconn: '2' }"),
  own("sysctls.*", "kept", "sysctls: { kernel.shmmax: '1' }", "sysctls: { kernel.shmmax: '2' }"),
  own("sysctls.*", "refused", "", "sysctls: { vm.max_map_count: '262144' }"),
  own("restart", "kept", "restart: always", "restart: on-failure"),
  withApi("restart", "kept", "", "restart: 'no'"),
  own("restart", { changed: "" }, "restart: always", "restart: 'no'"),
  own(
    "deploy.restart_policy.condition",
    "kept",
    "deploy: { restart_policy: { condition: any } }",
    "deploy: { restart_policy: { condition: on-failure } }",
  ),

  // the machine
  own("privileged", "kept", "privileged: false", "privileged: true"),
  own("security_opt", "kept", "", "security_opt: ['no-new-privileges:true']"),
  own("security_opt", "kept", "security_opt: ['apparmor:a']", "security_opt: ['apparmor:b']"),
  own("security_opt", "refused", "", "security_opt: ['seccomp:unconfined']"),
  own("security_opt", "left out", "", "security_opt: ['no-new-privileges:false']"),
  own("devices[].source", "kept", "devices: ['/dev/a:/dev/x']", "devices: ['/dev/b:/dev/x']"),
  own("devices[].target", "kept", "devices: ['/dev/a:/dev/x']", "devices: ['/dev/a:/dev/y']"),
  own("devices[].permissions", "kept", "devices: ['/dev/a:/dev/x:r']", "devices: ['/dev/a:/dev/x:rw']"),
  own("devices[].source", "refused", "", "devices: ['vendor.com/class=one']"),
  own("deploy.resources.reservations.devices[].count", "kept", devices("count: 1"), devices("count: 2")),
  own("deploy.resources.reservations.devices[].count", "refused", devices("count: 1"), devices("count: all")),
  own(
    "deploy.resources.reservations.devices[].device_ids",
    { changed: '"type":"GPU","value":"2"' },
    devices("device_ids: ['0']"),
    devices("device_ids: ['0', '1']"),
  ),
  own(
    "deploy.resources.reservations.devices[].driver",
    "left out",
    devices("count: 1"),
    devices("count: 1, driver: nvidia"),
  ),
  own("gpus[].count", "kept", gpus("count: 1"), gpus("count: 2")),
  own("gpus[].device_ids", { changed: '"type":"GPU","value":"2"' }, gpus("count: 1"), gpus("device_ids: ['0', '1']")),
  own("gpus[].count", "refused", "", "gpus: all"),
  own("dns", "kept", "dns: [10.0.0.1]", "dns: [10.0.0.2]"),
  own("dns_search", "kept", "dns_search: [a.example.com]", "dns_search: [b.example.com]"),
  own("dns_opt", "left out", "", "dns_opt: [use-vc]"),
  own("extra_hosts.*", "kept", "extra_hosts: { a: 10.0.0.1 }", "extra_hosts: { a: 10.0.0.2 }"),
  own("extra_hosts.*", "refused", "", "extra_hosts: { a: host-gateway }"),
  own("shm_size", "kept", "shm_size: 64m", "shm_size: 1g"),
  own("shm_size", { changed: '"sharedMemorySize":2' }, "shm_size: 64m", "shm_size: 1500k"),
  own("memswap_limit", "kept", swap, swap.replace("256m", "384m")),
  own("memswap_limit", "left out", "mem_limit: 128m", "mem_limit: 128m\nmemswap_limit: -1"),
  own("memswap_limit", "left out", "", "memswap_limit: 128m"),
  own("mem_swappiness", "kept", `${swap}\nmem_swappiness: 10`, `${swap}\nmem_swappiness: 20`),
  own("mem_swappiness", "left out", "", "mem_swappiness: 10"),
  own("ipc", { changed: '"ipcMode":"host"' }, "", "ipc: host"),
  own("ipc", { changed: '"ipcMode":"task"' }, "", "ipc: shareable"),
  own("ipc", "left out", "", "ipc: private"),
  own("pid", { changed: '"pidMode":"host"' }, "", "pid: host"),
  withApi("pid", { changed: '"pidMode":"task"' }, "", "pid: service:api"),
  own("userns_mode", "left out", "", "userns_mode: host"),
  own("uts", "refused", "", "uts: host"),
  own("storage_opt", "left out", "", "storage_opt: { size: 30G }"),
  own("group_add", "refused", "", "group_add: [video]"),
  own("runtime", "refused", "", "runtime: runsc"),
  own("cpuset", "left out", "", "cpuset: '0'"),
  own("pids_limit", "left out", "", "pids_limit: 10"),
  own("platform", "kept", "platform: linux/amd64", "platform: linux/arm64"),
  withApi("platform", "refused", "", "platform: linux/amd64", "platform: linux/arm64"),
  own("platform", "left out", "", "platform: linux"),

  // size
  own("cpus", { changed: '"cpu":308' }, "cpus: 0.25", "cpus: 0.3"),
  own(
    "deploy.resources.limits.cpus",
    { changed: '"cpu":1024' },
    "deploy: { resources: { limits: { cpus: '0.5' } } }",
    "deploy: { resources: { limits: { cpus: '1' } } }",
  ),

  // copies, order, updates
  own("scale", "left out", "", "scale: 3"),
  withApi("scale", "kept", "", "scale: 0"),
  own("deploy.replicas", "left out", "", "deploy: { replicas: 2 }"),
  withApi("deploy.replicas", "kept", "", "deploy: { replicas: 0 }"),
  own("deploy.mode", "left out", "", "deploy: { mode: replicated }"),
  own("deploy.mode", "refused", "", "deploy: { mode: global }"),
  own("deploy.update_config.order", "left out", "", "deploy: { update_config: { order: start-first } }"),
  own("deploy.update_config.parallelism", "left out", "", "deploy: { update_config: { parallelism: 2 } }"),
  withApi("depends_on.*.condition", "kept", "", "depends_on: [api]"),
  withApi("depends_on.*.condition", "kept", "", "depends_on: { api: { condition: service_healthy } }", check),
  withApi("depends_on.*.condition", "kept", "", "depends_on: { api: { condition: service_completed_successfully } }"),

  // network
  own("network_mode", "kept", "", "network_mode: host"),
  own("network_mode", "kept", "", "network_mode: none"),
  withApi("network_mode", "kept", "network_mode: bridge", "network_mode: service:api", "network_mode: host"),
  withApi("network_mode", "refused", "", "network_mode: host"),
  withApi("network_mode", "refused", "", "network_mode: none"),
  withApi("network_mode", "refused", "", "network_mode: service:api"),
  own("expose", "left out", "expose: ['81']", "expose: ['82']"),
  row(
    "services.*.networks.*",
    { changed: "" },
    web("networks: [a]", ab("networks: [a]")),
    web("networks: [b]", ab("networks: [a]")),
  ),
  row("services.*.networks.*", "left out", web("", "networks: { a: }"), web("networks: [a]", "networks: { a: }")),
  withApi(
    "networks.*.aliases",
    "kept",
    "networks: { default: { aliases: [one] } }",
    "networks: { default: { aliases: [two] } }",
  ),
  withApi("networks.*.aliases", { changed: '"web:upper"' }, "", "networks: { default: { aliases: [UPPER] } }"),
  withApi("hostname", "kept", "hostname: one", "hostname: two"),
  withApi("container_name", { changed: '"web:front"' }, "", "container_name: front"),
  withApi("links", { changed: '"api:backend"' }, "", "links: ['api:backend']"),
  own(
    "ports[].app_protocol",
    "left out",
    "ports: [{ target: 81, published: '81' }]",
    "ports: [{ target: 81, published: '81', app_protocol: tcp }]",
  ),
  row(
    "services.*.ports[].app_protocol",
    "kept",
    withDb("ports: [{ target: 6379, published: '6379' }]"),
    withDb("ports: [{ target: 6379, published: '6379', app_protocol: tcp }]"),
  ),
  own("ports[].host_ip", { changed: "" }, "ports: ['81:81']", "ports: ['127.0.0.1:81:81']"),
  own("ports[].published", "refused", "", "ports: ['22:81']"),
  own("ports[].target", { changed: '"hostPort":81' }, "", "ports: ['81']"),

  // volumes
  own("volumes[].target", { changed: '"containerPath":"/b"' }, "volumes: [data:/a]", "volumes: [data:/b]", volume("")),
  own("volumes[].target", "kept", "volumes: ['/srv/a:/a']", "volumes: ['/srv/b:/a']"),
  own("volumes[].target", "kept", "", "volumes: ['/var/run/docker.sock:/var/run/docker.sock']"),
  own("volumes[].target", { changed: "FILE_0" }, "", "volumes: ['./conf:/conf:ro']", "", { files: { "conf/a": "1" } }),
  own("volumes[].target", "refused", "", "volumes: ['~/data:/data']"),
  row(
    "services.*.volumes[].source",
    { changed: '"spectrum-dev-shop-other"' },
    web("volumes: [data:/a]", "volumes: { data: , other: }"),
    web("volumes: [other:/a]", "volumes: { data: , other: }"),
  ),
  own("volumes[].read_only", { changed: '"readOnly":true' }, "volumes: [data:/a]", "volumes: [data:/a:ro]", volume("")),
  own(
    "volumes[].type",
    { changed: '"tmpfs":[{"containerPath":"/a"' },
    "volumes: [data:/a]",
    "volumes: [{ type: tmpfs, target: /a }]",
    volume(""),
  ),
  own(
    "volumes[].tmpfs.size",
    "kept",
    "volumes: [{ type: tmpfs, target: /a, tmpfs: { size: 1048576 } }]",
    "volumes: [{ type: tmpfs, target: /a, tmpfs: { size: 2097152 } }]",
  ),
  own(
    "volumes[].volume.subpath",
    "refused",
    useVolume,
    "volumes: [{ type: volume, source: data, target: /data, volume: { subpath: b } }]",
    volume(""),
  ),
  own("tmpfs", { changed: '"containerPath":"/tmp","size":64' }, "", "tmpfs: [/tmp]"),
  own("tmpfs", "kept", "tmpfs: ['/tmp:size=1m']", "tmpfs: ['/tmp:size=2m']"),
  withApi("volumes_from", "kept", "", "volumes_from: [api]"),
  row(
    "volumes.*.driver",
    "kept",
    web(useVolume, volume("driver: rexray/ebs")),
    web(useVolume, volume("driver: rexray/efs")),
  ),
  row("volumes.*.driver", "left out", web(useVolume, volume("")), web(useVolume, volume("driver: local"))),
  row(
    "volumes.*.driver_opts.*",
    "kept",
    web(useVolume, volume("driver_opts: { type: nfs, o: addr=10.0.0.1, device: ':/a' }")),
    web(useVolume, volume("driver_opts: { type: nfs, o: addr=10.0.0.2, device: ':/a' }")),
  ),
  row("volumes.*.external", "kept", web(useVolume, volume("")), web(useVolume, volume("external: true"))),
  row(
    "volumes.*.external",
    "refused",
    web(useVolume, volume("")),
    web(useVolume, volume("external: true\nname: with.dots")),
  ),
  row("volumes.*.labels.*", "kept", web(useVolume, volume("")), web(useVolume, volume("labels: { a: b }"))),
  row("volumes.*.name", "kept", web(useVolume, volume("name: one")), web(useVolume, volume("name: two"))),
  row("volumes.*.name", "left out", web(useVolume, volume("")), web(useVolume, volume("name: with.dots"))),
];

const owned = new Set(ownCases.map(({ key }) => key));

export const keyCases: readonly KeyCase[] = [...fargateCases.filter(({ key }) => !owned.has(key)), ...ownCases];
