/** The rows of the key table of EC2: those that it shares with Fargate, and what an instance can keep besides. */
import { type KeyCase, own, row, volume, web, withApi } from "../../../support/key-cases";
import { keyCases as fargateCases } from "../fargate/key-cases";

/** Keys whose answer is the instance's, or of which a task takes exactly what is asked for. */
const OTHERWISE = "cap_add privileged security_opt ipc userns_mode uts shm_size storage_opt tmpfs cpus"
  .split(" ")
  .map((name) => `services.*.${name}`);
const isShared = ({ key, want, b }: KeyCase) =>
  !OTHERWISE.includes(key) &&
  !(key === "services.*.sysctls.*" && want === "refused") &&
  !(key === "services.*.stop_grace_period" && typeof want === "object") &&
  !b.includes("type: tmpfs, target");

const bridge = { config: { "ecs-ec2": { networkMode: "bridge" } } };
const gpu = (count: string) =>
  `deploy: { resources: { reservations: { devices: [{ capabilities: [gpu], ${count} }] } } }`;
const sidecar = "network_mode: service:api\nexpose: ['81']";

export const keyCases: readonly KeyCase[] = [
  ...fargateCases.filter(isShared),

  // rights
  own("cap_add", "kept", "cap_add: []", "cap_add: [NET_ADMIN]"),
  own("cap_add", "kept", "cap_add: [CHOWN]\ncap_drop: [ALL]", "cap_add: [KILL]\ncap_drop: [ALL]"),
  own("cap_add", "refused", "", "cap_add: [PERFMON]"),
  own("privileged", "kept", "privileged: false", "privileged: true"),
  own("security_opt", "kept", "", "security_opt: ['no-new-privileges:true']"),
  own("security_opt", "left out", "", "security_opt: ['no-new-privileges:false']"),
  own("security_opt", "refused", "", "security_opt: ['seccomp:unconfined']"),
  own("sysctls.*", "kept", "sysctls: { kernel.shmmax: '1' }", "sysctls: { kernel.shmmax: '2' }"),
  own("sysctls.*", "refused", "", "sysctls: { vm.max_map_count: '1' }"),

  // the instance's own
  own("devices[].source", "kept", "devices: ['/dev/fuse:/dev/a']", "devices: ['/dev/net/tun:/dev/a']"),
  own("devices[].target", "kept", "devices: ['/dev/fuse:/dev/a']", "devices: ['/dev/fuse:/dev/b']"),
  own("devices[].permissions", "kept", "devices: ['/dev/fuse:/dev/a:r']", "devices: ['/dev/fuse:/dev/a:rw']"),
  own("ipc", "kept", "", "ipc: host"),
  own("ipc", "left out", "", "ipc: private"),
  withApi("ipc", "kept", sidecar, `${sidecar}\nipc: service:api`),
  own("pid", "kept", "", "pid: host"),
  own("userns_mode", "refused", "", "userns_mode: host"),
  own("uts", "refused", "", "uts: host"),
  own("shm_size", "kept", "shm_size: 128m", "shm_size: 256m"),
  own("shm_size", { changed: '"sharedMemorySize":1}' }, "", "shm_size: 1000b"),
  own("tmpfs", "kept", "tmpfs: ['/tmp:size=1m']", "tmpfs: ['/tmp:size=2m']"),
  own("tmpfs", { changed: '"size":64' }, "", "tmpfs: [/tmp]"),
  own(
    "volumes[].tmpfs.size",
    "left out",
    "volumes: [{ type: tmpfs, target: /a, tmpfs: { size: 1048576 } }]",
    "volumes: [{ type: tmpfs, target: /a, tmpfs: { size: 1048576 } }]",
  ),
  own(
    "volumes[].type",
    "kept",
    "volumes: [data:/a]",
    "volumes: [{ type: tmpfs, target: /a, tmpfs: { size: 1048576 } }]",
    volume(""),
  ),
  own("stop_grace_period", "kept", "stop_grace_period: 10s", "stop_grace_period: 5m"),
  own("stop_grace_period", { changed: '"stopTimeout":3600' }, "stop_grace_period: 10s", "stop_grace_period: 2h"),

  // GPUs
  own("deploy.resources.reservations.devices[].count", "kept", gpu("count: 1"), gpu("count: 2")),
  own("deploy.resources.reservations.devices[].count", { changed: '"type":"GPU"' }, "", gpu("count: all")),
  own(
    "deploy.resources.reservations.devices[].device_ids",
    { changed: '"value":"2"' },
    "",
    gpu("device_ids: ['0', '3']"),
  ),
  own(
    "deploy.resources.reservations.devices[].capabilities",
    "refused",
    "",
    "deploy: { resources: { reservations: { devices: [{ capabilities: [tpu], count: 1 }] } } }",
  ),
  own("deploy.resources.reservations.devices[].count", "refused", "", gpu("count: 64")),
  own("deploy.resources.reservations.devices[].driver", "left out", gpu("count: 1"), gpu("count: 1, driver: nvidia")),
  own(
    "deploy.resources.reservations.devices[].options.*",
    "left out",
    gpu("count: 1"),
    gpu("count: 1, options: { a: b }"),
  ),
  own("gpus[].driver", "left out", "gpus: [{ count: 1 }]", "gpus: [{ count: 1, driver: nvidia }]"),
  own("gpus[].options.*", "left out", "gpus: [{ count: 1 }]", "gpus: [{ count: 1, options: { a: b } }]"),
  own("gpus[].capabilities", "left out", "gpus: [{ count: 1 }]", "gpus: [{ count: 1, capabilities: [utility] }]"),
  own("gpus[].device_ids", { changed: '"value":"2"' }, "", "gpus: [{ device_ids: ['0', '3'] }]"),
  own("gpus[].count", "kept", "gpus: [{ count: 1 }]", "gpus: [{ count: 2 }]"),

  // size and place
  own("cpus", "kept", "cpus: 0.5", "cpus: 1"),
  own("cpus", { changed: '"cpu":"128"' }, "", "cpus: 0.05"),
  own("storage_opt", "left out", "", "storage_opt: { size: 30G }"),
  own("deploy.placement.max_replicas_per_node", "kept", "", "deploy: { placement: { max_replicas_per_node: 1 } }"),
  own("deploy.placement.max_replicas_per_node", "left out", "", "deploy: { placement: { max_replicas_per_node: 3 } }"),
  own("deploy.placement.constraints", "left out", "", "deploy: { placement: { constraints: [node.role==worker] } }"),

  own(
    "deploy.placement.preferences[].spread",
    "left out",
    "",
    "deploy: { placement: { preferences: [{ spread: node.labels.zone }] } }",
  ),

  own("runtime", "left out", "", "runtime: runc"),
  own("runtime", "refused", "", "runtime: kata"),

  // what only bridge takes
  own("dns", "kept", "dns: [1.1.1.1]", "dns: [8.8.8.8]", "", bridge),
  own("dns", "refused", "", "dns: [1.1.1.1]"),
  own("dns_search", "kept", "dns_search: [a.example]", "dns_search: [b.example]", "", bridge),
  own("dns_search", "refused", "", "dns_search: [a.example]"),
  own("extra_hosts.*", "kept", "extra_hosts: ['a:10.0.0.1']", "extra_hosts: ['a:10.0.0.2']", "", bridge),
  own("extra_hosts.*", "refused", "", "extra_hosts: ['a:10.0.0.1']"),
  row(
    "services.*.network_mode",
    "refused",
    web("", "  api:\n    image: httpd:2.4\n    expose: ['8080']"),
    web("network_mode: service:api", "  api:\n    image: httpd:2.4\n    expose: ['8080']"),
    bridge,
  ),
  row(
    "services.*.networks.*",
    "left out",
    web("networks: [a]", "networks: { a: }"),
    web("networks: [a]", "networks: { a: }"),
    bridge,
  ),
];
