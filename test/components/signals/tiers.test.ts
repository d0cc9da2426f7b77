/** The shop with its signals on every tier: the same names, each tier's own metrics, and nothing where they are off. */
import assert from "node:assert/strict";
import { serviceSignals } from "../../../app/signals/signals";
import { tierNames, type TierName } from "../../../app/tiers";
import type { PlannedResource, PlanValue } from "../../../plan/types";
import { evaluate } from "../../../policy/evaluate";
import { plannedPolicyResources } from "../../../policy/planned";
import type { FolderPlan } from "../../support/plan-folder";
import { planSignals, TOPIC, withWorkflow } from "../../support/signals-app";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const DASHBOARD = "aws:cloudwatch/dashboard:Dashboard";

/** What a metric is found by, as this test calls the planned resources. */
const balanced = (service: string, port: number) =>
  `LoadBalancer=platform-entry-alb.arnSuffix TargetGroup=shop-${service}-${port}.arnSuffix`;
const onBeanstalk = "LoadBalancer=platform-entry-alb.arnSuffix TargetGroup=getTargetGroup";

const requests = (service: string, found: string) => ({
  [`${service}/5xx`]: [
    "100*(FILL(m1,0))/m2 > 5 for 5",
    `AWS/ApplicationELB HTTPCode_Target_5XX_Count Sum ${found}`,
    `AWS/ApplicationELB RequestCount Sum ${found}`,
  ],
  [`${service}/p95`]: ["> 2 for 5", `AWS/ApplicationELB TargetResponseTime p95 ${found}`],
  [`${service}/unhealthy`]: ["> 0 for 5", `AWS/ApplicationELB UnHealthyHostCount Maximum ${found}`],
});
const behindBalancer = { ...requests("web", balanced("web", 8080)), ...requests("api", balanced("api", 3000)) };
const behindBeanstalk = { ...requests("web", onBeanstalk), ...requests("api", onBeanstalk) };

const DB = "DBInstanceIdentifier=spectrum-dev-shop-db";
const CACHE = "CacheClusterId=spectrum-dev-shop-redis-001";
const queue = {
  "worker/queueAge": ["> 900 for 5", "AWS/SQS ApproximateAgeOfOldestMessage Maximum QueueName=shop-worker-queue.name"],
};
const kept = {
  "db/storage": [`100-100*m1/${20 * 1024 ** 3} > 90 for 30`, `AWS/RDS FreeStorageSpace Minimum ${DB}`],
  "db/connections": ["> 89 for 5", `AWS/RDS DatabaseConnections Maximum ${DB}`],
  "redis/storage": ["> 90 for 30", `AWS/ElastiCache DatabaseMemoryUsagePercentage Maximum ${CACHE}`],
  "redis/connections": ["> 52000 for 5", `AWS/ElastiCache CurrConnections Maximum ${CACHE}`],
  ...queue,
};

const services = ["web", "api", "worker"];
const each = (of: (service: string) => Record<string, readonly string[]>) =>
  Object.assign({}, ...services.map(of)) as Record<string, readonly string[]>;
const ecsService = (service: string) => `ClusterName=spectrum-dev ServiceName=shop-${service}.name`;
const ecsUse = each((service) => ({
  [`${service}/cpu`]: ["> 80 for 15", `AWS/ECS CPUUtilization Average ${ecsService(service)}`],
  [`${service}/memory`]: ["> 90 for 15", `AWS/ECS MemoryUtilization Average ${ecsService(service)}`],
}));
const ecsTasks = (found: string) => [
  "m1-FILL(m2,0) > 0 for 15",
  `ECS/ContainerInsights DesiredTaskCount Average ${found}`,
  `ECS/ContainerInsights RunningTaskCount Average ${found}`,
];
const ecsInsights = each((service) => ({
  [`${service}/restarts`]: ["> 0 for 3", `ECS/ContainerInsights RestartCount Sum ${ecsService(service)}`],
  [`${service}/tasks`]: ecsTasks(ecsService(service)),
}));
const pods = each((service) => {
  const found = `ClusterName=spectrum-dev Namespace=shop-eks PodName=${service}`;
  return {
    // the shop limits no cpu
    [`${service}/cpu`]: ["> 80 for 15", `ContainerInsights pod_cpu_utilization Average ${found}`],
    [`${service}/memory`]: ["> 90 for 15", `ContainerInsights pod_memory_utilization_over_pod_limit Average ${found}`],
    [`${service}/restarts`]: [
      "DIFF(m1) > 0 for 3",
      `ContainerInsights pod_number_of_container_restarts Maximum ${found}`,
    ],
    [`${service}/tasks`]: [
      "m1-FILL(m2,0) > 0 for 15",
      `ContainerInsights replicas_desired Average ${found}`,
      `ContainerInsights status_replicas_available Average ${found}`,
    ],
  };
});
const instances = {
  // each five minutes
  "web/cpu": [
    "> 80 for 3",
    "AWS/EC2 CPUUtilization Average AutoScalingGroupName=shop-shared-443-443.autoscalingGroups[0]",
  ],
};
const instanceCount = {
  "web/tasks": [
    "1-(FILL(m1,0)+FILL(m2,0)) > 0 for 15",
    "AWS/ElasticBeanstalk InstancesOk Average EnvironmentName=spectrum-dev-shop-shared-443-443",
    "AWS/ElasticBeanstalk InstancesInfo Average EnvironmentName=spectrum-dev-shop-shared-443-443",
  ],
};

