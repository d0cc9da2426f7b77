/** What each integration's state needs, state by state: the actions, and the resource that stands in the definition. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type Json, type JsonMap, mustReadDefinition, sourceOf } from "../../../../app/workflows";
import { integrations } from "../../../../app/workflows/deploy/integrations";
import { derivePermissions, hasDistributedMap } from "../../../../app/workflows/deploy/permissions";

const place = { partition: "aws", region: "eu-west-1", accountId: "123456789012" } as const;
const here = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:123456789012:${resource}`;
const derive = (states: Json, language = "JSONata") =>
  derivePermissions(
    mustReadDefinition(sourceOf("d", { QueryLanguage: language, StartAt: "A", States: states })),
    place,
  );
const one = (Resource: string, Arguments: JsonMap = {}) =>
  derive({ A: { Type: "Task", Resource, Arguments, End: true } });

const RULE = ["events:DescribeRule", "events:PutRule", "events:PutTargets"];
type Allowed = readonly (readonly [readonly string[], readonly string[]])[];

/** The integration after `arn:aws:states:::`, its arguments, what is allowed. */
const rows: readonly (readonly [string, JsonMap, Allowed])[] = [
  [
    "lambda:invoke",
    { FunctionName: "f" },
    [[["lambda:InvokeFunction"], [here("lambda", "function:f"), here("lambda", "function:f:*")]]],
  ],
  [
    "lambda:invoke.waitForTaskToken",
    { FunctionName: "arn:aws:lambda:eu-west-1:1:function:g:live" },
    [[["lambda:InvokeFunction"], ["arn:aws:lambda:eu-west-1:1:function:g", "arn:aws:lambda:eu-west-1:1:function:g:*"]]],
  ],
  ["sns:publish", { TopicArn: here("sns", "t") }, [[["sns:Publish"], [here("sns", "t")]]]],
  [
    "sqs:sendMessage",
    { QueueUrl: "https://sqs.us-east-1.amazonaws.com/210987654321/q.fifo" },
    [[["sqs:SendMessage"], ["arn:aws:sqs:us-east-1:210987654321:q.fifo"]]],
  ],
  ["dynamodb:getItem", { TableName: "t" }, [[["dynamodb:GetItem"], [here("dynamodb", "table/t")]]]],
  ["dynamodb:putItem", { TableName: "t" }, [[["dynamodb:PutItem"], [here("dynamodb", "table/t")]]]],
  ["dynamodb:updateItem", { TableName: "t" }, [[["dynamodb:UpdateItem"], [here("dynamodb", "table/t")]]]],
  [
    "dynamodb:deleteItem",
    { TableName: here("dynamodb", "table/u") },
    [[["dynamodb:DeleteItem"], [here("dynamodb", "table/u")]]],
  ],
  [
    "events:putEvents",
    { Entries: [{ Detail: {} }, { EventBusName: "orders" }, { EventBusName: "orders" }] },
    [[["events:PutEvents"], [here("events", "event-bus/default"), here("events", "event-bus/orders")]]],
  ],
  [
    "states:startExecution",
    { StateMachineArn: here("states", "stateMachine:m:live") },
    [[["states:StartExecution"], [here("states", "stateMachine:m:live")]]],
  ],
  [
    "states:startExecution.sync:2",
    { StateMachineArn: here("states", "stateMachine:m") },
    [
      [["states:StartExecution"], [here("states", "stateMachine:m")]],
      [["states:DescribeExecution", "states:StopExecution"], [here("states", "execution:m:*")]],
      [RULE, [here("events", "rule/StepFunctionsGetEventsForStepFunctionsExecutionRule")]],
    ],
  ],
  ["glue:startJobRun", { JobName: "j" }, [[["glue:StartJobRun"], [here("glue", "job/j")]]]],
  [
    "glue:startJobRun.sync",
    { JobName: "j" },
    [[["glue:StartJobRun", "glue:BatchStopJobRun", "glue:GetJobRun", "glue:GetJobRuns"], [here("glue", "job/j")]]],
  ],
  [
    "codebuild:startBuild.sync",
    { ProjectName: "p" },
    [
      [["codebuild:StartBuild", "codebuild:BatchGetBuilds", "codebuild:StopBuild"], [here("codebuild", "project/p")]],
      [RULE, [here("events", "rule/StepFunctionsGetEventForCodeBuildStartBuildRule")]],
    ],
  ],
  [
    "bedrock:invokeModel",
    { ModelId: "anthropic.claude" },
    [[["bedrock:InvokeModel"], ["arn:aws:bedrock:eu-west-1::foundation-model/anthropic.claude"]]],
  ],
  ["aws-sdk:s3:putObject", { Bucket: "b", Key: "k" }, [[["s3:PutObject"], ["arn:aws:s3:::b/k"]]]],
  ["aws-sdk:s3:getObject", { Bucket: "b", Key: "{% $k %}" }, [[["s3:GetObject"], ["arn:aws:s3:::b/*"]]]],
  ["aws-sdk:s3:listObjectsV2", { Bucket: "b" }, [[["s3:ListBucket"], ["arn:aws:s3:::b"]]]],
  ["aws-sdk:sqs:purgeQueue", { QueueUrl: "q" }, [[["sqs:PurgeQueue"], [here("sqs", "q")]]]],
  ["aws-sdk:dynamodb:query", { TableName: "t" }, [[["dynamodb:Query"], [here("dynamodb", "table/t")]]]],
  ["aws-sdk:ssm:getParameter", { Name: "/a/b" }, [[["ssm:GetParameter"], [here("ssm", "parameter/a/b")]]]],
  [
    "aws-sdk:secretsmanager:getSecretValue",
    { SecretId: "s" },
    [[["secretsmanager:GetSecretValue"], [here("secretsmanager", "secret:s-??????")]]],
  ],
  [
    "aws-sdk:sfn:startSyncExecution",
    { StateMachineArn: here("states", "stateMachine:m") },
    [[["states:StartSyncExecution"], [here("states", "stateMachine:m")]]],
  ],
  [
    "aws-sdk:cloudwatchlogs:listTagsForResource",
    { ResourceArn: here("logs", "log-group:g") },
    [[["logs:ListTagsForResource"], [here("logs", "log-group:g")]]],
  ],
];

