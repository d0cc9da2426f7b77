/** A service that says `managed`, on each tier: what is made in its container's place, and what the plan says of its keys. */
import assert from "node:assert/strict";

import { type TierName, tierNames } from "../../../../app/tiers";
import { tiers } from "../../../../components/tiers";
import { type Input, onTier } from "../../../support/on-tier";
import type { Recorded } from "../../../support/record";

const INSTANCE = "aws:rds/instance:Instance";
const CLUSTER = "aws:rds/cluster:Cluster";
const CLUSTER_INSTANCE = "aws:rds/clusterInstance:ClusterInstance";
const CACHE = "aws:elasticache/replicationGroup:ReplicationGroup";
const DOCUMENTS = "aws:docdb/cluster:Cluster";
const LIGHTSAIL = "aws:lightsail/database:Database";
const LOGS = "aws:cloudwatch/logGroup:LogGroup";
const SECRET = "aws:secretsmanager/secret:Secret";
const SECRET_VERSION = "aws:secretsmanager/secretVersion:SecretVersion";
const SUBNET = "aws:ec2/subnet:Subnet";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";

const PASSWORD = "planted-password-1";
const inVpc: readonly TierName[] = ["beanstalk", "ecs-ec2", "eks", "eks-fargate", "fargate"];
const onLightsail: readonly TierName[] = ["lightsail", "lightsail-vm"];

const web = (environment: object, more = "") => `
  web:
    image: nginx:1.29
    ports: ["8080:80"]
    expose: ["80"]
    environment: ${JSON.stringify(environment)}
    ${more}`;
const POSTGRES = {
  image: "postgres:17-alpine",
  environment: { POSTGRES_USER: "shop", POSTGRES_PASSWORD: "${PW}", POSTGRES_DB: "orders" },
};
const URL = { DATABASE_URL: "postgres://shop:${PW}@db:5432/orders", DB_HOST: "db" };

/** A database beside a service that is told `told`. */
function shop(db: object, managed: unknown, told: object = {}, more: Partial<Input> = {}): Input {
  return {
    compose: `services:${web(told)}\n  other:\n    image: httpd:2.4\n    expose: ["80"]\n  db: ${JSON.stringify(db)}\nvolumes:\n  data:\n`,
    secrets: ["PW"],
    ...more,
    config: { data: "delete", ...more.config, services: { db: { managed } } },
  };
}
const postgres = (managed: unknown = true, more: Partial<Input> = {}) => shop(POSTGRES, managed, URL, more);

const { record, findings, said, read } = onTier(tiers.fargate);

/** The data's resources, with what they are parts of. */
const dataOf = (made: Recorded) =>
  made.resources
    .filter(({ name, type }) => /-database|-isolated/u.test(name) && type !== INGRESS)
    .map(({ urn, inputs }) => ({ urn, inputs }))
    .sort((a, b) => (a.urn < b.urn ? -1 : 1));