type Alarms = Readonly<Record<string, readonly string[]>>;
/** Every alarm of the shop: without Container Insights, and what comes with it. */
const ALARMS: Readonly<Record<TierName, { readonly plain: Alarms; readonly insights: Alarms }>> = {
  lightsail: { plain: {}, insights: {} },
  "lightsail-vm": { plain: {}, insights: {} },
  beanstalk: { plain: { ...behindBeanstalk, ...instances, ...kept }, insights: instanceCount },
  "ecs-ec2": { plain: { ...behindBalancer, ...ecsUse, ...kept }, insights: ecsInsights },
  "ecs-anywhere": {
    plain: queue,
    insights: { "web/tasks": ecsTasks("ClusterName=spectrum-dev ServiceName=shop.name") },
  },
  eks: { plain: { ...behindBalancer, ...kept }, insights: pods },
  "eks-fargate": { plain: { ...behindBalancer, ...kept }, insights: {} },
  fargate: { plain: { ...behindBalancer, ...ecsUse, ...kept }, insights: ecsInsights },
};

const ofSignals = ({ resources }: FolderPlan) => resources.filter(({ urn }) => urn.includes("spectrum:signals:"));

/** A dimension's value in short: text, or whose output it is. */
function short(value: PlanValue): string {
  if (typeof value === "string" || typeof value === "number") return `${value}`;
  if (Array.isArray(value)) return value.map(short).join("");
  const token = value as Record<string, PlanValue>;
  if (typeof token.$lookup === "string") return token.$lookup.split(":").at(-1) ?? "";
  if (typeof token.$output === "string") return token.$output.slice(token.$output.lastIndexOf("::") + 2);
  return Object.values(token).map(short).join("");
}

interface PlainMetric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, PlanValue>>;
  readonly stat: string;
}

const found = (dimensions: Readonly<Record<string, PlanValue>>): string =>
  Object.entries(dimensions)
    .map(([name, value]) => `${name}=${short(value)}`)
    .join(" ");
const line = ({ namespace, metricName, stat, dimensions }: PlainMetric): string =>
  `${namespace} ${metricName} ${stat} ${found(dimensions)}`;

/** When it goes off, and by what. */
function told({ inputs }: PlannedResource): readonly string[] {
  const queries = (inputs.metricQueries ?? []) as unknown as readonly { expression?: string; metric?: PlainMetric }[];
  const { comparisonOperator, threshold, evaluationPeriods } = inputs;
  const sign = comparisonOperator === "GreaterThanThreshold" ? ">" : "<";
  const when = `${sign} ${short(threshold ?? "")} for ${short(evaluationPeriods ?? "")}`;
  if (queries.length === 0) {
    const metric = { ...inputs, stat: inputs.statistic ?? inputs.extendedStatistic } as unknown as PlainMetric;
    return [when, line(metric)];
  }
  const [math, ...metrics] = queries;
  return [`${math?.expression ?? ""} ${when}`, ...metrics.flatMap(({ metric }) => (metric ? [line(metric)] : []))];
}

const alarmsOf = (plan: FolderPlan): Alarms =>
  Object.fromEntries(
    ofSignals(plan)
      .filter(({ type }) => type === ALARM)
      .map((alarm) => [short(alarm.inputs.name ?? "").replace("spectrum-dev/shop/", ""), told(alarm)]),
  );

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly region?: string;
    readonly alarms?: readonly PlanValue[];
    readonly metrics?: readonly (readonly PlanValue[])[];
  };
}

/** The outputs that a value takes, wherever they stand in it. */
const outputsIn = (value: unknown): readonly string[] =>
  [...JSON.stringify(value).matchAll(/"\$output":"([^"]+)"/gu)].map(([, output]) => output ?? "");

