/** Compose models for properties: right ones and, now and then, wrong ones. */
import fc from "fast-check";

const names = ["web", "api", "db", "cache"] as const;
const word = fc.constantFrom(
  "a",
  "b-c",
  "x.y",
  "with space",
  'quo"te',
  "semi;colon",
  "$$dollar",
  "${UNSET:-default}",
  "",
  "on",
  "1.0",
  "é",
);
const key = fc.constantFrom("A", "B", "C_D", "lower", "dotted.key");
const scalar = fc.oneof(
  word,
  fc.integer({ min: -5, max: 5000 }),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom(0.5, 1.25, 1000000.5),
);
const pairs = fc.oneof(
  fc.dictionary(key, scalar, { maxKeys: 4 }),
  fc.uniqueArray(
    fc.tuple(key, word).map(([name, value]) => (value === "" ? name : `${name}=${value}`)),
    { maxLength: 4 },
  ),
);
const texts = fc.uniqueArray(fc.constantFrom("one", "two", "three", "four=4"), { maxLength: 3 });
const stringOrList = fc.oneof(fc.constantFrom("one", "two"), texts);
const port = fc.oneof(
  fc.integer({ min: 1, max: 65535 }),
  fc.integer({ min: 1, max: 65000 }).map((target) => `${target}/udp`),
  fc.integer({ min: 1, max: 65000 }).map((target) => `${target}-${target + 2}`),
  fc.record(
    {
      target: fc.integer({ min: 1, max: 65535 }),
      protocol: fc.constantFrom("tcp", "udp"),
      mode: fc.constant("host"),
      name: word,
      app_protocol: fc.constant("http"),
    },
    { requiredKeys: ["target"] },
  ),
  fc.constantFrom("abc", "1:2:3:4", "99999"),
);
const volume = fc.oneof(
  fc.constantFrom(
    "data:/data",
    "./rel:/rel:ro",
    "/abs:/abs",
    "/anon",
    "data:/d2:nocopy",
    "../up:/up/../x",
    "nope:/nope",
  ),
  fc.record(
    {
      type: fc.constantFrom("bind", "volume", "tmpfs"),
      source: fc.constantFrom("data", "./x"),
      target: fc.constantFrom("/one", "/two/", "/three"),
      read_only: fc.oneof(fc.boolean(), fc.constant("yes")),
      bind: fc.record({ create_host_path: fc.boolean(), propagation: fc.constant("shared") }, { requiredKeys: [] }),
      tmpfs: fc.record({ size: fc.constantFrom(1024, "64m"), mode: fc.constant(511) }, { requiredKeys: [] }),
    },
    { requiredKeys: ["type", "target", "source"] },
  ),
);
const duration = fc.constantFrom("1s", "1m30s", "500ms", "1.5h", "0s", "2d", "soon");
const size = fc.constantFrom("64m", "1.5gb", 1048576, "1024", "10 kb", "0", "lots");
const command = fc.oneof(
  fc.constantFrom("echo 'a b' c", "run | less", "a\\ b", "", '"x'),
  fc.array(word, { maxLength: 3 }),
  fc.constant(null),
);
const dependsOn = fc.oneof(
  fc.uniqueArray(fc.constantFrom("db", "cache"), { maxLength: 2 }),
  fc.dictionary(
    fc.constantFrom("db", "cache"),
    fc.record(
      {
        condition: fc.constantFrom("service_started", "service_healthy", "service_completed_successfully"),
        restart: fc.boolean(),
        required: fc.boolean(),
      },
      { requiredKeys: ["condition"] },
    ),
  ),
);
const networks = fc.oneof(
  fc.uniqueArray(fc.constantFrom("front", "back"), { maxLength: 2 }),
  fc.dictionary(
    fc.constantFrom("front", "default"),
    fc.oneof(
      fc.constant(null),
      fc.record({ aliases: texts, priority: fc.integer({ min: 0, max: 9 }) }, { requiredKeys: [] }),
    ),
  ),
);