describe("a managed database", () => {
  for (const tier of tierNames) {
    const on = onTier(tiers[tier]);
    const config =
      tier === "ecs-anywhere" ? { "ecs-anywhere": { activation: { count: 1, expires: "2027-01-15T00:00:00Z" } } } : {};

    it(`on ${tier} is where the tier's containers reach it, or is refused`, async () => {
      const made = await on.record(postgres(true, { config }));
      assert.equal(made.all(INSTANCE).length, inVpc.includes(tier) ? 1 : 0);
      assert.equal(made.all(LIGHTSAIL).length, onLightsail.includes(tier) ? 1 : 0);
      const all = JSON.stringify(made.resources.map(({ inputs }) => inputs));
      if (tier === "ecs-anywhere") {
        assert.match(on.said(postgres(true, { config }), "db", "x-spectrum.managed").join(), /^refused: the machines/u);
        assert.ok(all.includes("postgres:17-alpine"), "accepted, its container runs");
        return;
      }
      assert.equal(all.includes("postgres:17-alpine"), false, "there is no container");
      assert.equal("db" in on.read(postgres(true, { config })).app.services, false);
      const database = made.one(inVpc.includes(tier) ? INSTANCE : LIGHTSAIL);
      const others = made.resources.filter(({ type, name }) => name !== database.name && type !== SECRET_VERSION);
      const told = others.filter(({ inputs }) => JSON.stringify(inputs).includes(`${database.urn}.`));
      assert.ok(told.length > 0, "somebody is told its host");
    });
  }

  it("has the same resources, under the same URNs and with the same inputs, on every tier in the VPC", async () => {
    const all: ReturnType<typeof dataOf>[] = [];
    for (const tier of inVpc) all.push(dataOf(await onTier(tiers[tier]).record(postgres())));
    const [first, ...others] = all;
    assert.ok(first && first.length > 8);
    for (const other of others) assert.deepEqual(other, first);
    assert.equal(
      first.some(({ urn }) => inVpc.some((tier) => urn.includes(tier))),
      false,
      "no tier's name in a URN",
    );
  });

  it("is private, encrypted, and lets in the services that name it alone", async () => {
    const made = await record(postgres());
    const { inputs, options } = made.one(INSTANCE);
    const { vpcSecurityGroupIds, dbSubnetGroupName, parameterGroupName, password, tags, ...rest } = inputs;
    assert.ok(tags);
    assert.deepEqual(rest, {
      identifier: "spectrum-dev-shop-db",
      engine: "postgres",
      engineVersion: "17",
      instanceClass: "db.t4g.micro",
      allocatedStorage: 20,
      maxAllocatedStorage: 100,
      storageType: "gp3",
      storageEncrypted: true,
      dbName: "orders",
      username: "shop",
      port: 5432,
      publiclyAccessible: false,
      multiAz: false,
      backupRetentionPeriod: 7,
      copyTagsToSnapshot: true,
      deletionProtection: false,
      skipFinalSnapshot: true,
      autoMinorVersionUpgrade: true,
      allowMajorVersionUpgrade: true,
      applyImmediately: true,
      enabledCloudwatchLogsExports: ["postgresql", "upgrade"],
      caCertIdentifier: "rds-ca-rsa2048-g1",
    });
    assert.equal(options?.protect, undefined);
    assert.deepEqual(password, { $secret: "PW" });
    const group = made.one("aws:ec2/securityGroup:SecurityGroup", "shop-db-database");
    assert.deepEqual(vpcSecurityGroupIds, [made.output(group, "id")]);
    const rules = made
      .all(INGRESS)
      .filter(({ inputs: { securityGroupId } }) => JSON.stringify(securityGroupId).includes(group.urn));
    assert.deepEqual(
      rules.map(({ name, inputs: { fromPort, toPort, cidrIpv4 } }) => [name, fromPort, toPort, cidrIpv4]),
      [["shop-web-db-database", 5432, 5432, undefined]],
    );
    const subnets = made.one("aws:rds/subnetGroup:SubnetGroup");
    assert.deepEqual(dbSubnetGroupName, made.output(subnets, "name"));
    const isolated = made.all(SUBNET).filter(({ name }) => name.startsWith("platform-network-isolated"));
    assert.deepEqual(
      isolated.map(({ inputs: { cidrBlock } }) => cidrBlock),
      ["10.0.48.0/20", "10.0.112.0/20"],
    );
    assert.deepEqual(
      subnets.inputs.subnetIds,
      isolated.map((subnet) => made.output(subnet, "id")),
    );
    const parameters = made.one("aws:rds/parameterGroup:ParameterGroup");
    assert.deepEqual(parameterGroupName, made.output(parameters, "name"));
    assert.equal(parameters.inputs.family, "postgres17");
    assert.deepEqual(parameters.inputs.parameters, [{ name: "rds.force_ssl", value: "0", applyMethod: "immediate" }]);
  });

  it("has log groups with a retention before it is there, and a secret with its connection", async () => {
    const made = await record(postgres());
    const groups = made.all(LOGS).filter(({ name }) => name.startsWith("shop-db-database"));
    assert.deepEqual(
      groups.map(({ inputs: { name, retentionInDays } }) => [name, retentionInDays]),
      [
        ["/aws/rds/instance/spectrum-dev-shop-db/postgresql", 14],
        ["/aws/rds/instance/spectrum-dev-shop-db/upgrade", 14],
      ],
    );
    const before = made.dependencyNames(made.one(INSTANCE));
    for (const { name } of groups) assert.ok(before.includes(name), name);
    const secret = made.one(SECRET, "shop-db-database");
    assert.equal(secret.inputs.recoveryWindowInDays, 0);
    const version = made.one(SECRET_VERSION, "shop-db-database");
    assert.deepEqual(version.inputs.secretId, made.output(secret, "id"));
    assert.deepEqual(Object.keys(version.inputs.secretString as object), ["$secret"]);
  });

  it("makes the password by itself, where no other service is given it", async () => {
    const made = await record(shop(POSTGRES, true, { HOST: "db" }));
    const { inputs } = made.one(INSTANCE);
    assert.equal(inputs.manageMasterUserPassword, true);
    assert.equal(inputs.password, undefined);
    assert.equal(made.all(SECRET).length, 0, "RDS keeps its own");
    assert.match(said(shop(POSTGRES, true), "db", "environment.POSTGRES_PASSWORD").join(), /^changed: .*each week/u);
  });

  it("is kept where its data is, and ends with a snapshot where the environment is protected", async () => {
    const kept = await record(postgres(true, { config: { data: "keep" } }));
    assert.equal(kept.one(INSTANCE).options?.protect, true);
    assert.equal(kept.one(INSTANCE).inputs.skipFinalSnapshot, false);
    assert.equal(kept.one(SECRET).inputs.recoveryWindowInDays, 30);
    const { inputs } = (await record(postgres(true, { protected: true }))).one(INSTANCE);
    assert.deepEqual(
      [
        inputs.deletionProtection,
        inputs.multiAz,
        inputs.backupRetentionPeriod,
        inputs.skipFinalSnapshot,
        inputs.finalSnapshotIdentifier,
        inputs.applyImmediately,
      ],
      [true, true, 30, false, "spectrum-dev-shop-db-final", false],
    );
  });

  it("takes each option into its inputs", async () => {
    const made = await record(
      postgres({ version: "16.2", class: "db.t4g.small", storage: 200, backupDays: 3, multiZone: true, tls: true }),
    );
    const { inputs } = made.one(INSTANCE);
    assert.deepEqual(
      [
        inputs.engineVersion,
        inputs.instanceClass,
        inputs.allocatedStorage,
        inputs.maxAllocatedStorage,
        inputs.backupRetentionPeriod,
        inputs.multiAz,
      ],
      ["16", "db.t4g.small", 200, 400, 3, true],
    );
    const { parameters, family } = made.one("aws:rds/parameterGroup:ParameterGroup").inputs;
    assert.equal(family, "postgres16");
    assert.deepEqual(parameters, [{ name: "rds.force_ssl", value: "1", applyMethod: "immediate" }]);
  });

  it("says kept only of what changes an input", async () => {
    const changes: readonly (readonly [string, object])[] = [
      ["environment.POSTGRES_USER", { environment: { ...POSTGRES.environment, POSTGRES_USER: "another" } }],
      ["environment.POSTGRES_DB", { environment: { ...POSTGRES.environment, POSTGRES_DB: "another" } }],
      ["environment.POSTGRES_PASSWORD", { environment: { ...POSTGRES.environment, POSTGRES_PASSWORD: "${PW}x" } }],
      ["command", { command: ["-c", "work_mem=8MB"] }],
    ];
    const first = { ...POSTGRES, command: ["-c", "work_mem=4MB"] };
    const inputs = (made: Recorded) => JSON.stringify(dataOf(made));
    const before = await record(shop(first, true, URL));
    const kept = findings(shop(first, true, URL)).filter(
      ({ service, outcome }) => service === "db" && outcome === "kept",
    );
    assert.deepEqual([...new Set(kept.map(({ key }) => key))].sort(), changes.map(([key]) => key).sort());
    for (const [key, change] of changes) {
      if (key === "environment.POSTGRES_PASSWORD") continue; // a secret's value is in no plan: below
      assert.notEqual(inputs(await record(shop({ ...first, ...change }, true, URL))), inputs(before), key);
    }
    const other = { ...POSTGRES.environment, POSTGRES_PASSWORD: "${OTHER}" };
    const told = { U: "postgres://shop:${OTHER}@db/orders" };
    const made = await record({ ...shop({ ...first, environment: other }, true, told), secrets: ["PW", "OTHER"] });
    assert.deepEqual(made.one(INSTANCE).inputs.password, { $secret: "OTHER" });
  });

  it("listens on the port that the others call", async () => {
    const made = await record(shop(POSTGRES, true, { U: "postgres://shop:${PW}@db:6000/orders" }));
    assert.equal(made.one(INSTANCE).inputs.port, 6000);
    const lightsail = onTier(tiers.lightsail).findings(shop(POSTGRES, true, { U: "postgres://db:6000/orders" }));
    assert.match(
      lightsail.find(({ service, key }) => service === "db" && key === "expose")?.reason ?? "",
      /listens on 5432 alone, not on 6000/u,
    );
  });

  it("takes its place in an existing VPC's private subnets", async () => {
    const made = await record(postgres(true, { platform: { vpcId: "vpc-0123456789abcdef0" } }));
    assert.equal(made.all(SUBNET).length, 0);
    assert.equal(made.all("aws:rds/subnetGroup:SubnetGroup").length, 1);
  });

  it("leaves an app without one as it is: no subnet of its own", async () => {
    const made = await record(postgres(false));
    assert.equal(
      made.resources.some(({ name }) => name.includes("isolated")),
      false,
    );
    assert.equal("db" in read(postgres(false)).app.services, true);
    assert.deepEqual(read(postgres(false)).backing, []);
  });

  it("hides a password that stands in the Compose file: its own resources show it nowhere", async () => {
    for (const tier of [...inVpc, ...onLightsail]) {
      const environment = { ...POSTGRES.environment, POSTGRES_PASSWORD: PASSWORD };
      const input = {
        ...shop({ ...POSTGRES, environment }, true, { PGPASSWORD: PASSWORD, PGHOST: "db" }),
        secrets: [],
      };
      const on = onTier(tiers[tier]);
      const made = await on.record(input);
      const own = made.resources.filter(({ name }) => name.startsWith("shop-db-database"));
      assert.ok(own.length >= 3);
      assert.equal(JSON.stringify(own).includes(PASSWORD), false, tier);
      const about = on.findings(input).filter(({ service }) => service === "db");
      assert.equal(JSON.stringify(about).includes(PASSWORD), false);
    }
  });
});

