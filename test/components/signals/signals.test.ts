/** Whom the signals tell, what they roll back, and where there are none. */
import assert from "node:assert/strict";
import type { TierName } from "../../../app/tiers";
import type { FolderPlan } from "../../support/plan-folder";
import { planSignals, type SignalsPlan, TOPIC } from "../../support/signals-app";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const SERVICE = "aws:ecs/service:Service";
const RULE = "aws:cloudwatch/eventRule:EventRule";
const TARGET = "aws:cloudwatch/eventTarget:EventTarget";
const DESTINATION = "aws:cloudwatch/eventApiDestination:EventApiDestination";

const ofSignals = ({ resources }: FolderPlan) => resources.filter(({ urn }) => urn.includes("spectrum:signals:"));
async function planned(tier: TierName, asked: SignalsPlan): Promise<FolderPlan> {
  const plan = await planSignals(tier, asked);
  assert.deepEqual(plan.errors, []);
  return plan;
}
const names = (service: string) =>
  ["5xx", "p95", "unhealthy"].map((signal) => `spectrum-dev/shop/${service}/${signal}`);

describe("signals that are off", function () {
  this.timeout(60_000);

  it("make nothing where nobody asks for them, and where the app says no in a protected environment", async () => {
    const open = await planned("fargate", { signals: undefined });
    assert.deepEqual(ofSignals(open), []);
    assert.equal(open.made.one(SERVICE, "shop-web").inputs.alarms, undefined);
    const no = await planSignals("fargate", { signals: undefined, app: { signals: false }, protected: true });
    assert.deepEqual(ofSignals(no), []);
  });

  it("are on by themselves where the environment is protected", async () => {
    const plan = await planSignals("fargate", { signals: undefined, protected: true });
    assert.ok(ofSignals(plan).length > 10);
  });

  it("are alarms without a dashboard, or a dashboard without alarms, as the config says", async () => {
    const quiet = await planned("fargate", { signals: { alarms: false } });
    assert.deepEqual(
      quiet.made.all(ALARM).filter(({ urn }) => urn.includes("spectrum:signals:")),
      [],
    );
    assert.equal(quiet.made.one(SERVICE, "shop-web").inputs.alarms, undefined);
    const { widgets } = quiet.made.json<{ widgets: readonly { type: string }[] }>(
      quiet.made.one("aws:cloudwatch/dashboard:Dashboard"),
      "dashboardBody",
    );
    assert.ok(widgets.some(({ type }) => type === "metric"));
    assert.ok(!widgets.some(({ type }) => type === "alarm"));
    const blind = await planned("ecs-ec2", {
      signals: { dashboard: false, alarms: { cpu: { above: 50, minutes: 3 } } },
    });
    assert.deepEqual(blind.made.all("aws:cloudwatch/dashboard:Dashboard"), []);
    const { threshold, evaluationPeriods } = blind.made.one(ALARM, "shop-web-cpu").inputs;
    assert.deepEqual([threshold, evaluationPeriods], [50, 3]);
  });
});

describe("a deployment on ECS", function () {
  this.timeout(60_000);

  it("is rolled back by the alarms of what stands before its task, which are there before it", async () => {
    const { made } = await planned("fargate", { signals: true });
    const web = made.one(SERVICE, "shop-web");
    assert.deepEqual(web.inputs.alarms, { alarmNames: names("web"), enable: true, rollback: true });
    const alarms = made.dependencyNames(web).filter((name) => /^shop-web-(?:5xx|p95|unhealthy)$/u.test(name));
    assert.equal(alarms.length, 3);
    for (const name of alarms) assert.ok(!made.dependencyNames(made.one(ALARM, name)).includes("shop-web"));
    // ten minutes, and five in which ECS goes on watching
    const { create, update } = web.options?.customTimeouts ?? {};
    assert.deepEqual([create, update], ["900s", "900s"]);
    // nothing is published of it
    assert.equal(made.one(SERVICE, "shop-worker").inputs.alarms, undefined);
  });

  it("is not where the config says so, which ECS is told", async () => {
    const { made } = await planned("ecs-ec2", { signals: { rollback: false, alarms: { p95: false } } });
    const { inputs, options } = made.one(SERVICE, "shop-web");
    const [rate, , unhealthy] = names("web");
    assert.deepEqual(inputs.alarms, { alarmNames: [rate, unhealthy], enable: false, rollback: false });
    // ten minutes, and three for a new instance
    assert.equal(options?.customTimeouts?.update, "780s");
  });

  it("that moves traffic between two groups has alarms on both", async () => {
    const services = { web: { deployment: { strategy: "blue-green" } } };
    const { made } = await planned("fargate", { signals: true, app: { services } });
    const alarm = made.one(ALARM, "shop-web-unhealthy");
    const queries = alarm.inputs.metricQueries as unknown as readonly {
      metric?: { dimensions: { TargetGroup: unknown } };
    }[];
    assert.deepEqual(
      queries.flatMap(({ metric }) => (metric ? [metric.dimensions.TargetGroup] : [])),
      ["shop-web-8080", "shop-web-8080-alternate"].map((name) =>
        made.output(made.one("aws:lb/targetGroup:TargetGroup", name), "arnSuffix"),
      ),
    );
    assert.deepEqual(made.one(SERVICE, "shop-web").inputs.alarms, {
      alarmNames: names("web"),
      enable: true,
      rollback: true,
    });
  });

  it("behind API Gateway has the API's own signals, and nothing that is there before it", async () => {
    const { made, apps } = await planned("fargate", {
      signals: { rollback: true },
      platform: { entry: "apigateway" },
      app: { services: { web: { size: { cpu: 0.25 } } } },
    });
    const alarm = made.one(ALARM, "shop-web-p95");
    const [math, first] = alarm.inputs.metricQueries as unknown as readonly {
      expression?: string;
      metric?: { namespace: string; dimensions: { ApiId: unknown } };
    }[];
    assert.equal(math?.expression, "m1/1000");
    assert.equal(first?.metric?.namespace, "AWS/ApiGateway");
    assert.deepEqual(
      first.metric.dimensions.ApiId,
      made.output(made.one("aws:apigatewayv2/api:Api", "platform-api-shop.example.com"), "id"),
    );
    assert.equal(made.one(SERVICE, "shop-web").inputs.alarms, undefined);
    const said = apps.flatMap(({ findings }) => findings).filter(({ key }) => key === "signals.rollback");
    assert.equal(said.length, 1);
  });
});

