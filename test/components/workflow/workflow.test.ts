/** Everything that a workflow registers, with its inputs, on the plan of a small environment. */
import assert from "node:assert/strict";
import type { RecordedResource } from "../../../plan/record";
import { type FolderPlan, planFolder } from "../../support/plan-folder";

const MACHINE = "aws:sfn/stateMachine:StateMachine";
const POLICY = "aws:iam/rolePolicy:RolePolicy";
const ACCOUNT = "${aws:index/getCallerIdentity:getCallerIdentity}";
const looked = (text: string) => ({ $lookup: text });
const throttled = { Retry: [{ ErrorEquals: ["States.TaskFailed"] }] };

const order = {
  QueryLanguage: "JSONata",
  StartAt: "Order",
  States: {
    Order: { Type: "Task", Resource: "${shop.api}", Arguments: { Path: "/orders" }, ...throttled, Next: "Nightly" },
    Nightly: { Type: "Task", Resource: "${nightly}", ...throttled, Next: "Approve" },
    Approve: {
      Type: "Task",
      Resource: "${shop.api}.waitForTaskToken",
      Arguments: { Method: "POST", Headers: { token: "{% $states.context.Task.Token %}" } },
      TimeoutSeconds: 600,
      ...throttled,
      End: true,
    },
  },
};
const QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/done";
const send = { QueueUrl: QUEUE, MessageBody: "x" };
const nightly = {
  StartAt: "Tell",
  States: {
    Tell: { Type: "Task", Resource: "arn:aws:states:::sqs:sendMessage", Parameters: send, ...throttled, Next: "Keep" },
    Keep: {
      Type: "Task",
      Resource: "arn:aws:states:::dynamodb:putItem",
      Parameters: { TableName: "nights", Item: {} },
      ...throttled,
      End: true,
    },
  },
};
const DEAD = "arn:aws:sqs:us-east-1:123456789012:letters";

const plan = (workflows: object, more: { readonly app?: object; readonly config?: object } = {}) =>
  planFolder({
    config: {
      "spectrum:platform": { hostedZoneName: "example.com", createHostedZone: true },
      "spectrum:apps": { shop: { compose: "compose.yaml", tier: "fargate", domain: "shop.example.com", ...more.app } },
      "spectrum:workflows": workflows,
      ...more.config,
    },
    files: {
      "compose.yaml": { services: { api: { image: "nginx:1.27", ports: ["80:80"] } } },
      "order.asl.yaml": order,
      "nightly.asl.yaml": nightly,
    },
  });

const both = { order: { definition: "order.asl.yaml" }, nightly: { definition: "nightly.asl.yaml" } };

interface Document {
  readonly Statement: readonly {
    readonly Action: readonly string[] | string;
    readonly Resource: readonly unknown[];
    readonly Condition?: object;
  }[];
}
/** Each statement as its actions and resources, without those on logs and traces. */
const allowed = (made: FolderPlan["made"], policy: RecordedResource) =>
  made
    .json<Document>(policy, "policy")
    .Statement.map(({ Action, Resource, Condition }) => [Action, Resource, ...(Condition ? [Condition] : [])])
    .filter(([, resources]) => JSON.stringify(resources) !== '["*"]');

