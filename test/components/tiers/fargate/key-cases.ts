/**
 * For each Compose key that the tier's table keeps or changes: two files that differ in the key alone, and what must come
 * of it. A key of the table without a row fails the test beside this file.
 */
import type { Input } from "./support";

export interface KeyCase {
  readonly key: string;
  /** What the second file must come to: see keys.test.ts. */
  readonly want: "kept" | "left out" | "refused" | { readonly changed: string };
  readonly a: string;
  readonly b: string;
  readonly input?: Omit<Input, "compose">;
}

export const indent = (text: string, by: number) =>
  text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => " ".repeat(by) + line)
    .join("\n");

/** A file with a service `web`, which says so much more; `rest` stands at the top of the file. */
export const web = (lines: string, rest = "") => {
  const expose = lines.includes("expose:") ? "" : 'expose: ["80"]\n';
  return bare(`image: nginx:1.29\n${expose}${lines}`, rest);
};
/** Likewise without any other key. */
export const bare = (lines: string, rest = "") => `services:\n  web:\n${indent(lines, 4)}\n${rest}\n`;

type Want = KeyCase["want"];
export const row = (key: string, want: Want, a: string, b: string, input?: KeyCase["input"]): KeyCase => ({
  key,
  want,
  a,
  b,
  ...(input && { input }),
});
/** A key of the service `web`, with the lines of both files. */
export const own = (key: string, want: Want, a: string, b: string, rest = "", input?: KeyCase["input"]) =>
  row(`services.*.${key}`, want, web(a, rest), web(b, rest), input);