function checkDashboard(tier: TierName, plan: FolderPlan, alarms: number): void {
  const dashboard = plan.made.one(DASHBOARD);
  assert.equal(dashboard.inputs.dashboardName, "spectrum-dev-shop");
  const { widgets } = plan.made.json<{ widgets: readonly Widget[] }>(dashboard, "dashboardBody");
  const urns = new Set(plan.resources.map(({ urn }) => urn));
  for (const output of outputsIn(widgets)) assert.ok(urns.has(output.slice(0, output.lastIndexOf("."))), output);
  for (const { x, y, width, height } of widgets) {
    assert.ok(x >= 0 && x + width <= 24 && y >= 0 && height >= 1, JSON.stringify({ x, y, width, height }));
  }
  const cells = widgets.flatMap(({ x, y, width, height }) =>
    Array.from({ length: width * height }, (_, i) => `${x + (i % width)},${y + Math.floor(i / width)}`),
  );
  assert.equal(new Set(cells).size, cells.length, "widgets lie on each other");
  for (const { properties } of widgets.filter(({ type }) => type === "metric")) {
    assert.equal(properties.region, "us-east-1");
    for (const row of properties.metrics ?? []) {
      const [own] = row.slice(-1) as [Record<string, PlanValue>];
      if ("expression" in own) assert.deepEqual(Object.keys(own).sort(), ["expression", "id", "label"]);
      // a namespace, a name, dimensions in pairs, and its own settings
      else assert.ok(row.length % 2 === 1 && row.length >= 5 && typeof own.stat === "string", JSON.stringify(row));
    }
  }
  const [first] = widgets.filter(({ type }) => type === "alarm");
  assert.equal(first?.properties.alarms?.length, alarms);
  const titles = widgets.flatMap(({ properties: { markdown = "" } }) => /^## (\S+)$/mu.exec(markdown)?.[1] ?? []);
  assert.equal(titles.includes("workflows"), withWorkflow.includes(tier));
}

describe("the signals of an app", function () {
  this.timeout(60_000);
  const plans = new Map<TierName, FolderPlan>();

  for (const tier of tierNames) {
    const { plain, insights } = ALARMS[tier];

    it(`are on ${tier} these alarms, and more with insights`, async () => {
      const plan = await planSignals(tier, { signals: { notify: [TOPIC] } });
      assert.deepEqual(plan.errors, []);
      assert.deepEqual(alarmsOf(plan), plain);
      plans.set(tier, plan);
      for (const { inputs } of ofSignals(plan).filter(({ type }) => type === ALARM)) {
        assert.deepEqual([inputs.alarmActions, inputs.okActions], [[TOPIC], [TOPIC]]);
        assert.equal(inputs.treatMissingData, "notBreaching");
      }
      const more = await planSignals(tier, { signals: true, platform: { insights: "on" } });
      assert.deepEqual(more.errors, []);
      assert.deepEqual(alarmsOf(more), { ...plain, ...insights });
      if (Object.keys(plain).length === 0) assert.deepEqual(ofSignals(more), []);
      else checkDashboard(tier, more, Object.keys({ ...plain, ...insights }).length);
      assert.deepEqual(evaluate(plannedPolicyResources(more.resources), { protected: false }), []);
    });

    it(`break no rule of the policy on ${tier}`, () => {
      const resources = plannedPolicyResources(plans.get(tier)?.resources ?? []);
      assert.deepEqual(evaluate(resources, { protected: false }), []);
    });
  }

  it("have a price: each metric that an alarm looks at, and a dashboard", () => {
    const own = (plans.get("fargate")!.prices?.lines ?? []).filter(({ resource }) =>
      resource.includes("spectrum:signals:"),
    );
    const metrics = Object.values(ALARMS.fargate.plain).map((told) => told.length - 1);
    const sum = (what: string) =>
      own.filter((one) => one.what === what).reduce((total, { usd }) => total + Math.round(usd * 100), 0) / 100;
    assert.equal(sum("an alarm"), Math.round(10 * metrics.reduce((a, b) => a + b, 0)) / 100);
    assert.equal(sum("a dashboard"), 3);
    assert.deepEqual([...new Set(own.map(({ kind }) => kind))], ["fixed"]);
  });

  it("are the same resources on every tier that has them: a change of tier makes another metric of the alarm", () => {
    const urns = tierNames.map((tier) => ofSignals(plans.get(tier)!).map(({ urn }) => urn));
    const all = new Set(urns.flat());
    // the component, the dashboard, and an alarm for each service and signal
    const services = new Set(["web", "api", "worker", "db", "redis"]);
    assert.ok(all.size <= 2 + services.size * serviceSignals.length);
    for (const urn of all) assert.doesNotMatch(urn, new RegExp(`spectrum:tier|${tierNames.join("|")}`, "u"));
    const [fargate, eks, beanstalk] = (["fargate", "eks", "beanstalk"] as const).map(
      (tier) => urns[tierNames.indexOf(tier)]!,
    );
    assert.deepEqual(
      eks!.filter((urn) => !fargate!.includes(urn)),
      [],
    );
    assert.deepEqual(
      beanstalk!.filter((urn) => !fargate!.includes(urn)),
      [],
    );
  });

  it("are told on the dashboard where they are missing, with what to do", () => {
    const { widgets } = plans
      .get("eks-fargate")!
      .made.json<{ widgets: readonly Widget[] }>(plans.get("eks-fargate")!.made.one(DASHBOARD), "dashboardBody");
    const text = widgets.at(-1)?.properties.markdown ?? "";
    assert.match(text, /^## not measured\n/u);
    assert.match(
      text,
      /^- \*\*CPU\*\* of web, api, worker: the agent of Container Insights runs on nodes, and Fargate has none; place the app on eks or fargate$/mu,
    );
  });
});