describe("a managed database of another engine", () => {
  it("is MySQL's or MariaDB's own user, with logs in files and no demand for TLS", async () => {
    const db = {
      image: "mysql:8.4",
      environment: { MYSQL_USER: "app", MYSQL_PASSWORD: "${PW}", MYSQL_DATABASE: "app" },
      command: ["--character-set-server=utf8mb4"],
    };
    const made = await record(shop(db, true, { U: "mysql://app:${PW}@db:3306/app" }));
    const { engine, engineVersion, username, dbName, port } = made.one(INSTANCE).inputs;
    assert.deepEqual([engine, engineVersion, username, dbName, port], ["mysql", "8.4", "app", "app", 3306]);
    const { family, parameters } = made.one("aws:rds/parameterGroup:ParameterGroup").inputs;
    assert.equal(family, "mysql8.4");
    assert.deepEqual(
      (parameters as { name: string; value: string }[]).map(({ name, value }) => `${name}=${value}`),
      ["character_set_server=utf8mb4", "log_output=FILE", "require_secure_transport=0", "slow_query_log=1"],
    );
  });

  it("is a cluster on Aurora that pauses, and does not where the environment is protected", async () => {
    const capacity = (made: Recorded) => made.one(CLUSTER).inputs.serverlessv2ScalingConfiguration;
    const made = await record(postgres({ engine: "aurora" }));
    assert.deepEqual(capacity(made), { minCapacity: 0, maxCapacity: 4 });
    assert.equal(made.all(CLUSTER_INSTANCE).length, 1);
    const { engine, instanceClass, publiclyAccessible } = made.one(CLUSTER_INSTANCE).inputs;
    assert.deepEqual([engine, instanceClass, publiclyAccessible], ["aurora-postgresql", "db.serverless", false]);
    const { inputs } = made.one(CLUSTER);
    assert.deepEqual(
      [inputs.masterUsername, inputs.databaseName, inputs.storageEncrypted, inputs.engineVersion, inputs.port],
      ["shop", "orders", true, "17", 5432],
    );
    const safe = await record(postgres({ engine: "aurora" }, { protected: true }));
    assert.deepEqual(capacity(safe), { minCapacity: 0.5, maxCapacity: 4 });
    assert.equal(safe.all(CLUSTER_INSTANCE).length, 2);
    const given = await record(postgres({ engine: "aurora", class: "db.r8g.large" }));
    assert.equal(capacity(given), undefined);
    assert.equal(given.one(CLUSTER_INSTANCE).inputs.instanceClass, "db.r8g.large");
  });

  it("is a cache on ElastiCache, encrypted, with TLS for whoever asks for it", async () => {
    const command = ["redis-server", "--requirepass", "${PW}", "--maxmemory-policy", "allkeys-lru"];
    const made = await record(shop({ image: "redis:7.1", command }, true, { U: "redis://:${PW}@db:6379" }));
    const { inputs } = made.one(CACHE);
    assert.deepEqual(
      [
        inputs.replicationGroupId,
        inputs.engine,
        inputs.engineVersion,
        inputs.nodeType,
        inputs.numCacheClusters,
        inputs.automaticFailoverEnabled,
        inputs.atRestEncryptionEnabled,
        inputs.transitEncryptionEnabled,
        inputs.transitEncryptionMode,
        inputs.snapshotRetentionLimit,
        inputs.authToken,
      ],
      [
        "spectrum-dev-shop-db",
        "redis",
        "7.1",
        "cache.t4g.micro",
        1,
        false,
        true,
        true,
        "preferred",
        7,
        { $secret: "PW" },
      ],
    );
    const { family, parameters } = made.one("aws:elasticache/parameterGroup:ParameterGroup").inputs;
    assert.equal(family, "redis7");
    assert.deepEqual(parameters, [{ name: "maxmemory-policy", value: "allkeys-lru" }]);
    const log = made.all(LOGS).find(({ name }) => name === "shop-db-database-slow-log");
    assert.equal(log?.inputs.name, "/spectrum/dev/shop/db/slow-log");
    const safe = await record(shop({ image: "valkey/valkey:8" }, { tls: true }, {}, { protected: true }));
    const { numCacheClusters, multiAzEnabled, transitEncryptionMode, engine } = safe.one(CACHE).inputs;
    assert.deepEqual(
      [numCacheClusters, multiAzEnabled, transitEncryptionMode, engine],
      [2, true, "required", "valkey"],
    );
  });

  it("says whether a cache's snapshots are as its command has them", () => {
    const saved = (save: string, managed: unknown) =>
      said(shop({ image: "redis:7.1", command: ["--save", save] }, managed), "db", "command").join();
    assert.match(saved("", true), /^kept: no snapshots/u);
    assert.match(saved("", { backupDays: 2 }), /^changed: a snapshot is taken each day/u);
    assert.match(saved("60 1", true), /^changed: a snapshot is taken each day/u);
  });

  it("keeps a cache's own policy, and no snapshots where the container keeps none", async () => {
    const made = await record(shop({ image: "redis:7.1", command: ["redis-server", "--save", ""] }, true));
    assert.equal(made.one(CACHE).inputs.snapshotRetentionLimit, 0);
    const { parameters } = made.one("aws:elasticache/parameterGroup:ParameterGroup").inputs;
    assert.deepEqual(parameters, [{ name: "maxmemory-policy", value: "noeviction" }]);
    assert.equal(made.one(CACHE).inputs.authToken, undefined);
    assert.equal(made.all(SECRET).length, 0);
  });

  it("has TLS in Redis 6.2 where all use it alone, and a password with it alone", async () => {
    const old = (managed: unknown) => shop({ image: "redis:6.2", command: ["--requirepass", "${PW}"] }, managed);
    assert.match(said(old(true), "db", "command").join(), /^refused: .*passwords with TLS alone/u);
    assert.doesNotMatch(said(old({ tls: true }), "db", "command").join(), /refused/u);
    const made = await record(shop({ image: "redis:6.2" }, true));
    assert.equal(made.one(CACHE).inputs.transitEncryptionEnabled, false);
  });

  it("is DocumentDB where the user asks for it, whose URLs retry no writes", async () => {
    const environment = { MONGO_INITDB_ROOT_USERNAME: "top", MONGO_INITDB_ROOT_PASSWORD: "${PW}" };
    const told = (options: string) => ({ U: `mongodb://top:\${PW}@db:27017/${options}` });
    const mongo = (managed: unknown, options = "?retryWrites=false") =>
      shop({ image: "mongo:5", environment }, managed, told(options));
    const made = await record(mongo({ engine: "documentdb" }));
    const { engine, engineVersion, masterUsername, masterPassword, storageEncrypted, port } =
      made.one(DOCUMENTS).inputs;
    assert.deepEqual(
      [engine, engineVersion, masterUsername, masterPassword, storageEncrypted, port],
      ["docdb", "5.0.0", "top", { $secret: "PW" }, true, 27017],
    );
    assert.equal(made.one("aws:docdb/clusterInstance:ClusterInstance").inputs.instanceClass, "db.t4g.medium");
    const { parameters } = made.one("aws:docdb/clusterParameterGroup:ClusterParameterGroup").inputs;
    assert.deepEqual(
      (parameters as { name: string; value: string }[]).map(({ name, value }) => `${name}=${value}`),
      ["profiler=enabled", "tls=disabled"],
    );
    const outcomes = (input: Input) =>
      findings(input)
        .filter(({ service, key }) => service === "web" && key === "environment.U")
        .map(({ outcome }) => outcome);
    assert.deepEqual(outcomes(mongo({ engine: "documentdb" }, "")), ["refused", "changed"]);
    assert.deepEqual(outcomes(mongo({ engine: "documentdb" })), ["changed"]);
    assert.match(said(mongo(true), "db", "x-spectrum.managed").join(), /^refused: AWS has no MongoDB/u);
  });

  it("is a Lightsail database, private, with its second zone in the bundle", async () => {
    const on = onTier(tiers.lightsail);
    const made = await on.record(postgres());
    const { masterPassword, tags, ...rest } = made.one(LIGHTSAIL).inputs;
    assert.ok(tags);
    assert.deepEqual(masterPassword, { $secret: "PW" });
    assert.deepEqual(rest, {
      relationalDatabaseName: "spectrum-dev-shop-db",
      blueprintId: "postgres_17",
      bundleId: "micro_2_0",
      masterDatabaseName: "orders",
      masterUsername: "shop",
      publiclyAccessible: false,
      backupRetentionEnabled: true,
      skipFinalSnapshot: true,
      applyImmediately: true,
    });
    const safe = await on.record(postgres({ class: "small_2_0" }, { protected: true }));
    const { bundleId, skipFinalSnapshot, finalSnapshotName } = safe.one(LIGHTSAIL).inputs;
    assert.deepEqual(
      [bundleId, skipFinalSnapshot, finalSnapshotName],
      ["small_ha_2_0", false, "spectrum-dev-shop-db-final"],
    );
  });
});