describe("a workflow", function () {
  this.timeout(60_000);
  let made: FolderPlan["made"];
  before(async () => {
    const planned = await plan(both);
    assert.deepEqual(planned.errors, []);
    ({ made } = planned);
  });

  it("is a state machine with every placeholder filled in, and a version", () => {
    const machine = made.one(MACHINE, "order");
    const { parent } = machine;
    assert.equal(made.byUrn(parent!).type, "spectrum:workflow:Workflow");
    const { definition, ...inputs } = machine.inputs;
    assert.deepEqual(inputs, {
      namePrefix: "spectrum-dev-order-",
      type: "STANDARD",
      publish: true,
      roleArn: made.output(made.one("aws:iam/role:Role", "order"), "arn"),
      loggingConfiguration: {
        level: "ERROR",
        includeExecutionData: false,
        logDestination: { $output: `\${${made.one("aws:cloudwatch/logGroup:LogGroup", "order").urn}.arn}:*` },
      },
      tracingConfiguration: { enabled: true },
      tags: { Project: "spectrum", Environment: "dev" },
    });
    assert.ok(typeof definition === "string");
    const connection = made.output(made.one("aws:cloudwatch/eventConnection:EventConnection", "shop-api"), "arn");
    assert.deepEqual(JSON.parse(definition), {
      ...order,
      States: {
        Order: {
          ...order.States.Order,
          Resource: "arn:aws:states:::http:invoke",
          Arguments: {
            ApiEndpoint: "https://shop.example.com/orders",
            Method: "GET",
            Authentication: { ConnectionArn: connection },
          },
        },
        Nightly: {
          ...order.States.Nightly,
          Resource: "arn:aws:states:::states:startExecution.sync:2",
          Arguments: {
            StateMachineArn: made.output(made.one("aws:sfn/alias:Alias", "nightly"), "arn"),
            Input: "{% $states.input %}",
          },
          Output: "{% $states.result.Output %}",
        },
        Approve: {
          ...order.States.Approve,
          Resource: "arn:aws:states:::states:startExecution.waitForTaskToken",
          Arguments: {
            StateMachineArn: made.output(made.one(MACHINE, "shop-api-caller"), "arn"),
            Input: order.States.Approve.Arguments,
          },
        },
      },
    });
  });

  it("keeps its logs where AWS needs no policy for each group, for as long as all others", () => {
    assert.deepEqual(made.one("aws:cloudwatch/logGroup:LogGroup", "order").inputs, {
      name: "/aws/vendedlogs/states/spectrum/dev/order",
      retentionInDays: 14,
      tags: { Project: "spectrum", Environment: "dev" },
    });
  });

  it("has a role that starts, awaits and stops what it calls, and nothing else", () => {
    const [callerArn, called] = [made.one(MACHINE, "shop-api-caller"), made.one(MACHINE, "nightly")];
    const policy = made.one(POLICY, "order");
    assert.deepEqual(allowed(made, policy), [
      [["states:StartExecution"], [made.output(called, "arn"), made.output(callerArn, "arn")]],
      [
        ["states:DescribeExecution", "states:StopExecution"],
        [{ $output: `arn:aws:states:us-east-1:${ACCOUNT}:execution:\${${called.urn}.name}:*` }],
      ],
      [
        ["events:DescribeRule", "events:PutRule", "events:PutTargets"],
        [looked(`arn:aws:events:us-east-1:${ACCOUNT}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule`)],
      ],
    ]);
    assert.ok(made.dependencyNames(made.one(MACHINE, "order")).includes("order"), "the policy is there before");
    assert.deepEqual(allowed(made, made.one(POLICY, "nightly")), [
      // of the account that its URL says, whoever's that is
      [["sqs:SendMessage"], ["arn:aws:sqs:us-east-1:123456789012:done"]],
      [["dynamodb:PutItem"], [looked(`arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/nights`)]],
    ]);
  });

  it("calls a service at its own address alone, by the connection's secret", () => {
    const connection = made.one("aws:cloudwatch/eventConnection:EventConnection", "shop-api");
    for (const [policy, machine] of [
      ["order-own", "order"],
      ["shop-api-caller-own", "shop-api-caller"],
    ] as const)
      assert.deepEqual(allowed(made, made.one(POLICY, policy)), [
        [
          ["states:InvokeHTTPEndpoint"],
          [made.output(made.one(MACHINE, machine), "arn")],
          { StringLike: { "states:HTTPEndpoint": ["https://shop.example.com/*"] } },
        ],
        [["events:RetrieveConnectionCredentials"], [made.output(connection, "arn")]],
        [["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], [made.output(connection, "secretArn")]],
      ]);
    assert.equal(made.parentOf(connection).type, "spectrum:workflow:CalledService");
    const { name, authorizationType } = connection.inputs;
    assert.deepEqual([name, authorizationType], [connection.inputs.name, "API_KEY"]);
    assert.match(JSON.stringify(connection.inputs.authParameters), /"key":"X-Spectrum-Workflow","value":\{"\$secret":/);
  });

  it("lets nobody but Step Functions, for this account's state machines, take its role", () => {
    assert.deepEqual(made.json(made.one("aws:iam/role:Role", "order"), "assumeRolePolicy"), {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "states.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: {
            ArnLike: { "aws:SourceArn": looked(`arn:aws:states:us-east-1:${ACCOUNT}:stateMachine:*`) },
            StringEquals: { "aws:SourceAccount": looked("aws:index/getCallerIdentity:getCallerIdentity") },
          },
        },
      ],
    });
  });

  it("lets the service send the token back, for this workflow alone", () => {
    assert.deepEqual(allowed(made, made.one(POLICY, "order-shop-api-answers")), [
      [
        ["states:SendTaskFailure", "states:SendTaskHeartbeat", "states:SendTaskSuccess"],
        [made.output(made.one(MACHINE, "order"), "arn")],
      ],
    ]);
  });

  it("tells of executions that fail or time out", () => {
    const alarm = (name: string, metricName: string, what: string) => {
      const { inputs } = made.one("aws:cloudwatch/metricAlarm:MetricAlarm", name);
      assert.deepEqual(inputs, {
        alarmDescription: `executions of the workflow order have ${what}`,
        namespace: "AWS/States",
        metricName,
        dimensions: { StateMachineArn: made.output(made.one(MACHINE, "order"), "arn") },
        statistic: "Sum",
        period: 300,
        evaluationPeriods: 1,
        threshold: 1,
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        treatMissingData: "notBreaching",
        alarmActions: [],
        tags: { Project: "spectrum", Environment: "dev" },
      });
    };
    alarm("order-failed", "ExecutionsFailed", "failed");
    alarm("order-timed-out", "ExecutionsTimedOut", "timed out");
  });

  it("is started by its alias, which leads to the newest version, and stands in the stack's outputs", () => {
    const alias = made.one("aws:sfn/alias:Alias", "order");
    const version = made.output(made.one(MACHINE, "order"), "stateMachineVersionArn");
    assert.deepEqual(alias.inputs, {
      name: "live",
      routingConfigurations: [{ stateMachineVersionArn: version, weight: 100 }],
    });
    assert.deepEqual((made.outputs.workflows as Record<string, unknown>).order, made.output(alias, "arn"));
  });

  it("and its called services keep their names on every tier: nothing of theirs is replaced by a change of it", async () => {
    const own = ({ resources }: FolderPlan["made"]) =>
      resources.filter(({ urn }) => urn.includes("spectrum:workflow:")).map(({ urn }) => urn);
    const other = await plan(both, { app: { tier: "eks-fargate" } });
    assert.deepEqual(own(other.made), own(made));
  });
});