export const api = (lines = "") => indent(`api:\n  image: httpd:2.4\n  expose: ["8080"]\n${indent(lines, 2)}`, 2);
export const withApi = (key: string, want: Want, a: string, b: string, lines = "") => own(key, want, a, b, api(lines));
export const config = (lines: string) => `configs:\n  conf:\n${indent(lines, 4)}`;
export const useConfig = "configs: [{ source: conf, target: /etc/app/app.conf }]";
const secret = (lines: string) => `secrets:\n  key:\n${indent(lines, 4)}`;
const useSecret = "secrets: [key]";
const KEY = { secrets: ["KEY", "OTHER"] };
export const volume = (lines: string) => `volumes:\n  data:\n${indent(lines, 4)}`;
export const useVolume = "volumes: [data:/data]";
export const check = "healthcheck:\n  test: [CMD, check]\n";
const built = (line: string) => `build:\n  context: backend\n${indent(line, 2)}`;
const rolled = "deploy:\n  replicas: 4\n  update_config:\n    order: stop-first\n";
const arn = (name: string) => `arn:aws:ssm:us-east-1:123456789012:parameter/${name}`;

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
  own(
    "extends.service",
    "kept",
    "extends: { file: base.yaml, service: a }",
    "extends: { file: base.yaml, service: b }",
    "",
    {
      files: { "base.yaml": "services: { a: { user: '1' }, b: { user: '2' } }" },
    },
  ),
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
  own("profiles", "kept", "profiles: [one]", "profiles: [two]", api(), { profiles: ["two"] }),

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

  // what runs
  own("command", "kept", "command: [a]", "command: [b]"),
  own("entrypoint", "kept", "entrypoint: [a]", "entrypoint: [b]"),
  own("environment.*", "kept", "environment: { A: '1' }", "environment: { A: '2' }"),
  own("user", "kept", "user: '1'", "user: '2'"),
  own("working_dir", "kept", "working_dir: /a", "working_dir: /b"),
  own("read_only", "kept", "read_only: false", "read_only: true"),
  own("init", "kept", "init: false", "init: true"),
  own("tty", "kept", "tty: false", "tty: true"),
  own("stdin_open", "kept", "stdin_open: false", "stdin_open: true"),
  own("labels.*", "kept", "labels: { a: '1' }", "labels: { a: '2' }"),
  own("cap_add", "kept", "cap_add: []", "cap_add: [SYS_PTRACE]"),
  own(
    "cap_add",
    { changed: '"drop":["AUDIT_WRITE"' },
    "cap_add: []\ncap_drop: [ALL]",
    "cap_add: [CHOWN]\ncap_drop: [ALL]",
  ),
  own("cap_add", "refused", "cap_add: []", "cap_add: [NET_ADMIN]"),
  own("cap_drop", "kept", "cap_drop: [CHOWN]", "cap_drop: [KILL]"),
  own("restart", "kept", "restart: always", "restart: on-failure"),
  own("restart", "left out", "", "restart: 'no'"),
  own("stop_grace_period", "kept", "stop_grace_period: 10s", "stop_grace_period: 20s"),
  own("stop_grace_period", { changed: '"stopTimeout":120' }, "stop_grace_period: 10s", "stop_grace_period: 5m"),
  own(
    "logging.options.*",
    "kept",
    "logging: { options: { mode: blocking } }",
    "logging: { options: { mode: non-blocking } }",
  ),
  own("logging.options.*", "left out", "", "logging: { options: { max-file: '3' } }"),
  own("sysctls.*", "kept", "sysctls: { net.core.somaxconn: '1' }", "sysctls: { net.core.somaxconn: '2' }"),
  own("sysctls.*", "refused", "", "sysctls: { kernel.shmmax: '1' }"),
  own(
    "ulimits.*.soft",
    "kept",
    "ulimits: { nofile: { soft: 1, hard: 9 } }",
    "ulimits: { nofile: { soft: 2, hard: 9 } }",
  ),
  own(
    "ulimits.*.hard",
    "kept",
    "ulimits: { nofile: { soft: 1, hard: 8 } }",
    "ulimits: { nofile: { soft: 1, hard: 9 } }",
  ),
  own("ulimits.*", "kept", "ulimits: { nproc: 1 }", "ulimits: { nproc: 2 }"),
  own("privileged", "refused", "", "privileged: true"),
  own("security_opt", "left out", "", "security_opt: ['no-new-privileges:true']"),
  own("security_opt", "refused", "", "security_opt: ['seccomp:unconfined']"),
  own("ipc", "left out", "", "ipc: private"),
  own("userns_mode", "refused", "", "userns_mode: host"),
  own("uts", "refused", "", "uts: host"),
  own("shm_size", "refused", "", "shm_size: 1g"),
  own("shm_size", "left out", "", "shm_size: 64m"),
  withApi(
    "pid",
    "kept",
    "network_mode: service:api\nexpose: ['81']",
    "network_mode: service:api\npid: service:api\nexpose: ['81']",
  ),

  // health
  own("healthcheck.test", "kept", "healthcheck: { test: [CMD, a] }", "healthcheck: { test: [CMD, b] }"),
  own(
    "healthcheck.disable",
    "kept",
    "healthcheck: { test: [CMD, a], disable: false }",
    "healthcheck: { disable: true }",
  ),
  own("healthcheck.interval", "kept", `${check}  interval: 10s`, `${check}  interval: 20s`),
  own("healthcheck.interval", { changed: '"interval":5' }, check, `${check}  interval: 1s`),
  own("healthcheck.timeout", "kept", `${check}  timeout: 10s`, `${check}  timeout: 20s`),
  own("healthcheck.timeout", { changed: '"timeout":60' }, check, `${check}  timeout: 2m`),
  own("healthcheck.retries", "kept", `${check}  retries: 1`, `${check}  retries: 2`),
  own("healthcheck.retries", { changed: '"retries":10' }, check, `${check}  retries: 20`),
  own("healthcheck.start_period", "kept", `${check}  start_period: 1s`, `${check}  start_period: 2s`),
  own("healthcheck.start_period", { changed: '"startPeriod":300' }, check, `${check}  start_period: 10m`),

  // size
  own("cpus", "kept", "cpus: 0.5", "cpus: 1"),
  own("cpus", { changed: '"cpu":"512"' }, "cpus: 0.25", "cpus: 0.3"),
  own("mem_limit", "kept", "mem_limit: 128m", "mem_limit: 256m"),
  own("mem_reservation", "kept", "mem_reservation: 128m", "mem_reservation: 256m"),
  own(
    "deploy.resources.limits.cpus",
    "kept",
    "deploy: { resources: { limits: { cpus: '0.5' } } }",
    "deploy: { resources: { limits: { cpus: '1' } } }",
  ),
  own(
    "deploy.resources.limits.memory",
    "kept",
    "deploy: { resources: { limits: { memory: 128m } } }",
    "deploy: { resources: { limits: { memory: 256m } } }",
  ),
  own(
    "deploy.resources.limits.memory",
    { changed: '"memory":6' },
    "deploy: { resources: { limits: { memory: 128m } } }",
    "deploy: { resources: { limits: { memory: 4m } } }",
  ),
  own(
    "deploy.resources.reservations.cpus",
    "kept",
    "deploy: { resources: { reservations: { cpus: '0.5' } } }",
    "deploy: { resources: { reservations: { cpus: '1' } } }",
  ),
  own(
    "deploy.resources.reservations.memory",
    "kept",
    "deploy: { resources: { reservations: { memory: 128m } } }",
    "deploy: { resources: { reservations: { memory: 256m } } }",
  ),
  own("storage_opt", "kept", "storage_opt: { size: 30G }", "storage_opt: { size: 40G }"),
  own("storage_opt", { changed: '"sizeInGib":31' }, "storage_opt: { size: 40G }", "storage_opt: { size: 30.5G }"),
  own("storage_opt", "refused", "", "storage_opt: { size: 300G }"),

  // copies, order, updates
  own("scale", "kept", "scale: 1", "scale: 2"),
  own("deploy.replicas", "kept", "deploy: { replicas: 1 }", "deploy: { replicas: 2 }"),
  own("deploy.mode", "left out", "", "deploy: { mode: replicated }"),
  own("deploy.mode", "refused", "", "deploy: { mode: global }"),
  own(
    "deploy.restart_policy.condition",
    "kept",
    "deploy: { restart_policy: { condition: any } }",
    "deploy: { restart_policy: { condition: on-failure } }",
  ),
  own(
    "deploy.restart_policy.window",
    "kept",
    "deploy: { restart_policy: { window: 2m } }",
    "deploy: { restart_policy: { window: 3m } }",
  ),
  own(
    "deploy.restart_policy.window",
    { changed: '"restartAttemptPeriod":60' },
    "deploy: { restart_policy: { window: 2m } }",
    "deploy: { restart_policy: { window: 5s } }",
  ),
  own("deploy.update_config.order", "kept", rolled, rolled.replace("stop-first", "start-first")),
  own("deploy.update_config.parallelism", "kept", `${rolled}    parallelism: 1`, `${rolled}    parallelism: 2`),
  own(
    "deploy.update_config.failure_action",
    "kept",
    `${rolled}    failure_action: rollback`,
    `${rolled}    failure_action: continue`,
  ),
  own(
    "deploy.update_config.failure_action",
    { changed: '"rollback":false' },
    `${rolled}    failure_action: rollback`,
    `${rolled}    failure_action: pause`,
  ),
  withApi("depends_on.*.condition", { changed: 'service:Service::shop-api","urn:' }, "", "depends_on: [api]"),
  withApi("depends_on.*.condition", "kept", "", "depends_on: { api: { condition: service_healthy } }", check),
  withApi(
    "depends_on.*.condition",
    "refused",
    "",
    "depends_on: { api: { condition: service_completed_successfully } }",
  ),
  withApi(
    "depends_on.*.restart",
    "left out",
    "depends_on: { api: { condition: service_started } }",
    "depends_on: { api: { condition: service_started, restart: true } }",
  ),

  // network
  own("network_mode", { changed: "" }, "", "network_mode: host"),
  withApi("network_mode", "kept", "", "network_mode: service:api\nexpose: ['81']"),
  own("expose", "kept", "expose: ['81']", "expose: ['82']"),
  row(
    "services.*.networks.*",
    "kept",
    web("networks: [a]", `${api("networks: [a]")}\nnetworks: { a: , b: }`),
    web("networks: [b]", `${api("networks: [a]")}\nnetworks: { a: , b: }`),
  ),
  withApi(
    "networks.*.aliases",
    "kept",
    "networks: { default: { aliases: [one] } }",
    "networks: { default: { aliases: [two] } }",
  ),
  withApi("networks.*.aliases", { changed: '"dnsName":"upper"' }, "", "networks: { default: { aliases: [UPPER] } }"),
  withApi("hostname", { changed: '"dnsName":"front"' }, "", "hostname: front"),
  withApi("container_name", { changed: '"dnsName":"front"' }, "", "container_name: front"),
  withApi("links", { changed: '"dnsName":"backend"' }, "", "links: ['api:backend']"),
  row("services.*.ports[].target", "kept", web("ports: ['8080:81']"), web("ports: ['8080:82']")),
  row("services.*.ports[].published", "kept", web("ports: ['8080:81']"), web("ports: ['8081:81']")),
  row("services.*.ports[].protocol", "kept", web("ports: ['81:81']"), web("ports: ['81:81/udp']")),
  own(
    "ports[].app_protocol",
    "kept",
    "ports: [{ target: 81, published: '81', app_protocol: http }]",
    "ports: [{ target: 81, published: '81', app_protocol: tcp }]",
  ),
  own("ports[].host_ip", { changed: "" }, "ports: ['81:81']", "ports: ['127.0.0.1:81:81']"),

  // files
  own("configs[].source", { changed: "FILE_0" }, "", useConfig, config("content: one")),
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
    "configs.*.external",
    "refused",
    web(useConfig, config("content: one")),
    web(useConfig, config("external: true")),
  ),
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
    "kept",
    web(useSecret, secret(`external: true\nname: "${arn("a")}"`)),
    web(useSecret, secret(`external: true\nname: "${arn("b")}"`)),
  ),
  own("volumes[].target", "kept", "volumes: [data:/a]", "volumes: [data:/b]", volume("")),
  row(
    "services.*.volumes[].source",
    "kept",
    web("volumes: [data:/a]", "volumes: { data: , other: }"),
    web("volumes: [other:/a]", "volumes: { data: , other: }"),
  ),
  own("volumes[].read_only", "kept", "volumes: [data:/a]", "volumes: [data:/a:ro]", volume("")),
  own(
    "volumes[].type",
    { changed: '"sourceVolume":"web-a-files"' },
    "volumes: [data:/a]",
    "volumes: [{ type: tmpfs, target: /a }]",
    volume(""),
  ),
  own("volumes[].target", { changed: "FILE_0" }, "", "volumes: ['./conf:/conf:ro']", "", { files: { "conf/a": "1" } }),
  own(
    "volumes[].image.subpath",
    "refused",
    "",
    "volumes: [{ type: image, source: 'a:1', target: /a, image: { subpath: b } }]",
  ),
  own(
    "volumes[].volume.subpath",
    "refused",
    useVolume,
    "volumes: [{ type: volume, source: data, target: /data, volume: { subpath: b } }]",
    volume(""),
  ),
  own("tmpfs", { changed: '"sourceVolume":"web-tmp-files"' }, "", "tmpfs: [/tmp]"),
  withApi(
    "volumes_from",
    "kept",
    "network_mode: service:api\nexpose: ['81']",
    "network_mode: service:api\nexpose: ['81']\nvolumes_from: [api]",
  ),
  withApi("volumes_from", "refused", "", "volumes_from: [api]"),
  row("volumes.*", "kept", web(useVolume, volume("")), web("volumes: [other:/data]", "volumes:\n  other:\n")),
  row("volumes.*.driver", "left out", web(useVolume, volume("")), web(useVolume, volume("driver: local"))),
  row(
    "volumes.*.driver_opts.*",
    { changed: '{"name":"data"}' },
    web(useVolume, volume("")),
    web(useVolume, volume("driver_opts: { type: tmpfs }")),
  ),
  row("volumes.*.external", "refused", web(useVolume, volume("")), web(useVolume, volume("external: true"))),
  row("volumes.*.labels.*", "left out", web(useVolume, volume("")), web(useVolume, volume("labels: { a: b }"))),
  row("volumes.*.name", "left out", web(useVolume, volume("")), web(useVolume, volume("name: other"))),
];
