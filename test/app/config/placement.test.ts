import assert from "node:assert/strict";
import { z } from "zod";
import { defaultUsage } from "../../../app/config/schema";
import { merge, readPlacement, type TierSettings } from "../../../app/config/placement";
import type { EnvironmentConfig } from "../../../app/config/types";
import { InputError } from "../../../app/finding";
import { tierNames } from "../../../app/tiers";
import type { App } from "../../../app/model";
import { appOf, environmentOf, plainService, port, service } from "../../support/app";

const any = z.record(z.string(), z.unknown());
const settings: TierSettings = {
  ...(Object.fromEntries(tierNames.map((name) => [name, any])) as unknown as TierSettings),
  lightsail: z.strictObject({ power: z.enum(["nano", "micro"]).default("nano") }),
  fargate: z.strictObject({ spot: z.number().default(0) }),
};
const web = service("web", { ports: [port(8080, { published: 80 })] });
const shop = appOf([web, service("db", { image: "postgres:16" })]);

function environment(rest: Record<string, unknown>, defaultTier: string | null = "fargate"): EnvironmentConfig {
  const config = {
    compose: ["c"],
    release: null,
    profiles: [],
    variables: {},
    rest,
    defaultTier,
    defaultTimeToFail: 600,
  };
  return environmentOf({ apps: { shop: config } });
}
const read = (rest: Record<string, unknown>, app: App = shop, tier: string | null = "fargate") =>
  readPlacement(app, environment(rest, tier), settings);

function problems(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof InputError)
      return error.problems.map(
        (p) => `${p.location ? `${p.location.file}:${p.location.line} ` : ""}${p.key}: ${p.message}`,
      );
    throw error;
  }
  return [];
}