const service = fc.record(
  {
    image: fc.constantFrom("nginx", "redis:7", "${IMAGE:-busybox}"),
    build: fc.oneof(
      fc.constantFrom(".", "./dir", "https://github.com/x/y.git"),
      fc.record(
        { context: fc.constant("./c"), args: pairs, target: word, labels: pairs, tags: texts, no_cache: fc.boolean() },
        { requiredKeys: [] },
      ),
    ),
    command,
    entrypoint: command,
    environment: pairs,
    labels: pairs,
    annotations: pairs,
    sysctls: pairs,
    ports: fc.array(port, { maxLength: 3 }),
    expose: fc.uniqueArray(fc.oneof(fc.integer({ min: 1, max: 99 }), fc.constantFrom("80", "90/udp")), {
      maxLength: 3,
    }),
    volumes: fc.array(volume, { maxLength: 3 }),
    tmpfs: fc.oneof(fc.constant("/run"), fc.constant(["/run:size=1m", "/t"])),
    dns: stringOrList,
    dns_search: stringOrList,
    cap_add: texts,
    security_opt: texts,
    extra_hosts: fc.oneof(
      fc.constant(["h=1.2.3.4", "i:5.6.7.8"]),
      fc.constant({ h: "1.1.1.1", j: ["2.2.2.2", "[::1]"] }),
    ),
    healthcheck: fc.record(
      {
        test: fc.oneof(fc.constant("curl x"), fc.constant(["CMD", "x"]), fc.constant(["NONE"])),
        interval: duration,
        timeout: duration,
        retries: fc.integer({ min: 0, max: 5 }),
        disable: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
    depends_on: dependsOn,
    networks,
    deploy: fc.record(
      {
        replicas: fc.integer({ min: 0, max: 4 }),
        labels: pairs,
        resources: fc.record(
          {
            limits: fc.record(
              { cpus: fc.constantFrom("0.5", 1, 0.25), memory: fc.constantFrom("50M", "1g") },
              { requiredKeys: [] },
            ),
            reservations: fc.record({ memory: fc.constant("20M") }, { requiredKeys: [] }),
          },
          { requiredKeys: [] },
        ),
        update_config: fc.record(
          {
            parallelism: fc.integer({ min: 0, max: 3 }),
            delay: duration,
            order: fc.constantFrom("start-first", "stop-first"),
          },
          { requiredKeys: [] },
        ),
        restart_policy: fc.record(
          { condition: fc.constant("any"), delay: duration, max_attempts: fc.integer({ min: 0, max: 3 }) },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: [] },
    ),
    ulimits: fc.dictionary(
      fc.constantFrom("nofile", "nproc"),
      fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant({ soft: 1, hard: 2 })),
    ),
    logging: fc.record(
      {
        driver: fc.constantFrom("json-file", "none"),
        options: fc.dictionary(key, fc.oneof(word, fc.integer({ min: 0, max: 99 }))),
      },
      { requiredKeys: [] },
    ),
    mem_limit: size,
    shm_size: size,
    stop_grace_period: duration,
    secrets: fc.array(fc.oneof(fc.constant("s"), fc.constant({ source: "s", target: "/t", mode: 288 })), {
      maxLength: 2,
    }),
    configs: fc.constant(["c"]),
    init: fc.oneof(fc.boolean(), fc.constantFrom("true", "no", "maybe")),
    privileged: fc.boolean(),
    user: word,
    working_dir: word,
    restart: fc.constantFrom("always", "no", "on-failure:3"),
    profiles: fc.uniqueArray(fc.constantFrom("debug"), { maxLength: 1 }),
    extends: fc.constantFrom("db", { service: "cache" }),
    devices: fc.uniqueArray(fc.constantFrom("/dev/a", "/dev/b:/dev/c", "/dev/d:/dev/e:r"), { maxLength: 2 }),
    env_file: fc.constant([{ path: "absent.env", required: false }]),
    pull_policy: fc.constantFrom("always", "if_not_present", "daily"),
    "x-own": scalar,
    unknown_key: fc.constant(1),
  },
  { requiredKeys: ["image"] },
);

/** Most of a service's keys left out, so that many models are right. */
const sparse = fc.tuple(service, fc.array(fc.nat(), { minLength: 6, maxLength: 6 })).map(([all, picks]) => {
  const keys = Object.keys(all).filter((name) => name !== "image" && name !== "unknown_key");
  const kept = new Set(keys.length === 0 ? [] : picks.map((pick) => keys[pick % keys.length]));
  return Object.fromEntries(Object.entries(all).filter(([name]) => name === "image" || kept.has(name)));
});

/** A service that waits for itself is refused by both, but compose-go overlooks it beside an optional, inactive service. */
function withoutSelf(service: Record<string, unknown>, name: string): Record<string, unknown> {
  const given = service.depends_on;
  if (Array.isArray(given)) return { ...service, depends_on: given.filter((other) => other !== name) };
  if (typeof given !== "object" || given === null) return service;
  return { ...service, depends_on: Object.fromEntries(Object.entries(given).filter(([other]) => other !== name)) };
}

/** A model with a few services and what they name. */
export const composeModel = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...names), { minLength: 1 }),
    fc.array(sparse, { minLength: 4, maxLength: 4 }),
    pairs,
  )
  .map(([present, services, labels]) => ({
    services: Object.fromEntries(
      ["db", "cache", ...present].map((name, i) => [name, withoutSelf(services[i % services.length] ?? {}, name)]),
    ),
    networks: { front: null, back: { labels, internal: true } },
    volumes: { data: { labels } },
    secrets: { s: { file: "./s" } },
    configs: { c: { content: "x" } },
    "x-top": labels,
  }));
