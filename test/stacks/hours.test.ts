/** Off hours: what stops on each tier, by which actions, what of the data, what it saves, and what is said where nothing can. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createColors } from "picocolors";
import { stringify } from "yaml";
import { type TierName, tierNames } from "../../app/tiers";
import { compareTiers } from "../../plan/compare/compare";
import { renderComparison } from "../../plan/compare/render";
import { renderPrices } from "../../plan/prices/render";
import { type FolderPlan, planFolder } from "../support/plan-folder";

const HOURS = "mon-fri 07:00-20:00 Europe/Berlin";
const START = "cron(0 7 ? * MON,TUE,WED,THU,FRI *)";
const STOP = "cron(0 20 ? * MON,TUE,WED,THU,FRI *)";
const TARGET = "aws:appautoscaling/target:Target";
const ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction";
const SERVICE = "aws:ecs/service:Service";
const SCHEDULE = "aws:scheduler/schedule:Schedule";

const web = { image: "nginx:1.29", ports: ["8080:8080"], deploy: { replicas: 2 } };
const POSTGRES = {
  image: "postgres:17",
  environment: { POSTGRES_USER: "shop", POSTGRES_PASSWORD: "abcdefgh12", POSTGRES_DB: "orders" },
  "x-spectrum": { managed: true },
};
const URL = { DATABASE_URL: "postgres://shop:abcdefgh12@db:5432/orders" };

interface Asked {
  readonly services: Readonly<Record<string, object>>;
  readonly app?: object;
  readonly config?: object;
  readonly more?: object;
}
const planOf = (tier: TierName, { services, app, config, more }: Asked): Promise<FolderPlan> =>
  planFolder({
    files: { "compose.yaml": { services, ...more } },
    config: {
      "spectrum:apps": { shop: { compose: "compose.yaml", tier, hours: HOURS, data: "delete", ...app } },
      ...config,
    },
  });

const actions = ({ made }: FolderPlan) =>
  made.all(ACTION).map(({ name, inputs: { schedule, timezone, scalableTargetAction } }) => {
    const { minCapacity, maxCapacity } = scalableTargetAction as { minCapacity: number; maxCapacity: number };
    return [name, schedule, timezone, minCapacity, maxCapacity];
  });
const messages = (problems: readonly { readonly key?: string; readonly message: string }[]) =>
  problems.map(({ key, message }) => `${key ?? ""}: ${message}`);
const said = (plan: FolderPlan, service: string | null, key = "hours") =>
  (plan.apps[0]?.findings ?? [])
    .filter((finding) => finding.service === service && finding.key === key)
    .map(({ outcome, reason }) => `${outcome}: ${reason}`);

describe("off hours", function () {
  this.timeout(60_000);

  describe("on fargate", () => {
    let plan: FolderPlan;
    before(async () => {
      plan = await planOf("fargate", {
        services: {
          web: { ...web, environment: URL },
          scaled: { image: "httpd:2.4", "x-spectrum": { scale: { min: 1, max: 4, cpu: 50 } } },
          night: { image: "httpd:2.4", "x-spectrum": { hours: "always" } },
          writer: { image: "httpd:2.4", volumes: ["data:/data"], "x-spectrum": { hours: "daily 06:00-22:00 UTC" } },
          none: { image: "httpd:2.4", deploy: { replicas: 0 } },
          db: POSTGRES,
          report: { image: "example/report", "x-spectrum": { job: { at: "cron(0 3 * * ? *)" } } },
        },
        more: { volumes: { data: {} } },
      });
      assert.deepEqual(plan.errors, []);
    });

    it("Application Auto Scaling sets the tasks to none and back, each service by its own hours", () => {
      assert.deepEqual(actions(plan).sort(), [
        ["shop-scaled-start", START, "Europe/Berlin", 1, 4],
        ["shop-scaled-stop", STOP, "Europe/Berlin", 0, 0],
        ["shop-web-start", START, "Europe/Berlin", 2, 2],
        ["shop-web-stop", STOP, "Europe/Berlin", 0, 0],
        ["shop-writer-start", "cron(0 6 * * ? *)", "UTC", 1, 1],
        ["shop-writer-stop", "cron(0 22 * * ? *)", "UTC", 0, 0],
      ]);
      const targets = plan.made.all(TARGET).map(({ name, inputs }) => [name, inputs.minCapacity, inputs.maxCapacity]);
      assert.deepEqual(targets.sort(), [
        ["shop-scaled", 1, 4],
        ["shop-web", 2, 2],
        ["shop-writer", 1, 1],
      ]);
      const action = plan.made.one(ACTION, "shop-web-stop");
      const service = plan.made.one(SERVICE, "shop-web");
      assert.equal(plan.made.parentOf(action).name, "shop-web");
      assert.deepEqual(action.inputs.resourceId, plan.made.one(TARGET, "shop-web").inputs.resourceId);
      assert.ok(JSON.stringify(action.inputs.resourceId).includes(`${service.urn}.name`));
      assert.deepEqual(
        [action.inputs.serviceNamespace, action.inputs.scalableDimension],
        ["ecs", "ecs:service:DesiredCount"],
      );
    });

    it("a deployment leaves the number of tasks as the clock has set it", () => {
      const ignored = (name: string) => plan.made.one(SERVICE, name).options?.ignoreChanges ?? [];
      assert.deepEqual(ignored("shop-web"), ["desiredCount"]);
      assert.deepEqual(ignored("shop-writer"), ["desiredCount"]);
      assert.deepEqual(ignored("shop-night"), []);
      assert.deepEqual(ignored("shop-none"), [], "one without copies has nothing to start");
      assert.equal(plan.made.one(SERVICE, "shop-web").inputs.desiredCount, 2, "it starts with as many as it has");
    });

    it("the database is stopped later and started earlier, by a role that may do nothing else", () => {
      const { made } = plan;
      const database = made.one("aws:rds/instance:Instance");
      const role = made.one("aws:iam/role:Role", "shop-db-database-hours");
      const of = (name: string) => made.one(SCHEDULE, name);
      assert.deepEqual(
        made
          .all(SCHEDULE)
          .map(({ name }) => name)
          .filter((name) => name.includes("-db-"))
          .sort(),
        ["shop-db-database-start", "shop-db-database-stop"],
      );
      for (const [key, at, call] of [
        ["start", "cron(45 6 ? * MON,TUE,WED,THU,FRI *)", "startDBInstance"],
        ["stop", "cron(15 20 ? * MON,TUE,WED,THU,FRI *)", "stopDBInstance"],
      ] as const) {
        const { inputs, dependencies } = of(`shop-db-database-${key}`);
        assert.deepEqual(
          [inputs.scheduleExpression, inputs.scheduleExpressionTimezone, inputs.flexibleTimeWindow],
          [at, "Europe/Berlin", { mode: "OFF" }],
        );
        const target = inputs.target as Record<string, unknown>;
        assert.equal(target.arn, `arn:aws:scheduler:::aws-sdk:rds:${call}`);
        assert.deepEqual(target.roleArn, { $output: `${role.urn}.arn` });
        assert.deepEqual(JSON.parse(target.input as string), { DbInstanceIdentifier: "spectrum-dev-shop-db" });
        assert.deepEqual(target.retryPolicy, { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 185 });
        assert.ok(dependencies.includes(database.urn));
        assert.ok(dependencies.some((urn) => urn.endsWith("RolePolicy::shop-db-database-hours")));
      }
      const policy = JSON.parse(
        made.one("aws:iam/rolePolicy:RolePolicy", "shop-db-database-hours").inputs.policy as string,
      ) as unknown;
      assert.deepEqual(policy, {
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: ["rds:StartDBInstance", "rds:StopDBInstance"],
            Resource: [{ $output: `${database.urn}.arn` }],
          },
        ],
      });
    });

    it("says what stops, what does not, and where others have other hours", () => {
      assert.match(said(plan, null)[0] ?? "", /^kept: no task runs, and none is paid: .*jobs run all the same$/u);
      assert.match(said(plan, "writer")[0] ?? "", /^kept: no task runs/u);
      assert.deepEqual(said(plan, "web"), []);
      assert.match(said(plan, "db")[0] ?? "", /^kept: stopped by EventBridge Scheduler 15 minutes after the hours/u);
    });

    it("costs the hours that it runs, and says what that saves", () => {
      const lines = plan.prices?.lines ?? [];
      const quantity = (name: string, what: RegExp) =>
        lines
          .filter((line) => line.resource.endsWith(`::${name}`) && what.test(line.what))
          .map((line) => line.quantity);
      const near = (got: number | undefined, wanted: number) =>
        assert.ok(Math.abs((got ?? 0) - wanted) < 1e-6, `${got} is not ${wanted}`);
      const share = 65 / 168;
      // two tasks of 0.25 vCPU
      near(quantity("shop-web", /^vCPU/u)[0], 2 * 0.25 * 730 * share);
      near(quantity("shop-web", /^public/u)[0], 2 * 730 * share);
      near(quantity("shop-writer", /^vCPU/u)[0], (0.25 * 730 * 16) / 24);
      near(quantity("shop-night", /^vCPU/u)[0], 0.25 * 730);
      // half an hour more on each of five days
      near(quantity("shop-db-database", /^db\./u)[0], (730 * 67.5) / 168);
      near(quantity("shop-db-database", /^storage/u)[0], 20);
      const task = 0.25 * 0.04048 * 730 + 0.5 * 0.004445 * 730 + 0.005 * 730;
      const saved = 3 * task * (1 - share) + task * (8 / 24) + 0.016 * 730 * (1 - 67.5 / 168);
      assert.equal(plan.prices?.saved, Math.round(saved * 100) / 100);
      assert.ok(plan.prices);
      const text = renderPrices(plan.prices, createColors(false)).join("\n");
      assert.match(text, new RegExp(`^ {2}off hours save ${saved.toFixed(2)} USD a month: `, "mu"));
      assert.deepEqual(plan.prices.unpriced, []);
    });
  });

  it("on ecs-ec2: the pool ends its instances, and pays none of them", async () => {
    const plan = await planOf("ecs-ec2", {
      services: { web },
      app: { "ecs-ec2": { networkMode: "bridge" } },
    });
    assert.deepEqual(plan.errors, []);
    assert.deepEqual(
      actions(plan).map(([name, , , min, max]) => [name, min, max]),
      [
        ["shop-web-start", 2, 2],
        ["shop-web-stop", 0, 0],
      ],
    );
    assert.match(said(plan, null)[0] ?? "", /^kept: no task runs, and instances without a task end/u);
    const instances = plan.prices?.lines.find(({ what }) => what.includes("t3.")) ?? assert.fail("no instances");
    assert.ok(Math.abs(instances.quantity - (730 * 65) / 168) < 1e-6);
    assert.ok((plan.prices?.saved ?? 0) > instances.price * 730 * (1 - 65 / 168) - 0.01);
  });

  describe("of a database", () => {
    const databases = (plan: FolderPlan) => plan.made.all(SCHEDULE).filter(({ name }) => name.includes("-db-"));
    const users = { web: { ...web, environment: URL }, db: POSTGRES };
    for (const [what, asked, wanted] of [
      [
        "that a migration calls with each deployment",
        { services: { ...users, migrate: { image: "example/m", environment: URL, "x-spectrum": { job: "deploy" } } } },
        /^changed: it runs all the time: the job migrate calls it, which runs with deployments/u,
      ],
      [
        "that a service with other hours calls",
        { services: { ...users, api: { image: "httpd:2.4", environment: URL, "x-spectrum": { hours: "always" } } } },
        /^changed: it runs all the time: api calls it, and has other hours/u,
      ],
      [
        "that AWS Backup backs up",
        { services: users, config: { "spectrum:platform": { backup: {} } } },
        /^changed: it runs all the time: AWS Backup backs up what runs alone/u,
      ],
      [
        "that is a cache",
        {
          services: {
            web: { ...web, environment: { REDIS_URL: "redis://db:6379" } },
            db: { image: "valkey/valkey:8", "x-spectrum": { managed: true } },
          },
        },
        /^changed: it runs all the time: ElastiCache cannot be stopped/u,
      ],
      [
        "whose nights are too short",
        { services: users, app: { hours: "daily 00:10-23:50 UTC" } },
        /^changed: it runs all the time: between its hours there is no time/u,
      ],
    ] as const)
      it(`${what}: it goes on`, async () => {
        const plan = await planOf("fargate", asked);
        assert.deepEqual(plan.errors, []);
        assert.match(said(plan, "db").join(), wanted);
        assert.deepEqual(databases(plan), []);
      });

    for (const [engine, service, image, environment] of [
      ["aurora", "rds", "postgres:17", POSTGRES.environment],
      [
        "documentdb",
        "docdb",
        "mongo:8",
        { MONGO_INITDB_ROOT_USERNAME: "shop", MONGO_INITDB_ROOT_PASSWORD: "abcdefgh12" },
      ],
    ] as const)
      it(`${engine}: its cluster is stopped with its instances`, async () => {
        const url = engine === "aurora" ? URL : { MONGO_URL: "mongodb://shop:abcdefgh12@db:27017/?retryWrites=false" };
        const plan = await planOf("fargate", {
          services: {
            web: { ...web, environment: url },
            db: { image, environment, "x-spectrum": { managed: { engine } } },
          },
        });
        assert.deepEqual(plan.errors, []);
        const calls = databases(plan).map(({ inputs }) => inputs.target as { arn: string; input: string });
        assert.deepEqual(
          calls.map(({ arn }) => arn),
          [
            `arn:aws:scheduler:::aws-sdk:${service}:startDBCluster`,
            `arn:aws:scheduler:::aws-sdk:${service}:stopDBCluster`,
          ],
        );
        assert.match(calls[0]?.input ?? "", /DbClusterIdentifier/u);
        assert.ok((plan.prices?.saved ?? 0) > 0);
      });
  });

  for (const tier of tierNames.filter((name) => name !== "fargate" && name !== "ecs-ec2"))
    it(`${tier} refuses them with the reason; accepted, everything runs all the time`, async () => {
      const services = { web: { image: "nginx:1.29", ports: ["8080:8080"] } };
      const refused = await planOf(tier, { services });
      assert.match(
        messages(refused.errors).join("\n"),
        /hours is refused on \S+: .*leave hours out, or choose the tier fargate or ecs-ec2; or accept the loss: .*accept: \[hours\]/u,
      );
      const settings = tier === "ecs-anywhere" ? { wait: false } : {};
      const plan = await planOf(tier, { services, app: { [tier]: { ...settings, accept: ["hours"] } } });
      assert.deepEqual(plan.errors, []);
      assert.deepEqual(plan.made.all(ACTION), []);
      assert.equal(plan.prices?.saved, undefined);
    });

  it("where the tier refuses them, and that is accepted, the database runs with its callers", async () => {
    const services = { web: { image: "nginx:1.29", ports: ["8080:8080"], environment: URL }, db: POSTGRES };
    const plan = await planOf("eks-fargate", { services, app: { "eks-fargate": { accept: ["hours"] } } });
    assert.deepEqual(plan.errors, []);
    assert.deepEqual(plan.made.all(SCHEDULE), []);
    assert.deepEqual(said(plan, "db"), []);
  });

  it("are problems where they say what the schedule of a scale says, or what nobody can read", async () => {
    const scale = { min: 1, max: 3, schedule: [{ at: "cron(0 7 * * ? *)", min: 2, max: 3 }] };
    const twice = await planOf("fargate", { services: { web }, app: { scale } });
    assert.deepEqual(messages(twice.errors), [
      "spectrum:apps.shop.scale.schedule: hours say when it runs already; leave out one of the two",
    ]);
    const wrong = await planOf("fargate", { services: { web }, app: { hours: "mon-fri 07:00-20:00" } });
    assert.match(
      messages(wrong.errors).join(),
      /^spectrum:apps\.shop\.hours: got "mon-fri 07:00-20:00"; name the time zone too/u,
    );
    const number = await planOf("fargate", { services: { web }, app: { hours: 8 } });
    assert.match(
      messages(number.errors).join(),
      /^spectrum:apps\.shop\.hours: got 8; give mon-fri 07:00-20:00 Europe\/Berlin, a list/u,
    );
  });

  it("warn where the environment is protected, and where health checks will fail", async () => {
    const plan = await planOf("fargate", {
      services: { web: { image: "nginx:1.29@sha256:" + "a".repeat(64), ports: ["8080:8080"] } },
      app: { domain: "shop.example.com" },
      config: {
        "spectrum:protected": true,
        "spectrum:platform": { hostedZoneName: "example.com", healthChecks: true },
      },
    });
    assert.deepEqual(messages(plan.warnings), [
      "spectrum:apps.shop.hours: the environment is protected, and the app does not run outside of its hours; say hours: always where somebody may want it",
      "spectrum:apps.shop.hours: the health checks of its names fail outside of its hours, and so do their alarms; leave out healthChecks, or hours",
    ]);
  });

  it("of the Compose file are lifted by the config's always", async () => {
    const plan = await planOf("fargate", {
      services: { web },
      more: { "x-spectrum": { hours: HOURS } },
      app: { hours: "always" },
    });
    assert.deepEqual(plan.made.all(ACTION), []);
    assert.deepEqual(said(plan, null), []);
  });

  it("are a column of the comparison, of the tiers that stop something", async () => {
    const folder = mkdtempSync(join(tmpdir(), "spectrum-hours-"));
    try {
      const app = { compose: "compose.yaml", tier: "fargate", hours: HOURS };
      writeFileSync(join(folder, "Pulumi.yaml"), stringify({ name: "spectrum", runtime: "nodejs" }));
      writeFileSync(
        join(folder, "Pulumi.dev.yaml"),
        stringify({ config: { "aws:region": "us-east-1", "spectrum:apps": { shop: app } } }),
      );
      writeFileSync(join(folder, "compose.yaml"), stringify({ services: { web: { ...web, deploy: {} } } }));
      const comparison = await compareTiers({ root: folder, tiers: ["fargate", "lightsail"] });
      const saved = comparison.tiers.map(({ tier, monthlyUsd }) => [
        tier,
        monthlyUsd?.alone.saved,
        monthlyUsd?.added.saved,
      ]);
      const task = 0.25 * 0.04048 * 730 + 0.5 * 0.004445 * 730 + 0.005 * 730;
      const usd = Math.round(task * (103 / 168) * 100) / 100;
      assert.deepEqual(saved, [
        ["fargate", usd, usd],
        ["lightsail", undefined, undefined],
      ]);
      const [, head = "", ...rows] = renderComparison(comparison, { color: false }).split("\n");
      assert.match(head, /by use +saved +resources/u);
      assert.match(rows[0] ?? "", new RegExp(`^ *fargate .* ${usd.toFixed(2)} `, "u"));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