describe("readPlacement", () => {
  it("fills in every default", () => {
    const { environment: _, ...placement } = read({});
    assert.deepEqual(placement, {
      app: "shop",
      tier: "fargate",
      hosts: [],
      redirects: [],
      cdn: null,
      data: "keep",
      timeToFail: 600,
      hours: null,
      services: { web: plainService, db: plainService },
      budget: null,
      usage: defaultUsage,
      signals: null,
      settings: { spot: 0 },
      accept: [],
      overrides: [],
    });
  });

  it("takes the app's words on its use over the environment's, and those over the defaults", () => {
    const said = environment({ budget: 40, usage: { requests: 5, replicas: null } });
    const placement = readPlacement(shop, { ...said, usage: { ...defaultUsage, requests: 7, hours: 8 } }, settings);
    const { usage, budget } = placement;
    assert.deepEqual(usage, { ...defaultUsage, requests: 5, hours: 8 });
    assert.equal(budget, 40);
  });

  it("takes the app's tier before the environment's", () => {
    assert.equal(read({ tier: "lightsail" }).tier, "lightsail");
    assert.equal(read({}).tier, "fargate");
  });

  it("reads the chosen tier's settings and accepted losses", () => {
    const rest = { tier: "lightsail", lightsail: { power: "micro", accept: ["db.volumes"] }, fargate: { spot: 50 } };
    const { settings: own, accept } = read(rest);
    assert.deepEqual([own, accept], [{ power: "micro" }, ["db.volumes"]]);
  });

  it("gives each service its own words before the app's", () => {
    const placement = read({
      size: { cpu: 1 },
      scale: { max: 3 },
      services: {
        db: { size: { memory: "1g" }, scale: { min: 2, max: 2, requests: 100 }, deployment: { strategy: "canary" } },
      },
    });
    assert.equal(placement.services.web?.cpu, 1);
    assert.deepEqual(placement.services.web?.scale, {
      min: 1,
      max: 3,
      cpu: 60,
      memory: null,
      requests: null,
      schedule: [],
    });
    assert.deepEqual([placement.services.db?.cpu, placement.services.db?.memory], [1, 1024]);
    assert.equal(placement.services.db?.scale?.requests, 100);
    assert.deepEqual(placement.services.db?.deployment, {
      strategy: "canary",
      bakeMinutes: 5,
      canaryPercent: 5,
      canaryBakeMinutes: 10,
    });
  });

  it("merges x-spectrum with the config, which wins: maps deeply, lists whole", () => {
    const app = appOf([{ ...web, extension: { size: { cpu: 2 }, policies: ["arn:aws:iam::aws:policy/A"] } }], {
      extension: { tier: "lightsail", lightsail: { power: "micro", accept: ["a", "b"] } },
    });
    const placement = read({ lightsail: { accept: ["c"] }, services: { web: { size: { memory: 256 } } } }, app);
    assert.equal(placement.tier, "lightsail");
    assert.deepEqual([placement.settings, placement.accept], [{ power: "micro" }, ["c"]]);
    assert.deepEqual([placement.services.web?.cpu, placement.services.web?.memory], [2, 256]);
    assert.deepEqual(placement.services.web?.policies, ["arn:aws:iam::aws:policy/A"]);
    assert.deepEqual(merge({ a: { b: 1, c: [1, 2] } }, { a: { c: [3] } }), { a: { b: 1, c: [3] } });
  });

  it("leads a domain to the main HTTP port, and a host to its service's", () => {
    assert.deepEqual(read({ domain: "shop.example.com" }).hosts, [
      { host: "shop.example.com", path: "/", priority: null, service: "web", port: 8080 },
    ]);
    assert.deepEqual(read({ hosts: [{ host: "db.example.com", path: "/x/", service: "db" }] }).hosts, [
      { host: "db.example.com", path: "/x", priority: null, service: "db", port: 5432 },
    ]);
  });

  it("reads a distribution with every default, and names that redirect", () => {
    const every = { priceClass: "PriceClass_100", cache: [], compress: true, logs: false, webAcl: null, direct: false };
    assert.deepEqual(read({ cdn: true }).cdn, every);
    assert.equal(read({ cdn: false }).cdn, null);
    const cache = [{ path: "/a/*" }, { path: "/b", ttl: "1h30m" }];
    assert.deepEqual(read({ cdn: { cache } }).cdn?.cache, [
      { path: "/a/*", ttl: 86_400 },
      { path: "/b", ttl: 5400 },
    ]);
    const hosts = [
      { host: "example.com", redirectFrom: ["www.example.com", "example.org"] },
      { host: "a.example.com", service: "db" },
    ];
    assert.deepEqual(read({ hosts }).redirects, [
      { from: "www.example.com", to: "example.com" },
      { from: "example.org", to: "example.com" },
    ]);
  });

  const cases: [string, Record<string, unknown>, RegExp[]][] = [
    [
      "a name that leads and redirects",
      { hosts: [{ host: "a.example.com", redirectFrom: ["b.example.com"] }, { host: "b.example.com" }] },
      [/^spectrum:apps\.shop\.hosts\[0\]\.redirectFrom\[0\]: b\.example\.com is a host of the app/],
    ],
    [
      "a name that redirects twice",
      { hosts: [{ host: "a.example.com", redirectFrom: ["b.example.com", "b.example.com"] }] },
      [/redirectFrom\[1\]: b\.example\.com redirects already/],
    ],
    [
      "a distribution of another kind",
      { cdn: { cache: [{ path: "assets" }] } },
      [/^spectrum:apps\.shop\.cdn\.cache\[0\]\.path: got "assets"; give a path such as \/assets\/\*/],
    ],
    [
      "a tier that is none",
      { tier: "fargat" },
      [/^spectrum:apps\.shop\.tier: got "fargat", which is no tier; did you mean fargate\?/],
    ],
    ["an unknown key", { domian: "x" }, [/^spectrum:apps\.shop\.domian: unknown key; did you mean domain\?/]],
    [
      "an unknown key of a service",
      { services: { web: { sice: {} } } },
      [/^spectrum:apps\.shop\.services\.web\.sice: unknown key; did you mean size\?/],
    ],
    [
      "a tier's unknown setting, though another tier is chosen",
      { lightsail: { powr: "nano" } },
      [/^spectrum:apps\.shop\.lightsail\.powr: unknown key/],
    ],
    [
      "a tier's wrong setting",
      { fargate: { spot: "half" } },
      [/^spectrum:apps\.shop\.fargate\.spot: got "half"; give a number$/],
    ],
    [
      "a service that the file lacks",
      { services: { wbe: {} } },
      [/^spectrum:apps\.shop\.services\.wbe: the Compose file has no such service; did you mean web\?/],
    ],
    [
      "such a service under a tier's name",
      { beanstalk: { services: { wbe: {} } } },
      [/^spectrum:apps\.shop\.beanstalk\.services\.wbe: the Compose file has no such service; did you mean web\?/],
    ],
    [
      "a host for such a service",
      { hosts: [{ host: "a.example.com", service: "x" }] },
      [/^spectrum:apps\.shop\.hosts\[0\]\.service: the Compose file has no service "x"/],
    ],
    [
      "a host in capitals",
      { domain: "Shop.example.com" },
      [/^spectrum:apps\.shop\.domain: got "Shop\.example\.com"; give a host name in lower case/],
    ],
    [
      "domain and hosts",
      { domain: "a.example.com", hosts: [{ host: "b.example.com" }] },
      [/^spectrum:apps\.shop\.domain: domain is short for one host/],
    ],
    [
      "one host twice",
      { hosts: [{ host: "a.example.com" }, { host: "a.example.com" }] },
      [/^spectrum:apps\.shop\.hosts\[1\]: a\.example\.com\/ is claimed by hosts\[0\] already/],
    ],
    ["more than there is", { scale: { min: 3, max: 2 } }, [/^spectrum:apps\.shop\.scale: min is above max$/]],
    [
      "a budget and a use that are none",
      { budget: -1, usage: { requests: "many", hours: 25, gbout: 1 } },
      [
        /^spectrum:apps\.shop\.budget: give more than 0/,
        /^spectrum:apps\.shop\.usage\.requests: got "many"; give a number/,
        /^spectrum:apps\.shop\.usage\.hours: got 25; give at most 24/,
        /^spectrum:apps\.shop\.usage\.gbout: unknown key; did you mean gbOut/,
      ],
    ],
    [
      "a managed service of no kind",
      { services: { db: { managed: "yes" } } },
      [/services\.db\.managed: .*give true, false, or \{ engine, version, class/],
    ],
    [
      "wrong options of a managed service",
      { services: { db: { managed: { engine: "oracle", version: "new", storage: 5, clas: "x" } } } },
      [
        /managed\.engine: got "oracle"; give aurora \(of postgres and mysql\) or documentdb/,
        /managed\.version: .*give a version such as "17"/,
        /managed\.storage: got 5; give at least 20/,
        /managed\.clas/,
      ],
    ],
    [
      "data: restore",
      { data: "restore" },
      [/^spectrum:apps\.shop\.data: .*restore is not built yet; give keep or delete$/],
    ],
    ["a wrong size", { size: { memory: "lots" } }, [/^spectrum:apps\.shop\.size\.memory: .*512m or 1g/]],
  ];
  for (const [what, rest, expected] of cases) {
    it(`refuses ${what}`, () => {
      const got = problems(() => read(rest));
      assert.equal(got.length, expected.length, got.join("\n"));
      for (const pattern of expected)
        assert.ok(
          got.some((g) => pattern.test(g)),
          `${String(pattern)} in\n${got.join("\n")}`,
        );
    });
  }

  it("refuses no tier at all", () => {
    assert.match(
      problems(() => read({}, shop, null))[0] ?? "",
      /^spectrum:apps\.shop\.tier: is missing; name the tier here or under spectrum:tier/,
    );
  });

  it("names the place in the Compose file where x-spectrum is at fault", () => {
    const locate = (path: string) => ({ file: "compose.yaml", line: path.length, column: 1 });
    const app = appOf([{ ...web, extension: { size: { cpu: "x" } } }], { extension: { tier: "nowhere" }, locate });
    const got = problems(() => read({}, app)).join("\n");
    assert.match(got, /^compose\.yaml:\d+ services\.web\.x-spectrum\.size\.cpu: got "x"; give a number$/m);
    assert.match(got, /^compose\.yaml:\d+ x-spectrum\.tier: got "nowhere", which is no tier/m);
  });

  describe("of queues", () => {
    const queue = (web: unknown, db?: unknown) => problems(() => read({ services: { web, ...(db ? { db } : {}) } }));

    it("fills in a queue's defaults", () => {
      assert.deepEqual(read({ services: { web: { queue: true } } }).services.web?.queue, {
        senders: [],
        variable: "QUEUE",
        fifo: false,
        visibilitySeconds: 300,
        retentionDays: 4,
        maxReceives: 5,
        scale: null,
      });
    });

    it("refuses two scales, an unknown sender, and two queues under one name", () => {
      assert.deepEqual(queue({ scale: { max: 2 }, queue: { scale: { max: 2 } } }), [
        "spectrum:apps.shop.services.web.queue.scale: web has scale too, and one of them must say how many run; leave one of the two out",
      ]);
      assert.deepEqual(queue({ queue: { senders: ["dbs"] } }), [
        "spectrum:apps.shop.services.web.queue.senders[0]: the Compose file has no such service; did you mean db? Allowed: db, web",
      ]);
      assert.deepEqual(queue({ queue: { senders: ["db"] } }, { queue: true }), [
        "spectrum:apps.shop.services.db.queue.variable: db is told of the queue of web in QUEUE_URL already; name another",
      ]);
      assert.deepEqual(queue({ queue: { senders: ["db", "web"] } }, { queue: { variable: "OTHER" } }), []);
    });

    it("refuses more steps than AWS takes, and a message that outlives its dead-letter queue", () => {
      const key = "spectrum:apps.shop.services.web.queue";
      assert.match(queue({ queue: { scale: { max: 20 } } })[0] ?? "", /20 steps from min to max/u);
      assert.deepEqual(queue({ queue: { scale: { min: 1, max: 20 } } }), []);
      assert.match(queue({ queue: { scale: { min: 3, max: 2 } } })[0] ?? "", /min is above max/u);
      assert.ok(queue({ queue: { retentionDays: 14 } })[0]?.startsWith(`${key}.retentionDays`));
      assert.deepEqual(queue({ queue: "yes" }).length, 1);
    });
  });
});
