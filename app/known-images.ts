/**
 * What Spectrum knows of well-known images: the ports that they listen on, and which of them keep data. Matched by the last
 * part of the repository's name (`bitnami/postgresql`, `docker.io/library/postgres:16` …).
 * Source: each image's `EXPOSE` in its Docker Official Images or vendor Dockerfile, read in November 2026.
 */

export interface KnownImage {
  /** Container ports, the main one first. */
  readonly ports: readonly number[];
  /** What its main port speaks. */
  readonly protocol: "http" | "tcp";
  /** A database or cache: its port is never opened to the world unasked. */
  readonly kind: "database" | "broker" | "other";
}

const database = (...ports: number[]): KnownImage => ({ ports, protocol: "tcp", kind: "database" });
const broker = (...ports: number[]): KnownImage => ({ ports, protocol: "tcp", kind: "broker" });
const tcp = (...ports: number[]): KnownImage => ({ ports, protocol: "tcp", kind: "other" });
const http = (...ports: number[]): KnownImage => ({ ports, protocol: "http", kind: "other" });

const knownImages: Readonly<Record<string, KnownImage>> = {
  postgres: database(5432),
  postgresql: database(5432),
  postgis: database(5432),
  pgvector: database(5432),
  timescaledb: database(5432),
  mysql: database(3306),
  "mysql-server": database(3306),
  mariadb: database(3306),
  percona: database(3306),
  mongo: database(27017),
  mongodb: database(27017),
  redis: database(6379),
  valkey: database(6379),
  keydb: database(6379),
  memcached: database(11211),
  server: database(1433), // mcr.microsoft.com/mssql/server
  "azure-sql-edge": database(1433),
  elasticsearch: { ports: [9200], protocol: "http", kind: "database" },
  opensearch: { ports: [9200], protocol: "http", kind: "database" },
  cassandra: database(9042),
  scylla: database(9042),
  clickhouse: { ports: [8123, 9000], protocol: "http", kind: "database" },
  "clickhouse-server": { ports: [8123, 9000], protocol: "http", kind: "database" },
  influxdb: { ports: [8086], protocol: "http", kind: "database" },
  couchdb: { ports: [5984], protocol: "http", kind: "database" },
  neo4j: { ports: [7474, 7687], protocol: "http", kind: "database" },
  cockroach: database(26257),
  etcd: database(2379),
  zookeeper: database(2181),
  kafka: broker(9092),
  "cp-kafka": broker(9092),
  redpanda: broker(9092),
  rabbitmq: broker(5672),
  nats: broker(4222),
  "eclipse-mosquitto": tcp(1883),
  "minecraft-server": tcp(25565),
  "openssh-server": tcp(2222),
  nginx: http(80),
  "nginx-unprivileged": http(8080),
  httpd: http(80),
  caddy: http(80),
  traefik: http(80),
  haproxy: http(80),
  envoy: http(10000),
  wordpress: http(80),
  nextcloud: http(80),
  drupal: http(80),
  joomla: http(80),
  ghost: http(2368),
  gitea: http(3000),
  grafana: http(3000),
  prometheus: http(9090),
  alertmanager: http(9093),
  kibana: http(5601),
  logstash: tcp(5044),
  adminer: http(8080),
  pgadmin4: http(80),
  phpmyadmin: http(80),
  "mongo-express": http(8081),
  portainer: http(9000),
  "portainer-ce": http(9000),
  minio: http(9000),
  keycloak: http(8080),
  tomcat: http(8080),
  jenkins: http(8080),
  sonarqube: http(9000),
  registry: http(5000),
  whoami: http(80),
  "http-echo": http(5678),
  httpbin: http(80),
  jaeger: http(16686),
  "all-in-one": http(16686),
  plex: http(32400),
  pihole: http(80),
};

/** `null` where the image is not known. `image` as Compose has it: registry, repository, tag and digest. */
export function knownImage(image: string | null): KnownImage | null {
  if (image === null) return null;
  const repository = image.split("@")[0]?.replace(/:[^/:]*$/u, "") ?? "";
  const name = repository.split("/").at(-1) ?? "";
  if (name === "server" && !/mssql/iu.test(repository)) return null;
  return Object.hasOwn(knownImages, name) ? (knownImages[name] ?? null) : null;
}

/** Ports of databases, caches and brokers by registration and custom: never opened to the world unasked. */
const privatePorts: ReadonlySet<number> = new Set([
  1433, 1521, 2181, 2375, 2376, 2379, 3306, 5432, 5984, 6379, 7000, 8086, 9042, 9200, 9300, 11211, 26257, 27017, 33060,
  // debuggers: Node.js, Python, Java, Delve
  9229, 9230, 5678, 5005, 2345,
]);
/** Ports that speak something else than HTTP by registration and custom. */
const tcpPorts: ReadonlySet<number> = new Set([
  21, 22, 23, 25, 53, 110, 143, 389, 465, 587, 636, 853, 993, 995, 1883, 2222, 3389, 4222, 5044, 5672, 8883, 9092,
  25565,
]);

/** True where the published port is a database's or a debugger's. */
export function isPrivatePort(image: string | null, target: number): boolean {
  const known = knownImage(image);
  const own = known?.ports.includes(target) === true;
  // a web server may listen where a database would by custom, and says so by its own port alone
  return known?.kind === "database" || known?.kind === "broker"
    ? own || privatePorts.has(target)
    : privatePorts.has(target) && !own;
}

/** What a published TCP port speaks where `app_protocol` does not say it. */
export function guessProtocol(image: string | null, target: number): "http" | "tcp" {
  const known = knownImage(image);
  if (known?.ports.includes(target)) return known.protocol;
  return tcpPorts.has(target) || privatePorts.has(target) ? "tcp" : "http";
}