describe("a tier without the means", function () {
  this.timeout(60_000);

  it("says so of what is asked for by name", async () => {
    const asked = { rollback: true, alarms: { restarts: true, memory: { above: 70 } } };
    const { apps } = await planned("beanstalk", { signals: asked });
    const said = apps.flatMap(({ findings }) => findings).filter(({ key }) => key.startsWith("signals"));
    assert.deepEqual(
      said.map(({ key, outcome }) => `${outcome} ${key}`),
      ["changed signals.alarms.memory", "changed signals.alarms.restarts", "changed signals.rollback"],
    );
  });
});

describe("what the alarms tell", function () {
  this.timeout(60_000);
  let plan: FolderPlan;
  before(async () => {
    plan = await planned("fargate", {
      signals: { notify: [TOPIC, { slack: "SLACK" }] },
      app: { signals: { notify: [{ slack: "SLACK" }, { teams: "TEAMS" }, { slack: "SLACK" }] } },
    });
  });

  it("is the app's own list in the place of the environment's, which the workflows' alarms keep", () => {
    const { made } = plan;
    assert.deepEqual(made.one(ALARM, "shop-web-cpu").inputs.alarmActions, []);
    for (const name of ["order-failed", "order-timed-out"])
      assert.deepEqual(made.one(ALARM, name).inputs.alarmActions, [TOPIC]);
  });

  it("goes to each chat by its webhook, whose URL is a secret, as that chat takes it", () => {
    const { made } = plan;
    assert.deepEqual(
      made.all(DESTINATION).map(({ name, inputs }) => [name, inputs.invocationEndpoint, inputs.httpMethod]),
      [
        ["shop-slack", { $secret: "shop.SLACK" }, "POST"],
        ["shop-slack-2", { $secret: "shop.SLACK" }, "POST"],
        ["shop-teams", { $secret: "shop.TEAMS" }, "POST"],
      ],
    );
    const template = (name: string) => {
      const { inputTransformer } = made.one(TARGET, name).inputs as unknown as {
        inputTransformer: { inputPaths: object; inputTemplate: string };
      };
      assert.deepEqual(inputTransformer.inputPaths, {
        alarm: "$.detail.alarmName",
        state: "$.detail.state.value",
        reason: "$.detail.state.reason",
      });
      return JSON.parse(inputTransformer.inputTemplate) as unknown;
    };
    assert.deepEqual(template("shop-slack"), { text: "<state> <alarm>: <reason>" });
    assert.deepEqual(template("shop-teams"), {
      type: "message",
      attachments: [
        {
          contentType: "application/vnd.microsoft.card.adaptive",
          content: {
            type: "AdaptiveCard",
            version: "1.4",
            body: [{ type: "TextBlock", wrap: true, text: "<state> <alarm>: <reason>" }],
          },
        },
      ],
    });
  });

  it("is what the app's own alarms say and those of its workflows: when they go off, and when that is over", () => {
    const { made } = plan;
    const { detail, ...rest } = made.json<{ detail: Record<string, unknown> }>(
      made.one(RULE, "shop-alarms"),
      "eventPattern",
    );
    assert.deepEqual(rest, { source: ["aws.cloudwatch"], "detail-type": ["CloudWatch Alarm State Change"] });
    assert.deepEqual(detail, {
      alarmName: [
        { prefix: "spectrum-dev/shop/" },
        ...["order-failed", "order-timed-out"].map((name) => made.output(made.one(ALARM, name), "name")),
      ],
      $or: [{ state: { value: ["ALARM"] } }, { state: { value: ["OK"] }, previousState: { value: ["ALARM"] } }],
    });
  });

  it("is posted by a role that may do nothing else, for EventBridge in this account", () => {
    const { made } = plan;
    const policy = made.json<{ Statement: readonly { Action: unknown; Resource: readonly unknown[] }[] }>(
      made.one("aws:iam/rolePolicy:RolePolicy", "shop-alarms"),
      "policy",
    );
    assert.equal(policy.Statement.length, 1);
    assert.deepEqual(policy.Statement[0]?.Action, ["events:InvokeApiDestination"]);
    assert.equal(policy.Statement[0]?.Resource.length, 3);
    const trust = JSON.stringify(made.json(made.one("aws:iam/role:Role", "shop-alarms"), "assumeRolePolicy"));
    assert.match(trust, /"Service":"events\.amazonaws\.com".*"aws:SourceAccount"/u);
  });
});