describe("a workflow's config", function () {
  this.timeout(60_000);

  it("logs more, encrypts with a key of one's own, tells whom it is told to, adds policies", async () => {
    const key = "arn:aws:kms:us-east-1:123456789012:key/1";
    const topic = "arn:aws:sns:us-east-1:123456789012:alarms";
    const managed = "arn:aws:iam::aws:policy/AWSLambdaInvocation-DynamoDB";
    const { made, errors } = await plan({
      nightly: {
        definition: "nightly.asl.yaml",
        logging: { level: "ALL", executionData: true },
        tracing: false,
        kmsKeyArn: key,
        alarmActions: [topic],
        policies: [managed, { actions: ["s3:GetObject"], resources: ["arn:aws:s3:::b/*"] }],
        canary: { from: 3, percent: 10 },
      },
    });
    assert.deepEqual(errors, []);
    const machine = made.one(MACHINE, "nightly");
    const { loggingConfiguration, tracingConfiguration, encryptionConfiguration } = machine.inputs as {
      loggingConfiguration: Record<string, unknown>;
      tracingConfiguration: unknown;
      encryptionConfiguration: unknown;
    };
    assert.deepEqual([loggingConfiguration.level, loggingConfiguration.includeExecutionData], ["ALL", true]);
    assert.deepEqual(tracingConfiguration, { enabled: false });
    assert.deepEqual(encryptionConfiguration, {
      type: "CUSTOMER_MANAGED_KMS_KEY",
      kmsKeyId: key,
      kmsDataKeyReusePeriodSeconds: 300,
    });
    const policy = made.one(POLICY, "nightly");
    assert.deepEqual(allowed(made, policy).slice(2), [
      [["s3:GetObject"], ["arn:aws:s3:::b/*"]],
      [["kms:Decrypt", "kms:GenerateDataKey"], [key]],
    ]);
    assert.ok(!JSON.stringify(policy.inputs).includes("xray:"));
    assert.equal(made.one("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "nightly-1").inputs.policyArn, managed);
    assert.deepEqual(made.one("aws:cloudwatch/metricAlarm:MetricAlarm", "nightly-failed").inputs.alarmActions, [topic]);
    assert.deepEqual(made.one("aws:sfn/alias:Alias", "nightly").inputs.routingConfigurations, [
      { stateMachineVersionArn: made.output(machine, "stateMachineVersionArn"), weight: 10 },
      { stateMachineVersionArn: { $output: `\${${machine.urn}.arn}:3` }, weight: 90 },
    ]);
  });

  it("logs all of EXPRESS, which keeps no history, and nothing where it says so", async () => {
    const express = { definition: "nightly.asl.yaml", type: "EXPRESS" };
    const { made } = await plan({ nightly: express, quiet: { ...express, logging: { level: "OFF" } } });
    const logging = (name: string) => made.one(MACHINE, name).inputs.loggingConfiguration as Record<string, unknown>;
    assert.equal(logging("nightly").level, "ALL");
    assert.deepEqual(logging("quiet"), { level: "OFF" });
    assert.equal(made.all("aws:cloudwatch/logGroup:LogGroup").filter(({ name }) => name === "quiet").length, 0);
    assert.ok(!JSON.stringify(made.one(POLICY, "quiet").inputs).includes("logs:"));
  });

  it("gives a service's own header and secret to the workflow that asks for it", async () => {
    const { made, errors } = await plan(
      {
        order: {
          definition: "order.asl.yaml",
          connections: { "shop.api": { header: "Authorization", secret: "TOKEN" } },
        },
        nightly: both.nightly,
      },
      { config: { "spectrum:secrets": { shop: { TOKEN: { secure: "v1:x" } } } } },
    );
    assert.deepEqual(errors, []);
    const { authParameters } = made.one("aws:cloudwatch/eventConnection:EventConnection", "shop-api-order").inputs;
    assert.deepEqual(authParameters, { apiKey: { key: "Authorization", value: { $secret: "shop.TOKEN" } } });
    assert.equal(made.all("aws:ssm/parameter:Parameter").filter(({ name }) => name === "shop-api-order").length, 0);
  });
});

describe("a workflow's triggers", function () {
  this.timeout(60_000);
  let made: FolderPlan["made"];
  const started = () => made.output(made.one("aws:sfn/alias:Alias", "nightly"), "arn");
  const letters = () => made.one("aws:sqs/queue:Queue", "nightly-undelivered");
  before(async () => {
    const planned = await plan({
      nightly: {
        definition: "nightly.asl.yaml",
        triggers: {
          schedule: [
            { at: "cron(0 3 * * ? *)", timezone: "Europe/Berlin", windowMinutes: 15, input: { day: 1 } },
            { at: "rate(1 hour)" },
          ],
          events: [{ pattern: { source: ["aws.s3"] }, bus: "orders" }],
          queues: [{ queue: DEAD, batchSize: 5 }],
          deploy: true,
        },
      },
    });
    assert.deepEqual(planned.errors, []);
    ({ made } = planned);
  });

  it("by the clock: EventBridge Scheduler, in its zone, within its window", () => {
    const schedule = made.one("aws:scheduler/schedule:Schedule", "nightly-schedule");
    assert.deepEqual(schedule.inputs, {
      namePrefix: "spectrum-dev-nightly-schedule-",
      description: "starts the workflow nightly",
      scheduleExpression: "cron(0 3 * * ? *)",
      scheduleExpressionTimezone: "Europe/Berlin",
      flexibleTimeWindow: { mode: "FLEXIBLE", maximumWindowInMinutes: 15 },
      target: {
        arn: started(),
        roleArn: made.output(made.one("aws:iam/role:Role", "nightly-schedule"), "arn"),
        input: '{"day":1}',
        deadLetterConfig: { arn: made.output(letters(), "arn") },
        retryPolicy: { maximumRetryAttempts: 8, maximumEventAgeInSeconds: 3600 },
      },
    });
    assert.deepEqual(allowed(made, made.one(POLICY, "nightly-schedule")), [
      [["states:StartExecution"], [made.output(made.one(MACHINE, "nightly"), "arn")]],
      [["sqs:SendMessage"], [made.output(letters(), "arn")]],
    ]);
    const second = made.one("aws:scheduler/schedule:Schedule", "nightly-schedule-2").inputs;
    assert.deepEqual([second.scheduleExpression, second.flexibleTimeWindow], ["rate(1 hour)", { mode: "OFF" }]);
  });

  it("by events of a bus, with what could not be delivered kept", () => {
    const rule = made.one("aws:cloudwatch/eventRule:EventRule", "nightly-event");
    assert.deepEqual([rule.inputs.eventPattern, rule.inputs.eventBusName], ['{"source":["aws.s3"]}', "orders"]);
    assert.deepEqual(made.one("aws:cloudwatch/eventTarget:EventTarget", "nightly-event").inputs, {
      rule: made.output(rule, "name"),
      eventBusName: "orders",
      arn: started(),
      roleArn: made.output(made.one("aws:iam/role:Role", "nightly-event"), "arn"),
      deadLetterConfig: { arn: made.output(letters(), "arn") },
      retryPolicy: { maximumRetryAttempts: 8, maximumEventAgeInSeconds: 3600 },
    });
    const { sqsManagedSseEnabled, messageRetentionSeconds } = letters().inputs;
    assert.deepEqual([sqsManagedSseEnabled, messageRetentionSeconds], [true, 1_209_600]);
    const [statement, refusal] = made.json<Document>(
      made.one("aws:sqs/queuePolicy:QueuePolicy", "nightly-undelivered"),
      "policy",
    ).Statement;
    assert.deepEqual(statement?.Condition, {
      ArnEquals: {
        "aws:SourceArn": ["nightly-event", "nightly-deploy"].map((name) =>
          made.output(made.one("aws:cloudwatch/eventRule:EventRule", name), "arn"),
        ),
      },
    });
    assert.deepEqual(refusal?.Condition, { Bool: { "aws:SecureTransport": "false" } });
  });

  it("by a queue's messages, through a pipe that may take them and nothing else", () => {
    const pipe = made.one("aws:pipes/pipe:Pipe", "nightly-queue");
    assert.deepEqual(pipe.inputs, {
      name: "spectrum-dev-nightly-queue",
      description: "starts the workflow nightly",
      roleArn: made.output(made.one("aws:iam/role:Role", "nightly-queue"), "arn"),
      source: DEAD,
      sourceParameters: { sqsQueueParameters: { batchSize: 5 } },
      target: started(),
      targetParameters: { stepFunctionStateMachineParameters: { invocationType: "FIRE_AND_FORGET" } },
      tags: { Project: "spectrum", Environment: "dev" },
    });
    assert.deepEqual(allowed(made, made.one(POLICY, "nightly-queue")), [
      [["states:StartExecution"], [made.output(made.one(MACHINE, "nightly"), "arn")]],
      [["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], [DEAD]],
    ]);
  });

  it("by the environment's deployment: a parameter that changes once everything runs", () => {
    const parameter = made.one("aws:ssm/parameter:Parameter", "nightly-deploy");
    assert.equal(parameter.inputs.name, "/spectrum/dev/workflows/nightly/deployed");
    assert.deepEqual(made.json(made.one("aws:cloudwatch/eventRule:EventRule", "nightly-deploy"), "eventPattern"), {
      source: ["aws.ssm"],
      "detail-type": ["Parameter Store Change"],
      detail: { name: ["/spectrum/dev/workflows/nightly/deployed"], operation: ["Create", "Update"] },
    });
    const before = made.dependencyNames(parameter);
    assert.ok(before.includes("nightly-deploy") && before.includes("shop-api"), before.join());
  });
});