describe("the keys of a managed service", () => {
  const db = {
    ...POSTGRES,
    ports: ["5432:5432"],
    expose: ["5432"],
    volumes: [
      "data:/var/lib/postgresql/data",
      { type: "bind", source: "./init", target: "/docker-entrypoint-initdb.d" },
      { type: "bind", source: "./pg.conf", target: "/etc/postgresql/postgresql.conf" },
    ],
    healthcheck: { test: ["CMD", "pg_isready"] },
    restart: "always",
    hostname: "pg",
    shm_size: "128m",
    logging: { driver: "json-file" },
    deploy: { replicas: 2, resources: { limits: { memory: "1g" } } },
    labels: { a: "b" },
    entrypoint: ["/start.sh"],
    environment: {
      ...POSTGRES.environment,
      PGDATA: "/x",
      POSTGRES_INITDB_ARGS: "--locale=C",
      POSTGRES_HOST_AUTH_METHOD: "trust",
    },
  };
  const outcomes = (input: Input) =>
    new Map(
      findings(input)
        .filter(({ service }) => service === "db")
        .map((found) => [found.key, found]),
    );

  it("each have a finding, with a remedy where they are not kept", () => {
    const found = outcomes(shop(db, true, URL));
    const expected: Readonly<Record<string, string>> = {
      image: "changed",
      "ports[0].target": "changed",
      expose: "changed",
      "volumes[0].target": "changed",
      "volumes[1].target": "refused",
      "volumes[2].target": "refused",
      "healthcheck.test": "changed",
      restart: "changed",
      hostname: "changed",
      shm_size: "changed",
      "logging.driver": "changed",
      "deploy.replicas": "changed",
      "deploy.resources.limits.memory": "changed",
      "labels.a": "changed",
      entrypoint: "refused",
      "environment.POSTGRES_USER": "kept",
      "environment.POSTGRES_PASSWORD": "kept",
      "environment.POSTGRES_DB": "kept",
      "environment.PGDATA": "changed",
      "environment.POSTGRES_INITDB_ARGS": "refused",
      "environment.POSTGRES_HOST_AUTH_METHOD": "refused",
      "x-spectrum.managed.tls": "changed",
    };
    assert.deepEqual(Object.fromEntries([...found].map(([key, { outcome }]) => [key, outcome])), expected);
    for (const [key, { outcome, remedy }] of found) if (outcome !== "kept") assert.notEqual(remedy, "", key);
    assert.match(found.get("volumes[1].target")?.remedy ?? "", /as a job or by hand; or accept it/u);
    assert.match(found.get("image")?.reason ?? "", /db\.t4g\.micro, 11\.68 USD a month/u);
    const top = findings(shop(db, true, URL)).find(({ key }) => key.startsWith("volumes.data"));
    assert.match(top?.reason ?? "", /the managed service keeps the data/u);
  });

  it("that the tier would say something of are the managed service's own: no finding twice", () => {
    const keys = findings(shop(db, true, URL)).map(({ service, key }) => `${String(service)} ${key}`);
    assert.deepEqual(keys, [...new Set(keys)]);
  });

  it("of the config are left out or refused", () => {
    const input = shop(POSTGRES, true, URL);
    const config = { services: { db: { managed: true, size: { cpu: 1 }, scale: { max: 2 }, bucket: true } } };
    const found = outcomes({ ...input, config });
    assert.deepEqual(
      ["size", "scale", "bucket"].map((key) => found.get(`x-spectrum.${key}`)?.outcome),
      ["changed", "changed", "refused"],
    );
  });

  it("refuse a host of the entry, a class of another service, and an option that the service has not", () => {
    const hosts = [{ host: "db.example.com", service: "db", port: 5432 }];
    const entry = shop(POSTGRES, true, URL, { config: { hosts } });
    assert.match(said(entry, null, "hosts[0]").join(), /^refused: db is managed, and never public/u);
    assert.deepEqual(read(entry).placement.hosts, []);
    const wrong = outcomes(postgres({ class: "cache.t4g.micro" }));
    assert.equal(wrong.get("x-spectrum.managed.class")?.outcome, "refused");
    const storage = outcomes(postgres({ engine: "aurora", storage: 100 }));
    assert.equal(storage.get("x-spectrum.managed.storage")?.outcome, "changed");
  });

  it("keep a volume that another service mounts", () => {
    const compose = `services:${web(URL, 'volumes: ["data:/backup"]')}\n  db: ${JSON.stringify({ ...POSTGRES, volumes: ["data:/var/lib/postgresql/data"] })}\nvolumes:\n  data:\n`;
    const shared = read({ ...postgres(), compose });
    assert.deepEqual(Object.keys(shared.app.volumes), ["data"]);
    const alone = read(shop({ ...POSTGRES, volumes: ["data:/var/lib/postgresql/data"] }, true, URL));
    assert.deepEqual(alone.app.volumes, {});
    assert.deepEqual(alone.app.canonical.volumes, {});
  });

  it("are those of a container where managed is refused", () => {
    const input = shop({ ...POSTGRES, image: "postgres:12" }, true, URL);
    assert.deepEqual(
      said(input, "db", "image").map((one) => one.split(":")[0]),
      ["kept", "refused"],
    );
    assert.equal("db" in read(input).app.services, true);
  });
});
