/** The key cases of the EKS tiers: those of `fargate` that hold there as well, and their own. */
import {
  api,
  check,
  config,
  KEY,
  own,
  rolled,
  row,
  secret,
  useConfig,
  useSecret,
  useVolume,
  volume,
  web,
  withApi,
  type KeyCase,
} from "../../../support/key-cases";
import { keyCases as ecsCases } from "../fargate/key-cases";

const DATA = 'volumes: ["data:/data"]';
const withData = (lines: string) => `${api(DATA)}\n${lines}`;

/** Of both tiers. */
const shared: readonly KeyCase[] = [
  own("annotations.*", "kept", "annotations: { a: '1' }", "annotations: { a: '2' }"),
  own("labels.*", "kept", "labels: { a: '1' }", "labels: { a: '2' }"),
  own("labels.*", "left out", "", "labels: { 'b b': '2' }"),
  own("annotations.*", "left out", "", "annotations: { 'b b': '2' }"),
  own("group_add", "kept", "group_add: ['1']", "group_add: ['2']"),
  own("group_add", "refused", "", "group_add: [audio]"),
  own("user", "refused", "", "user: nginx"),
  own("user", "kept", "user: '1:1'", "user: '1:2'"),
  own("init", "left out", "", "init: true"),
  own("cap_add", "kept", "cap_add: []", "cap_add: [SYS_PTRACE]"),
  own("restart", "left out", "", "restart: always"),
  own("restart", "left out", "", "restart: 'no'"),
  own("stop_grace_period", "kept", "stop_grace_period: 10s", "stop_grace_period: 20s"),
  own("stop_grace_period", "kept", "stop_grace_period: 10s", "stop_grace_period: 5m"),
  own(
    "stop_grace_period",
    { changed: '"terminationGracePeriodSeconds":3' },
    "stop_grace_period: 10s",
    "stop_grace_period: 2500ms",
  ),
  own("logging.driver", "left out", "", "logging: { driver: json-file }"),
  own("logging.options.*", "left out", "", "logging: { options: { max-file: '3' } }"),
  own("sysctls.*", "kept", "sysctls: { net.ipv4.tcp_syncookies: '1' }", "sysctls: { net.ipv4.tcp_syncookies: '0' }"),
  own("sysctls.*", "refused", "", "sysctls: { net.core.somaxconn: '1' }"),
  own("ulimits.*", "left out", "", "ulimits: { nproc: 1 }"),
  own("security_opt", "kept", "", "security_opt: ['no-new-privileges:true']"),
  own("security_opt", "refused", "", "security_opt: ['seccomp:unconfined']"),
  own("shm_size", "kept", "shm_size: 64m", "shm_size: 1g"),
  own("extra_hosts.*", "kept", "extra_hosts: { a: 10.0.0.1 }", "extra_hosts: { a: 10.0.0.2 }"),
  own("extra_hosts.*", "refused", "", "extra_hosts: { a: host-gateway }"),
  own("dns_opt", "kept", "dns_opt: [use-vc]", "dns_opt: ['ndots:2']"),
  own("dns_search", "kept", "dns_search: [a.example.com]", "dns_search: [b.example.com]"),
  own("dns", "refused", "", "dns: [1.1.1.1]"),

  // health
  own("healthcheck.interval", { changed: '"periodSeconds":2' }, check, `${check}  interval: 1500ms`),
  own("healthcheck.retries", "kept", `${check}  retries: 1`, `${check}  retries: 20`),
  own("healthcheck.interval", "kept", `${check}  interval: 10s`, `${check}  interval: 1s`),
  own("healthcheck.timeout", "kept", `${check}  timeout: 10s`, `${check}  timeout: 2m`),
  own("healthcheck.start_period", "kept", `${check}  start_period: 1s`, `${check}  start_period: 10m`),
  own("healthcheck.timeout", { changed: '"timeoutSeconds":2' }, check, `${check}  timeout: 1500ms`),
  own("healthcheck.start_period", { changed: '"startupProbe"' }, check, `${check}  start_period: 1500ms`),
  own(
    "healthcheck.start_interval",
    "kept",
    `${check}  start_period: 20s\n  start_interval: 1s`,
    `${check}  start_period: 20s\n  start_interval: 2s`,
  ),
  own("healthcheck.start_interval", "left out", check, `${check}  start_interval: 2s`),

  // size
  own(
    "deploy.resources.limits.memory",
    "kept",
    "deploy: { resources: { limits: { memory: 128m } } }",
    "deploy: { resources: { limits: { memory: 256m } } }",
  ),
  own("cpus", "kept", "cpus: 0.5", "cpus: 1"),
  own("storage_opt", "kept", "storage_opt: { size: 30G }", "storage_opt: { size: 40G }"),
  own(
    "storage_opt",
    { changed: '"ephemeral-storage":"31Gi"' },
    "storage_opt: { size: 40G }",
    "storage_opt: { size: 30.5G }",
  ),

  // copies, order, updates
  own("deploy.restart_policy.condition", "left out", "", "deploy: { restart_policy: { condition: on-failure } }"),
  own("deploy.restart_policy.max_attempts", "left out", "", "deploy: { restart_policy: { max_attempts: 3 } }"),
  own("deploy.restart_policy.window", "left out", "", "deploy: { restart_policy: { window: 2m } }"),
  own("deploy.update_config.failure_action", "left out", rolled, `${rolled}    failure_action: pause`),
  withApi("depends_on.*.condition", { changed: 'Deployment::shop-api","urn:' }, "", "depends_on: [api]"),
  withApi("depends_on.*.condition", "kept", "", "depends_on: { api: { condition: service_healthy } }", check),
  withApi("depends_on.*.condition", "kept", "", "depends_on: { api: { condition: service_completed_successfully } }"),

  // names
  withApi("networks.*.aliases", { changed: '"name":"upper"' }, "", "networks: { default: { aliases: [UPPER] } }"),
  withApi(
    "networks.*.aliases",
    "kept",
    "networks: { default: { aliases: [one] } }",
    "networks: { default: { aliases: [two] } }",
  ),
  withApi("networks.*.aliases", "refused", "", "networks: { default: { aliases: [a_b] } }"),
  withApi("hostname", "kept", "hostname: front", "hostname: other"),
  withApi("hostname", "left out", "", "hostname: a_b"),
  withApi("container_name", { changed: '"name":"front"' }, "", "container_name: front"),
  withApi("links", { changed: '"name":"backend"' }, "", "links: ['api:backend']"),
  withApi("links", "refused", "", "links: ['api:back_end']"),

  // files
  own("configs[].source", "kept", "", useConfig, config("content: one")),
  own("configs[].uid", "left out", useConfig, useConfig.replace(" }", ", uid: '7' }"), config("content: one")),
  own("configs[].gid", "left out", useConfig, useConfig.replace(" }", ", gid: '7' }"), config("content: one")),
  own("secrets[].uid", "left out", useSecret, "secrets: [{ source: key, uid: '7' }]", secret("environment: KEY"), KEY),
  own("secrets[].gid", "left out", useSecret, "secrets: [{ source: key, gid: '7' }]", secret("environment: KEY"), KEY),
  own("volumes[].type", "kept", "volumes: [data:/a]", "volumes: [{ type: tmpfs, target: /a }]", volume("")),
  own(
    "volumes[].tmpfs.size",
    "kept",
    "volumes: [{ type: tmpfs, target: /a, tmpfs: { size: 1m } }]",
    "volumes: [{ type: tmpfs, target: /a, tmpfs: { size: 2m } }]",
  ),
  own("volumes[].target", { changed: '"mountPath":"/conf"' }, "", "volumes: ['./conf:/conf:ro']", "", {
    files: { "conf/a": "1" },
  }),
  own("volumes[].target", { changed: '"mountPath":"/etc/a.conf"' }, "", "volumes: ['./a:/etc/a.conf:ro']", "", {
    files: { a: "1" },
  }),
  own(
    "volumes[].volume.subpath",
    "kept",
    useVolume,
    "volumes: [{ type: volume, source: data, target: /data, volume: { subpath: b } }]",
    volume(""),
  ),
  own("tmpfs", "kept", "tmpfs: [/tmp]", "tmpfs: [/tmp, /run/x]"),
  own(
    "volumes_from",
    "kept",
    "network_mode: service:api\nexpose: ['81']",
    "network_mode: service:api\nexpose: ['81']\nvolumes_from: [api]",
    withData(volume("")),
  ),
  withApi("volumes_from", "refused", "", "volumes_from: [api]"),
  row(
    "volumes.*.driver_opts.*",
    "kept",
    web(useVolume, volume("")),
    web(useVolume, volume("driver_opts: { type: tmpfs }")),
  ),
];

/** What else differs from ECS, and is each tier's own. */
const OTHERWISE = ["services.*.platform", "services.*.build.platforms", "services.*.privileged"];

const redone = new Set([
  ...shared.map(({ key }) => key),
  ...OTHERWISE,
  "services.*.ulimits.*.soft",
  "services.*.ulimits.*.hard",
]);
const inherited = ecsCases.filter(({ key }) => !redone.has(key));

/** @param others the tier's own cases */
export function kubernetesCases(others: readonly KeyCase[]): readonly KeyCase[] {
  return [...inherited, ...shared, ...others];
}