describe("what a state machine's role is allowed", () => {
  for (const [name, args, allowed] of rows)
    it(name, () => {
      const { states, underived } = one(`arn:aws:states:::${name}`, args);
      assert.deepEqual(underived, []);
      assert.deepEqual(states, [
        { state: "A", allowed: allowed.map(([actions, resources]) => ({ actions, resources })) },
      ]);
    });

  it("covers every integration that is known", () => {
    const shown = new Set(rows.map(([name]) => name.replace(/\.(?:sync(?::2)?|waitForTaskToken)$/u, "")));
    assert.deepEqual(
      Object.keys(integrations).filter((name) => !shown.has(name)),
      [],
    );
  });

  it("of a function that is a task itself", () => {
    const arn = here("lambda", "function:f");
    assert.deepEqual(one(arn).states, [
      { state: "A", allowed: [{ actions: ["lambda:InvokeFunction"], resources: [arn, `${arn}:*`] }] },
    ]);
  });

  it("is nothing for an activity, whose workers call by themselves, and for a placeholder, whose target says it", () => {
    for (const resource of [here("states", "activity:a"), "${shop.migrate}"])
      assert.deepEqual(one(resource), { states: [], underived: [] });
  });

  for (const [name, args, action] of [
    ["sqs:sendMessage", { QueueUrl: "{% $url %}" }, "sqs:SendMessage"],
    ["sns:publish", { PhoneNumber: "+1" }, "sns:Publish"],
    ["events:putEvents", { Entries: "{% $entries %}" }, "events:PutEvents"],
    ["aws-sdk:s3:copyObject", { Bucket: "b", CopySource: "c/k" }, "s3:PutObject"],
    ["aws-sdk:ec2:describeInstances", {}, "ec2:DescribeInstances"],
    ["aws-sdk:ecs:runTask", { Cluster: "c" }, "ecs:RunTask"],
    ["athena:startQueryExecution.sync", {}, "*"],
  ] as const)
    it(`is for the user to say where ${name} does not name its resource`, () => {
      const { states, underived } = one(`arn:aws:states:::${name}`, args);
      assert.deepEqual(states, []);
      assert.deepEqual(
        underived.map(({ state, action: asked }) => [state.name, asked]),
        [["A", action]],
      );
    });

  it("of a path in JSONPath is for the user to say too", () => {
    const states = {
      A: { Type: "Task", Resource: "arn:aws:states:::sqs:sendMessage", Parameters: { "QueueUrl.$": "$.q" }, End: true },
    };
    assert.equal(derive(states, "JSONPath").underived.length, 1);
  });

  it("reads a distributed Map's items and writes its results where they stand", () => {
    const map = {
      Type: "Map",
      ItemReader: { Resource: "arn:aws:states:::s3:getObject", Arguments: { Bucket: "in", Key: "k" } },
      ResultWriter: { Resource: "arn:aws:states:::s3:putObject", Arguments: { Bucket: "out" } },
      ItemProcessor: {
        ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
        StartAt: "B",
        States: {
          B: { Type: "Task", Resource: "arn:aws:states:::sns:publish", Arguments: { TopicArn: "arn:t" }, End: true },
        },
      },
      End: true,
    };
    const found = derive({ A: map });
    assert.deepEqual(
      found.states.map(({ state, allowed }) => [state, allowed.flatMap(({ resources }) => resources)]),
      [
        ["A", ["arn:aws:s3:::in/*", "arn:aws:s3:::in", "arn:aws:s3:::out/*"]],
        ["B", ["arn:t"]],
      ],
    );
    const read = (mode: string) =>
      mustReadDefinition(
        sourceOf("d", {
          StartAt: "A",
          States: { A: { ...map, ItemProcessor: { ...map.ItemProcessor, ProcessorConfig: { Mode: mode } } } },
        }),
      );
    assert.deepEqual([hasDistributedMap(read("DISTRIBUTED")), hasDistributedMap(read("INLINE"))], [true, false]);
  });

  it("never has a * for its resource", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...rows),
        fc.constantFrom("aws", "aws-cn", "aws-us-gov"),
        ([name, args], partition) => {
          const definition = mustReadDefinition(
            sourceOf("d", {
              QueryLanguage: "JSONata",
              StartAt: "A",
              States: {
                A: { Type: "Task", Resource: `arn:${partition}:states:::${name}`, Arguments: args, End: true },
              },
            }),
          );
          const all = derivePermissions(definition, { ...place, partition }).states.flatMap(({ allowed }) => allowed);
          assert.ok(all.length > 0 && all.every(({ resources }) => resources.every((arn) => arn.startsWith("arn:"))));
          assert.ok(all.every(({ actions }) => actions.every((action) => /^[a-z0-9-]+:[A-Z][A-Za-z]+$/u.test(action))));
        },
      ),
    );
  });
});
